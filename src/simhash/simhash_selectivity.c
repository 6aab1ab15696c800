/*-------------------------------------------------------------------------
 *
 * simhash_selectivity.c
 *	  How many rows a condition on a distance leaves.
 *
 * base/nearness.c reckons with what ANALYZE found out (simhash_statistics.h):
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
#include "catalog/pg_statistic.h"

#include "hamming/hamming.h"
#include "simhash/simhash_statistics.h"

PG_FUNCTION_INFO_V1(simhash_sel);
PG_FUNCTION_INFO_V1(simhash_joinsel);
PG_FUNCTION_INFO_V1(simhash_dwithin_support);

/* The width where nothing tells it: that of to_simhash() by default. */
#define DEFAULT_BITS	256

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

	within->bits = within_clause_bits(within);
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

const Nearness simhash_nearness = {
	.input = "simhash_in",
	.clause_size = sizeof(WithinClause),
	.of_operator = within_clause_of_operator,
	.of_call = within_clause_of_call,
	.constant = within_clause_constant,
	.settle = settle_width,
	.chance = chance_within,
	.part = part_within,
	.test = test_within,
	.index_condition = simhash_dwithin_condition
};

/* RESTRICT of %, <@ and @> */
Datum
simhash_sel(PG_FUNCTION_ARGS)
{
	return near_restrict(fcinfo, &simhash_nearness);
}

/* JOIN of %, <@ and @> */
Datum
simhash_joinsel(PG_FUNCTION_ARGS)
{
	return near_join(fcinfo, &simhash_nearness);
}

/* SUPPORT of simhash_dwithin(simhash, simhash, integer) */
Datum
simhash_dwithin_support(PG_FUNCTION_ARGS)
{
	return near_support(fcinfo, &simhash_nearness);
}
