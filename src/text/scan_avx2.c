/*-------------------------------------------------------------------------
 *
 * scan_avx2.c
 *	  The kernel for processors with AVX2 and BMI.
 *
 *-------------------------------------------------------------------------
 */
#include "text/scan_kernel.h"

#ifdef KERNEL_X86

#include <immintrin.h>

#define TARGET	KERNEL_TARGET("avx2,bmi,bmi2,popcnt")

/* One bit a byte of two vectors. */
TARGET
static inline uint64_t
mask_of(__m256i low, __m256i high)
{
	return (uint32_t) _mm256_movemask_epi8(low) | (uint64_t) (uint32_t) _mm256_movemask_epi8(high) << 32;
}

TARGET
static inline uint64_t
equal(__m256i low, __m256i high, char c)
{
	return mask_of(_mm256_cmpeq_epi8(low, _mm256_set1_epi8(c)),
				   _mm256_cmpeq_epi8(high, _mm256_set1_epi8(c)));
}

/* Is a byte of v in first .. first + range? */
TARGET
static inline __m256i
in_range(__m256i v, char first, char range)
{
	__m256i		offset = _mm256_sub_epi8(v, _mm256_set1_epi8(first));

	return _mm256_cmpeq_epi8(_mm256_min_epu8(offset, _mm256_set1_epi8(range)), offset);
}

TARGET
static inline ByteClasses
read_block(const unsigned char *s, unsigned char *folded)
{
	const __m256i space = _mm256_set1_epi8(' ');
	__m256i		v[2];
	__m256i		letter[2];
	__m256i		digit[2];
	ByteClasses is;

	for (int i = 0; i < 2; i++)
	{
		__m256i		lower;

		v[i] = _mm256_loadu_si256((const __m256i *) (s + 32 * i));
		lower = _mm256_or_si256(v[i], space);	/* digits have this bit too */
		letter[i] = in_range(lower, 'a', 'z' - 'a');
		digit[i] = in_range(v[i], '0', '9' - '0');
		_mm256_storeu_si256((__m256i *) (folded + 32 * i),
							_mm256_blendv_epi8(space, lower, _mm256_or_si256(letter[i], digit[i])));
	}
	is.letter = mask_of(letter[0], letter[1]);
	is.digit = mask_of(digit[0], digit[1]);
	is.other = mask_of(v[0], v[1]);
	is.apostrophe = equal(v[0], v[1], '\'');
	is.full_stop = equal(v[0], v[1], '.');
	is.comma = equal(v[0], v[1], ',');
	is.ampersand = equal(v[0], v[1], '&');
	return is;
}

/* One bit for each byte of a word. */
TARGET
static inline uint64_t
word_bytes(const unsigned char *s)
{
	/* of unsigned bytes, those that are not the smaller one */
	const __m256i least = _mm256_set1_epi8(' ' + 1);
	__m256i		low = _mm256_loadu_si256((const __m256i *) s);
	__m256i		high = _mm256_loadu_si256((const __m256i *) (s + 32));

	return mask_of(_mm256_cmpeq_epi8(_mm256_max_epu8(low, least), low),
				   _mm256_cmpeq_epi8(_mm256_max_epu8(high, least), high));
}

TARGET
static inline size_t
find_edges(const unsigned char *folded, size_t n, uint16_t *edges)
{
	return edges_by(word_bytes, folded, n, edges);
}

TARGET
static size_t
fold_avx2(const unsigned char *s, size_t n, unsigned char *folded)
{
	return fold_by(read_block, s, n, folded);
}

TARGET
static size_t
hash_avx2(const unsigned char *folded, size_t n, uint16_t *edges, uint64_t *hashes)
{
	return hash_by(find_edges, folded, n, edges, hashes);
}

static bool
runs_avx2(void)
{
	return KERNEL_CPU_HAS("avx2") && KERNEL_CPU_HAS("bmi") && KERNEL_CPU_HAS("bmi2") &&
		KERNEL_CPU_HAS("popcnt");
}

const ScanKernel scan_avx2 = {{"avx2", runs_avx2}, fold_avx2, hash_avx2};

#endif							/* KERNEL_X86 */
