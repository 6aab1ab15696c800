/*-------------------------------------------------------------------------
 *
 * hamming_pairs.h
 *	  All pairs of codes within a Hamming radius, exactly, in memory linear in
 *	  the number of codes: by comparing all with all, or through bands.
 *
 * No PostgreSQL header is needed.  Codes are those of codeset.h, best without
 * repeats.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HAMMING_PAIRS_H
#define HAMMING_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rawenv.h"

/* Called for each pair, a < b, in no particular order. */
typedef void (*PairCallback) (void *arg, uint32_t a, uint32_t b, int distance);

#define PAIRS_ALL	0			/* compare all with all */
#define PAIRS_AUTO	(-1)		/* what is estimated to be fastest */

/*
 * Report every pair of different numbers whose codes are within the radius,
 * once.  "bands" is the number of bands in each word, PAIRS_ALL or PAIRS_AUTO;
 * it makes no difference but in time.  More than radius / words + 1, or than
 * 64, are not used.
 *
 * Uses up to 16 bytes a code beside the codes, and 70 kB.
 */
extern void pairs_find(const uint64_t *codes, uint32_t ncodes, int words,
					   int radius, int bands, const RawEnv *env,
					   PairCallback callback, void *callback_arg);

/*
 * The number of bands in a word that PAIRS_AUTO will use if the codes are spread
 * evenly; the expected time in nanoseconds is returned in *cost.
 */
extern int	pairs_plan(uint32_t ncodes, int words, int radius, double *cost);

#endif							/* HAMMING_PAIRS_H */
