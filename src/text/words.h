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

/* Room that words_next() and words_end() need at least. */
#define WORDS_BATCH_MIN 64

/* The hash of a word whose bytes come one after the other. */
#define WORD_HASH_BLOCK 16

typedef struct WordHash
{
	uint64_t	chain;			/* hash of the full blocks before */
	unsigned	used;			/* bytes of the block in use */
	unsigned char block[WORD_HASH_BLOCK];	/* the others are zero */
} WordHash;

/*
 * Where a word stands in the text: from the first of its characters to
 * behind the last one, so that what is dropped in it is within.
 */
typedef struct WordSpan
{
	uint32_t	begin;			/* characters before it */
	uint32_t	end;			/* characters before and in it */
	bool		solo;			/* a letter of a script without spaces */
} WordSpan;

typedef enum WordState
{
	WORD_NONE,					/* between words */
	WORD_INSIDE,				/* in a word */
	WORD_APOSTROPHE,			/* in a word, an apostrophe behind it */
	WORD_NUMBER_POINT,			/* behind a digit, a full stop or comma */
	WORD_LETTER_STOP,			/* behind letters of an acronym, a full stop */
	WORD_LETTER					/* ... and another letter, not yet appended */
} WordState;

typedef struct WordSplitter
{
	const unsigned char *next;	/* what is fed and not yet read */
	const unsigned char *end;
	WordState	state;
	bool		acronym;		/* the word is one letter or an acronym */
	bool		digit;			/* the word's last character is a digit */
	uint32_t	letter;			/* the letter of WORD_LETTER */
	WordHash	hash;			/* of the word so far */
	bool		bytes;			/* positions count bytes, not code points */
	uint32_t	position;		/* where the character being read begins */
	uint32_t	after;			/* ... and ends */
	uint32_t	begin;			/* of the word so far */
	uint32_t	last;			/* ... the end of its last character */
	uint32_t	letter_begin;	/* of the letter of WORD_LETTER */
	uint32_t	letter_end;
	uint64_t   *hashes;			/* where the caller wants hashes */
	WordSpan   *spans;			/* ... and spans, or NULL */
} WordSplitter;

extern uint64_t word_hash(const char *utf8, size_t length);

extern void words_init(WordSplitter *splitter);
extern void words_feed(WordSplitter *splitter, const char *utf8, size_t length);
extern size_t words_next(WordSplitter *splitter, uint64_t *hashes, WordSpan *spans, size_t room);
extern size_t words_end(WordSplitter *splitter, uint64_t *hashes, WordSpan *spans);

#endif							/* WORDS_H */
