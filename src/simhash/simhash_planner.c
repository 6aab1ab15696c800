/*-------------------------------------------------------------------------
 *
 * simhash_planner.c
 *	  What the planner is told of fingerprints: how many rows a condition on a
 *	  distance leaves, and how simhash_dwithin() uses an index.
 *
 * base/nearness.c reckons with what ANALYZE found out (simhash_statistics.c):
 * the part of the other rows that is, on average, within the radius of a row.
 *
 * Without statistics, and where the sample had no pair so near, a model does:
 * two fingerprints that have nothing to do with each other differ in each of
 * n bits with probability 1/2, so they lie within r with the probability
 * P(Binomial(n, 1/2) <= r).  What is looked for is mostly a row of the table,
 * so itself and its equals come on top.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash_planner.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_am.h"
#include "catalog/pg_statistic.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/spccache.h"

#include "base/identity.h"
#include "base/nearness.h"
#include "hamming/hamming.h"

/* A radius that can't be known when planning. */
#define RADIUS_UNKNOWN	(-1)

/* The width where nothing tells it: that of to_simhash() by default. */
#define DEFAULT_BITS	256

/*
 * A condition "distance between a and b at most radius" of any form.  b is a
 * simhash_ball if that is a constant, or can't be taken apart; then the radius
 * is unknown.
 */
typedef struct WithinClause
{
	NearClause	near;
	int			radius;
	int			bits;			/* 0 as long as it isn't settled */
	const unsigned char *center;	/* if it is known */
} WithinClause;

/*
 * ---------- what a condition asks for
 */

/* The radius that an expression has, or RADIUS_UNKNOWN. */
static int
known_radius(PlannerInfo *root, Node *node)
{
	double		radius;

	if (!near_limit(estimate_expression_value(root, node), &radius))
		return RADIUS_UNKNOWN;
	return Max((int) radius, 0);
}

/* Describe the condition fp <@ ball. */
static void
within_ball(WithinClause *clause, PlannerInfo *root, Node *fp, Node *ball)
{
	ball = estimate_expression_value(root, ball);
	clause->near.a = fp;
	clause->near.b = ball;

	if (IsA(ball, Const))
	{
		const Const *constant = (const Const *) ball;

		if (!constant->constisnull &&
			own_type(constant->consttype, clause->near.self, "simhash_ball_in"))
			clause->radius = simhash_ball_radius(DatumGetSimhashBall(constant->constvalue));
	}
	else if (IsA(ball, FuncExpr) && list_length(((FuncExpr *) ball)->args) == 2 &&
			 own_function(((FuncExpr *) ball)->funcid, clause->near.self, "simhash_ball_construct"))
	{
		clause->near.b = linitial(((FuncExpr *) ball)->args);
		clause->radius = known_radius(root, lsecond(((FuncExpr *) ball)->args));
	}
}

/*
 * Describe a condition by <@ or, its operands exchanged, by @>; or by % or =,
 * whose radius is unknown: that of % is the setting's, and a prepared
 * statement may be executed under another.
 */
static bool
of_operator(NearClause *clause, PlannerInfo *root, List *args)
{
	WithinClause *within = (WithinClause *) clause;

	within->radius = RADIUS_UNKNOWN;
	if (own_function(clause->function, clause->self, "simhash_contains"))
		within_ball(within, root, lsecond(args), linitial(args));
	else if (own_function(clause->function, clause->self, "simhash_contained"))
		within_ball(within, root, linitial(args), lsecond(args));
	else if (own_function(clause->function, clause->self, "simhash_similar") ||
			 own_function(clause->function, clause->self, "simhash_eq"))
	{
		clause->a = linitial(args);
		clause->b = lsecond(args);
	}
	else
		return false;
	return true;
}

/* Describe a call of simhash_dwithin(). */
static bool
of_call(NearClause *clause, PlannerInfo *root, List *args)
{
	if (!own_function(clause->function, clause->self, "simhash_dwithin"))
		return false;
	clause->a = linitial(args);
	clause->b = lsecond(args);
	((WithinClause *) clause)->radius = known_radius(root, lthird(args));
	return true;
}

/* The constant is the center, whichever of the operands it is, or has it. */
static bool
take_constant(NearClause *clause, const Const *operand, bool is_a)
{
	WithinClause *within = (WithinClause *) clause;

	(void) is_a;
	if (own_type(operand->consttype, clause->self, "simhash_in"))
	{
		Simhash    *fp = DatumGetSimhash(operand->constvalue);

		within->center = SIMHASH_DATA(fp);
		within->bits = SIMHASH_BITS(fp);
	}
	else if (own_type(operand->consttype, clause->self, "simhash_ball_in"))
	{
		SimhashBall *ball = DatumGetSimhashBall(operand->constvalue);

		within->center = SIMHASH_BALL_CENTER(ball);
		within->bits = SIMHASH_BALL_BITS(ball);
	}
	return within->center != NULL;
}

/* The width that the center has, or that the operands' types tell; or 0. */
static int
known_bits(const WithinClause *clause)
{
	int32		typmod;

	if (clause->center != NULL)
		return clause->bits;
	typmod = exprTypmod(clause->near.b);
	if (!SIMHASH_VALID_BITS(typmod))
		typmod = exprTypmod(clause->near.a);
	return SIMHASH_VALID_BITS(typmod) ? typmod : 0;
}

