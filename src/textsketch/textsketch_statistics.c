/*-------------------------------------------------------------------------
 *
 * textsketch_statistics.c
 *	  What ANALYZE finds out about a column of sketches.
 *
 * As of fingerprints (simhash_statistics.c), the distances of pairs of rows,
 * which PostgreSQL's own statistics can't tell: sketch_curve.c measures them.
 *
 * The slot holds numbers: the version of this layout, the part of the rows
 * that have the usual parameters, the pairs compared, the elements of a row, on
 * average, and two curves, of all rows and of those whose value is not one of
 * the most common.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch_statistics.h"

#include "common/hashfn.h"
#include "miscadmin.h"

#include "base/analyze.h"
#include "base/serverenv.h"
#include "textsketch/sketch_curve.h"

PG_FUNCTION_INFO_V1(textsketch_typanalyze);

#define LAYOUT_VERSION	1
enum
{
	AT_VERSION, AT_SHARE, AT_PAIRS, AT_ELEMENTS, AT_ALL,
	AT_REST = AT_ALL + SKETCH_CURVE_STEPS,
	NUMBERS = AT_REST + SKETCH_CURVE_STEPS
};

/* Elements of the rows that are looked at. */
#define MAX_ELEMENTS	1000000

typedef struct Sample
{
	uint32		nrows;
	TextsketchView *rows;
	bool	   *common;			/* is its value one of the most common? */
} Sample;

/* Numbers from 0 to n - 1 in an order by chance, but in every run the same. */
static int *
mixed_order(int n)
{
	int		   *order = palloc(Max(n, 1) * sizeof(int));

	for (int i = 0; i < n; i++)
	{
		int			other = (int) (hash_bytes_uint32_extended(i, 0) % (i + 1));

		order[i] = order[other];
		order[other] = i;
	}
	return order;
}

/*
 * Read rows, up to MAX_ELEMENTS, and keep those that have the usual
 * parameters.  Returns the part of the rows that do.
 */
static double
read_sample(Sample *sample, VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows)
{
	int		   *order = mixed_order(samplerows);
	TextsketchView usual;
	int			votes = 0;
	int			nviews = 0;
	uint32		nelements = 0;

	sample->rows = palloc(Max(samplerows, 1) * sizeof(TextsketchView));
	for (int i = 0; i < samplerows && (nelements < MAX_ELEMENTS || nviews < 2); i++)
	{
		bool		isnull;
		Datum		value = fetchfunc(stats, order[i], &isnull);

		CHECK_FOR_INTERRUPTS();
		if (isnull)
			continue;
		textsketch_view(DatumGetTextsketch(value), &sample->rows[nviews]);
		nelements += sample->rows[nviews++].nelements;
	}

	/* Boyer and Moore's majority vote: near enough to the usual ones. */
	for (int i = 0; i < nviews; i++)
	{
		if (votes == 0)
			usual = sample->rows[i];
		votes += textsketch_comparable(&sample->rows[i], &usual) ? 1 : -1;
	}
	sample->nrows = 0;
	for (int i = 0; i < nviews; i++)
	{
		if (textsketch_comparable(&sample->rows[i], &usual))
			sample->rows[sample->nrows++] = sample->rows[i];
	}
	pfree(order);
	return nviews > 0 ? (double) sample->nrows / nviews : 0.0;
}

/* Which rows have one of the most common values? */
static void
mark_common(Sample *sample, const VacAttrStats *stats)
{
	const Datum *values;
	int			nvalues = analyze_common_values(stats, &values);

	sample->common = palloc0(Max(sample->nrows, 1) * sizeof(bool));
	for (int i = 0; i < nvalues; i++)
	{
		Textsketch *value = DatumGetTextsketch(values[i]);
		TextsketchView view;

		CHECK_FOR_INTERRUPTS();
		textsketch_view(value, &view);
		for (uint32 row = 0; row < sample->nrows; row++)
		{
			if (sample->rows[row].nelements == view.nelements &&
				sample->rows[row].nwords == view.nwords &&
				memcmp(sample->rows[row].data, view.data, TEXTSKETCH_BYTES(value)) == 0)
				sample->common[row] = true;
		}
	}
}

/* The elements of a row, on average. */
static double
mean_elements(const Sample *sample)
{
	double		sum = 0.0;

	for (uint32 i = 0; i < sample->nrows; i++)
		sum += sample->rows[i].nelements;
	return sum / sample->nrows;
}

/* Called by ANALYZE for each column with the rows of its sample. */
static void
compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows, double totalrows)
{
	int			slot = analyze_standard(stats, fetchfunc, samplerows, totalrows);
	RawEnv		env = server_env(CurrentMemoryContext);
	Sample		sample;
	double		share;
	SketchCurve curve;
	float4	   *numbers;

	if (slot < 0)
		return;

	share = read_sample(&sample, stats, fetchfunc, samplerows);
	if (sample.nrows == 0)
		return;
	mark_common(&sample, stats);
	sketch_curve(&curve, sample.rows, sample.nrows, sample.common, &env);

	numbers = MemoryContextAlloc(stats->anl_context, NUMBERS * sizeof(float4));
	numbers[AT_VERSION] = LAYOUT_VERSION;
	numbers[AT_SHARE] = share;
	numbers[AT_PAIRS] = curve.pairs;
	numbers[AT_ELEMENTS] = mean_elements(&sample);
	memcpy(numbers + AT_ALL, curve.all, sizeof(curve.all));
	memcpy(numbers + AT_REST, curve.rest, sizeof(curve.rest));
	stats->stakind[slot] = STATISTIC_KIND_SKETCHES;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = NUMBERS;
}

/* ANALYZE of type textsketch */
Datum
textsketch_typanalyze(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(analyze_with((VacAttrStats *) PG_GETARG_POINTER(0), compute_stats));
}

/*
 * ---------- reading them
 */

bool
textsketch_statistics_get(VariableStatData *var, TextsketchStatistics *stats)
{
	const float4 *numbers;

	if (!HeapTupleIsValid(var->statsTuple) ||
		!get_attstatsslot(&stats->slot, var->statsTuple, STATISTIC_KIND_SKETCHES,
						  InvalidOid, ATTSTATSSLOT_NUMBERS))
		return false;

	numbers = stats->slot.numbers;
	if (stats->slot.nnumbers == NUMBERS &&
		numbers[AT_VERSION] == LAYOUT_VERSION &&
		numbers[AT_SHARE] >= 0 && numbers[AT_SHARE] <= 1 && numbers[AT_PAIRS] >= 0 &&
		numbers[AT_ELEMENTS] >= 0)
	{
		stats->share = numbers[AT_SHARE];
		stats->pairs = numbers[AT_PAIRS];
		stats->elements = numbers[AT_ELEMENTS];
		stats->all = numbers + AT_ALL;
		stats->rest = numbers + AT_REST;
		return true;
	}
	free_attstatsslot(&stats->slot);
	return false;
}
