/*-------------------------------------------------------------------------
 *
 * aggstate.h
 *	  The state of simhash_agg(), and what tells one from any other bytes.
 *
 * It holds the sum in the machine's own form, with a mark that tells another
 * byte order from its own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AGGSTATE_H
#define AGGSTATE_H

#include "simhash/featuresum.h"

#define AGGSTATE_MAGIC 0x53484101	/* "SHA", version 1 */

typedef struct AggState
{
	int32_t		vl_len_;		/* the server's, for a bytea */
	uint32_t	magic;
	int32_t		nwords;
	int32_t		unused;			/* zero */
	FeatureSum	sum;			/* cut off behind the last bit in use */
} AggState;

#define AGGSTATE_SIZE(nwords) \
	(offsetof(AggState, sum) + offsetof(FeatureSum, ones) + (nwords) * 64 * sizeof(uint64_t))

/* Are these bytes, aligned, laid out as a state? */
static inline bool
aggstate_laid_out(const AggState *state, size_t size)
{
	return size >= offsetof(AggState, sum) && state->magic == AGGSTATE_MAGIC &&
		state->nwords >= 1 && state->nwords <= FEATURE_MAX_WORDS &&
		size == AGGSTATE_SIZE(state->nwords) && state->unused == 0;
}

/* Can features have made the sum of a state that is laid out so? */
static inline bool
aggstate_possible(const AggState *state)
{
	if (state->sum.total > INT64_MAX)
		return false;
	for (int i = 0; i < state->nwords * 64; i++)
	{
		if (state->sum.ones[i] > state->sum.total)
			return false;
	}
	return true;
}

#endif							/* AGGSTATE_H */
