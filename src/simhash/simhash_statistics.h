/*-------------------------------------------------------------------------
 *
 * simhash_statistics.h
 *	  What ANALYZE finds out about a column of fingerprints, beside what it
 *	  does about every column: how many pairs of rows lie within each distance.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_STATISTICS_H
#define SIMHASH_STATISTICS_H

#include "postgres.h"

#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

/* The statistics of a column, as far as they are there. */
typedef struct SimhashStatistics
{
	int			bits;			/* the width that most rows have */
	double		share;			/* the part of the rows, NULLs aside, that have it */
	double		pairs;			/* pairs of rows that were compared */
	int			nradii;			/* radii from 0 that the curves have */
	const float4 *all;
	const float4 *rest;
	AttStatsSlot slot;			/* to be freed */
} SimhashStatistics;

/*
 * Read the statistics of a variable; false if there are none, or none that
 * make sense.
 */
extern bool simhash_statistics_get(VariableStatData *var, SimhashStatistics *stats);

/*
 * The part of the other rows of that width that lie within a radius of a row,
 * on average over the rows: among all, or ("rest") among those whose value is
 * not one of the most common, which is negative if not known.
 */
extern double simhash_statistics_part(const SimhashStatistics *stats, bool rest, int radius);

#endif							/* SIMHASH_STATISTICS_H */
