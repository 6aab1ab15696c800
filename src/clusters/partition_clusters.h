/*-------------------------------------------------------------------------
 *
 * partition_clusters.h
 *	  What window functions that number clusters have in common.
 *
 * All of a partition is clustered when its first row is asked for, and the
 * numbers are kept in the memory that belongs to the window function and the
 * partition.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PARTITION_CLUSTERS_H
#define PARTITION_CLUSTERS_H

#include "postgres.h"

#include "fmgr.h"
#include "windowapi.h"

/* In number[]: a row that is in no cluster. */
#define NO_CLUSTER (-1)

/*
 * Cluster the rows of a partition: sets their number[].  What it allocates in
 * the current memory context is freed afterwards.
 */
typedef void (*ClusterPartition) (WindowObject winobj, int64 nrows, int32 *number);

/* The result of the window function "name" for the current row. */
extern Datum partition_cluster_number(FunctionCallInfo fcinfo, const char *name,
									  ClusterPartition cluster);

/*
 * An argument of the function "name" that is constant in a partition: that of
 * the first row.  An error if it is NULL.
 */
extern Datum partition_constant(WindowObject winobj, int argno, const char *name,
								const char *argument);

#endif							/* PARTITION_CLUSTERS_H */
