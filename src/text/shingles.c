/*-------------------------------------------------------------------------
 *
 * shingles.c
 *	  Words to shingles, and how often each occurs.
 *
 *-------------------------------------------------------------------------
 */
#include "shingles.h"

#include <string.h>

/* Set the table; nslots is a power of two from 2 on. */
static void
set_table(ShingleCounter *counter, size_t nslots, uint64_t *hashes, uint32_t *counts)
{
	counter->shift = 64;
	for (size_t n = nslots; n > 1; n >>= 1)
		counter->shift--;
	counter->nslots = nslots;
	counter->nused = 0;
	counter->hashes = hashes;
	counter->counts = counts;
}

/* Count a shingle "times" times. */
static inline void
count(ShingleCounter *counter, uint64_t hash, uint32_t times)
{
	size_t		slot = hash >> counter->shift;

	while (counter->counts[slot] != 0)
	{
		if (counter->hashes[slot] == hash)
		{
			counter->counts[slot] += times;
			return;
		}
		slot = (slot + 1) & (counter->nslots - 1);
	}
	counter->hashes[slot] = hash;
	counter->counts[slot] = times;
	counter->nused++;
}

/*
 * Begin to count the shingles of "length" words (1 to SHINGLE_MAX_WORDS) of
 * a text, in a table of the caller's.
 */
void
shingles_init(ShingleCounter *counter, int length, size_t nslots,
			  uint64_t *hashes, uint32_t *counts)
{
	counter->length = length;
	counter->nwords = 0;
	counter->total = 0;
	set_table(counter, nslots, hashes, counts);
}

/* How many words can be added before the table needs more slots. */
size_t
shingles_room(const ShingleCounter *counter)
{
	return counter->nslots / 2 - counter->nused;
}

/*
 * Move to a larger table.  The old one is the caller's to release.
 */
void
shingles_move(ShingleCounter *counter, size_t nslots,
			  uint64_t *hashes, uint32_t *counts)
{
	ShingleCounter old = *counter;

	set_table(counter, nslots, hashes, counts);
	for (size_t slot = 0; slot < old.nslots; slot++)
	{
		if (old.counts[slot] != 0)
			count(counter, old.hashes[slot], old.counts[slot]);
	}
}

/*
 * Add the next words of the text, no more than shingles_room().
 */
void
shingles_add(ShingleCounter *counter, const uint64_t *words, size_t nwords)
{
	for (size_t i = 0; i < nwords; i++)
	{
		uint64_t	shingle = 0;

		if (counter->nwords == counter->length)
			memmove(counter->words, counter->words + 1,
					(counter->length - 1) * sizeof(uint64_t));
		else
			counter->nwords++;
		counter->words[counter->nwords - 1] = words[i];
		if (counter->nwords < counter->length)
			continue;

		for (int j = 0; j < counter->length; j++)
			shingle = shingle_extend(shingle, counter->words[j]);
		count(counter, shingle, 1);
		counter->total++;
	}
}

/*
 * End the text.  One that is shorter than a shingle has its words for
 * shingles.  Needs room for a shingle's words.
 */
void
shingles_end(ShingleCounter *counter)
{
	if (counter->nwords == counter->length)
		return;
	for (int j = 0; j < counter->nwords; j++)
	{
		count(counter, shingle_extend(0, counter->words[j]), 1);
		counter->total++;
	}
}
