/*-------------------------------------------------------------------------
 *
 * shingles.c
 *	  Words to shingles, and how often each occurs.
 *
 *-------------------------------------------------------------------------
 */
#include "text/shingles.h"

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

/*
 * The shingles of a text that is in memory, in the place of its words.
 * Returns how many they are.
 */
size_t
shingles_of_words(uint64_t *words, size_t nwords, int length)
{
	if (nwords < (size_t) length)
	{
		for (size_t i = 0; i < nwords; i++)
			words[i] = shingle_extend(0, words[i]);
		return nwords;
	}

	nwords -= length - 1;
	/* the usual length has a loop of its own */
	for (size_t i = 0; i < nwords && length == 2; i++)
		words[i] = shingle_extend(words[i], words[i + 1]);
	for (size_t i = 0; i < nwords && length != 2; i++)
	{
		uint64_t	shingle = words[i];

		for (int j = 1; j < length; j++)
			shingle = shingle_extend(shingle, words[i + j]);
		words[i] = shingle;
	}
	return nwords;
}

/* Shell's sort, which no order can make slow (gaps of Tokuda 1992). */
static void
sort_hashes(uint64_t *hashes, size_t n)
{
	size_t		gap = 1;

	while (gap < n)
		gap = gap * 9 / 4 + 1;
	while (gap > 1)
	{
		gap = gap * 4 / 9;
		if (gap < 1)
			gap = 1;
		for (size_t i = gap; i < n; i++)
		{
			uint64_t	hash = hashes[i];
			size_t		j = i;

			for (; j >= gap && hashes[j - gap] > hash; j -= gap)
				hashes[j] = hashes[j - gap];
			hashes[j] = hash;
		}
	}
}

/* A slot holds the number of a shingle, or, marked, of a repeat. */
#define REPEAT ((uint16_t) SHINGLES_TOGETHER)

typedef struct RepeatFinder
{
	ShingleRepeat *repeats;
	size_t		nrepeats;
	uint64_t   *left;			/* shingles not yet told from others */
	size_t		nleft;
	uint16_t   *met;			/* shingles that met another one in a slot */
	uint16_t   *slots;			/* eight a shingle at most */
} RepeatFinder;

/*
 * Find which of n shingles occur repeatedly, except those that are left.
 *
 * Most shingles occur once, and no branch should depend on which.  So each
 * puts its number into the slot of its hash, whatever is there.  Of the
 * shingles that meet in a slot the last one stays; those that don't are few,
 * and compared with it.  If they differ, they are left, and so are all that
 * equal them.  No slot is read that was not written, so they need no clearing.
 *
 * Slots are told by bits of the hash from bit "from" on.  shingles[] may be
 * finder->left, as what is left is fewer.
 */
static inline void
find_repeats(RepeatFinder *finder, const uint64_t *shingles, size_t n, int from)
{
	/* cppcheck-suppress ctuuninitvar; nleft is set here */
	uint16_t   *slots = finder->slots;
	uint16_t   *met = finder->met;
	size_t		nslots = 1;
	size_t		nmet = 0;
	size_t		nleft = 0;

	/* four slots a shingle at least */
	while (nslots < 4 * n)
		nslots *= 2;
#define SLOT(hash) ((hash) >> from & (nslots - 1))

	for (size_t i = 0; i < n; i++)
		slots[SLOT(shingles[i])] = (uint16_t) i;
	for (size_t i = 0; i < n; i++)
	{
		met[nmet] = (uint16_t) i;
		nmet += slots[SLOT(shingles[i])] != i;
	}

	for (size_t k = 0; k < nmet; k++)
	{
		uint64_t	hash = shingles[met[k]];
		uint16_t	other = slots[SLOT(hash)];

		if (other >= REPEAT && finder->repeats[other - REPEAT].hash == hash)
			finder->repeats[other - REPEAT].count++;
		else if (other < REPEAT && shingles[other] == hash)
		{
			slots[SLOT(hash)] = (uint16_t) (REPEAT + finder->nrepeats);
			finder->repeats[finder->nrepeats++] = (ShingleRepeat) {hash, 2};
		}
		else
			finder->left[nleft++] = hash;
	}
	finder->nleft = nleft;
#undef SLOT
}

/*
 * Which of n shingles (SHINGLES_TOGETHER at most) occur repeatedly.  Returns
 * them, *nrepeats, in the memory given: SHINGLES_REPEATS_MEMORY(n) bytes,
 * aligned for uint64_t.
 *
 * The few that are left by some bits of their hashes are mostly told by
 * others; what these leave, too, is sorted, so that no text can be slow.
 */
const ShingleRepeat *
shingles_repeats(const uint64_t *shingles, size_t n, void *memory, size_t *nrepeats)
{
	RepeatFinder finder;

	finder.repeats = memory;
	finder.nrepeats = 0;
	finder.left = (uint64_t *) (finder.repeats + n / 2);
	finder.met = (uint16_t *) (finder.left + n);
	finder.slots = finder.met + n;

	find_repeats(&finder, shingles, n, 0);
	find_repeats(&finder, finder.left, finder.nleft, 32);

	sort_hashes(finder.left, finder.nleft);
	for (size_t i = 0, end; i < finder.nleft; i = end)
	{
		for (end = i + 1; end < finder.nleft && finder.left[end] == finder.left[i]; end++)
			;
		if (end > i + 1)
			finder.repeats[finder.nrepeats++] = (ShingleRepeat) {finder.left[i], (uint32_t) (end - i)};
	}
	*nrepeats = finder.nrepeats;
	return finder.repeats;
}
