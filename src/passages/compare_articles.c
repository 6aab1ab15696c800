/*-------------------------------------------------------------------------
 *
 * compare_articles.c
 *	  Two articles word by word: article_changes(), article_verdict().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/memory_limit.h"
#include "passages/split_passages.h"
#include "passages/verdict.h"

PG_FUNCTION_INFO_V1(article_changes);
PG_FUNCTION_INFO_V1(article_verdict);

/* Words of a passage shared with a source, or with what is ignored. */
#define THIRD_WORDS 4

/* Pairs of numbers, and of names, that are told at most. */
#define MAX_PAIRS 50

/* Words that are shown of a text that names a fact, in bytes at most. */
#define SHOWN_MAX 100

typedef struct WrittenText
{
	text	   *document;
	SplitText	split;
	uint8	   *flags;			/* of each word, see written.h */
	uint32	   *bytes;			/* before each word */
} WrittenText;

/* Read the texts of a call. */
static void
split_texts(FunctionCallInfo fcinfo, WrittenText written[2])
{
	for (int side = 0; side < 2; side++)
	{
		written[side].document = PG_GETARG_TEXT_PP(side);
		split_text(&written[side].split, written[side].document);
	}
}

/* Their words, what these are as written not known. */
static void
view_texts(const WrittenText written[2], VerdictText texts[2])
{
	for (int side = 0; side < 2; side++)
	{
		texts[side].text.words = written[side].split.words;
		texts[side].text.nwords = (uint32) written[side].split.nwords;
		texts[side].flags = NULL;
	}
}

/* What the words are as written. */
static void
read_writing(WrittenText written[2], VerdictText texts[2])
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	const uint64 *words[2];
	uint8	   *flags[2];
	size_t		nwords[2];

	for (int side = 0; side < 2; side++)
	{
		const SplitText *split = &written[side].split;

		words[side] = split->words;
		nwords[side] = split->nwords;
		flags[side] = limited_alloc(CurrentMemoryContext, nwords[side] + 1);
		memset(flags[side], 0, nwords[side] + 1);
		written[side].bytes = limited_alloc(CurrentMemoryContext, (nwords[side] + 1) * sizeof(uint32));
		split_written(split, written[side].document, flags[side], written[side].bytes);
		written[side].flags = flags[side];
		texts[side].flags = flags[side];
	}
	written_names(words, flags, nwords, &env);
}

static const char *const change_names[] = {"kept", "removed", "added", "replaced", "moved"};

/* A row of article_changes(). */
static void
put_change(ReturnSetInfo *result, const WrittenText written[2], const VerdictText texts[2],
		   const Change *change)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	ChangedFacts facts = {{0, 0}, {0, 0}, {0, 0}};
	Datum		values[9];
	bool		nulls[9] = {false};

	if (change->kind != CHANGE_KEPT && change->kind != CHANGE_MOVED)
		verdict_facts(texts, change, &facts, &env);
	values[0] = CStringGetTextDatum(change_names[change->kind]);
	for (int side = 0; side < 2; side++)
		split_characters(&written[side].split, change->begin[side], change->length[side],
						 &values[1 + 2 * side]);
	values[5] = Int32GetDatum((int32) Max(change->length[0], change->length[1]));
	values[6] = BoolGetDatum(facts.numbers[0] + facts.numbers[1] > 0);
	values[7] = BoolGetDatum(facts.names[0] + facts.names[1] > 0);
	values[8] = BoolGetDatum((facts.negations[0] > 0) != (facts.negations[1] > 0));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[0]));
}

/*
 * article_changes(old text, new text)
 */
Datum
article_changes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext context;
	MemoryContext caller;
	RawEnv		env;
	WrittenText written[2];
	VerdictText texts[2];
	PassageText words[2];
	AlignedRun *runs;
	uint32		nruns;
	Change	   *changes;
	uint32		nchanges;

	InitMaterializedSRF(fcinfo, 0);
	context = limited_context(CurrentMemoryContext, "article_changes");
	caller = MemoryContextSwitchTo(context);
	env = limited_env(context);
	split_texts(fcinfo, written);
	view_texts(written, texts);
	read_writing(written, texts);
	words[0] = texts[0].text;
	words[1] = texts[1].text;
	runs = words_align(words, &env, &nruns);
	changes = changes_find(words, runs, nruns, true, &env, &nchanges);
	for (uint32 i = 0; i < nchanges; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_change(result, written, texts, &changes[i]);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
}


/* Which words of a text are shared with a third one. */
static bool *
shared_with(const SplitText *split, const SplitText *third)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	uint32		npassages;
	Passage    *passages = split_passages(split, third, THIRD_WORDS, 0, &npassages);

	return passages_mark(passages, npassages, 0, (uint32) split->nwords, &env);
}

/* What is of a source counts as quoted. */
static void
quote_source(WrittenText *written, const SplitText *source)
{
	bool	   *shared = shared_with(&written->split, source);

	for (size_t i = 0; i < written->split.nwords; i++)
	{
		if (shared[i])
			written->flags[i] |= WRITTEN_QUOTED;
	}
}

/* Leave out the words that a text shares with what is ignored. */
static void
leave_out(SplitText *split, const SplitText *ignored)
{
	bool	   *shared = shared_with(split, ignored);
	size_t		n = 0;

	for (size_t i = 0; i < split->nwords; i++)
	{
		if (shared[i])
			continue;
		split->words[n] = split->words[i];
		split->spans[n++] = split->spans[i];
	}
	split->nwords = n;
}

