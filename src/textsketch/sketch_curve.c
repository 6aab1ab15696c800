/*-------------------------------------------------------------------------
 *
 * sketch_curve.c
 *	  How many pairs of a sample of sketches resemble, contain, overlap or share
 *	  so much.
 *
 * Rows that have no element in common are most pairs and need not be looked
 * at: the index of the elements leads to the others.  Elements that many rows
 * have (phrases, boilerplate) would lead to too many; they are left out, except
 * for a few rows, whose numbers count where pairs are many.
 *
 * Where they all are many, as of sliding windows of a text, a part of the
 * rows has to do: the work is counted, and ends when there was enough of it.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/sketch_curve.h"

#include <math.h>
#include <string.h>

#include "textsketch/element_index.h"

/* Elements that may be looked at, by the few rows and by all: .2 s each. */
#define MAX_WORK	5e7

/* Rows that are held against all others. */
#define WIDE_ROWS	256

/* Elements of more than this part of the rows lead to no other row. */
#define FREQUENT	0.01

/* Steps that this part of the pairs reach are counted by the few rows. */
#define WIDE_PART	(FREQUENT * FREQUENT)

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

typedef struct Sample
{
	const TextsketchView *rows;
	uint32_t	nrows;
	const bool *common;
	ElementIndex index;
	uint32_t   *elements;		/* of a row */
	const RawEnv *env;
} Sample;

/* Pairs, either way round, by the highest step that they reach. */
typedef struct PairCounts
{
	double		pairs;			/* that were looked at, or known not to count */
	double		rest_pairs;
	double		all[SKETCH_CURVE_STEPS];
	double		rest[SKETCH_CURVE_STEPS];
	double		work;
} PairCounts;

/* Where the steps of a mode begin; those of CONTAINS are those of CONTAINED. */
static int
first_step(TextsketchMode mode)
{
	switch (mode)
	{
		case TEXTSKETCH_RESEMBLES:
			return 0;
		case TEXTSKETCH_CONTAINED:
		case TEXTSKETCH_CONTAINS:
			return SKETCH_PART_STEPS;
		case TEXTSKETCH_OVERLAPS:
			return 2 * SKETCH_PART_STEPS;
		case TEXTSKETCH_SHARES:
			break;
	}
	return 3 * SKETCH_PART_STEPS;
}

/* What is to be reached at step i of parts. */
static inline double
part_at(int i)
{
	return (double) i / (SKETCH_PART_STEPS - 1);
}

/* The highest step that a value above 0 reaches. */
static int
highest_step(TextsketchMode mode, double value)
{
	int			i = 0;

	if (mode == TEXTSKETCH_SHARES)
	{
		while (i < SKETCH_SHARED_STEPS - 1 && value >= (2 << i))
			i++;
	}
	else
	{
		i = (int) (value * (SKETCH_PART_STEPS - 1));
		while (i < SKETCH_PART_STEPS - 1 && value >= part_at(i + 1))
			i++;
		while (i > 0 && value < part_at(i))
			i--;
	}
	return first_step(mode) + i;
}

static void
count_pair(PairCounts *counts, const Sample *sample, uint32_t a, uint32_t b, double pairs)
{
	bool		rest = !sample->common[a] && !sample->common[b];
	uint32_t	shorter = MIN(sample->rows[a].nelements, sample->rows[b].nelements);
	uint32_t	longer = MAX(sample->rows[a].nelements, sample->rows[b].nelements);
	TextsketchCommon common;

	textsketch_count_common(&sample->rows[a], &sample->rows[b], &common);
	counts->work += MIN((double) shorter + longer, 2.0 * TEXTSKETCH_SKIP * shorter);
	for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
	{
		double		value = textsketch_measure(mode, &common);

		/* containment counts once for each way round */
		double		weight = mode == TEXTSKETCH_CONTAINED || mode == TEXTSKETCH_CONTAINS ?
			pairs / 2 : pairs;

		if (value > 0.0)
		{
			int			step = highest_step(mode, value);

			counts->all[step] += weight;
			if (rest)
				counts->rest[step] += weight;
		}
	}
}

static uint32_t
read_elements(Sample *sample, uint32_t row)
{
	const TextsketchView *view = &sample->rows[row];

	for (uint32_t i = 0; i < view->nelements; i++)
	{
		raw_check(sample->env, i);
		sample->elements[i] = textsketch_element(view, i);
	}
	return view->nelements;
}

/*
 * Two common elements are what every measure needs, but of a sketch that has
 * no more than one: that one counts twice.
 */
static void
make_index(Sample *sample)
{
	uint32_t	room = 0;
	uint32_t	longest = 2;

	for (uint32_t i = 0; i < sample->nrows; i++)
	{
		room += MAX(sample->rows[i].nelements, 2);
		longest = MAX(longest, sample->rows[i].nelements);
	}
	sample->elements = sample->env->alloc(sample->env->arg, longest * sizeof(uint32_t));
	element_index_init(&sample->index, sample->nrows, room, sample->env);
	for (uint32_t i = 0; i < sample->nrows; i++)
	{
		uint32_t	n = read_elements(sample, i);

		if (n == 1)
			sample->elements[n++] = sample->elements[0];
		element_index_add(&sample->index, sample->elements, n, sample->env);
	}
	element_index_build(&sample->index, sample->env);
}

