/*-------------------------------------------------------------------------
 *
 * mih_run.c
 *	  Making runs: the lists of a range of rows, written from the store.
 *
 * Pending rows are indexed, and neighbouring runs made one, by the same
 * procedure: the store is read again and sorted.  That takes a fraction of the
 * time that writing does, and no merging of lists has to be written or
 * interrupted.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/generic_xlog.h"
#include "commands/progress.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/buffile.h"
#include "storage/indexfsm.h"
#include "utils/memutils.h"

#include "base/serverenv.h"

/* Rows that are sorted at a time, however little memory there is. */
#define LEAST_CHUNK		(64 * 1024)

/* Entries that come in the order of rows go out in that of keys, then rows. */
#define RADIX_SORT sort_entries
#define RADIX_ITEM MihEntry
#define RADIX_KEY(item) ((item).key)
#include "base/radix.h"

typedef struct RunBuild
{
	MihReader  *reader;
	bool		building;
	int			bits;
	MihRun	   *run;
	MihBand		band[MIH_BANDS_LIMIT];
	MihList		list[MIH_BANDS_LIMIT];
} RunBuild;

/*
 * Read rows first to first + count - 1, and set entry[l][i] to the entry of
 * row first + i in list number list + l, for nlists lists.
 */
static void
extract(RunBuild *build, uint32 first, uint32 count, int list, int nlists, MihEntry **entry)
{
	MihReader  *reader = build->reader;
	uint32		per_page = reader->per_page;
	uint32		done = 0;

	while (done < count)
	{
		uint32		row = first + done;
		uint32		start = row % per_page;
		uint32		some = Min(per_page - start, count - done);
		Buffer		buffer = mih_read_rows(reader, row / per_page, BUFFER_LOCK_SHARE);
		const char *codes;
		int			size = reader->words * sizeof(uint64);

		if (!BufferIsValid(buffer) || mih_rows_count(BufferGetPage(buffer)) < start + some)
			mih_corrupted(reader->index, mih_rows_block(reader, row / per_page),
						  "rows are missing");
		codes = mih_rows_codes(BufferGetPage(buffer)) + start * size;
		for (int l = 0; l < nlists; l++)
		{
			MihEntry   *to = entry[l] + done;

			for (uint32 i = 0; i < some; i++)
			{
				to[i].key = mih_key(&build->band[list + l], build->bits, codes + i * size);
				to[i].row = row + i;
			}
		}
		UnlockReleaseBuffer(buffer);
		done += some;
		CHECK_FOR_INTERRUPTS();
	}
}

static MihListWriter *
open_list(RunBuild *build, int list)
{
	return mih_open_list(build->reader->index, build->building, build->run->number, list);
}

static void
finish_list(RunBuild *build, MihListWriter *writer, int list)
{
	mih_list_finish(writer, &build->list[list], &build->run->pages);
	if (build->building)
		pgstat_progress_update_param(PROGRESS_CREATEIDX_TUPLES_DONE,
									 (int64) build->run->count * (list + 1));
}

/*
 * ---------- lists within memory
 */

/* Write all lists, "together" of them for each time that the store is read. */
static void
write_lists(RunBuild *build, int together)
{
	uint32		count = build->run->count;
	Size		size = count * sizeof(MihEntry);
	RawEnv		env = server_env(CurrentMemoryContext);
	MihEntry   *scratch = MemoryContextAllocHuge(CurrentMemoryContext, size);
	MihEntry   *entry[MIH_BANDS_LIMIT];
	int			bands = build->run->bands;

	together = Min(together, bands);
	for (int l = 0; l < together; l++)
		entry[l] = MemoryContextAllocHuge(CurrentMemoryContext, size);

	for (int list = 0; list < bands; list += together)
	{
		together = Min(together, bands - list);
		extract(build, build->run->first, count, list, together, entry);
		for (int l = 0; l < together; l++)
		{
			MihListWriter *writer = open_list(build, list + l);

			sort_entries(&env, entry[l], scratch, count);
			mih_list_add(writer, entry[l], count);
			finish_list(build, writer, list + l);
		}
	}
}

/*
 * ---------- lists beyond memory
 */

/* A sorted chunk in a temporary file, being read. */
typedef struct Chunk
{
	off_t		offset;			/* of what isn't read yet */
	uint32		unread;			/* entries */
	uint32		count;			/* of the buffer */
	uint32		position;
	MihEntry   *buffer;
} Chunk;

