/*-------------------------------------------------------------------------
 *
 * average_link.h
 *	  Clusters by average link on a sparse graph.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORIES_AVERAGE_LINK_H
#define STORIES_AVERAGE_LINK_H

#include "stories/similar.h"

/*
 * Average link (UPGMA; Sokal, Michener 1958): from clusters of one article
 * each on, the two of the highest average similarity are merged, over all
 * pairs of an article of one and one of the other; a pair that isn't listed
 * has similarity 0.  It ends when the highest average, rounded down to 2^-24,
 * is below the threshold.
 *
 * Of several pairs with that average, the one is merged whose clusters have
 * the smallest first members: the smaller of the two counts first, then the
 * larger.
 *
 * label[i] becomes the first member of the cluster of article i.
 */
extern void average_link(const SimilarPairs *pairs, uint32_t threshold, const RawEnv *env,
						 uint32_t *label);

#endif							/* STORIES_AVERAGE_LINK_H */
