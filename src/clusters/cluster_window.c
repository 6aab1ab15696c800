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

#include "base/memory_limit.h"
#include "base/serverenv.h"
#include "simhash/simhash.h"

PG_FUNCTION_INFO_V1(simhash_cluster);

#define FUNCTION_NAME "simhash_cluster"

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

	/* Kept for a partition: the number of each row; NULL at first. */
	int32	  **kept = WinGetPartitionLocalMemory(winobj, sizeof(int32 *));

	if (*kept == NULL)
	{
		MemoryContext context;
		MemoryContext work;
		MemoryContext caller;
		int32	   *number;

		/* What finds rows by their place takes no larger one. */
		if (nrows > PG_INT32_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many rows in a partition for %s: " INT64_FORMAT, name, nrows),
					 errhint("Divide the rows with PARTITION BY.")));

		/* It lives as long as the partition's own memory. */
		context = limited_context(GetMemoryChunkContext(kept), name);
		number = limited_alloc(context, (Size) nrows * sizeof(int32));
		work = AllocSetContextCreate(context, "clusters of a partition", ALLOCSET_DEFAULT_SIZES);
		caller = MemoryContextSwitchTo(work);
		cluster(winobj, nrows, number);
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(work);
		*kept = number;
	}

	if ((*kept)[row] == NO_CLUSTER)
		PG_RETURN_NULL();
	PG_RETURN_INT32((*kept)[row]);
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

/*
 * Read all fingerprints of the partition.  number[] becomes NO_CLUSTER for
 * rows without one, 0 for the others.
 */
static void
read_codes(WindowObject winobj, int64 nrows, MemoryContext context,
		   PartitionCodes *partition, int32 *number)
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
			partition->codes = limited_alloc(context, (Size) nrows * SIMHASH_BYTES(fp));
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
	const RawEnv env = limited_env(CurrentMemoryContext);
	ClusterArguments args;
	PartitionCodes partition;
	CodeSet		set;
	int32	   *found;
	uint32		next = 0;

	read_arguments(winobj, &args);
	read_codes(winobj, nrows, CurrentMemoryContext, &partition, number);
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
