/*-------------------------------------------------------------------------
 *
 * sketch_test.c
 *	  The sketch builder against the definition, spelled out; words in batches
 *	  of any size; and room that is as small as it may be.
 *
 *-------------------------------------------------------------------------
 */
#include "sketch_plain.h"
#include "tap.h"

#define MAX_WORDS PLAIN_SKETCH_MAX

static uint64_t words[MAX_WORDS];
static bool solo[MAX_WORDS];

static void
test_random(const char *name, uint32_t vocabulary, uint32_t solos, int times)
{
	static uint32_t plain[2 * MAX_WORDS];
	static uint32_t built[2 * MAX_WORDS];
	static const int samplings[] = {1, 2, 12, 12, 12, 100, 65535};
	static const int windows[] = {1, 2, 7, 16, 16, 16, 255, 256};
	int			wrong = 0;

	for (int i = 0; i < times; i++)
	{
		SketchParams params;
		size_t		nwords = 1 + random_below(i % 2 ? MAX_WORDS : 250);
		size_t		nplain,
					nbuilt;
		uint64_t	theta,
					built_theta;

		params.shingle = random_below(2) ? 4 : 1 + random_below(SKETCH_MAX_SHINGLE);
		params.sampling = samplings[random_below(7)];
		params.window = windows[random_below(8)];
		for (size_t j = 0; j < nwords; j++)
		{
			uint64_t	word = random_below(vocabulary);

			words[j] = (word + 1) * UINT64_C(0x9e3779b97f4a7c15);
			words[j] ^= words[j] >> 29;
			words[j] *= UINT64_C(0xbf58476d1ce4e5b9);
			solo[j] = solos > 0 && random_below(100) < solos;
		}
		nplain = plain_sketch(words, solo, nwords, params, plain, &theta);
		nbuilt = built_sketch(words, solo, nwords, params, 1 + random_below(SKETCH_BATCH), built, &built_theta);
		if (nplain != nbuilt || theta != built_theta ||
			memcmp(plain, built, nplain * sizeof(uint32_t)) != 0)
			wrong++;
	}
	ok(wrong == 0, "%s: %d of %d differ", name, wrong, times);
}

int
main(void)
{
	test_random("words", 1000000, 0, 400);
	test_random("few distinct words", 5, 0, 200);
	test_random("one word", 1, 0, 50);
	test_random("letters without spaces", 3000, 100, 200);
	test_random("words and letters", 3000, 30, 200);
	return done_testing();
}
