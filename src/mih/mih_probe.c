/*-------------------------------------------------------------------------
 *
 * mih_probe.c
 *	  Multi-index hashing: bands, keys, and the keys that a search wants.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_probe.h"

#include "hamming/hamming.h"

#define KEY_BITS	32

bool
mih_bands_valid(int bits, int nbands)
{
	return nbands % 2 == 0 &&
		nbands >= MIH_MIN_BANDS(bits) && nbands <= MIH_MAX_BANDS(bits);
}

/*
 * Bands of about 21 bits; of 16 for the narrowest codes.
 */
int
mih_bands_default(int bits)
{
	int			words = bits / 64;

	return 3 * words + words % 2;
}

MihBand
mih_band(int bits, int nbands, int list)
{
	int			pairs = nbands / 2;
	int			start = list / 2 * bits / pairs;
	int			end = (list / 2 + 1) * bits / pairs;
	int			middle = start + (end - start) / 2;
	MihBand		band;

	if (list % 2 == 0)
	{
		band.first = start;
		band.width = middle - start;
		band.more = middle;
		band.more_width = end - middle;
	}
	else
	{
		band.first = middle;
		band.width = end - middle;
		band.more = start;
		band.more_width = middle - start;
	}
	if (band.width + band.more_width > KEY_BITS)
		band.more_width = KEY_BITS - band.width;
	return band;
}

/* Eight bytes as a number: written so that compilers make one load of it. */
static inline uint64_t
load_word(const unsigned char *p)
{
	return (uint64_t) p[0] << 56 | (uint64_t) p[1] << 48 |
		(uint64_t) p[2] << 40 | (uint64_t) p[3] << 32 |
		(uint64_t) p[4] << 24 | (uint64_t) p[5] << 16 |
		(uint64_t) p[6] << 8 | (uint64_t) p[7];
}

/*
 * Bits first to first + width - 1 of the code, at most 32 of them, as a
 * number: out of the eight bytes around them.  The width may be 0.
 */
static inline uint64_t
code_bits(const unsigned char *code, int bits, int first, int width)
{
	int			byte = first / 8;

	/* A band that fills the key has none behind it. */
	if (width == 0)
		return 0;
	if (byte > bits / 8 - 8)
		byte = bits / 8 - 8;
	return (load_word(code + byte) >> (64 - (first - 8 * byte) - width)) & ((UINT64_C(1) << width) - 1);
}

uint32_t
mih_key(const MihBand *band, int bits, const void *code)
{
	uint64_t	key = code_bits(code, bits, band->first, band->width);

	key = key << band->more_width | code_bits(code, bits, band->more, band->more_width);
	return (uint32_t) (key << (KEY_BITS - band->width - band->more_width));
}

/* The highest n bits of a key, 0 <= n <= 32. */
static inline uint32_t
high_bits(int n)
{
	return (uint32_t) ~(UINT64_C(0xffffffff) >> n);
}

/*
 * If two codes differ by at most r = a * P + b bits, 0 <= b < P, then by at
 * most a in one of pairs 0 to b, or by at most a - 1 in one of the others:
 * else they would differ by (b + 1) * (a + 1) + (P - b - 1) * a = r + 1 bits
 * (Norouzi, Punjani, Fleet 2014, section 3.1).  If they differ by at most
 * R = 2c + d bits within a pair, 0 <= d <= 1, then by the same reason by at
 * most c in its first band, or by at most c - 1 + d in its second.
 *
 * More than all bits of a pair or band can't differ; nothing has to be done
 * about it.
 */
void
mih_probes(int bits, int nbands, const void *query, int radius, MihProbe *probe)
{
	int			pairs = nbands / 2;
	int			a = radius / pairs;
	int			b = radius % pairs;

	for (int list = 0; list < nbands; list++)
	{
		MihBand		band = mih_band(bits, nbands, list);
		int			pair_radius = list / 2 <= b ? a : a - 1;

		probe[list].query = mih_key(&band, bits, query);
		probe[list].head = high_bits(band.width);
		probe[list].used = high_bits(band.width + band.more_width);
		probe[list].radius = pair_radius;
		probe[list].head_radius = -1;
		if (pair_radius >= 0)
			probe[list].head_radius = list % 2 == 0 ? pair_radius / 2 :
				pair_radius / 2 - 1 + pair_radius % 2;
	}
}

