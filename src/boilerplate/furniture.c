/*-------------------------------------------------------------------------
 *
 * furniture.c
 *	  What an outlet repeats under its articles.
 *
 * Learning counts in how many articles each feature is.  Alone that would make
 * furniture of a report that ran in several versions, so versions are told
 * from different articles first, by how much of what is rare they share.
 *
 *-------------------------------------------------------------------------
 */
#include "boilerplate/furniture.h"

#include <string.h>

#include "base/fixed.h"
#include "text/shingles.h"

/* Hashes of runs, and of whole lines, begin differently. */
#define RUN_SEED	UINT64_C(0x8E51F3C0A7D46B29)
#define LINE_SEED	UINT64_C(0x2B7AC96D105FE843)

/*
 * Among fewer articles, rarity tells nothing: what two of three have may be
 * an article or its furniture.  There, articles that have as many words in a
 * row of their own aren't versions of each other.
 */
#define FEW_ARTICLES	16
#define OWN_WORDS		64

/* Room for features of furniture, to begin with. */
#define FIRST_ROOM		256


/*
 * Features.
 */

/* The hash of "n" words in a row. */
static inline uint64_t
hash_words(uint64_t seed, const uint64_t *words, uint32_t n)
{
	uint64_t	hash = seed;

	for (uint32_t i = 0; i < n; i++)
		hash = shingle_extend(hash, words[i]);
	return hash ^ hash >> 32;
}

/* Where line number k ends. */
static inline uint32_t
line_end(const LinedText *text, uint32_t k)
{
	return k + 1 < text->nlines ? text->lines[k + 1] : text->nwords;
}

/* What to do with the feature of the "length" words from "begin" on. */
typedef void (*FeatureUse) (uint64_t feature, uint32_t begin, uint32_t length, void *arg);

static void
each_feature(const LinedText *text, FeatureUse use, void *arg, const RawEnv *env)
{
	uint32_t	line = 0;

	for (uint32_t i = 0; i < text->nwords; i++)
	{
		raw_check(env, i);
		if (line < text->nlines && text->lines[line] == i)
		{
			uint32_t	length = line_end(text, line) - i;

			if (length < FURNITURE_SHINGLE)
				use(hash_words(LINE_SEED, text->words + i, length), i, length, arg);
			line++;
		}
		if (i + FURNITURE_SHINGLE <= text->nwords)
			use(hash_words(RUN_SEED, text->words + i, FURNITURE_SHINGLE), i,
				FURNITURE_SHINGLE, arg);
	}
}

typedef struct FeatureList
{
	uint64_t   *features;
	uint32_t	n;
} FeatureList;

static void
list_feature(uint64_t feature, uint32_t begin, uint32_t length, void *arg)
{
	FeatureList *list = arg;

	(void) begin;
	(void) length;
	list->features[list->n++] = feature;
}

uint32_t
furniture_features(const LinedText *text, uint64_t *features, const RawEnv *env)
{
	FeatureList list = {features, 0};

	each_feature(text, list_feature, &list, env);
	return list.n;
}


/*
 * Where furniture stands in a text.
 */

/* Most words of a text are in no feature: by some bits of them that is seen. */
#define FILTER_BITS 16

typedef struct Cover
{
	const uint64_t *furniture;
	size_t		nfurniture;
	uint64_t	filter[(1 << FILTER_BITS) / 64];
	bool	   *covered;
	uint32_t	done;			/* words marked, or to be left */
} Cover;

static bool
has_feature(const uint64_t *features, size_t n, uint64_t feature)
{
	size_t		low = 0;

	while (n > 0)
	{
		size_t		half = n / 2;

		if (features[low + half] < feature)
		{
			low += half + 1;
			n -= half + 1;
		}
		else if (features[low + half] == feature)
			return true;
		else
			n = half;
	}
	return false;
}

/* The word and the bit of the filter that stand for a feature. */
static inline uint64_t *
filter_word(Cover *cover, uint64_t feature)
{
	return &cover->filter[(feature & ((1 << FILTER_BITS) - 1)) / 64];
}

static inline uint64_t
filter_bit(uint64_t feature)
{
	return UINT64_C(1) << feature % 64;
}

static void
cover_feature(uint64_t feature, uint32_t begin, uint32_t length, void *arg)
{
	Cover	   *cover = arg;

	if (begin + length <= cover->done || !(*filter_word(cover, feature) & filter_bit(feature)) ||
		!has_feature(cover->furniture, cover->nfurniture, feature))
		return;
	if (cover->done < begin)
		cover->done = begin;
	memset(cover->covered + cover->done, true, begin + length - cover->done);
	cover->done = begin + length;
}

void
furniture_cover(const LinedText *text, const uint64_t *furniture, size_t nfurniture,
				bool *covered, const RawEnv *env)
{
	Cover		cover = {.furniture = furniture, .nfurniture = nfurniture, .covered = covered};

	for (size_t i = 0; i < nfurniture; i++)
	{
		raw_check(env, i);
		*filter_word(&cover, furniture[i]) |= filter_bit(furniture[i]);
	}
	memset(covered, false, text->nwords);
	each_feature(text, cover_feature, &cover, env);
}


