/*-------------------------------------------------------------------------
 *
 * mih_check.c
 *	  mih_check(): is a mih index what it should be?
 *
 * Checked are the pages (each belongs to one place, or is free), the lists
 * (sorted, each row of the range in each list once, by the right key), the
 * store (no heap tuple twice), and the table: every tuple that a snapshot sees
 * is in the store with its fingerprint, as in contrib/amcheck's heapallindexed.
 *
 * While the index is read the merge lock is held in shared mode, so that there
 * are no merges and no VACUUM; rows are inserted.  What was inserted after the
 * metapage was read isn't looked at, nor is it visible to the snapshot, which
 * is older.
 * On a standby nothing keeps the index from changing; then there's an error
 * that says so.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "lib/bloomfilter.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplesort.h"

PG_FUNCTION_INFO_V1(mih_check);

typedef struct Check
{
	Relation	index;
	Relation	heap;
	MihMeta    *meta;
	BufferAccessStrategy strategy;
	MemoryContext scratch;		/* reset again and again */
	BlockNumber blocks;
	uint8	   *visited;		/* a bit for each block */
	uint64	  **sums;			/* of the entries of each list, by run */
	MihBand   **bands;
	Tuplesortstate *tids;		/* of the live rows */
	bloom_filter *rows;			/* live rows */
} Check;

/* A row as an element of the filter. */
typedef struct CheckedRow
{
	ItemPointerData tid;
	char		code[1 + SIMHASH_MAX_BYTES];	/* 0 for NULL, or 1 and the code */
} CheckedRow;

static void
set_row(CheckedRow *row, Size *size, ItemPointer tid, const void *code, int words)
{
	Size		bytes = words * sizeof(uint64);

	row->tid = *tid;
	row->code[0] = words > 0;
	memcpy(row->code + 1, code, bytes);
	*size = offsetof(CheckedRow, code) + 1 + bytes;
}

/* There was a merge, which happens on a standby only. */
pg_noreturn static void
report_changed(Check *check)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_IN_USE),
			 errmsg("index \"%s\" was changed while it was checked",
					RelationGetRelationName(check->index)),
			 errhint("Check it on the primary, or try again.")));
}

/* A page of that number isn't there. */
pg_noreturn static void
report_stale(Check *check, uint64 number)
{
	mih_confirm_stale(check->index, number);
	report_changed(check);
}

/* Note that something leads to the block, which nothing else may do. */
static void
visit(Check *check, BlockNumber block)
{
	if (block >= check->blocks)
		mih_corrupted(check->index, block, "beyond the end of the index");
	if (check->visited[block / 8] & 1 << block % 8)
		mih_corrupted(check->index, block, "in two places at once");
	check->visited[block / 8] |= 1 << block % 8;
}

/*
 * ---------- stores
 */

/* Add entries of a row to the sums of the lists of its run. */
static void
sum_keys(Check *check, int run, uint32 row, const char *code)
{
	for (uint32 list = 0; list < check->meta->runs[run].bands; list++)
	{
		uint32		key = mih_key(&check->bands[run][list],
								  check->meta->words * SIMHASH_WORD_BITS, code);

		check->sums[run][list] += hash_bytes_uint32_extended(key, row);
	}
}

/* The rows of a page, the first of which has number "first". */
static uint32
check_rows(Check *check, Page page, uint64 first, int words, uint32 *run)
{
	uint32		count = mih_rows_count(page);
	uint32		dead = 0;

	for (uint32 i = 0; i < count; i++)
	{
		ItemPointer tid = mih_rows_tid(page, i);
		const char *code = mih_rows_codes(page) + i * words * sizeof(uint64);
		CheckedRow	row;
		Size		size;

		if (words > 0)
		{
			while (*run < check->meta->nruns &&
				   first + i >= (uint64) check->meta->runs[*run].first + check->meta->runs[*run].count)
				(*run)++;
			if (*run < check->meta->nruns)
				sum_keys(check, *run, first + i, code);
		}

		if (!ItemPointerIsValid(tid))
		{
			dead++;
			continue;
		}
		tuplesort_putdatum(check->tids,
						   Int64GetDatum((int64) ItemPointerGetBlockNumber(tid) << 16 |
										 ItemPointerGetOffsetNumber(tid)),
						   false);
		set_row(&row, &size, tid, code, words);
		bloom_add_element(check->rows, (unsigned char *) &row, size);
	}
	return dead;
}

