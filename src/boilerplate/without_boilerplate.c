/*-------------------------------------------------------------------------
 *
 * without_boilerplate.c
 *	  A text without what is furniture in it: without_boilerplate(),
 *	  boilerplate_passages().
 *
 *-------------------------------------------------------------------------
 */
#include "boilerplate/boilerplate.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"

PG_FUNCTION_INFO_V1(without_boilerplate);
PG_FUNCTION_INFO_V1(boilerplate_passages);

/* A place in a text. */
typedef struct Place
{
	uint32		byte;
	uint32		character;
} Place;

/* What is cut out of a text, whose words are split. */
typedef struct Cut
{
	Place		begin;
	Place		end;
} Cut;

typedef struct Cutting
{
	const char *text;
	uint32		nbytes;
	SplitLines	lines;
	bool	   *covered;
	bool	   *first;			/* is a word the first one of its line? */
	Cut		   *cuts;
	uint32		ncuts;
} Cutting;

/* Bytes of the character there; in SQL_ASCII characters are bytes. */
static inline uint32
character_bytes(const char *p, const char *end)
{
	/* in every server encoding, what looks like ASCII is */
	return IS_HIGHBIT_SET(*p) ? (uint32) Min(pg_mblen(p), end - p) : 1;
}

/* Behind so many characters from p on. */
static const char *
skip_characters(const char *p, const char *end, uint32 n)
{
	while (n > 0 && p < end)
	{
		uint64		eight;

		if (n >= sizeof(eight) && end - p >= (ptrdiff_t) sizeof(eight))
		{
			memcpy(&eight, p, sizeof(eight));
			if ((eight & UINT64CONST(0x8080808080808080)) == 0)
			{
				p += sizeof(eight);
				n -= sizeof(eight);
				continue;
			}
		}
		p += character_bytes(p, end);
		n--;
	}
	return p;
}

/*
 * Find where the words stand in bytes, and which of them begin a line.
 */
void
split_lines(SplitLines *lines, text *document)
{
	const char *text = VARDATA_ANY(document);
	const char *end = text + VARSIZE_ANY_EXHDR(document);
	const char *p = text;
	MemoryContext context = CurrentMemoryContext;
	uint32	   *starts;
	uint32		nwords;
	uint32		nlines = 0;
	uint32		character = 0;	/* that of p */
	bool		fresh = true;

	split_text(&lines->split, document);
	nwords = (uint32) lines->split.nwords;
	lines->begin = limited_alloc(context, (Size) nwords * sizeof(uint32) + 1);
	lines->end = limited_alloc(context, (Size) nwords * sizeof(uint32) + 1);
	starts = limited_alloc(context, (Size) nwords * sizeof(uint32) + 1);

	for (uint32 i = 0; i < nwords; i++)
	{
		const WordSpan *span = &lines->split.spans[i];

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		for (; character < span->begin && p < end; character++)
		{
			fresh |= *p == '\n';
			p += character_bytes(p, end);
		}
		/* one character may be several words */
		lines->begin[i] = span->begin < character ? lines->begin[i - 1] : (uint32) (p - text);
		if (span->end > character)
		{
			p = skip_characters(p, end, span->end - character);
			character = span->end;
		}
		lines->end[i] = (uint32) (p - text);
		if (fresh)
			starts[nlines++] = i;
		fresh = false;
	}
	lines->text = (LinedText) {lines->split.words, nwords, starts, nlines};
}

/* What there is between two words, or at either end of the text. */
typedef struct Gap
{
	Place		space;			/* the first white space; the end if there is none */
	Place		behind_space;	/* behind all of it that stands there */
	Place		behind_last;	/* behind the last white space, or the end */
	Place		line;			/* the first end of a line, or the end */
	Place		behind_line;	/* behind it, or the end */
	Place		behind_lines;	/* behind the last end of a line, or the begin */
	Place		end;
} Gap;

static inline bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Look at what stands before word number "word". */
static void
look_at_gap(const Cutting *cutting, uint32 word, Gap *gap)
{
	const SplitLines *lines = &cutting->lines;
	uint32		end = word < lines->text.nwords ? lines->begin[word] : cutting->nbytes;
	bool		spaced = false;
	bool		behind = false;
	bool		lined = false;
	Place		at = {0, 0};

	if (word > 0)
		at = (Place) {lines->end[word - 1], lines->split.spans[word - 1].end};
	gap->behind_lines = at;
	while (at.byte < end)
	{
		const char *p = cutting->text + at.byte;
		Place		next = {at.byte + character_bytes(p, cutting->text + end), at.character + 1};

		if (is_space(*p))
		{
			if (!spaced)
				gap->space = at;
			spaced = true;
			gap->behind_last = next;
		}
		else if (spaced && !behind)
		{
			gap->behind_space = at;
			behind = true;
		}
		if (*p == '\n')
		{
			if (!lined)
			{
				gap->line = at;
				gap->behind_line = next;
			}
			lined = true;
			gap->behind_lines = next;
		}
		at = next;
	}
	gap->end = at;
	if (!spaced)
		gap->space = gap->behind_last = at;
	if (!behind)
		gap->behind_space = at;
	if (!lined)
		gap->line = gap->behind_line = at;
}

