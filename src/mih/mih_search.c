/*-------------------------------------------------------------------------
 *
 * mih_search.c
 *	  One search of a mih index.
 *
 * Rows are found by scanning the store, or a run's lists give candidates
 * first, which are then looked up in the store.  Whether a row is a result is
 * decided by its code in the store alone.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_search.h"

#include "executor/nodeHash.h"
#include "miscadmin.h"

#include "base/serverenv.h"
#include "hamming/hamming.h"
#include "mih/mih_model.h"
#include "mih/mih_results.h"
#include "mih/mih_storage.h"

/* What a search works with. */
typedef struct Searcher
{
	Relation	index;
	MihSearch  *search;
	MihReader  *store;
	MihModel	model;
	RawEnv		env;

	/* Candidates, scratch space to sort them, and the rows chosen of them. */
	uint64	   *candidate;
	uint64	   *scratch;
	uint32		ncandidates;
	uint32		maxcandidates;
	uint32	   *row;
	uint32		nrows;

	/* One page's worth of matches and results. */
	uint32	   *match;
	uint16	   *distance;
	uint64	   *result;
} Searcher;

/* What it allocates is freed with the memory context. */
static void
begin_search(Searcher *searcher, Relation index, const MihArray *array, int words,
			 MihSearch *search)
{
	uint32		per_page = mih_rows_per_page(words);

	searcher->index = index;
	searcher->search = search;
	searcher->store = mih_open_store(index, array, words, NULL);
	searcher->store->snapshot = search->snapshot;
	mih_model_init(&searcher->model, words * SIMHASH_WORD_BITS, per_page, MIH_LEAF_ENTRIES);
	searcher->env = server_env(CurrentMemoryContext);
	searcher->candidate = NULL;
	searcher->scratch = NULL;
	searcher->row = NULL;
	searcher->maxcandidates = 0;
	searcher->match = palloc(per_page * sizeof(uint32));
	searcher->distance = palloc(per_page * sizeof(uint16));
	searcher->result = palloc(per_page * sizeof(uint64));
}

/*
 * Turn matches, which are rows of a locked page with their distances to the
 * center, into results: without dead ones, and those that a filter sorts out.
 */
static int
make_results(Searcher *searcher, Page page, const uint32 *match,
			 const uint16 *match_distance, int n)
{
	const MihSearch *search = searcher->search;
	const char *codes = mih_rows_codes(page);
	int			words = search->ball.words;
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		ItemPointer tid = mih_rows_tid(page, match[i]);
		const char *code = codes + (Size) match[i] * words * sizeof(uint64);
		int			distance = match_distance[i];
		bool		passes = distance > search->above && ItemPointerIsValid(tid);

		for (int k = 0; passes && k < search->nfilters; k++)
			passes = hamming_distance(search->filters[k].center, code, words) <=
				search->filters[k].radius;
		if (!passes)
			continue;
		if (search->order != NULL)
			distance = hamming_distance(search->order->center, code, words);
		searcher->result[count++] = mih_result(tid, distance);
	}
	return count;
}

/* A NULL has no distance: all rows of a page match, at 0. */
static int
match_nulls(Searcher *searcher, uint32 n)
{
	for (uint32 i = 0; i < n; i++)
	{
		searcher->match[i] = i;
		searcher->distance[i] = 0;
	}
	return n;
}

/*
 * Scan rows first to last - 1 of the store, or as many as there are.  Returns
 * false if the store is no longer the one that META told of.
 */
static bool
scan_store(Searcher *searcher, uint32 first, uint32 last)
{
	MihSearch  *search = searcher->search;
	uint32		per_page = searcher->store->per_page;
	int			words = search->ball.words;

	for (uint32 pageno = first / per_page; pageno < searcher->store->array.npages; pageno++)
	{
		uint64		page_first = (uint64) pageno * per_page;
		uint32		skip = first > page_first ? first - page_first : 0;
		uint32		end;
		Buffer		buffer;
		Page		page;
		int			n;

		if (page_first >= last)
			break;
		CHECK_FOR_INTERRUPTS();
		buffer = mih_read_rows(searcher->store, pageno, BUFFER_LOCK_SHARE);
		if (!BufferIsValid(buffer))
			return false;
		page = BufferGetPage(buffer);
		end = Min(mih_rows_count(page), last - page_first);

		n = 0;
		if (words == 0)
			n = match_nulls(searcher, end);
		else if (end > skip)
			n = hamming_scan(search->ball.center,
							 mih_rows_codes(page) + (Size) skip * words * sizeof(uint64),
							 end - skip, words, search->ball.radius,
							 searcher->match, searcher->distance);
		for (int i = 0; i < n && skip > 0; i++)
			searcher->match[i] += skip;
		if (n > 0)
			n = make_results(searcher, page, searcher->match, searcher->distance, n);
		UnlockReleaseBuffer(buffer);

		if (n > 0)
			search->take(search, searcher->result, n);
	}
	return true;
}

