/*-------------------------------------------------------------------------
 *
 * queryrows.c
 *	  Functions over the rows of a query, and these rows.
 *
 * A query is analyzed, planned and run as COPY does it: without a portal, so
 * that nothing which it calls can close it, and with a receiver that takes one
 * row after the other, so that no row is kept and workers may be used.
 *
 * Casts belong to the query: it becomes the sub-select of one that casts its
 * columns.  So the planner knows what they are (one that isn't safe in
 * parallel rules out workers), and the executor calls their functions with all
 * that it does for a function: the caller's EXECUTE privilege, collation,
 * hooks.  Nothing that a user can name is called here.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/queryrows.h"

#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parser.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/memory_limit.h"

/* A query as it is read. */
typedef struct QueryReading
{
	DestReceiver receiver;		/* first, so that it can be told from */
	const QueryFunction *function;
	const char *text;
	const QueryColumn *columns;
	int			ncolumns;
	const char *expected;		/* the columns, for messages */
	bool		parsed;
	MemoryContext row_context;
	QuerySink	sink;
	void	   *arg;
} QueryReading;

/*
 * Calls
 */

void
query_function_begin(QueryFunction *function, FunctionCallInfo fcinfo, const char *name, int ncolumns)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid		   *types;
	int			ntypes;
	int			each;			/* arguments a query */

	get_func_signature(fcinfo->flinfo->fn_oid, &types, &ntypes);
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (types[i] != ANYELEMENTOID && types[i] != INTERVALOID && PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("arguments of %s must not be null", name)));
	}
	InitMaterializedSRF(fcinfo, 0);

	function->fcinfo = fcinfo;
	function->name = name;
	each = types[0] == REGCLASSOID ? 1 + ncolumns : 1;
	function->nqueries = each < PG_NARGS() && types[each] == types[0] ? 2 : 1;
	function->first = function->nqueries * each;
	function->id_type = TupleDescAttr(result->setDesc, 0)->atttypid;
	function->context = limited_context(CurrentMemoryContext, name);
}

Oid
query_own_type(const QueryFunction *function, const char *name)
{
	Oid			extension = getExtensionOfObject(ProcedureRelationId,
											 function->fcinfo->flinfo->fn_oid);
	Oid			type = OidIsValid(extension) ? getExtensionType(extension, name) : InvalidOid;

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("function %s and type %s are not of one extension",
						function->name, name)));
	return type;
}

void
query_put(const QueryFunction *function, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) function->fcinfo->resultinfo;

	CHECK_FOR_INTERRUPTS();
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
query_function_end(QueryFunction *function)
{
	MemoryContextDelete(function->context);
	return (Datum) 0;
}

/*
 * The query
 */

/* "id bigint, title text": what is expected, for messages. */
static const char *
expected_columns(const QueryColumn *columns, int ncolumns)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&list, "%s%s %s", i > 0 ? ", " : "", columns[i].name,
						 format_type_be(columns[i].type));
	return list.data;
}

/*
 * The query's text.  A relation is locked before its name is asked for, which
 * nobody can change then.
 */
static const char *
query_text(const QueryFunction *function, int number, int ncolumns)
{
	FunctionCallInfo fcinfo = function->fcinfo;
	int			each = function->first / function->nqueries;
	int			argno = number * each;
	StringInfoData query;
	Oid			relation;
	char	   *name;

	if (each == 1)
		return text_to_cstring(PG_GETARG_TEXT_PP(argno));

	relation = PG_GETARG_OID(argno);
	LockRelationOid(relation, AccessShareLock);
	name = get_rel_name(relation);
	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation)));

	initStringInfo(&query);
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&query, "%s %s", i == 0 ? "SELECT" : ",",
						 quote_identifier(NameStr(*PG_GETARG_NAME(argno + 1 + i))));
	appendStringInfo(&query, " FROM %s",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name));
	return query.data;
}

static Query *
analyze_query(QueryReading *reading)
{
	const char *name = reading->function->name;
	List	   *statements = raw_parser(reading->text, RAW_PARSE_DEFAULT);
	Query	   *query = NULL;

	reading->parsed = true;
	if (list_length(statements) == 1)
		query = parse_analyze_fixedparams(linitial_node(RawStmt, statements), reading->text,
										  NULL, 0, NULL);
	if (query == NULL || query->commandType != CMD_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("query of %s must be one SELECT", name)));
	if (ExecCleanTargetListLength(query->targetList) != reading->ncolumns)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("query of %s must have %d columns, not %d", name, reading->ncolumns,
						ExecCleanTargetListLength(query->targetList)),
				 errdetail("Columns are: %s.", reading->expected)));
	return query;
}