/*
 * Learning.
 */

/* Article number "article" has a feature. */
typedef struct Occurrence
{
	uint64_t	feature;
	uint32_t	article;
} Occurrence;

/* Articles a and b share features of a weight. */
typedef struct SharedWeight
{
	uint32_t	a;
	uint32_t	b;
	uint64_t	weight;
} SharedWeight;

typedef struct Learning
{
	const RawEnv *env;
	const FurnitureArticle *articles;
	uint32_t	narticles;
	uint32_t   *order;			/* the articles' numbers by rank */
	Occurrence *occurrences;	/* by feature, then rank of the article */
	size_t		noccurrences;
	uint32_t   *parent;			/* of each rank: disjoint sets of versions */
} Learning;

static int
compare_occurrences(const void *a, const void *b)
{
	const Occurrence *p = a;
	const Occurrence *q = b;

	if (p->feature != q->feature)
		return p->feature < q->feature ? -1 : 1;
	return p->article < q->article ? -1 : p->article > q->article;
}

static int
compare_shared(const void *a, const void *b)
{
	const SharedWeight *p = a;
	const SharedWeight *q = b;

	if (p->a != q->a)
		return p->a < q->a ? -1 : 1;
	return p->b < q->b ? -1 : p->b > q->b;
}

static int
compare_uint64(const void *a, const void *b)
{
	uint64_t	p = *(const uint64_t *) a;
	uint64_t	q = *(const uint64_t *) b;

	return p < q ? -1 : p > q;
}

/*
 * Rank the articles by what is in them, so that their order doesn't matter.
 * Equal ones get ranks side by side, and are versions of each other anyway.
 */
static void
rank_articles(Learning *learning)
{
	const RawEnv *env = learning->env;
	Occurrence *key = env->alloc(env->arg, learning->narticles * sizeof(Occurrence));

	for (uint32_t i = 0; i < learning->narticles; i++)
	{
		uint64_t	hash = 0;

		env->check(env->arg);
		for (uint32_t j = 0; j < learning->articles[i].nfeatures; j++)
			hash = shingle_extend(hash, learning->articles[i].features[j]);
		key[i] = (Occurrence) {hash, i};
	}
	env->sort(key, learning->narticles, sizeof(Occurrence), compare_occurrences);
	for (uint32_t i = 0; i < learning->narticles; i++)
		learning->order[i] = key[i].article;
	env->free(env->arg, key);
}

/* Which article, by rank, has which feature, each once. */
static void
list_occurrences(Learning *learning)
{
	const RawEnv *env = learning->env;
	Occurrence *list;
	size_t		n = 0;
	size_t		kept = 0;

	for (uint32_t rank = 0; rank < learning->narticles; rank++)
		n += learning->articles[rank].nfeatures;
	list = env->alloc(env->arg, (n + 1) * sizeof(Occurrence));
	n = 0;
	for (uint32_t rank = 0; rank < learning->narticles; rank++)
	{
		const FurnitureArticle *article = &learning->articles[learning->order[rank]];

		env->check(env->arg);
		for (uint32_t j = 0; j < article->nfeatures; j++)
			list[n++] = (Occurrence) {article->features[j], rank};
	}
	env->sort(list, n, sizeof(Occurrence), compare_occurrences);
	for (size_t i = 0; i < n; i++)
	{
		raw_check(env, i);
		if (kept == 0 || compare_occurrences(&list[i], &list[kept - 1]) != 0)
			list[kept++] = list[i];
	}
	learning->occurrences = list;
	learning->noccurrences = kept;
}

/* The end of the occurrences of the feature of occurrence i. */
static size_t
feature_end(const Learning *learning, size_t i)
{
	const Occurrence *list = learning->occurrences;
	size_t		end = i + 1;

	while (end < learning->noccurrences && list[end].feature == list[i].feature)
		end++;
	return end;
}

/*
 * What a feature of "n" of N articles weighs: log2(1 + N/n), as in retrieval
 * (Sparck Jones 1972, "A statistical interpretation of term specificity and its
 * application in retrieval"); in 2^-16.
 */
static uint64_t
rarity(uint32_t narticles, uint64_t n)
{
	return fixed_log2((UINT64_C(1) << 16) + ((uint64_t) narticles << 16) / n);
}