static void
check_store(Check *check, const MihArray *array, int words)
{
	MihReader  *reader = mih_open_store(check->index, array, words, check->strategy);
	uint64		rows = 0;
	uint32		dead = 0;
	uint32		run = 0;
	PGAlignedBlock image;

	for (uint32 pageno = 0; pageno < array->npages; pageno++)
	{
		Buffer		buffer = mih_read_rows(reader, pageno, BUFFER_LOCK_SHARE);
		MemoryContext outer;

		if (!BufferIsValid(buffer))
			report_stale(check, array->number);
		memcpy(image.data, BufferGetPage(buffer), BLCKSZ);
		UnlockReleaseBuffer(buffer);

		visit(check, mih_rows_block(reader, pageno));
		outer = MemoryContextSwitchTo(check->scratch);
		dead += check_rows(check, (Page) image.data, rows, words, &run);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(check->scratch);
		rows += mih_rows_count((Page) image.data);
		CHECK_FOR_INTERRUPTS();
	}
	if (array->npages > 0)
	{
		visit(check, array->root);
		for (uint32 i = 0; i < mih_map_pages(array->npages); i++)
			visit(check, reader->root[i]);
		if (mih_rows_block(reader, array->npages - 1) != array->tail)
			mih_corrupted(check->index, array->tail, "not the last page of the store");
	}
	if (dead < array->dead)
		mih_corrupted(check->index, MIH_META_BLOCK, "dead rows live again");
	if (words > 0 && rows < mih_covered(check->meta))
		mih_corrupted(check->index, MIH_META_BLOCK, "runs of rows that are missing");
	mih_close_store(reader);
}

/* No tuple of the table is in the index twice. */
static void
check_tids(Check *check)
{
	Datum		datum;
	bool		isnull;
	int64		last = -1;
	MemoryContext outer = MemoryContextSwitchTo(check->scratch);

	tuplesort_performsort(check->tids);
	while (simhash_tuplesort_getdatum(check->tids, &datum, &isnull))
	{
		int64		tid = DatumGetInt64(datum);

		if (tid == last)
			ereport(ERROR,
					(errcode(ERRCODE_INDEX_CORRUPTED),
					 errmsg("index \"%s\" holds tuple (%u,%u) twice",
							RelationGetRelationName(check->index),
							(uint32) (tid >> 16), (uint32) (tid & 0xffff)),
					 errhint("Please REINDEX it.")));
		last = tid;
		MemoryContextReset(check->scratch);
		CHECK_FOR_INTERRUPTS();
	}
	tuplesort_end(check->tids);
	MemoryContextSwitchTo(outer);
}

/*
 * ---------- lists
 */

typedef struct ListCheck
{
	Check	   *check;
	const MihRun *run;
	int			list;
	uint32		pages;
	uint32		count;			/* entries so far */
	uint64		last;			/* the last of them */
	uint64		sum;
} ListCheck;

static void
check_leaf(ListCheck *state, BlockNumber block, const MihEntry *entry, uint32 n)
{
	const MihRun *run = state->run;

	for (uint32 i = 0; i < n; i++)
	{
		uint64		order = (uint64) entry[i].key << 32 | entry[i].row;

		if (state->count > 0 && order <= state->last)
			mih_corrupted(state->check->index, block, "entries in the wrong order");
		if (entry[i].row < run->first || entry[i].row - run->first >= run->count)
			mih_corrupted(state->check->index, block, "an entry of a row beyond the run");
		state->sum += hash_bytes_uint32_extended(entry[i].key, entry[i].row);
		state->last = order;
		state->count++;
	}
}

/*
 * A page of a list and all below it; *key is set to the key of the first entry.
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): the height is checked */
check_tree(ListCheck *state, BlockNumber block, int level, uint32 *key)
{
	Check	   *check = state->check;
	Buffer		buffer;
	PGAlignedBlock *image = palloc(sizeof(PGAlignedBlock));
	Page		page = (Page) image->data;
	uint32		n;

	CHECK_FOR_INTERRUPTS();
	visit(check, block);
	state->pages++;
	buffer = ReadBufferExtended(check->index, MAIN_FORKNUM, block, RBM_NORMAL, check->strategy);
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if (!mih_page_is(check->index, buffer, level == 0 ? MIH_LEAF : MIH_INNER,
					 state->run->number, mih_list_place(state->list, level)))
	{
		UnlockReleaseBuffer(buffer);
		report_stale(check, state->run->number);
	}
	memcpy(page, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);

	n = mih_page_entries(page, MihEntry);
	if (n == 0 || n > MIH_LEAF_ENTRIES)
		mih_corrupted(check->index, block, "impossible number of entries");
	if (level == 0)
	{
		MihEntry   *entry = (MihEntry *) PageGetContents(page);

		*key = entry[0].key;
		check_leaf(state, block, entry, n);
	}
	else
	{
		MihInner   *entry = (MihInner *) PageGetContents(page);

		*key = entry[0].key;
		for (uint32 i = 0; i < n; i++)
		{
			uint32		first;

			check_tree(state, entry[i].block, level - 1, &first);
			if (first != entry[i].key)
				mih_corrupted(check->index, block, "not the first key of the page below");
		}
	}
	pfree(image);
}

