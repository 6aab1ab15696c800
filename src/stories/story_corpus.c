/*-------------------------------------------------------------------------
 *
 * story_corpus.c
 *	  Articles in the server as weighted terms.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/story_corpus.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* Distinct terms of an article, to begin with. */
#define FIRST_TERMS 2048

int64
story_time(Datum published, bool isnull)
{
	TimestampTz time = isnull ? DT_NOEND : DatumGetTimestampTz(published);

	return TIMESTAMP_NOT_FINITE(time) ? CORPUS_NO_TIME : time;
}

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
read_first(const StorySource *source, MemoryContext context, Corpus *corpus)
{
	for (uint32 row = 0; row < source->nrows; row++)
	{
		FirstReading reading = {corpus, {{0, 0}}};

		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(context);
		if (source->read_terms(source->rows, row, see_term, &reading) > 0)
			corpus_seen(corpus, row, &reading.key, source->read_time(source->rows, row));
	}
}

static void
add_term(void *arg, uint64 hash, uint32 times)
{
	hashcounts_add((HashCounts *) arg, hash, times);
}

static void
read_again(const StorySource *source, MemoryContext context, const RawEnv *env, Corpus *corpus)
{
	HashCounts	terms;

	hashcounts_init(&terms, FIRST_TERMS, env);
	for (uint32 row = 0; row < source->nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!corpus_needs(corpus, row))
			continue;
		MemoryContextReset(context);
		hashcounts_clear(&terms);
		source->read_terms(source->rows, row, add_term, &terms);
		if (!corpus_add(corpus, row, &terms))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many terms for %s", source->function),
					 errdetail("The limit is %u words and pairs of words that occur in several articles, and %u in all of these.",
							   CORPUS_MAX_TERMS, CORPUS_MAX_ITEMS),
					 errhint("Take fewer articles at a time, divided by when they were published: with WHERE, or PARTITION BY.")));
	}
	hashcounts_free(&terms);
}

void
story_corpus_read(const StorySource *source, const RawEnv *env, Corpus *corpus)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "article",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);

	corpus_begin(corpus, source->nrows, env);
	read_first(source, context, corpus);
	corpus_between(corpus);
	read_again(source, context, env, corpus);
	corpus_end(corpus);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}
