/*-------------------------------------------------------------------------
 *
 * textsketch_statistics.c
 *	  What ANALYZE finds out about a column of sketches.
 *
 * As of fingerprints (simhash_statistics.c), the distances of pairs of rows, which
 * PostgreSQL's own statistics can't tell.  Rows that have no element in common
 * are most pairs and need not be looked at: an inverted list of the elements
 * of the sample leads to the others.  Elements that many rows have (phrases,
 * boilerplate) would lead to too many; they are left out, except for a few
 * rows, whose numbers count where pairs are many.
 *
 * The slot holds numbers: the version of this layout, the part of the rows
 * that have the usual parameters, the pairs compared, the elements of a row, on
 * average, and two curves, of all rows and of those whose value is not one of
 * the most common.  A curve is, for each mode, the part of the pairs that
 * reach each of its steps.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch_statistics.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"

#include "base/analyze.h"

PG_FUNCTION_INFO_V1(textsketch_typanalyze);

#define LAYOUT_VERSION	1
enum
{
	AT_VERSION, AT_SHARE, AT_PAIRS, AT_ELEMENTS, AT_CURVES
};

/*
 * The steps of a curve: of resemblance, containment and overlap those above 0,
 * then at least 1/20, 2/20 and so on; of shared elements at least 1, 2, 4 and
 * so on.
 */
#define PART_STEPS		21
#define SHARED_STEPS	14
#define CURVE_STEPS		(3 * PART_STEPS + SHARED_STEPS)

/* Elements of the rows that are looked at: a tenth of a second or two. */
#define MAX_ELEMENTS	1000000

/* Rows that are held against all others. */
#define WIDE_ROWS		256

/* Elements of more than this part of the rows lead to no other row. */
#define FREQUENT		0.01

/* Steps that this part of the pairs reach are counted by the few rows. */
#define WIDE_PART		(FREQUENT * FREQUENT)

/* An element of a row, and those of all rows in order. */
typedef struct Posting
{
	uint32		element;
	uint32		row;
} Posting;

#define ST_SORT sort_postings
#define ST_ELEMENT_TYPE Posting
#define ST_COMPARE(a, b) ((a)->element != (b)->element ? \
						  ((a)->element < (b)->element ? -1 : 1) : \
						  ((a)->row < (b)->row ? -1 : (a)->row > (b)->row))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

typedef struct Sample
{
	int			nrows;
	TextsketchView *rows;
	bool	   *common;			/* is its value one of the most common? */
	Posting    *postings;		/* by element, then row */
	uint32		npostings;
	uint32	  **lists;			/* of each row, where the lists of its elements begin */
} Sample;

/* Pairs, either way round, that reach each step. */
typedef struct PairCounts
{
	double		pairs;			/* that were looked at, or known not to count */
	double		rest_pairs;
	double		all[CURVE_STEPS];
	double		rest[CURVE_STEPS];
} PairCounts;

/* Where the steps of a mode begin; that of CONTAINS is that of CONTAINED. */
static int
first_step(TextsketchMode mode)
{
	switch (mode)
	{
		case TEXTSKETCH_RESEMBLES:
			return 0;
		case TEXTSKETCH_CONTAINED:
		case TEXTSKETCH_CONTAINS:
			return PART_STEPS;
		case TEXTSKETCH_OVERLAPS:
			return 2 * PART_STEPS;
		case TEXTSKETCH_SHARES:
			break;
	}
	return 3 * PART_STEPS;
}

/* Count a pair, as "pairs" many, at all steps that it reaches. */
static void
count_mode(double *curve, TextsketchMode mode, double value, double pairs)
{
	double	   *step = curve + first_step(mode);

	if (value <= 0.0)
		return;
	if (mode == TEXTSKETCH_SHARES)
	{
		for (int i = 0; i < SHARED_STEPS && value >= (1 << i); i++)
			step[i] += pairs;
	}
	else
	{
		for (int i = 0; i < PART_STEPS && value >= (double) i / (PART_STEPS - 1); i++)
			step[i] += pairs;
	}
}

