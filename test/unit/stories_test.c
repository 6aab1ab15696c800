/*-------------------------------------------------------------------------
 *
 * stories_test.c
 *	  Average link against its definition, on random graphs; logarithms and
 *	  roots against those of the C library.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <string.h>

#include "env.h"
#include "stories/average_link.h"
#include "stories/fixed.h"
#include "tap.h"

#define MAX_ARTICLES 40

/* A random graph; few different similarities make many ties. */
static void
make_graph(SimilarPairs *pairs, uint32_t n, uint32_t density, uint32_t kinds)
{
	pairs->narticles = n;
	pairs->npairs = 0;
	pairs->nneighbors = test_alloc(NULL, sizeof(uint32_t) * n);
	pairs->neighbors = test_alloc(NULL, sizeof(Neighbor *) * n);
	for (uint32_t i = 0; i < n; i++)
	{
		pairs->neighbors[i] = test_alloc(NULL, sizeof(Neighbor) * (i + 1));
		pairs->nneighbors[i] = 0;
		for (uint32_t j = 0; j < i; j++)
		{
			Neighbor   *neighbor = &pairs->neighbors[i][pairs->nneighbors[i]];

			if (random_below(100) >= density)
				continue;
			neighbor->article = j;
			neighbor->similarity = 1 + random_below(kinds);
			pairs->nneighbors[i]++;
		}
	}
}

static void
free_graph(SimilarPairs *pairs)
{
	for (uint32_t i = 0; i < pairs->narticles; i++)
		test_free(NULL, pairs->neighbors[i]);
	test_free(NULL, pairs->neighbors);
	test_free(NULL, pairs->nneighbors);
}

/* The definition: look at all pairs of clusters for each merge. */
static void
slow_average_link(const SimilarPairs *pairs, uint32_t threshold, uint32_t *label)
{
	static uint64_t sum[MAX_ARTICLES][MAX_ARTICLES];
	uint32_t	size[MAX_ARTICLES];
	uint32_t	n = pairs->narticles;

	memset(sum, 0, sizeof(sum));
	for (uint32_t i = 0; i < n; i++)
	{
		label[i] = i;
		size[i] = 1;
		for (uint32_t k = 0; k < pairs->nneighbors[i]; k++)
		{
			const Neighbor *neighbor = &pairs->neighbors[i][k];

			sum[i][neighbor->article] = sum[neighbor->article][i] = neighbor->similarity;
		}
	}
	for (;;)
	{
		uint64_t	best = 0;
		uint32_t	a = 0;
		uint32_t	b = 0;

		for (uint32_t i = 0; i < n; i++)
		{
			for (uint32_t j = i + 1; j < n; j++)
			{
				uint64_t	average;

				if (label[i] != i || label[j] != j)
					continue;
				average = sum[i][j] / ((uint64_t) size[i] * size[j]);
				if (average > best)
				{
					best = average;
					a = i;
					b = j;
				}
			}
		}
		if (best < threshold || best == 0)
			break;
		for (uint32_t j = 0; j < n; j++)
		{
			sum[a][j] += sum[b][j];
			sum[j][a] = sum[a][j];
			if (label[j] == b)
				label[j] = a;
		}
		size[a] += size[b];
	}
}

static void
test_average_link(uint32_t kinds)
{
	uint32_t	wrong = 0;
	uint32_t	merged = 0;
	size_t		before = allocated;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + random_below(MAX_ARTICLES);
		uint32_t	threshold = 1 + random_below(kinds);
		uint32_t	expected[MAX_ARTICLES];
		uint32_t	label[MAX_ARTICLES];
		SimilarPairs pairs;

		make_graph(&pairs, n, 5 + random_below(95), kinds);
		slow_average_link(&pairs, threshold, expected);
		average_link(&pairs, threshold, &env, label);
		free_graph(&pairs);
		wrong += memcmp(label, expected, sizeof(uint32_t) * n) != 0;
		for (uint32_t i = 0; i < n; i++)
			merged += label[i] != i;
	}
	ok(wrong == 0, "average link, %u kinds of similarities: %u of 3000 differ, %u merges",
	   kinds, wrong, merged);
	ok(allocated == before, "memory is freed: %zu bytes left", allocated - before);
}

static void
test_fixed(void)
{
	double		log_error = 0;
	uint32_t	wrong = 0;

	for (int i = 0; i < 100000; i++)
	{
		uint64_t	x = UINT64_C(65536) + (random_word() >> 17 >> random_below(31));
		uint64_t	y = random_word() >> random_below(64);
		uint64_t	root = fixed_sqrt(y);
		double		error = log2(x / 65536.0) - fixed_log2(x) / 65536.0;

		log_error = fmax(log_error, fabs(error));
		wrong += root * root > y || (root < UINT32_MAX && (root + 1) * (root + 1) <= y);
	}
	ok(log_error < 4e-5, "logarithms: wrong by %g at most", log_error);
	ok(fixed_log2(65536) == 0 && fixed_log2(3 << 16) == 103872, "log2(1), log2(3)");
	ok(wrong == 0 && fixed_sqrt(0) == 0 && fixed_sqrt(UINT64_MAX) == UINT32_MAX,
	   "square roots: %u wrong", wrong);
}

int
main(void)
{
	test_fixed();
	test_average_link(3);
	test_average_link(20);
	test_average_link(1000);
	test_average_link(1 << 24);
	return done_testing();
}
