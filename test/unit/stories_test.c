/*-------------------------------------------------------------------------
 *
 * stories_test.c
 *	  Average link against its definition, on random graphs; similar pairs
 *	  and centers of corpora made for it; logarithms and roots against those
 *	  of the C library.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <string.h>

#include "env.h"
#include "stories/average_link.h"
#include "stories/center.h"
#include "base/fixed.h"
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

/*
 * Corpora
 */

/* The terms of an article; returns how many. */
typedef uint32_t (*ArticleTerms) (uint32_t article, uint64_t *terms);

/* Even numbers with all bits mixed, as hashes of words are. */
static uint64_t
word(uint64_t kind, uint64_t number)
{
	uint64_t	hash = (kind << 32 | number) * UINT64_C(0x9E3779B97F4A7C15);

	return (hash ^ hash >> 31) * UINT64_C(0xBF58476D1CE4E5B9) & ~UINT64_C(1);
}

/* An article every hour, "ndated" of them; the others are without a time. */
static void
make_corpus(Corpus *corpus, uint32_t n, uint32_t ndated, ArticleTerms read)
{
	uint64_t	terms[16];
	HashCounts	table;

	corpus_begin(corpus, n, &env);
	for (uint32_t i = 0; i < n; i++)
	{
		TermsKey	key = {{i, 0}};

		for (uint32_t j = read(i, terms); j-- > 0;)
			corpus_see(corpus, terms[j]);
		corpus_seen(corpus, i, &key, i < ndated ? i * CORPUS_HOUR : CORPUS_NO_TIME);
	}
	corpus_between(corpus);
	hashcounts_init(&table, 16, &env);
	for (uint32_t i = 0; i < n; i++)
	{
		hashcounts_clear(&table);
		for (uint32_t j = read(i, terms); j-- > 0;)
			hashcounts_add(&table, terms[j], 1);
		corpus_add(corpus, i, &table);
	}
	hashcounts_free(&table);
	corpus_end(corpus);
}

/*
 * Twins, which share two rare words, with one of four frequent ones each; then
 * an article of the four frequent words, to which each of those is similar,
 * but little: .05 or so, while they are to each other by .01; and then twins
 * without a frequent word.  The last two kinds are without a time, so that they
 * are compared with all.
 */
#define HUB 66000				/* more than neighbors are allocated at once */
#define TWINS_BEHIND 400

static uint32_t
twin_terms(uint32_t article, uint64_t *terms)
{
	if (article == HUB)
	{
		for (int i = 0; i < 4; i++)
			terms[i] = word(0, i);
		return 4;
	}
	if (article > HUB)
		article++;
	terms[0] = word(1, article / 2);
	terms[1] = word(2, article / 2);
	terms[2] = word(0, article / 2 % 4);
	return article < HUB ? 3 : 2;
}

static void
test_similar(void)
{
	Corpus		corpus;
	SimilarPairs pairs;
	uint32_t	wrong = 0;
	size_t		before;

	make_corpus(&corpus, HUB + 1 + TWINS_BEHIND, HUB, twin_terms);
	before = allocated;
	allocated_peak = allocated;
	similar_find(&corpus, true, &pairs);
	for (uint32_t i = 0; i <= HUB + TWINS_BEHIND; i++)
	{
		if (i == HUB)
			continue;
		wrong += pairs.nneighbors[i] != (i < HUB ? i : i + 1) % 2;
		if (pairs.nneighbors[i] == 1)
			wrong += pairs.neighbors[i]->article != i - 1 || pairs.neighbors[i]->similarity < SIMILAR_ONE * 0.98;
	}
	ok(wrong == 0, "twins are similar to each other: %u wrong", wrong);
	ok(pairs.nneighbors[HUB] == HUB && pairs.npairs == HUB + (HUB + TWINS_BEHIND) / 2,
	   "one is similar to all: %u, and %llu pairs", pairs.nneighbors[HUB],
	   (unsigned long long) pairs.npairs);
	wrong = 0;
	for (uint32_t i = 0; i < pairs.nneighbors[HUB]; i++)
	{
		const Neighbor *neighbor = &pairs.neighbors[HUB][i];

		wrong += neighbor->article != i ||
			neighbor->similarity < SIMILAR_ONE * 3 / 100 || neighbor->similarity > SIMILAR_ONE / 10;
	}
	ok(wrong == 0, "its neighbors are they: %u wrong", wrong);
	ok(allocated_peak - before < sizeof(Neighbor) * HUB * 16,
	   "room for neighbors is taken for those that are: %zu bytes", allocated_peak - before);
}

/* Three articles in ten are of one word, of which a few have another one. */
static uint32_t
center_terms(uint32_t article, uint64_t *terms)
{
	terms[0] = article < 30 ? word(0, 0) : word(1, article / 2);
	terms[1] = word(2, article / 2);
	return article < 4 || article >= 30 ? 2 : 1;
}

static void
test_center(void)
{
	Corpus		corpus;
	Center		center;
	uint32_t	n = (1 << (32 - CORPUS_WEIGHT_BITS)) + 10;

	make_corpus(&corpus, 100, 0, center_terms);
	center_init(&center, &corpus);
	for (uint32_t i = 0; i < n; i++)
		center_add(&center, 29, 1);
	for (uint32_t i = 0; i < 1000; i++)
		center_add(&center, 0, 1);
	ok(center_term(&center, word(0, 0)) > (uint64_t) n << CORPUS_WEIGHT_BITS,
	   "the weights of %u articles of a word add up", n);
	ok(center_term(&center, word(0, 0)) > center_term(&center, word(2, 0)) &&
	   center_product(&center, 29) > center_product(&center, 0),
	   "which is the first of the story's words, and its articles are the nearest");
	for (uint32_t i = 0; i < n; i++)
		center_add(&center, 29, -1);
	for (uint32_t i = 0; i < 1000; i++)
		center_add(&center, 0, -1);
	ok(center_term(&center, word(0, 0)) == 0 && center.narticles == 0, "and are taken away again");
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
	test_similar();
	test_center();
	test_average_link(3);
	test_average_link(20);
	test_average_link(1000);
	test_average_link(1 << 24);
	return done_testing();
}