/*
 * A page is pinned some pages ahead of its turn, and the processor told to
 * fetch its ends and the place that will be looked at: most of the time would
 * else be spent waiting for memory.
 */
#define AHEAD	4

#define fetch_ahead(buffer, place) \
	do { \
		const char *page_ = (const char *) BufferGetPage(buffer); \
		raw_prefetch(page_); \
		raw_prefetch(page_ + (place)); \
		raw_prefetch(page_ + BLCKSZ - 1); \
	} while (0)

/* Let go of pages first to last - 1, which are pinned ahead. */
static void
release_ahead(const Buffer *ahead, uint32 first, uint32 last)
{
	for (; first < last; first++)
		ReleaseBuffer(ahead[first % AHEAD]);
}

/* Rows first to end - 1 of those chosen are on one page of the store. */
typedef struct Lookup
{
	uint32		pageno;
	uint32		first;
	uint32		end;
} Lookup;

/* The rows from "first" on that are on one page. */
static Lookup
next_lookup(Searcher *searcher, uint32 first)
{
	uint32		per_page = searcher->store->per_page;
	Lookup		lookup = {searcher->row[first] / per_page, first, first + 1};

	while (lookup.end < searcher->nrows &&
		   searcher->row[lookup.end] / per_page == lookup.pageno)
		lookup.end++;
	if (lookup.pageno >= searcher->store->array.npages)
		mih_corrupted(searcher->index, MIH_META_BLOCK,
					  "a list leads to a row that the store doesn't have");
	return lookup;
}

/*
 * Look up the rows of a page, which is locked.  Returns the number of
 * results.
 */
static int
look_up_page(Searcher *searcher, Buffer buffer, const Lookup *lookup)
{
	const MihBall *ball = &searcher->search->ball;
	Page		page = BufferGetPage(buffer);
	uint32		rows = mih_rows_count(page);
	uint32		page_first = lookup->pageno * searcher->store->per_page;
	int			n = 0;

	for (uint32 k = lookup->first; k < lookup->end; k++)
	{
		uint32		i = searcher->row[k] - page_first;
		int			distance;

		if (i >= rows)
			mih_corrupted(searcher->index, BufferGetBlockNumber(buffer),
						  "a list leads to a row that it doesn't have");
		distance = hamming_distance(ball->center,
									mih_rows_codes(page) + i * ball->words * sizeof(uint64),
									ball->words);
		if (distance <= ball->radius)
		{
			searcher->match[n] = i;
			searcher->distance[n] = distance;
			n++;
		}
	}
	return n == 0 ? 0 : make_results(searcher, page, searcher->match, searcher->distance, n);
}

/*
 * Look up the rows chosen, which are in ascending order.  Returns false if the
 * store is no longer the one that META told of.
 */
static bool
look_up(Searcher *searcher)
{
	MihSearch  *search = searcher->search;
	uint32		per_page = searcher->store->per_page;
	Lookup		lookup[AHEAD];
	Buffer		buffer[AHEAD];
	uint32		pinned = 0;
	uint32		next_row = 0;	/* the next that's not pinned */

	for (uint32 done = 0;; done++)
	{
		Buffer		now;
		int			n;

		for (; pinned < done + AHEAD && next_row < searcher->nrows; pinned++)
		{
			Lookup	   *next = &lookup[pinned % AHEAD];
			uint32		row = searcher->row[next_row] % per_page;

			*next = next_lookup(searcher, next_row);
			next_row = next->end;
			buffer[pinned % AHEAD] = mih_pin_rows(searcher->store, next->pageno);
			if (!BufferIsValid(buffer[pinned % AHEAD]))
			{
				release_ahead(buffer, done, pinned);
				return false;
			}
			fetch_ahead(buffer[pinned % AHEAD], MAXALIGN(SizeOfPageHeaderData) +
						(Size) row * search->ball.words * sizeof(uint64));
		}
		if (done == pinned)
			return true;

		CHECK_FOR_INTERRUPTS();
		now = buffer[done % AHEAD];
		if (!mih_lock_rows(searcher->store, lookup[done % AHEAD].pageno, now, BUFFER_LOCK_SHARE))
		{
			release_ahead(buffer, done + 1, pinned);
			return false;
		}
		n = look_up_page(searcher, now, &lookup[done % AHEAD]);
		UnlockReleaseBuffer(now);
		if (n > 0)
			search->take(search, searcher->result, n);
	}
}

