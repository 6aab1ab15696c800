/*-------------------------------------------------------------------------
 *
 * similar.c
 *	  Pairs of similar articles.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/similar.h"

#include <string.h>

/* Pairs below this are dropped: .03 */
#define LEAST_SIMILARITY (SIMILAR_ONE * 3 / 100)

/* What is above counts no more: .3 */
#define MOST_SIMILARITY (SIMILAR_ONE * 3 / 10)

/* Similarity falls by one part of so many with every hour: to 1/e in a week. */
#define DECAY_HOURS 168

/* How many terms are looked up ahead. */
#define AHEAD 8

/* Neighbors are allocated so many at once, and more of an article by itself. */
#define BLOCK_NEIGHBORS (1 << 16)
#define MOST_IN_BLOCK (BLOCK_NEIGHBORS / 8)

/* The articles that have a term, so far. */
typedef struct TermPostings
{
	uint32_t	first;			/* the first one within the window */
	uint32_t	end;			/* behind the last one */
} TermPostings;

typedef struct Postings
{
	TermPostings *terms;
	uint32_t   *articles;
	uint16_t   *weights;
} Postings;

typedef struct SimilarFinder
{
	const Corpus *corpus;
	const RawEnv *env;
	Postings	postings;
	uint32_t   *products;		/* with the current article */
	Neighbor   *found;			/* its neighbors */
	uint32_t	decay[CORPUS_WINDOW_HOURS + 1];
	Neighbor   *block;			/* where neighbors go */
	uint32_t	block_room;
	SimilarPairs *pairs;
} SimilarFinder;

static void
make_decay(uint32_t *decay)
{
	uint64_t	value = UINT64_C(1) << 48;

	for (int hour = 0; hour <= CORPUS_WINDOW_HOURS; hour++)
	{
		decay[hour] = (uint32_t) (value >> (48 - SIMILAR_BITS));
		value -= value / DECAY_HOURS;
	}
}

/*
 * The first posting of each term; returns how many there will be of all terms.
 */
static uint32_t
postings_rewind(Postings *postings, const Corpus *corpus)
{
	uint32_t	n = 0;

	for (uint32_t i = 0; i < corpus->nterms; i++)
	{
		postings->terms[i].first = n;
		if (corpus->idf[i] > 0)
			n += corpus->frequencies[i];
	}
	return n;
}

static void
postings_init(Postings *postings, const Corpus *corpus, const RawEnv *env)
{
	uint32_t	n;

	postings->terms = env->alloc(env->arg, sizeof(TermPostings) * corpus->nterms);
	n = postings_rewind(postings, corpus);
	for (uint32_t i = 0; i < corpus->nterms; i++)
		postings->terms[i].end = postings->terms[i].first;
	postings->articles = env->alloc(env->arg, sizeof(uint32_t) * n);
	postings->weights = env->alloc(env->arg, sizeof(uint16_t) * n);
}

static void
postings_free(Postings *postings, const RawEnv *env)
{
	env->free(env->arg, postings->terms);
	env->free(env->arg, postings->articles);
	env->free(env->arg, postings->weights);
}

/* Fetch what multiply() will look at: a term, and then its postings. */
static inline void
look_ahead(const SimilarFinder *finder, const CorpusArticle *article, uint32_t j)
{
	const Postings *postings = &finder->postings;

	if (j + 2 * AHEAD < article->nterms)
	{
		uint32_t	number = CORPUS_TERM(article->terms[j + 2 * AHEAD]);

		raw_prefetch(&finder->corpus->idf[number]);
		raw_prefetch(&postings->terms[number]);
	}
	if (j + AHEAD < article->nterms)
	{
		const TermPostings *term = &postings->terms[CORPUS_TERM(article->terms[j + AHEAD])];

		raw_prefetch(&postings->articles[term->first]);
		raw_prefetch(&postings->weights[term->first]);
		raw_prefetch(&postings->articles[term->end]);
		raw_prefetch(&postings->weights[term->end]);
	}
}

/*
 * Multiply an article with those from number "from" on that came before it,
 * and add it to the postings.
 *
 * A product is at most that of both lengths, below 2^31 (see corpus.h).
 */
static void
multiply(SimilarFinder *finder, uint32_t number, uint32_t from)
{
	const CorpusArticle *article = &finder->corpus->articles[number];
	Postings   *postings = &finder->postings;
	uint32_t   *products = finder->products;

	memset(products + from, 0, sizeof(uint32_t) * (number - from));
	for (uint32_t j = 0; j < article->nterms; j++)
	{
		uint32_t	weight = corpus_weight(finder->corpus, article, article->terms[j]);
		TermPostings *term = &postings->terms[CORPUS_TERM(article->terms[j])];
		uint32_t	i = term->first;
		uint32_t	end = term->end;

		look_ahead(finder, article, j);
		if (weight == 0)
			continue;
		while (i < end && postings->articles[i] < from)
			i++;
		term->first = i;
		for (; i < end; i++)
			products[postings->articles[i]] += weight * postings->weights[i];
		postings->articles[end] = number;
		postings->weights[end] = (uint16_t) weight;
		term->end = end + 1;
	}
}

/* The similarity of two articles with that product, the second one later. */
static uint32_t
similarity(const SimilarFinder *finder, uint32_t product, int64_t time, int64_t later, bool dated)
{
	uint64_t	cosine = product >> (2 * CORPUS_WEIGHT_BITS - SIMILAR_BITS);

	if (dated)
		cosine = cosine * finder->decay[(later - time) / CORPUS_HOUR] >> SIMILAR_BITS;
	return (uint32_t) cosine;
}

