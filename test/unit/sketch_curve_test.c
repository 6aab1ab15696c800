/*-------------------------------------------------------------------------
 *
 * sketch_curve_test.c
 *	  The curves of sketches against their definition, which looks at every pair.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <string.h>

#include "textsketch/sketch_curve.h"
#include "env.h"
#include "tap.h"

#define MAX_ROWS	30000
#define MAX_ROOM	4000000

static unsigned char payloads[TEXTSKETCH_SIZE(0) * MAX_ROWS + 4 * MAX_ROOM];
static size_t used;
static TextsketchView rows[MAX_ROWS];
static bool common[MAX_ROWS];
static uint32_t nrows;

static int
compare_hashes(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

static void
begin(void)
{
	used = 0;
	nrows = 0;
	memset(common, 0, sizeof(common));
}

/* Add a row: its elements, in any order, repeats among them; theta is last + 1. */
static void
add_row(uint32_t *elements, uint32_t n, uint32_t last)
{
	uint32_t	distinct = 0;

	qsort(elements, n, sizeof(uint32_t), compare_hashes);
	for (uint32_t i = 0; i < n; i++)
	{
		if (distinct == 0 || elements[distinct - 1] != elements[i])
			elements[distinct++] = elements[i];
	}
	textsketch_write(payloads + used, (SketchParams) {4, 12, 16}, n, n, last, elements, distinct);
	textsketch_view_payload(payloads + used, TEXTSKETCH_SIZE(distinct), &rows[nrows++]);
	used += TEXTSKETCH_SIZE(distinct);
}

/* The hash of place i in a text. */
static uint32_t
hash_at(uint32_t text, uint32_t i)
{
	uint64_t	z = (((uint64_t) text << 32) + i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t) ((z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb) >> 32);
}

/*
 * Rows that are texts, parts of texts and mixtures, long and short, many of
 * them with a few words that all have; one in "common_of" is a common one.
 */
static void
make_rows(uint32_t n, uint32_t texts, uint32_t boilerplate, uint32_t common_of)
{
	static uint32_t elements[200];

	begin();
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	text = 1 + random_below(texts);
		uint32_t	first = random_below(3) == 0 ? random_below(60) : 0;
		uint32_t	length = random_below(4) == 0 ? 1 + random_below(3) : 1 + random_below(80);
		uint32_t	nelements = 0;

		for (uint32_t k = 0; k < length; k++)
			elements[nelements++] = hash_at(text, first + k);
		for (uint32_t k = 0; k < boilerplate; k++)
			elements[nelements++] = hash_at(0, k);
		if (random_below(3) == 0)
			for (uint32_t k = random_below(40); k > 0; k--)
				elements[nelements++] = hash_at(1 + random_below(texts), random_below(80));
		add_row(elements, nelements, random_below(3) == 0 ? UINT32_C(1) << 31 : UINT32_MAX);
		common[nrows - 1] = common_of > 0 && random_below(common_of) == 0;
	}
}

/* Does a value reach a step of its mode?  Steps as they are defined. */
static bool
reaches(int step, const double *value, bool reverse)
{
	static const TextsketchMode modes[][3] = {
		{TEXTSKETCH_RESEMBLES, TEXTSKETCH_CONTAINED, TEXTSKETCH_OVERLAPS},
		{TEXTSKETCH_RESEMBLES, TEXTSKETCH_CONTAINS, TEXTSKETCH_OVERLAPS}
	};
	double		part;

	if (step >= 3 * SKETCH_PART_STEPS)
		return value[TEXTSKETCH_SHARES] >= UINT32_C(1) << (step - 3 * SKETCH_PART_STEPS);
	part = value[modes[reverse][step / SKETCH_PART_STEPS]];
	return part > 0 && part >= step % SKETCH_PART_STEPS / 20.0;
}

