/*-------------------------------------------------------------------------
 *
 * mih_inspect.c
 *	  mih_stats(): what a mih index consists of.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xlog.h"
#include "catalog/index.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(mih_stats);

/* The name of a relation as a literal, for a query that a hint gives. */
static char *
name_literal(Relation relation)
{
	return quote_literal_cstr(quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
														 RelationGetRelationName(relation)));
}

/* It isn't a mih index: what to call instead. */
pg_noreturn static void
report_no_index(Relation relation)
{
	if (relation->rd_rel->relkind == RELKIND_PARTITIONED_INDEX)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a partitioned index, which holds nothing itself",
						RelationGetRelationName(relation)),
				 errhint("The indexes of the partitions: SELECT relid FROM pg_partition_tree(%s) WHERE isleaf.",
						 name_literal(relation))));
	ereport(ERROR,
			(errcode(ERRCODE_WRONG_OBJECT_TYPE),
			 errmsg("\"%s\" is not a mih index", RelationGetRelationName(relation)),
			 errhint("All mih indexes: SELECT c.oid::regclass FROM pg_class c JOIN pg_am a ON a.oid = relam WHERE amname = 'mih' AND relkind = 'i'.")));
}

/*
 * An index says nothing of the rows of tables that inherit from its own.  It
 * is whole without them, but of a hypertable, say, they are all there is.
 */
static void
notice_children(Relation index, Relation heap)
{
	if (has_subclass(RelationGetRelid(heap)) &&
		find_inheritance_children(RelationGetRelid(heap), NoLock) != NIL)
		ereport(NOTICE,
				(errmsg("index \"%s\" has no rows of the tables that inherit from \"%s\"",
						RelationGetRelationName(index), RelationGetRelationName(heap)),
				 errhint("Their indexes: SELECT indexrelid::regclass FROM pg_index WHERE indrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass).",
						 name_literal(heap))));
}

/*
 * An index that may be looked into, and its table, both locked against
 * changes of their definition: for their owner, and for the roles that monitor.
 */
Relation
mih_open_inspected(Oid relid, Relation *heap)
{
	Oid			heapid = IndexGetRelation(relid, true);
	Relation	index;
	char	   *name = get_rel_name(relid);

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("could not open relation with OID %u", relid)));
	if (!has_privs_of_role(GetUserId(), ROLE_PG_STAT_SCAN_TABLES) &&
		!simhash_relation_ownercheck(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for index %s", name),
				 errhint("It can be looked into by its owner and by members of pg_monitor or pg_stat_scan_tables.")));

	/* The table first, as everyone does. */
	*heap = OidIsValid(heapid) ? table_open(heapid, AccessShareLock) : NULL;
	index = relation_open(relid, AccessShareLock);
	if (index->rd_rel->relkind != RELKIND_INDEX || index->rd_indam->ambuild != mih_build ||
		*heap == NULL || IndexGetRelation(relid, false) != heapid)
		report_no_index(index);
	if (RELATION_IS_OTHER_TEMP(index))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary indexes of other sessions")));
	if (RecoveryInProgress() && !RelationIsPermanent(index))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access unlogged index \"%s\" during recovery",
						RelationGetRelationName(index))));
	notice_children(index, *heap);
	return index;
}

void
mih_close_inspected(Relation index, Relation heap)
{
	relation_close(index, AccessShareLock);
	table_close(heap, AccessShareLock);
}

/* The number of rows of a store, dead ones included. */
static uint64
count_rows(Relation index, bool nulls, int words, const MihArray *known)
{
	MihArray	array = *known;

	for (;;)
	{
		MihReader  *reader = mih_open_store(index, &array, words, NULL);
		uint64		rows;
		bool		found = mih_array_rows(reader, &rows);
		MihMeta    *meta;

		mih_close_store(reader);
		if (found)
			return rows;

		/* It was written anew meanwhile. */
		mih_confirm_stale(index, array.number);
		meta = mih_read_meta(index, NULL);
		array = nulls ? meta->nulls : meta->codes;
		pfree(meta);
	}
}

/*
 * Returns a row; its columns are described in doc/reference.md.
 */
Datum
mih_stats(PG_FUNCTION_ARGS)
{
	Relation	heap;
	Relation	index = mih_open_inspected(PG_GETARG_OID(0), &heap);
	MihMeta    *meta = mih_read_meta(index, NULL);
	uint64		rows = count_rows(index, false, meta->words, &meta->codes);
	uint64		nulls = count_rows(index, true, 0, &meta->nulls);
	uint32		covered = mih_covered(meta);
	uint32		run_pages = 0;
	BlockNumber live;
	BlockNumber blocks;
	TupleDesc	desc;
	Datum		values[13];
	bool		isnull[13] = {false};
	int			i = 0;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	mih_count_pages(index, &live, &blocks, NULL);
	for (uint32 run = 0; run < meta->nruns; run++)
		run_pages += meta->runs[run].pages;

	isnull[i] = isnull[i + 1] = meta->words == 0;
	values[i++] = Int32GetDatum(meta->words * SIMHASH_WORD_BITS);
	values[i++] = Int32GetDatum(meta->words == 0 ? 0 : mih_option_bands(index, meta->words));
	values[i++] = Int32GetDatum(meta->nruns);
	values[i++] = Int64GetDatum(rows);
	values[i++] = Int64GetDatum(nulls);
	values[i++] = Int64GetDatum((uint64) meta->codes.dead + meta->nulls.dead);
	values[i++] = Int64GetDatum(rows - Min(covered, rows));
	values[i++] = Int64GetDatum(blocks);
	values[i++] = Int64GetDatum((int64) meta->codes.npages + meta->nulls.npages);
	values[i++] = Int64GetDatum(1 + (int64) mih_array_pages(&meta->codes) - meta->codes.npages +
								mih_array_pages(&meta->nulls) - meta->nulls.npages);
	values[i++] = Int64GetDatum(run_pages);
	values[i++] = Int64GetDatum(blocks - live);
	isnull[i] = rows + nulls == 0;
	values[i++] = Float8GetDatum((double) blocks * BLCKSZ / Max(rows + nulls, 1));
	Assert(i == lengthof(values));

	mih_close_inspected(index, heap);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, isnull)));
}
