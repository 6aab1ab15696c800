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

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/serverenv.h"
#include "clusters/cluster_window.h"
#include "stories/average_link.h"
#include "stories/story_corpus.h"

PG_FUNCTION_INFO_V1(story_cluster_text);
PG_FUNCTION_INFO_V1(story_cluster_lexemes);

#define FUNCTION_NAME "story_cluster"

/* The rows of a partition. */
typedef struct StoryRows
{
	WindowObject winobj;
	int			time_argument;
} StoryRows;

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
row_argument(const StoryRows *rows, int argno, uint32 row, bool *isnull)
{
	bool		isout;

	return WinGetFuncArgInPartition(rows->winobj, argno, (int) row, WINDOW_SEEK_HEAD,
									false, isnull, &isout);
}

/* The terms of an argument, which is a title or a body. */
static uint64
argument_terms(const StoryRows *rows, int argno, uint32 row, bool title, TermSink sink, void *arg)
{
	bool		isnull;
	Datum		value = row_argument(rows, argno, row, &isnull);
	text	   *string;

	if (isnull)
		return 0;
	string = DatumGetTextPP(value);
	return story_text_terms(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), title, sink, arg);
}

/* An article whose body has no words has no terms, whatever its title. */
static uint64
text_terms(void *rows, uint32 row, TermSink sink, void *arg)
{
	uint64		nwords = argument_terms(rows, 1, row, false, sink, arg);

	if (nwords > 0)
		nwords += argument_terms(rows, 0, row, true, sink, arg);
	return nwords;
}

static uint64
lexeme_terms(void *rows, uint32 row, TermSink sink, void *arg)
{
	bool		isnull;
	Datum		document = row_argument(rows, 0, row, &isnull);

	return isnull ? 0 : story_lexeme_terms(DatumGetTSVector(document), sink, arg);
}

static int64
row_time(void *arg, uint32 row)
{
	const StoryRows *rows = arg;
	bool		isnull;
	Datum		published = row_argument(rows, rows->time_argument, row, &isnull);

	return story_time(published, isnull);
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

/* Cluster the rows of a partition. */
static void
cluster_rows(const StorySource *source, double threshold, int32 *number)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	Corpus		corpus;
	SimilarPairs pairs;
	uint32_t   *label;

	story_corpus_read(source, &env, &corpus);
	corpus_forget_hashes(&corpus);
	similar_find(&corpus, true, &pairs);
	similar_scale(&pairs, &env);
	label = env.alloc(env.arg, sizeof(uint32_t) * (corpus.narticles + 1));
	average_link(&pairs, (uint32_t) rint(threshold * SIMILAR_ONE), &env, label);
	number_rows(&corpus, label, &env, number);
}

static void
cluster_texts(WindowObject winobj, int64 nrows, int32 *number)
{
	StoryRows	rows = {winobj, 2};
	const StorySource source = {FUNCTION_NAME, (uint32) nrows, &rows, text_terms, row_time};

	cluster_rows(&source, read_threshold(winobj, 3), number);
}

static void
cluster_lexemes(WindowObject winobj, int64 nrows, int32 *number)
{
	StoryRows	rows = {winobj, 1};
	const StorySource source = {FUNCTION_NAME, (uint32) nrows, &rows, lexeme_terms, row_time};

	cluster_rows(&source, read_threshold(winobj, 2), number);
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