/* The highest bit that is set, of x > 0. */
static inline uint32_t
highest_bit(uint32_t x)
{
#ifdef __GNUC__
	return UINT32_C(1) << (31 - __builtin_clz(x));
#else
	for (int shift = 1; shift < 32; shift *= 2)
		x |= x >> shift;
	return x ^ (x >> 1);
#endif
}

/* x without its n highest bits set; what is then left of n is taken off *all. */
static uint32_t
clear_highest(uint32_t x, int n, int *all)
{
	for (; x != 0 && n > 0; n--)
	{
		x ^= highest_bit(x);
		--*all;
	}
	return x;
}

/*
 * The wanted keys are in ascending order the leaves of a binary tree.  If the
 * key is none of them, the next one has the same bits down to a zero of the
 * key, where it has a one: the lowest zero for which what stands above it is
 * no more different from the query than allowed, as what stands below may be
 * made the same.  To be the smallest, it then has zeros in place of the
 * query's ones, from the highest down, for as long as bits may differ.
 */
bool
mih_probe_next(const MihProbe *probe, uint32_t *key)
{
	uint32_t	differ = (*key ^ probe->query) & probe->used;
	uint32_t	bit = 0;
	uint32_t	below;
	int			head = probe->head_radius;	/* that may still differ */
	int			all = probe->radius;

	if (head < 0)
		return false;

	/* Down to the bit that is one difference too many. */
	for (uint32_t rest = differ; rest != 0; rest ^= bit)
	{
		int			in_head;

		bit = highest_bit(rest);
		in_head = (bit & probe->head) != 0;
		if (all == 0 || (in_head && head == 0))
			goto above;
		head -= in_head;
		all--;
	}

	/* There's none, but below the bits that are used a wanted key has zeros. */
	if ((*key & ~probe->used) == 0)
		return true;
	bit = (probe->used & -probe->used) >> 1;
	*key |= bit;

above:
	/* A zero there becomes the query's one, else the next above will do. */
	if (*key & bit)
	{
		for (;;)
		{
			int			in_head;
			int			differs;

			bit <<= 1;
			if (bit == 0)
				return false;
			in_head = (bit & probe->head) != 0;
			if (differ & bit)
			{
				head += in_head;
				all++;
			}
			if (*key & bit)
				continue;
			differs = (probe->query & bit) == 0;
			if (all >= differs && head >= (differs & in_head))
			{
				head -= differs & in_head;
				all -= differs;
				break;
			}
		}
	}

	/* Below it, first what is left of the band, then the rest. */
	below = probe->query & (bit - 1);
	*key = (*key & ~(bit - 1)) | bit;
	*key |= clear_highest(below & probe->head, head < all ? head : all, &all);
	*key |= clear_highest(below & ~probe->head, all, &all);
	return true;
}

/*
 * The first of entries first to n - 1 whose key isn't below "key", n if there
 * is none.  Keys are spread evenly more often than not: so first it's looked
 * for where it then would be, then in growing steps from there.
 */
