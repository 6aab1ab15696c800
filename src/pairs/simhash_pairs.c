/*-------------------------------------------------------------------------
 *
 * simhash_pairs.c
 *	  All pairs, and all clusters, among the fingerprints of a query:
 *	  simhash_pairs(query, radius) and simhash_components(query, radius).
 *
 * The fingerprints and ids of all rows are in memory, within
 * maintenance_work_mem; the result goes to disk beyond work_mem.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "pairs/allpairs.h"
#include "clusters/cluster_window.h"
#include "hamming/codeset.h"
#include "hamming/hamming_pairs.h"
#include "pairs/idlist.h"
#include "pairs/querytext.h"
#include "base/serverenv.h"

PG_FUNCTION_INFO_V1(simhash_pairs);
PG_FUNCTION_INFO_V1(simhash_components);

#define FIRST_ROOM	1024

/* Pairs of codes that are put out at once. */
#define BATCH		64

/* The rows that have a fingerprint, in the order of their ids. */
typedef struct FingerprintRows
{
	IdList		ids;
	int			words;			/* 0 as long as there is no row */
	uint64	   *codes;			/* words in the machine's order */
	uint32		room;
} FingerprintRows;

/* Where pairs of codes become rows of the result. */
typedef struct PairOutput
{
	ReturnSetInfo *result;
	const Datum *ids;

	/* The rows of code c are row[start[c]] to row[start[c + 1] - 1]. */
	uint32	   *start;
	uint32	   *row;

	struct
	{
		uint32		code[2];
		int			distance;
	}			batch[BATCH];
	int			nbatch;
} PairOutput;

static void
add_fingerprint(FingerprintRows *rows, const Simhash *fp)
{
	uint32		n = rows->ids.n - 1;

	if (rows->words == 0)
	{
		rows->words = SIMHASH_WORDS(fp);
		rows->room = FIRST_ROOM;
		rows->codes = MemoryContextAlloc(rows->ids.context, FIRST_ROOM * SIMHASH_BYTES(fp));
	}
	if (SIMHASH_WORDS(fp) != rows->words)
		simhash_width_mismatch(rows->words * SIMHASH_WORD_BITS, SIMHASH_BITS(fp));
	if (n == rows->room)
	{
		rows->room *= 2;
		rows->codes = repalloc_huge(rows->codes, (Size) rows->room * SIMHASH_BYTES(fp));
	}
	simhash_to_words(fp, rows->codes + (Size) n * rows->words);
}

/* Bring the codes in the order of the ids. */
static void
sort_rows(FingerprintRows *rows)
{
	uint32	   *order = idlist_sort(&rows->ids);
	Size		bytes = (Size) rows->words * sizeof(uint64);
	char	   *sorted;

	idlist_check_unique(&rows->ids);
	if (order == NULL)
		return;
	sorted = MemoryContextAllocHuge(rows->ids.context, rows->ids.n * bytes);
	for (uint32 k = 0; k < rows->ids.n; k++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(sorted + k * bytes, (char *) rows->codes + order[k] * bytes, bytes);
	}
	pfree(rows->codes);
	pfree(order);
	rows->codes = (uint64 *) sorted;
}

/*
 * Run the query, whose columns are an id of the type of the result's first
 * one and a fingerprint.
 */
static void
read_rows(FunctionCallInfo fcinfo, const char *function, const ClusterArguments *args,
		  MemoryContext context, FingerprintRows *rows)
{
	QueryColumn columns[2] = {
		{"id", allpairs_id_type(fcinfo)},
		{"fp", allpairs_own_type(fcinfo, "simhash")}
	};
	char	   *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	QueryRows	input;
	Datum		values[2];
	bool		isnull[2];

	memset(rows, 0, sizeof(FingerprintRows));
	idlist_init(&rows->ids, function, columns[0].type, context);

	query_open(&input, function, query, columns, 2);
	while (query_next(&input, values, isnull))
	{
		MemoryContext caller = MemoryContextSwitchTo(input.row_context);

		/* Ids of rows without a fingerprint are checked, but not kept. */
		if (isnull[0] || !isnull[1])
			idlist_add(&rows->ids, values[0], isnull[0]);
		if (!isnull[1])
		{
			add_fingerprint(rows, DatumGetSimhash(values[1]));
			idlist_check_memory(&rows->ids, rows->ids.n,
								IDLIST_ID_BYTES + cluster_row_bytes(args, rows->words));
		}
		MemoryContextSwitchTo(caller);
	}
	query_close(&input);

	if (rows->ids.n > 0)
		sort_rows(rows);
}

static inline void
put_pair(PairOutput *output, uint32 row_x, uint32 row_y, int distance)
{
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	CHECK_FOR_INTERRUPTS();
	values[0] = output->ids[Min(row_x, row_y)];
	values[1] = output->ids[Max(row_x, row_y)];
	values[2] = Int32GetDatum(distance);
	tuplestore_putvalues(output->result->setResult, output->result->setDesc, values, nulls);
}

/* Each row of one code with each of the other. */
static void
put_codes(PairOutput *output, uint32 a, uint32 b, int distance)
{
	for (uint32 i = output->start[a]; i < output->start[a + 1]; i++)
		for (uint32 j = output->start[b]; j < output->start[b + 1]; j++)
			put_pair(output, output->row[i], output->row[j], distance);
}

/*
 * Put out the batch.  Codes come in no order, and each step to their ids is a
 * place in memory that no cache has: all are asked for before one is needed.
 */
