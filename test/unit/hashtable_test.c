/*-------------------------------------------------------------------------
 *
 * hashtable_test.c
 *	  Tables of hashes against plain loops; and how many looks they take for
 *	  hashes that were chosen to meet, by whoever doesn't know the secret.
 *
 *-------------------------------------------------------------------------
 */
#include "base/hashtable.h"
#include "env.h"
#include "tap.h"

/* Random hashes, of few values or of few bits, against a list. */
static bool
test_counts(uint32_t distinct, uint64_t mask)
{
	static uint64_t hashes[3000];
	static uint32_t counts[3000];
	HashCounts	table;
	uint32_t	n = 0;
	bool		good = true;

	hashcounts_init(&table, 1, &env);
	for (int round = 0; round < 3; round++)
	{
		for (int i = 0; i < 3000; i++)
		{
			uint64_t	hash = (random_below(distinct) * UINT64_C(0x9E3779B97F4A7C15)) & mask;
			uint32_t	k = 0;

			while (k < n && hashes[k] != hash)
				k++;
			good = good && hashcounts_find(&table, hash) == (k < n ? k : HASHCOUNTS_NONE);
			if (k == n)
			{
				hashes[n] = hash;
				counts[n++] = 0;
			}
			counts[k] += i;
			hashcounts_add(&table, hash, i);
			good = good && hashcounts_find(&table, hash) == k;
		}
		good = good && table.n == n && memcmp(table.hashes, hashes, n * sizeof(uint64_t)) == 0 &&
			memcmp(table.counts, counts, n * sizeof(uint32_t)) == 0;
		hashcounts_clear(&table);
		for (size_t i = 0; i < table.table.nslots; i++)
			good = good && table.table.slots[i] == 0;
		n = 0;
	}
	hashcounts_free(&table);
	return good && allocated == 0;
}

/* Hashes that meet in every table whose slots are told by bits of theirs. */

static uint64_t
without_high_bits(uint64_t i)
{
	return (i * UINT64_C(0x9E3779B97F4A7C15)) >> 20;
}

static uint64_t
without_middle_bits(uint64_t i)
{
	return (i * UINT64_C(0x9E3779B97F4A7C15)) & ~(UINT64_C(0xFFFFFFF) << 24);
}

static uint64_t
without_low_bits(uint64_t i)
{
	return i << 32;
}

static uint64_t
with_equal_halves(uint64_t i)
{
	return i << 32 | i;
}

static uint64_t
in_a_row(uint64_t i)
{
	return i;
}

static uint64_t
on_a_lattice(uint64_t i)
{
	return i * UINT64_C(0x9E3779B97F4A7C15);
}

/* Looks that it takes to enter n hashes. */
static void
test_looks(const char *what, uint64_t (*hash) (uint64_t i))
{
	const uint32_t n = 50000;
	HashCounts	table;
	uint64_t	looks;

	hashcounts_init(&table, 1024, &env);
	checks = 0;
	for (uint32_t i = 0; i < n; i++)
		hashcounts_number(&table, hash(i));
	looks = checks * 16384;
	ok(table.n == n && looks < 30 * (uint64_t) n, "hashes %s: %lu looks for %u", what,
	   (unsigned long) looks, n);
	hashcounts_free(&table);
}

/* Looks are counted, so that even the worst can be interrupted. */
static void
test_checks(void)
{
	HashTable	table;

	hashtable_init(&table, 65536, &env);
	checks = 0;
	for (uint32_t i = 0; i < 2000; i++)
		hashtable_enter(&table, 5, i);
	ok(checks == 2000 * 1999 / 2 / 16384, "%lu checks while 2000 entries of one hash come",
	   (unsigned long) checks);
	hashtable_free(&table);
}

int
main(void)
{
	ok(test_counts(10, UINT64_MAX), "few hashes");
	ok(test_counts(3000, UINT64_MAX), "many hashes");
	ok(test_counts(3000, UINT64_C(0xFFF)), "hashes of 12 bits");
	ok(test_counts(3000, UINT64_C(0xFFF) << 52), "hashes of the highest 12 bits");
	test_looks("without high bits", without_high_bits);
	test_looks("without middle bits", without_middle_bits);
	test_looks("without low bits", without_low_bits);
	test_looks("with equal halves", with_equal_halves);
	test_looks("in a row", in_a_row);
	test_looks("on a lattice", on_a_lattice);
	test_checks();
	return done_testing();
}
