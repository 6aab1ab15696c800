/*-------------------------------------------------------------------------
 *
 * mih_probe_test.c
 *	  Bands, keys and probes against definitions that go bit by bit.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "env.h"
#include "mih/mih_probe.h"
#include "tap.h"

#define MAX_BITS	1024

static int
code_bit(const unsigned char *code, int bit)
{
	return (code[bit / 8] >> (7 - bit % 8)) & 1;
}

static int
slow_popcount(uint32_t x)
{
	int			n = 0;

	for (; x != 0; x >>= 1)
		n += x & 1;
	return n;
}

static bool
wanted(const MihProbe *probe, uint32_t key)
{
	return probe->head_radius >= 0 && (key & ~probe->used) == 0 &&
		slow_popcount((key ^ probe->query) & probe->head) <= probe->head_radius &&
		slow_popcount(key ^ probe->query) <= probe->radius;
}

static void
random_code(unsigned char *code, int bits)
{
	for (int i = 0; i < bits / 8; i++)
		code[i] = (unsigned char) random_word();
}

/* Every bit of a code is in one band of the pair, and comes first in it. */
static bool
test_bands(int bits, int nbands)
{
	int			covered = 0;

	for (int list = 0; list < nbands; list++)
	{
		MihBand		band = mih_band(bits, nbands, list);
		unsigned char code[MAX_BITS / 8];
		uint32_t	expected = 0;

		if (band.first != covered || band.width < 8 || band.width > 32)
			return false;
		covered += band.width;

		if (list % 2 == 0 ? band.more != band.first + band.width :
			band.more != mih_band(bits, nbands, list - 1).first)
			return false;

		random_code(code, bits);
		for (int i = 0; i < 32; i++)
		{
			MihBand		other = mih_band(bits, nbands, list ^ 1);
			int			bit = 0;

			if (i < band.width)
				bit = code_bit(code, band.first + i);
			else if (i < band.width + other.width)
				bit = code_bit(code, other.first + i - band.width);
			expected = expected << 1 | (uint32_t) bit;
		}
		if (mih_key(&band, bits, code) != expected)
			return false;
	}
	return covered == bits;
}

/*
 * The fewest bits that differ in a pair of bands, if it is found in neither
 * of its lists; MAX_BITS, if all are found.
 */
static int
fewest_to_escape(const MihProbe *one, const MihProbe *two, int width_one, int width_two)
{
	int			fewest = MAX_BITS;

	/* With more than radius + 1 differences, one less would do. */
	for (int i = 0; i <= width_one && i <= one->radius + 1; i++)
	{
		for (int j = 0; j <= width_two && i + j < fewest; j++)
		{
			if ((i > one->head_radius || i + j > one->radius) &&
				(j > two->head_radius || i + j > two->radius))
				fewest = i + j;
		}
	}
	return fewest;
}

/*
 * No code within the radius escapes.  Of a pair only the number of bits that
 * differ in each band matters, so all cases can be tried; to escape
 * altogether, a code has to escape every pair.
 */
static bool
test_radii(int bits, int nbands)
{
	unsigned char query[MAX_BITS / 8] = {0};
	MihProbe	probe[MIH_BANDS_LIMIT];

	for (int radius = 0; radius <= bits; radius++)
	{
		int			escape = 0;

		mih_probes(bits, nbands, query, radius, probe);
		for (int list = 0; list < nbands; list += 2)
			escape += fewest_to_escape(&probe[list], &probe[list + 1],
									   mih_band(bits, nbands, list).width,
									   mih_band(bits, nbands, list + 1).width);
		if (escape <= radius)
			return false;
	}
	return true;
}

/* The same with codes and keys: random ones within the radius are found. */
static bool
test_codes(int bits, int nbands)
{
	MihProbe	probe[MIH_BANDS_LIMIT];

	for (int round = 0; round < 200; round++)
	{
		unsigned char query[MAX_BITS / 8];
		unsigned char code[MAX_BITS / 8];
		int			radius = (int) random_below(round % 2 ? bits / 2 : bits / 8);
		int			first = (int) random_below(bits);
		int			spread = round % 3 ? bits : bits / 4;
		bool		found = false;

		random_code(query, bits);
		memcpy(code, query, bits / 8);
		for (int i = 0; i < radius; i++)
		{
			int			bit = (first + (int) random_below(spread)) % bits;

			code[bit / 8] ^= (unsigned char) (0x80 >> bit % 8);
		}

		mih_probes(bits, nbands, query, radius, probe);
		for (int list = 0; list < nbands && !found; list++)
		{
			MihBand		band = mih_band(bits, nbands, list);

			found = wanted(&probe[list], mih_key(&band, bits, code));
		}
		if (!found)
			return false;
	}
	return true;
}

