/*-------------------------------------------------------------------------
 *
 * written.h
 *	  What words are as written: numbers, names, negations, quoted.
 *
 * Words are known by their hashes and places; here their text is read once
 * more, character by character.  The definition is doc/passages.md.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef WRITTEN_H
#define WRITTEN_H

#include "base/hashtable.h"
#include "text/words.h"

#define WRITTEN_NUMBER		0x01	/* has a digit */
#define WRITTEN_NAME		0x02	/* begins with a capital, within a sentence */
#define WRITTEN_CAPITAL		0x04	/* begins with a capital, elsewhere */
#define WRITTEN_NEGATION	0x08
#define WRITTEN_QUOTED		0x10	/* within quotation marks, or of a source */

/* Whoever opens a quotation closes it within so many words. */
#define WRITTEN_QUOTE_WORDS 400

typedef struct WrittenReader
{
	const WordSpan *spans;
	size_t		nwords;
	uint8_t    *flags;			/* of each word, zeros at first */
	size_t		word;			/* the word that is read, or comes next */
	uint32_t	before;			/* the character before */
	uint32_t	mark;			/* that opened a quotation, or 0 */
	size_t		opened;			/* the first word in it */
	bool		sentence;		/* the next word begins one */
	int			lines;			/* ends of line since the last word */
} WrittenReader;

extern void written_init(WrittenReader *reader, const WordSpan *spans, size_t nwords,
						 uint8_t *flags);
extern void written_read(WrittenReader *reader, uint32_t character, uint32_t place);
extern void written_negations(HashCounts *negations, const RawEnv *env);
extern void written_names(const uint64_t *const words[2], uint8_t *const flags[2],
						  const size_t nwords[2], const RawEnv *env);

#endif							/* WRITTEN_H */
