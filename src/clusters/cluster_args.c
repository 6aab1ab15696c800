/*-------------------------------------------------------------------------
 *
 * cluster_args.c
 *	  What the functions that cluster are asked for, checked.
 *
 *-------------------------------------------------------------------------
 */
#include "clusters/cluster_args.h"

#include "simhash/simhash.h"

/* What cluster.h, codeset.h and hamming_pairs.h say they use. */
#define ROW_BYTES(words)	(16 * (words) + 40)
#define ROW_LOG_BYTES		64

void
cluster_arguments(ClusterArguments *args, int32 radius, int32 minpoints, const char *method)
{
	simhash_check_radius(radius);
	args->radius = radius;

	if (minpoints < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("minpoints must be at least 1: %d", minpoints)));
	args->minpoints = minpoints;

	if (strcmp(method, "dbscan") == 0)
		args->method = CLUSTER_DBSCAN;
	else if (strcmp(method, "star") == 0)
		args->method = CLUSTER_STAR;
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown clustering method: \"%s\"", method),
				 errhint("Methods are \"dbscan\" and \"star\".")));
}

Size
cluster_row_bytes(const ClusterArguments *args, int words)
{
	Size		bytes = ROW_BYTES(words);

	if (args->method != CLUSTER_DBSCAN || args->minpoints > 1)
		bytes += ROW_LOG_BYTES;
	return bytes;
}
