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

#include "miscadmin.h"

#include "hamming.h"
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

	/* Rows to be looked up, and scratch space to sort them. */
	uint32	   *candidate;
	uint32	   *scratch;
	uint32		ncandidates;
	uint32		maxcandidates;

	/* One page's worth of matches and results. */
	uint32	   *match;
	uint16	   *distance;
	uint64	   *result;
} Searcher;

static void
begin_search(Searcher *searcher, Relation index, const MihArray *array, int words,
			 MihSearch *search)
{
	uint32		per_page = mih_rows_per_page(words);

	searcher->index = index;
	searcher->search = search;
	searcher->store = mih_open_store(index, array, words, NULL);
	mih_model_init(&searcher->model, words * SIMHASH_WORD_BITS, per_page, MIH_LEAF_ENTRIES);
	searcher->candidate = NULL;
	searcher->scratch = NULL;
	searcher->maxcandidates = 0;
	searcher->match = palloc(per_page * sizeof(uint32));
	searcher->distance = palloc(per_page * sizeof(uint16));
	searcher->result = palloc(per_page * sizeof(uint64));
}

static void
end_search(Searcher *searcher)
{
	mih_close_store(searcher->store);
	if (searcher->candidate != NULL)
	{
		pfree(searcher->candidate);
		pfree(searcher->scratch);
	}
	pfree(searcher->match);
	pfree(searcher->distance);
	pfree(searcher->result);
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
		if (end > skip)
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
 * Look up the candidates, which are in ascending order.  Returns false if the
 * store is no longer the one that META told of.
 */
static bool
look_up(Searcher *searcher)
{
	MihSearch  *search = searcher->search;
	const uint32 *row = searcher->candidate;
	const uint32 *end = row + searcher->ncandidates;
	uint32		per_page = searcher->store->per_page;
	Size		size = search->ball.words * sizeof(uint64);

	while (row < end)
	{
		uint32		pageno = *row / per_page;
		uint64		page_first = (uint64) pageno * per_page;
		Buffer		buffer;
		Page		page;
		uint32		rows;
		int			n = 0;

		CHECK_FOR_INTERRUPTS();
		buffer = mih_read_rows(searcher->store, pageno, BUFFER_LOCK_SHARE);
		if (!BufferIsValid(buffer))
			return false;
		page = BufferGetPage(buffer);
		rows = mih_rows_count(page);
		for (; row < end && *row < page_first + per_page; row++)
		{
			uint32		i = *row - page_first;
			int			distance;

			if (i >= rows)
				mih_corrupted(searcher->index, BufferGetBlockNumber(buffer),
							  "a list leads to a row that it doesn't have");
			distance = hamming_distance(search->ball.center,
										mih_rows_codes(page) + i * size,
										search->ball.words);
			if (distance <= search->ball.radius)
			{
				searcher->match[n] = i;
				searcher->distance[n] = distance;
				n++;
			}
		}
		if (n > 0)
			n = make_results(searcher, page, searcher->match, searcher->distance, n);
		UnlockReleaseBuffer(buffer);

		if (n > 0)
			search->take(search, searcher->result, n);
	}
	return true;
}

/*
 * Sort the candidates and drop those that several lists gave.
 */
static void
sort_candidates(Searcher *searcher)
{
	uint32		n = 0;

	mih_sort_rows(searcher->candidate, searcher->scratch, searcher->ncandidates);
	for (uint32 i = 0; i < searcher->ncandidates; i++)
	{
		if (n == 0 || searcher->candidate[i] != searcher->candidate[n - 1])
			searcher->candidate[n++] = searcher->candidate[i];
	}
	searcher->ncandidates = n;
}

/*
 * Make room for the candidates of one more leaf, within work_mem.  Returns
 * false if there is none.
 */
static bool
room_for_leaf(Searcher *searcher)
{
	uint32		room = Max(searcher->maxcandidates, 4 * MIH_LEAF_ENTRIES);
	uint32		most = Min((Size) work_mem * 1024 / (2 * sizeof(uint32)), PG_UINT32_MAX / 4);

	if (searcher->ncandidates + MIH_LEAF_ENTRIES <= searcher->maxcandidates)
		return true;
	if (searcher->maxcandidates >= most)
	{
		sort_candidates(searcher);
		return searcher->ncandidates <= searcher->maxcandidates / 2;
	}

	if (searcher->candidate == NULL)
	{
		searcher->candidate = palloc(room * sizeof(uint32));
		searcher->scratch = palloc(room * sizeof(uint32));
	}
	else
	{
		room *= 2;
		searcher->candidate = repalloc_huge(searcher->candidate, room * sizeof(uint32));
		pfree(searcher->scratch);
		searcher->scratch = MemoryContextAllocHuge(CurrentMemoryContext,
												   room * sizeof(uint32));
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
probe_list(Searcher *searcher, MihCursor *cursor, const MihProbe *probe, double *time)
{
	uint32		key = 0;
	bool		more = mih_probe_next(probe, &key) && mih_cursor_seek(cursor, key);

	while (more)
	{
		uint32		last = cursor->entry[cursor->nentries - 1].key;
		uint32		found = mih_probe_entries(probe, cursor->entry, cursor->nentries,
											  searcher->candidate + searcher->ncandidates);

		mih_cursor_unlock(cursor);
		searcher->ncandidates += found;
		*time -= MIH_COST_LEAF + found * MIH_COST_CANDIDATE;
		if (*time < 0 || !room_for_leaf(searcher))
			return PROBE_DEAR;
		CHECK_FOR_INTERRUPTS();

		/* There may be more entries of the last key. */
		key = last;
		if (!mih_probe_next(probe, &key))
			break;
		more = key == last ? mih_cursor_next(cursor) : mih_cursor_seek(cursor, key);
	}
	return cursor->stale ? PROBE_STALE : PROBE_DONE;
}

/*
 * Collect the candidates of a run, unless that turns out to take more than
 * "time" nanoseconds, as the model reckons.
 */
static ProbeOutcome
probe_run(Searcher *searcher, const MihRun *run, double time)
{
	MihSearch  *search = searcher->search;
	MihCursor  *cursor;
	MihProbe	probe[MIH_BANDS_LIMIT];
	ProbeOutcome outcome = PROBE_DONE;

	mih_probes(search->ball.words * SIMHASH_WORD_BITS, run->bands, search->ball.center,
			   search->ball.radius, probe);
	searcher->ncandidates = 0;
	if (!room_for_leaf(searcher))
		return PROBE_DEAR;

	cursor = mih_open_cursor(searcher->index, run);
	for (uint32 list = 0; list < run->bands && outcome == PROBE_DONE; list++)
	{
		if (probe[list].head_radius < 0)
			continue;
		mih_cursor_list(cursor, list);
		if (cursor->stale)
			outcome = PROBE_STALE;
		else
			outcome = probe_list(searcher, cursor, &probe[list], &time);
	}
	mih_close_cursor(cursor);
	if (outcome != PROBE_DONE || searcher->ncandidates == 0)
		return outcome;

	sort_candidates(searcher);
	if (searcher->candidate[0] < run->first ||
		searcher->candidate[searcher->ncandidates - 1] - run->first >= run->count)
		mih_corrupted(searcher->index, run->header, "a list leads to a row of another run");
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

	mih_model_scan(&searcher->model, run->count, &scan);
	mih_model_lists(&searcher->model, run->count, run->bands,
					searcher->search->ball.radius, &lists);
	if (lists.time < scan.time)
	{
		switch (probe_run(searcher, run, scan.time))
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
 * "meta" is that of an index of codes as wide as the ball's.
 */
bool
mih_search(Relation index, const MihMeta *meta, MihSearch *search, MihMethod method)
{
	Searcher	searcher;
	uint32		scan_from = 0;
	uint64		gone = 0;

	begin_search(&searcher, index, &meta->codes, meta->words, search);
	if (method == MIH_CHEAPEST)
	{
		for (uint32 i = 0; i < meta->nruns && gone == 0; i++)
			gone = search_run(&searcher, &meta->runs[i]);
		scan_from = mih_covered(meta);
	}
	if (gone == 0 && !scan_store(&searcher, scan_from, PG_UINT32_MAX))
		gone = meta->codes.number;
	end_search(&searcher);

	if (gone != 0)
		mih_confirm_stale(index, gone);
	return gone == 0;
}

/* Take all rows of NULL.  Their distance is 0. */
bool
mih_search_nulls(Relation index, const MihMeta *meta, MihSearch *search)
{
	MihReader  *store = mih_open_store(index, &meta->nulls, 0, NULL);
	uint64	   *result = palloc(store->per_page * sizeof(uint64));
	bool		current = true;

	for (uint32 pageno = 0; current && pageno < store->array.npages; pageno++)
	{
		Buffer		buffer;
		Page		page;
		uint32		rows;
		int			n = 0;

		CHECK_FOR_INTERRUPTS();
		buffer = mih_read_rows(store, pageno, BUFFER_LOCK_SHARE);
		current = BufferIsValid(buffer);
		if (!current)
			break;
		page = BufferGetPage(buffer);
		rows = mih_rows_count(page);
		for (uint32 i = 0; i < rows; i++)
		{
			ItemPointer tid = mih_rows_tid(page, i);

			if (ItemPointerIsValid(tid))
				result[n++] = mih_result(tid, 0);
		}
		UnlockReleaseBuffer(buffer);
		if (n > 0)
			search->take(search, result, n);
	}
	mih_close_store(store);
	pfree(result);
	if (!current)
		mih_confirm_stale(index, meta->nulls.number);
	return current;
}
