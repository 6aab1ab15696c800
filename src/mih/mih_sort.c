/*-------------------------------------------------------------------------
 *
 * mih_sort.c
 *	  Sorting the entries of lists.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_sort.h"

#include <string.h>

#define DIGIT_BITS	8
#define DIGITS		(32 / DIGIT_BITS)
#define VALUES		(1 << DIGIT_BITS)
#define DIGIT(key, i)	((key) >> (i) * DIGIT_BITS & (VALUES - 1))

/* So many entries, twice, are at home in a processor's second cache. */
#define CACHED		(64 * 1024)

/* Turn counts by value into the places of the first of each. */
static void
counts_to_places(size_t *count)
{
	size_t		sum = 0;

	for (int i = 0; i < VALUES; i++)
	{
		size_t		n = count[i];

		count[i] = sum;
		sum += n;
	}
}

/* Move the entries to their places, in the order of one digit. */
static void
scatter(const MihEntry *from, MihEntry *to, size_t n, int digit, size_t *place)
{
	for (size_t i = 0; i < n; i++)
		to[place[DIGIT(from[i].key, digit)]++] = from[i];
}

/*
 * Sort by the lowest "digits" digits, from the lowest up.  The result is in
 * scratch[] if "in_scratch", else in entry[].
 */
static void
sort_up(const RawEnv *env, MihEntry *entry, MihEntry *scratch, size_t n, int digits,
		bool in_scratch)
{
	size_t		place[DIGITS][VALUES];
	MihEntry   *from = entry;
	MihEntry   *to = scratch;

	memset(place, 0, digits * sizeof(place[0]));
	for (size_t i = 0; i < n; i++)
		for (int digit = 0; digit < digits; digit++)
			place[digit][DIGIT(entry[i].key, digit)]++;

	for (int digit = 0; digit < digits; digit++)
	{
		MihEntry   *swap = from;

		/* Do all have it in common? */
		if (place[digit][DIGIT(entry[0].key, digit)] == n)
			continue;
		env->check(env->arg);
		counts_to_places(place[digit]);
		scatter(from, to, n, digit, place[digit]);
		from = to;
		to = swap;
	}
	if (to == (in_scratch ? scratch : entry))
		memcpy(to, from, n * sizeof(MihEntry));
}

/*
 * The same from the highest digit down, until the parts are small enough to
 * stay in the cache.
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): a level a digit */
sort_down(const RawEnv *env, MihEntry *entry, MihEntry *scratch, size_t n, int digits,
		  bool in_scratch)
{
	size_t		place[VALUES] = {0};
	size_t		start = 0;

	if (n <= CACHED || digits == 1)
	{
		if (n > 0)
			sort_up(env, entry, scratch, n, digits, in_scratch);
		return;
	}

	env->check(env->arg);
	for (size_t i = 0; i < n; i++)
		place[DIGIT(entry[i].key, digits - 1)]++;
	if (place[DIGIT(entry[0].key, digits - 1)] == n)
	{
		sort_down(env, entry, scratch, n, digits - 1, in_scratch);
		return;
	}
	counts_to_places(place);
	scatter(entry, scratch, n, digits - 1, place);

	/* Each place is now the end of its part. */
	for (int i = 0; i < VALUES; i++)
	{
		sort_down(env, scratch + start, entry + start, place[i] - start, digits - 1, !in_scratch);
		start = place[i];
	}
}

/*
 * A radix sort, stable (Knuth, The Art of Computer Programming, volume 3,
 * section 5.2.5): entries that come in the order of rows go out in the order
 * of keys, then rows.
 */
void
mih_sort_entries(const RawEnv *env, MihEntry *entry, MihEntry *scratch, size_t n)
{
	sort_down(env, entry, scratch, n, DIGITS, false);
}
