/*-------------------------------------------------------------------------
 *
 * simhash_selectivity.c
 *	  How many rows a condition on a distance leaves.
 *
 * What ANALYZE found out comes first (simhash_statistics.h): the part of the other
 * rows that is, on average, within the radius of a row.  Of a center that is
 * known when planning, the distances to the column's most common values and
 * to its histogram, which is a sample of the others, say more.
 *
 * Without statistics, and where the sample had no pair so near, a model does:
 * two fingerprints that have nothing to do with each other differ in each of
 * n bits with probability 1/2, so they lie within r with the probability
 * P(Binomial(n, 1/2) <= r).  What is looked for is mostly a row of the table,
 * so itself and its equals come on top.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

#include "hamming/hamming.h"
#include "simhash/simhash_planner.h"
#include "simhash/simhash_statistics.h"

PG_FUNCTION_INFO_V1(simhash_sel);
PG_FUNCTION_INFO_V1(simhash_joinsel);

/* The width where nothing tells it: that of to_simhash() by default. */
#define DEFAULT_BITS	256

/*
 * A center may have more neighbours than the average row, or fewer.  So many
 * of the sample near it are trusted by themselves; fewer move the average,
 * which is worth as many rows as hold PRIOR_NEIGHBOURS of it (the mean of the
 * posterior of a Poisson rate whose prior is a gamma distribution of that
 * shape).
 */
#define ENOUGH_NEIGHBOURS	3
#define PRIOR_NEIGHBOURS	4.0

