/*-------------------------------------------------------------------------
 *
 * story_terms.c
 *	  The terms of articles in the server: of texts, and of lexemes.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/story_terms.h"

#include "miscadmin.h"

#include "text/servertext.h"

#define WORDS_BATCH 512

/* The label A of a position. */
#define LABEL_A 3

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
