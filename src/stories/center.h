/*-------------------------------------------------------------------------
 *
 * center.h
 *	  The center of a story: the article nearest to all others, and the terms
 *	  that the articles share.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORIES_CENTER_H
#define STORIES_CENTER_H

#include "stories/corpus.h"

/*
 * The sum of the vectors of a story's articles (Rocchio's centroid).  A weight
 * is at most 2^CORPUS_WEIGHT_BITS, so the sum of 2^32 has 64 bits.
 */
typedef struct Center
{
	Corpus	   *corpus;
	uint64_t   *weights;		/* of a term: sum over the articles */
	uint32_t   *counts;			/* of a term: articles that have it */
	uint32_t	narticles;
} Center;

extern void center_init(Center *center, Corpus *corpus);

/* Add an article to the center (times is 1), or take it away (-1). */
extern void center_add(Center *center, uint32_t article, int times);

/*
 * The product of an article with the center: it is the largest for the article
 * that has the highest mean similarity with those of the story, itself among
 * them.  It is below 2^31 for each of the story's articles (see corpus.h).
 */
extern uint64_t center_product(const Center *center, uint32_t article);

/*
 * How well a term characterises the story: its sum of weights; 0 for a term
 * that isn't used, or that only one of several articles has.
 */
extern uint64_t center_term(const Center *center, uint64_t hash);

/* Is the term used, in whatever story? */
extern bool center_uses(const Center *center, uint64_t hash);

#endif							/* STORIES_CENTER_H */
