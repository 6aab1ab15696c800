/*-------------------------------------------------------------------------
 *
 * cluster_pairs.h
 *	  All pairs of codes within a Hamming radius, exactly, in memory linear in
 *	  the number of codes.
 *
 * First the rows of equal codes are grouped (a hundred thousand copies of one
 * code are 5e9 pairs that nobody wants to see one by one), then the pairs of
 * different codes are found by comparing all with all, or through bands.
 *
 * No PostgreSQL header is needed.  Codes here are arrays of uint64_t of the
 * machine's order, word 0 the most significant, 1 to HAMMING_MAX_WORDS words.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CLUSTER_PAIRS_H
#define CLUSTER_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawenv.h"

/*
 * The different codes among some rows, in ascending order, so that the number
 * of a code (0 to ncodes - 1) also stands for its place in that order.
 */
typedef struct CodeSet
{
	int			words;
	uint32_t	nrows;
	uint32_t	ncodes;
	uint64_t   *codes;			/* words * ncodes */
	uint32_t   *rows;			/* how many rows have the code; ncodes */
	uint32_t   *code_of_row;	/* nrows */
} CodeSet;

/*
 * Group nrows < UINT32_MAX codes.  "codes" was allocated by env->alloc; it is
 * freed here.  While it runs, up to 16 * words + 16, or 8 * words + 40 bytes
 * a row are in use, whichever is more, the argument among them; what stays
 * is 4 bytes a row and 8 * words + 4 bytes for every row of room in the set.
 */
extern void codeset_build(CodeSet *set, uint64_t *codes, uint32_t nrows,
						  int words, const RawEnv *env);
extern void codeset_free(CodeSet *set, const RawEnv *env);

/* Called for each pair, a < b, in no particular order. */
typedef void (*PairCallback) (void *arg, uint32_t a, uint32_t b, int distance);

#define PAIRS_ALL	0			/* compare all with all */
#define PAIRS_AUTO	(-1)		/* what is estimated to be fastest */

/*
 * Report every pair of different numbers whose codes are within the radius,
 * once.  "bands" is the number of bands, PAIRS_ALL or PAIRS_AUTO; it makes no
 * difference but in time.  More than radius + 1 bands, or than 64 * words,
 * are not used.
 *
 * Uses up to 8 * words + 8 bytes a code beside the codes, and 60 kB.
 */
extern void pairs_find(const uint64_t *codes, uint32_t ncodes, int words,
					   int radius, int bands, const RawEnv *env,
					   PairCallback callback, void *callback_arg);

/*
 * The number of bands that PAIRS_AUTO will use if the codes are spread
 * evenly; the expected time in nanoseconds is returned in *cost.
 */
extern int	pairs_plan(uint32_t ncodes, int words, int radius, double *cost);

#endif							/* CLUSTER_PAIRS_H */
