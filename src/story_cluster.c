/*-------------------------------------------------------------------------
 *
 * story_cluster.c
 *	  story_cluster(title, body, published, threshold) OVER (...), and the
 *	  same of lexemes: the number of each row's story in its partition.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "partition_clusters.h"
#include "serverenv.h"
#include "stories/average_link.h"
#include "story_terms.h"

PG_FUNCTION_INFO_V1(story_cluster_text);
PG_FUNCTION_INFO_V1(story_cluster_lexemes);

#define FUNCTION_NAME "story_cluster"

/*
 * The most memory that clustering a partition may take.  doc/stories.md tells
 * how many articles that is.
 */
#define MAX_MEMORY ((Size) 4 << 30)

/* Terms of a row. */
typedef uint64 (*ReadTerms) (WindowObject winobj, int row, TermSink sink, void *arg);

typedef struct StoryRows
{
	WindowObject winobj;
	int64		nrows;
	ReadTerms	read_terms;
	int			time_argument;
	RawEnv		env;
	MemoryContext row_context;	/* arguments of a row */
} StoryRows;

/*
 * Memory within the limit
 */

static void *
limited_alloc(void *arg, size_t size)
{
	MemoryContext context = arg;

	if (MemoryContextMemAllocated(context, false) + size > MAX_MEMORY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a partition needs more than %d GB of memory for %s",
						(int) (MAX_MEMORY >> 30), FUNCTION_NAME),
				 errhint("Cluster fewer articles at a time: a story has no two articles more than 30 days apart that are linked, so divide by time, with PARTITION BY or WHERE.")));
	return MemoryContextAllocHuge(context, size);
}

static RawEnv
limited_env(MemoryContext context)
{
	RawEnv		env = server_env(context);

	env.alloc = limited_alloc;
	return env;
}

/*
 * Arguments
 */

static double
read_threshold(WindowObject winobj, int argno)
{
	double		threshold = DatumGetFloat8(partition_constant(winobj, argno, FUNCTION_NAME,
															  "threshold"));

	/* NaN isn't between any two numbers */
	if (!(threshold > 0 && threshold <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid threshold %g", threshold),
				 errhint("A threshold is above 0 and at most 1.")));
	return threshold;
}

/* Valid until the next argument is asked for. */
static Datum
row_argument(WindowObject winobj, int argno, int row, bool *isnull)
{
	bool		isout;

	return WinGetFuncArgInPartition(winobj, argno, row, WINDOW_SEEK_HEAD, false, isnull, &isout);
}

/* The terms of an argument, which is a title or a body. */
static uint64
argument_terms(WindowObject winobj, int argno, int row, bool title, TermSink sink, void *arg)
{
	bool		isnull;
	Datum		value = row_argument(winobj, argno, row, &isnull);
	text	   *string;

	if (isnull)
		return 0;
	string = DatumGetTextPP(value);
	return story_text_terms(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), title, sink, arg);
}

/* An article whose body has no words has no terms, whatever its title. */
static uint64
text_terms(WindowObject winobj, int row, TermSink sink, void *arg)
{
	uint64		nwords = argument_terms(winobj, 1, row, false, sink, arg);

	if (nwords > 0)
		nwords += argument_terms(winobj, 0, row, true, sink, arg);
	return nwords;
}

static uint64
lexeme_terms(WindowObject winobj, int row, TermSink sink, void *arg)
{
	bool		isnull;
	Datum		document = row_argument(winobj, 0, row, &isnull);

	return isnull ? 0 : story_lexeme_terms(DatumGetTSVector(document), sink, arg);
}

/* When a row was published, if that is known. */
static int64
row_time(const StoryRows *rows, int row)
{
	bool		isnull;
	TimestampTz time = DatumGetTimestampTz(row_argument(rows->winobj, rows->time_argument, row,
														&isnull));

	return isnull || TIMESTAMP_NOT_FINITE(time) ? CORPUS_NO_TIME : time;
}

/*
 * The two readings
 */

typedef struct FirstReading
{
	Corpus	   *corpus;
	TermsKey	key;
} FirstReading;

static void
see_term(void *arg, uint64 hash, uint32 times)
{
	FirstReading *reading = arg;

	corpus_see(reading->corpus, hash);
	terms_key_add(&reading->key, hash, times);
}