static void
define_curve(SketchCurve *curve)
{
	static double all[SKETCH_CURVE_STEPS];
	static double rest[SKETCH_CURVE_STEPS];
	double		nrest = 0;

	memset(all, 0, sizeof(all));
	memset(rest, 0, sizeof(rest));
	for (uint32_t i = 0; i < nrows; i++)
	{
		nrest += !common[i];
		for (uint32_t j = 0; j < i; j++)
		{
			TextsketchCommon counts;
			double		value[TEXTSKETCH_NMODES];

			textsketch_count_common(&rows[i], &rows[j], &counts);
			if (counts.shared == 0)
				continue;
			for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
				value[mode] = textsketch_measure(mode, &counts);
			for (int step = 0; step < SKETCH_CURVE_STEPS; step++)
			{
				int			reached = reaches(step, value, false) + reaches(step, value, true);

				all[step] += reached;
				rest[step] += !common[i] && !common[j] ? reached : 0;
			}
		}
	}
	curve->pairs = (double) nrows * (nrows - 1);
	for (int step = 0; step < SKETCH_CURVE_STEPS; step++)
	{
		curve->all[step] = all[step] / curve->pairs;
		curve->rest[step] = nrest > 1 ? rest[step] / (nrest * (nrest - 1)) : -1;
	}
}

/* The same, at all steps that are as rare, or at all. */
static bool
same_curve(const float *got, const float *expected, double rare, const char *which)
{
	for (int step = 0; step < SKETCH_CURVE_STEPS; step++)
	{
		if (expected[step] < rare && fabs(got[step] - expected[step]) > 1e-6 * fabs(expected[step]))
		{
			printf("# %s, step %d: %g, not %g\n", which, step, got[step], expected[step]);
			return false;
		}
	}
	return true;
}

/* About the same: within a factor of two where pairs are many. */
static bool
near_curve(const float *got, const float *expected)
{
	for (int step = 0; step < SKETCH_CURVE_STEPS; step++)
	{
		if (expected[step] > 5e-4 && (got[step] > 2 * expected[step] || got[step] < expected[step] / 2))
		{
			printf("# step %d: %g, not %g\n", step, got[step], expected[step]);
			return false;
		}
	}
	return true;
}

