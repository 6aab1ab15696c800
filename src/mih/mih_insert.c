/*-------------------------------------------------------------------------
 *
 * mih_insert.c
 *	  Inserting a row into a mih index.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/genam.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "utils/memutils.h"

/*
 * The most entries that an insertion writes in making a run: some tens of
 * milliseconds.
 */
#define INSERT_ENTRIES	(1024 * 1024)

/*
 * Make a run of the pending rows, if they are too many and nobody else is at
 * it.
 */
static void
index_pending(Relation index)
{
	MihMeta    *meta;
	Buffer		buffer = mih_lock_meta(index, BUFFER_LOCK_SHARE, &meta);
	uint64		full = (uint64) (meta->codes.npages - 1) * mih_rows_per_page(meta->words);
	uint32		covered = mih_covered(meta);
	int			words = meta->words;
	uint32		least;

	UnlockReleaseBuffer(buffer);
	if (words == 0 || mih_option_bands(index, words) == 0)
		return;
	least = mih_option_pending(index, words);
	if (full < (uint64) covered + least || !mih_merge_lock_conditional(index))
		return;
	mih_index_pending(index, least, INSERT_ENTRIES, work_mem);
	mih_merge_unlock(index, ExclusiveLock);
}

/*
 * Returns false, as nothing is checked.
 */
bool
mih_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid,
		   Relation heap, IndexUniqueCheck check, bool unchanged, IndexInfo *info)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "mih insert",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(context);

	(void) heap;
	(void) check;
	(void) unchanged;
	(void) info;
	if (mih_append(index, isnull[0] ? NULL : DatumGetSimhash(values[0]), tid) && !isnull[0])
		index_pending(index);

	MemoryContextSwitchTo(outer);
	MemoryContextDelete(context);
	return false;
}