static inline uint64
entry_order(const MihEntry *entry)
{
	return (uint64) entry->key << 32 | entry->row;
}

/* Fill the chunk's buffer.  False at its end. */
static bool
refill(BufFile *file, Chunk *chunk, uint32 size)
{
	uint32		n = Min(chunk->unread, size);

	if (n == 0)
		return false;
	if (BufFileSeek(file, 0, chunk->offset, SEEK_SET) != 0 ||
		BufFileRead(file, chunk->buffer, n * sizeof(MihEntry)) != n * sizeof(MihEntry))
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read temporary file: %m")));
	chunk->offset += n * sizeof(MihEntry);
	chunk->unread -= n;
	chunk->count = n;
	chunk->position = 0;
	return true;
}

/* Restore the heap's order below its i-th element. */
static void
sift_down(Chunk **heap, int n, int i)
{
	Chunk	   *chunk = heap[i];
	uint64		order = entry_order(&chunk->buffer[chunk->position]);

	for (;;)
	{
		int			child = 2 * i + 1;
		uint64		least;

		if (child >= n)
			break;
		least = entry_order(&heap[child]->buffer[heap[child]->position]);
		if (child + 1 < n)
		{
			uint64		other = entry_order(&heap[child + 1]->buffer[heap[child + 1]->position]);

			if (other < least)
			{
				least = other;
				child++;
			}
		}
		if (order <= least)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = chunk;
}

static void
merge_chunks(BufFile *file, Chunk *chunk, int nchunks, uint32 size, MihListWriter *writer)
{
	Chunk	  **heap = palloc(nchunks * sizeof(Chunk *));
	int			n = nchunks;

	for (int i = 0; i < n; i++)
	{
		heap[i] = &chunk[i];
		refill(file, heap[i], size);
	}
	for (int i = n / 2 - 1; i >= 0; i--)
		sift_down(heap, n, i);
	while (n > 0)
	{
		mih_list_add(writer, &heap[0]->buffer[heap[0]->position], 1);
		if (++heap[0]->position == heap[0]->count && !refill(file, heap[0], size))
			heap[0] = heap[--n];
		if (n > 0)
			sift_down(heap, n, 0);
	}
	pfree(heap);
}

/* Write all lists, sorting as many rows at a time as the memory holds. */
static void
write_lists_by_chunks(RunBuild *build, Size memory)
{
	uint32		count = build->run->count;
	uint32		chunk_rows = Max(memory / (2 * sizeof(MihEntry)), LEAST_CHUNK);
	int			nchunks = (count - 1) / chunk_rows + 1;
	uint32		buffer_size = Max(memory / nchunks / sizeof(MihEntry), BLCKSZ / sizeof(MihEntry));
	RawEnv		env = server_env(CurrentMemoryContext);
	Chunk	   *chunk = palloc(nchunks * sizeof(Chunk));

	for (int list = 0; list < (int) build->run->bands; list++)
	{
		BufFile    *file = BufFileCreateTemp(false);
		MihEntry   *entry = MemoryContextAllocHuge(CurrentMemoryContext,
												   chunk_rows * sizeof(MihEntry));
		MihEntry   *scratch = MemoryContextAllocHuge(CurrentMemoryContext,
													 chunk_rows * sizeof(MihEntry));
		MihEntry   *buffers;
		MihListWriter *writer = open_list(build, list);

		for (int i = 0; i < nchunks; i++)
		{
			uint32		done = i * chunk_rows;
			uint32		some = Min(chunk_rows, count - done);

			extract(build, build->run->first + done, some, list, 1, &entry);
			sort_entries(&env, entry, scratch, some);
			BufFileWrite(file, entry, some * sizeof(MihEntry));
			chunk[i].offset = (off_t) done * sizeof(MihEntry);
			chunk[i].unread = some;
		}
		pfree(entry);
		pfree(scratch);

		buffers = MemoryContextAllocHuge(CurrentMemoryContext,
										 (Size) nchunks * buffer_size * sizeof(MihEntry));
		for (int i = 0; i < nchunks; i++)
			chunk[i].buffer = buffers + (Size) i * buffer_size;
		merge_chunks(file, chunk, nchunks, buffer_size, writer);
		finish_list(build, writer, list);
		pfree(buffers);
		BufFileClose(file);
	}
}

/*
 * ---------- runs
 */

/*
 * Write the lists of rows first to first + count - 1 of a store, count > 0, as
 * the run of that number, within "memory" kB; and tell what the metapage is to
 * know of it.  The caller sees to it that the store isn't replaced meanwhile.
 */
void
mih_run_build(MihReader *reader, bool building, uint64 number,
			  uint32 first, uint32 count, int bands, int memory, MihRun *run)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "mih run",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(context);
	RunBuild   *build = palloc0(sizeof(RunBuild));
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a run has rows */
	Size		lists_in_memory = memory * (Size) 1024 / (count * sizeof(MihEntry));
	PGAlignedBlock image;
	Page		page = (Page) image.data;

	memset(run, 0, sizeof(MihRun));
	run->number = number;
	run->first = first;
	run->count = count;
	run->bands = bands;

	build->reader = reader;
	build->building = building;
	build->bits = reader->words * SIMHASH_WORD_BITS;
	build->run = run;
	for (int list = 0; list < bands; list++)
		build->band[list] = mih_band(build->bits, bands, list);

	/* One of them is scratch. */
	if (lists_in_memory >= 2)
		write_lists(build, Min(lists_in_memory - 1, MIH_BANDS_LIMIT));
	else
		write_lists_by_chunks(build, memory * (Size) 1024);

	mih_init_page(page, MIH_RUN, number, 0);
	memcpy(PageGetContents(page), build->list, bands * sizeof(MihList));
	((PageHeader) page)->pd_lower += bands * sizeof(MihList);
	run->header = mih_write_page(reader->index, building, page);
	run->pages++;

	MemoryContextSwitchTo(outer);
	MemoryContextDelete(context);
}

