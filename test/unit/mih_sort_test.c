/*-------------------------------------------------------------------------
 *
 * mih_sort_test.c
 *	  Sorting the entries of lists, against qsort().
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "env.h"
#include "mih/mih_sort.h"
#include "tap.h"

#define MAX_N	300000

static int
compare(const void *a, const void *b)
{
	const MihEntry *x = a;
	const MihEntry *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Keys that have bits of the mask only. */
static void
test(size_t n, uint32_t mask)
{
	static MihEntry entry[MAX_N];
	static MihEntry expected[MAX_N];
	static MihEntry scratch[MAX_N];
	uint32_t	row = 0;

	for (size_t i = 0; i < n; i++)
		entry[i] = (MihEntry) {(uint32_t) random_word() & mask, row += 1 + random_below(3)};
	memcpy(expected, entry, n * sizeof(MihEntry));
	qsort(expected, n, sizeof(MihEntry), compare);
	mih_sort_entries(&env, entry, scratch, n);
	ok(memcmp(entry, expected, n * sizeof(MihEntry)) == 0,
	   "%zu entries of keys %08x", n, (unsigned) mask);
}

int
main(void)
{
	static const size_t sizes[] = {0, 1, 2, 3, 255, 1000, MAX_N};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		test(sizes[i], 0xffffffff);
		test(sizes[i], 0);
		test(sizes[i], 0xff00);
		test(sizes[i], 0x80000001);
		test(sizes[i], 0x00ffff00);
	}
	return done_testing();
}
