/*-------------------------------------------------------------------------
 *
 * mih_build.c
 *	  CREATE INDEX ... USING mih: the table's rows become a store, the store's
 *	  rows a run.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/tableam.h"
#include "access/xloginsert.h"
#include "catalog/index.h"
#include "commands/progress.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"

/* The stores of an index under construction, the first two numbers. */
typedef struct BuildState
{
	Relation	index;
	MemoryContext context;		/* of the writers */
	MihMeta    *meta;
	MihWriter  *codes;			/* NULL: no fingerprint yet */
	MihWriter  *nulls;
	double		rows;
} BuildState;

static void
build_row(Relation index, ItemPointer tid, Datum *values, bool *isnull,
		  bool alive, void *arg)
{
	BuildState *state = arg;
	MemoryContext outer = MemoryContextSwitchTo(state->context);

	(void) alive;
	if (isnull[0])
	{
		if (state->nulls == NULL)
			state->nulls = mih_open_writer(index, true, state->meta->nulls.number, 0);
		mih_writer_add(state->nulls, "", tid);
	}
	else
	{
		Simhash    *code = DatumGetSimhash(values[0]);
		int			words = SIMHASH_WORDS(code);

		if (state->codes == NULL)
		{
			mih_check_bands(index, words);
			state->codes = mih_open_writer(index, true, state->meta->codes.number, words);
		}
		mih_check_width(index, state->codes->words, words);
		mih_writer_add(state->codes, SIMHASH_DATA(code), tid);
		if ((Pointer) code != DatumGetPointer(values[0]))
			pfree(code);
	}
	state->rows++;
	MemoryContextSwitchTo(outer);
}

/*
 * The lists of all rows, where there are more than may stay pending.
 */
static void
build_run(BuildState *state)
{
	MihMeta    *meta = state->meta;
	MihReader  *reader = mih_open_store(state->index, &meta->codes, meta->words, NULL);
	uint64		rows;
	int			bands = mih_option_bands(state->index, meta->words);

	if (!mih_array_rows(reader, &rows))
		mih_corrupted(state->index, meta->codes.tail, "rows are missing");
	if (bands > 0 && rows > mih_option_pending(state->index, meta->words))
	{
		int64		progress[] = {MIH_PHASE_LISTS, (int64) rows * bands, 0};

		pgstat_progress_update_multi_param(lengthof(progress),
										   (const int[])
										   {PROGRESS_CREATEIDX_SUBPHASE,
											   PROGRESS_CREATEIDX_TUPLES_TOTAL,
											   PROGRESS_CREATEIDX_TUPLES_DONE},
										   progress);
		mih_run_build(reader, true, meta->next_number++, 0, rows, bands,
					  maintenance_work_mem, &meta->runs[0]);
		meta->nruns = 1;
	}
	mih_close_store(reader);
}

/*
 * Nothing is logged until the index is complete.
 */
IndexBuildResult *
mih_build(Relation heap, Relation index, IndexInfo *info)
{
	IndexBuildResult *result = palloc(sizeof(IndexBuildResult));
	BuildState	state = {.index = index, .context = CurrentMemoryContext};
	Buffer		buffer;
	PGAlignedBlock image;

	if (RelationGetNumberOfBlocks(index) != 0)
		elog(ERROR, "index \"%s\" already contains data", RelationGetRelationName(index));

	mih_check_type(index);
	if (info->ii_ExclusionOps != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("access method \"mih\" does not support exclusion constraints"),
				 errhint("GiST does.")));
	if (TupleDescAttr(RelationGetDescr(index), 0)->atttypmod > 0)
		mih_check_bands(index, TupleDescAttr(RelationGetDescr(index), 0)->atttypmod / SIMHASH_WORD_BITS);

	/* The first page is the metapage's. */
	buffer = mih_new_buffer(index, true);
	Assert(BufferGetBlockNumber(buffer) == MIH_META_BLOCK);
	UnlockReleaseBuffer(buffer);
	mih_init_meta((Page) image.data);
	state.meta = (MihMeta *) PageGetContents((Page) image.data);

	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, MIH_PHASE_ROWS);
	result->heap_tuples = table_index_build_scan(heap, index, info, true, true,
												 build_row, &state, NULL);
	result->index_tuples = state.rows;
	if (state.nulls != NULL)
		mih_writer_finish(state.nulls, &state.meta->nulls);
	if (state.codes != NULL)
	{
		state.meta->words = state.codes->words;
		mih_writer_finish(state.codes, &state.meta->codes);
		build_run(&state);
	}

	buffer = ReadBuffer(index, MIH_META_BLOCK);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	memcpy(BufferGetPage(buffer), image.data, BLCKSZ);
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);

	if (RelationNeedsWAL(index))
		log_newpage_range(index, MAIN_FORKNUM, 0, RelationGetNumberOfBlocks(index), true);
	return result;
}

/*
 * An empty index, from which an unlogged one starts anew after a crash.
 */
void
mih_buildempty(Relation index)
{
	Buffer		buffer = ReadBufferExtended(index, INIT_FORKNUM, P_NEW, RBM_NORMAL, NULL);

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	START_CRIT_SECTION();
	mih_init_meta(BufferGetPage(buffer));
	MarkBufferDirty(buffer);
	log_newpage_buffer(buffer, true);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
}
