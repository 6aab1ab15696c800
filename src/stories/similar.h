/*-------------------------------------------------------------------------
 *
 * similar.h
 *	  Pairs of similar articles.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORIES_SIMILAR_H
#define STORIES_SIMILAR_H

#include "stories/corpus.h"

/* Similarities are in 2^-24. */
#define SIMILAR_BITS 24
#define SIMILAR_ONE (UINT32_C(1) << SIMILAR_BITS)

typedef struct Neighbor
{
	uint32_t	article;		/* the earlier one of the pair */
	uint32_t	similarity;
} Neighbor;

/*
 * The pairs: those of article i with earlier ones are neighbors[i], of which
 * there are nneighbors[i], in no order.
 */
typedef struct SimilarPairs
{
	uint32_t	narticles;
	uint64_t	npairs;
	uint32_t   *nneighbors;
	Neighbor  **neighbors;
} SimilarPairs;

/*
 * Find all pairs that are similar enough to matter.  "dated" is false for the
 * similarity of the terms alone, at any distance in time.
 */
extern void similar_find(const Corpus *corpus, bool dated, SimilarPairs *pairs);

/* Scale similarities by how similar the nearest ones of both articles are. */
extern void similar_scale(SimilarPairs *pairs, const RawEnv *env);

#endif							/* STORIES_SIMILAR_H */
