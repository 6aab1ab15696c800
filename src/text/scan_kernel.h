/*-------------------------------------------------------------------------
 *
 * scan_kernel.h
 *	  What the kernels of scan.h share: they differ in how they read a block.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCAN_KERNEL_H
#define SCAN_KERNEL_H

#include "text/scan.h"
#include "text/word_hash.h"
#include "text/words.h"

/* Become part of functions for different processors. */
#ifdef __GNUC__
#define SCAN_INLINE static inline __attribute__((always_inline))
#else
#define SCAN_INLINE static inline
#endif

/* What the bytes of a block are: a bit for each, the first one lowest. */
typedef struct ByteClasses
{
	uint64_t	letter;			/* in ASCII */
	uint64_t	digit;			/* in ASCII */
	uint64_t	other;			/* not ASCII */
	uint64_t	apostrophe;
	uint64_t	full_stop;
	uint64_t	comma;
	uint64_t	ampersand;
} ByteClasses;

/* The classes of a block, and the block folded: ' ' for all but words. */
typedef ByteClasses (*ReadBlock) (const unsigned char *s, unsigned char *folded);

/* A bit for each byte of a block of folded text that belongs to a word. */
typedef uint64_t (*WordBytes) (const unsigned char *folded);

/* Where words begin and end, in turn, in folded text; returns how many edges. */
typedef size_t (*FindEdges) (const unsigned char *folded, size_t n, uint16_t *edges);

static inline unsigned
first_bit(uint64_t mask)
{
#ifdef __GNUC__
	return __builtin_ctzll(mask);
#else
	unsigned	i = 0;

	while ((mask >> i & 1) == 0)
		i++;
	return i;
#endif
}

static inline unsigned
count_bits(uint64_t mask)
{
#ifdef __GNUC__
	return __builtin_popcountll(mask);
#else
	unsigned	n = 0;

	for (; mask != 0; mask &= mask - 1)
		n++;
	return n;
#endif
}

/*
 * ScanKernel.fold.  The plain path sees to all that is not ASCII, to the
 * ampersand, and to what may join two word characters: an apostrophe between
 * any, a full stop or comma between digits, a full stop between a letter by
 * itself and a letter (an acronym).  What is not ASCII may be any of these.  It
 * begins in no number that has had a separator.
 */
SCAN_INLINE size_t
fold_by(ReadBlock read_block, const unsigned char *s, size_t n, unsigned char *folded)
{
	unsigned char last = folded[-1];
	size_t		done = 0;

	/* of the byte before the block: bit 0 */
	uint64_t	after_word = IS_WORD(last);
	uint64_t	after_digit = last >= '0' && last <= '9';
	uint64_t	after_single = (last >= 'a' && last <= 'z' && !IS_WORD(folded[-2])) || last >= 0x80;

	while (n - done >= SCAN_BLOCK)
	{
		ByteClasses is = read_block(s + done, folded + done);
		uint64_t	word = is.letter | is.digit | is.other;
		uint64_t	digit = is.digit | is.other;
		uint64_t	single = (is.letter & ~(word << 1 | after_word)) | is.other;
		uint64_t	plain = is.other | is.ampersand |
			(is.apostrophe & (word << 1 | after_word) & word >> 1) |
			((is.full_stop | is.comma) & (digit << 1 | after_digit) & digit >> 1) |
			(is.full_stop & (single << 1 | after_single) & (is.letter | is.other) >> 1);

		/*
		 * What follows the last byte is not known, so it may not be passed.
		 * The next block must not wait for these masks: hence the branch.
		 */
		plain &= (UINT64_C(1) << (SCAN_BLOCK - 1)) - 1;
		if (plain != 0)
			return done + first_bit(plain);
		done += SCAN_BLOCK - 1;
		after_word = word >> (SCAN_BLOCK - 2) & 1;
		after_digit = digit >> (SCAN_BLOCK - 2) & 1;
		after_single = single >> (SCAN_BLOCK - 2) & 1;
	}
	return done;
}

/* FindEdges, bit by bit; the usual number of edges without a branch on it. */
SCAN_INLINE size_t
edges_by(WordBytes word_bytes, const unsigned char *folded, size_t n, uint16_t *edges)
{
	uint16_t   *next = edges;
	uint64_t	after_word = 0;

	for (size_t i = 0; i < n; i += SCAN_BLOCK)
	{
		uint64_t	within = n - i >= SCAN_BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << (n - i)) - 1;
		uint64_t	word = word_bytes(folded + i) & within;
		uint64_t	edge = word ^ (word << 1 | after_word);
		uint16_t   *end = next + count_bits(edge);

		after_word = word >> (SCAN_BLOCK - 1);

#define PUT_EDGE(k) \
		do { \
			next[k] = (uint16_t) (i + first_bit(edge | UINT64_C(1) << (SCAN_BLOCK - 1))); \
			edge &= edge - 1; \
		} while (0)

		for (; next < end; next += 8)
		{
			PUT_EDGE(0);
			PUT_EDGE(1);
			PUT_EDGE(2);
			PUT_EDGE(3);
			PUT_EDGE(4);
			PUT_EDGE(5);
			PUT_EDGE(6);
			PUT_EDGE(7);
		}
#undef PUT_EDGE
		next = end;
	}
	return next - edges;
}

/* The hash of a word of one block, the first "length" bytes at s. */
SCAN_INLINE uint64_t
short_word_hash(const unsigned char *s, size_t length)
{
	/* the bytes of a block that belong to the word: a window of this */
	static const unsigned char keep[2 * WORD_HASH_BLOCK] = {
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
	};
	uint64_t	block[2];
	uint64_t	mask[2];

	memcpy(block, s, sizeof(block));
	memcpy(mask, keep + WORD_HASH_BLOCK - length, sizeof(mask));
	block[0] &= mask[0];
	block[1] &= mask[1];
	return word_hash_block(block, 0);
}

/* ScanKernel.hash. */
SCAN_INLINE size_t
hash_by(FindEdges find_edges, const unsigned char *folded, size_t n, uint16_t *edges,
		uint64_t *hashes)
{
	size_t		nwords = find_edges(folded, n, edges) / 2;

	for (size_t i = 0; i < nwords; i++)
	{
		size_t		begin = edges[2 * i];
		size_t		length = edges[2 * i + 1] - begin;

		hashes[i] = length <= WORD_HASH_BLOCK ? short_word_hash(folded + begin, length) :
			word_hash((const char *) folded + begin, length);
	}
	return nwords;
}

#endif							/* SCAN_KERNEL_H */
