/*-------------------------------------------------------------------------
 *
 * terms.h
 *	  The terms of an article: words and pairs of adjacent words.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORIES_TERMS_H
#define STORIES_TERMS_H

#include <stdbool.h>
#include <stdint.h>

/* Words of a body, from its first on, that count twice, as those of a title. */
#define TERMS_LEAD_WORDS 50

/* A pair of words has an odd hash, a word an even one. */
#define TERM_IS_PAIR(hash) ((hash) & 1)

/* Where in an article the next words stand. */
typedef struct TermReader
{
	bool		title;
	uint32_t	nwords;			/* of the part that were read, up to the lead */
	uint64_t	before[2];		/* the words before, the last one first */
	uint32_t	run;			/* letters without spaces in a row, up to 2 */
} TermReader;

/* A term as it is read. */
typedef struct ReadTerm
{
	uint64_t	hash;
	int			nwords;			/* of which it is made, the last of them just read */
} ReadTerm;

extern void term_reader_begin(TermReader *reader, bool title);

/*
 * The terms that a word makes: itself, and the pair with the word before it.
 * Of letters without spaces ("solo"), two take the place of a word, and three
 * that of a pair; the first one of a row is a word.  Sets terms[] and returns
 * how many they are; *times is what each counts.
 */
extern int	term_reader_word(TermReader *reader, uint64_t word, bool solo,
							 ReadTerm terms[2], uint32_t *times);

/*
 * A hash of 128 bits of all the terms of an article, with their counts, in
 * any order.
 */
typedef struct TermsKey
{
	uint64_t	part[2];
} TermsKey;

extern void terms_key_add(TermsKey *key, uint64_t hash, uint32_t times);

#endif							/* STORIES_TERMS_H */
