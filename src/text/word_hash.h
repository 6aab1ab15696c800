/*-------------------------------------------------------------------------
 *
 * word_hash.h
 *	  The hash of a word.
 *
 * The definition is doc/fingerprint.md, "Hash of a word".
 *
 *-------------------------------------------------------------------------
 */
#ifndef WORD_HASH_H
#define WORD_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define WORD_HASH_BLOCK 16

/*
 * The hash of a word: XXH3 over blocks of 16 bytes, the last one filled up
 * with zeros, each seeded with the hash of those before.  Every block takes
 * XXH3's path for 9 to 16 bytes, so nothing depends on the length of a word.
 */
static inline uint64_t
word_hash_block(const void *block, uint64_t chain)
{
#if defined(__SIZEOF_INT128__) && !defined(WORDS_PLAIN)
	/* the same, as compilers make more of it than of the library's */
	uint64_t	lo = XXH_readLE64(block) ^ (UINT64_C(0x6782737BEA4239B9) + chain);
	uint64_t	hi = XXH_readLE64((const char *) block + 8) ^ (UINT64_C(0xAF56BC3B0996523A) - chain);
	unsigned __int128 product = (unsigned __int128) lo * hi;
	uint64_t	x = WORD_HASH_BLOCK + XXH_swap64(lo) + hi +
		((uint64_t) product ^ (uint64_t) (product >> 64));

	x = (x ^ x >> 37) * UINT64_C(0x165667919E3779F9);
	return x ^ x >> 32;
#else
	return XXH3_64bits_withSeed(block, WORD_HASH_BLOCK, chain);
#endif
}

/*
 * The hash of "length" bytes that are a word, or the rest of one that "chain"
 * is the hash of the blocks before of.
 */
static inline uint64_t
word_hash_rest(const unsigned char *s, size_t length, uint64_t chain)
{
	unsigned char block[WORD_HASH_BLOCK] = {0};

	for (; length > WORD_HASH_BLOCK; length -= WORD_HASH_BLOCK, s += WORD_HASH_BLOCK)
		chain = word_hash_block(s, chain);
	memcpy(block, s, length);
	return word_hash_block(block, chain);
}

#endif							/* WORD_HASH_H */
