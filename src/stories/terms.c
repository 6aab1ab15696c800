/*-------------------------------------------------------------------------
 *
 * terms.c
 *	  The terms of an article: words and pairs of adjacent words.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/terms.h"

#include <string.h>

#include "text/shingles.h"

/* Begin to read a title or a body. */
void
term_reader_begin(TermReader *reader, bool title)
{
	reader->title = title;
	reader->nwords = 0;
	reader->before[0] = 0;
	reader->before[1] = 0;
	reader->run = 0;
}

int
term_reader_word(TermReader *reader, uint64_t word, bool solo, ReadTerm terms[2], uint32_t *times)
{
	uint64_t	pair = shingle_extend(shingle_extend(0, reader->before[0]), word);
	int			n = 0;

	*times = reader->title || reader->nwords < TERMS_LEAD_WORDS ? 2 : 1;
	if (!solo)
	{
		terms[n++] = (ReadTerm) {word & ~UINT64_C(1), 1};
		if (reader->nwords > 0)
			terms[n++] = (ReadTerm) {pair | 1, 2};
		reader->run = 0;
	}
	else if (reader->run == 0)
	{
		terms[n++] = (ReadTerm) {word & ~UINT64_C(1), 1};
		reader->run = 1;
	}
	else
	{
		terms[n++] = (ReadTerm) {pair & ~UINT64_C(1), 2};
		if (reader->run == 2)
		{
			uint64_t	first = shingle_extend(shingle_extend(0, reader->before[1]), reader->before[0]);

			terms[n++] = (ReadTerm) {shingle_extend(first, word) | 1, 3};
		}
		reader->run = 2;
	}
	reader->before[1] = reader->before[0];
	reader->before[0] = word;
	if (reader->nwords < TERMS_LEAD_WORDS)
		reader->nwords++;
	return n;
}

void
terms_key_add(TermsKey *key, uint64_t hash, uint32_t times)
{
	uint64_t	mixed = (hash ^ hash >> 29) * SHINGLE_MULTIPLIER;

	key->part[0] += hash * times;
	key->part[1] += (mixed ^ mixed >> 32) * times;
}
