/*-------------------------------------------------------------------------
 *
 * cluster_window.c
 *	  Window functions that number clusters; among them
 *	  simhash_cluster(fp, radius, minpoints, method) OVER (...): the number of
 *	  each row's cluster in its partition.
 *
 *-------------------------------------------------------------------------
 */
#include "clusters/cluster_window.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/serverenv.h"
#include "simhash/simhash.h"

PG_FUNCTION_INFO_V1(simhash_cluster);

/*
 * The most memory that clustering a partition may take; doc/clusters.md tells
 * how many rows that is.
 */
#define MAX_MEMORY			(UINT64CONST(4) << 30)

#define FUNCTION_NAME "simhash_cluster"

/* What cluster.h, codeset.h and hamming_pairs.h say they use. */
#define ROW_BYTES(words)	(16 * (words) + 40)
#define ROW_LOG_BYTES		64

/* What is kept for a partition. */
typedef struct PartitionClusters
{
	bool		computed;
	int32		number[FLEXIBLE_ARRAY_MEMBER];
} PartitionClusters;

/* The codes of the rows that have one, words in the machine's order. */
typedef struct PartitionCodes
{
	uint64	   *codes;			/* NULL if there is none */
	uint32		ncodes;
	int			words;
} PartitionCodes;

/*
 * Window functions
 */

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

/*
 * Clusters of fingerprints
 */

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

void
cluster_set(const CodeSet *set, const ClusterArguments *args, const RawEnv *env, int32 *number)
{
	uint32	   *label = env->alloc(env->arg, (Size) set->ncodes * sizeof(uint32));

	cluster_codes(set, args->radius, (uint32) args->minpoints, args->method, env, label);
	cluster_number(set, label, env, number);
}

static void
read_arguments(WindowObject winobj, ClusterArguments *args)
{
	int32		radius = DatumGetInt32(partition_constant(winobj, 1, FUNCTION_NAME, "radius"));
	int32		minpoints = DatumGetInt32(partition_constant(winobj, 2, FUNCTION_NAME, "minpoints"));
	Datum		method = partition_constant(winobj, 3, FUNCTION_NAME, "method");

	cluster_arguments(args, radius, minpoints, TextDatumGetCString(method));
}

/* Raise an error if a partition of so many rows takes too much memory. */
static void
check_memory(int64 nrows, int words, const ClusterArguments *args)
{
	uint64		most = MAX_MEMORY / cluster_row_bytes(args, words);

	if ((uint64) nrows > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in a partition for %s: " INT64_FORMAT, FUNCTION_NAME, nrows),
				 errdetail("At %d bits the limit is " UINT64_FORMAT " rows.",
						   words * SIMHASH_WORD_BITS, most),
				 errhint("Divide the rows with PARTITION BY.")));
}

/*
 * Read all fingerprints of the partition.  number[] becomes NO_CLUSTER for
 * rows without one, 0 for the others.
 */
static void
read_codes(WindowObject winobj, int64 nrows, const ClusterArguments *args,
		   MemoryContext context, PartitionCodes *partition, int32 *number)
{
	MemoryContext row_context = AllocSetContextCreate(context, "simhash_cluster row",
													  ALLOCSET_SMALL_SIZES);
	MemoryContext old_context = MemoryContextSwitchTo(row_context);

	partition->codes = NULL;
	partition->ncodes = 0;
	partition->words = 0;

	for (int64 row = 0; row < nrows; row++)
	{
		bool		isnull;
		bool		isout;
		Datum		value;
		Simhash    *fp;

		CHECK_FOR_INTERRUPTS();

		/* The argument may be an expression that allocates. */
		MemoryContextReset(row_context);
		value = WinGetFuncArgInPartition(winobj, 0, (int) row, WINDOW_SEEK_HEAD,
										 false, &isnull, &isout);
		number[row] = isnull ? NO_CLUSTER : 0;
		if (isnull)
			continue;

		fp = DatumGetSimhash(value);
		if (partition->codes == NULL)
		{
			partition->words = SIMHASH_WORDS(fp);
			check_memory(nrows, partition->words, args);
			partition->codes = MemoryContextAllocHuge(context, (Size) nrows * SIMHASH_BYTES(fp));
		}
		else if (SIMHASH_WORDS(fp) != partition->words)
			simhash_width_mismatch(partition->words * SIMHASH_WORD_BITS, SIMHASH_BITS(fp));

		simhash_to_words(fp, partition->codes + (Size) partition->ncodes * partition->words);
		partition->ncodes++;
	}

	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(row_context);
}

/* Number the rows that have a code. */
static void
cluster_partition(WindowObject winobj, int64 nrows, int32 *number)
{
	const RawEnv env = server_env(CurrentMemoryContext);
	ClusterArguments args;
	PartitionCodes partition;
	CodeSet		set;
	int32	   *found;
	uint32		next = 0;

	read_arguments(winobj, &args);
	read_codes(winobj, nrows, &args, CurrentMemoryContext, &partition, number);
	if (partition.ncodes == 0)
		return;

	codeset_build(&set, partition.codes, partition.ncodes, partition.words, &env);
	found = env.alloc(env.arg, (Size) set.nrows * sizeof(int32));
	cluster_set(&set, &args, &env, found);
	for (int64 row = 0; row < nrows; row++)
	{
		if (number[row] != NO_CLUSTER)
			number[row] = found[next++];
	}
}

Datum
simhash_cluster(PG_FUNCTION_ARGS)
{
	return partition_cluster_number(fcinfo, FUNCTION_NAME, cluster_partition);
}
