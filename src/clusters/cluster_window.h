/*-------------------------------------------------------------------------
 *
 * cluster_window.h
 *	  Window functions that number clusters, and what simhash_cluster() shares
 *	  with simhash_components().
 *
 *-------------------------------------------------------------------------
 */
#ifndef CLUSTER_WINDOW_H
#define CLUSTER_WINDOW_H

#include "postgres.h"

#include "fmgr.h"
#include "windowapi.h"

#include "clusters/cluster.h"

/*
 * Window functions.  All of a partition is clustered when its first row is
 * asked for, and the numbers are kept in the memory that belongs to the window
 * function and the partition.
 */

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

/*
 * Clusters of fingerprints: what is asked for.
 */
typedef struct ClusterArguments
{
	int32		radius;
	int32		minpoints;
	ClusterMethod method;
} ClusterArguments;

/* Errors for what is out of range, or no method's name. */
extern void cluster_arguments(ClusterArguments *args, int32 radius, int32 minpoints,
							  const char *method);

/* Number the clusters of a set of codes, by rows: cluster_number(). */
extern void cluster_set(const CodeSet *set, const ClusterArguments *args, const RawEnv *env,
						int32 *number);

#endif							/* CLUSTER_WINDOW_H */