/* A word as it is written, of which a long one is cut. */
static void
append_word(StringInfo string, const WrittenText *written, uint32 word)
{
	const char *begin = VARDATA_ANY(written->document) + written->bytes[word];
	const char *end = VARDATA_ANY(written->document) + VARSIZE_ANY_EXHDR(written->document);
	const WordSpan *span = &written->split.spans[word];
	size_t		nbytes = Min((size_t) (end - begin), SHOWN_MAX + MAX_MULTIBYTE_CHAR_LEN);
	int			length = pg_mbcharcliplen(begin, (int) nbytes, (int) (span->end - span->begin));

	appendBinaryStringInfo(string, begin, pg_mbcliplen(begin, length, SHOWN_MAX));
}

/*
 * The words that have a flag and stand for each other in short replacements, as
 * "12 -> 47"; none where too little is kept for that.
 */
static Datum
changed_pairs(const WrittenText written[2], const VerdictText texts[2],
			  const Comparison *comparison, uint8 flag)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	Datum		pairs[MAX_PAIRS];
	int			npairs = 0;
	StringInfoData string;

	initStringInfo(&string);
	for (uint32 i = 0; i < comparison->nchanges && npairs < MAX_PAIRS; i++)
	{
		const Change *change = &comparison->changes[i];
		uint32		only[2][VERDICT_SWAP_WORDS];
		uint32		n[2];

		CHECK_FOR_INTERRUPTS();
		if (!verdict_tells_facts(&comparison->measures) || !verdict_is_swap(change))
			continue;
		for (int side = 0; side < 2; side++)
			n[side] = verdict_only_words(texts, change, flag, side, only[side],
										 VERDICT_SWAP_WORDS, &env);
		for (uint32 k = 0; k < Min(n[0], n[1]) && npairs < MAX_PAIRS; k++)
		{
			resetStringInfo(&string);
			append_word(&string, &written[0], only[0][k]);
			appendStringInfoString(&string, " -> ");
			append_word(&string, &written[1], only[1][k]);
			pairs[npairs++] = PointerGetDatum(cstring_to_text_with_len(string.data, string.len));
		}
	}
	return PointerGetDatum(construct_array(pairs, npairs, TEXTOID, -1, false, TYPALIGN_INT));
}

static bool
same_bytes(text *a, text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* The part of a text's words that are shared; 0 of one without. */
static Datum
part(const Measures *measures, int side)
{
	return Float8GetDatum((double) measures->shared[side] / Max(measures->words[side], 1));
}

/* Compare the texts of a call of article_verdict(). */
static void
compare_texts(FunctionCallInfo fcinfo, WrittenText written[2], VerdictText texts[2],
			  Comparison *comparison)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	text	   *source = PG_GETARG_TEXT_PP(2);
	text	   *ignored = PG_GETARG_TEXT_PP(3);
	SplitText	third;

	split_texts(fcinfo, written);
	if (VARSIZE_ANY_EXHDR(ignored) > 0)
	{
		split_text(&third, ignored);
		leave_out(&written[0].split, &third);
		leave_out(&written[1].split, &third);
	}
	view_texts(written, texts);
	verdict_compare(texts, comparison, &env);
	if (!verdict_depends_on_writing(&comparison->measures))
		return;
	read_writing(written, texts);
	if (VARSIZE_ANY_EXHDR(source) > 0)
	{
		split_text(&third, source);
		quote_source(&written[0], &third);
		quote_source(&written[1], &third);
	}
	verdict_read(texts, comparison, &env);
}

/*
 * article_verdict(a text, b text, source text, ignored text)
 */
Datum
article_verdict(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	MemoryContext caller;
	WrittenText written[2];
	VerdictText texts[2];
	Comparison	comparison;
	const Measures *measures = &comparison.measures;
	TupleDesc	desc;
	Datum		values[12];
	bool		nulls[12] = {false};
	HeapTuple	tuple;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	context = limited_context(CurrentMemoryContext, "article_verdict");
	caller = MemoryContextSwitchTo(context);
	compare_texts(fcinfo, written, texts, &comparison);
	for (int side = 0; side < 2; side++)
	{
		values[side] = Int32GetDatum((int32) measures->words[side]);
		values[2 + side] = part(measures, side);
	}
	values[4] = Int32GetDatum((int32) Min(measures->shared[0], measures->shared[1]));
	values[5] = Int32GetDatum((int32) measures->longest);
	values[6] = Int32GetDatum((int32) measures->in_order);
	values[7] = Int32GetDatum((int32) measures->changed);
	values[8] = changed_pairs(written, texts, &comparison, WRITTEN_NUMBER);
	values[9] = changed_pairs(written, texts, &comparison, WRITTEN_NAME);
	values[10] = Int32GetDatum((int32) measures->negations);
	values[11] = CStringGetTextDatum(same_bytes(written[0].document, written[1].document) ?
									 "identical" : verdict_of(measures));
	MemoryContextSwitchTo(caller);
	tuple = heap_form_tuple(BlessTupleDesc(desc), values, nulls);
	MemoryContextDelete(context);
	return HeapTupleGetDatum(tuple);
}
