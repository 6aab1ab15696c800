/*-------------------------------------------------------------------------
 *
 * splittext.h
 *	  All words of a text in the server, and where they stand.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SPLITTEXT_H
#define SPLITTEXT_H

#include "postgres.h"

#include "text/words.h"

/* Words of a text at most. */
#define SPLIT_MAX_WORDS (1 << 24)

typedef struct SplitText
{
	uint64	   *words;			/* their hashes */
	WordSpan   *spans;			/* where each stands, in characters as substr() counts */
	size_t		nwords;
	size_t		room;
} SplitText;

/*
 * Split a text.  Memory comes from the current context, which is within one of
 * limited_context(); an error for more than SPLIT_MAX_WORDS words.  Checks for
 * interrupts.
 */
extern void split_text(SplitText *split, text *document);

#endif							/* SPLITTEXT_H */
