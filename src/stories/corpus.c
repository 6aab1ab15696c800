/*-------------------------------------------------------------------------
 *
 * corpus.c
 *	  Articles as weighted terms.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "base/fixed.h"

/*
 * The filter has so many slots a row, within limits: more than an article of
 * usual length has terms, so that few of those that occur once are stored for
 * the sake of another in their slot.
 */
#define FILTER_SLOTS_PER_ROW 2048
#define FILTER_MIN_BITS 16
#define FILTER_MAX_BITS 31

/* Copies are at most so far from the first one. */
#define COPY_WINDOW (72 * CORPUS_HOUR)

/* How many terms are looked up ahead. */
#define AHEAD 8

#define FIRST_TERMS (1 << 15)
#define BLOCK_ITEMS (1 << 18)

/* What a pair of words weighs, a word being 1: 0.7 */
#define PAIR_WEIGHT_16 45875

/* Terms in more than 3/10 of the articles aren't used. */
#define TOO_FREQUENT(frequency, narticles) \
	(UINT64_C(10) * (frequency) > UINT64_C(3) * (narticles))

/* ln 2 in 2^-16 */
#define LN2_16 45426

/*
 * The first reading
 */

void
corpus_begin(Corpus *corpus, uint32_t nrows, const RawEnv *env)
{
	unsigned	bits = FILTER_MIN_BITS;
	size_t		bytes;

	while (bits < FILTER_MAX_BITS && UINT64_C(1) << bits < (uint64_t) nrows * FILTER_SLOTS_PER_ROW)
		bits++;
	bytes = (size_t) 1 << (bits - 2);

	memset(corpus, 0, sizeof(*corpus));
	corpus->env = env;
	corpus->nrows = nrows;
	corpus->articles = env->alloc(env->arg, sizeof(CorpusArticle) * nrows);
	corpus->article_of_row = env->alloc(env->arg, sizeof(uint32_t) * nrows);
	memset(corpus->article_of_row, 0xFF, sizeof(uint32_t) * nrows);
	corpus->filter = raw_alloc_zero(env, bytes);
	corpus->filter_shift = 64 - bits;
}

/* A slot of the filter is 0 at first, 1 when a hash was seen, and then 3. */
void
corpus_see(Corpus *corpus, uint64_t hash)
{
	uint64_t	slot = hash >> corpus->filter_shift;
	unsigned	shift = (slot & 31) * 2;
	uint64_t   *word = &corpus->filter[slot >> 5];

	*word |= (UINT64_C(1) | (*word >> shift & 1) << 1) << shift;
}

/* May the hash have been seen several times? */
static inline bool
seen_again(const Corpus *corpus, uint64_t hash)
{
	uint64_t	slot = hash >> corpus->filter_shift;

	return (corpus->filter[slot >> 5] >> (slot & 31) * 2 & 2) != 0;
}

void
corpus_seen(Corpus *corpus, uint32_t row, const TermsKey *key, int64_t time)
{
	CorpusArticle *article = &corpus->articles[corpus->narticles++];

	article->row = row;
	article->key = *key;
	article->time = time;
	article->nterms = 0;
	article->terms = NULL;
}

static int
compare_keys(const TermsKey *a, const TermsKey *b)
{
	for (int i = 0; i < 2; i++)
	{
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	}
	return 0;
}

