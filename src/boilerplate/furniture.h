/*-------------------------------------------------------------------------
 *
 * furniture.h
 *	  What an outlet repeats under its articles: learned from them, and found
 *	  in a text.
 *
 * The definition is doc/boilerplate.md.  A text is known by features, hashes
 * of what may be repeated: each run of FURNITURE_SHINGLE words, wherever lines
 * end, and each line of fewer words as a whole.  Furniture is a set of them.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FURNITURE_H
#define FURNITURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rawenv.h"

/*
 * Of fewer words, a run is often a turn of phrase: in 809 articles of one
 * outlet, runs of 4 words cover 9.6 % of the text, and most are phrases; runs
 * of 6 cover 1.7 %, of 8 1.1 %.
 */
#define FURNITURE_SHINGLE 8

/* Words of a text, and where its lines begin. */
typedef struct LinedText
{
	const uint64_t *words;		/* their hashes */
	uint32_t	nwords;
	const uint32_t *lines;		/* the first word of each line that has any */
	uint32_t	nlines;
} LinedText;

/* As many features a text has at most. */
#define FURNITURE_FEATURES_MAX(nwords, nlines) ((size_t) (nwords) + (nlines))

/*
 * The features of a text, in the order in which they begin; returns how many.
 * There is room for FURNITURE_FEATURES_MAX.
 */
extern uint32_t furniture_features(const LinedText *text, uint64_t *features, const RawEnv *env);

/* An article to learn from; its features, repeats included, in their order. */
typedef struct FurnitureArticle
{
	const uint64_t *features;
	uint32_t	nfeatures;
} FurnitureArticle;

/*
 * The features that at least min_articles (1 or more) different articles
 * have: copies and versions of one article count as one.  Returns them in
 * ascending order, allocated by "env", for the caller to free, and their
 * number; NULL and 0 if there are none.  Whatever the order of the articles,
 * the result is the same.  Takes 40 bytes a feature, and the time of sorting them.
 */
extern uint64_t *furniture_learn(const FurnitureArticle *articles, uint32_t narticles,
								 uint32_t min_articles, const RawEnv *env, size_t *nfurniture);

/*
 * Mark the words that are in features of the furniture, which are in ascending
 * order.  covered[] has nwords members, which are overwritten.
 */
extern void furniture_cover(const LinedText *text, const uint64_t *furniture, size_t nfurniture,
							bool *covered, const RawEnv *env);

#endif							/* FURNITURE_H */
