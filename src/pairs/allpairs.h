/*-------------------------------------------------------------------------
 *
 * allpairs.h
 *	  What the functions over the rows of a query share: whose signature is
 *	  (query text, ..., id_type anyelement, ...) and whose result begins with
 *	  an id.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ALLPAIRS_H
#define ALLPAIRS_H

#include "postgres.h"

#include "fmgr.h"

/*
 * An error if an argument is null but that at "id_type", a number from 0,
 * which is there for its type only.
 */
extern void allpairs_check_nulls(FunctionCallInfo fcinfo, const char *function, int id_type);

/* The type of ids: of the first column of the result that was asked for. */
extern Oid	allpairs_id_type(FunctionCallInfo fcinfo);

/* A type of the extension, by its name: it is in the schema of the function. */
extern Oid	allpairs_own_type(FunctionCallInfo fcinfo, const char *name);

#endif							/* ALLPAIRS_H */