/* A column of the query, cast to the type expected. */
static Expr *
cast_column(const QueryReading *reading, const QueryColumn *column, TargetEntry *entry)
{
	Node	   *value = (Node *) makeVarFromTargetEntry(1, entry);
	Oid			type = exprType(value);

	value = coerce_to_target_type(NULL, value, type, column->type, -1,
								  COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
	if (value == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the query of %s must be of type %s, not %s",
						column->name, reading->function->name, format_type_be(column->type),
						format_type_be(type))));
	assign_expr_collations(NULL, value);
	return (Expr *) value;
}

/* SELECT column, ... FROM (query), with casts. */
static Query *
cast_columns(const QueryReading *reading, Query *query)
{
	Query	   *outer = makeNode(Query);
	RangeTblEntry *source = makeNode(RangeTblEntry);
	RangeTblRef *reference = makeNode(RangeTblRef);
	List	   *names = NIL;

	for (int i = 0; i < reading->ncolumns; i++)
	{
		const QueryColumn *column = &reading->columns[i];
		Expr	   *value = cast_column(reading, column,
										list_nth_node(TargetEntry, query->targetList, i));

		outer->targetList = lappend(outer->targetList,
									makeTargetEntry(value, i + 1, pstrdup(column->name), false));
		names = lappend(names, makeString(pstrdup(column->name)));
	}

	source->rtekind = RTE_SUBQUERY;
	source->subquery = query;
	source->alias = makeAlias("query", NIL);
	source->eref = makeAlias("query", names);
	source->inFromCl = true;
	reference->rtindex = 1;

	outer->commandType = CMD_SELECT;
	outer->canSetTag = true;
	outer->rtable = list_make1(source);
	outer->jointree = makeFromExpr(list_make1(reference), NULL);
	outer->queryId = query->queryId;
	outer->stmt_location = query->stmt_location;
	outer->stmt_len = query->stmt_len;
	return outer;
}

static PlannedStmt *
plan_query(QueryReading *reading)
{
	Query	   *query = analyze_query(reading);
	PlannedStmt *plan = NULL;

	/* A WITH that writes may not stand in a sub-select. */
	if (!query->hasModifyingCTE)
		plan = linitial_node(PlannedStmt,
							 pg_plan_queries(pg_rewrite_query(cast_columns(reading, query)),
											 reading->text, CURSOR_OPT_PARALLEL_OK, NULL));
	if (plan == NULL || !CommandIsReadOnly(plan))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("query of %s must not write or lock rows", reading->function->name)));
	return plan;
}

/*
 * Its rows
 */

static bool
receive_row(TupleTableSlot *slot, DestReceiver *receiver)
{
	QueryReading *reading = (QueryReading *) receiver;
	MemoryContext caller = MemoryContextSwitchTo(reading->row_context);

	CHECK_FOR_INTERRUPTS();
	slot_getallattrs(slot);
	reading->sink(reading->arg, slot->tts_values, slot->tts_isnull);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(reading->row_context);
	return true;
}

/* Errors that have a place have it in the query, not in the calling statement. */
static void
query_error(void *arg)
{
	const QueryReading *reading = arg;
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery(reading->text);
	}
	else
		errcontext("SQL statement \"%s\"", reading->text);

	/* The name of a table in place of a query, mostly. */
	if (!reading->parsed && geterrcode() == ERRCODE_SYNTAX_ERROR)
		errhint("Give a query of the columns %s, or a relation followed by the names of such columns.",
				reading->expected);
}

void
query_read(const QueryFunction *function, int query, const QueryColumn *columns, int ncolumns,
		   QuerySink sink, void *arg)
{
	/* What the query itself takes is the executor's, not of the function's limit. */
	MemoryContext context = AllocSetContextCreate(MemoryContextGetParent(function->context),
												  "rows of a query", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	QueryReading reading = {
		*None_Receiver, function, query_text(function, query, ncolumns), columns, ncolumns,
		expected_columns(columns, ncolumns), false, NULL, sink, arg
	};
	ErrorContextCallback callback = {error_context_stack, query_error, &reading};
	QueryDesc  *desc;

	error_context_stack = &callback;
	reading.receiver.receiveSlot = receive_row;
	reading.row_context = AllocSetContextCreate(context, "query row", ALLOCSET_DEFAULT_SIZES);

	/* By the snapshot of the calling statement, as functions that only read do. */
	desc = CreateQueryDesc(plan_query(&reading), reading.text, GetActiveSnapshot(), InvalidSnapshot,
						   &reading.receiver, NULL, NULL, 0);
	ExecutorStart(desc, 0);
	simhash_executor_run(desc);
	ExecutorFinish(desc);
	ExecutorEnd(desc);
	FreeQueryDesc(desc);

	error_context_stack = callback.previous;
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}
