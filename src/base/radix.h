/*-------------------------------------------------------------------------
 *
 * radix.h
 *	  A radix sort (Knuth, The Art of Computer Programming, volume 3, section
 *	  5.2.5), for items of any type that have a key of 32 bits.
 *
 * A file that sorts defines these, and includes it:
 *
 *	  RADIX_SORT		the function that is made
 *	  RADIX_ITEM		the type of an item, which should be small
 *	  RADIX_KEY(item)	the key of one, a uint32_t
 *
 * It is stable: items of one key stay in their order.  No keys make it slow.
 *
 * Many items are divided by the highest digit first, for each pass from the
 * lowest up writes to 256 places at once, all over the memory: parts that stay
 * in the processor's second cache are several times faster.
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <string.h>

#include "base/rawenv.h"

#ifndef RADIX_H
#define RADIX_H

#define RADIX_DIGITS	4
#define RADIX_VALUES	256

/* So many bytes, twice, are at home in a second cache. */
#define RADIX_CACHED	((size_t) 512 * 1024)

/* Items between two looks for interrupts. */
#define RADIX_PIECE		((size_t) 64 * 1024)

/* Up to so many, an insertion sort is the fastest. */
#define RADIX_INSERTION	48

/* Turn counts by value into the places of the first of each. */
static inline void
radix_places(size_t *count)
{
	size_t		sum = 0;

	for (int i = 0; i < RADIX_VALUES; i++)
	{
		size_t		n = count[i];

		count[i] = sum;
		sum += n;
	}
}
#endif							/* RADIX_H */

#define RADIX_NAME2(name, part) name##_##part
#define RADIX_NAME1(name, part) RADIX_NAME2(name, part)
#define RADIX_NAME(part)		RADIX_NAME1(RADIX_SORT, part)
#define RADIX_DIGIT(item, i)	(RADIX_KEY(item) >> (i) * 8 & (RADIX_VALUES - 1))

static inline void
RADIX_NAME(by_insertion) (RADIX_ITEM * items, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		RADIX_ITEM	item = items[i];
		size_t		j = i;

		for (; j > 0 && RADIX_KEY(items[j - 1]) > RADIX_KEY(item); j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

/* Move the items to their places, in the order of one digit. */
static inline void
RADIX_NAME(scatter) (const RawEnv *env, const RADIX_ITEM * from, RADIX_ITEM * to, size_t n,
					 int digit, size_t *place)
{
	for (size_t i = 0; i < n;)
	{
		size_t		end = n - i < RADIX_PIECE ? n : i + RADIX_PIECE;

		env->check(env->arg);
		for (; i < end; i++)
			to[place[RADIX_DIGIT(from[i], digit)]++] = from[i];
	}
}

/*
 * Sort by the lowest "digits" digits, from the lowest up.  The result is in
 * scratch[] if "in_scratch", else in items[].
 */
static void
RADIX_NAME(up) (const RawEnv *env, RADIX_ITEM * items, RADIX_ITEM * scratch, size_t n,
				int digits, bool in_scratch)
{
	size_t		place[RADIX_DIGITS][RADIX_VALUES];
	RADIX_ITEM *from = items;
	RADIX_ITEM *to = scratch;

	if (n <= RADIX_INSERTION)
		RADIX_NAME(by_insertion) (items, n);
	else
	{
		memset(place, 0, sizeof(place));
		for (size_t i = 0; i < n;)
		{
			size_t		end = n - i < RADIX_PIECE ? n : i + RADIX_PIECE;

			env->check(env->arg);
			for (; i < end; i++)
			{
				place[0][RADIX_DIGIT(items[i], 0)]++;
				place[1][RADIX_DIGIT(items[i], 1)]++;
				place[2][RADIX_DIGIT(items[i], 2)]++;
				place[3][RADIX_DIGIT(items[i], 3)]++;
			}
		}

		for (int digit = 0; digit < digits; digit++)
		{
			RADIX_ITEM *swap = from;

			/* Do all have it in common? */
			if (place[digit][RADIX_DIGIT(items[0], digit)] == n)
				continue;
			radix_places(place[digit]);
			RADIX_NAME(scatter) (env, from, to, n, digit, place[digit]);
			from = to;
			to = swap;
		}
	}
	if (to == (in_scratch ? scratch : items))
		memcpy(to, from, n * sizeof(RADIX_ITEM));
}

/*
 * The same from the highest digit down, until the parts are small enough to
 * stay in the cache.
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): a level a digit */
RADIX_NAME(down) (const RawEnv *env, RADIX_ITEM * items, RADIX_ITEM * scratch, size_t n,
				  int digits, bool in_scratch)
{
	size_t		place[RADIX_VALUES];
	size_t		start = 0;

	if (n * sizeof(RADIX_ITEM) <= RADIX_CACHED || digits == 1)
	{
		if (n > 0)
			RADIX_NAME(up) (env, items, scratch, n, digits, in_scratch);
		return;
	}

	memset(place, 0, sizeof(place));
	for (size_t i = 0; i < n; i++)
	{
		raw_check(env, i);
		place[RADIX_DIGIT(items[i], digits - 1)]++;
	}
	if (place[RADIX_DIGIT(items[0], digits - 1)] == n)
	{
		RADIX_NAME(down) (env, items, scratch, n, digits - 1, in_scratch);
		return;
	}
	radix_places(place);
	RADIX_NAME(scatter) (env, items, scratch, n, digits - 1, place);

	/* Each place is now the end of its part. */
	for (int i = 0; i < RADIX_VALUES; i++)
	{
		RADIX_NAME(down) (env, scratch + start, items + start, place[i] - start, digits - 1, !in_scratch);
		start = place[i];
	}
}

/*
 * Sort n items by key.  scratch[] has room for n as well.  Of env only check()
 * is used.
 */
static void
RADIX_SORT(const RawEnv *env, RADIX_ITEM * items, RADIX_ITEM * scratch, size_t n)
{
	RADIX_NAME(down) (env, items, scratch, n, RADIX_DIGITS, false);
}

#undef RADIX_SORT
#undef RADIX_ITEM
#undef RADIX_KEY
#undef RADIX_NAME
#undef RADIX_NAME1
#undef RADIX_NAME2
#undef RADIX_DIGIT
