/*-------------------------------------------------------------------------
 *
 * partition_clusters.c
 *	  What window functions that number clusters have in common.
 *
 *-------------------------------------------------------------------------
 */
#include "clusters/partition_clusters.h"

#include "utils/memutils.h"

/* What is kept for a partition. */
typedef struct PartitionClusters
{
	bool		computed;
	int32		number[FLEXIBLE_ARRAY_MEMBER];
} PartitionClusters;

Datum
partition_constant(WindowObject winobj, int argno, const char *name, const char *argument)
{
	bool		isnull;
	bool		isout;
	Datum		value = WinGetFuncArgInPartition(winobj, argno, 0, WINDOW_SEEK_HEAD,
												 false, &isnull, &isout);

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s of %s must not be null", argument, name)));
	return value;
}

Datum
partition_cluster_number(FunctionCallInfo fcinfo, const char *name, ClusterPartition cluster)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	int64		nrows = WinGetPartitionRowCount(winobj);
	int64		row = WinGetCurrentPosition(winobj);
	PartitionClusters *clusters;

	if ((uint64) nrows > MaxAllocSize / sizeof(int32) - 1)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in a partition for %s: " INT64_FORMAT, name, nrows),
				 errhint("Divide the rows with PARTITION BY.")));

	clusters = WinGetPartitionLocalMemory(winobj,
										  offsetof(PartitionClusters, number) +
										  (Size) nrows * sizeof(int32));
	if (!clusters->computed)
	{
		MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "clusters of a partition",
													  ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(context);

		cluster(winobj, nrows, clusters->number);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(context);
		clusters->computed = true;
	}

	if (clusters->number[row] == NO_CLUSTER)
		PG_RETURN_NULL();
	PG_RETURN_INT32(clusters->number[row]);
}
