/*-------------------------------------------------------------------------
 *
 * distance_curve.c
 *	  How many pairs of a sample of codes lie within each distance.
 *
 * The interesting radii are small, and few pairs are so near: of a million
 * articles with four copies each, four pairs of a million.  So nearly all
 * pairs of the sample are looked at there, by the search for pairs that
 * clusters use too, which has to be told a radius.  At the radii where pairs
 * are many, the distances of a few rows to all others will do, and their
 * number tells where to change over.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/distance_curve.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "hamming/bands.h"
#include "hamming/codeset.h"
#include "hamming/hamming_pairs.h"

/* Words of codes that may be compared: a tenth of a second or two. */
#define MAX_COMPARED	5e8

/* Rows whose distances to all others are measured. */
#define WIDE_ROWS		256

/*
 * Above the radius within which this part of the pairs lie, they are enough:
 * a thousandth of the pairs of 256 rows with 30,000 is 7,680 pairs.
 */
#define WIDE_PART		0.001

/* Pairs of rows by their distance, either way round. */
typedef struct PairCounts
{
	const CodeSet *set;
	const bool *common;			/* of each code */
	double		all[DISTANCE_CURVE_MAX + 1];
	double		rest[DISTANCE_CURVE_MAX + 1];
} PairCounts;

static void
count_pairs(PairCounts *counts, uint32_t a, uint32_t b, int distance, double pairs)
{
	counts->all[distance] += pairs;
	if (!counts->common[a] && !counts->common[b])
		counts->rest[distance] += pairs;
}

/* PairCallback: two different codes, each of several rows */
static void
count_codes(void *arg, uint32_t a, uint32_t b, int distance)
{
	PairCounts *counts = arg;

	count_pairs(counts, a, b, distance, 2.0 * counts->set->rows[a] * counts->set->rows[b]);
}

/* A part of the rows, chosen by chance, but in every run the same. */
static uint64_t *
choose_rows(const uint64_t *codes, uint32_t nrows, int words, uint32_t wanted, const RawEnv *env)
{
	uint32_t   *row = env->alloc(env->arg, (size_t) nrows * sizeof(uint32_t));
	uint64_t   *chosen = env->alloc(env->arg, (size_t) wanted * words * sizeof(uint64_t));

	for (uint32_t i = 0; i < nrows; i++)
		row[i] = i;
	/* Fisher and Yates's shuffle, ended early; the numbers are SplitMix64's. */
	for (uint32_t i = 0; i < wanted; i++)
	{
		/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): wanted is nrows at most */
		uint32_t	other = i + (uint32_t) (splitmix64(i * UINT64_C(0x9e3779b97f4a7c15)) % (nrows - i));
		uint32_t	swap = row[i];

		row[i] = row[other];
		row[other] = swap;
		memcpy(chosen + (size_t) i * words, codes + (size_t) row[i] * words,
			   words * sizeof(uint64_t));
	}
	env->free(env->arg, row);
	return chosen;
}

/* Which codes of the set are common? */
static bool *
mark_common(const CodeSet *set, const uint64_t *common, uint32_t ncommon, const RawEnv *env)
{
	bool	   *marks = env->alloc(env->arg, (size_t) set->ncodes * sizeof(bool));
	uint32_t   *match = env->alloc(env->arg, (size_t) set->ncodes * sizeof(uint32_t));
	uint16_t   *distance = env->alloc(env->arg, (size_t) set->ncodes * sizeof(uint16_t));

	memset(marks, 0, (size_t) set->ncodes * sizeof(bool));
	for (uint32_t i = 0; i < ncommon; i++)
	{
		env->check(env->arg);
		if (hamming_scan(common + (size_t) i * set->words, set->codes, set->ncodes,
						 set->words, 0, match, distance) > 0)
			marks[match[0]] = true;
	}
	env->free(env->arg, match);
	env->free(env->arg, distance);
	return marks;
}

