/*-------------------------------------------------------------------------
 *
 * analyze.h
 *	  What ANALYZE's functions of several types share: statistics of our own
 *	  beside those that PostgreSQL gathers about every type.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_ANALYZE_H
#define SIMHASH_ANALYZE_H

#include "postgres.h"

#include "commands/vacuum.h"

/* The kinds of slot; pg_statistic.h leaves 10000 to 30000 to private use. */
#define STATISTIC_KIND_DISTANCES	27411	/* of fingerprints: simhash_statistics.c */
#define STATISTIC_KIND_SKETCHES		27412	/* textsketch_statistics.c */

/*
 * The body of a typanalyze function: std_typanalyze(), and "compute" in place
 * of its function.  Returns what the function has to return.
 */
extern bool analyze_with(VacAttrStats *stats, AnalyzeAttrComputeStatsFunc compute);

/*
 * To be called first in "compute", with its arguments: the statistics that
 * PostgreSQL itself gathers.  Returns a slot that is free for others, or -1 if
 * there is none, or nothing to tell (no row but NULLs).
 */
extern int	analyze_standard(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc,
							 int samplerows, double totalrows);

/* The most common values that were found; returns their number. */
extern int	analyze_common_values(const VacAttrStats *stats, const Datum **values);

#endif							/* SIMHASH_ANALYZE_H */