static void
put_batch(PairOutput *output)
{
	for (int i = 0; i < 2 * output->nbatch; i++)
		raw_prefetch(&output->start[output->batch[i / 2].code[i % 2]]);
	for (int i = 0; i < 2 * output->nbatch; i++)
		raw_prefetch(&output->row[output->start[output->batch[i / 2].code[i % 2]]]);
	for (int i = 0; i < 2 * output->nbatch; i++)
		raw_prefetch(&output->ids[output->row[output->start[output->batch[i / 2].code[i % 2]]]]);

	for (int i = 0; i < output->nbatch; i++)
		put_codes(output, output->batch[i].code[0], output->batch[i].code[1],
				  output->batch[i].distance);
	output->nbatch = 0;
}

/* A PairCallback. */
static void
add_codes(void *arg, uint32 a, uint32 b, int distance)
{
	PairOutput *output = arg;

	if (output->nbatch == BATCH)
		put_batch(output);
	output->batch[output->nbatch].code[0] = a;
	output->batch[output->nbatch].code[1] = b;
	output->batch[output->nbatch].distance = distance;
	output->nbatch++;
}

/* The pairs of rows of one code. */
static void
put_equal(PairOutput *output, uint32 code)
{
	for (uint32 i = output->start[code]; i < output->start[code + 1]; i++)
		for (uint32 j = i + 1; j < output->start[code + 1]; j++)
			put_pair(output, output->row[i], output->row[j], 0);
}

/* Set start[] and row[], by a counting sort. */
static void
find_rows_of_codes(PairOutput *output, const CodeSet *set, MemoryContext context)
{
	uint32		sum = 0;

	output->start = MemoryContextAllocHuge(context, ((Size) set->ncodes + 1) * sizeof(uint32));
	output->row = MemoryContextAllocHuge(context, (Size) set->nrows * sizeof(uint32));
	for (uint32 code = 0; code < set->ncodes; code++)
	{
		sum += set->rows[code];
		output->start[code] = sum;
	}
	output->start[set->ncodes] = sum;

	/* Filled from behind, each start ends up where it belongs. */
	for (uint32 i = set->nrows; i-- > 0;)
		output->row[--output->start[set->code_of_row[i]]] = i;
}

/*
 * simhash_pairs(query text, radius int)
 * simhash_pairs(query text, radius int, id_type anyelement)
 */
Datum
simhash_pairs(PG_FUNCTION_ARGS)
{
	const char *function = "simhash_pairs";
	ClusterArguments args;
	FingerprintRows rows;
	PairOutput	output;
	MemoryContext context;
	RawEnv		env;
	CodeSet		set;

	allpairs_check_nulls(fcinfo, function, 2);
	cluster_arguments(&args, PG_GETARG_INT32(1), 1, "dbscan");
	InitMaterializedSRF(fcinfo, 0);
	context = AllocSetContextCreate(CurrentMemoryContext, "simhash_pairs", ALLOCSET_DEFAULT_SIZES);
	env = server_env(context);

	read_rows(fcinfo, function, &args, context, &rows);
	if (rows.ids.n > 0)
	{
		output.result = (ReturnSetInfo *) fcinfo->resultinfo;
		output.ids = rows.ids.ids;
		output.nbatch = 0;
		codeset_build(&set, rows.codes, rows.ids.n, rows.words, &env);
		find_rows_of_codes(&output, &set, context);

		for (uint32 code = 0; code < set.ncodes; code++)
			put_equal(&output, code);
		pairs_find(set.codes, set.ncodes, set.words, args.radius, PAIRS_AUTO, &env,
				   add_codes, &output);
		put_batch(&output);
	}
	MemoryContextDelete(context);
	return (Datum) 0;
}

/*
 * simhash_components(query text, radius int)
 * simhash_components(query text, radius int, id_type anyelement, minpoints int, method text)
 */
Datum
simhash_components(PG_FUNCTION_ARGS)
{
	const char *function = "simhash_components";
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ClusterArguments args;
	FingerprintRows rows;
	MemoryContext context;
	RawEnv		env;
	CodeSet		set;
	uint32	   *label;
	int32	   *number;

	allpairs_check_nulls(fcinfo, function, 2);
	if (PG_NARGS() == 2)
		cluster_arguments(&args, PG_GETARG_INT32(1), 1, "dbscan");
	else
		cluster_arguments(&args, PG_GETARG_INT32(1), PG_GETARG_INT32(3),
						  text_to_cstring(PG_GETARG_TEXT_PP(4)));
	InitMaterializedSRF(fcinfo, 0);
	context = AllocSetContextCreate(CurrentMemoryContext, "simhash_components", ALLOCSET_DEFAULT_SIZES);
	env = server_env(context);

	read_rows(fcinfo, function, &args, context, &rows);
	if (rows.ids.n > 0)
	{
		codeset_build(&set, rows.codes, rows.ids.n, rows.words, &env);
		label = MemoryContextAllocHuge(context, (Size) set.ncodes * sizeof(uint32));
		cluster_codes(&set, args.radius, (uint32) args.minpoints, args.method, &env, label);
		number = MemoryContextAllocHuge(context, (Size) set.nrows * sizeof(int32));
		cluster_number(&set, label, &env, number);

		for (uint32 row = 0; row < set.nrows; row++)
		{
			Datum		values[2] = {rows.ids.ids[row], Int32GetDatum(number[row])};
			bool		nulls[2] = {false, number[row] < 0};

			CHECK_FOR_INTERRUPTS();
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	}
	MemoryContextDelete(context);
	return (Datum) 0;
}