/* The next wanted key, for every key of a pair of 16 bits. */
static bool
test_next_narrow(int head_width)
{
	for (int round = 0; round < 8; round++)
	{
		MihProbe	probe;
		uint32_t	expected = 0;
		bool		exists = false;

		probe.used = UINT32_C(0xffff0000);
		probe.head = probe.used << (16 - head_width);
		probe.query = (uint32_t) random_word() & probe.used;
		probe.head_radius = (int) random_below(head_width + 3) - 1;
		probe.radius = probe.head_radius + (int) random_below(10);

		for (uint32_t i = 0x10000; i-- > 0;)
		{
			uint32_t	key = i << 16;
			uint32_t	got = key + 1 + random_below(0xffff);
			bool		more = mih_probe_next(&probe, &got);

			/* From just above the key. */
			if (more != exists || (more && got != expected))
				return false;
			if (wanted(&probe, key))
			{
				exists = true;
				expected = key;
			}
			got = key;
			more = mih_probe_next(&probe, &got);
			if (more != exists || (more && got != expected))
				return false;
		}
	}
	return true;
}

/* All wanted keys of 32 bits one after the other: none left out. */
static bool
test_next_wide(int head_width)
{
	for (int round = 0; round < 30; round++)
	{
		MihProbe	probe;
		uint64_t	expected = 0;
		uint64_t	count = 0;
		uint32_t	key = 0;
		uint32_t	last = 0;

		probe.used = UINT32_C(0xffffffff);
		probe.head = (uint32_t) ~(UINT64_C(0xffffffff) >> head_width);
		probe.query = (uint32_t) random_word();
		probe.head_radius = (int) random_below(4);
		probe.radius = probe.head_radius + (int) random_below(3);

		for (int i = 0; i <= probe.head_radius && i <= head_width; i++)
		{
			uint64_t	heads = 1;
			uint64_t	rest = 1;

			for (int k = 0; k < i; k++)
				heads = heads * (head_width - k) / (k + 1);
			for (int j = 0; i + j <= probe.radius && j <= 32 - head_width; j++)
			{
				expected += heads * rest;
				rest = rest * (32 - head_width - j) / (j + 1);
			}
		}
		while (mih_probe_next(&probe, &key))
		{
			if (!wanted(&probe, key) || (count > 0 && key <= last))
				return false;
			count++;
			last = key;
			if (key == UINT32_MAX)
				break;
			key++;
		}
		if (count != expected)
			return false;
	}
	return true;
}

static int
compare_entries(const void *a, const void *b)
{
	uint32_t	x = ((const MihEntry *) a)->key;
	uint32_t	y = ((const MihEntry *) b)->key;

	return x < y ? -1 : x > y;
}

static bool
test_entries(void)
{
	static MihEntry entry[1100];
	static uint64_t candidate[1100];

	for (int round = 0; round < 300; round++)
	{
		size_t		n = random_below(1100);
		int			list = (int) random_below(MIH_BANDS_LIMIT);
		size_t		found;
		size_t		expected = 0;
		MihProbe	probe;

		probe.used = UINT32_C(0xffffffff);
		probe.head = (uint32_t) ~(UINT64_C(0xffffffff) >> (8 + random_below(25)));
		probe.query = (uint32_t) random_word();
		probe.head_radius = (int) random_below(12);
		probe.radius = probe.head_radius + (int) random_below(12);
		for (size_t i = 0; i < n; i++)
		{
			entry[i].key = (uint32_t) random_word();
			if (random_below(3) == 0)
				entry[i].key = probe.query ^ (entry[i].key & (uint32_t) random_word() &
											  (uint32_t) random_word());
			entry[i].row = (uint32_t) random_word();
		}
		qsort(entry, n, sizeof(MihEntry), compare_entries);

		found = mih_probe_entries(&probe, list, entry, n, candidate);
		for (size_t i = 0; i < n; i++)
		{
			if (!wanted(&probe, entry[i].key))
				continue;
			if (expected >= found ||
				candidate[expected] != MIH_CANDIDATE(entry[i].row, list,
													 slow_popcount(entry[i].key ^ probe.query)))
				return false;
			expected++;
		}
		if (found != expected)
			return false;
	}
	return true;
}

/* Of an inner page, exactly the entries with a wanted key below. */
static bool
test_inner(void)
{
	static MihEntry entry[1100];
	static uint32_t place[1100];

	for (int round = 0; round < 600; round++)
	{
		size_t		n = random_below(round % 2 ? 1100 : 20);
		uint32_t	high = UINT32_MAX;
		size_t		found;
		size_t		expected = 0;
		MihProbe	probe;

		probe.used = UINT32_C(0xffffffff);
		probe.head = (uint32_t) ~(UINT64_C(0xffffffff) >> (8 + random_below(25)));
		probe.query = (uint32_t) random_word();
		probe.head_radius = (int) random_below(5);
		probe.radius = probe.head_radius + (int) random_below(5);
		for (size_t i = 0; i < n; i++)
		{
			uint32_t	x = (uint32_t) random_word();

			entry[i].key = random_below(4) ? x : random_below(2) ? probe.query ^ (x & 0xff) : 0x12345678;
		}
		qsort(entry, n, sizeof(MihEntry), compare_entries);
		if (n > 0 && random_below(2))
			high = entry[n - 1].key + random_below(UINT32_MAX - entry[n - 1].key);

		found = mih_probe_inner(&probe, entry, n, high, place);
		for (size_t i = 0; i < n; i++)
		{
			uint32_t	key = entry[i].key;

			if (!mih_probe_next(&probe, &key) || key > (i + 1 < n ? entry[i + 1].key : high))
				continue;
			if (expected >= found || place[expected] != i)
				return false;
			expected++;
		}
		if (found != expected)
			return false;
	}
	return true;
}

