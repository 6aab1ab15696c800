/*-------------------------------------------------------------------------
 *
 * corpus.h
 *	  Articles as weighted terms.
 *
 * Articles are read twice: terms that occur in one article only, which are
 * most of them, say nothing of similarity and are never stored.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORIES_CORPUS_H
#define STORIES_CORPUS_H

#include "base/hashtable.h"
#include "stories/terms.h"

/* The time of articles that have none. */
#define CORPUS_NO_TIME INT64_MAX

/* How far apart in time, in microseconds, articles may be of one story. */
#define CORPUS_HOUR INT64_C(3600000000)
#define CORPUS_WINDOW_HOURS 720
#define CORPUS_WINDOW (CORPUS_WINDOW_HOURS * CORPUS_HOUR)

/* More distinct terms than fit the stored form; and terms of all articles. */
#define CORPUS_MAX_TERMS (UINT32_C(1) << 26)
#define CORPUS_MAX_ITEMS UINT32_MAX

/* A term of a stored article: its number, and how often it occurs (to 63). */
#define CORPUS_COUNT_BITS 6
#define CORPUS_MAX_COUNT ((1 << CORPUS_COUNT_BITS) - 1)
#define CORPUS_TERM(item) ((item) >> CORPUS_COUNT_BITS)
#define CORPUS_COUNT(item) ((item) & CORPUS_MAX_COUNT)

/*
 * Weights are in 2^-15: squares of an article's add up to 1, but for rounding,
 * which is half a unit a weight.  That of CORPUS_MAX_TERMS weights makes an
 * article longer by an eighth at most, and a single weight is at most 1.
 */
#define CORPUS_WEIGHT_BITS 15

/* An article, or several that are copies of each other. */
typedef struct CorpusArticle
{
	int64_t		time;			/* microseconds, or CORPUS_NO_TIME */
	TermsKey	key;
	uint32_t	row;			/* of the first one that is read */
	uint32_t	nterms;
	uint32_t   *terms;			/* CORPUS_TERM, CORPUS_COUNT */
	uint64_t	norm;			/* length of the vector, in 2^-12 */
} CorpusArticle;

typedef struct Corpus
{
	const RawEnv *env;

	/* the first reading */
	uint32_t	nrows;
	CorpusArticle *articles;	/* first one a row, then one a text */
	uint32_t   *article_of_row; /* CORPUS_NONE for rows without terms */
	uint64_t   *filter;			/* two bits a slot */
	unsigned	filter_shift;

	/* the second one */
	uint32_t	narticles;		/* in order of time and key */
	HashCounts	terms;			/* each with the articles that have it */
	uint64_t	nitems;			/* terms of all articles */
	uint32_t   *block;			/* where stored terms go */
	uint32_t	block_room;

	/* weights */
	uint32_t	nterms;
	uint32_t   *frequencies;	/* of a term: articles that have it */
	uint32_t	count_weight[CORPUS_MAX_COUNT + 1]; /* of a count, in 2^-16 */
	uint32_t   *idf;			/* of a term; 0 if it isn't used */
} Corpus;

#define CORPUS_NONE HASHCOUNTS_NONE

/* Begin to read rows, of which there are "nrows". */
extern void corpus_begin(Corpus *corpus, uint32_t nrows, const RawEnv *env);

/*
 * The first reading: the terms of a row in any order, each occurrence by
 * itself or several at once, and then what ends it.
 */
extern void corpus_see(Corpus *corpus, uint64_t hash);
extern void corpus_seen(Corpus *corpus, uint32_t row, const TermsKey *key, int64_t time);

/*
 * Between the readings: find the texts that are copies, and the order of
 * articles.
 */
extern void corpus_between(Corpus *corpus);

/* Does the second reading need this row? */
extern bool corpus_needs(const Corpus *corpus, uint32_t row);

/*
 * The second reading: the terms of a row that is needed.  False if there are
 * too many terms.
 */
extern bool corpus_add(Corpus *corpus, uint32_t row, const HashCounts *terms);

/* Behind the second reading: weigh the terms. */
extern void corpus_end(Corpus *corpus);

/* Free what corpus_find() needs. */
extern void corpus_forget_hashes(Corpus *corpus);

/*
 * The number of a term, which may be one that isn't used; CORPUS_NONE for one
 * that occurs in no article, or, as a rule, in one only.
 */
extern uint32_t corpus_find(Corpus *corpus, uint64_t hash);

/*
 * The weight of a term in an article, in 2^-CORPUS_WEIGHT_BITS; 0 if it isn't
 * used.
 */
extern uint32_t corpus_weight(const Corpus *corpus, const CorpusArticle *article, uint32_t item);

#endif							/* STORIES_CORPUS_H */
