/*-------------------------------------------------------------------------
 *
 * identity.h
 *	  Recognising the extension's own objects.
 *
 * The extension may live in any schema, its objects may be moved, renamed and
 * altered one by one, and others may have objects of the same names.  So a
 * function is known by what pg_proc says of the code behind it: the language,
 * the library and the symbol.  (Not by the address that fmgr_info() tells,
 * which for a function that has settings of its own, is SECURITY DEFINER or
 * hooked into is another's.)  A type is known by its input function, an
 * operator by its place in an operator family and its function.
 *
 * "self" is a function known to be ours, mostly the one that is running: ours
 * is what is of the same library.  Nothing is looked for by name, and no
 * library is loaded to find out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_IDENTITY_H
#define SIMHASH_IDENTITY_H

#include "postgres.h"

#include "access/stratnum.h"
#include "nodes/pg_list.h"

/* Is it our C function of that symbol?  InvalidOid isn't. */
extern bool own_function(Oid function, Oid self, const char *symbol);

/* Is it our type, or a domain over it, that has the input function? */
extern bool own_type(Oid type, Oid self, const char *input);

/*
 * The operator of a family that has the strategy, "left" on its left side, and
 * our function of that symbol; or InvalidOid.
 */
extern Oid	own_operator(Oid opfamily, StrategyNumber strategy, Oid left, Oid self,
						 const char *symbol);

/*
 * Our function of that symbol that makes a "type" of arguments of the types of
 * the expressions "args"; or InvalidOid.
 */
extern Oid	own_constructor(Oid type, List *args, Oid self, const char *symbol);

/* What an access method's callbacks, which no function calls, have for self. */
extern Oid	access_method_handler(Oid method);

#endif							/* SIMHASH_IDENTITY_H */
