/*-------------------------------------------------------------------------
 *
 * analyze.c
 *	  Statistics of our own beside those that PostgreSQL gathers.
 *
 *-------------------------------------------------------------------------
 */
#include "base/analyze.h"

#include "catalog/pg_statistic.h"

/* What std_typanalyze() has to be called back with. */
typedef struct AnalyzeState
{
	AnalyzeAttrComputeStatsFunc compute;
	void	   *extra_data;
} AnalyzeState;

bool
analyze_with(VacAttrStats *stats, AnalyzeAttrComputeStatsFunc compute)
{
	AnalyzeState *state;

	if (!std_typanalyze(stats))
		return false;

	state = palloc(sizeof(AnalyzeState));
	state->compute = stats->compute_stats;
	state->extra_data = stats->extra_data;
	stats->compute_stats = compute;
	stats->extra_data = state;
	return true;
}

int
analyze_standard(VacAttrStats *stats, AnalyzeAttrFetchFunc fetchfunc, int samplerows,
				 double totalrows)
{
	AnalyzeState *state = stats->extra_data;
	int			slot = 0;

	stats->extra_data = state->extra_data;
	state->compute(stats, fetchfunc, samplerows, totalrows);
	stats->extra_data = state;

	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	return stats->stats_valid && slot < STATISTIC_NUM_SLOTS ? slot : -1;
}

int
analyze_common_values(const VacAttrStats *stats, const Datum **values)
{
	for (int slot = 0; slot < STATISTIC_NUM_SLOTS; slot++)
	{
		if (stats->stakind[slot] == STATISTIC_KIND_MCV)
		{
			*values = stats->stavalues[slot];
			return stats->numvalues[slot];
		}
	}
	return 0;
}