/*
 * Let the run take the place of those that cover rows from its first on.
 */
static void
install_run(Relation index, const MihRun *run)
{
	MihMeta    *meta;
	Buffer		buffer = mih_lock_meta(index, BUFFER_LOCK_EXCLUSIVE, &meta);
	GenericXLogState *state = GenericXLogStart(index);
	uint32		nruns = 0;

	meta = (MihMeta *) PageGetContents(GenericXLogRegisterBuffer(state, buffer, 0));
	while (nruns < meta->nruns && meta->runs[nruns].first < run->first)
		nruns++;
	meta->runs[nruns++] = *run;
	meta->nruns = nruns;
	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
}

/*
 * A run is written anew when so many times its rows have come behind it.  Each
 * time a row is written, its run is three times as large at least, and all
 * runs from one on hold more than 1.5 times what those behind it hold: how
 * often a row is written is logarithmic, and so is the number of runs.
 */
#define MERGE_GROWTH	2

/*
 * Make a run of the pending rows on full pages, if they are at least "least",
 * together with the runs before them that are due to be written anew.
 *
 * No more than "most" entries are written, if it isn't 0, as somebody waits.
 * The caller has the merge lock.
 */
void
mih_index_pending(Relation index, uint32 least, uint32 most, int memory)
{
	MihMeta    *meta = mih_read_meta(index, NULL);
	uint32		covered = mih_covered(meta);
	uint32		rows = meta->codes.npages == 0 ? 0 :
		(meta->codes.npages - 1) * mih_rows_per_page(meta->words);
	uint32		pending = rows > covered ? rows - covered : 0;
	uint32		keep = meta->nruns; /* runs that stay */
	uint32		first = covered;
	int			bands = meta->words == 0 ? 0 : mih_option_bands(index, meta->words);
	uint32		most_rows = bands > 0 && most > 0 ? most / bands : PG_UINT32_MAX;
	MihReader  *reader;
	MihRun		run;

	for (int i = (int) meta->nruns - 1; i >= 0; i--)
	{
		uint32		behind = covered + pending - (meta->runs[i].first + meta->runs[i].count);

		if (meta->runs[i].count + behind > most_rows)
			break;
		if ((uint64) meta->runs[i].count * MERGE_GROWTH <= behind)
		{
			keep = i;
			first = meta->runs[i].first;
		}
	}

	if (bands > 0 && keep < MIH_MAX_RUNS && (pending >= least || keep < meta->nruns))
	{
		reader = mih_open_store(index, &meta->codes, meta->words, NULL);
		mih_run_build(reader, false, mih_new_number(index), first,
					  Min(covered + pending - first, most_rows), bands, memory, &run);
		mih_close_store(reader);

		install_run(index, &run);
		for (uint32 i = keep; i < meta->nruns; i++)
			mih_free_run(index, &meta->runs[i]);
		IndexFreeSpaceMapVacuum(index);
	}
	pfree(meta);
}
