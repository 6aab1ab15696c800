/*-------------------------------------------------------------------------
 *
 * hamming_avx512.c
 *	  The kernel for processors with AVX-512 and VPOPCNTDQ.
 *
 * The same plan as in hamming_avx2.c, with eight codes to a comparison and
 * with the bits of a word counted by one instruction.
 *
 * With HAMMING_EMULATE_AVX512 the instructions are emulated (SIMDe), so that
 * the kernel can be tested on processors that lack them.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/hamming_kernel.h"

#ifdef KERNEL_X86

#ifdef HAMMING_EMULATE_AVX512
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#define TARGET
#define NATIVE_POPCOUNT false
#else
#include <immintrin.h>
#define TARGET	KERNEL_TARGET("avx512f,avx512dq,avx512vl,avx512vpopcntdq,avx2,popcnt")
#define NATIVE_POPCOUNT true
#endif

/*
 * Four lanes: with eight, the last block of an article's features is mostly
 * empty, and products of 64 bits are no faster by the lane.
 */
#define BITCOUNT_NAME(name)	name##_avx512
#define BITCOUNT_LANES		4
#define BITCOUNT_TARGET		TARGET
#include "hamming/hamming_bitcount.h"

TARGET
static int
distance_avx512(const void *a, const void *b, int words)
{
	return distance_body(a, b, words, NATIVE_POPCOUNT);
}

#define set_all(word)	_mm512_set1_epi64((long long) (word))
#define load(p)			_mm512_loadu_si512(p)
#define add(a, b)		_mm512_add_epi64(a, b)
#define least(a, b)		_mm512_min_epu64(a, b)

/* Four words at p and four words at q. */
TARGET
static inline __m512i
load_two(const char *p, const char *q)
{
	return _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *) p)),
							  _mm256_loadu_si256((const __m256i *) q), 1);
}

/* The first n < 8 words at p, and zeros. */
TARGET
static inline __m512i
load_partial(const char *p, size_t n)
{
#ifdef HAMMING_EMULATE_AVX512
	/* SIMDe has no masked load. */
	uint64_t	words[8] = {0};

	memcpy(words, p, 8 * n);
	return _mm512_loadu_si512(words);
#else
	return _mm512_maskz_loadu_epi64((__mmask8) ((1 << n) - 1), p);
#endif
}

TARGET
static inline __m512i
load_query(const char *p, int words)
{
	const long long a = (long long) load_word(p, 0);
	const long long b = (long long) load_word(p, 1);

	return words == 2 ? _mm512_set_epi64(b, a, b, a, b, a, b, a) : load_two(p, p);
}

/* The bits in which two vectors differ, by word. */
TARGET
static inline __m512i
word_distances(__m512i query, __m512i x)
{
	return _mm512_popcnt_epi64(_mm512_xor_si512(query, x));
}

TARGET
static inline bool
any_within(__m512i distances, __m512i radius)
{
	return _mm512_cmpgt_epi64_mask(distances, radius) != 0xff;
}

/* The sums of the two words of every half lane of x, and of y. */
TARGET
static inline __m512i
add_pairs(__m512i x, __m512i y)
{
	return _mm512_add_epi64(_mm512_unpacklo_epi64(x, y),
							_mm512_unpackhi_epi64(x, y));
}

TARGET
static inline __m512i
pair_distances(__m512i query, const char *p)
{
	return add_pairs(word_distances(query, load(p)), word_distances(query, load(p + 64)));
}

TARGET
static inline __m512i
part_distances(__m512i query, const char *p, size_t stride)
{
	const __m512i even = _mm512_set_epi64(13, 12, 9, 8, 5, 4, 1, 0);
	const __m512i odd = _mm512_set_epi64(15, 14, 11, 10, 7, 6, 3, 2);
	__m512i		x,
				y;

	x = add_pairs(word_distances(query, load_two(p, p + stride)),
				  word_distances(query, load_two(p + 2 * stride, p + 3 * stride)));
	p += 4 * stride;
	y = add_pairs(word_distances(query, load_two(p, p + stride)),
				  word_distances(query, load_two(p + 2 * stride, p + 3 * stride)));

	return _mm512_add_epi64(_mm512_permutex2var_epi64(x, even, y),
							_mm512_permutex2var_epi64(x, odd, y));
}

#define SCAN_TARGET		TARGET
#define SCAN_NATIVE		NATIVE_POPCOUNT
#define SCAN_VECTOR		__m512i
#define SCAN_LANES		8
#include "hamming/hamming_scans.h"

/*
 * The queries against n codes of one word, n at most 8 * nvectors, which is a
 * constant: the codes stay in registers.
 */
