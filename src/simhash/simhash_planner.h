/*-------------------------------------------------------------------------
 *
 * simhash_planner.h
 *	  What the planner asks about fingerprints, and what ANALYZE found out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_PLANNER_H
#define SIMHASH_PLANNER_H

#include "simhash/simhash.h"

#include "nodes/pathnodes.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

/*
 * ---------- simhash_planner.c
 */

/*
 * For the cost of an index: the radius within which a scan by this condition
 * searches, as it stands now for %, and the width of its center; false if the
 * radius can't be told, 0 bits if the width can't.  The clause is a condition
 * of an index on simhash: =, <@ or %, its indexed side on the left.
 */
extern bool simhash_index_radius(PlannerInfo *root, Oid self, const OpExpr *clause,
								 int *radius, int *bits);

/* The part of unrelated fingerprints that lie within a radius. */
extern double simhash_chance_within(int radius, int bits);

/*
 * ---------- simhash_statistics.c: what ANALYZE finds out about a column of
 * fingerprints, beside what it does about every column: how many pairs of rows
 * lie within each distance
 */

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

#endif							/* SIMHASH_PLANNER_H */
