/*-------------------------------------------------------------------------
 *
 * shingles.c
 *	  Words to shingles, and how often each occurs.
 *
 *-------------------------------------------------------------------------
 */
#include "shingles.h"

#include <string.h>

/* Lay an empty table out in the memory given. */
static void
set_table(ShingleCounter *counter, size_t nslots, void *memory)
{
	counter->n = 0;
	counter->hashes = memory;
	counter->counts = (uint32_t *) (counter->hashes + nslots / 2);
	counter->slots = counter->counts + nslots / 2;
	counter->nslots = nslots;
	counter->shift = 64;
	for (size_t n = nslots; n > 1; n >>= 1)
		counter->shift--;
	memset(counter->slots, 0, nslots * sizeof(uint32_t));
}

/* Count a shingle "times" times. */
static inline void
count(ShingleCounter *counter, uint64_t hash, uint32_t times)
{
	size_t		slot = hash >> counter->shift;

	while (counter->slots[slot] != 0)
	{
		size_t		i = counter->slots[slot] - 1;

		if (counter->hashes[i] == hash)
		{
			counter->counts[i] += times;
			return;
		}
		slot = (slot + 1) & (counter->nslots - 1);
	}
	counter->hashes[counter->n] = hash;
	counter->counts[counter->n] = times;
	counter->slots[slot] = (uint32_t) ++counter->n;
}

/* Count the shingles of "length" words that lie within words in a row. */
static inline void
count_run(ShingleCounter *counter, const uint64_t *words, size_t nwords, size_t length)
{
	for (size_t i = 0; i + length <= nwords; i++)
	{
		uint64_t	shingle = 0;

		for (size_t j = 0; j < length; j++)
			shingle = shingle_extend(shingle, words[i + j]);
		count(counter, shingle, 1);
	}
}

/*
 * Begin to count the shingles of "length" words (1 to SHINGLE_MAX_WORDS) of
 * a text, in SHINGLES_MEMORY(nslots) bytes of the caller's, aligned for
 * uint64_t.
 */
void
shingles_init(ShingleCounter *counter, int length, size_t nslots, void *memory)
{
	counter->length = length;
	counter->ncarried = 0;
	set_table(counter, nslots, memory);
}

/* How many shingles can be counted before a larger table is needed. */
size_t
shingles_room(const ShingleCounter *counter)
{
	return counter->nslots / 2 - counter->n;
}

/*
 * Go on in other, larger memory, where nothing is counted yet: the caller
 * brings what was counted by shingles_restore(), as many shingles at a time as
 * it likes, and releases the old memory, which begins at counter->hashes.
 */
void
shingles_move(ShingleCounter *counter, size_t nslots, void *memory)
{
	set_table(counter, nslots, memory);
}

/* Count shingles as often as another table, or this one before, has them. */
void
shingles_restore(ShingleCounter *counter, const uint64_t *hashes,
				 const uint32_t *counts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		count(counter, hashes[i], counts[i]);
}

/*
 * Add the next words of the text, no more than shingles_room().
 */
void
shingles_add(ShingleCounter *counter, const uint64_t *words, size_t nwords)
{
	size_t		length = counter->length;
	size_t		ncarried = counter->ncarried;
	size_t		nfirst = nwords < length - 1 ? nwords : length - 1;
	uint64_t	seam[2 * SHINGLE_MAX_WORDS];
	size_t		keep;

	/* the shingles that begin in the words before */
	memcpy(seam, counter->carried, ncarried * sizeof(uint64_t));
	memcpy(seam + ncarried, words, nfirst * sizeof(uint64_t));
	count_run(counter, seam, ncarried + nfirst, length);

	/* those that begin in these; the usual length has a loop of its own */
	if (length == 2)
		count_run(counter, words, nwords, 2);
	else
		count_run(counter, words, nwords, length);

	/* the last words, which begin shingles that are not complete */
	if (nwords >= length - 1)
	{
		counter->ncarried = length - 1;
		memcpy(counter->carried, words + nwords - (length - 1), (length - 1) * sizeof(uint64_t));
	}
	else
	{
		keep = ncarried + nwords < length - 1 ? ncarried + nwords : length - 1;
		counter->ncarried = keep;
		memcpy(counter->carried, seam + ncarried + nwords - keep, keep * sizeof(uint64_t));
	}
}

/*
 * End the text.  One that is shorter than a shingle has its words for
 * shingles.  Needs room for a shingle's words.
 */
void
shingles_end(ShingleCounter *counter)
{
	if (counter->n > 0)
		return;
	for (int j = 0; j < counter->ncarried; j++)
		count(counter, shingle_extend(0, counter->carried[j]), 1);
}
