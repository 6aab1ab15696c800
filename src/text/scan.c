/*-------------------------------------------------------------------------
 *
 * scan.c
 *	  The portable kernel, and the choice between all of them.
 *
 *-------------------------------------------------------------------------
 */
#include "text/scan_kernel.h"

#ifdef __SSE2__

/* Every x86-64 has this, so it is the portable kernel there. */
#include <emmintrin.h>

/* Is a byte of v in first .. first + range? */
static inline __m128i
in_range(__m128i v, char first, char range)
{
	__m128i		offset = _mm_sub_epi8(v, _mm_set1_epi8(first));

	return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8(range)), offset);
}

static inline uint64_t
equal(__m128i v, char c)
{
	return _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static inline ByteClasses
read_block(const unsigned char *s, unsigned char *folded)
{
	const __m128i space = _mm_set1_epi8(' ');
	ByteClasses is = {0, 0, 0, 0, 0, 0, 0};

	for (int i = 0; i < SCAN_BLOCK; i += 16)
	{
		__m128i		v = _mm_loadu_si128((const __m128i *) (s + i));
		__m128i		lower = _mm_or_si128(v, space); /* digits have this bit too */
		__m128i		letter = in_range(lower, 'a', 'z' - 'a');
		__m128i		digit = in_range(v, '0', '9' - '0');
		__m128i		word = _mm_or_si128(letter, digit);

		_mm_storeu_si128((__m128i *) (folded + i),
						 _mm_or_si128(_mm_and_si128(word, lower), _mm_andnot_si128(word, space)));
		is.letter |= (uint64_t) _mm_movemask_epi8(letter) << i;
		is.digit |= (uint64_t) _mm_movemask_epi8(digit) << i;
		is.other |= (uint64_t) _mm_movemask_epi8(v) << i;
		is.apostrophe |= equal(v, '\'') << i;
		is.full_stop |= equal(v, '.') << i;
		is.comma |= equal(v, ',') << i;
		is.ampersand |= equal(v, '&') << i;
	}
	return is;
}

static inline uint64_t
word_bytes(const unsigned char *folded)
{
	const __m128i least = _mm_set1_epi8(' ' + 1);
	uint64_t	word = 0;

	for (int i = 0; i < SCAN_BLOCK; i += 16)
	{
		__m128i		v = _mm_loadu_si128((const __m128i *) (folded + i));

		word |= (uint64_t) _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v, least), v)) << i;
	}
	return word;
}

#else

static inline ByteClasses
read_block(const unsigned char *s, unsigned char *folded)
{
	ByteClasses is = {0, 0, 0, 0, 0, 0, 0};

	for (int i = 0; i < SCAN_BLOCK; i++)
	{
		unsigned char c = s[i];
		unsigned char lower = c | 0x20;
		uint64_t	letter = lower >= 'a' && lower <= 'z';
		uint64_t	digit = c >= '0' && c <= '9';

		folded[i] = letter | digit ? lower : ' ';
		is.letter |= letter << i;
		is.digit |= digit << i;
		is.other |= (uint64_t) (c >> 7) << i;
		is.apostrophe |= (uint64_t) (c == '\'') << i;
		is.full_stop |= (uint64_t) (c == '.') << i;
		is.comma |= (uint64_t) (c == ',') << i;
		is.ampersand |= (uint64_t) (c == '&') << i;
	}
	return is;
}

static inline uint64_t
word_bytes(const unsigned char *folded)
{
	uint64_t	word = 0;

	for (int i = 0; i < SCAN_BLOCK; i++)
		word |= (uint64_t) IS_WORD(folded[i]) << i;
	return word;
}

#endif

static inline size_t
find_edges(const unsigned char *folded, size_t n, uint16_t *edges)
{
	return edges_by(word_bytes, folded, n, edges);
}

static size_t
fold_portable(const unsigned char *s, size_t n, unsigned char *folded)
{
	return fold_by(read_block, s, n, folded);
}

static size_t
hash_portable(const unsigned char *folded, size_t n, uint16_t *edges, uint64_t *hashes)
{
	return hash_by(find_edges, folded, n, edges, hashes);
}

const ScanKernel scan_portable = {{"portable", NULL}, fold_portable, hash_portable};

static const Kernel *const kernels[] = {
	&scan_portable.kernel,
#ifdef KERNEL_X86
	&scan_avx2.kernel,
	&scan_avx512.kernel,
#endif
	NULL
};

const ScanKernel *scan_kernel = &scan_portable;

void
scan_init(void)
{
	scan_kernel = (const ScanKernel *) kernel_fastest(kernels);
}

const char *
scan_kernel_name(int i)
{
	const Kernel *found = kernel_at(kernels, i);

	return found == NULL ? NULL : found->name;
}

bool
scan_force(const char *name)
{
	const Kernel *found = kernel_named(kernels, name);

	if (found != NULL)
		scan_kernel = (const ScanKernel *) found;
	return found != NULL;
}