/* The first rows (which were chosen by chance) against all others. */
static void
count_wide(PairCounts *counts, const RawEnv *env)
{
	const CodeSet *set = counts->set;
	uint32_t   *match = env->alloc(env->arg, (size_t) set->ncodes * sizeof(uint32_t));
	uint16_t   *distance = env->alloc(env->arg, (size_t) set->ncodes * sizeof(uint16_t));

	for (uint32_t row = 0; row < set->nrows && row < WIDE_ROWS; row++)
	{
		uint32_t	code = set->code_of_row[row];

		env->check(env->arg);
		hamming_scan(set->codes + (size_t) code * set->words, set->codes, set->ncodes,
					 set->words, 64 * set->words, match, distance);
		for (uint32_t i = 0; i < set->ncodes; i++)
			count_pairs(counts, code, i, distance[i], set->rows[i] - (i == code));
	}
	env->free(env->arg, match);
	env->free(env->arg, distance);
}

/* All pairs of rows within the radius. */
static void
count_near(PairCounts *counts, int radius, const RawEnv *env)
{
	const CodeSet *set = counts->set;

	for (uint32_t i = 0; i < set->ncodes; i++)
		count_pairs(counts, i, i, 0, (double) set->rows[i] * (set->rows[i] - 1));
	pairs_find(set->codes, set->ncodes, set->words, radius, PAIRS_AUTO, env,
			   count_codes, counts);
}

/* The counts, added up from distance 0, as parts of what they come to. */
static double
add_up(double *counts, int bits)
{
	double		sum;

	for (int d = 1; d <= bits; d++)
		counts[d] += counts[d - 1];
	sum = counts[bits];
	for (int d = 0; d <= bits && sum > 0; d++)
		counts[d] /= sum;
	return sum;
}

/* The same where the counts are those of a small radius only. */
static void
join_curves(double *curve, double *near, double pairs, int radius)
{
	double		sum = 0.0;

	for (int d = 0; d <= radius && pairs > 0; d++)
	{
		sum += near[d];
		curve[d] = sum / pairs;
	}
	/* Two samples meet: the curve must not fall. */
	for (int d = radius + 1; pairs > 0 && d <= DISTANCE_CURVE_MAX && curve[d] < curve[radius]; d++)
		curve[d] = curve[radius];
}

void
distance_curve(DistanceCurve *curve, const uint64_t *codes, uint32_t nrows, int words,
			   const uint64_t *common, uint32_t ncommon, const RawEnv *env)
{
	const int	bits = 64 * words;
	double		most = sqrt(2.0 * MAX_COMPARED / words);
	uint32_t	chosen = nrows < most ? nrows : (uint32_t) most;
	double		rest_rows = 0.0;
	double		rest_pairs;
	int			radius = -1;
	CodeSet		set;
	bool	   *marks;
	PairCounts *counts;

	codeset_build(&set, choose_rows(codes, nrows, words, chosen, env), chosen, words, env);
	marks = mark_common(&set, common, ncommon, env);
	for (uint32_t i = 0; i < set.ncodes; i++)
	{
		if (!marks[i])
			rest_rows += set.rows[i];
	}

	counts = env->alloc(env->arg, sizeof(PairCounts));
	memset(counts, 0, sizeof(PairCounts));
	counts->set = &set;
	counts->common = marks;
	count_wide(counts, env);
	add_up(counts->all, bits);
	/* If no such row was among the first, its curve can't be told. */
	rest_pairs = add_up(counts->rest, bits) > 0.0 ? rest_rows * (rest_rows - 1) : 0.0;
	curve->bits = bits;
	curve->pairs = (double) chosen * (chosen - 1);
	memcpy(curve->all, counts->all, sizeof(curve->all));
	memcpy(curve->rest, counts->rest, sizeof(curve->rest));

	while (curve->all[radius + 1] < WIDE_PART)
		radius++;
	if (radius >= 0)
	{
		memset(counts->all, 0, sizeof(counts->all));
		memset(counts->rest, 0, sizeof(counts->rest));
		count_near(counts, radius, env);
		join_curves(curve->all, counts->all, curve->pairs, radius);
		join_curves(curve->rest, counts->rest, rest_pairs, radius);
	}

	env->free(env->arg, counts);
	env->free(env->arg, marks);
	codeset_free(&set, env);
}
