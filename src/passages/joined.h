/*-------------------------------------------------------------------------
 *
 * joined.h
 *	  Passages that lie near each other in both texts, as one.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef JOINED_H
#define JOINED_H

#include "passages/passages.h"

/* Words between passages that are joined, at most. */
#define PASSAGES_MAX_JOIN 10000

extern uint32_t passages_join(Passage *passages, uint32_t npassages, uint32_t within,
							  const RawEnv *env);

#endif							/* JOINED_H */