static void
read_first(StoryRows *rows, Corpus *corpus)
{
	for (int64 row = 0; row < rows->nrows; row++)
	{
		FirstReading reading = {corpus, {{0, 0}}};

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(rows->row_context);
		if (rows->read_terms(rows->winobj, (int) row, see_term, &reading) > 0)
			corpus_seen(corpus, (uint32) row, &reading.key, row_time(rows, (int) row));
	}
}

static void
add_term(void *arg, uint64 hash, uint32 times)
{
	terms_add((TermTable *) arg, hash, times);
}

static void
read_again(StoryRows *rows, Corpus *corpus)
{
	TermTable	table;

	terms_init(&table, &rows->env);
	for (int64 row = 0; row < rows->nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!corpus_needs(corpus, (uint32) row))
			continue;
		MemoryContextReset(rows->row_context);
		terms_clear(&table);
		rows->read_terms(rows->winobj, (int) row, add_term, &table);
		if (!corpus_add(corpus, (uint32) row, &table))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many distinct terms in a partition for %s", FUNCTION_NAME),
					 errdetail("The limit is %u words and pairs of words that occur in several articles.",
							   CORPUS_MAX_TERMS),
					 errhint("Cluster fewer articles at a time, divided by time with PARTITION BY or WHERE.")));
	}
	terms_free(&table);
}

/* Number the stories in the order of their first rows. */
static void
number_rows(const Corpus *corpus, const uint32 *label, const RawEnv *env, int32 *number)
{
	int32	   *found = env->alloc(env->arg, sizeof(int32) * (corpus->narticles + 1));
	int32		next = 0;

	for (uint32 i = 0; i < corpus->narticles; i++)
		found[i] = NO_CLUSTER;
	for (uint32 row = 0; row < corpus->nrows; row++)
	{
		uint32		article = corpus->article_of_row[row];

		number[row] = NO_CLUSTER;
		if (article == CORPUS_NONE)
			continue;
		if (found[label[article]] == NO_CLUSTER)
			found[label[article]] = next++;
		number[row] = found[label[article]];
	}
}

/* Cluster the rows of a partition, in the current memory context. */
static void
cluster_rows(StoryRows *rows, double threshold, int32 *number)
{
	MemoryContext caller = CurrentMemoryContext;
	Corpus		corpus;
	SimilarPairs pairs;
	uint32_t   *label;

	rows->env = limited_env(AllocSetContextCreate(caller, "stories", ALLOCSET_DEFAULT_SIZES));
	rows->row_context = AllocSetContextCreate(caller, "article", ALLOCSET_DEFAULT_SIZES);

	corpus_begin(&corpus, (uint32) rows->nrows, &rows->env);
	MemoryContextSwitchTo(rows->row_context);
	read_first(rows, &corpus);
	corpus_between(&corpus);
	read_again(rows, &corpus);
	MemoryContextSwitchTo(caller);
	corpus_end(&corpus);

	similar_find(&corpus, true, &pairs);
	similar_scale(&pairs, &rows->env);
	label = rows->env.alloc(rows->env.arg, sizeof(uint32_t) * (corpus.narticles + 1));
	average_link(&pairs, (uint32_t) rint(threshold * SIMILAR_ONE), &rows->env, label);
	number_rows(&corpus, label, &rows->env, number);
}

static void
cluster_texts(WindowObject winobj, int64 nrows, int32 *number)
{
	StoryRows	rows = {.winobj = winobj, .nrows = nrows, .read_terms = text_terms, .time_argument = 2};

	cluster_rows(&rows, read_threshold(winobj, 3), number);
}

static void
cluster_lexemes(WindowObject winobj, int64 nrows, int32 *number)
{
	StoryRows	rows = {.winobj = winobj, .nrows = nrows, .read_terms = lexeme_terms, .time_argument = 1};

	cluster_rows(&rows, read_threshold(winobj, 2), number);
}

/*
 * story_cluster(title text, body text, published timestamptz, threshold float8)
 */
Datum
story_cluster_text(PG_FUNCTION_ARGS)
{
	return partition_cluster_number(fcinfo, FUNCTION_NAME, cluster_texts);
}

/*
 * story_cluster(document tsvector, published timestamptz, threshold float8)
 */
Datum
story_cluster_lexemes(PG_FUNCTION_ARGS)
{
	return partition_cluster_number(fcinfo, FUNCTION_NAME, cluster_lexemes);
}
