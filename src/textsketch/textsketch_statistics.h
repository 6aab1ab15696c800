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
	const float4 *all;			/* curves of sketch_curve.h: of all rows */
	const float4 *rest;			/* ... of those whose value is not a most common one */
	AttStatsSlot slot;			/* to be freed */
} TextsketchStatistics;

/*
 * Read the statistics of a variable; false if there are none, or none that
 * make sense.
 */
extern bool textsketch_statistics_get(VariableStatData *var, TextsketchStatistics *stats);

#endif							/* TEXTSKETCH_STATISTICS_H */