static void
count_pair(PairCounts *counts, const Sample *sample, int a, int b, double pairs)
{
	bool		rest = !sample->common[a] && !sample->common[b];
	TextsketchCommon common;

	textsketch_common(&sample->rows[a], &sample->rows[b], &common);
	for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
	{
		double		value = textsketch_measure(mode, &common);
		/* containment counts once for each way round */
		double		weight = mode == TEXTSKETCH_CONTAINED || mode == TEXTSKETCH_CONTAINS ?
			pairs / 2 : pairs;

		count_mode(counts->all, mode, value, weight);
		if (rest)
			count_mode(counts->rest, mode, value, weight);
	}
}

/* Make the inverted list, and the way from each row to it. */
static void
invert(Sample *sample)
{
	uint32		n = 0;
	uint32	   *filled = palloc0(sample->nrows * sizeof(uint32));
	uint32		start = 0;

	for (int row = 0; row < sample->nrows; row++)
		n += sample->rows[row].nelements;
	sample->postings = palloc_extended(Max(n, 1) * sizeof(Posting), MCXT_ALLOC_HUGE);
	sample->npostings = n;
	n = 0;
	for (int row = 0; row < sample->nrows; row++)
	{
		const TextsketchView *view = &sample->rows[row];

		for (uint32 i = 0; i < view->nelements; i++)
			sample->postings[n++] = (Posting) {textsketch_element(view, i), row};
	}
	sort_postings(sample->postings, n);

	sample->lists = palloc(sample->nrows * sizeof(uint32 *));
	for (int row = 0; row < sample->nrows; row++)
		sample->lists[row] = palloc(Max(sample->rows[row].nelements, 1) * sizeof(uint32));
	for (uint32 i = 0; i < n; i++)
	{
		uint32		row = sample->postings[i].row;

		if (sample->postings[i].element != sample->postings[start].element)
			start = i;
		sample->lists[row][filled[row]++] = start;
	}
	pfree(filled);
}

/* Which pairs of a row with others are counted. */
typedef struct Visit
{
	uint32		longest;		/* by elements that at most so many rows have */
	bool		before;			/* with the rows before it only */
	bool		two;			/* not by a single one, unless there are few */
	double		pairs;			/* as how many each counts */
	uint32	   *shared;			/* of each row, 0 between calls */
	uint32	   *met;
} Visit;

static void
count_row(PairCounts *counts, const Sample *sample, uint32 i, const Visit *visit)
{
	const Posting *postings = sample->postings;
	uint32		nelements = sample->rows[i].nelements;
	uint32		nmet = 0;

	for (uint32 e = 0; e < nelements; e++)
	{
		uint32		list = sample->lists[i][e];
		uint32		element = postings[list].element;

		CHECK_FOR_INTERRUPTS();
		if (list + visit->longest < sample->npostings &&
			postings[list + visit->longest].element == element)
			continue;
		for (; list < sample->npostings && postings[list].element == element; list++)
		{
			uint32		row = postings[list].row;

			if (visit->before && row >= i)
				break;
			if (visit->shared[row]++ == 0)
				visit->met[nmet++] = row;
		}
	}
	for (uint32 m = 0; m < nmet; m++)
	{
		uint32		row = visit->met[m];

		if (row != i &&
			(!visit->two || visit->shared[row] > 1 || nelements < TEXTSKETCH_EVIDENCE ||
			 sample->rows[row].nelements < TEXTSKETCH_EVIDENCE))
			count_pair(counts, sample, i, row, visit->pairs);
		visit->shared[row] = 0;
	}
}

/* Some rows with all others: "wide"; and all with the likely ones: "near". */
static void
count_pairs(PairCounts *wide, PairCounts *near, const Sample *sample)
{
	Visit		visit;
	double		nrows = sample->nrows;
	double		rest = 0.0;

	for (int i = 0; i < sample->nrows; i++)
		rest += !sample->common[i];
	near->pairs = nrows * (nrows - 1);
	near->rest_pairs = rest * (rest - 1);

	visit.shared = palloc0(sample->nrows * sizeof(uint32));
	visit.met = palloc(sample->nrows * sizeof(uint32));
	visit.longest = sample->npostings;
	visit.before = false;
	visit.two = false;
	visit.pairs = 1.0;
	for (int i = 0; i < sample->nrows && i < WIDE_ROWS; i++)
	{
		wide->pairs += nrows - 1;
		if (!sample->common[i])
			wide->rest_pairs += rest - 1;
		count_row(wide, sample, i, &visit);
	}

	visit.longest = (uint32) Max(FREQUENT * nrows, 2.0);
	visit.before = true;
	visit.two = true;
	visit.pairs = 2.0;
	for (int i = 0; i < sample->nrows; i++)
		count_row(near, sample, i, &visit);
	pfree(visit.shared);
	pfree(visit.met);
}