static int
compare_texts(const void *pa, const void *pb)
{
	const CorpusArticle *a = pa;
	const CorpusArticle *b = pb;
	int			order = compare_keys(&a->key, &b->key);

	if (order != 0)
		return order;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static int
compare_times(const void *pa, const void *pb)
{
	const CorpusArticle *a = pa;
	const CorpusArticle *b = pb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return compare_keys(&a->key, &b->key);
}

/* Is an article a copy of another, which isn't later? */
static bool
is_copy(const CorpusArticle *article, const CorpusArticle *first)
{
	if (compare_keys(&article->key, &first->key) != 0)
		return false;
	if (article->time == CORPUS_NO_TIME || first->time == CORPUS_NO_TIME)
		return article->time == first->time;
	/* unsigned, as times may be far apart */
	return (uint64_t) article->time - (uint64_t) first->time <= COPY_WINDOW;
}

void
corpus_between(Corpus *corpus)
{
	const RawEnv *env = corpus->env;
	CorpusArticle *articles = corpus->articles;
	uint32_t   *first_row = env->alloc(env->arg, sizeof(uint32_t) * corpus->nrows);
	uint32_t   *article_of_first = env->alloc(env->arg, sizeof(uint32_t) * corpus->nrows);
	uint32_t	n = 0;

	/* Keep the first of each text's copies, and note which row that is. */
	env->sort(articles, corpus->narticles, sizeof(CorpusArticle), compare_texts);
	for (uint32_t i = 0; i < corpus->narticles; i++)
	{
		CorpusArticle article = articles[i];

		if (n == 0 || !is_copy(&article, &articles[n - 1]))
			articles[n++] = article;
		first_row[article.row] = articles[n - 1].row;
		corpus->article_of_row[article.row] = 0;
	}
	corpus->narticles = n;

	env->sort(articles, n, sizeof(CorpusArticle), compare_times);
	for (uint32_t i = 0; i < n; i++)
		article_of_first[articles[i].row] = i;
	for (uint32_t row = 0; row < corpus->nrows; row++)
	{
		if (corpus->article_of_row[row] != CORPUS_NONE)
			corpus->article_of_row[row] = article_of_first[first_row[row]];
	}
	env->free(env->arg, article_of_first);
	env->free(env->arg, first_row);

	hashcounts_init(&corpus->terms, FIRST_TERMS, env);
}

/*
 * The second reading
 */

bool
corpus_needs(const Corpus *corpus, uint32_t row)
{
	uint32_t	article = corpus->article_of_row[row];

	return article != CORPUS_NONE && corpus->articles[article].row == row;
}

/* Room for an article's terms, of which there are n at most. */
static uint32_t *
term_items(Corpus *corpus, uint32_t n)
{
	const RawEnv *env = corpus->env;

	if (corpus->block_room < n)
	{
		corpus->block_room = n > BLOCK_ITEMS ? n : BLOCK_ITEMS;
		corpus->block = env->alloc(env->arg, sizeof(uint32_t) * corpus->block_room);
	}
	return corpus->block;
}

/*
 * Fetch what corpus_add() will look at: first the slot of a term, and then the
 * hash of the term there.
 */
static inline void
look_ahead(const Corpus *corpus, const HashCounts *terms, uint32_t i)
{
	const HashCounts *known = &corpus->terms;

	if (i + 2 * AHEAD < terms->n)
	{
		uint64_t	hash = terms->hashes[i + 2 * AHEAD];

		raw_prefetch(&corpus->filter[hash >> corpus->filter_shift >> 5]);
		raw_prefetch(&known->table.slots[hashtable_first(&known->table, hash)]);
	}
	if (i + AHEAD < terms->n)
	{
		uint32_t	entry = known->table.slots[hashtable_first(&known->table, terms->hashes[i + AHEAD])];

		if (entry != 0)
		{
			raw_prefetch(&known->hashes[entry - 1]);
			raw_prefetch(&known->counts[entry - 1]);
		}
	}
}

bool
corpus_add(Corpus *corpus, uint32_t row, const HashCounts *terms)
{
	CorpusArticle *article = &corpus->articles[corpus->article_of_row[row]];
	uint32_t   *items = term_items(corpus, terms->n);
	uint32_t	n = 0;

	for (uint32_t i = 0; i < terms->n; i++)
	{
		uint32_t	count = terms->counts[i] < CORPUS_MAX_COUNT ? terms->counts[i] : CORPUS_MAX_COUNT;
		uint32_t	number;

		raw_check(corpus->env, i);
		look_ahead(corpus, terms, i);
		if (!seen_again(corpus, terms->hashes[i]))
			continue;
		number = hashcounts_number(&corpus->terms, terms->hashes[i]);
		if (number >= CORPUS_MAX_TERMS)
			return false;
		corpus->terms.counts[number]++;
		items[n++] = number << CORPUS_COUNT_BITS | count;
	}
	article->terms = items;
	article->nterms = n;
	corpus->block += n;
	corpus->block_room -= n;
	corpus->nitems += n;
	return corpus->nitems <= CORPUS_MAX_ITEMS;
}

/*
 * Weights
 */

/* 1 + ln of a count, in 2^-16 */
static uint32_t
count_weight(uint32_t count)
{
	return (1 << 16) + (uint32_t) ((uint64_t) fixed_log2((uint64_t) count << 16) * LN2_16 >> 16);
}

/* (1 + ln count) * idf, in 2^-12: at most 5.2 * 30 there */
static inline uint64_t
raw_weight(const Corpus *corpus, uint32_t item)
{
	return (uint64_t) corpus->count_weight[CORPUS_COUNT(item)] * corpus->idf[CORPUS_TERM(item)] >> 20;
}

void
corpus_end(Corpus *corpus)
{
	const RawEnv *env = corpus->env;

	env->free(env->arg, corpus->filter);
	corpus->nterms = corpus->terms.n;
	corpus->frequencies = corpus->terms.counts;

	for (uint32_t count = 1; count <= CORPUS_MAX_COUNT; count++)
		corpus->count_weight[count] = count_weight(count);

	corpus->idf = env->alloc(env->arg, sizeof(uint32_t) * corpus->nterms);
	for (uint32_t i = 0; i < corpus->nterms; i++)
	{
		uint32_t	frequency = corpus->frequencies[i];
		uint64_t	idf = 0;

		raw_check(corpus->env, i);

		if (frequency > 1 && !TOO_FREQUENT(frequency, corpus->narticles))
			idf = fixed_log2((1 << 16) + ((uint64_t) corpus->narticles << 16) / frequency);
		if (TERM_IS_PAIR(corpus->terms.hashes[i]))
			idf = idf * PAIR_WEIGHT_16 >> 16;
		corpus->idf[i] = (uint32_t) idf;
	}

	for (uint32_t i = 0; i < corpus->narticles; i++)
	{
		CorpusArticle *article = &corpus->articles[i];
		uint64_t	sum = 0;

		/*
		 * At most 2^63.7, of 2^26 terms that occur 16 times each, among 2^31
		 * articles: no text holds more.
		 */
		for (uint32_t j = 0; j < article->nterms; j++)
		{
			uint64_t	weight = raw_weight(corpus, article->terms[j]);

			sum += weight * weight;
		}
		article->norm = fixed_sqrt(sum);
		env->check(env->arg);
	}
}

void
corpus_forget_hashes(Corpus *corpus)
{
	hashcounts_free_hashes(&corpus->terms);
}

uint32_t
corpus_find(Corpus *corpus, uint64_t hash)
{
	return hashcounts_find(&corpus->terms, hash);
}

uint32_t
corpus_weight(const Corpus *corpus, const CorpusArticle *article, uint32_t item)
{
	if (corpus->idf[CORPUS_TERM(item)] == 0)
		return 0;
	return (uint32_t) (((raw_weight(corpus, item) << CORPUS_WEIGHT_BITS) + article->norm / 2) / article->norm);
}
