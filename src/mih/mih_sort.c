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
#define DIGIT(key, i)	((key) >> (i) * DIGIT_BITS & ((1 << DIGIT_BITS) - 1))

/*
 * A radix sort, from the lowest digit up (Knuth, The Art of Computer
 * Programming, volume 3, section 5.2.5).  It is stable: entries that come in
 * the order of rows go out in the order of keys, then rows.  A digit that all
 * keys have in common costs nothing.
 */
void
mih_sort_entries(const RawEnv *env, MihEntry *entry, MihEntry *scratch, size_t n)
{
	size_t		start[DIGITS][1 << DIGIT_BITS];
	MihEntry   *from = entry;
	MihEntry   *to = scratch;

	if (n == 0)
		return;

	memset(start, 0, sizeof(start));
	for (size_t i = 0; i < n; i++)
		for (int digit = 0; digit < DIGITS; digit++)
			start[digit][DIGIT(entry[i].key, digit)]++;

	for (int digit = 0; digit < DIGITS; digit++)
	{
		size_t	   *place = start[digit];
		size_t		sum = 0;
		MihEntry   *swap;

		if (place[DIGIT(entry[0].key, digit)] == n)
			continue;
		env->check(env->arg);
		for (int i = 0; i < 1 << DIGIT_BITS; i++)
		{
			size_t		count = place[i];

			place[i] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++)
			to[place[DIGIT(from[i].key, digit)]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != entry)
		memcpy(entry, from, n * sizeof(MihEntry));
}
