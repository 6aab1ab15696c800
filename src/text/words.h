/*-------------------------------------------------------------------------
 *
 * words.h
 *	  Text to words, and words to hashes.
 *
 * The definition is doc/fingerprint.md, "Words" and "Hash of a word".  It is
 * frozen: the same text gives the same words for ever.
 *
 * A text is fed in pieces, so that one of any size and encoding passes
 * through in constant memory; words come out in batches, as hashes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/scan.h"

/* Room that words_next() and words_end() need at least. */
#define WORDS_BATCH_MIN 128

/*
 * Where a word stands in the text: from the first of its characters to
 * behind the last one, so that what is dropped in it is within.
 */
typedef struct WordSpan
{
	uint32_t	begin;			/* characters before it */
	uint32_t	end;			/* characters before and in it */
} WordSpan;

typedef enum WordState
{
	WORD_NONE,					/* between words */
	WORD_INSIDE,				/* in a word */
	WORD_NUMBER,				/* behind a digit of a number with separators */
	WORD_JOINT,					/* in a word, behind what may join it to more */
	WORD_LETTER_STOP,			/* behind letters of an acronym, a full stop */
	WORD_LETTER					/* ... and another letter, not yet appended */
} WordState;

/*
 * What is known of the number being read.  Until it is told whether its
 * separators group thousands, they stand in the folded text as they were read.
 */
typedef enum WordNumber
{
	NUMBER_NONE,				/* it has no separator, as far as it is read */
	NUMBER_GROUPS,				/* so far they may group thousands */
	NUMBER_KEPT					/* no more will be dropped */
} WordNumber;

/* Bytes of folded text that are kept before what is hashed together. */
#define WORDS_BEFORE 2

typedef struct WordSplitter
{
	const unsigned char *next;	/* what is fed and not yet read */
	const unsigned char *end;
	WordState	state;
	bool		acronym;		/* the word is one letter or an acronym */
	bool		digit;			/* the word's last character is a digit */
	uint32_t	letter;			/* the letter of WORD_LETTER */
	unsigned char joint;		/* the character of WORD_JOINT, */

	WordNumber	number;
	unsigned char group_joint;	/* of NUMBER_GROUPS: what is between groups, */
	int			group_digits;	/* ... digits of the last one, */
	int			number_length;	/* ... bytes of folded text from the first one */

	bool		bytes;			/* positions count bytes, not code points */
	uint32_t	position;		/* where the character being read begins */
	uint32_t	after;			/* ... and ends */
	WordSpan	letter_place;	/* of the letter of WORD_LETTER */
	WordSpan	joint_place;	/* of the character of WORD_JOINT */

	/* folded text that is not yet hashed, as scan.h says */
	unsigned char *out;			/* its end */
	bool		chained;		/* its first word began before, */
	uint64_t	chain;			/* ... with blocks of this hash, */
	uint32_t	chain_begin;	/* ... here */
	bool		places_wanted;
	unsigned char folded[WORDS_BEFORE + SCAN_MAX + SCAN_BEHIND];
	WordSpan	places[WORDS_BEFORE + SCAN_MAX];	/* of each byte's character */
} WordSplitter;

extern uint64_t word_hash(const char *utf8, size_t length);

extern void words_init(WordSplitter *splitter);
extern void words_feed(WordSplitter *splitter, const char *utf8, size_t length);
extern size_t words_next(WordSplitter *splitter, uint64_t *hashes, bool *solos,
						 WordSpan *spans, size_t room);
extern size_t words_end(WordSplitter *splitter, uint64_t *hashes, bool *solos, WordSpan *spans);

#endif							/* WORDS_H */