static void
check_run(Check *check, int number)
{
	const MihRun *run = &check->meta->runs[number];
	MihRunReader *reader = mih_open_run(check->index, run, NULL);
	uint32		pages = 1;

	if (reader->stale)
		report_stale(check, run->number);
	visit(check, run->header);
	for (uint32 list = 0; list < run->bands; list++)
	{
		ListCheck	state = {.check = check, .run = run, .list = list};
		uint32		key;

		check_tree(&state, reader->lists[list].root, reader->lists[list].height, &key);
		if (state.count != run->count || state.sum != check->sums[number][list])
			mih_corrupted(check->index, reader->lists[list].root,
						  "a list that doesn't fit the rows");
		pages += state.pages;
	}
	if (pages != run->pages)
		mih_corrupted(check->index, run->header, "not as many pages as the metapage says");
	mih_close_run(reader);
}

/*
 * ---------- the other pages
 */

/* Is it a page that an insertion took after the metapage was read? */
static bool
is_new_in(const MihArray *array, const MihOpaque *opaque)
{
	if (opaque->number != array->number)
		return false;
	switch (opaque->kind)
	{
		case MIH_ROWS:
			return opaque->place >= array->npages;
		case MIH_MAP:
			return opaque->place >= mih_map_pages(array->npages);
		case MIH_MAP_ROOT:
			return array->npages == 0;
		default:
			return false;
	}
}

/*
 * Pages that nothing leads to: free ones, new ones, and those that an error or
 * a crash has left behind, whose number is returned.
 */
static int64
check_others(Check *check)
{
	int64		leaked = 0;

	for (BlockNumber block = 0; block < check->blocks; block++)
	{
		Buffer		buffer;
		Page		page;
		MihOpaque	opaque = {0};

		if (check->visited[block / 8] & 1 << block % 8)
			continue;
		CHECK_FOR_INTERRUPTS();
		buffer = ReadBufferExtended(check->index, MAIN_FORKNUM, block, RBM_NORMAL,
									check->strategy);
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		page = BufferGetPage(buffer);
		if (!mih_page_is_free(page))
		{
			opaque = *MihPageOpaque(page);
			(void) mih_page_is(check->index, buffer, opaque.kind, opaque.number, opaque.place);
		}
		UnlockReleaseBuffer(buffer);

		if (opaque.kind == 0 || is_new_in(&check->meta->codes, &opaque) ||
			is_new_in(&check->meta->nulls, &opaque))
			continue;
		if (mih_is_live(check->meta, opaque.number))
			mih_corrupted(check->index, block, "nothing leads to the page");
		leaked++;
	}
	return leaked;
}

/*
 * ---------- the table
 */

static void
check_tuple(Relation index, ItemPointer tid, Datum *values, bool *isnull,
			bool alive, void *arg)
{
	Check	   *check = arg;
	CheckedRow	row;
	Size		size;
	Simhash    *code = isnull[0] ? NULL : DatumGetSimhash(values[0]);

	(void) alive;
	if (code == NULL)
		set_row(&row, &size, tid, "", 0);
	else
		set_row(&row, &size, tid, SIMHASH_DATA(code), SIMHASH_WORDS(code));
	if (bloom_lacks_element(check->rows, (unsigned char *) &row, size))
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("tuple (%u,%u) of table \"%s\" is not in index \"%s\"",
						ItemPointerGetBlockNumber(tid), ItemPointerGetOffsetNumber(tid),
						RelationGetRelationName(check->heap), RelationGetRelationName(index)),
				 errhint("Please REINDEX it.")));
	if (code != NULL && (Pointer) code != DatumGetPointer(values[0]))
		pfree(code);
}

static void
check_table(Check *check, Snapshot snapshot)
{
	IndexInfo  *info = BuildIndexInfo(check->index);
	TableScanDesc scan;

	/*
	 * An index whose HOT chains were broken when it was made isn't to be used
	 * by older snapshots.
	 */
	if (IsolationUsesXactSnapshot() && check->index->rd_index->indcheckxmin &&
		!TransactionIdPrecedes(HeapTupleHeaderGetXmin(check->index->rd_indextuple->t_data),
							   snapshot->xmin))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("index \"%s\" cannot be checked in this transaction, which is older",
						RelationGetRelationName(check->index))));

	/* As for CREATE INDEX CONCURRENTLY: what the snapshot sees. */
	info->ii_Concurrent = true;
	scan = table_beginscan_strat(check->heap, snapshot, 0, NULL, true, true);
	table_index_build_scan(check->heap, check->index, info, true, false,
						   check_tuple, check, scan);
}