/*
 * Lists of random codes, some near the query, probed with some slack: no row
 * within the radius is lost, and each that's chosen was a candidate, once.
 * *chosen and *candidates count them.
 */
static bool
test_choice(int bits, int nbands, int slack, size_t *candidates, size_t *chosen)
{
	enum {ROWS = 3000};
	static unsigned char codes[ROWS][MAX_BITS / 8];
	static uint64_t candidate[ROWS * MIH_BANDS_LIMIT];
	static uint64_t scratch[ROWS * MIH_BANDS_LIMIT];
	static uint32_t row[ROWS * MIH_BANDS_LIMIT];
	unsigned char query[MAX_BITS / 8];
	MihProbe	probe[MIH_BANDS_LIMIT];
	int			radius = (int) random_below(bits / 3);
	size_t		n = 0;
	size_t		found;
	size_t		next = 0;

	random_code(query, bits);
	mih_probes(bits, nbands, query, radius + slack, probe);
	for (int i = 0; i < ROWS; i++)
	{
		memcpy(codes[i], query, bits / 8);
		for (uint32_t flips = random_below(2 * radius + 3); flips > 0; flips--)
		{
			int			bit = (int) random_below(i % 2 ? bits : bits / 4);

			codes[i][bit / 8] ^= (unsigned char) (0x80 >> bit % 8);
		}
	}
	for (int list = 0; list < nbands; list++)
	{
		MihBand		band = mih_band(bits, nbands, list);

		for (uint32_t i = 0; i < ROWS; i++)
		{
			/* Rows come in the order of keys: in any, as it were. */
			MihEntry	entry = {0, i * 7 % ROWS};

			entry.key = mih_key(&band, bits, codes[entry.row]);
			if (probe[list].head_radius >= 0)
				n += mih_probe_entries(&probe[list], list, &entry, 1, candidate + n);
		}
	}

	*candidates += n;
	found = mih_choose_rows(probe, slack, candidate, scratch, n, row, &env);
	*chosen += found;
	for (uint32_t i = 0; i < ROWS; i++)
	{
		int			distance = 0;

		for (int bit = 0; bit < bits; bit++)
			distance += code_bit(codes[i], bit) != code_bit(query, bit);
		if (next < found && row[next] == i)
			next++;
		else if (distance <= radius)
			return false;
	}
	return next == found;
}

static bool
test_choices(void)
{
	size_t		candidates = 0;
	size_t		chosen = 0;

	for (int round = 0; round < 60; round++)
	{
		int			bits = 64 << random_below(4);
		int			least = MIH_MIN_BANDS(bits);
		int			nbands = least + 2 * (int) random_below((MIH_MAX_BANDS(bits) - least) / 2 + 1);

		if (!test_choice(bits, nbands, round % 6, &candidates, &chosen))
			return false;
	}
	printf("# of %zu candidates %zu rows\n", candidates, chosen);
	return chosen > 0;
}

int
main(void)
{
	ok(!mih_bands_valid(64, 0) && !mih_bands_valid(64, 3) && !mih_bands_valid(64, 10) &&
	   mih_bands_valid(64, 2) && mih_bands_valid(64, 8) && !mih_bands_valid(256, 6) &&
	   mih_bands_valid(256, 8) && mih_bands_valid(1024, MIH_BANDS_LIMIT),
	   "numbers of bands");

	for (int bits = 64; bits <= MAX_BITS; bits += 64)
	{
		bool		bands = true;
		bool		radii = true;
		bool		codes = true;

		for (int nbands = MIH_MIN_BANDS(bits); nbands <= MIH_MAX_BANDS(bits); nbands += 2)
		{
			bands = bands && test_bands(bits, nbands);
			radii = radii && test_radii(bits, nbands);
			codes = codes && test_codes(bits, nbands);
		}
		ok(mih_bands_valid(bits, mih_bands_default(bits)), "%d bits: default", bits);
		ok(bands, "%d bits: bands and keys", bits);
		ok(radii, "%d bits: no code within any radius escapes", bits);
		ok(codes, "%d bits: codes are found by their keys", bits);
	}

	for (int width = 1; width <= 16; width++)
		ok(test_next_narrow(width), "next key of 16 bits, %d in the band", width);
	for (int width = 8; width <= 32; width++)
		ok(test_next_wide(width), "all keys of 32 bits, %d in the band", width);
	ok(test_entries(), "entries");
	ok(test_inner(), "inner pages");
	ok(test_choices(), "choice of rows: none within the radius is lost");
	return done_testing();
}
