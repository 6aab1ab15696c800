/*-------------------------------------------------------------------------
 *
 * distance_curve_test.c
 *	  The curve of distances against its definition, which looks at every pair.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <string.h>

#include "hamming/distance_curve.h"
#include "env.h"
#include "tap.h"

#define MAX_WORDS	16

static uint64_t codes[30000 * MAX_WORDS];

/* Rows of which a part are copies, near or equal, of others. */
static void
make_codes(uint32_t n, int words, uint32_t copies_of_ten, uint32_t flips)
{
	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t   *code = codes + (size_t) i * words;

		for (int j = 0; j < words; j++)
			code[j] = random_word();
		if (i == 0 || random_below(10) >= copies_of_ten)
			continue;
		memcpy(code, codes + (size_t) random_below(i) * words, 8 * (size_t) words);
		for (uint32_t f = random_below(flips + 1); f > 0; f--)
			code[random_below(words)] ^= UINT64_C(1) << random_below(64);
	}
}

static bool
is_common(const uint64_t *code, const uint64_t *common, uint32_t ncommon, int words)
{
	for (uint32_t i = 0; i < ncommon; i++)
	{
		if (memcmp(code, common + (size_t) i * words, 8 * (size_t) words) == 0)
			return true;
	}
	return false;
}

/* The definition. */
static void
define_curve(DistanceCurve *curve, uint32_t n, int words, const uint64_t *common, uint32_t ncommon)
{
	double		pairs = 0;
	double		rest_pairs = 0;

	memset(curve, 0, sizeof(DistanceCurve));
	curve->bits = 64 * words;
	for (uint32_t i = 0; i < n; i++)
	{
		const uint64_t *a = codes + (size_t) i * words;
		bool		rest = !is_common(a, common, ncommon, words);

		for (uint32_t j = 0; j < n; j++)
		{
			const uint64_t *b = codes + (size_t) j * words;
			int			distance = hamming_distance(a, b, words);

			if (i == j)
				continue;
			pairs++;
			curve->all[distance]++;
			if (rest && !is_common(b, common, ncommon, words))
			{
				rest_pairs++;
				curve->rest[distance]++;
			}
		}
	}
	for (int r = 0; r <= curve->bits; r++)
	{
		curve->all[r] = (r > 0 ? curve->all[r - 1] : 0) + curve->all[r] / pairs;
		if (rest_pairs > 0)
			curve->rest[r] = (r > 0 ? curve->rest[r - 1] : 0) + curve->rest[r] / rest_pairs;
	}
}

static bool
same_curve(const DistanceCurve *a, const DistanceCurve *b)
{
	for (int r = 0; r <= a->bits; r++)
	{
		if (fabs(a->all[r] - b->all[r]) > 1e-9 || fabs(a->rest[r] - b->rest[r]) > 1e-9)
		{
			printf("# radius %d: %g %g, not %g %g\n", r, a->all[r], a->rest[r], b->all[r], b->rest[r]);
			return false;
		}
	}
	return a->bits == b->bits;
}

static bool
rises(const double *curve, int bits)
{
	for (int r = 1; r <= bits; r++)
	{
		if (curve[r] < curve[r - 1])
			return false;
	}
	return curve[bits] == 0.0 || fabs(curve[bits] - 1.0) < 1e-9;
}

int
main(void)
{
	static DistanceCurve got;
	static DistanceCurve expected;

	hamming_init();

	/* 256 rows or fewer are all looked at, at every radius */
	for (int words = 1; words <= MAX_WORDS; words += words < 4 ? 1 : 6)
	{
		for (uint32_t copies = 0; copies <= 10; copies += 5)
		{
			uint32_t	sizes[] = {2, 3, 100, 256};

			for (int i = 0; i < 4; i++)
			{
				for (uint32_t ncommon = 0; ncommon <= sizes[i]; ncommon += sizes[i] / 2)
				{
					size_t		before = allocated;

					make_codes(sizes[i], words, copies, i % 2 ? 3 : 0);
					distance_curve(&got, codes, sizes[i], words, codes, ncommon, &env);
					define_curve(&expected, sizes[i], words, codes, ncommon);
					ok(same_curve(&got, &expected) && allocated == before,
					   "%d words, %d rows, %d of 10 copies, %d common",
					   words, (int) sizes[i], (int) copies, (int) ncommon);
				}
			}
		}
	}

	/* near pairs are all counted; the curve rises, also where two samples meet */
	for (int words = 1; words <= 4; words += 3)
	{
		uint32_t	n = 3000;

		make_codes(n, words, 5, 8);
		distance_curve(&got, codes, n, words, codes, 10, &env);
		define_curve(&expected, n, words, codes, 10);
		ok(fabs(got.all[4] - expected.all[4]) < 1e-9 && fabs(got.rest[4] - expected.rest[4]) < 1e-9,
		   "%d words: near pairs", words);
		ok(rises(got.all, got.bits) && rises(got.rest, got.bits), "%d words: rises", words);
		ok(fabs(got.all[32 * words] - expected.all[32 * words]) < 0.05, "%d words: far pairs", words);
	}

	/* of too many rows a part is taken, and tells about the same */
	make_codes(30000, 4, 8, 8);
	distance_curve(&got, codes, 30000, 4, NULL, 0, &env);
	ok(got.pairs < 30000.0 * 29999.0, "a part of the rows");
	{
		double		part = got.all[10];

		distance_curve(&got, codes, 12000, 4, NULL, 0, &env);
		ok(got.pairs == 12000.0 * 11999.0, "all of fewer rows");
		ok(part > 0 && got.all[10] / part > 0.5 && got.all[10] / part < 8, "a part tells about the same");
	}
	return done_testing();
}