/*
 * ---------- all of it
 */

/* What is checked under the merge lock: the index alone. */
static int64
check_index(Check *check)
{
	MihMeta    *meta = mih_read_meta(check->index, NULL);
	int64		leaked;
	int64		rows;

	check->meta = meta;
	check->strategy = GetAccessStrategy(BAS_BULKREAD);
	check->blocks = RelationGetNumberOfBlocks(check->index);
	check->visited = MemoryContextAllocExtended(CurrentMemoryContext, check->blocks / 8 + 1,
												MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	visit(check, MIH_META_BLOCK);
	if (meta->next_number <= Max(meta->codes.number, meta->nulls.number))
		mih_corrupted(check->index, MIH_META_BLOCK, "impossible numbers");

	check->sums = palloc((meta->nruns + 1) * sizeof(uint64 *));
	check->bands = palloc((meta->nruns + 1) * sizeof(MihBand *));
	for (uint32 i = 0; i < meta->nruns; i++)
	{
		if (meta->next_number <= meta->runs[i].number)
			mih_corrupted(check->index, MIH_META_BLOCK, "impossible numbers");
		check->sums[i] = palloc0(meta->runs[i].bands * sizeof(uint64));
		check->bands[i] = palloc(meta->runs[i].bands * sizeof(MihBand));
		for (uint32 list = 0; list < meta->runs[i].bands; list++)
			check->bands[i][list] = mih_band(meta->words * SIMHASH_WORD_BITS,
											 meta->runs[i].bands, list);
	}

	rows = (int64) meta->codes.npages * mih_rows_per_page(meta->words) +
		(int64) meta->nulls.npages * mih_rows_per_page(0);
	check->rows = bloom_create(rows, maintenance_work_mem, pg_prng_uint64(&pg_global_prng_state));
	check_store(check, &meta->codes, meta->words);
	check_store(check, &meta->nulls, 0);
	check_tids(check);
	for (uint32 i = 0; i < meta->nruns; i++)
		check_run(check, i);
	leaked = check_others(check);

	/* Pages of a new run look as if nothing led to them. */
	if (mih_read_meta(check->index, NULL)->next_number != meta->next_number)
		report_changed(check);
	return leaked;
}

/*
 * Raises an error if there is something wrong; returns the number of pages
 * that nothing leads to and VACUUM will free.
 */
Datum
mih_check(PG_FUNCTION_ARGS)
{
	Check		check = {0};
	Oid			save_userid;
	int			save_sec_context;
	int			save_nestlevel;
	Snapshot	snapshot;
	int64		leaked;

	check.index = mih_open_inspected(PG_GETARG_OID(0), &check.heap);
	if (!check.index->rd_index->indisvalid)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot check index \"%s\"", RelationGetRelationName(check.index)),
				 errdetail("Index is not valid.")));

	/* Expressions of the index run with the rights of the table's owner. */
	GetUserIdAndSecContext(&save_userid, &save_sec_context);
	SetUserIdAndSecContext(check.heap->rd_rel->relowner,
						   save_sec_context | SECURITY_RESTRICTED_OPERATION);
	save_nestlevel = NewGUCNestLevel();
	simhash_restrict_search_path();

	snapshot = RegisterSnapshot(GetTransactionSnapshot());
	check.scratch = AllocSetContextCreate(CurrentMemoryContext, "mih check",
										  ALLOCSET_DEFAULT_SIZES);
	check.tids = tuplesort_begin_datum(INT8OID, Int8LessOperator, InvalidOid, false,
									   maintenance_work_mem, NULL, TUPLESORT_NONE);
	mih_merge_lock(check.index, ShareLock);
	leaked = check_index(&check);
	mih_merge_unlock(check.index, ShareLock);

	/* What the snapshot sees was found in the index or not, whatever happens now. */
	check_table(&check, snapshot);
	UnregisterSnapshot(snapshot);
	bloom_free(check.rows);

	AtEOXact_GUC(false, save_nestlevel);
	SetUserIdAndSecContext(save_userid, save_sec_context);
	mih_close_inspected(check.index, check.heap);
	PG_RETURN_INT64(leaked);
}
