/*-------------------------------------------------------------------------
 *
 * pairs.c
 *	  How long pairs_find() takes with different numbers of bands a word, beside what
 *	  its cost model expects: for setting the constants of hamming_pairs.c.
 *
 * gcc -O2 -iquote src bench/pairs.c src/hamming/hamming*.c -o pairs
 * [KERNEL=avx2] ./pairs words codes radius [bands...]
 *
 * Codes are uniform, and one in ten is another with up to "radius" bits
 * flipped.  Without bands: all with all, and what the cost model prefers.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "hamming/hamming_pairs.h"
#include "env.h"
#include "hamming/hamming.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static uint64_t
random_word(void)
{
	static uint64_t seed = 1;
	uint64_t	z = (seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void
count_pair(void *arg, uint32_t a, uint32_t b, int distance)
{
	(void) a, (void) b, (void) distance;
	++*(uint64_t *) arg;
}

static void
measure(const uint64_t *codes, uint32_t n, int words, int radius, int bands)
{
	double		expected;
	uint64_t	pairs = 0;
	double		start = now();

	pairs_find(codes, n, words, radius, bands, &env, count_pair, &pairs);
	start = now() - start;
	if (bands == PAIRS_AUTO)
	{
		int			chosen = pairs_plan(n, words, radius, &expected);

		printf("auto: %d bands, %.3f s expected; ", chosen, expected / 1e9);
	}
	printf("%3d bands %8.3f s, %llu pairs\n", bands, start, (unsigned long long) pairs);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	int			words = argc > 1 ? atoi(argv[1]) : 1;
	uint32_t	n = argc > 2 ? (uint32_t) atol(argv[2]) : 100000;
	int			radius = argc > 3 ? atoi(argv[3]) : 3;
	uint64_t   *codes = malloc(8 * (size_t) n * words);

	hamming_init();
	if (getenv("KERNEL") != NULL && !hamming_force(getenv("KERNEL")))
		fprintf(stderr, "no kernel \"%s\" here\n", getenv("KERNEL"));
	for (size_t i = 0; i < (size_t) n * words; i++)
		codes[i] = random_word();
	for (uint32_t i = 1; i < n; i += 10)
	{
		uint32_t	other = (uint32_t) (random_word() % i);

		for (int j = 0; j < words; j++)
			codes[(size_t) i * words + j] = codes[(size_t) other * words + j];
		for (uint64_t flips = random_word() % ((uint64_t) radius + 1); flips > 0; flips--)
			codes[(size_t) i * words + random_word() % words] ^= UINT64_C(1) << random_word() % 64;
	}

	printf("%d words, %u codes, radius %d, %s\n", words, n, radius, hamming_kernel());
	if (argc <= 4)
	{
		if (n <= 200000)
			measure(codes, n, words, radius, PAIRS_ALL);
		measure(codes, n, words, radius, PAIRS_AUTO);
	}
	for (int i = 4; i < argc; i++)
		measure(codes, n, words, radius, atoi(argv[i]));
	return 0;
}