/* Join what the two counts tell into a curve; -1 where nothing can be told. */
static void
make_curve(float4 *curve, const double *wide, double wide_pairs,
		   const double *near, double near_pairs)
{
	for (int i = 0; i < CURVE_STEPS; i++)
	{
		if (wide_pairs <= 0.0)
			curve[i] = -1.0;
		else if (wide[i] >= WIDE_PART * wide_pairs)
			curve[i] = wide[i] / wide_pairs;
		else
			curve[i] = near[i] / near_pairs;
	}
}

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
		votes += memcmp(sample->rows[i].data, usual.data, TEXTSKETCH_PARAMS_SIZE) == 0 ? 1 : -1;
	}
	sample->nrows = 0;
	for (int i = 0; i < nviews; i++)
	{
		if (memcmp(sample->rows[i].data, usual.data, TEXTSKETCH_PARAMS_SIZE) == 0)
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
		for (int row = 0; row < sample->nrows; row++)
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

	for (int i = 0; i < sample->nrows; i++)
		sum += sample->rows[i].nelements;
	return sum / sample->nrows;
}

/* Called by ANALYZE for each column with the rows of its sample. */
static void
compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows, double totalrows)
{
	int			slot = analyze_standard(stats, fetchfunc, samplerows, totalrows);
	Sample		sample;
	double		share;
	PairCounts *wide;
	PairCounts *near;
	float4	   *numbers;

	if (slot < 0)
		return;

	share = read_sample(&sample, stats, fetchfunc, samplerows);
	if (sample.nrows == 0)
		return;
	mark_common(&sample, stats);
	invert(&sample);
	wide = palloc0(sizeof(PairCounts));
	near = palloc0(sizeof(PairCounts));
	count_pairs(wide, near, &sample);

	numbers = MemoryContextAlloc(stats->anl_context,
								 (AT_CURVES + 2 * CURVE_STEPS) * sizeof(float4));
	numbers[AT_VERSION] = LAYOUT_VERSION;
	numbers[AT_SHARE] = share;
	numbers[AT_PAIRS] = near->pairs;
	numbers[AT_ELEMENTS] = mean_elements(&sample);
	make_curve(numbers + AT_CURVES, wide->all, wide->pairs, near->all, near->pairs);
	make_curve(numbers + AT_CURVES + CURVE_STEPS, wide->rest, wide->rest_pairs,
			   near->rest, near->rest_pairs);
	stats->stakind[slot] = STATISTIC_KIND_SKETCHES;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = AT_CURVES + 2 * CURVE_STEPS;
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
	if (stats->slot.nnumbers == AT_CURVES + 2 * CURVE_STEPS &&
		numbers[AT_VERSION] == LAYOUT_VERSION &&
		numbers[AT_SHARE] >= 0 && numbers[AT_SHARE] <= 1 && numbers[AT_PAIRS] >= 0 &&
		numbers[AT_ELEMENTS] >= 0)
	{
		stats->share = numbers[AT_SHARE];
		stats->pairs = numbers[AT_PAIRS];
		stats->elements = numbers[AT_ELEMENTS];
		stats->all = numbers + AT_CURVES;
		stats->rest = stats->all + CURVE_STEPS;
		return true;
	}
	free_attstatsslot(&stats->slot);
	return false;
}

void
textsketch_statistics_release(TextsketchStatistics *stats)
{
	free_attstatsslot(&stats->slot);
}

double
textsketch_statistics_part(const float4 *curve, TextsketchMode mode, double threshold)
{
	bool		shares = mode == TEXTSKETCH_SHARES;
	int			nsteps = shares ? SHARED_STEPS : PART_STEPS;
	double		place = shares ? log2(Max(threshold, 1.0)) : threshold * (PART_STEPS - 1);
	int			step;

	curve += first_step(mode);
	if (place >= nsteps - 1)
		return curve[nsteps - 1];
	step = (int) place;
	/* between two steps, in proportion */
	return curve[step] + (place - step) * (curve[step + 1] - curve[step]);
}
