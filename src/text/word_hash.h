/*-------------------------------------------------------------------------
 *
 * word_hash.h
 *	  The hash of a word, made as its bytes come.
 *
 * The definition is doc/fingerprint.md, "Hash of a word".
 *
 *-------------------------------------------------------------------------
 */
#ifndef WORD_HASH_H
#define WORD_HASH_H

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "words.h"

/*
 * The hash of a word: XXH3 over blocks of 16 bytes, the last one filled up
 * with zeros, each seeded with the hash of those before.  Every block takes
 * XXH3's path for 9 to 16 bytes, so nothing depends on the length of a word.
 */
static inline uint64_t
word_hash_block(const void *block, uint64_t chain)
{
	return XXH3_64bits_withSeed(block, WORD_HASH_BLOCK, chain);
}

static inline void
word_hash_init(WordHash *hash)
{
	memset(hash, 0, sizeof(*hash));
}

static inline uint64_t
word_hash_end(const WordHash *hash)
{
	return word_hash_block(hash->block, hash->chain);
}

static inline void
word_hash_byte(WordHash *hash, unsigned char byte)
{
	if (hash->used == WORD_HASH_BLOCK)
	{
		hash->chain = word_hash_end(hash);
		memset(hash->block, 0, WORD_HASH_BLOCK);
		hash->used = 0;
	}
	hash->block[hash->used++] = byte;
}

/* Append a code point as UTF-8. */
static inline void
word_hash_char(WordHash *hash, uint32_t cp)
{
	if (cp < 0x80)
		word_hash_byte(hash, cp);
	else if (cp < 0x800)
	{
		word_hash_byte(hash, 0xC0 | cp >> 6);
		word_hash_byte(hash, 0x80 | (cp & 0x3F));
	}
	else if (cp < 0x10000)
	{
		word_hash_byte(hash, 0xE0 | cp >> 12);
		word_hash_byte(hash, 0x80 | (cp >> 6 & 0x3F));
		word_hash_byte(hash, 0x80 | (cp & 0x3F));
	}
	else
	{
		word_hash_byte(hash, 0xF0 | cp >> 18);
		word_hash_byte(hash, 0x80 | (cp >> 12 & 0x3F));
		word_hash_byte(hash, 0x80 | (cp >> 6 & 0x3F));
		word_hash_byte(hash, 0x80 | (cp & 0x3F));
	}
}

#endif							/* WORD_HASH_H */