/*
 * Cut out words i to j - 1, and what stands beside them: in the midst of a line
 * what is attached to them, and the white space behind; a line of which nothing
 * is left as a whole.
 */
static void
cut_words(Cutting *cutting, uint32 i, uint32 j)
{
	bool		begins = cutting->first[i];
	bool		ends = j == cutting->lines.text.nwords || cutting->first[j];
	Cut		   *cut = &cutting->cuts[cutting->ncuts++];
	Gap			before;
	Gap			behind;

	look_at_gap(cutting, i, &before);
	look_at_gap(cutting, j, &behind);
	if (i == 0)
		cut->begin = (Place) {0, 0};
	else if (begins)
		cut->begin = before.behind_lines;
	else
		cut->begin = ends ? before.space : before.behind_last;
	if (j == cutting->lines.text.nwords)
		cut->end = behind.end;
	else if (ends)
		cut->end = begins ? behind.behind_line : behind.line;
	else
		cut->end = behind.behind_space;
}

/* Find what is to be cut; in the current context, of limited_context(). */
static void
find_cuts(Cutting *cutting, text *document, Datum boilerplate)
{
	MemoryContext context = CurrentMemoryContext;
	const RawEnv env = limited_env(context);
	const LinedText *text = &cutting->lines.text;
	Furniture	furniture;
	uint32		end;

	cutting->text = VARDATA_ANY(document);
	cutting->nbytes = VARSIZE_ANY_EXHDR(document);
	cutting->ncuts = 0;
	boilerplate_read(boilerplate, &furniture);
	split_lines(&cutting->lines, document);
	cutting->covered = limited_alloc(context, text->nwords + 1);
	cutting->first = limited_alloc(context, text->nwords + 1);
	cutting->cuts = limited_alloc(context, ((Size) text->nwords / 2 + 1) * sizeof(Cut));
	memset(cutting->first, false, text->nwords + 1);
	for (uint32 line = 0; line < text->nlines; line++)
		cutting->first[text->lines[line]] = true;
	furniture_cover(text, furniture.features, furniture.n, cutting->covered, &env);
	for (uint32 i = 0; i < text->nwords; i = end)
	{
		CHECK_FOR_INTERRUPTS();
		for (end = i + 1; end < text->nwords && cutting->covered[end] == cutting->covered[i];)
			end++;
		if (cutting->covered[i])
			cut_words(cutting, i, end);
	}
}

/*
 * without_boilerplate(body text, boilerplate boilerplate): NULL of a NULL body;
 * what isn't known takes nothing away
 */
Datum
without_boilerplate(PG_FUNCTION_ARGS)
{
	text	   *document;
	text	   *result;
	MemoryContext context;
	MemoryContext caller;
	Cutting		cutting;
	uint32		kept = 0;
	char	   *to;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));

	document = PG_GETARG_TEXT_PP(0);
	context = limited_context(CurrentMemoryContext, "without_boilerplate");
	caller = MemoryContextSwitchTo(context);
	find_cuts(&cutting, document, PG_GETARG_DATUM(1));

	result = MemoryContextAlloc(caller, VARHDRSZ + cutting.nbytes);
	to = VARDATA(result);
	for (uint32 i = 0; i <= cutting.ncuts; i++)
	{
		uint32		end = i < cutting.ncuts ? cutting.cuts[i].begin.byte : cutting.nbytes;

		memcpy(to, cutting.text + kept, end - kept);
		to += end - kept;
		kept = i < cutting.ncuts ? cutting.cuts[i].end.byte : end;
	}
	SET_VARSIZE(result, to - (char *) result);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	PG_RETURN_TEXT_P(result);
}

/*
 * boilerplate_passages(body text, boilerplate boilerplate)
 */
Datum
boilerplate_passages(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext context;
	MemoryContext caller;
	Cutting		cutting;

	InitMaterializedSRF(fcinfo, 0);
	context = limited_context(CurrentMemoryContext, "boilerplate_passages");
	caller = MemoryContextSwitchTo(context);
	find_cuts(&cutting, PG_GETARG_TEXT_PP(0), PG_GETARG_DATUM(1));
	for (uint32 i = 0; i < cutting.ncuts; i++)
	{
		const Cut  *cut = &cutting.cuts[i];
		Datum		values[2] = {
			Int32GetDatum((int32) (cut->begin.character + 1)),
			Int32GetDatum((int32) (cut->end.character - cut->begin.character))
		};
		bool		nulls[2] = {false, false};

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
}
