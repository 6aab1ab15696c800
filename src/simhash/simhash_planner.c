/*-------------------------------------------------------------------------
 *
 * simhash_planner.c
 *	  How simhash_dwithin() uses an index.
 *
 * The extension may live in any schema, and others may have objects of the
 * same names.  So its own are recognised by the C function behind them.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/spccache.h"
#include "utils/syscache.h"

#include "simhash/simhash_planner.h"

PG_FUNCTION_INFO_V1(simhash_dwithin_support);

/* simhash_ball.c */
extern PGDLLEXPORT Datum simhash_ball_construct(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_contained(PG_FUNCTION_ARGS);

/*
 * ---------- recognising the extension's own objects
 */

/* Is "function" the C function behind the SQL function? */
bool
simhash_function_is(Oid funcid, PGFunction function)
{
	FmgrInfo	flinfo;

	if (!OidIsValid(funcid))
		return false;
	fmgr_info(funcid, &flinfo);
	return flinfo.fn_addr == function;
}

/*
 * The operator <@ (fptype, ball) of an operator family, or InvalidOid.  The
 * type of the ball is that of its right operand.
 */
static Oid
contained_operator(Oid opfamily, Oid fptype)
{
	CatCList   *members = SearchSysCacheList1(AMOPSTRATEGY, ObjectIdGetDatum(opfamily));
	Oid			result = InvalidOid;

	for (int i = 0; i < members->n_members; i++)
	{
		Form_pg_amop amop = (Form_pg_amop) GETSTRUCT(&members->members[i]->tuple);

		if (amop->amopstrategy == SIMHASH_CONTAINED_STRATEGY &&
			amop->amoplefttype == fptype && amop->amoprighttype != fptype &&
			simhash_function_is(get_opcode(amop->amopopr), simhash_contained))
			result = amop->amopopr;
	}
	ReleaseCatCacheList(members);
	return result;
}

/*
 * The function simhash_ball(fptype, integer), or InvalidOid.  It lives where
 * its sibling "neighbour" does, wherever the extension was moved.
 */
static Oid
ball_constructor(Oid neighbour, Oid fptype)
{
	Oid			argtypes[2] = {fptype, INT4OID};
	Oid			result;

	result = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
							 CStringGetDatum("simhash_ball"),
							 PointerGetDatum(buildoidvector(argtypes, 2)),
							 ObjectIdGetDatum(get_func_namespace(neighbour)));
	return simhash_function_is(result, simhash_ball_construct) ? result : InvalidOid;
}

/*
 * ---------- simhash_dwithin(a, b, radius)
 */

/*
 * The part of a GiST index that a search within a radius reads.  A page has
 * decided the log2(pages) bits that lead to it and, by chance, no other; the
 * search leaves it out if the query contradicts more than "radius" of them.
 * The width plays no part.  (Measured with 64-bit fingerprints on 4003 pages,
 * radius 0 to 8: 9, 33, 148, 464, 1096, 1963, 2848, 3505, 3848; reckoned: 2,
 * 23, 131, 453, 1098, 2000, 2902, 3547, 3869.)
 */
static double
gist_part_read(int radius, double pages)
{
	return simhash_chance_within(radius, (int) floor(log2(Max(pages, 2.0))));
}

/*
 * Is a search of the GiST index expected to be slower than a sequential scan?
 *
 * The planner's own estimate is of no help: it takes the pages read to be as
 * few as the rows found.  The same cost parameters are applied here to the
 * pages that are really read.  Nothing is said against an index of several
 * columns, as its other conditions are not known here.
 */
static bool
gist_is_slower(const IndexOptInfo *index, const Const *radius)
{
	const RelOptInfo *table = index->rel;
	double		random_page;
	double		seq_page;
	double		search_cost;
	double		scan_cost;

	if (index->nkeycolumns > 1 || !enable_seqscan)
		return false;

	get_tablespace_page_costs(index->reltablespace, &random_page, NULL);
	search_cost = gist_part_read(DatumGetInt32(radius->constvalue), index->pages) *
		(index->pages * random_page +
		 index->tuples * (cpu_index_tuple_cost + cpu_operator_cost));

	get_tablespace_page_costs(table->reltablespace, NULL, &seq_page);
	scan_cost = table->pages * seq_page +
		table->tuples * (cpu_tuple_cost + cpu_operator_cost);

	return search_cost > scan_cost;
}

/*
 * The index condition that a call of simhash_dwithin() amounts to, or NULL:
 *
 *		indexed <@ simhash_ball(other, radius)
 */
static Node *
dwithin_index_condition(SupportRequestIndexCondition *req)
{
	FuncExpr   *call = (FuncExpr *) req->node;
	Node	   *indexed;
	Node	   *other;
	Node	   *radius;
	Oid			fptype;
	Oid			operator;
	Oid			constructor;
	Oid			balltype;
	Node	   *ball;

	if (!IsA(call, FuncExpr) || req->indexarg > 1)
		return NULL;
	indexed = list_nth(call->args, req->indexarg);
	other = list_nth(call->args, 1 - req->indexarg);
	radius = lthird(call->args);

	if (!is_pseudo_constant_for_index(req->root, other, req->index) ||
		!is_pseudo_constant_for_index(req->root, radius, req->index))
		return NULL;

	/* What the function says to such a radius is its own affair. */
	if (IsA(radius, Const) &&
		(((Const *) radius)->constisnull || DatumGetInt32(((Const *) radius)->constvalue) < 0))
		return NULL;

	fptype = exprType(linitial(call->args));
	operator = contained_operator(req->opfamily, fptype);
	constructor = ball_constructor(call->funcid, fptype);
	if (!OidIsValid(operator) || !OidIsValid(constructor))
		return NULL;

	if (req->index->relam == GIST_AM_OID && IsA(radius, Const) &&
		gist_is_slower(req->index, (Const *) radius))
		return NULL;

	balltype = get_func_rettype(constructor);
	ball = (Node *) makeFuncExpr(constructor, balltype, list_make2(other, radius),
								 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	ball = eval_const_expressions(req->root, ball);

	req->lossy = false;
	return (Node *) make_opclause(operator, BOOLOID, false,
								  (Expr *) indexed, (Expr *) ball,
								  InvalidOid, InvalidOid);
}

/* SUPPORT of simhash_dwithin(simhash, simhash, integer) */
Datum
simhash_dwithin_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition))
	{
		Node	   *condition =
			dwithin_index_condition((SupportRequestIndexCondition *) request);

		PG_RETURN_POINTER(condition ? list_make1(condition) : NULL);
	}
	if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *req = (SupportRequestSelectivity *) request;
		WithinClause clause;

		within_clause_of_call(req->root, req->funcid, req->args, &clause);
		if (req->is_join)
			req->selectivity = simhash_within_join_selectivity(req->root, &clause, req->sjinfo);
		else
			req->selectivity = simhash_within_selectivity(req->root, &clause, req->varRelid);
		PG_RETURN_POINTER(req);
	}
	PG_RETURN_POINTER(NULL);
}
