/*-------------------------------------------------------------------------
 *
 * query_rows.c
 *	  The rows of a query as those of a function, for functions in SQL: these
 *	  may call no query by its text.
 *
 * Each of them has a function of its own by this code, whose name is its own
 * with "_rows" behind it, and whose columns are what the query's must be.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/queryrows.h"

#include "funcapi.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(query_rows);

/* A QuerySink. */
static void
put_row(void *arg, const Datum *values, const bool *isnull)
{
	query_put(arg, unconstify(Datum *, values), unconstify(bool *, isnull));
}

/*
 * f_rows(query text)
 */
Datum
query_rows(PG_FUNCTION_ARGS)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);
	char	   *suffix = strstr(name, "_rows");
	QueryFunction function;
	TupleDesc	desc;
	QueryColumn *columns;

	if (suffix != NULL)
		*suffix = '\0';
	query_function_begin(&function, fcinfo, name, 1);
	desc = ((ReturnSetInfo *) fcinfo->resultinfo)->setDesc;
	columns = palloc(desc->natts * sizeof(QueryColumn));
	for (int i = 0; i < desc->natts; i++)
	{
		columns[i].name = NameStr(TupleDescAttr(desc, i)->attname);
		columns[i].type = TupleDescAttr(desc, i)->atttypid;
	}
	query_read(&function, 0, columns, desc->natts, put_row, &function);
	return query_function_end(&function);
}
