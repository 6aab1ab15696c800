/*-------------------------------------------------------------------------
 *
 * queryrows.h
 *	  Functions over the rows of a query, and these rows.
 *
 * The query is an argument of text, or a relation and the names of its
 * columns.  In SQL such a function is one of
 *
 *	  f(query text, ...)
 *	  f(relation regclass, column name, ..., ...)
 *
 * or of two queries
 *
 *	  f(query text, query text, ...)
 *	  f(relation regclass, column name, ..., relation regclass, column name, ..., ...)
 *
 * and has an argument "id_type" of type anyelement if ids may be of any type,
 * else they are bigint.  Its result begins with an id.
 *
 *-------------------------------------------------------------------------
 */
#ifndef QUERYROWS_H
#define QUERYROWS_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/execnodes.h"

/* What a function expects of a column. */
typedef struct QueryColumn
{
	const char *name;			/* what messages call it */
	Oid			type;			/* what its values are cast to, implicitly */
} QueryColumn;

/* A call of such a function. */
typedef struct QueryFunction
{
	FunctionCallInfo fcinfo;
	const char *name;			/* for messages */
	int			nqueries;		/* 1 or 2 */
	int			first;			/* place of the first argument behind them */
	Oid			id_type;
	MemoryContext context;		/* of what it needs until it ends, within simhash.memory_limit */
} QueryFunction;

/*
 * Begin a call, whose query has so many columns; an error if an argument is
 * null but those of anyelement, which is there for its type only, and interval,
 * which need not be limited.
 */
extern void query_function_begin(QueryFunction *function, FunctionCallInfo fcinfo,
								 const char *name, int ncolumns);

/* The type of that name in the extension that the function belongs to, whatever their schemas. */
extern Oid	query_own_type(const QueryFunction *function, const char *name);

/*
 * A row.  Values by reference are the row's and may be toasted; what is
 * allocated in the current memory context is freed behind it.
 */
typedef void (*QuerySink) (void *arg, const Datum *values, const bool *isnull);

/*
 * Send the rows of a query, 0 or 1, to "sink", one by one.  It must be one
 * SELECT (or VALUES, TABLE, WITH) of "ncolumns" columns, whose types are those
 * expected or have an implicit cast to them.
 *
 * It sees what the calling statement sees, runs with the rights of the caller,
 * and may not write.  Checks for interrupts.
 */
extern void query_read(const QueryFunction *function, int query, const QueryColumn *columns,
					   int ncolumns, QuerySink sink, void *arg);

/* Put a row into the result.  Checks for interrupts. */
extern void query_put(const QueryFunction *function, Datum *values, bool *nulls);

/* End a call: what it is to return. */
extern Datum query_function_end(QueryFunction *function);

#endif							/* QUERYROWS_H */
