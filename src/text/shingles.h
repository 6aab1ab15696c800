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

#include <stddef.h>
#include <stdint.h>

#include "base/hashtable.h"

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
 * The distinct shingles of a text in the order of their first occurrence, with
 * their counts.
 */
typedef struct ShingleCounter
{
	int			length;			/* words a shingle */
	int			ncarried;		/* words from before that begin shingles */
	uint64_t	carried[SHINGLE_MAX_WORDS];
	HashCounts	shingles;
} ShingleCounter;

extern void shingles_init(ShingleCounter *counter, int length, uint32_t room, const RawEnv *env);
extern void shingles_add(ShingleCounter *counter, const uint64_t *words, size_t nwords);
extern void shingles_end(ShingleCounter *counter);
extern void shingles_free(ShingleCounter *counter);

/*
 * The same for a text whose shingles are in memory: which occur repeatedly.
 */
typedef struct ShingleRepeat
{
	uint64_t	hash;
	uint32_t	count;			/* 2 or more */
} ShingleRepeat;

/* As many shingles as shingles_repeats() takes. */
#define SHINGLES_TOGETHER ((size_t) 1 << 15)

/* Bytes of memory that it needs for n shingles. */
#define SHINGLES_REPEATS_MEMORY(n) \
	((n) * (sizeof(ShingleRepeat) / 2 + sizeof(uint64_t) + 9 * sizeof(uint16_t)) + 128)

extern size_t shingles_of_words(uint64_t *words, size_t nwords, int length);
extern const ShingleRepeat *shingles_repeats(const uint64_t *shingles, size_t n,
											 void *memory, size_t *nrepeats,
											 const RawEnv *env);

#endif							/* SHINGLES_H */
