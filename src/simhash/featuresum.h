/*-------------------------------------------------------------------------
 *
 * featuresum.h
 *	  Weighted features to a fingerprint: Charikar's sum.
 *
 * The definition is doc/fingerprint.md, "Bits of a feature" and "Sum".
 *
 * A feature is a hash of 64 bits and stands for a random vector of +1 and -1
 * in as many dimensions as the fingerprint has bits.  The fingerprint is the
 * sign, in each dimension, of the weighted sum of the vectors (Charikar 2002,
 * section 3).  Sums are of integers: they depend on no order.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FEATURESUM_H
#define FEATURESUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/shingles.h"

#define FEATURE_MAX_WORDS 16	/* 64 bits each */

/* Occurrences of a shingle or lexeme that count. */
#define FEATURE_MAX_OCCURRENCES 8

/* Weights of the caller's are multiples of 2^-24 from 0 to 2^20. */
#define FEATURE_WEIGHT_UNIT 16777216.0
#define FEATURE_WEIGHT_MAX 1048576.0

typedef struct FeatureSum
{
	uint64_t	total;			/* of all weights */
	uint64_t	ones[FEATURE_MAX_WORDS * 64];	/* by bit: of those that have it set */
} FeatureSum;

extern void feature_words(const uint64_t *features, size_t n, int nwords, uint64_t *words);

extern void featuresum_init(FeatureSum *sum, int nwords);
extern bool featuresum_add_words(FeatureSum *sum, int nwords, const uint64_t *words, uint64_t weight);
extern bool featuresum_add(FeatureSum *sum, int nwords, uint64_t feature, uint64_t weight);
extern void featuresum_add_repeated(FeatureSum *sum, int nwords, uint64_t feature,
									uint64_t frequency);
extern void featuresum_add_text(FeatureSum *sum, int nwords, const uint64_t *shingles,
								size_t nshingles, const ShingleRepeat *repeats,
								size_t nrepeats);
extern void featuresum_add_counted(FeatureSum *sum, int nwords, const uint64_t *shingles,
								   const uint32_t *counts, size_t nshingles);
extern bool featuresum_merge(FeatureSum *sum, int nwords, const FeatureSum *other);
extern void featuresum_fingerprint(const FeatureSum *sum, int nwords, uint64_t *words);

#endif							/* FEATURESUM_H */
