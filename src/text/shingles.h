/*-------------------------------------------------------------------------
 *
 * shingles.h
 *	  Words to shingles, and how often each occurs.
 *
 * The definition is doc/fingerprint.md, "Shingles".  A shingle is known by
 * its hash of 64 bits alone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SHINGLES_H
#define SHINGLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHINGLE_MAX_WORDS 16

/* A multiplier of good spectral properties (Steele and Vigna 2021). */
#define SHINGLE_MULTIPLIER UINT64_C(0xD1342543DE82EF95)

/*
 * The hash of a shingle longer by one word: "shingle" is the hash of the
 * words before, 0 for none.
 */
static inline uint64_t
shingle_extend(uint64_t shingle, uint64_t word)
{
	return (shingle ^ shingle >> 32) * SHINGLE_MULTIPLIER + word;
}

/*
 * The distinct shingles of a text with their counts: a hash table with open
 * addressing, which costs 12 bytes a slot and is at most half full.
 */
typedef struct ShingleCounter
{
	int			length;			/* words a shingle */
	int			nwords;			/* of the words below, how many there are */
	uint64_t	words[SHINGLE_MAX_WORDS];	/* the last ones, in order */
	uint64_t	total;			/* shingles counted, repeats included */
	unsigned	shift;			/* a hash's slot is hash >> shift */
	size_t		nslots;			/* a power of two */
	size_t		nused;
	uint64_t   *hashes;
	uint32_t   *counts;			/* 0 in an empty slot */
} ShingleCounter;

/*
 * Memory for a table of "nslots" slots.  Made by the caller, who knows where
 * memory comes from: hashes unset, counts zero.
 */
extern void shingles_init(ShingleCounter *counter, int length, size_t nslots,
						  uint64_t *hashes, uint32_t *counts);
extern size_t shingles_room(const ShingleCounter *counter);
extern void shingles_move(ShingleCounter *counter, size_t nslots,
						  uint64_t *hashes, uint32_t *counts);
extern void shingles_add(ShingleCounter *counter, const uint64_t *words, size_t nwords);
extern void shingles_end(ShingleCounter *counter);

#endif							/* SHINGLES_H */