TARGET
HAMMING_INLINE size_t
join_few(const char *queries, size_t nqueries, const char *codes, size_t n, int nvectors,
		 int radius, uint32_t *query, uint32_t *match, uint16_t *distance)
{
	const __m512i limit = _mm512_set1_epi64(radius);
	__m512i		code[4];
	size_t		found = 0;

	/* Repeat the last ones rather than compare with what isn't there. */
	for (int k = 0; k < nvectors; k++)
		code[k] = n >= 8 ? load(codes + 8 * (8 * (size_t) k + 8 <= n ? 8 * (size_t) k : n - 8)) :
			load_partial(codes, n);

	for (size_t i = 0; i < nqueries; i++)
	{
		__m512i		q = _mm512_set1_epi64((long long) load_word(queries, (int) i));
		__m512i		nearest = word_distances(q, code[0]);

		if (nvectors > 1)
			nearest = least(nearest, word_distances(q, code[1]));
		if (nvectors > 2)
			nearest = least(nearest, word_distances(q, code[2]));
		if (nvectors > 3)
			nearest = least(nearest, word_distances(q, code[3]));

		if (any_within(nearest, limit))
		{
			size_t		before = found;

			found = scan_range(queries + 8 * i, codes, 0, n, 1, radius, NATIVE_POPCOUNT,
							   match, distance, found);
			for (; before < found; before++)
				query[before] = (uint32_t) i;
		}
	}
	return found;
}

/* Codes of one word: in a small bucket there are no more than 32. */
TARGET
static inline size_t
join_one(const char *queries, size_t nqueries, const char *codes, size_t n,
		 int radius, uint32_t *query, uint32_t *match, uint16_t *distance)
{
	switch (nqueries > 1 ? (n + 7) / 8 : 0)
	{
		case 1:
			return join_few(queries, nqueries, codes, n, 1, radius, query, match, distance);
		case 2:
			return join_few(queries, nqueries, codes, n, 2, radius, query, match, distance);
		case 3:
			return join_few(queries, nqueries, codes, n, 3, radius, query, match, distance);
		case 4:
			return join_few(queries, nqueries, codes, n, 4, radius, query, match, distance);
		default:
			return join_by(scan_one, queries, nqueries, codes, n, 1, radius,
						   query, match, distance);
	}
}

TARGET
static size_t
join_avx512(const void *queries, size_t nqueries, const void *codes, size_t n,
	 int words, int radius,
	 uint32_t *query, uint32_t *match, uint16_t *distance)
{
	if (words == 1)
		return join_one(queries, nqueries, codes, n, radius, query, match, distance);
	return join_by_width(scan_one, scan_two, scan_three, scan_many, scan_many,
						 queries, nqueries, codes, n, words, radius, query, match, distance);
}

/*
 * Entries 16 at a time: of each word the half that is the key is compared.
 * Whether the head is alike, too, is asked of the few that pass.
 */
TARGET
static size_t
filter_avx512(const void *entries, size_t n, uint32_t query,
			  uint32_t head, int head_radius, int radius,
			  uint32_t *value, uint16_t *distance)
{
	const uint64_t key = UINT64_C(0xffffffff);	/* x86 is little-endian */
	const __m512i keys = _mm512_set1_epi64((long long) key);
	const __m512i q = _mm512_set1_epi64((long long) query);
	const __m512i limit = _mm512_set1_epi64(radius);
	const char *p = entries;
	size_t		found = 0;
	size_t		i;

	for (i = 0; i + 16 <= n; i += 16)
	{
		__m512i		x = _mm512_and_si512(_mm512_loadu_si512(p + 8 * i), keys);
		__m512i		y = _mm512_and_si512(_mm512_loadu_si512(p + 8 * i + 64), keys);

		if (any_within(least(word_distances(q, x), word_distances(q, y)), limit))
			found = filter_range(p, i, i + 16, query, head, head_radius, radius,
								 NATIVE_POPCOUNT, value, distance, found);
	}
	return filter_range(p, i, n, query, head, head_radius, radius,
						NATIVE_POPCOUNT, value, distance, found);
}

static bool
runs_avx512(void)
{
	bool		runs = KERNEL_CPU_HAS("avx2") && KERNEL_CPU_HAS("popcnt");

#ifndef HAMMING_EMULATE_AVX512
	runs = runs && KERNEL_CPU_HAS("avx512f") && KERNEL_CPU_HAS("avx512dq") &&
		KERNEL_CPU_HAS("avx512vl") && KERNEL_CPU_HAS("avx512vpopcntdq");
#endif
	return runs;
}

const HammingKernel hamming_avx512 = {
	{"avx512", runs_avx512}, distance_avx512, join_avx512, filter_avx512,
	count_features_avx512, add_bits_avx512
};

#endif							/* KERNEL_X86 */
