/*-------------------------------------------------------------------------
 *
 * querytext.c
 *	  The rows of a query that a function is given as a text.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/querytext.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

/* Rows fetched at a time. */
#define BATCH 256

/* "bigint id, text title": what is expected, for messages. */
static char *
expected_columns(const QueryColumn *columns, int ncolumns)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&list, "%s%s %s", i > 0 ? ", " : "", columns[i].name,
						 format_type_be(columns[i].type));
	return list.data;
}

/* Of what type the columns of a plan are; errors unless it is a SELECT. */
static TupleDesc
plan_columns(SPIPlanPtr plan, const char *function)
{
	List	   *sources = SPI_plan_get_plan_sources(plan);
	ListCell   *cell;

	if (list_length(sources) != 1 ||
		((CachedPlanSource *) linitial(sources))->commandTag != CMDTAG_SELECT ||
		((CachedPlanSource *) linitial(sources))->resultDesc == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("query of %s must be one SELECT", function)));

	/* PostgreSQL would refuse these too, but speak of functions. */
	foreach(cell, ((CachedPlanSource *) linitial(sources))->query_list)
	{
		Query	   *query = lfirst_node(Query, cell);

		if (query->hasModifyingCTE || query->rowMarks != NIL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("query of %s must not write or lock rows", function)));
	}
	return ((CachedPlanSource *) linitial(sources))->resultDesc;
}

/*
 * Find the function, if any, that casts a column to the type expected.  None
 * is to a domain, whose constraints would have to be checked.
 */
static void
find_cast(const QueryColumn *column, Oid type, const char *function, FmgrInfo *cast)
{
	Oid			cast_function = InvalidOid;
	CoercionPathType path = COERCION_PATH_NONE;

	cast->fn_oid = InvalidOid;
	if (type == column->type)
		return;
	if (get_typtype(column->type) != TYPTYPE_DOMAIN)
		path = find_coercion_pathway(column->type, type, COERCION_IMPLICIT, &cast_function);
	if (path == COERCION_PATH_FUNC)
		fmgr_info(cast_function, cast);
	else if (path != COERCION_PATH_RELABELTYPE)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the query of %s must be of type %s, not %s",
						column->name, function, format_type_be(column->type),
						format_type_be(type))));
}

void
query_open(QueryRows *rows, const char *function, const char *query,
		   const QueryColumn *columns, int ncolumns)
{
	MemoryContext caller = CurrentMemoryContext;
	SPIPlanPtr	plan;
	TupleDesc	desc;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");

	/* A batch at a time, which would keep workers from being used anyway. */
	plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_NO_SCROLL);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));

	desc = plan_columns(plan, function);
	if (desc->natts != ncolumns)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("query of %s must have %d columns, not %d",
						function, ncolumns, desc->natts),
				 errdetail("Columns are: %s.", expected_columns(columns, ncolumns))));

	rows->ncolumns = ncolumns;
	rows->casts = palloc(ncolumns * sizeof(FmgrInfo));
	for (int i = 0; i < ncolumns; i++)
		find_cast(&columns[i], TupleDescAttr(desc, i)->atttypid, function, &rows->casts[i]);
	rows->row_context = AllocSetContextCreate(CurrentMemoryContext, "query row",
											  ALLOCSET_DEFAULT_SIZES);

	/* Read-only: by the snapshot of the calling statement. */
	rows->portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	rows->batch = NULL;
	rows->nbatch = 0;
	rows->next = 0;
	MemoryContextSwitchTo(caller);
}

/* The value of a column, cast. */
static Datum
cast_value(const FmgrInfo *cast, Datum value)
{
	FmgrInfo   *function = unconstify(FmgrInfo *, cast);

	/* Cast functions may want a type modifier, and if the cast is explicit. */
	switch (cast->fn_nargs)
	{
		case 1:
			return FunctionCall1(function, value);
		case 2:
			return FunctionCall2(function, value, Int32GetDatum(-1));
		default:
			return FunctionCall3(function, value, Int32GetDatum(-1), BoolGetDatum(false));
	}
}

bool
query_next(QueryRows *rows, Datum *values, bool *isnull)
{
	MemoryContext caller = CurrentMemoryContext;

	CHECK_FOR_INTERRUPTS();

	if (rows->next == rows->nbatch)
	{
		SPI_freetuptable(rows->batch);
		SPI_cursor_fetch(rows->portal, true, BATCH);
		MemoryContextSwitchTo(caller);
		rows->batch = SPI_tuptable;
		rows->nbatch = SPI_processed;
		rows->next = 0;
		if (rows->nbatch == 0)
			return false;
	}

	heap_deform_tuple(rows->batch->vals[rows->next], rows->batch->tupdesc, values, isnull);
	rows->next++;

	MemoryContextReset(rows->row_context);
	MemoryContextSwitchTo(rows->row_context);
	for (int i = 0; i < rows->ncolumns; i++)
	{
		if (!isnull[i] && OidIsValid(rows->casts[i].fn_oid))
			values[i] = cast_value(&rows->casts[i], values[i]);
	}
	MemoryContextSwitchTo(caller);
	return true;
}

void
query_close(QueryRows *rows)
{
	SPI_cursor_close(rows->portal);
	SPI_finish();
}
