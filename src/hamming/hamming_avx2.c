/*-------------------------------------------------------------------------
 *
 * hamming_avx2.c
 *	  The kernel for processors with AVX2.
 *
 * Scans look at several codes at once and ask only whether any of them can be
 * within the radius, by a lower bound of the distance in which a few words at
 * the end may be left out; the plain loop then sees to that group.  Matches
 * are rare wherever speed matters.
 *
 * Bits are counted by looking up nibbles (Mula, Kurz, Lemire 2018, "Faster
 * population counts using AVX2 instructions", section 4).
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/hamming_kernel.h"

#ifdef KERNEL_X86

#include <immintrin.h>

#define TARGET	KERNEL_TARGET("avx2,popcnt")

#define BITCOUNT_NAME(name)	name##_avx2
#define BITCOUNT_LANES		4
#define BITCOUNT_TARGET		TARGET
#include "hamming/hamming_bitcount.h"

TARGET
static int
distance_avx2(const void *a, const void *b, int words)
{
	return distance_body(a, b, words, true);
}

/* The number of bits set in each byte. */
TARGET
static inline __m256i
count_bytes(__m256i x)
{
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3,
										   1, 2, 2, 3, 2, 3, 3, 4,
										   0, 1, 1, 2, 1, 2, 2, 3,
										   1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	__m256i		low = _mm256_and_si256(x, nibble);
	__m256i		high = _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble);

	return _mm256_add_epi8(_mm256_shuffle_epi8(table, low),
						   _mm256_shuffle_epi8(table, high));
}

/* Four words at p. */
TARGET
static inline __m256i
load(const char *p)
{
	return _mm256_loadu_si256((const __m256i *) p);
}

/* The bits in which two vectors differ, counted by byte. */
TARGET
static inline __m256i
differences(__m256i x, __m256i y)
{
	return count_bytes(_mm256_xor_si256(x, y));
}

/* The sums of the bytes of each of the four words. */
TARGET
static inline __m256i
sum_bytes(__m256i x)
{
	return _mm256_sad_epu8(x, _mm256_setzero_si256());
}

/* Is any of the four sums at most the radius? */
TARGET
static inline bool
any_within(__m256i sums, __m256i radius)
{
	__m256i		beyond = _mm256_cmpgt_epi64(sums, radius);

	return _mm256_movemask_epi8(beyond) != -1;
}

/* The bytes of two codes of two words each, and of two more, by code. */
TARGET
static inline __m256i
add_pairs(__m256i x, __m256i y)
{
	return _mm256_add_epi8(_mm256_unpacklo_epi64(x, y),
						   _mm256_unpackhi_epi64(x, y));
}

/*
 * The distances, in some order, of four words of the query to the four words
 * at p, p + stride, p + 2 * stride and p + 3 * stride.
 */
TARGET
static inline __m256i
four_distances(__m256i query, const char *p, size_t stride)
{
	__m256i		x = add_pairs(differences(query, load(p)),
							  differences(query, load(p + stride)));
	__m256i		y = add_pairs(differences(query, load(p + 2 * stride)),
							  differences(query, load(p + 3 * stride)));

	return sum_bytes(_mm256_add_epi8(_mm256_permute2x128_si256(x, y, 0x20),
									 _mm256_permute2x128_si256(x, y, 0x31)));
}

/* The first n < 4 words at p, and zeros. */
TARGET
static inline __m256i
load_partial(const char *p, size_t n)
{
	const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);

	return _mm256_maskload_epi64((const long long *) p,
								 _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long) n), lane));
}

/* Codes of one word, sixteen at a time. */
TARGET
static inline size_t
scan_one(const char *q, const char *codes, size_t n, int words,
		 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const __m256i query = _mm256_set1_epi64x((long long) load_word(q, 0));
	const __m256i limit = _mm256_set1_epi64x(radius);
	size_t		i;

	for (i = 0; i + 16 <= n; i += 16)
	{
		const char *p = codes + 8 * i;
		__m256i		x = _mm256_min_epu32(sum_bytes(differences(query, load(p))),
										 sum_bytes(differences(query, load(p + 32))));
		__m256i		y = _mm256_min_epu32(sum_bytes(differences(query, load(p + 64))),
										 sum_bytes(differences(query, load(p + 96))));

		if (any_within(_mm256_min_epu32(x, y), limit))
			found = scan_range(q, codes, i, i + 16, words, radius, true,
							   match, distance, found);
	}

	/* Up to fifteen more: all that there are in a small bucket. */
	if (i < n)
	{
		__m256i		least = _mm256_set1_epi64x(65);
		size_t		k;

		for (k = i; k + 4 <= n; k += 4)
			least = _mm256_min_epu32(least, sum_bytes(differences(query, load(codes + 8 * k))));
		if (k < n)
			least = _mm256_min_epu32(least, sum_bytes(differences(query, load_partial(codes + 8 * k, n - k))));
		if (any_within(least, limit))
			found = scan_range(q, codes, i, n, words, radius, true,
							   match, distance, found);
	}
	return found;
}

