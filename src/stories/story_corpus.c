/*-------------------------------------------------------------------------
 *
 * story_corpus.c
 *	  Articles in the server as weighted terms: the terms of texts and of
 *	  lexemes, and the corpus of all articles.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/story_corpus.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "text/servertext.h"

/* Distinct terms of an article, to begin with. */
#define FIRST_TERMS 2048

#define WORDS_BATCH 512

/* The label A of a position. */
#define LABEL_A 3

/*
 * ---------- terms
 */

static void
sink_word(TermReader *reader, uint64 word, bool solo, TermSink sink, void *arg)
{
	ReadTerm	terms[2];
	uint32_t	times;
	int			n = term_reader_word(reader, word, solo, terms, &times);

	for (int i = 0; i < n; i++)
		sink(arg, terms[i].hash, times);
}

uint64
story_text_terms(const char *string, size_t length, bool title, TermSink sink, void *arg)
{
	ServerText	text;
	TermReader	reader;
	uint64_t	words[WORDS_BATCH];
	bool		solos[WORDS_BATCH];
	size_t		n;
	uint64		nwords = 0;

	term_reader_begin(&reader, title);
	servertext_init(&text, string, length);
	while ((n = servertext_words(&text, words, solos, NULL, WORDS_BATCH)) > 0)
	{
		for (size_t i = 0; i < n; i++)
			sink_word(&reader, words[i], solos[i], sink, arg);
		nwords += n;
	}
	return nwords;
}

typedef struct LexemeOccurrence
{
	uint64		hash;
	WordEntryPos position;
} LexemeOccurrence;

static int
compare_occurrences(const void *pa, const void *pb, void *arg)
{
	const LexemeOccurrence *a = pa;
	const LexemeOccurrence *b = pb;

	(void) arg;
	if (WEP_GETPOS(a->position) != WEP_GETPOS(b->position))
		return WEP_GETPOS(a->position) < WEP_GETPOS(b->position) ? -1 : 1;
	return a->hash < b->hash ? -1 : a->hash > b->hash;
}

uint64
story_lexeme_terms(TSVector document, TermSink sink, void *arg)
{
	const WordEntry *lexemes = ARRPTR(document);
	LexemeOccurrence *occurrences;
	TermReader	reader;
	size_t		n = 0;

	for (int i = 0; i < document->size; i++)
		n += lexemes[i].haspos ? POSDATALEN(document, &lexemes[i]) : 0;
	/* a tsvector has less than 1 MB, its positions two bytes each */
	occurrences = palloc((n + 1) * sizeof(LexemeOccurrence));

	n = 0;
	for (int i = 0; i < document->size; i++)
	{
		uint64		hash = servertext_hash(STRPTR(document) + lexemes[i].pos, lexemes[i].len);

		CHECK_FOR_INTERRUPTS();
		if (!lexemes[i].haspos)
		{
			sink(arg, hash & ~UINT64CONST(1), 1);
			continue;
		}
		for (int j = 0; j < POSDATALEN(document, &lexemes[i]); j++)
		{
			occurrences[n].hash = hash;
			occurrences[n].position = POSDATAPTR(document, &lexemes[i])[j];
			n++;
		}
	}
	qsort_interruptible(occurrences, n, sizeof(LexemeOccurrence), compare_occurrences, NULL);

	for (size_t i = 0; i < n; i++)
	{
		bool		title = WEP_GETWEIGHT(occurrences[i].position) == LABEL_A;

		if (i == 0 || title != reader.title)
			term_reader_begin(&reader, title);
		sink_word(&reader, occurrences[i].hash, false, sink, arg);
	}
	pfree(occurrences);
	return document->size;
}

/*
 * ---------- the corpus
 */

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
