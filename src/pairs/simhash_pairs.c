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

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"
#include "clusters/cluster_window.h"
#include "hamming/codeset.h"
#include "hamming/hamming_pairs.h"
#include "pairs/idlist.h"
#include "pairs/queryrows.h"

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
	const QueryFunction *function;
	const Datum *ids;

	/* The rows of code c are row[start[c]] to row[start[c + 1] - 1], ascending. */
	uint32	   *start;
	uint32	   *row;

	/* Of two queries, the rows of the other one; 0 of a single query. */
	uint32		other;

	struct
	{
		uint32		code[2];
		int			distance;
	}			batch[BATCH];
	int			nbatch;
} PairOutput;

/* A QuerySink. */
static void
add_row(void *arg, const Datum *values, const bool *isnull)
{
	FingerprintRows *rows = arg;
	uint32		n = rows->ids.n;
	Simhash    *fp;

	if (!idlist_add_of(&rows->ids, values, isnull))
		return;

	fp = DatumGetSimhash(values[1]);
	if (rows->words == 0)
	{
		rows->words = SIMHASH_WORDS(fp);
		rows->room = FIRST_ROOM;
		rows->codes = limited_alloc(rows->ids.context, FIRST_ROOM * SIMHASH_BYTES(fp));
	}
	if (SIMHASH_WORDS(fp) != rows->words)
		simhash_width_mismatch(rows->words * SIMHASH_WORD_BITS, SIMHASH_BITS(fp));
	if (n == rows->room)
	{
		rows->room *= 2;
		rows->codes = limited_realloc(rows->codes, (Size) rows->room * SIMHASH_BYTES(fp));
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
	sorted = limited_alloc(rows->ids.context, rows->ids.n * bytes);
	for (uint32 k = 0; k < rows->ids.n; k++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(sorted + k * bytes, (char *) rows->codes + order[k] * bytes, bytes);
	}
	pfree(rows->codes);
	pfree(order);
	rows->codes = (uint64 *) sorted;
}

/* Put the rows of another query behind these. */
static void
append_rows(FingerprintRows *rows, FingerprintRows *other)
{
	Size		bytes = (Size) rows->words * sizeof(uint64);

	if (rows->words != other->words)
		simhash_width_mismatch(rows->words * SIMHASH_WORD_BITS, other->words * SIMHASH_WORD_BITS);
	rows->codes = limited_realloc(rows->codes, bytes * ((Size) rows->ids.n + other->ids.n));
	memcpy((char *) rows->codes + rows->ids.n * bytes, other->codes, other->ids.n * bytes);
	pfree(other->codes);
	idlist_append(&rows->ids, &other->ids);
}

/*
 * Read the rows, of two queries one behind the other, the second from *other
 * on, and make a set of their codes; false if there are none of a query.
 */
static bool
read_rows(const QueryFunction *function, const RawEnv *env, FingerprintRows *rows, uint32 *other,
		  CodeSet *set)
{
	const QueryColumn columns[2] = {
		{"id", function->id_type},
		{"fp", query_own_type(function, "simhash")}
	};
	FingerprintRows read[2];

	memset(read, 0, sizeof(read));
	for (int query = 0; query < function->nqueries; query++)
	{
		idlist_init(&read[query].ids, function->name, function->id_type, function->context);
		query_read(function, query, columns, 2, add_row, &read[query]);
		if (read[query].ids.n == 0)
			return false;
		sort_rows(&read[query]);
	}
	*other = 0;
	if (function->nqueries == 2)
	{
		*other = read[0].ids.n;
		append_rows(&read[0], &read[1]);
	}
	*rows = read[0];
	codeset_build(set, rows->codes, rows->ids.n, rows->words, env);
	return true;
}

static inline void
put_pair(PairOutput *output, uint32 row_x, uint32 row_y, int distance)
{
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	values[0] = output->ids[Min(row_x, row_y)];
	values[1] = output->ids[Max(row_x, row_y)];
	values[2] = Int32GetDatum(distance);
	query_put(output->function, values, nulls);
}

/* Each of some rows with each of others, which are row[] from and up to. */
static void
put_rows(PairOutput *output, uint32 from, uint32 upto, uint32 other_from, uint32 other_upto,
		 int distance)
{
	for (uint32 i = from; i < upto; i++)
		for (uint32 j = other_from; j < other_upto; j++)
			put_pair(output, output->row[i], output->row[j], distance);
}

/* Where among the rows of a code those of the other query begin. */
static uint32
start_of_other(const PairOutput *output, uint32 code)
{
	uint32		low = output->start[code];
	uint32		high = output->start[code + 1];

	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (output->row[middle] < output->other)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Each row of one code with each of the other, if they are of two queries. */
static void
put_codes(PairOutput *output, uint32 a, uint32 b, int distance)
{
	const uint32 *start = output->start;

	if (output->other == 0)
		put_rows(output, start[a], start[a + 1], start[b], start[b + 1], distance);
	else
	{
		uint32		other_a = start_of_other(output, a);
		uint32		other_b = start_of_other(output, b);

		put_rows(output, start[a], other_a, other_b, start[b + 1], distance);
		put_rows(output, start[b], other_b, other_a, start[a + 1], distance);
	}
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
	uint32		upto = output->start[code + 1];
	uint32		other;

	if (output->other == 0)
	{
		for (uint32 i = output->start[code]; i < upto; i++)
			put_rows(output, i, i + 1, i + 1, upto, 0);
	}
	else
	{
		other = start_of_other(output, code);
		put_rows(output, output->start[code], other, other, upto, 0);
	}
}

/* Set start[] and row[], by a counting sort. */
static void
find_rows_of_codes(PairOutput *output, const CodeSet *set, MemoryContext context)
{
	uint32		sum = 0;

	output->start = limited_alloc(context, ((Size) set->ncodes + 1) * sizeof(uint32));
	output->row = limited_alloc(context, (Size) set->nrows * sizeof(uint32));
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
 * simhash_pairs(query text, radius int [, id_type anyelement])
 * simhash_pairs(relation regclass, id_column name, fp_column name, radius int [, id_type anyelement])
 * simhash_pairs(query text, other_query text, radius int [, id_type anyelement])
 * simhash_pairs(relation regclass, id_column name, fp_column name, other_relation regclass,
 *				 other_id_column name, other_fp_column name, radius int [, id_type anyelement])
 */
Datum
simhash_pairs(PG_FUNCTION_ARGS)
{
	QueryFunction function;
	ClusterArguments args;
	FingerprintRows rows;
	PairOutput	output;
	RawEnv		env;
	CodeSet		set;

	query_function_begin(&function, fcinfo, "simhash_pairs", 2);
	cluster_arguments(&args, PG_GETARG_INT32(function.first), 1, "dbscan");
	env = limited_env(function.context);
	if (read_rows(&function, &env, &rows, &output.other, &set))
	{
		output.function = &function;
		output.ids = rows.ids.ids;
		output.nbatch = 0;
		find_rows_of_codes(&output, &set, function.context);

		for (uint32 code = 0; code < set.ncodes; code++)
			put_equal(&output, code);
		pairs_find(set.codes, set.ncodes, set.words, args.radius, PAIRS_AUTO, &env,
				   add_codes, &output);
		put_batch(&output);
	}
	return query_function_end(&function);
}

/*
 * simhash_components(query text, radius int)
 * simhash_components(query text, radius int, id_type anyelement, minpoints int, method text)
 * simhash_components(relation regclass, id_column name, fp_column name, radius int,
 *					  [id_type anyelement,] minpoints int, method text)
 *
 * The name is older than the methods: the clusters are connected components by
 * DBSCAN with minpoints 1 only, as those of pairs_components() always are.
 */
Datum
simhash_components(PG_FUNCTION_ARGS)
{
	QueryFunction function;
	int			nargs = PG_NARGS();
	ClusterArguments args;
	FingerprintRows rows;
	uint32		other;
	RawEnv		env;
	CodeSet		set;

	query_function_begin(&function, fcinfo, "simhash_components", 2);
	if (nargs == 2)
		cluster_arguments(&args, PG_GETARG_INT32(1), 1, "dbscan");
	else
		cluster_arguments(&args, PG_GETARG_INT32(function.first), PG_GETARG_INT32(nargs - 2),
						  text_to_cstring(PG_GETARG_TEXT_PP(nargs - 1)));
	env = limited_env(function.context);
	if (read_rows(&function, &env, &rows, &other, &set))
	{
		int32	   *number = limited_alloc(function.context, (Size) set.nrows * sizeof(int32));

		cluster_set(&set, &args, &env, number);
		for (uint32 row = 0; row < set.nrows; row++)
		{
			Datum		values[2] = {rows.ids.ids[row], Int32GetDatum(number[row])};
			bool		nulls[2] = {false, number[row] < 0};

			query_put(&function, values, nulls);
		}
	}
	return query_function_end(&function);
}