/*
 * Make room for the candidates of one more leaf, within the memory that a hash
 * table might take.  Returns false if there is none.
 */
static bool
room_for_leaf(Searcher *searcher)
{
	uint32		room = Max(searcher->maxcandidates, 2 * MIH_LEAF_ENTRIES);
	Size		most = get_hash_memory_limit() / (2 * sizeof(uint64) + sizeof(uint32));

	if (searcher->ncandidates + MIH_LEAF_ENTRIES <= searcher->maxcandidates)
		return true;
	if (searcher->candidate == NULL)
	{
		searcher->candidate = palloc(room * sizeof(uint64));
		searcher->scratch = palloc(room * sizeof(uint64));
		searcher->row = palloc(room * sizeof(uint32));
	}
	else
	{
		room *= 2;
		if (room > Min(most, PG_UINT32_MAX / 4))
			return false;
		searcher->candidate = repalloc_huge(searcher->candidate, room * sizeof(uint64));
		pfree(searcher->scratch);
		searcher->scratch = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(uint64));
		pfree(searcher->row);
		searcher->row = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(uint32));
	}
	searcher->maxcandidates = room;
	return true;
}

/* What probing a run may come to. */
typedef enum ProbeOutcome
{
	PROBE_DONE,
	PROBE_STALE,				/* the run is gone */
	PROBE_DEAR					/* scanning the store is cheaper */
} ProbeOutcome;

/*
 * Collect the candidates of a list from its leaves.  *time is what may still
 * be spent.
 */
static ProbeOutcome
read_leaves(Searcher *searcher, MihRunReader *reader, int list, const MihProbe *probe,
			const MihLeaves *leaves, double *time)
{
	Buffer		buffer[AHEAD];
	uint32		pinned = 0;

	for (uint32 done = 0; done < leaves->count; done++)
	{
		Buffer		now;
		Page		page;
		uint32		found;

		CHECK_FOR_INTERRUPTS();
		for (; pinned < Min(done + AHEAD, leaves->count); pinned++)
		{
			buffer[pinned % AHEAD] = ReadBuffer(searcher->index, leaves->leaf[pinned].block);
			fetch_ahead(buffer[pinned % AHEAD], MAXALIGN(SizeOfPageHeaderData) +
						leaves->leaf[pinned].place * sizeof(MihEntry));
		}
		now = buffer[done % AHEAD];
		if (!mih_lock_list(reader, list, 0, now))
		{
			release_ahead(buffer, done + 1, pinned);
			return PROBE_STALE;
		}
		page = BufferGetPage(now);
		found = mih_probe_entries(probe, list, (const MihEntry *) PageGetContents(page),
								  mih_page_entries(page, MihEntry),
								  searcher->candidate + searcher->ncandidates);
		UnlockReleaseBuffer(now);

		searcher->ncandidates += found;
		*time -= found * MIH_COST_CANDIDATE;
		if (*time < 0 || !room_for_leaf(searcher))
		{
			release_ahead(buffer, done + 1, pinned);
			return PROBE_DEAR;
		}
	}
	return PROBE_DONE;
}

/*
 * Collect the candidates of a run from all of its lists, unless that turns out
 * to take more than "time" nanoseconds, as the model reckons.
 */
