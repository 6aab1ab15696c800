/*-------------------------------------------------------------------------
 *
 * hamming.h
 *	  Bits that differ, and bits counted by position: the inner loops of
 *	  everything else, written for several processors and chosen at run time.
 *
 * A code is "words" words of 64 bits, 1 to HAMMING_MAX_WORDS, 8 * words
 * bytes.  Distances do not depend on the order of bytes in a word, so codes
 * may be the payload of a simhash as well as arrays of uint64_t.  Pointers
 * to codes need no alignment.
 *
 * No PostgreSQL header is needed, nothing is allocated and nothing fails.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HAMMING_H
#define HAMMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAMMING_MAX_WORDS	16

/*
 * Choose the fastest kernel that the processor has.  To be called once, when
 * the library is loaded; before, the portable kernel is in use.
 */
extern void hamming_init(void);

/* The number of bits in which two codes differ, 0 to 64 * words. */
extern int	hamming_distance(const void *a, const void *b, int words);

/*
 * Find the codes within a radius of a query.
 *
 * "codes" holds n codes one after the other.  Those whose distance to
 * "query" is at most "radius" are returned in ascending order: match[] is
 * their index, distance[] the distance.  Both arrays are the caller's and
 * have room for n entries; n is at most UINT32_MAX.  Any radius is allowed: a
 * negative one matches nothing, one of 64 * words or more everything.
 * Returns the number of matches.
 */
extern size_t hamming_scan(const void *query, const void *codes, size_t n,
						   int words, int radius,
						   uint32_t *match, uint16_t *distance);

/*
 * The same for many queries at once, which is faster when there are few codes
 * to each: all pairs of one of "nqueries" queries and one of n codes, in
 * ascending order, query first.  query[], match[] and distance[] have room
 * for nqueries * n entries.
 */
extern size_t hamming_join(const void *queries, size_t nqueries,
						   const void *codes, size_t n,
						   int words, int radius,
						   uint32_t *query, uint32_t *match, uint16_t *distance);

/*
 * Find keys of 32 bits that resemble a query: "entries" holds n pairs of
 * uint32_t, a key and a value.  The values of those for which
 *
 *		popcount((key ^ query) & head) <= head_radius  and
 *		popcount(key ^ query) <= radius
 *
 * are returned in order in value[], the number of bits in which their keys
 * differ in distance[]; both have room for n.  Returns how many they are.
 */
extern size_t hamming_filter(const void *entries, size_t n, uint32_t query,
							 uint32_t head, int head_radius, int radius,
							 uint32_t *value, uint16_t *distance);

/*
 * Count the bits of n features by position.  Word j of a feature f is
 * p ^ p >> 32, with p = (f ^ f >> 32) * multiplier[j]: doc/fingerprint.md,
 * "Bits of a feature".  counts[64 * j + i] grows by bit i of word j, where bit
 * 0 is the most significant bit, as everywhere in the fingerprint.  counts[]
 * has 64 * words entries and is added to, modulo 2^32.
 */
extern void feature_count(uint32_t *counts, const uint64_t *features, size_t n,
						  const uint64_t *multiplier, int words);

/*
 * Add a weight to sums[64 * j + i] wherever bit i of bits[j] is set, modulo
 * 2^32.
 */
extern void feature_weigh(uint32_t *sums, const uint64_t *bits, int words, uint32_t weight);

/* The name of the kernel in use. */
extern const char *hamming_kernel(void);

/*
 * For tests and benchmarks: the name of the i-th kernel that this processor
 * can run, the portable one first, NULL after the last; and the switch to one
 * of them by name, false if it can't run here.
 */
extern const char *hamming_kernel_name(int i);
extern bool hamming_force(const char *name);

#endif							/* HAMMING_H */
