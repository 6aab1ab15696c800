/*-------------------------------------------------------------------------
 *
 * planner.c
 *	  What the planner is told: how many rows a condition leaves, and how
 *	  simhash_dwithin() uses an index.
 *
 * All estimates rest on one model: two fingerprints that have nothing to do
 * with each other differ in each of n bits with probability 1/2, so they lie
 * within r with the probability P(Binomial(n, 1/2) <= r).  Real tables hold
 * copies besides, so no estimate is below that of equality.
 *
 * The extension may live in any schema, and others may have objects of the
 * same names.  So its own are recognised by the C function behind them.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
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

#include "hamming.h"
#include "planner.h"

PG_FUNCTION_INFO_V1(simhash_ball_sel);
PG_FUNCTION_INFO_V1(simhash_ball_joinsel);
PG_FUNCTION_INFO_V1(simhash_similar_sel);
PG_FUNCTION_INFO_V1(simhash_similar_joinsel);
PG_FUNCTION_INFO_V1(simhash_dwithin_support);

/* simhash_ball.c */
extern PGDLLEXPORT Datum simhash_ball_construct(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_contained(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_contains(PG_FUNCTION_ARGS);

/* The width where nothing tells it: that of to_simhash() by default. */
#define DEFAULT_BITS	256

/* A radius that can't be known when planning. */
#define RADIUS_UNKNOWN	(-1)

/*
 * A condition "distance between a and b at most radius" of any form.  One of
 * a and b is a simhash_ball in the one case that it can't be taken apart;
 * then the radius is unknown.
 */
typedef struct WithinClause
{
	Node	   *a;
	Node	   *b;
	int			radius;
} WithinClause;

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
 * ---------- what is known of a condition
 */

/* The radius that an expression has, or RADIUS_UNKNOWN. */
static int
known_radius(PlannerInfo *root, Node *node)
{
	node = estimate_expression_value(root, node);
	if (!IsA(node, Const) || ((Const *) node)->constisnull)
		return RADIUS_UNKNOWN;
	return Max(DatumGetInt32(((Const *) node)->constvalue), 0);
}

/* The width of a simhash expression if it tells it itself, or 0. */
static int
known_bits(Node *node)
{
	int32		typmod;

	if (IsA(node, Const) && !((Const *) node)->constisnull)
		return SIMHASH_BITS(DatumGetSimhash(((Const *) node)->constvalue));
	typmod = exprTypmod(node);
	return typmod > 0 ? typmod : 0;
}

/* The width of a column, from its type or else from the average size. */
static int
variable_bits(VariableStatData *var)
{
	int			bits = var->var ? known_bits(var->var) : 0;

	if (bits == 0 && HeapTupleIsValid(var->statsTuple))
	{
		int			size = ((Form_pg_statistic) GETSTRUCT(var->statsTuple))->stawidth;

		bits = size / (SIMHASH_WORD_BITS / 8) * SIMHASH_WORD_BITS;
	}
	return SIMHASH_VALID_BITS(bits) ? bits : 0;
}

/* Describe the condition fp <@ ball. */
static void
within_ball(PlannerInfo *root, Node *fp, Node *ball, WithinClause *clause)
{
	ball = estimate_expression_value(root, ball);
	clause->a = fp;
	clause->b = ball;
	clause->radius = RADIUS_UNKNOWN;

	if (IsA(ball, Const) && !((Const *) ball)->constisnull)
	{
		SimhashBall *value = DatumGetSimhashBall(((Const *) ball)->constvalue);
		Simhash    *center = simhash_alloc(SIMHASH_BALL_BITS(value));

		memcpy(SIMHASH_DATA(center), SIMHASH_BALL_CENTER(value), SIMHASH_BALL_BYTES(value));
		clause->b = (Node *) makeConst(exprType(fp), SIMHASH_BALL_BITS(value),
									   InvalidOid, -1, PointerGetDatum(center),
									   false, false);
		clause->radius = simhash_ball_radius(value);
	}
	else if (IsA(ball, FuncExpr) &&
			 simhash_function_is(((FuncExpr *) ball)->funcid, simhash_ball_construct))
	{
		List	   *args = ((FuncExpr *) ball)->args;

		clause->b = linitial(args);
		clause->radius = known_radius(root, lsecond(args));
	}
}

/* Describe a condition by <@ or, its operands exchanged, by @>. */
static void
within_operator(PlannerInfo *root, Oid operator, List *args, WithinClause *clause)
{
	if (simhash_function_is(get_opcode(operator), simhash_contains))
		within_ball(root, lsecond(args), linitial(args), clause);
	else
		within_ball(root, linitial(args), lsecond(args), clause);
}

/* The radius to reckon with: that of %, where none is known. */
static int
reckoned_radius(const WithinClause *clause, int bits)
{
	if (clause->radius != RADIUS_UNKNOWN)
		return clause->radius;
	return simhash_radius_at(simhash_similarity_threshold, bits);
}

/*
 * ---------- selectivity
 */

/*
 * P(Binomial(bits, 1/2) <= radius).  The terms are summed from the largest
 * down, the first from the logarithm of the binomial coefficient: nothing
 * overflows, and the smallest double is far below any row count.
 */
static double
chance_within(int radius, int bits)
{
	double		term;
	double		sum = 0.0;

	if (radius >= bits)
		return 1.0;
	if (2 * radius >= bits)
		return 1.0 - chance_within(bits - radius - 1, bits);

	term = exp(lgamma(bits + 1.0) - lgamma(radius + 1.0) - lgamma(bits - radius + 1.0)
			   - bits * M_LN2);
	for (int i = radius; i >= 0 && sum + term > sum; i--)
	{
		sum += term;
		term *= (double) i / (bits - i + 1);
	}
	return sum;
}

/* The part of the rows that equal one value of the variable. */
double
simhash_equality_selectivity(VariableStatData *var)
{
	bool		isdefault;
	double		ndistinct = get_variable_numdistinct(var, &isdefault);

	/* Without statistics, values had better be taken for distinct. */
	if (isdefault && var->rel && var->rel->tuples > ndistinct)
		ndistinct = var->rel->tuples;
	return 1.0 / Max(ndistinct, 1.0);
}

/* The part of the rows where the variable is NULL. */
double
simhash_null_fraction(VariableStatData *var)
{
	if (!HeapTupleIsValid(var->statsTuple))
		return 0.0;
	return ((Form_pg_statistic) GETSTRUCT(var->statsTuple))->stanullfrac;
}

/*
 * Of the most common values of the variable, the part of the rows that they
 * make up (*common), and the part of those within radius of center
 * (returned).
 */
static double
common_within(VariableStatData *var, const Simhash *center, int radius, double *common)
{
	AttStatsSlot slot;
	double		within = 0.0;

	*common = 0.0;
	if (!HeapTupleIsValid(var->statsTuple) ||
		!get_attstatsslot(&slot, var->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return 0.0;

	for (int i = 0; i < slot.nvalues; i++)
	{
		Simhash    *value = DatumGetSimhash(slot.values[i]);

		*common += slot.numbers[i];
		if (SIMHASH_BYTES(value) == SIMHASH_BYTES(center) &&
			hamming_distance(SIMHASH_DATA(value), SIMHASH_DATA(center),
							 SIMHASH_WORDS(center)) <= radius)
			within += slot.numbers[i];
	}
	free_attstatsslot(&slot);
	return within;
}

/* The selectivity of a condition on one relation. */
static double
restriction_selectivity(PlannerInfo *root, const WithinClause *clause, int varRelid)
{
	VariableStatData var;
	Node	   *other;
	bool		varonleft;
	int			bits;
	int			radius;
	double		result;

	if (!get_restriction_variable(root, list_make2(clause->a, clause->b), varRelid,
								  &var, &other, &varonleft))
	{
		bits = known_bits(clause->a);
		if (bits == 0)
			bits = DEFAULT_BITS;
		return chance_within(reckoned_radius(clause, bits), bits);
	}
	if (IsA(other, Const) && ((Const *) other)->constisnull)
	{
		ReleaseVariableStats(var);
		return 0.0;				/* operators are strict */
	}

	bits = clause->radius != RADIUS_UNKNOWN ? known_bits(other) : 0;
	if (bits == 0)
		bits = variable_bits(&var);
	if (bits == 0)
		bits = DEFAULT_BITS;
	radius = reckoned_radius(clause, bits);
	result = Max(chance_within(radius, bits), simhash_equality_selectivity(&var));

	if (clause->radius != RADIUS_UNKNOWN && IsA(other, Const))
	{
		Simhash    *center = DatumGetSimhash(((Const *) other)->constvalue);
		double		common;
		double		common_sel = common_within(&var, center, radius, &common);
		double		rest = Max(1.0 - common - simhash_null_fraction(&var), 0.0);

		result = common_sel + rest * result;
	}
	else
		result *= 1.0 - simhash_null_fraction(&var);

	ReleaseVariableStats(var);
	CLAMP_PROBABILITY(result);
	return result;
}

/*
 * The selectivity of a join condition between two variables, which are
 * released; for a semijoin or antijoin, the part of the outer rows that have
 * a partner.  "chance" is that of two values that have nothing to do with
 * each other.
 */
double
simhash_join_selectivity(VariableStatData *a, VariableStatData *b, bool reversed,
						 SpecialJoinInfo *sjinfo, double chance)
{
	double		result = Max(chance, Min(simhash_equality_selectivity(a),
										 simhash_equality_selectivity(b)));

	if (sjinfo->jointype == JOIN_SEMI || sjinfo->jointype == JOIN_ANTI)
	{
		VariableStatData *outer = reversed ? b : a;
		VariableStatData *inner = reversed ? a : b;

		if (inner->rel)
			result *= inner->rel->rows;
		result = Min(result, 1.0) * (1.0 - simhash_null_fraction(outer));
	}
	else
		result *= (1.0 - simhash_null_fraction(a)) * (1.0 - simhash_null_fraction(b));

	ReleaseVariableStats(*a);
	ReleaseVariableStats(*b);
	CLAMP_PROBABILITY(result);
	return result;
}

/* The selectivity of a join condition. */
static double
join_selectivity(PlannerInfo *root, const WithinClause *clause, SpecialJoinInfo *sjinfo)
{
	VariableStatData a;
	VariableStatData b;
	bool		reversed;
	int			bits;

	get_join_variables(root, list_make2(clause->a, clause->b), sjinfo, &a, &b, &reversed);

	bits = variable_bits(&a);
	if (bits == 0)
		bits = variable_bits(&b);
	if (bits == 0)
		bits = DEFAULT_BITS;

	return simhash_join_selectivity(&a, &b, reversed, sjinfo,
									chance_within(reckoned_radius(clause, bits), bits));
}

/* RESTRICT of <@ and @> */
Datum
simhash_ball_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	WithinClause clause;

	within_operator(root, PG_GETARG_OID(1), (List *) PG_GETARG_POINTER(2), &clause);
	PG_RETURN_FLOAT8(restriction_selectivity(root, &clause, PG_GETARG_INT32(3)));
}

/* JOIN of <@ and @> */
Datum
simhash_ball_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	WithinClause clause;

	within_operator(root, PG_GETARG_OID(1), (List *) PG_GETARG_POINTER(2), &clause);
	PG_RETURN_FLOAT8(join_selectivity(root, &clause,
									  (SpecialJoinInfo *) PG_GETARG_POINTER(4)));
}

/*
 * The condition a % b: its radius is that of the setting as it is now, though
 * a prepared statement may be executed under another.
 */
static WithinClause
similar_clause(List *args)
{
	WithinClause clause = {linitial(args), lsecond(args), RADIUS_UNKNOWN};

	return clause;
}

/* RESTRICT of % */
Datum
simhash_similar_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	WithinClause clause = similar_clause((List *) PG_GETARG_POINTER(2));

	PG_RETURN_FLOAT8(restriction_selectivity(root, &clause, PG_GETARG_INT32(3)));
}

/* JOIN of % */
Datum
simhash_similar_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	WithinClause clause = similar_clause((List *) PG_GETARG_POINTER(2));

	PG_RETURN_FLOAT8(join_selectivity(root, &clause,
									  (SpecialJoinInfo *) PG_GETARG_POINTER(4)));
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
	return chance_within(radius, (int) floor(log2(Max(pages, 2.0))));
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
		WithinClause clause = {linitial(req->args), lsecond(req->args), RADIUS_UNKNOWN};

		clause.radius = known_radius(req->root, lthird(req->args));
		if (req->is_join)
			req->selectivity = join_selectivity(req->root, &clause, req->sjinfo);
		else
			req->selectivity = restriction_selectivity(req->root, &clause, req->varRelid);
		PG_RETURN_POINTER(req);
	}
	PG_RETURN_POINTER(NULL);
}
