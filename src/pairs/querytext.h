/*-------------------------------------------------------------------------
 *
 * querytext.h
 *	  The rows of a query that a function is given as a text.
 *
 *-------------------------------------------------------------------------
 */
#ifndef QUERYTEXT_H
#define QUERYTEXT_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

/* What a function expects of a column. */
typedef struct QueryColumn
{
	const char *name;			/* what messages call it */
	Oid			type;			/* what its values are cast to, implicitly */
} QueryColumn;

typedef struct QueryRows
{
	Portal		portal;
	int			ncolumns;
	FmgrInfo   *casts;			/* one a column; fn_oid is InvalidOid for none */
	MemoryContext row_context;	/* what casting a row allocates */
	SPITupleTable *batch;		/* rows fetched */
	uint64		nbatch;
	uint64		next;			/* the next one to give */
} QueryRows;

/*
 * Begin to read the rows of a query, which must be one SELECT (or VALUES,
 * TABLE, WITH) of "ncolumns" columns, whose types are those expected or have
 * an implicit cast to them; errors say what "function" expected.
 *
 * The query sees what the calling statement sees, runs with the rights of the
 * caller, and may not write.  SPI is connected until query_close(); after
 * each of the three calls the memory context is the one before.
 */
extern void query_open(QueryRows *rows, const char *function, const char *query,
					   const QueryColumn *columns, int ncolumns);

/*
 * Read a row; false behind the last one.  values[] and isnull[] have room for
 * all columns.  Values by reference are the row's, until the next call, and
 * may be toasted.  Checks for interrupts.
 */
extern bool query_next(QueryRows *rows, Datum *values, bool *isnull);

extern void query_close(QueryRows *rows);

#endif							/* QUERYTEXT_H */
