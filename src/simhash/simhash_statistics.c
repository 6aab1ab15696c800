/*-------------------------------------------------------------------------
 *
 * simhash_statistics.c
 *	  What ANALYZE finds out about a column of fingerprints.
 *
 * PostgreSQL's own statistics of a type with an order are the most common
 * values and a histogram, which for fingerprints is a sample of the others.
 * What they can't tell is how many rows are near to a row: in an archive where
 * each article has a few copies, four of a million rows.  So a slot of our own
 * kind holds the curve of distance_curve.h.
 *
 * The slot holds numbers only: the version of this layout, the width, the
 * part of the rows that have it, the pairs compared, then one curve after the
 * other, from radius 0 on, up to where both are 1, nearly.
 *
 * Statistics are the server's own, and not carried over by an upgrade or by
 * dump and restore, until ANALYZE runs: the planner falls back then.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash_planner.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/analyze.h"
#include "base/serverenv.h"
#include "hamming/distance_curve.h"

PG_FUNCTION_INFO_V1(simhash_typanalyze);

#define LAYOUT_VERSION	1
enum
{
	AT_VERSION, AT_BITS, AT_SHARE, AT_PAIRS, AT_CURVES
};

/* The curves end where they are so near to 1. */
#define NEARLY_ALL	0.999

/* Fingerprints of one width. */
typedef struct CodeArray
{
	int			words;
	uint32		n;
	uint64	   *codes;
} CodeArray;

/* Append a fingerprint if it has the width. */
static void
append_code(CodeArray *array, Datum value)
{
	Simhash    *fp = DatumGetSimhash(value);

	if (SIMHASH_WORDS(fp) == array->words)
		memcpy(array->codes + (Size) array->n++ * array->words, SIMHASH_DATA(fp), SIMHASH_BYTES(fp));
	if ((Pointer) fp != DatumGetPointer(value))
		pfree(fp);
}

static void
make_array(CodeArray *array, int words, int capacity)
{
	array->words = words;
	array->n = 0;
	array->codes = MemoryContextAllocHuge(CurrentMemoryContext,
										  sizeof(uint64) * words * (Size) Max(capacity, 1));
}

/* The width, in words, that most of the rows have; 0 if all are NULL. */
static int
usual_words(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows, int *nonnull)
{
	int			rows[HAMMING_MAX_WORDS + 1] = {0};
	int			words = 0;

	*nonnull = 0;
	for (int i = 0; i < samplerows; i++)
	{
		bool		isnull;
		Datum		value = fetchfunc(stats, i, &isnull);
		Size		bytes;

		CHECK_FOR_INTERRUPTS();
		if (isnull)
			continue;
		/* The size alone is told without detoasting. */
		bytes = toast_raw_datum_size(value) - VARHDRSZ;
		if (binary_simhash_bits(bytes) == 0)
			simhash_damaged(bytes);
		rows[bytes / sizeof(uint64)]++;
		(*nonnull)++;
	}
	for (int i = 1; i <= HAMMING_MAX_WORDS; i++)
	{
		if (rows[i] > rows[words])
			words = i;
	}
	return words;
}

/* The most common values that are of a width. */
static void
common_codes(const VacAttrStats *stats, CodeArray *common, int words)
{
	const Datum *values;
	int			nvalues = analyze_common_values(stats, &values);

	make_array(common, words, nvalues);
	for (int i = 0; i < nvalues; i++)
		append_code(common, values[i]);
}

/* Put the curves into a slot. */
static void
store_curve(VacAttrStats *stats, int slot, const DistanceCurve *curve, double share)
{
	int			nradii = 1;
	float4	   *numbers;

	while (nradii <= curve->bits &&
		   (curve->all[nradii - 1] < NEARLY_ALL ||
			(curve->rest[curve->bits] > 0.0 && curve->rest[nradii - 1] < NEARLY_ALL)))
		nradii++;

	numbers = MemoryContextAlloc(stats->anl_context,
								 (AT_CURVES + 2 * nradii) * sizeof(float4));
	numbers[AT_VERSION] = LAYOUT_VERSION;
	numbers[AT_BITS] = curve->bits;
	numbers[AT_SHARE] = share;
	numbers[AT_PAIRS] = curve->pairs;
	for (int r = 0; r < nradii; r++)
	{
		numbers[AT_CURVES + r] = curve->all[r];
		numbers[AT_CURVES + nradii + r] = curve->rest[curve->bits] > 0.0 ? curve->rest[r] : -1.0;
	}
	stats->stakind[slot] = STATISTIC_KIND_DISTANCES;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = AT_CURVES + 2 * nradii;
}

/* Called by ANALYZE for each column with the rows of its sample. */
static void
compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows, double totalrows)
{
	const RawEnv env = server_env(CurrentMemoryContext);
	int			slot = analyze_standard(stats, fetchfunc, samplerows, totalrows);
	int			nonnull;
	int			words;
	CodeArray	sample;
	CodeArray	common;
	DistanceCurve *curve;

	if (slot < 0)
		return;

	words = usual_words(stats, fetchfunc, samplerows, &nonnull);
	make_array(&sample, words, nonnull);
	for (int i = 0; i < samplerows && words > 0; i++)
	{
		bool		isnull;
		Datum		value = fetchfunc(stats, i, &isnull);

		if (!isnull)
			append_code(&sample, value);
	}
	if (sample.n < 2)
		return;

	common_codes(stats, &common, words);
	curve = palloc(sizeof(DistanceCurve));
	distance_curve(curve, sample.codes, sample.n, words, common.codes, common.n, &env);
	store_curve(stats, slot, curve, (double) sample.n / nonnull);
}

/* ANALYZE of type simhash */
Datum
simhash_typanalyze(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(analyze_with((VacAttrStats *) PG_GETARG_POINTER(0), compute_stats));
}

/*
 * ---------- reading them
 */

bool
simhash_statistics_get(VariableStatData *var, SimhashStatistics *stats)
{
	const float4 *numbers;
	int			nnumbers;

	if (!HeapTupleIsValid(var->statsTuple) ||
		!get_attstatsslot(&stats->slot, var->statsTuple, STATISTIC_KIND_DISTANCES,
						  InvalidOid, ATTSTATSSLOT_NUMBERS))
		return false;

	numbers = stats->slot.numbers;
	nnumbers = stats->slot.nnumbers;
	if (nnumbers >= AT_CURVES + 2 && nnumbers % 2 == 0 &&
		numbers[AT_VERSION] == LAYOUT_VERSION &&
		numbers[AT_BITS] >= 0 && numbers[AT_BITS] <= DISTANCE_CURVE_MAX &&
		SIMHASH_VALID_BITS((int) numbers[AT_BITS]) &&
		numbers[AT_SHARE] >= 0 && numbers[AT_SHARE] <= 1 &&
		numbers[AT_PAIRS] > 0)
	{
		stats->bits = (int) numbers[AT_BITS];
		stats->share = numbers[AT_SHARE];
		stats->pairs = numbers[AT_PAIRS];
		stats->nradii = (nnumbers - AT_CURVES) / 2;
		stats->all = numbers + AT_CURVES;
		stats->rest = stats->all + stats->nradii;
		return true;
	}
	free_attstatsslot(&stats->slot);
	return false;
}

double
simhash_statistics_part(const SimhashStatistics *stats, bool rest, int radius)
{
	const float4 *curve = rest ? stats->rest : stats->all;

	if (curve[0] < 0)
		return -1.0;
	return radius < stats->nradii ? curve[radius] : 1.0;
}
