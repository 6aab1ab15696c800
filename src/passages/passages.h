/*-------------------------------------------------------------------------
 *
 * passages.h
 *	  Which runs of words two texts share.
 *
 * The definition is doc/passages.md.  Words are known by their hashes.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PASSAGES_H
#define PASSAGES_H

#include <stdbool.h>

#include "passages/automaton.h"

/* Words of a text at most. */
#define PASSAGES_MAX_WORDS (1 << 24)

/* Words that a gap may have at most. */
#define PASSAGES_MAX_GAP 32

typedef struct PassageText
{
	const uint64_t *words;
	uint32_t	nwords;			/* PASSAGES_MAX_WORDS at most */
} PassageText;

/* The part of each text that a passage is, in words; [0] is a, [1] is b. */
typedef struct Passage
{
	uint32_t	begin[2];
	uint32_t	length[2];		/* the same without gaps */
	uint32_t	shared;			/* words of either that are also in the other */
	uint32_t	side;			/* the text for whose sake it was found */
	uint32_t	number;			/* for sorting */
} Passage;

extern Passage *passages_find(const PassageText text[2], uint32_t min_words, uint32_t gap,
							  const RawEnv *env, uint32_t *npassages);
extern bool *passages_mark(const Passage *passages, uint32_t npassages,
						   int side, uint32_t nwords, const RawEnv *env);
extern uint32_t passages_covered(const Passage *passages, uint32_t npassages,
								 int side, uint32_t nwords, const RawEnv *env);

#endif							/* PASSAGES_H */