static uint32_t
find_root(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/* Has an article a run of its own, of OWN_WORDS, that another one lacks? */
static bool
has_own_run(const FurnitureArticle *article, const FurnitureArticle *other, const RawEnv *env)
{
	uint64_t   *sorted = env->alloc(env->arg, (other->nfeatures + 1) * sizeof(uint64_t));
	uint32_t	run = 0;

	memcpy(sorted, other->features, other->nfeatures * sizeof(uint64_t));
	env->sort(sorted, other->nfeatures, sizeof(uint64_t), compare_uint64);
	for (uint32_t i = 0; i < article->nfeatures && run < OWN_WORDS; i++)
	{
		raw_check(env, i);
		if (has_feature(sorted, other->nfeatures, article->features[i]))
			run = 0;
		else
			run++;
	}
	env->free(env->arg, sorted);
	return run >= OWN_WORDS;
}

/* Are two articles, by rank, versions of one, by what they share? */
static bool
are_versions(const Learning *learning, uint32_t a, uint32_t b, uint64_t shared,
			 const uint64_t *weight)
{
	const FurnitureArticle *p = &learning->articles[learning->order[a]];
	const FurnitureArticle *q = &learning->articles[learning->order[b]];

	if (shared * 2 < (weight[a] < weight[b] ? weight[a] : weight[b]))
		return false;
	return learning->narticles >= FEW_ARTICLES ||
		!has_own_run(p, q, learning->env) || !has_own_run(q, p, learning->env);
}

/*
 * Join the versions of an article: those that share at least half of what the
 * shorter one has, by weight of rarity.  Of the articles that have a feature
 * only neighbors by rank are compared, which is linear: versions have their
 * features in common, and so are neighbors in most of them.
 */
static void
join_versions(Learning *learning)
{
	const RawEnv *env = learning->env;
	uint64_t   *weight = raw_alloc_zero(env, learning->narticles * sizeof(uint64_t));
	SharedWeight *shared = env->alloc(env->arg, (learning->noccurrences + 1) * sizeof(SharedWeight));
	size_t		nshared = 0;
	size_t		end;

	for (size_t i = 0; i < learning->noccurrences; i = end)
	{
		const Occurrence *list = learning->occurrences;
		uint64_t	w;

		env->check(env->arg);
		end = feature_end(learning, i);
		w = rarity(learning->narticles, end - i);
		for (size_t j = i; j < end; j++)
		{
			weight[list[j].article] += w;
			if (j > i)
				shared[nshared++] = (SharedWeight) {list[j - 1].article, list[j].article, w};
		}
	}
	env->sort(shared, nshared, sizeof(SharedWeight), compare_shared);
	for (size_t i = 0; i < nshared; i = end)
	{
		uint64_t	sum = 0;

		env->check(env->arg);
		for (end = i; end < nshared && compare_shared(&shared[i], &shared[end]) == 0; end++)
			sum += shared[end].weight;
		if (are_versions(learning, shared[i].a, shared[i].b, sum, weight))
			learning->parent[find_root(learning->parent, shared[i].a)] =
				find_root(learning->parent, shared[i].b);
	}
	env->free(env->arg, shared);
	env->free(env->arg, weight);
}

/* Are there min_articles different articles among occurrences i to end? */
static bool
is_repeated(Learning *learning, size_t i, size_t end, uint32_t min_articles, uint32_t *seen,
			uint32_t mark)
{
	uint32_t	n = 0;

	if (end - i < min_articles)
		return false;
	for (; i < end && n < min_articles; i++)
	{
		uint32_t	root = find_root(learning->parent, learning->occurrences[i].article);

		n += seen[root] != mark;
		seen[root] = mark;
	}
	return n >= min_articles;
}

static uint64_t *
repeated_features(Learning *learning, uint32_t min_articles, size_t *nfurniture)
{
	const RawEnv *env = learning->env;
	uint32_t   *seen = raw_alloc_zero(env, learning->narticles * sizeof(uint32_t));
	uint64_t   *furniture = NULL;
	size_t		n = 0;
	size_t		room = 0;
	uint32_t	mark = 0;
	size_t		end;

	for (size_t i = 0; i < learning->noccurrences; i = end)
	{
		env->check(env->arg);
		end = feature_end(learning, i);
		if (!is_repeated(learning, i, end, min_articles, seen, ++mark))
			continue;
		if (room == 0)
		{
			room = FIRST_ROOM;
			furniture = env->alloc(env->arg, room * sizeof(uint64_t));
		}
		else if (n == room)
		{
			room *= 2;
			furniture = raw_enlarge(env, furniture, n * sizeof(uint64_t), room * sizeof(uint64_t));
		}
		furniture[n++] = learning->occurrences[i].feature;
	}
	env->free(env->arg, seen);
	*nfurniture = n;
	return furniture;
}

uint64_t *
furniture_learn(const FurnitureArticle *articles, uint32_t narticles, uint32_t min_articles,
				const RawEnv *env, size_t *nfurniture)
{
	Learning	learning = {.env = env, .articles = articles, .narticles = narticles};
	uint64_t   *furniture;

	*nfurniture = 0;
	if (narticles < min_articles)
		return NULL;
	learning.order = env->alloc(env->arg, narticles * sizeof(uint32_t));
	learning.parent = env->alloc(env->arg, narticles * sizeof(uint32_t));
	for (uint32_t i = 0; i < narticles; i++)
		learning.parent[i] = i;
	rank_articles(&learning);
	list_occurrences(&learning);
	join_versions(&learning);
	furniture = repeated_features(&learning, min_articles, nfurniture);
	env->free(env->arg, learning.occurrences);
	env->free(env->arg, learning.parent);
	env->free(env->arg, learning.order);
	return furniture;
}
