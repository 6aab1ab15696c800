/*-------------------------------------------------------------------------
 *
 * scan_avx512.c
 *	  The kernel for processors with AVX-512 up to VBMI2 (Intel's since Ice
 *	  Lake, AMD's since Zen 4), where a block is one vector.
 *
 *-------------------------------------------------------------------------
 */
#include "text/scan_kernel.h"

#ifdef KERNEL_X86

#include <immintrin.h>

#define TARGET \
	KERNEL_TARGET("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt")

TARGET
static inline ByteClasses
read_block(const unsigned char *s, unsigned char *folded)
{
	const __m512i space = _mm512_set1_epi8(' ');
	__m512i		v = _mm512_loadu_si512(s);
	__m512i		lower = _mm512_or_si512(v, space);	/* digits have this bit too */
	ByteClasses is;

	is.letter = _mm512_cmple_epu8_mask(_mm512_sub_epi8(lower, _mm512_set1_epi8('a')),
									   _mm512_set1_epi8('z' - 'a'));
	is.digit = _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8('0')),
									  _mm512_set1_epi8('9' - '0'));
	is.other = _mm512_movepi8_mask(v);
	is.apostrophe = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\''));
	is.full_stop = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('.'));
	is.comma = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(','));
	is.ampersand = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('&'));
	_mm512_storeu_si512(folded, _mm512_mask_blend_epi8(is.letter | is.digit, space, lower));
	return is;
}

/* All edges of a block at once: the places of the bytes that are left. */
TARGET
static inline size_t
find_edges(const unsigned char *folded, size_t n, uint16_t *edges)
{
	const __m512i space = _mm512_set1_epi8(' ');
	const __m512i place = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48,
										  47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
										  31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
										  15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
	uint16_t   *next = edges;
	uint64_t	after_word = 0;

	for (size_t i = 0; i < n; i += SCAN_BLOCK)
	{
		__mmask64	within = n - i >= SCAN_BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << (n - i)) - 1;
		uint64_t	word = _mm512_mask_cmpgt_epu8_mask(within, _mm512_loadu_si512(folded + i), space);
		uint64_t	edge = word ^ (word << 1 | after_word);
		__m512i		places = _mm512_maskz_compress_epi8(edge, place);
		__m512i		begin = _mm512_set1_epi16((short) i);

		_mm512_storeu_si512(next, _mm512_add_epi16(begin, _mm512_cvtepu8_epi16(_mm512_castsi512_si256(places))));
		_mm512_storeu_si512(next + 32, _mm512_add_epi16(begin, _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(places, 1))));
		next += __builtin_popcountll(edge);
		after_word = word >> 63;
	}
	return next - edges;
}

TARGET
static size_t
fold_avx512(const unsigned char *s, size_t n, unsigned char *folded)
{
	return fold_by(read_block, s, n, folded);
}

TARGET
static size_t
hash_avx512(const unsigned char *folded, size_t n, uint16_t *edges, uint64_t *hashes)
{
	return hash_by(find_edges, folded, n, edges, hashes);
}

static bool
runs_avx512(void)
{
	return scan_avx2.kernel.runs() && KERNEL_CPU_HAS("avx512bw") && KERNEL_CPU_HAS("avx512vl") &&
		KERNEL_CPU_HAS("avx512dq") && KERNEL_CPU_HAS("avx512vbmi2");
}

const ScanKernel scan_avx512 = {{"avx512", runs_avx512}, fold_avx512, hash_avx512};

#endif							/* KERNEL_X86 */
