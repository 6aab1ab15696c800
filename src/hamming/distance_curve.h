/*-------------------------------------------------------------------------
 *
 * distance_curve.h
 *	  How many pairs of a sample of codes lie within each distance.
 *
 * No PostgreSQL header is needed.  Codes are arrays of uint64_t, 1 to
 * HAMMING_MAX_WORDS words; the order of bytes in a word plays no part.
 *
 *-------------------------------------------------------------------------
 */
#ifndef DISTANCE_CURVE_H
#define DISTANCE_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "hamming/hamming.h"
#include "base/rawenv.h"

#define DISTANCE_CURVE_MAX	(64 * HAMMING_MAX_WORDS)

/*
 * all[r] is the part of the pairs of two different rows that lie within r, r
 * from 0 to bits; rest[r] the same among the rows whose code is not a common
 * one; 0 for every r where there are too few such rows to tell.
 */
typedef struct DistanceCurve
{
	int			bits;
	double		pairs;			/* pairs that were compared, either way round */
	double		all[DISTANCE_CURVE_MAX + 1];
	double		rest[DISTANCE_CURVE_MAX + 1];
} DistanceCurve;

/*
 * Measure the curve of nrows >= 2 codes, of which the ncommon listed ones are
 * called common.  Uses a part of the rows, the same in every run, if there are
 * so many that comparing all would take longer than a fraction of a second.
 * Memory: up to 16 * words + 60 bytes a row, from env, all of it returned.
 */
extern void distance_curve(DistanceCurve *curve, const uint64_t *codes, uint32_t nrows,
						   int words, const uint64_t *common, uint32_t ncommon,
						   const RawEnv *env);

#endif							/* DISTANCE_CURVE_H */
