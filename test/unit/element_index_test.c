/*-------------------------------------------------------------------------
 *
 * element_index_test.c
 *	  The index of elements against looking at every set, and the order of
 *	  rare elements against sorting.
 *
 *-------------------------------------------------------------------------
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "textsketch/element_index.h"
#include "env.h"
#include "tap.h"

#define MAX_SETS	300
#define MAX_SIZE	40

static uint32_t sets[MAX_SETS][MAX_SIZE];
static uint32_t sizes[MAX_SETS];

/* A few elements are common, most are rare; none twice in a set. */
static void
make_sets(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		sizes[i] = 0;
		for (uint32_t k = random_below(MAX_SIZE + 1); k > 0; k--)
		{
			uint32_t	element = random_below(3) == 0 ? random_below(20) :
				random_below(2000) * UINT32_C(2147483);
			bool		repeated = false;

			for (uint32_t j = 0; j < sizes[i]; j++)
				repeated = repeated || sets[i][j] == element;
			if (!repeated)
				sets[i][sizes[i]++] = element;
		}
	}
}

static uint32_t
common(uint32_t a, uint32_t b)
{
	uint32_t	n = 0;

	for (uint32_t i = 0; i < sizes[a]; i++)
		for (uint32_t j = 0; j < sizes[b]; j++)
			n += sets[a][i] == sets[b][j];
	return n;
}

/* How many sets have an element? */
static uint32_t
frequency(uint32_t n, uint32_t element)
{
	uint32_t	result = 0;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < sizes[i]; k++)
			result += sets[i][k] == element;
	return result;
}

/* The elements that two sets have in common, but those of more than "most" sets. */
static uint32_t
common_rare(uint32_t n, uint32_t a, uint32_t b, uint32_t most)
{
	uint32_t	result = 0;

	for (uint32_t i = 0; i < sizes[a]; i++)
		for (uint32_t j = 0; j < sizes[b]; j++)
			result += sets[a][i] == sets[b][j] && frequency(n, sets[a][i]) <= most;
	return result;
}

static bool
test_search(uint32_t n)
{
	ElementIndex index;
	uint32_t	elements = 0;
	uint32_t	most = random_below(20);
	bool		good = true;

	make_sets(n);
	for (uint32_t i = 0; i < n; i++)
		elements += sizes[i];
	element_index_init(&index, n, elements, &env);
	for (uint32_t i = 0; i < n; i++)
		element_index_add(&index, sets[i], sizes[i], &env);
	element_index_build(&index, &env);

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	limit = random_below(n + 1);
		uint32_t	least = 1 + random_below(5);
		uint32_t	found = element_index_search(&index, sets[i], sizes[i], limit, least, &env);
		bool		seen[MAX_SETS] = {false};

		for (uint32_t k = 0; k < found; k++)
		{
			good = good && !seen[index.found[k]];
			seen[index.found[k]] = true;
		}
		for (uint32_t j = 0; j < n; j++)
			good = good && seen[j] == (j < limit && common(i, j) >= least);
	}

	element_index_prune(&index, most, &env);
	for (uint32_t i = 0; i < n && i < 10; i++)
	{
		uint32_t	found = element_index_search(&index, sets[i], sizes[i], n, 1, &env);
		uint32_t	expected = 0;

		for (uint32_t j = 0; j < n; j++)
			expected += common_rare(n, i, j, most) > 0;
		good = good && found == expected;
	}
	element_index_free(&index, &env);
	return good && allocated == 0;
}

static int
compare_keys(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* With a counter for each of few elements, the order is known. */
static bool
test_rarest(void)
{
	ElementCounts counts;
	uint32_t	times[64] = {0};
	bool		good = true;

	element_counts_init(&counts, 20, &env);
	for (int i = 0; i < 500; i++)
	{
		uint32_t	element = random_below(8) * random_below(8);

		element_counts_add(&counts, &element, 1, &env);
		times[element]++;
	}
	for (int round = 0; round < 2000; round++)
	{
		uint32_t	elements[64];
		uint64_t	expected[64];
		uint64_t	keys[64];
		uint32_t	n = 0;
		uint32_t	keep;

		for (uint32_t element = 0; element < 64; element++)
		{
			if (random_below(2) == 0)
				continue;
			expected[n] = (uint64_t) times[element] << 32 | element;
			elements[n++] = element;
		}
		keep = random_below(n + 2);
		element_counts_rarest(&counts, elements, n, keep, keys, &env);
		qsort(expected, n, sizeof(uint64_t), compare_keys);
		for (uint32_t i = 0; i < n; i++)
		{
			bool		front = false;

			for (uint32_t j = 0; j < keep && j < n; j++)
				front = front || elements[j] == (uint32_t) expected[i];
			good = good && front == (i < keep);
		}
	}
	env.free(env.arg, counts.counts);
	return good && allocated == 0;
}

int
main(void)
{
	bool		good = true;

	ok(test_search(0), "index of no set");
	ok(test_search(1), "index of one set");
	for (int round = 0; round < 20; round++)
		good = good && test_search(1 + random_below(MAX_SETS));
	ok(good, "searches find what looking at every set finds");
	ok(test_rarest(), "the rarest elements come first");
	return done_testing();
}
