/*-------------------------------------------------------------------------
 *
 * hamming_avx2.c
 *	  The kernel for processors with AVX2.
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

#define set_all(word)	_mm256_set1_epi64x((long long) (word))
#define load(p)			_mm256_loadu_si256((const __m256i *) (p))
#define add(a, b)		_mm256_add_epi64(a, b)
#define least(a, b)		_mm256_min_epu32(a, b)	/* distances are small */

/* The first n < 4 words at p, and zeros. */
TARGET
static inline __m256i
load_partial(const char *p, size_t n)
{
	const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);

	return _mm256_maskload_epi64((const long long *) p,
								 _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long) n), lane));
}

TARGET
static inline __m256i
load_query(const char *p, int words)
{
	return words == 2 ? _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) p)) : load(p);
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

TARGET
static inline __m256i
word_distances(__m256i query, __m256i x)
{
	return sum_bytes(differences(query, x));
}

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

TARGET
static inline __m256i
pair_distances(__m256i query, const char *p)
{
	return sum_bytes(add_pairs(differences(query, load(p)), differences(query, load(p + 32))));
}

TARGET
static inline __m256i
part_distances(__m256i query, const char *p, size_t stride)
{
	__m256i		x = add_pairs(differences(query, load(p)),
							  differences(query, load(p + stride)));
	__m256i		y = add_pairs(differences(query, load(p + 2 * stride)),
							  differences(query, load(p + 3 * stride)));

	return sum_bytes(_mm256_add_epi8(_mm256_permute2x128_si256(x, y, 0x20),
									 _mm256_permute2x128_si256(x, y, 0x31)));
}

#define SCAN_TARGET		TARGET
#define SCAN_NATIVE		true
#define SCAN_VECTOR		__m256i
#define SCAN_LANES		4
#include "hamming/hamming_scans.h"

/* Codes of four words, eight at a time. */
TARGET
static inline size_t
scan_four(const char *q, const char *codes, size_t n, int words,
		  int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const __m256i query = load(q);
	const __m256i limit = set_all(radius);
	size_t		i;

	for (i = 0; i + 8 <= n; i += 8)
	{
		const char *p = codes + 32 * i;

		if (any_within(least(part_distances(query, p, 32), part_distances(query, p + 128, 32)),
					   limit))
			found = scan_range(q, codes, i, i + 8, words, radius, true,
							   match, distance, found);
	}
	if (i + 4 <= n)
	{
		if (any_within(part_distances(query, codes + 32 * i, 32), limit))
			found = scan_range(q, codes, i, i + 4, words, radius, true,
							   match, distance, found);
		i += 4;
	}
	return scan_range(q, codes, i, n, words, radius, true, match, distance, found);
}

TARGET
static size_t
join_avx2(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	return join_by_width(scan_one, scan_two, scan_three, scan_four, scan_many,
						 queries, nqueries, codes, n, words, radius, query, match, distance);
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