/* Room for n neighbors; an eighth of a block may be left unused. */
static Neighbor *
neighbor_room(SimilarFinder *finder, uint32_t n)
{
	const RawEnv *env = finder->env;

	if (n > MOST_IN_BLOCK)
		return env->alloc(env->arg, sizeof(Neighbor) * n);
	if (n > finder->block_room)
	{
		finder->block = env->alloc(env->arg, sizeof(Neighbor) * BLOCK_NEIGHBORS);
		finder->block_room = BLOCK_NEIGHBORS;
	}
	finder->block += n;
	finder->block_room -= n;
	return finder->block - n;
}

static void
keep_neighbors(SimilarFinder *finder, uint32_t number, uint32_t from, bool dated)
{
	const CorpusArticle *articles = finder->corpus->articles;
	SimilarPairs *pairs = finder->pairs;
	Neighbor   *found = finder->found;
	uint32_t	n = 0;

	for (uint32_t i = from; i < number; i++)
	{
		uint32_t	product = finder->products[i];
		uint32_t	value;

		if (product >> (2 * CORPUS_WEIGHT_BITS - SIMILAR_BITS) < LEAST_SIMILARITY)
			continue;
		value = similarity(finder, product, articles[i].time, articles[number].time, dated);
		if (value < LEAST_SIMILARITY)
			continue;
		found[n].article = i;
		found[n].similarity = value;
		n++;
	}
	pairs->neighbors[number] = NULL;
	if (n > 0)
	{
		pairs->neighbors[number] = neighbor_room(finder, n);
		memcpy(pairs->neighbors[number], found, sizeof(Neighbor) * n);
	}
	pairs->nneighbors[number] = n;
	pairs->npairs += n;
}

void
similar_find(const Corpus *corpus, bool dated, SimilarPairs *pairs)
{
	const RawEnv *env = corpus->env;
	const CorpusArticle *articles = corpus->articles;
	uint32_t	n = corpus->narticles;
	uint32_t	window = 0;
	SimilarFinder finder;

	pairs->narticles = n;
	pairs->npairs = 0;
	pairs->nneighbors = env->alloc(env->arg, sizeof(uint32_t) * n);
	pairs->neighbors = env->alloc(env->arg, sizeof(Neighbor *) * n);

	finder.corpus = corpus;
	finder.env = env;
	finder.pairs = pairs;
	finder.block = NULL;
	finder.block_room = 0;
	finder.found = env->alloc(env->arg, sizeof(Neighbor) * n);
	finder.products = env->alloc(env->arg, sizeof(uint32_t) * n);
	make_decay(finder.decay);
	postings_init(&finder.postings, corpus, env);

	for (uint32_t i = 0; i < n; i++)
	{
		/* Those without a time come last, and are compared with all. */
		bool		with_time = dated && articles[i].time != CORPUS_NO_TIME;

		env->check(env->arg);
		if (with_time)
		{
			while ((uint64_t) articles[i].time - (uint64_t) articles[window].time > CORPUS_WINDOW)
				window++;
		}
		else if (window > 0)
		{
			postings_rewind(&finder.postings, corpus);
			window = 0;
		}
		multiply(&finder, i, window);
		keep_neighbors(&finder, i, window, with_time);
	}

	postings_free(&finder.postings, env);
	env->free(env->arg, finder.products);
	env->free(env->arg, finder.found);
}

/*
 * Local scaling
 */

typedef struct Nearest
{
	uint32_t	largest;
	uint32_t	second;
} Nearest;

static void
note_nearest(Nearest *nearest, uint32_t similarity)
{
	if (similarity > nearest->largest)
	{
		nearest->second = nearest->largest;
		nearest->largest = similarity;
	}
	else if (similarity > nearest->second)
		nearest->second = similarity;
}

void
similar_scale(SimilarPairs *pairs, const RawEnv *env)
{
	Nearest    *nearest = env->alloc(env->arg, sizeof(Nearest) * pairs->narticles);

	memset(nearest, 0, sizeof(Nearest) * pairs->narticles);
	for (uint32_t i = 0; i < pairs->narticles; i++)
	{
		env->check(env->arg);
		for (uint32_t j = 0; j < pairs->nneighbors[i]; j++)
		{
			Neighbor   *neighbor = &pairs->neighbors[i][j];

			if (neighbor->similarity > MOST_SIMILARITY)
				neighbor->similarity = MOST_SIMILARITY;
			note_nearest(&nearest[i], neighbor->similarity);
			note_nearest(&nearest[neighbor->article], neighbor->similarity);
		}
	}

	for (uint32_t i = 0; i < pairs->narticles; i++)
	{
		uint64_t	r = SIMILAR_ONE / 10 + (nearest[i].largest + nearest[i].second) / 2;

		env->check(env->arg);
		for (uint32_t j = 0; j < pairs->nneighbors[i]; j++)
		{
			Neighbor   *neighbor = &pairs->neighbors[i][j];
			const Nearest *other = &nearest[neighbor->article];
			uint64_t	s = SIMILAR_ONE / 10 + (other->largest + other->second) / 2;
			uint64_t	c = (uint64_t) neighbor->similarity << SIMILAR_BITS;

			neighbor->similarity = (uint32_t) ((c / r + c / s) * 7 / 40);
		}
	}
	env->free(env->arg, nearest);
}
