/*-------------------------------------------------------------------------
 *
 * radix_test.c
 *	  The radix sort against qsort(), of items that tell their order.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "env.h"
#include "tap.h"

typedef struct Item
{
	uint32_t	key;
	uint32_t	place;
} Item;

#define RADIX_SORT sort_items
#define RADIX_ITEM Item
#define RADIX_KEY(item) ((item).key)
#include "base/radix.h"

#define RADIX_SORT sort_numbers
#define RADIX_ITEM uint32_t
#define RADIX_KEY(item) (item)
#include "base/radix.h"

#define MAX_N	300000

static int
compare(const void *a, const void *b)
{
	const Item *x = a;
	const Item *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Keys that have bits of the mask only. */
static void
test(size_t n, uint32_t mask)
{
	static Item items[MAX_N];
	static Item expected[MAX_N];
	static Item scratch[MAX_N];
	static uint32_t numbers[MAX_N];
	static uint32_t numbers_scratch[MAX_N];
	bool		same = true;

	for (size_t i = 0; i < n; i++)
	{
		items[i] = (Item) {(uint32_t) random_word() & mask, (uint32_t) i};
		numbers[i] = items[i].key;
	}
	memcpy(expected, items, n * sizeof(Item));
	qsort(expected, n, sizeof(Item), compare);
	checks = 0;
	sort_items(&env, items, scratch, n);
	sort_numbers(&env, numbers, numbers_scratch, n);
	for (size_t i = 0; i < n; i++)
		same = same && numbers[i] == expected[i].key;
	ok(same && memcmp(items, expected, n * sizeof(Item)) == 0 && checks >= n / RADIX_PIECE,
	   "%zu items of keys %08x", n, (unsigned) mask);
}

int
main(void)
{
	static const size_t sizes[] = {0, 1, 2, 3, RADIX_INSERTION, RADIX_INSERTION + 1, 255, 1000,
	RADIX_CACHED / sizeof(Item), RADIX_CACHED / sizeof(Item) + 1, MAX_N};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		test(sizes[i], 0xffffffff);
		test(sizes[i], 0);
		test(sizes[i], 0xff00);
		test(sizes[i], 0x80000001);
		test(sizes[i], 0x00ffff00);
		test(sizes[i], 0xff000000);
	}
	return done_testing();
}