static ProbeOutcome
read_lists(Searcher *searcher, MihRunReader *reader, const MihProbe *probe, double time)
{
	MihLeaves	leaves;
	ProbeOutcome outcome = reader->stale ? PROBE_STALE : PROBE_DONE;

	searcher->ncandidates = 0;
	if (!room_for_leaf(searcher))
		outcome = PROBE_DEAR;
	leaves.room = time / MIH_COST_LEAF + 1;
	leaves.leaf = MemoryContextAllocHuge(CurrentMemoryContext,
										 leaves.room * sizeof(MihLeaf));
	for (uint32 list = 0; list < reader->run.bands && outcome == PROBE_DONE; list++)
	{
		leaves.count = 0;
		mih_find_leaves(reader, list, &probe[list], &leaves);
		time -= leaves.count * MIH_COST_LEAF;
		if (reader->stale)
			outcome = PROBE_STALE;
		else if (time < 0)
			outcome = PROBE_DEAR;
		else
			outcome = read_leaves(searcher, reader, list, &probe[list], &leaves, &time);
	}
	pfree(leaves.leaf);
	return outcome;
}

/*
 * Choose the rows of a run that are to be looked up, by its lists.  "time" is
 * what it takes to scan them all.
 */
static ProbeOutcome
probe_run(Searcher *searcher, const MihRun *run, int slack, double time)
{
	const MihBall *ball = &searcher->search->ball;
	MihRunReader *reader = mih_open_run(searcher->index, run, searcher->search->snapshot);
	MihProbe	probe[MIH_BANDS_LIMIT];
	ProbeOutcome outcome;

	mih_probes(ball->words * SIMHASH_WORD_BITS, run->bands, ball->center,
			   ball->radius + slack, probe);
	outcome = read_lists(searcher, reader, probe, time);
	mih_close_run(reader);
	if (outcome != PROBE_DONE)
		return outcome;

	searcher->nrows = mih_choose_rows(probe, slack, searcher->candidate, searcher->scratch,
									  searcher->ncandidates, searcher->row, &searcher->env);
	if (searcher->nrows > 0 &&
		(searcher->row[0] < run->first ||
		 searcher->row[searcher->nrows - 1] - run->first >= run->count))
		mih_corrupted(searcher->index, run->header, "a list leads to a row of another run");
	if (mih_model_lookup(&searcher->model, run->count, searcher->nrows) > time)
		return PROBE_DEAR;
	return PROBE_DONE;
}

/*
 * Search the rows of a run, by its lists if that's expected to be cheaper.
 * Returns 0, or the number of the run or store that is gone.
 */
static uint64
search_run(Searcher *searcher, const MihRun *run)
{
	MihWork		scan = {0};
	MihWork		lists = {0};
	int			slack;

	mih_model_scan(&searcher->model, run->count, &scan);
	slack = mih_model_lists(&searcher->model, run->count, run->bands,
							searcher->search->ball.radius, &lists);
	if (lists.time < scan.time)
	{
		switch (probe_run(searcher, run, slack, scan.time))
		{
			case PROBE_DONE:
				return look_up(searcher) ? 0 : searcher->store->array.number;
			case PROBE_STALE:
				return run->number;
			case PROBE_DEAR:
				searcher->search->lists_failed = true;
				break;
		}
	}
	return scan_store(searcher, run->first, run->first + run->count) ? 0 :
		searcher->store->array.number;
}

/*
 * Search all rows that "meta" tells of.  Returns false if the index has
 * changed since so that "meta" is stale: then some results may have been
 * taken already.
 *
 * "meta" is that of an index of codes as wide as the ball's, unless NULLs are
 * sought.
 */
bool
mih_search(Relation index, const MihMeta *meta, MihSearch *search, MihMethod method)
{
	const MihArray *array = search->ball.words == 0 ? &meta->nulls : &meta->codes;
	Searcher	searcher;
	uint32		scan_from = 0;
	uint64		gone = 0;

	begin_search(&searcher, index, array, search->ball.words, search);
	if (method == MIH_CHEAPEST && search->ball.words > 0)
	{
		for (uint32 i = 0; i < meta->nruns && gone == 0; i++)
			gone = search_run(&searcher, &meta->runs[i]);
		scan_from = mih_covered(meta);
	}
	if (gone == 0 && !scan_store(&searcher, scan_from, PG_UINT32_MAX))
		gone = array->number;
	mih_close_store(searcher.store);

	if (gone != 0)
		mih_confirm_stale(index, gone);
	return gone == 0;
}