bool
simhash_index_radius(PlannerInfo *root, Oid self, const OpExpr *clause, int *radius, int *bits)
{
	WithinClause within = {.near = {.self = self, .function = get_opcode(clause->opno)}};
	Node	   *other;

	*radius = RADIUS_UNKNOWN;
	*bits = 0;
	if (!of_operator(&within.near, root, clause->args))
		return false;
	other = estimate_expression_value(root, within.near.b);
	if (IsA(other, Const) && !((Const *) other)->constisnull)
		(void) take_constant(&within.near, (Const *) other, false);

	*radius = within.radius;
	*bits = known_bits(&within);
	if (own_function(within.near.function, self, "simhash_eq"))
		*radius = 0;
	else if (own_function(within.near.function, self, "simhash_similar") && *bits > 0)
		*radius = simhash_radius_at(simhash_similarity_threshold, *bits);
	return *radius != RADIUS_UNKNOWN;
}

/*
 * ---------- selectivity
 */

/*
 * P(Binomial(bits, 1/2) <= radius).  The terms are summed from the largest
 * down, the first from the logarithm of the binomial coefficient: nothing
 * overflows, and the smallest double is far below any row count.
 */
double							/* NOLINTNEXTLINE(misc-no-recursion): once */
simhash_chance_within(int radius, int bits)
{
	double		term;
	double		sum = 0.0;

	if (radius >= bits)
		return 1.0;
	if (2 * radius >= bits)
		return 1.0 - simhash_chance_within(bits - radius - 1, bits);

	term = exp(lgamma(bits + 1.0) - lgamma(radius + 1.0) - lgamma(bits - radius + 1.0)
			   - bits * M_LN2);
	for (int i = radius; i >= 0 && sum + term > sum; i--)
	{
		sum += term;
		term *= (double) i / (bits - i + 1);
	}
	return sum;
}

/* The width of most values of a variable, from their average size, or 0. */
static int
average_bits(VariableStatData *var)
{
	int			bits;

	if (var == NULL || !HeapTupleIsValid(var->statsTuple))
		return 0;
	bits = ((Form_pg_statistic) GETSTRUCT(var->statsTuple))->stawidth /
		(SIMHASH_WORD_BITS / 8) * SIMHASH_WORD_BITS;
	return SIMHASH_VALID_BITS(bits) ? bits : 0;
}

/* The width, and the radius to reckon with: that of %, where none is known. */
static void
settle_width(NearClause *clause, VariableStatData *a, VariableStatData *b)
{
	WithinClause *within = (WithinClause *) clause;

	within->bits = known_bits(within);
	if (within->bits == 0)
		within->bits = average_bits(a);
	if (within->bits == 0)
		within->bits = average_bits(b);
	if (within->bits == 0)
		within->bits = DEFAULT_BITS;
	if (within->radius == RADIUS_UNKNOWN)
		within->radius = simhash_radius_at(simhash_similarity_threshold, within->bits);
}

static double
chance_within(const NearClause *clause)
{
	const WithinClause *within = (const WithinClause *) clause;

	return simhash_chance_within(within->radius, within->bits);
}

/* By the curves of a column of that width. */
static double
part_within(const NearClause *clause, VariableStatData *var, bool rest, double *pairs)
{
	const WithinClause *within = (const WithinClause *) clause;
	SimhashStatistics stats;
	double		result = -1.0;

	*pairs = 0.0;
	if (!simhash_statistics_get(var, &stats))
		return result;
	*pairs = stats.pairs;
	if (stats.bits == within->bits)
		result = stats.share * simhash_statistics_part(&stats, rest, within->radius);
	free_attstatsslot(&stats.slot);
	return result;
}

static NearResult
test_within(const NearClause *clause, Datum value)
{
	const WithinClause *within = (const WithinClause *) clause;
	Simhash    *fp = DatumGetSimhash(value);
	int			distance;

	if (SIMHASH_BITS(fp) != within->bits)
		return NEAR_NOT;
	distance = hamming_distance(SIMHASH_DATA(fp), within->center, SIMHASH_WORDS(fp));
	if (distance > within->radius)
		return NEAR_NOT;
	return distance == 0 ? NEAR_EQUAL : NEAR_HOLDS;
}

/*
 * ---------- simhash_dwithin()
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
gist_is_slower(const IndexOptInfo *index, int radius)
{
	const RelOptInfo *table = index->rel;
	double		random_page;
	double		seq_page;
	double		search_cost;
	double		scan_cost;

	if (index->nkeycolumns > 1 || !enable_seqscan)
		return false;

	get_tablespace_page_costs(index->reltablespace, &random_page, NULL);
	search_cost = gist_part_read(radius, index->pages) *
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
index_condition(const NearCall *call)
{
	const IndexOptInfo *index = call->request->index;
	double		radius;

	if (!own_function(call->function, call->self, "simhash_dwithin"))
		return NULL;

	/* What the function says to such a radius is its own affair. */
	if (near_limit(call->limit, &radius) &&
		(radius < 0 || (index->relam == GIST_AM_OID && gist_is_slower(index, (int) radius))))
		return NULL;

	return near_index_condition(call, SIMHASH_CONTAINED_STRATEGY, "simhash_contained",
								"simhash_ball_construct", list_make2(call->other, call->limit));
}

static const Nearness simhash_nearness = {
	.input = "simhash_in",
	.clause_size = sizeof(WithinClause),
	.of_operator = of_operator,
	.of_call = of_call,
	.constant = take_constant,
	.settle = settle_width,
	.chance = chance_within,
	.part = part_within,
	.test = test_within,
	.index_condition = index_condition
};

/* RESTRICT and JOIN of %, <@ and @>, SUPPORT of simhash_dwithin() */
NEAR_FUNCTION(simhash_sel, near_restrict, simhash_nearness)
NEAR_FUNCTION(simhash_joinsel, near_join, simhash_nearness)
NEAR_FUNCTION(simhash_dwithin_support, near_support, simhash_nearness)
