/*-------------------------------------------------------------------------
 *
 * story_words.c
 *	  The terms that characterise a story, as its lead writes them.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/story_words.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "text/servertext.h"

/* Terms that are shown. */
#define MAX_WORDS 6

/*
 * Candidates that are kept: each that is shown may rule out the others with
 * its words, which are four pairs, and a word or two, as a rule.
 */
#define MAX_CANDIDATES 128

#define WORDS_BATCH 512

/* Words of the longest term. */
#define TERM_WORDS 3

typedef struct Candidate
{
	uint64		score;
	uint64		hash;
	int			nwords;
	uint64		words[TERM_WORDS];	/* the last one first */
	text	   *text;			/* where it stands */
	uint32		begin;			/* ... in characters */
	uint32		end;
} Candidate;

typedef struct Word
{
	uint64		hash;
	WordSpan	span;
} Word;

typedef struct CandidateReader
{
	const Center *center;
	Candidate  *candidates;		/* best first */
	int			ncandidates;
	TermReader	terms;
	Word		words[TERM_WORDS];	/* the last one first */
} CandidateReader;

/* Add a candidate, unless it is there already or others are better. */
static void
consider(CandidateReader *reader, const Candidate *candidate)
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
 * Is a term fit to be shown?  A single character says too little, words must
 * stand together, and those of a pair be used both, so that "the" isn't among
 * them.
 */
static bool
presentable(const CandidateReader *reader, const ReadTerm *term)
{
	const Word *words = reader->words;

	if (term->nwords == 1)
		return words[0].span.end > words[0].span.begin + 1;
	for (int i = 1; i < term->nwords; i++)
	{
		if (words[i - 1].span.begin > words[i].span.end + 1)
			return false;
	}
	return !(TERM_IS_PAIR(term->hash) && term->nwords == 2) ||
		(center_uses(reader->center, words[0].hash & ~UINT64CONST(1)) &&
		 center_uses(reader->center, words[1].hash & ~UINT64CONST(1)));
}

/* Consider the terms that end with a word. */
static void
consider_word(CandidateReader *reader, text *text, const Word *word, bool solo)
{
	ReadTerm	terms[2];
	uint32_t	times;
	int			n = term_reader_word(&reader->terms, word->hash, solo, terms, &times);

	for (int i = TERM_WORDS - 1; i > 0; i--)
		reader->words[i] = reader->words[i - 1];
	reader->words[0] = *word;

	for (int i = 0; i < n; i++)
	{
		Candidate	candidate;

		if (!presentable(reader, &terms[i]))
			continue;
		candidate.score = center_term(reader->center, terms[i].hash);
		candidate.hash = terms[i].hash;
		candidate.nwords = terms[i].nwords;
		for (int j = 0; j < terms[i].nwords; j++)
			candidate.words[j] = reader->words[j].hash;
		candidate.text = text;
		candidate.begin = reader->words[terms[i].nwords - 1].span.begin;
		candidate.end = word->span.end;
		consider(reader, &candidate);
	}
}

static void
consider_text(CandidateReader *reader, text *text)
{
	ServerText	server_text;
	uint64_t	words[WORDS_BATCH];
	bool		solos[WORDS_BATCH];
	WordSpan	spans[WORDS_BATCH];
	size_t		n;

	if (text == NULL)
		return;
	term_reader_begin(&reader->terms, false);
	servertext_init(&server_text, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text));
	while ((n = servertext_words(&server_text, words, solos, spans, WORDS_BATCH)) > 0)
	{
		for (size_t i = 0; i < n; i++)
		{
			Word		word = {words[i], spans[i]};

			consider_word(reader, text, &word, solos[i]);
		}
	}
}

static bool
share_word(const Candidate *a, const Candidate *b)
{
	for (int i = 0; i < a->nwords; i++)
	{
		for (int j = 0; j < b->nwords; j++)
		{
			if (a->words[i] == b->words[j])
				return true;
		}
	}
	return false;
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
	CandidateReader reader = {.center = center};
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