/*
 * The pairs of a row with those before "limit" that have "least" elements in
 * common with it, each counted as so many.
 */
static void
count_row(PairCounts *counts, Sample *sample, uint32_t row, uint32_t limit, uint32_t least,
		  double pairs)
{
	uint32_t	n = read_elements(sample, row);
	uint64_t	looked_at = sample->index.looked_at;
	uint32_t	nfound;

	nfound = element_index_search(&sample->index, sample->elements, n, limit, MIN(least, n),
								  sample->env);
	counts->work += n + (double) (sample->index.looked_at - looked_at);
	for (uint32_t i = 0; i < nfound; i++)
	{
		sample->env->check(sample->env->arg);
		if (sample->index.found[i] != row)
			count_pair(counts, sample, row, sample->index.found[i], pairs);
	}
}

/* Turn what reaches a step at best into what reaches it. */
static void
add_up(double *counts)
{
	for (int i = SKETCH_CURVE_STEPS - 2; i >= 0; i--)
	{
		if (i + 1 != first_step(TEXTSKETCH_CONTAINED) &&
			i + 1 != first_step(TEXTSKETCH_OVERLAPS) && i + 1 != first_step(TEXTSKETCH_SHARES))
			counts[i] += counts[i + 1];
	}
}

/* Some rows with all others. */
static void
count_wide(PairCounts *wide, Sample *sample)
{
	double		rest = 0.0;

	for (uint32_t i = 0; i < sample->nrows; i++)
		rest += !sample->common[i];
	for (uint32_t i = 0; i < sample->nrows && i < WIDE_ROWS && wide->work < MAX_WORK; i++)
	{
		wide->pairs += sample->nrows - 1.0;
		if (!sample->common[i])
			wide->rest_pairs += rest - 1;
		count_row(wide, sample, i, sample->nrows, 1, 1.0);
	}
	add_up(wide->all);
	add_up(wide->rest);
}

/* All rows, or as many as there is time for, with the likely ones of them. */
static void
count_near(PairCounts *near, Sample *sample)
{
	double		rest = 0.0;
	uint32_t	i;

	element_index_prune(&sample->index, (uint32_t) MAX(FREQUENT * sample->nrows, 2.0), sample->env);
	for (i = 0; i < sample->nrows && near->work < MAX_WORK; i++)
	{
		rest += !sample->common[i];
		count_row(near, sample, i, i, 2, 2.0);
	}
	near->pairs = (double) i * (i - 1);
	near->rest_pairs = rest * (rest - 1);
	add_up(near->all);
	add_up(near->rest);
}

/* Join what the two counts tell into a curve. */
static void
make_curve(float *curve, const double *wide, double wide_pairs,
		   const double *near, double near_pairs)
{
	for (int i = 0; i < SKETCH_CURVE_STEPS; i++)
	{
		if (wide_pairs <= 0.0)
			curve[i] = -1.0f;
		/* of one common element only the few rows know */
		else if (wide[i] >= WIDE_PART * wide_pairs || wide_pairs >= near_pairs ||
				 i == first_step(TEXTSKETCH_SHARES))
			curve[i] = (float) (wide[i] / wide_pairs);
		else
			curve[i] = (float) (near[i] / near_pairs);
	}
}

void
sketch_curve(SketchCurve *curve, const TextsketchView *rows, uint32_t nrows,
			 const bool *common, const RawEnv *env)
{
	Sample		sample = {.rows = rows, .nrows = nrows, .common = common, .env = env};
	PairCounts	wide = {0};
	PairCounts	near = {0};

	make_index(&sample);
	count_wide(&wide, &sample);
	count_near(&near, &sample);
	curve->pairs = MAX(wide.pairs, near.pairs);
	make_curve(curve->all, wide.all, wide.pairs, near.all, near.pairs);
	make_curve(curve->rest, wide.rest, wide.rest_pairs, near.rest, near.rest_pairs);
	element_index_free(&sample.index, env);
	env->free(env->arg, sample.elements);
}

double
sketch_curve_part(const float *curve, TextsketchMode mode, double threshold)
{
	bool		shares = mode == TEXTSKETCH_SHARES;
	int			nsteps = shares ? SKETCH_SHARED_STEPS : SKETCH_PART_STEPS;
	double		place = shares ? log2(MAX(threshold, 1.0)) : threshold * (SKETCH_PART_STEPS - 1);
	int			step;

	curve += first_step(mode);
	if (place >= nsteps - 1)
		return curve[nsteps - 1];
	step = (int) place;
	/* between two steps, in proportion */
	return curve[step] + (place - step) * (curve[step + 1] - curve[step]);
}
