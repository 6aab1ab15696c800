/*-------------------------------------------------------------------------
 *
 * hamming_test.c
 *	  Every kernel of hamming.h that this processor can run, against
 *	  definitions that go bit by bit.
 *
 * Compiled with HAMMING_EMULATE_AVX512 the kernel for AVX-512 is tested on
 * any processor.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "hamming/hamming.h"
#include "tap.h"

#define MAX_CODES	150
#define MAX_BYTES	(MAX_CODES * HAMMING_MAX_WORDS * 8)

/* Larger than the 8 * 16 * 255 features after which byte counters are emptied. */
#define MAX_FEATURES 40000

static int
slow_distance(const unsigned char *a, const unsigned char *b, int words)
{
	int			distance = 0;

	for (int bit = 0; bit < 64 * words; bit++)
		distance += ((a[bit / 8] ^ b[bit / 8]) >> (bit % 8)) & 1;
	return distance;
}

/* Random bytes, of which some are all zeros and all ones. */
static void
random_bytes(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char) random_word();
	if (n >= 16 && random_below(4) == 0)
	{
		size_t		at = random_below((uint32_t) (n - 8));

		memset(p + at, random_below(2) ? 0xff : 0, 8);
	}
}

/* A copy of the query with some bits flipped, or random bytes. */
static void
random_code(unsigned char *code, const unsigned char *query, int words)
{
	uint32_t	kind = random_below(4);

	if (kind == 0)
		random_bytes(code, 8 * (size_t) words);
	else
	{
		memcpy(code, query, 8 * (size_t) words);
		for (uint32_t flips = random_below(kind == 1 ? 6 : 64 * words); flips > 0; flips--)
		{
			uint32_t	bit = random_below(64 * words);

			code[bit / 8] ^= (unsigned char) (1 << (bit % 8));
		}
		if (random_below(50) == 0)
		{
			for (int i = 0; i < 8 * words; i++)
				code[i] = (unsigned char) ~query[i];
		}
	}
}

static bool
test_distance(int words)
{
	static unsigned char a[HAMMING_MAX_WORDS * 8 + 8];
	static unsigned char b[HAMMING_MAX_WORDS * 8 + 8];

	for (int round = 0; round < 300; round++)
	{
		unsigned char *x = a + random_below(8);
		unsigned char *y = b + random_below(8);

		random_bytes(x, 8 * (size_t) words);
		random_code(y, x, words);
		if (hamming_distance(x, y, words) != slow_distance(x, y, words))
			return false;
	}
	return true;
}

static bool
test_scan(int words)
{
	static unsigned char buffer[MAX_BYTES + 8];
	static unsigned char query_buffer[HAMMING_MAX_WORDS * 8 + 8];
	const int	radii[] = {-1, 0, 1, 3, 64 * words / 4, 64 * words / 2,
	64 * words - 1, 64 * words, 64 * words + 1, INT32_MAX, INT32_MIN};

	for (int round = 0; round < 200; round++)
	{
		unsigned char *codes = buffer + random_below(8);
		unsigned char *query = query_buffer + random_below(8);
		size_t		n = random_below(MAX_CODES + 1);

		random_bytes(query, 8 * (size_t) words);
		for (size_t i = 0; i < n; i++)
			random_code(codes + 8 * words * i, query, words);

		for (size_t r = 0; r < sizeof(radii) / sizeof(radii[0]) + 3; r++)
		{
			int			radius = r < sizeof(radii) / sizeof(radii[0]) ? radii[r] :
				(int) random_below(64 * words);
			uint32_t	match[MAX_CODES];
			uint16_t	distance[MAX_CODES];
			size_t		found = hamming_scan(query, codes, n, words, radius,
											 match, distance);
			size_t		expected = 0;

			for (size_t i = 0; i < n; i++)
			{
				int			d = slow_distance(query, codes + 8 * words * i, words);

				if (d > radius)
					continue;
				if (expected >= found || match[expected] != i || distance[expected] != d)
					return false;
				expected++;
			}
			if (found != expected)
				return false;
		}
	}
	return true;
}

/* A join is a scan for each query. */
static bool
test_join(int words)
{
	static unsigned char queries[30 * HAMMING_MAX_WORDS * 8 + 8];
	static unsigned char codes[MAX_BYTES + 8];
	static uint32_t query[30 * MAX_CODES],
				match[30 * MAX_CODES];
	static uint16_t distance[30 * MAX_CODES];

	for (int round = 0; round < 300; round++)
	{
		unsigned char *q = queries + random_below(8);
		unsigned char *c = codes + random_below(8);
		size_t		nqueries = random_below(31);
		size_t		n = random_below(round % 2 ? 20 : MAX_CODES + 1);
		int			radius = (int) random_below(64 * words + 2) - 1;
		size_t		found;
		size_t		expected = 0;

		random_bytes(q, 8 * (size_t) words);
		for (size_t i = 1; i < nqueries; i++)
			random_code(q + 8 * words * i, q, words);
		for (size_t i = 0; i < n; i++)
			random_code(c + 8 * words * i, q, words);

		found = hamming_join(q, nqueries, c, n, words, radius, query, match, distance);
		for (size_t i = 0; i < nqueries; i++)
		{
			uint32_t	m[MAX_CODES];
			uint16_t	d[MAX_CODES];
			size_t		k = hamming_scan(q + 8 * words * i, c, n, words, radius, m, d);

			for (size_t j = 0; j < k; j++, expected++)
			{
				if (expected >= found || query[expected] != i ||
					match[expected] != m[j] || distance[expected] != d[j])
					return false;
			}
		}
		if (found != expected)
			return false;
	}
	return true;
}

