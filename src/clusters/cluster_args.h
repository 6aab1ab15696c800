/*-------------------------------------------------------------------------
 *
 * cluster_args.h
 *	  What the functions that cluster are asked for, checked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CLUSTER_ARGS_H
#define CLUSTER_ARGS_H

#include "postgres.h"

#include "clusters/cluster.h"

typedef struct ClusterArguments
{
	int32		radius;
	int32		minpoints;
	ClusterMethod method;
} ClusterArguments;

/* Errors for what is out of range, or no method's name. */
extern void cluster_arguments(ClusterArguments *args, int32 radius, int32 minpoints,
							  const char *method);

/*
 * Bytes a row that cluster_codes() and cluster_number() take at most for codes
 * of so many words, codeset_build() before them included, and the number of
 * each row twice.
 */
extern Size cluster_row_bytes(const ClusterArguments *args, int words);

#endif							/* CLUSTER_ARGS_H */