int
main(void)
{
	static SketchCurve got;
	static SketchCurve expected;
	static uint32_t elements[MAX_ROOM];

	/* 256 rows or fewer are all looked at, at every step */
	for (uint32_t boilerplate = 0; boilerplate <= 6; boilerplate += 3)
	{
		for (uint32_t common_of = 0; common_of <= 3; common_of++)
		{
			uint32_t	sizes[] = {2, 3, 100, 256};

			for (int i = 0; i < 4; i++)
			{
				size_t		before = allocated;

				make_rows(sizes[i], 1 + sizes[i] / 4, boilerplate, common_of);
				sketch_curve(&got, rows, nrows, common, &env);
				define_curve(&expected);
				ok(same_curve(got.all, expected.all, 2, "all") && allocated == before &&
				   same_curve(got.rest, expected.rest, 2, "rest") && got.pairs == expected.pairs,
				   "%d rows, %d elements that all have, one of %d common",
				   (int) sizes[i], (int) boilerplate, (int) common_of);
			}
		}
	}

	/* of more rows, rare pairs are all counted, others by some of the rows */
	for (uint32_t boilerplate = 0; boilerplate <= 6; boilerplate += 3)
	{
		bool		good;

		make_rows(1500, 4000, boilerplate, 10);
		sketch_curve(&got, rows, nrows, common, &env);
		define_curve(&expected);
		/* what one element makes of a pair, the few rows tell */
		got.all[3 * SKETCH_PART_STEPS] = expected.all[3 * SKETCH_PART_STEPS];
		got.rest[3 * SKETCH_PART_STEPS] = expected.rest[3 * SKETCH_PART_STEPS];
		good = same_curve(got.all, expected.all, 5e-5, "all") &&
			same_curve(got.rest, expected.rest, 5e-5, "rest");
		ok(good && got.pairs == expected.pairs, "rare pairs, %d elements that all have", (int) boilerplate);
		ok(near_curve(got.all, expected.all) && near_curve(got.rest, expected.rest),
		   "frequent pairs, %d elements that all have", (int) boilerplate);
	}

	/* sliding windows: a part of the pairs is looked at, and tells about the same */
	for (int wide = 0; wide < 2; wide++)
	{
		uint32_t	step = wide ? 1 : 40;
		double		expected_part = 0;
		uint64_t	before;

		begin();
		for (uint32_t i = 0; i < 20000; i++)
		{
			/* any order but theirs */
			uint32_t	place = i * 7919 % 20000;

			for (uint32_t k = 0; k < 100; k++)
				elements[k] = hash_at(1, place / step + k);
			add_row(elements, 100, UINT32_MAX);
		}
		before = checks;
		sketch_curve(&got, rows, nrows, common, &env);
		/* half contained: at most 50 places apart */
		for (uint32_t i = 0; i < 20000; i++)
			expected_part += (i + 50 * step < 20000 ? 50 * step : 19999 - i) * 2 / 20000.0 / 19999;
		ok(checks - before < 1000000, "sliding windows: work is bounded (%d pairs)", (int) (checks - before));
		ok(got.pairs < 20000.0 * 19999 || !wide, "sliding windows: a part of the pairs");
		ok(got.all[SKETCH_PART_STEPS + 10] > expected_part / 2 && got.all[SKETCH_PART_STEPS + 10] < expected_part * 2,
		   "sliding windows: %g contain half of another, of %g", got.all[SKETCH_PART_STEPS + 10], expected_part);
	}

	/* all the same; and a book that has every headline */
	{
		uint64_t	before = checks;
		bool		good = true;

		begin();
		for (uint32_t i = 0; i < MAX_ROWS; i++)
		{
			for (uint32_t k = 0; k < 30; k++)
				elements[k] = hash_at(1, k);
			add_row(elements, 30, UINT32_MAX);
		}
		sketch_curve(&got, rows, nrows, common, &env);
		for (int i = 0; i < 3 * SKETCH_PART_STEPS; i++)
			good = good && got.all[i] == 1;
		ok(good && checks - before < 1500000, "all the same (%d pairs)", (int) (checks - before));

		begin();
		for (uint32_t i = 1; i < 20000; i++)
		{
			for (uint32_t k = 0; k < 10; k++)
				elements[k] = hash_at(1, 50 * i + k);
			add_row(elements, 10, UINT32_MAX);
		}
		for (uint32_t i = 0; i < 1000000; i++)
			elements[i] = hash_at(1, i);
		add_row(elements, 1000000, UINT32_MAX);
		sketch_curve(&got, rows, nrows, common, &env);
		ok(fabs(got.all[2 * SKETCH_PART_STEPS + 20] - 1e-4) < 1e-8, "a book and its headlines: %g",
		   got.all[2 * SKETCH_PART_STEPS + 20]);
	}

	/* between two steps, and beyond the last one */
	{
		static float curve[SKETCH_CURVE_STEPS];

		for (int i = 0; i < SKETCH_CURVE_STEPS; i++)
			curve[i] = i;
		ok(sketch_curve_part(curve, TEXTSKETCH_RESEMBLES, 0.5) == 10 &&
		   fabs(sketch_curve_part(curve, TEXTSKETCH_CONTAINS, 0.525) - 31.5) < 1e-6 &&
		   sketch_curve_part(curve, TEXTSKETCH_CONTAINED, 1) == 41 &&
		   sketch_curve_part(curve, TEXTSKETCH_OVERLAPS, 1) == 62 &&
		   sketch_curve_part(curve, TEXTSKETCH_SHARES, 1) == 63 &&
		   sketch_curve_part(curve, TEXTSKETCH_SHARES, 4) == 65 &&
		   sketch_curve_part(curve, TEXTSKETCH_SHARES, 1e6) == 76, "parts at a threshold");
	}
	return done_testing();
}
