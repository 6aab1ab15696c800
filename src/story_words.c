/*-------------------------------------------------------------------------
 *
 * story_words.c
 *	  The terms that characterise a story, as its lead writes them.
 *
 *-------------------------------------------------------------------------
 */
#include "story_words.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "servertext.h"

/* Terms that are shown. */
#define MAX_WORDS 6

/*
 * Candidates that are kept: each that is shown may rule out the others with
 * its words, which are four pairs, and a word or two, as a rule.
 */
#define MAX_CANDIDATES 128

#define WORDS_BATCH 512

typedef struct Candidate
{
	uint32		score;
	uint64		hash;
	uint64		words[2];		/* the same one twice for a word */
	text	   *text;			/* where it stands */
	uint32		begin;			/* ... in characters */
	uint32		end;
} Candidate;

typedef struct Word
{
	uint64		hash;
	WordSpan	span;
} Word;

typedef struct WordReader
{
	const Center *center;
	Candidate  *candidates;		/* best first */
	int			ncandidates;
	bool		has_before;
	Word		before;
} WordReader;

/* Add a candidate, unless it is there already or others are better. */
static void
consider(WordReader *reader, const Candidate *candidate)
{
	int			i;

	if (candidate->score == 0)
		return;
	if (reader->ncandidates == MAX_CANDIDATES &&
		candidate->score <= reader->candidates[MAX_CANDIDATES - 1].score)
		return;
	for (i = 0; i < reader->ncandidates; i++)
	{
		if (reader->candidates[i].hash == candidate->hash)
			return;
	}
	if (reader->ncandidates < MAX_CANDIDATES)
		reader->ncandidates++;
	for (i = reader->ncandidates - 1; i > 0 && reader->candidates[i - 1].score < candidate->score; i--)
		reader->candidates[i] = reader->candidates[i - 1];
	reader->candidates[i] = *candidate;
}

/*
 * The terms that a word makes.  A single character says too little, and a pair
 * is shown if its words stand together and are used both, so that "the" isn't
 * among them.
 */
static void
consider_word(WordReader *reader, text *text, const Word *word)
{
	uint64_t	hashes[2];
	uint32_t	times;
	TermReader	terms;
	Candidate	candidate = {.text = text, .begin = word->span.begin, .end = word->span.end};

	term_reader_begin(&terms, false);
	if (reader->has_before)
		term_reader_word(&terms, reader->before.hash, hashes, &times);
	if (term_reader_word(&terms, word->hash, hashes, &times) == 2 &&
		word->span.begin <= reader->before.span.end + 1 &&
		center_uses(reader->center, reader->before.hash & ~UINT64CONST(1)) &&
		center_uses(reader->center, hashes[0]))
	{
		candidate.hash = hashes[1];
		candidate.score = center_term(reader->center, hashes[1]);
		candidate.words[0] = reader->before.hash;
		candidate.words[1] = word->hash;
		candidate.begin = reader->before.span.begin;
		consider(reader, &candidate);
		candidate.begin = word->span.begin;
	}
	if (word->span.end > word->span.begin + 1)
	{
		candidate.hash = hashes[0];
		candidate.score = center_term(reader->center, hashes[0]);
		candidate.words[0] = word->hash;
		candidate.words[1] = word->hash;
		consider(reader, &candidate);
	}
	reader->before = *word;
	reader->has_before = true;
}

static void
consider_text(WordReader *reader, text *text)
{
	ServerText	server_text;
	WordSplitter splitter;
	uint64_t	words[WORDS_BATCH];
	WordSpan	spans[WORDS_BATCH];
	size_t		n;

	if (text == NULL)
		return;
	reader->has_before = false;
	words_init(&splitter);
	splitter.bytes = GetDatabaseEncoding() == PG_SQL_ASCII;
	servertext_init(&server_text, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
	for (bool more = true; more;)
	{
		more = servertext_feed(&server_text, &splitter);
		do
		{
			n = more ? words_next(&splitter, words, NULL, spans, WORDS_BATCH)
				: words_end(&splitter, words, NULL, spans);
			for (size_t i = 0; i < n; i++)
			{
				Word		word = {words[i], spans[i]};

				consider_word(reader, text, &word);
			}
		} while (more && n > 0);
	}
}

static bool
share_word(const Candidate *a, const Candidate *b)
{
	return a->words[0] == b->words[0] || a->words[0] == b->words[1] ||
		a->words[1] == b->words[0] || a->words[1] == b->words[1];
}

/* A candidate as it is written, but in one line. */
static Datum
candidate_text(const Candidate *candidate)
{
	Datum		part = DirectFunctionCall3(text_substr, PointerGetDatum(candidate->text),
										   Int32GetDatum((int32) candidate->begin + 1),
										   Int32GetDatum((int32) (candidate->end - candidate->begin)));
	char	   *string = VARDATA_ANY(DatumGetTextPP(part));

	for (size_t i = 0; i < VARSIZE_ANY_EXHDR(DatumGetPointer(part)); i++)
	{
		if (string[i] == '\n' || string[i] == '\r' || string[i] == '\t')
			string[i] = ' ';
	}
	return part;
}

Datum
story_words(const Center *center, text *body, text *title)
{
	WordReader	reader = {.center = center};
	Candidate	chosen[MAX_WORDS];
	Datum		texts[MAX_WORDS];
	int			n = 0;

	reader.candidates = palloc(sizeof(Candidate) * MAX_CANDIDATES);
	consider_text(&reader, body);
	consider_text(&reader, title);

	for (int i = 0; i < reader.ncandidates && n < MAX_WORDS; i++)
	{
		bool		is_new = true;

		for (int j = 0; j < n && is_new; j++)
			is_new = !share_word(&reader.candidates[i], &chosen[j]);
		if (is_new)
		{
			texts[n] = candidate_text(&reader.candidates[i]);
			chosen[n++] = reader.candidates[i];
		}
	}
	return PointerGetDatum(construct_array(texts, n, TEXTOID, -1, false, TYPALIGN_INT));
}
