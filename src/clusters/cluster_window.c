/*-------------------------------------------------------------------------
 *
 * cluster_window.c
 *	  simhash_cluster(fp, radius, minpoints, method) OVER (...): the number of
 *	  each row's cluster in its partition.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "clusters/cluster.h"
#include "clusters/cluster_args.h"
#include "clusters/partition_clusters.h"
#include "base/serverenv.h"

PG_FUNCTION_INFO_V1(simhash_cluster);

/*
 * The most memory that clustering a partition may take; doc/clusters.md tells
 * how many rows that is.
 */
#define MAX_MEMORY			(UINT64CONST(4) << 30)

#define FUNCTION_NAME "simhash_cluster"

/* The codes of the rows that have one, words in the machine's order. */
typedef struct PartitionCodes
{
	uint64	   *codes;			/* NULL if there is none */
	uint32		ncodes;
	int			words;
} PartitionCodes;

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

/* Cluster the rows that have a code, and set their number[]. */
static void
cluster_rows(PartitionCodes *partition, const ClusterArguments *args, int64 nrows,
			 MemoryContext context, int32 *number)
{
	const RawEnv env = server_env(context);
	CodeSet		set;
	uint32	   *label;
	int32	   *found;
	uint32		next = 0;

	codeset_build(&set, partition->codes, partition->ncodes, partition->words, &env);
	label = MemoryContextAllocHuge(context, (Size) set.ncodes * sizeof(uint32));
	cluster_codes(&set, args->radius, (uint32) args->minpoints, args->method, &env, label);

	found = MemoryContextAllocHuge(context, (Size) set.nrows * sizeof(int32));
	cluster_number(&set, label, &env, found);
	for (int64 row = 0; row < nrows; row++)
	{
		if (number[row] != NO_CLUSTER)
			number[row] = found[next++];
	}
}

static void
cluster_partition(WindowObject winobj, int64 nrows, int32 *number)
{
	ClusterArguments args;
	PartitionCodes partition;

	read_arguments(winobj, &args);
	read_codes(winobj, nrows, &args, CurrentMemoryContext, &partition, number);
	if (partition.ncodes > 0)
		cluster_rows(&partition, &args, nrows, CurrentMemoryContext, number);
}

Datum
simhash_cluster(PG_FUNCTION_ARGS)
{
	return partition_cluster_number(fcinfo, FUNCTION_NAME, cluster_partition);
}
