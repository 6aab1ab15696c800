/*-------------------------------------------------------------------------
 *
 * hamming_kernel.h
 *	  What the files of hamming share: the table that each kernel fills, and
 *	  the plain loops that they all end in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HAMMING_KERNEL_H
#define HAMMING_KERNEL_H

#include <string.h>

#include "base/kernel.h"
#include "hamming/hamming.h"

/*
 * The semantics of the functions are those of hamming.h.  query[] of join may
 * be NULL, for a single query.
 */
typedef struct HammingKernel
{
	Kernel		kernel;
	int			(*distance) (const void *a, const void *b, int words);
	size_t		(*join) (const void *queries, size_t nqueries,
						 const void *codes, size_t n, int words, int radius,
						 uint32_t *query, uint32_t *match, uint16_t *distance);
	size_t		(*filter) (const void *entries, size_t n, uint32_t query,
						   uint32_t head, int head_radius, int radius,
						   uint32_t *value, uint16_t *distance);
	void		(*count_features) (uint32_t *counts, const uint64_t *features, size_t n,
								   const uint64_t *multiplier, int words);
	void		(*add_bits) (uint32_t *sums, const uint64_t *bits, int words, uint32_t weight);
} HammingKernel;

extern const HammingKernel hamming_portable;

#ifdef KERNEL_X86
extern const HammingKernel hamming_popcnt;
extern const HammingKernel hamming_avx2;
extern const HammingKernel hamming_avx512;
extern size_t filter_popcnt(const void *entries, size_t n, uint32_t query,
							uint32_t head, int head_radius, int radius,
							uint32_t *value, uint16_t *distance);
#endif

/*
 * The loops below become part of functions for different processors, and of
 * functions for one width: they have to be inlined.
 */
#ifdef __GNUC__
#define HAMMING_INLINE static inline __attribute__((always_inline))
#else
#define HAMMING_INLINE static inline
#endif

HAMMING_INLINE uint64_t
load_word(const void *code, int word)
{
	uint64_t	x;

	memcpy(&x, (const char *) code + 8 * word, sizeof(x));
	return x;
}

/*
 * Bits set in x.  "native" says that the compiler may use the instruction.
 * Without it, sums of ever wider fields are faster than the compiler's own
 * table look-ups (Warren, Hacker's Delight, section 5-1).
 */
HAMMING_INLINE int
popcount(uint64_t x, bool native)
{
#ifdef __GNUC__
	if (native)
		return __builtin_popcountll(x);
#else
	(void) native;
#endif
	x -= (x >> 1) & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) +
		((x >> 2) & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int) ((x * UINT64_C(0x0101010101010101)) >> 56);
}

HAMMING_INLINE int
distance_body(const void *a, const void *b, int words, bool native)
{
	int			distance = 0;

	for (int j = 0; j < words; j++)
		distance += popcount(load_word(a, j) ^ load_word(b, j), native);
	return distance;
}

/*
 * The distance, or, as soon as two more words show that it is above the
 * radius, any number above the radius: of random codes the first quarter
 * usually decides.
 */
HAMMING_INLINE int
distance_within(const char *query, const char *code, int words,
				int radius, bool native)
{
	int			distance = 0;
	int			j = 0;

	if (words % 2 == 1)
		distance += popcount(load_word(query, j) ^ load_word(code, j), native), j++;
	for (; j < words && distance <= radius; j += 2)
		distance += popcount(load_word(query, j) ^ load_word(code, j), native) +
			popcount(load_word(query, j + 1) ^ load_word(code, j + 1), native);
	return distance;
}

/*
 * One query against codes first to last - 1, adding to the "found" matches
 * that there are already.  Returns the new number of matches.
 */
HAMMING_INLINE size_t
scan_range(const char *query, const char *codes, size_t first, size_t last,
		   int words, int radius, bool native,
		   uint32_t *match, uint16_t *distance, size_t found)
{
	for (size_t i = first; i < last; i++)
	{
		int			d = distance_within(query, codes + i * words * 8, words,
										radius, native);

		if (d <= radius)
		{
			match[found] = (uint32_t) i;
			distance[found] = (uint16_t) d;
			found++;
		}
	}
	return found;
}

/*
 * Filter entries first to last - 1, adding to the "found" values that there
 * are already.  Returns their new number.
 */
HAMMING_INLINE size_t
filter_range(const char *entries, size_t first, size_t last, uint32_t query,
			 uint32_t head, int head_radius, int radius, bool native,
			 uint32_t *value, uint16_t *distance, size_t found)
{
	for (size_t i = first; i < last; i++)
	{
		uint32_t	entry[2];
		int			d;

		memcpy(entry, entries + 8 * i, sizeof(entry));
		d = popcount(entry[0] ^ query, native);
		if (d <= radius &&
			popcount((entry[0] ^ query) & head, native) <= head_radius)
		{
			value[found] = entry[1];
			distance[found] = (uint16_t) d;
			found++;
		}
	}
	return found;
}

/*
 * How a kernel scans n codes for one query: adds to the "found" matches that
 * there are already and returns the new number.
 */
typedef size_t (*ScanFunction) (const char *query, const char *codes,
								size_t n, int words, int radius,
								uint32_t *match, uint16_t *distance,
								size_t found);

/* hamming_join() by a scan for each query. */
HAMMING_INLINE size_t
join_by(ScanFunction scan, const char *queries, size_t nqueries,
		const char *codes, size_t n, int words, int radius,
		uint32_t *query, uint32_t *match, uint16_t *distance)
{
	size_t		found = 0;

	for (size_t i = 0; i < nqueries; i++)
	{
		size_t		before = found;

		found = scan(queries + i * words * 8, codes, n, words, radius,
					 match, distance, found);
		if (query != NULL)
		{
			for (; before < found; before++)
				query[before] = (uint32_t) i;
		}
	}
	return found;
}

/* The same by scans that have a loop of their own for the usual widths. */
HAMMING_INLINE size_t
join_by_width(ScanFunction one, ScanFunction two, ScanFunction three, ScanFunction four,
			  ScanFunction any, const void *queries, size_t nqueries,
			  const void *codes, size_t n, int words, int radius,
			  uint32_t *query, uint32_t *match, uint16_t *distance)
{
	switch (words)
	{
		case 1:
			return join_by(one, queries, nqueries, codes, n, 1, radius, query, match, distance);
		case 2:
			return join_by(two, queries, nqueries, codes, n, 2, radius, query, match, distance);
		case 3:
			return join_by(three, queries, nqueries, codes, n, 3, radius, query, match, distance);
		case 4:
			return join_by(four, queries, nqueries, codes, n, 4, radius, query, match, distance);
		default:
			return join_by(any, queries, nqueries, codes, n, words, radius, query, match, distance);
	}
}

#endif							/* HAMMING_KERNEL_H */