static size_t
first_not_below(const MihEntry *entry, size_t first, size_t n, uint32_t key)
{
	uint32_t	low = entry[first].key;
	uint32_t	high = entry[n - 1].key;
	size_t		end = n;
	size_t		guess;

	if (high < key)
		return n;
	if (low >= key)
		return first;
	guess = first + (size_t) ((uint64_t) (key - low) * (n - 1 - first) / (high - low));
	if (entry[guess].key < key)
	{
		for (size_t step = 4; guess < end; step *= 2)
		{
			first = guess + 1;
			guess += step;
			if (guess < end && entry[guess].key >= key)
				end = guess;
		}
	}
	else
	{
		for (size_t step = 4;; step *= 2)
		{
			end = guess;
			if (guess - first <= step)
				break;
			guess -= step;
			if (entry[guess].key < key)
			{
				first = guess + 1;
				break;
			}
		}
	}
	while (first < end)
	{
		size_t		middle = first + (end - first) / 2;

		if (entry[middle].key < key)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

/*
 * Few of the entries of a leaf may lie where wanted keys are, so what is
 * filtered is first some entries from each wanted key on, and the more the
 * longer there's nothing to be left out.
 */
size_t
mih_probe_entries(const MihProbe *probe, int list, const MihEntry *entry, size_t n,
				  uint64_t *candidate)
{
	enum {LEAST = 32, MOST = 256};	/* entries at a time */
	uint32_t	row[MOST];
	uint16_t	distance[MOST];
	size_t		found = 0;
	size_t		some = LEAST;

	for (size_t i = 0; i < n;)
	{
		uint32_t	key = entry[i].key;
		size_t		matches;

		if (!mih_probe_next(probe, &key))
			break;
		if (key != entry[i].key)
		{
			size_t		next = first_not_below(entry, i, n, key);

			if (next - i > LEAST)
				some = LEAST;
			i = next;
		}
		if (some > n - i)
			some = n - i;
		matches = hamming_filter(entry + i, some, probe->query, probe->head,
								 probe->head_radius, probe->radius, row, distance);
		for (size_t k = 0; k < matches; k++)
			candidate[found++] = MIH_CANDIDATE(row[k], list, distance[k]);
		i += some;
		if (some < MOST)
			some *= 2;
	}
	return found;
}

/* The highest key that may be below entry i. */
static inline uint32_t
highest_below(const MihEntry *entry, size_t n, uint32_t high, size_t i)
{
	return i + 1 < n ? entry[i + 1].key : high;
}

size_t
mih_probe_inner(const MihProbe *probe, const MihEntry *entry, size_t n,
				uint32_t high, uint32_t *place)
{
	size_t		found = 0;
	size_t		i = 0;

	while (i < n)
	{
		uint32_t	key = entry[i].key;
		size_t		step = 1;
		size_t		end;

		if (!mih_probe_next(probe, &key))
			break;

		/* The first entry that may have it below: gallop, then bisect. */
		for (end = i; end < n && highest_below(entry, n, high, end) < key; step *= 2)
		{
			i = end + 1;
			end += step;
		}
		if (end > n)
			end = n;
		while (i < end)
		{
			size_t		middle = i + (end - i) / 2;

			if (highest_below(entry, n, high, middle) < key)
				i = middle + 1;
			else
				end = middle;
		}
		if (i < n)
			place[found++] = (uint32_t) i;
		i++;
	}
	return found;
}

#define RADIX_SORT sort_candidates
#define RADIX_ITEM uint64_t
#define RADIX_KEY(item) MIH_CANDIDATE_ROW(item)
#include "base/radix.h"

/*
 * Let R(p) be the radii of the pairs.  A code that was not found in pair p
 * differs there by R(p) + 1 bits or more; one that was, by as many as its key
 * does, at least.  If the radius is r and the slack s, the sum of all R(p) + 1
 * is r + s + 1, and so the code may be within r only if those that were found
 * gain more than s in all, each R(p) + 1 less the distance of its key.
 *
 * Without slack every candidate passes.  Of two keys of a pair, which may hold
 * different bits of it, the larger distance counts.
 */
size_t
mih_choose_rows(const MihProbe *probe, int slack, uint64_t *candidate,
				uint64_t *scratch, size_t n, uint32_t *row, const RawEnv *env)
{
	size_t		found = 0;

	sort_candidates(env, candidate, scratch, n);
	for (size_t i = 0; i < n;)
	{
		uint32_t	this = MIH_CANDIDATE_ROW(candidate[i]);
		int			gain = 0;
		int			pair = -1;
		int			pair_gain = 0;

		for (; i < n && MIH_CANDIDATE_ROW(candidate[i]) == this; i++)
		{
			int			list = candidate[i] >> 16 & 0xffff;
			int			list_gain = probe[list].radius + 1 - (int) (candidate[i] & 0xffff);

			if (list / 2 != pair)
			{
				gain += pair_gain;
				pair = list / 2;
				pair_gain = list_gain;
			}
			else if (list_gain < pair_gain)
				pair_gain = list_gain;
		}
		if (gain + pair_gain > slack)
			row[found++] = this;
	}
	return found;
}
