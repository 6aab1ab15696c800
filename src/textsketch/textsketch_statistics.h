/*-------------------------------------------------------------------------
 *
 * textsketch_statistics.h
 *	  What ANALYZE finds out about a column of sketches: how many pairs of rows
 *	  resemble, contain, overlap or share so much.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXTSKETCH_STATISTICS_H
#define TEXTSKETCH_STATISTICS_H

#include "textsketch/textsketch.h"

#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

/* The statistics of a column, as far as they are there. */
typedef struct TextsketchStatistics
{
	double		share;			/* the part of the rows, NULLs aside, with the usual parameters */
	double		pairs;			/* pairs of rows that were compared; 0 of a single row */
	double		elements;		/* of a row, on average */
	const float4 *all;
	const float4 *rest;
	AttStatsSlot slot;
} TextsketchStatistics;

/*
 * Read the statistics of a variable; false if there are none, or none that
 * make sense.  To be released if true.
 */
extern bool textsketch_statistics_get(VariableStatData *var, TextsketchStatistics *stats);
extern void textsketch_statistics_release(TextsketchStatistics *stats);

/*
 * The part of the other rows for which a condition on a row holds, on average
 * over the rows: among all, or among those whose value is not one of the most
 * common ("curve" is one of the two in the statistics); negative if not known.
 */
extern double textsketch_statistics_part(const float4 *curve, TextsketchMode mode,
										 double threshold);

#endif							/* TEXTSKETCH_STATISTICS_H */
