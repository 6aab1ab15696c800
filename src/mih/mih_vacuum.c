/*-------------------------------------------------------------------------
 *
 * mih_vacuum.c
 *	  VACUUM of a mih index.
 *
 * Rows of deleted heap tuples are marked dead in the store; lists still lead
 * to them.  When many are dead the store is written anew, with lists of its
 * own.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/generic_xlog.h"
#include "commands/vacuum.h"
#include "miscadmin.h"
#include "postmaster/autovacuum.h"
#include "storage/freespace.h"
#include "storage/indexfsm.h"
#include "storage/lmgr.h"

/* A store is written anew when one row of so many is dead. */
#define COMPACT_PART	5

/* VACUUM leaves a fraction of the rows pending that insertions leave. */
#define VACUUM_PENDING(limit)	((limit) / 8)

typedef struct BulkDelete
{
	IndexVacuumInfo *info;
	IndexBulkDeleteResult *stats;
	IndexBulkDeleteCallback callback;
	void	   *callback_state;
	bool	   *dead;			/* of the rows of a page: those to be marked */
} BulkDelete;

static int
memory_for_vacuum(void)
{
	return AmAutoVacuumWorkerProcess() && autovacuum_work_mem != -1 ?
		autovacuum_work_mem : maintenance_work_mem;
}

/*
 * Mark rows of one page dead, and return how many dead rows it has then.
 *
 * They are sought under a shared lock.  Rows don't move, and nobody else marks
 * them, so they are the same when the page is locked again.
 */
static uint32
delete_from_page(BulkDelete *delete, MihReader *reader, uint32 pageno)
{
	Buffer		buffer = mih_read_rows(reader, pageno, BUFFER_LOCK_SHARE);
	Page		page;
	uint32		count;
	uint32		found = 0;
	uint32		dead = 0;

	if (!BufferIsValid(buffer))
		mih_corrupted(reader->index, mih_rows_block(reader, pageno), "rows are missing");
	page = BufferGetPage(buffer);
	count = mih_rows_count(page);
	for (uint32 i = 0; i < count; i++)
	{
		ItemPointer tid = mih_rows_tid(page, i);

		delete->dead[i] = false;
		if (!ItemPointerIsValid(tid))
			dead++;
		else if (delete->callback(tid, delete->callback_state))
		{
			delete->dead[i] = true;
			found++;
		}
	}

	if (found > 0)
	{
		GenericXLogState *state;

		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		state = GenericXLogStart(reader->index);
		page = GenericXLogRegisterBuffer(state, buffer, 0);
		for (uint32 i = 0; i < count; i++)
			if (delete->dead[i])
				ItemPointerSetInvalid(mih_rows_tid(page, i));
		GenericXLogFinish(state);
	}
	UnlockReleaseBuffer(buffer);

	delete->stats->tuples_removed += found;
	delete->stats->num_index_tuples += count - dead - found;
	return dead + found;
}

static uint32
delete_from_store(BulkDelete *delete, const MihArray *array, int words)
{
	MihReader  *reader = mih_open_store(delete->info->index, array, words,
										delete->info->strategy);
	uint32		dead = 0;

	delete->dead = palloc(reader->per_page * sizeof(bool));
	for (uint32 pageno = 0; pageno < array->npages; pageno++)
	{
		simhash_vacuum_delay_point();
		dead += delete_from_page(delete, reader, pageno);
	}
	pfree(delete->dead);
	mih_close_store(reader);
	return dead;
}

/*
 * What is appended meanwhile needn't be looked at: it was inserted after the
 * dead tuples were collected.
 */
IndexBulkDeleteResult *
mih_bulkdelete(IndexVacuumInfo *info, IndexBulkDeleteResult *stats,
			   IndexBulkDeleteCallback callback, void *callback_state)
{
	Relation	index = info->index;
	BulkDelete	delete = {.info = info, .callback = callback, .callback_state = callback_state};
	MihMeta    *meta;
	uint32		dead_codes;
	uint32		dead_nulls;

	if (stats == NULL)
		stats = palloc0(sizeof(IndexBulkDeleteResult));
	delete.stats = stats;
	stats->estimated_count = false;
	stats->num_index_tuples = 0;

	mih_merge_lock(index, ExclusiveLock);
	meta = mih_read_meta(index, NULL);
	dead_codes = delete_from_store(&delete, &meta->codes, meta->words);
	dead_nulls = delete_from_store(&delete, &meta->nulls, 0);
	if (dead_codes != meta->codes.dead || dead_nulls != meta->nulls.dead)
	{
		MihMeta    *page_meta;
		Buffer		buffer = mih_lock_meta(index, BUFFER_LOCK_EXCLUSIVE, &page_meta);
		GenericXLogState *state = GenericXLogStart(index);

		page_meta = (MihMeta *) PageGetContents(GenericXLogRegisterBuffer(state, buffer, 0));
		page_meta->codes.dead = dead_codes;
		page_meta->nulls.dead = dead_nulls;
		GenericXLogFinish(state);
		UnlockReleaseBuffer(buffer);
	}
	mih_merge_unlock(index, ExclusiveLock);
	pfree(meta);
	return stats;
}

