/*-------------------------------------------------------------------------
 *
 * shingles.c
 *	  Words to shingles, and how often each occurs.
 *
 *-------------------------------------------------------------------------
 */
#include "text/shingles.h"

#include <string.h>

/* Count the shingles of "length" words that lie within words in a row. */
static void
count_run(HashCounts *counts, const uint64_t *words, size_t nwords, size_t length)
{
	/* the usual length has a loop of its own */
	for (size_t i = 0; length == 2 && i + 1 < nwords; i++)
		hashcounts_add(counts, shingle_extend(shingle_extend(0, words[i]), words[i + 1]), 1);
	for (size_t i = 0; length != 2 && i + length <= nwords; i++)
	{
		uint64_t	shingle = 0;

		for (size_t j = 0; j < length; j++)
			shingle = shingle_extend(shingle, words[i + j]);
		hashcounts_add(counts, shingle, 1);
	}
}

/*
 * Begin to count the shingles of "length" words (1 to SHINGLE_MAX_WORDS) of
 * a text.  "room", a power of two, is how many there may be before memory is
 * made larger.
 */
void
shingles_init(ShingleCounter *counter, int length, uint32_t room, const RawEnv *env)
{
	counter->length = length;
	counter->ncarried = 0;
	hashcounts_init(&counter->shingles, room, env);
}

/* Add the next words of the text. */
void
shingles_add(ShingleCounter *counter, const uint64_t *words, size_t nwords)
{
	HashCounts *shingles = &counter->shingles;
	size_t		length = counter->length;
	size_t		ncarried = counter->ncarried;
	size_t		nfirst = nwords < length - 1 ? nwords : length - 1;
	uint64_t	seam[2 * SHINGLE_MAX_WORDS];
	size_t		keep;

	/* the shingles that begin in the words before */
	memcpy(seam, counter->carried, ncarried * sizeof(uint64_t));
	memcpy(seam + ncarried, words, nfirst * sizeof(uint64_t));
	count_run(shingles, seam, ncarried + nfirst, length);

	/* those that begin in these */
	count_run(shingles, words, nwords, length);

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
 * shingles.
 */
void
shingles_end(ShingleCounter *counter)
{
	if (counter->shingles.n == 0)
		count_run(&counter->shingles, counter->carried, counter->ncarried, 1);
}

void
shingles_free(ShingleCounter *counter)
{
	hashcounts_free(&counter->shingles);
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

static int
compare_hashes(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
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
shingles_repeats(const uint64_t *shingles, size_t n, void *memory, size_t *nrepeats,
				 const RawEnv *env)
{
	RepeatFinder finder;

	finder.repeats = memory;
	finder.nrepeats = 0;
	finder.left = (uint64_t *) (finder.repeats + n / 2);
	finder.met = (uint16_t *) (finder.left + n);
	finder.slots = finder.met + n;

	find_repeats(&finder, shingles, n, 0);
	find_repeats(&finder, finder.left, finder.nleft, 32);

	env->sort(finder.left, finder.nleft, sizeof(uint64_t), compare_hashes);
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
