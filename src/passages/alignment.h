/*-------------------------------------------------------------------------
 *
 * alignment.h
 *	  Which words of a text stand in the same order in another.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ALIGNMENT_H
#define ALIGNMENT_H

#include "passages/passages.h"

/* Words in a row that both texts have, [0] is a, [1] is b. */
typedef struct AlignedRun
{
	uint32_t	begin[2];
	uint32_t	length;
} AlignedRun;

extern AlignedRun *words_align(const PassageText text[2], const RawEnv *env, uint32_t *nruns);

#endif							/* ALIGNMENT_H */