static bool
test_filter(void)
{
	static uint32_t buffer[2 * MAX_CODES + 1];
	uint32_t	value[MAX_CODES];
	uint16_t	distance[MAX_CODES];

	for (int round = 0; round < 2000; round++)
	{
		uint32_t   *entries = buffer + random_below(2);
		size_t		n = random_below(MAX_CODES + 1);
		uint32_t	query = (uint32_t) random_word();
		uint32_t	head = ~(uint32_t) (UINT64_C(0xffffffff) >> random_below(33));
		int			head_radius = (int) random_below(20) - 1;
		int			radius = (int) random_below(34) - 1;
		size_t		found;
		size_t		expected = 0;

		for (size_t i = 0; i < n; i++)
		{
			uint32_t	x = (uint32_t) random_word();

			entries[2 * i] = random_below(2) ? x :
				query ^ (x & (uint32_t) random_word() & (uint32_t) random_word());
			entries[2 * i + 1] = (uint32_t) random_word();
		}
		found = hamming_filter(entries, n, query, head, head_radius, radius, value, distance);
		for (size_t i = 0; i < n; i++)
		{
			uint64_t	all = entries[2 * i] ^ query;
			uint64_t	in_head = all & head;
			uint64_t	zero = 0;

			if (slow_distance((unsigned char *) &in_head, (unsigned char *) &zero, 1) > head_radius ||
				slow_distance((unsigned char *) &all, (unsigned char *) &zero, 1) > radius)
				continue;
			if (expected >= found || value[expected] != entries[2 * i + 1] ||
				distance[expected] != slow_distance((unsigned char *) &all, (unsigned char *) &zero, 1))
				return false;
			expected++;
		}
		if (found != expected)
			return false;
	}
	return true;
}

static bool
test_features(int words)
{
	static uint64_t features[MAX_FEATURES];

	for (int round = 0; round < 60; round++)
	{
		uint64_t	multiplier[HAMMING_MAX_WORDS];
		uint32_t	counts[64 * HAMMING_MAX_WORDS];
		uint32_t	expected[64 * HAMMING_MAX_WORDS];
		size_t		n = random_below(round < 55 ? 300 : MAX_FEATURES);
		uint64_t	bits[HAMMING_MAX_WORDS];
		uint32_t	weight = (uint32_t) random_word();

		for (size_t i = 0; i < n; i++)
			features[i] = round % 5 == 0 ? 1 : random_word();
		for (int j = 0; j < words; j++)
			multiplier[j] = random_word() | 1;
		for (int i = 0; i < 64 * words; i++)
			counts[i] = expected[i] = (uint32_t) random_word();

		for (size_t f = 0; f < n; f++)
		{
			for (int j = 0; j < words; j++)
			{
				uint64_t	p = (features[f] ^ features[f] >> 32) * multiplier[j];

				p ^= p >> 32;
				for (int i = 0; i < 64; i++)
					expected[64 * j + i] += p >> (63 - i) & 1;
			}
		}
		feature_count(counts, features, n, multiplier, words);
		if (memcmp(counts, expected, 64 * words * sizeof(uint32_t)) != 0)
			return false;

		for (int j = 0; j < words; j++)
		{
			bits[j] = random_word();
			for (int i = 0; i < 64; i++)
				expected[64 * j + i] += (bits[j] >> (63 - i) & 1) ? weight : 0;
		}
		feature_weigh(counts, bits, words, weight);
		if (memcmp(counts, expected, 64 * words * sizeof(uint32_t)) != 0)
			return false;
	}
	return true;
}

int
main(void)
{
	ok(strcmp(hamming_kernel(), "portable") == 0, "portable kernel before hamming_init()");
	hamming_init();
	printf("# chosen here: %s\n", hamming_kernel());
	ok(!hamming_force("no such kernel"), "unknown kernel refused");

	for (int k = 0; hamming_kernel_name(k) != NULL; k++)
	{
		const char *name = hamming_kernel_name(k);

		ok(hamming_force(name) && strcmp(hamming_kernel(), name) == 0, "%s: in use", name);
		ok(test_filter(), "%s: filter", name);
		for (int words = 1; words <= HAMMING_MAX_WORDS; words++)
		{
			ok(test_distance(words), "%s: distance, %d words", name, words);
			ok(test_scan(words), "%s: scan, %d words", name, words);
			ok(test_join(words), "%s: join, %d words", name, words);
			ok(test_features(words), "%s: bit counts, %d words", name, words);
		}
	}
	return done_testing();
}