/*
 * ---------- the model
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

/* The width of a column, from its type or else from the average size. */
static int
variable_bits(VariableStatData *var)
{
	int			bits = var->var ? within_clause_bits(var->var) : 0;

	if (bits == 0 && HeapTupleIsValid(var->statsTuple))
	{
		int			size = ((Form_pg_statistic) GETSTRUCT(var->statsTuple))->stawidth;

		bits = size / (SIMHASH_WORD_BITS / 8) * SIMHASH_WORD_BITS;
	}
	return SIMHASH_VALID_BITS(bits) ? bits : 0;
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
 * The part of the rows within the radius of a row that is not known: of all
 * rows, or of those that have none of the most common values.  Itself, or its
 * equals, are left out: their part is returned in *itself.
 */
static double
others_within(VariableStatData *var, int bits, int radius, bool rest, double *itself)
{
	double		result = -1.0;
	SimhashStatistics stats;

	if (simhash_statistics_get(var, &stats))
	{
		if (stats.bits == bits)
			result = stats.share * (rest ? simhash_statistics_rest(&stats, radius) :
									simhash_statistics_all(&stats, radius));
		simhash_statistics_release(&stats);
	}

	*itself = simhash_equality_selectivity(var);
	if (!(result > 0.0))
		return simhash_chance_within(radius, bits);

	/* Equal rows were counted. */
	if (var->rel && var->rel->tuples >= 1.0)
		*itself = 1.0 / var->rel->tuples;
	return result;
}

/*
 * ---------- a center that is known
 */

/*
 * Of the most common values of the variable, the part of the rows that they
 * make up (*common), and the part of those near to the constant (returned).
 */
static double
common_near(VariableStatData *var, ValueTest test, void *arg, double *common)
{
	AttStatsSlot slot;
	double		near = 0.0;

	*common = 0.0;
	if (!get_attstatsslot(&slot, var->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return 0.0;

	for (int i = 0; i < slot.nvalues; i++)
	{
		*common += slot.numbers[i];
		if (test(slot.values[i], arg) != VALUE_FAR)
			near += slot.numbers[i];
	}
	free_attstatsslot(&slot);
	return near;
}

/*
 * Of the other values, the part near to the constant, itself left out:
 * "average" is that of any one of them.
 */
static double
rest_near(VariableStatData *var, ValueTest test, void *arg, double average)
{
	AttStatsSlot slot;
	int			near = 0;
	bool		itself = false;
	double		result;

	if (!get_attstatsslot(&slot, var->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						  ATTSTATSSLOT_VALUES))
		return average;

	for (int i = 0; i < slot.nvalues; i++)
	{
		ValueTestResult found = test(slot.values[i], arg);

		/* That a row is near to itself says nothing of others. */
		if (found == VALUE_NEAR || (found == VALUE_EQUAL && itself))
			near++;
		if (found == VALUE_EQUAL)
			itself = true;
	}
	result = near >= ENOUGH_NEIGHBOURS ? (double) near / slot.nvalues :
		(PRIOR_NEIGHBOURS + near) / (PRIOR_NEIGHBOURS / average + slot.nvalues);
	free_attstatsslot(&slot);
	return result;
}

double
simhash_constant_selectivity(VariableStatData *var, ValueTest test, void *arg,
							 double itself, double others)
{
	double		common;
	double		near = common_near(var, test, arg, &common);
	double		rest = Max(1.0 - common - simhash_null_fraction(var), 0.0);

	return near + rest * (itself + rest_near(var, test, arg, others));
}

/* A constant center, and how far it may be. */
typedef struct Ball
{
	const Simhash *center;
	int			radius;
} Ball;

/* ValueTest of a Ball */
static ValueTestResult
test_within(Datum value, void *arg)
{
	const Ball *ball = arg;
	Simhash    *fp = DatumGetSimhash(value);
	int			distance;

	if (SIMHASH_BYTES(fp) != SIMHASH_BYTES(ball->center))
		return VALUE_FAR;
	distance = hamming_distance(SIMHASH_DATA(fp), SIMHASH_DATA(ball->center), SIMHASH_WORDS(fp));
	if (distance > ball->radius)
		return VALUE_FAR;
	return distance == 0 ? VALUE_EQUAL : VALUE_NEAR;
}

/*
 * ---------- the selectivity of a condition
 */

/* On one relation. */
double
simhash_within_selectivity(PlannerInfo *root, const WithinClause *clause, int varRelid)
{
	VariableStatData var;
	Node	   *other;
	bool		varonleft;
	bool		center_known;
	int			bits;
	int			radius;
	double		others;
	double		itself;
	double		result;

	if (!get_restriction_variable(root, list_make2(clause->a, clause->b), varRelid,
								  &var, &other, &varonleft))
	{
		bits = within_clause_bits(clause->a);
		if (bits == 0)
			bits = DEFAULT_BITS;
		return simhash_chance_within(reckoned_radius(clause, bits), bits);
	}
	if (IsA(other, Const) && ((Const *) other)->constisnull)
	{
		ReleaseVariableStats(var);
		return 0.0;				/* operators are strict */
	}

	/* "a" is always a simhash; "other" may be a ball. */
	center_known = IsA(other, Const) && exprType(other) == exprType(clause->a);
	bits = exprType(other) == exprType(clause->a) ? within_clause_bits(other) : 0;
	if (bits == 0)
		bits = variable_bits(&var);
	if (bits == 0)
		bits = DEFAULT_BITS;
	radius = reckoned_radius(clause, bits);

	if (center_known && HeapTupleIsValid(var.statsTuple) &&
		statistic_proc_security_check(&var, clause->function))
	{
		Ball		ball = {DatumGetSimhash(((Const *) other)->constvalue), radius};

		others = others_within(&var, bits, radius, true, &itself);
		result = simhash_constant_selectivity(&var, test_within, &ball, itself, others);
	}
	else
	{
		others = others_within(&var, bits, radius, false, &itself);
		result = (itself + others) * (1.0 - simhash_null_fraction(&var));
	}

	ReleaseVariableStats(var);
	CLAMP_PROBABILITY(result);
	return result;
}

/*
 * The selectivity of a join condition between two variables, which are
 * released; for a semijoin or antijoin, the part of the outer rows that have
 * a partner.  "chance" is that of two values that are not equal.
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

/* How much the statistics of a variable rest on: pairs compared, or 0. */
static double
pairs_compared(VariableStatData *var)
{
	SimhashStatistics stats;
	double		pairs;

	if (!simhash_statistics_get(var, &stats))
		return 0.0;
	pairs = stats.pairs;
	simhash_statistics_release(&stats);
	return pairs;
}

/*
 * Of a join.  Two columns are taken to be of one archive, of which the one
 * with the larger sample tells more.
 */
double
simhash_within_join_selectivity(PlannerInfo *root, const WithinClause *clause,
								SpecialJoinInfo *sjinfo)
{
	VariableStatData a;
	VariableStatData b;
	VariableStatData *larger;
	bool		reversed;
	int			bits;
	double		chance;
	double		itself;

	get_join_variables(root, list_make2(clause->a, clause->b), sjinfo, &a, &b, &reversed);
	larger = pairs_compared(&b) > pairs_compared(&a) ? &b : &a;

	bits = variable_bits(&a);
	if (bits == 0)
		bits = variable_bits(&b);
	if (bits == 0)
		bits = DEFAULT_BITS;

	chance = others_within(larger, bits, reckoned_radius(clause, bits), false, &itself);
	return simhash_join_selectivity(&a, &b, reversed, sjinfo, chance);
}

/*
 * Estimators can be given to any operator, whose operands are of any type.  All
 * that can be said of one that isn't the extension's is PostgreSQL's default.
 */

/* RESTRICT of %, <@ and @> */
Datum
simhash_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	WithinClause clause;

	if (!within_clause_of_operator(root, PG_GETARG_OID(1), (List *) PG_GETARG_POINTER(2), &clause))
		PG_RETURN_FLOAT8(DEFAULT_MATCHING_SEL);
	PG_RETURN_FLOAT8(simhash_within_selectivity(root, &clause, PG_GETARG_INT32(3)));
}

/* JOIN of %, <@ and @> */
Datum
simhash_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	WithinClause clause;

	if (!within_clause_of_operator(root, PG_GETARG_OID(1), (List *) PG_GETARG_POINTER(2), &clause))
		PG_RETURN_FLOAT8(DEFAULT_MATCHING_SEL);
	PG_RETURN_FLOAT8(simhash_within_join_selectivity(root, &clause,
													 (SpecialJoinInfo *) PG_GETARG_POINTER(4)));
}