/* Codes of two words, eight at a time. */
TARGET
static inline size_t
scan_two(const char *q, const char *codes, size_t n, int words,
		 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const __m256i query = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) q));
	const __m256i limit = _mm256_set1_epi64x(radius);
	size_t		i;

	for (i = 0; i + 8 <= n; i += 8)
	{
		const char *p = codes + 16 * i;
		__m256i		x = add_pairs(differences(query, load(p)),
								  differences(query, load(p + 32)));
		__m256i		y = add_pairs(differences(query, load(p + 64)),
								  differences(query, load(p + 96)));

		if (any_within(_mm256_min_epu32(sum_bytes(x), sum_bytes(y)), limit))
			found = scan_range(q, codes, i, i + 8, words, radius, true,
							   match, distance, found);
	}
	return scan_range(q, codes, i, n, words, radius, true, match, distance, found);
}

/* Codes of four words, eight at a time. */
TARGET
static inline size_t
scan_four(const char *q, const char *codes, size_t n, int words,
		  int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const __m256i query = load(q);
	const __m256i limit = _mm256_set1_epi64x(radius);
	size_t		i;

	for (i = 0; i + 8 <= n; i += 8)
	{
		const char *p = codes + 32 * i;

		if (any_within(_mm256_min_epu32(four_distances(query, p, 32),
										four_distances(query, p + 128, 32)),
					   limit))
			found = scan_range(q, codes, i, i + 8, words, radius, true,
							   match, distance, found);
	}
	if (i + 4 <= n)
	{
		if (any_within(four_distances(query, codes + 32 * i, 32), limit))
			found = scan_range(q, codes, i, i + 4, words, radius, true,
							   match, distance, found);
		i += 4;
	}
	return scan_range(q, codes, i, n, words, radius, true, match, distance, found);
}

/*
 * Codes of five words or more, four at a time and four words at a time, until
 * none of the four codes can be within the radius any more.
 */
TARGET
static inline size_t
scan_many(const char *q, const char *codes, size_t n, int words,
		  int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const __m256i limit = _mm256_set1_epi64x(radius);
	const size_t stride = 8 * (size_t) words;
	size_t		i;

	for (i = 0; i + 4 <= n; i += 4)
	{
		const char *p = codes + i * stride;
		__m256i		sums = _mm256_setzero_si256();
		bool		within = true;

		for (int j = 0; j + 4 <= words && within; j += 4)
		{
			__m256i		query = load(q + 8 * j);

			sums = _mm256_add_epi64(sums, four_distances(query, p + 8 * j, stride));
			within = any_within(sums, limit);
		}
		if (within)
			found = scan_range(q, codes, i, i + 4, words, radius, true,
							   match, distance, found);
	}
	return scan_range(q, codes, i, n, words, radius, true, match, distance, found);
}

/* Codes of three words, one at a time. */
TARGET
static inline size_t
scan_three(const char *q, const char *codes, size_t n, int words,
		   int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	return scan_range(q, codes, 0, n, words, radius, true,
					  match, distance, found);
}

TARGET
static size_t
join_avx2(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	switch (words)
	{
		case 1:
			return join_by(scan_one, queries, nqueries, codes, n, 1, radius,
						   query, match, distance);
		case 2:
			return join_by(scan_two, queries, nqueries, codes, n, 2, radius,
						   query, match, distance);
		case 3:
			return join_by(scan_three, queries, nqueries, codes, n, 3, radius,
						   query, match, distance);
		case 4:
			return join_by(scan_four, queries, nqueries, codes, n, 4, radius,
						   query, match, distance);
		default:
			return join_by(scan_many, queries, nqueries, codes, n, words, radius,
						   query, match, distance);
	}
}

static bool
runs_avx2(void)
{
	return KERNEL_CPU_HAS("avx2") && KERNEL_CPU_HAS("popcnt");
}

const HammingKernel hamming_avx2 = {
	{"avx2", runs_avx2}, distance_avx2, join_avx2, filter_popcnt,
	count_features_avx2, add_bits_avx2
};

#endif							/* KERNEL_X86 */