/*
 * ---------- pages that nothing leads to
 */

/* The number of blocks, none of which is being added to the index. */
static BlockNumber
count_blocks(Relation index)
{
	BlockNumber blocks;
	bool		lock = !RELATION_IS_LOCAL(index);

	if (lock)
		LockRelationForExtension(index, ExclusiveLock);
	blocks = RelationGetNumberOfBlocks(index);
	if (lock)
		UnlockRelationForExtension(index, ExclusiveLock);
	return blocks;
}

/*
 * How many blocks the metapage leads to, itself included; how many there are;
 * and how many of them are known to be free, if "free" isn't NULL.  All at one
 * moment: insertions take pages only under the metapage's lock, others only
 * under the merge lock.
 */
void
mih_count_pages(Relation index, BlockNumber *live, BlockNumber *blocks, BlockNumber *free)
{
	MihMeta    *meta;
	Buffer		buffer = mih_lock_meta(index, BUFFER_LOCK_SHARE, &meta);

	*live = 1 + mih_array_pages(&meta->codes) + mih_array_pages(&meta->nulls);
	for (uint32 i = 0; i < meta->nruns; i++)
		*live += meta->runs[i].pages;
	*blocks = count_blocks(index);
	if (free != NULL)
	{
		*free = 0;
		for (BlockNumber block = 0; block < *blocks; block++)
			if (GetRecordedFreeSpace(index, block) > 0)
				(*free)++;
	}
	UnlockReleaseBuffer(buffer);
}

/*
 * Is the page of a number that isn't live?  The metapage is asked after the
 * page, as a number that isn't live any more never will be.
 */
static bool
is_leaked(Relation index, uint64 number)
{
	MihMeta    *meta = mih_read_meta(index, NULL);
	bool		leaked = !mih_is_live(meta, number);

	pfree(meta);
	return leaked;
}

/*
 * Free what an error or a crash left behind, and see to it that the map of
 * free space knows all that is free.  Every page is looked at, but only if some
 * are neither live nor known to be free.  The caller has the merge lock.
 */
static void
sweep(IndexVacuumInfo *info)
{
	Relation	index = info->index;
	BlockNumber live;
	BlockNumber blocks;
	BlockNumber free;

	mih_count_pages(index, &live, &blocks, &free);
	if (live + free == blocks)
		return;

	for (BlockNumber block = MIH_META_BLOCK + 1; block < blocks; block++)
	{
		Buffer		buffer;
		Page		page;
		uint64		number = 0;
		bool		is_free;

		simhash_vacuum_delay_point();
		buffer = ReadBufferExtended(index, MAIN_FORKNUM, block, RBM_NORMAL, info->strategy);
		page = BufferGetPage(buffer);
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		is_free = mih_page_is_free(page);
		if (!is_free)
			number = MihPageOpaque(page)->number;
		UnlockReleaseBuffer(buffer);

		if (is_free)
			RecordFreeIndexPage(index, block);
		else if (is_leaked(index, number))
			mih_free_page(index, block, number);
		else
			RecordUsedIndexPage(index, block);
	}
}

/*
 * ---------- cleanup
 */

static bool
needs_compaction(Relation index, const MihArray *array, int words)
{
	MihReader  *reader = mih_open_store(index, array, words, NULL);
	uint64		rows;

	if (!mih_array_rows(reader, &rows))
		mih_corrupted(index, array->tail, "rows are missing");
	mih_close_store(reader);
	return (uint64) array->dead * COMPACT_PART > rows;
}

IndexBulkDeleteResult *
mih_vacuumcleanup(IndexVacuumInfo *info, IndexBulkDeleteResult *stats)
{
	Relation	index = info->index;
	MihMeta    *meta;
	int			memory = memory_for_vacuum();
	BlockNumber live;
	BlockNumber blocks;

	if (info->analyze_only)
		return stats;
	if (stats == NULL)
	{
		stats = palloc0(sizeof(IndexBulkDeleteResult));
		stats->num_index_tuples = info->num_heap_tuples;
		stats->estimated_count = info->estimated_count;
	}

	mih_merge_lock(index, ExclusiveLock);
	/* First: if VACUUM is cancelled over and over, it finds what it left. */
	sweep(info);
	IndexFreeSpaceMapVacuum(index);
	meta = mih_read_meta(index, NULL);
	if (needs_compaction(index, &meta->codes, meta->words))
		mih_compact(index, false, memory);
	if (needs_compaction(index, &meta->nulls, 0))
		mih_compact(index, true, memory);
	if (meta->words > 0)
		mih_index_pending(index, VACUUM_PENDING(mih_option_pending(index, meta->words)), 0, memory);
	mih_merge_unlock(index, ExclusiveLock);

	mih_count_pages(index, &live, &blocks, NULL);
	stats->num_pages = blocks;
	stats->pages_free = blocks - live;
	pfree(meta);
	return stats;
}
