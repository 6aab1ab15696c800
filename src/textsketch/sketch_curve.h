/*-------------------------------------------------------------------------
 *
 * sketch_curve.h
 *	  How many pairs of a sample of sketches resemble, contain, overlap or share
 *	  so much.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SKETCH_CURVE_H
#define SKETCH_CURVE_H

#include "textsketch/textsketch_measure.h"

/*
 * The steps of a curve: of resemblance, containment and overlap those above 0,
 * then at least 1/20, 2/20 and so on; of shared elements at least 1, 2, 4 and
 * so on.
 */
#define SKETCH_PART_STEPS	21
#define SKETCH_SHARED_STEPS	14
#define SKETCH_CURVE_STEPS	(3 * SKETCH_PART_STEPS + SKETCH_SHARED_STEPS)

/*
 * The part of the pairs of two different rows that reach each step: of all
 * rows, and of those that are not common; -1 where there are too few such rows
 * to tell.
 */
typedef struct SketchCurve
{
	double		pairs;			/* pairs that were compared, either way round */
	float		all[SKETCH_CURVE_STEPS];
	float		rest[SKETCH_CURVE_STEPS];
} SketchCurve;

/*
 * Measure the curve of nrows >= 1 comparable sketches, some of which are called
 * common.  Of many rows the first ones may be all that is looked at, so that it
 * takes a fraction of a second: their order is to be by chance.  Memory: up to
 * 12 bytes an element and 8 a row, from env, all of it returned.
 */
extern void sketch_curve(SketchCurve *curve, const TextsketchView *rows, uint32_t nrows,
						 const bool *common, const RawEnv *env);

/* The part of the pairs that reach a threshold, by one of the two curves. */
extern double sketch_curve_part(const float *curve, TextsketchMode mode, double threshold);

#endif							/* SKETCH_CURVE_H */
