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
#include "passages/splittext.h"
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

/* Two texts, aligned. */
typedef struct AlignedTexts
{
	WrittenText a[2];
	VerdictText text[2];
	uint32		in_order;		/* words in aligned runs */
	Change	   *changes;
	uint32		nchanges;
} AlignedTexts;

static void
read_written(WrittenText *written, text *document)
{
	size_t		nwords;

	written->document = document;
	split_text(&written->split, document);
	nwords = written->split.nwords;
	written->flags = limited_alloc(CurrentMemoryContext, nwords + 1);
	memset(written->flags, 0, nwords + 1);
	written->bytes = limited_alloc(CurrentMemoryContext, (nwords + 1) * sizeof(uint32));
	split_written(&written->split, document, written->flags, written->bytes);
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
leave_out(WrittenText *written, const SplitText *ignored)
{
	SplitText  *split = &written->split;
	bool	   *shared = shared_with(split, ignored);
	size_t		n = 0;

	for (size_t i = 0; i < split->nwords; i++)
	{
		if (shared[i])
			continue;
		split->words[n] = split->words[i];
		split->spans[n] = split->spans[i];
		written->flags[n] = written->flags[i];
		written->bytes[n] = written->bytes[i];
		n++;
	}
	split->nwords = n;
}

/* Find what changed between the two texts, whose words are read. */
static void
align_texts(AlignedTexts *aligned)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	PassageText texts[2];
	AlignedRun *runs;
	uint32		nruns;
	const uint64 *words[2];
	uint8	   *flags[2];
	size_t		nwords[2];

	for (int side = 0; side < 2; side++)
	{
		const SplitText *split = &aligned->a[side].split;

		words[side] = split->words;
		nwords[side] = split->nwords;
		flags[side] = aligned->a[side].flags;
		texts[side] = (PassageText) {split->words, (uint32) split->nwords};
		aligned->text[side] = (VerdictText) {texts[side], flags[side]};
	}
	written_names(words, flags, nwords, &env);
	runs = words_align(texts, &env, &nruns);
	aligned->in_order = 0;
	for (uint32 i = 0; i < nruns; i++)
		aligned->in_order += runs[i].length;
	aligned->changes = changes_find(texts, runs, nruns, &env, &aligned->nchanges);
	pfree(runs);
}

static const char *const change_names[] = {"kept", "removed", "added", "replaced", "moved"};

/* A row of article_changes(). */
static void
put_change(ReturnSetInfo *result, const AlignedTexts *aligned, const Change *change)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	ChangedFacts facts = {{0, 0}, {0, 0}, {0, 0}};
	Datum		values[9];
	bool		nulls[9] = {false};

	if (change->kind != CHANGE_KEPT && change->kind != CHANGE_MOVED)
		verdict_facts(aligned->text, change, &facts, &env);
	values[0] = CStringGetTextDatum(change_names[change->kind]);
	for (int side = 0; side < 2; side++)
		split_characters(&aligned->a[side].split, change->begin[side], change->length[side],
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
	AlignedTexts aligned;
	MemoryContext context;
	MemoryContext caller;

	InitMaterializedSRF(fcinfo, 0);
	context = limited_context(CurrentMemoryContext, "article_changes");
	caller = MemoryContextSwitchTo(context);
	for (int side = 0; side < 2; side++)
		read_written(&aligned.a[side], PG_GETARG_TEXT_PP(side));
	align_texts(&aligned);
	for (uint32 i = 0; i < aligned.nchanges; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_change(result, &aligned, &aligned.changes[i]);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
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
 * "12 -> 47".
 */
static ArrayType *
changed_pairs(const AlignedTexts *aligned, uint8 flag)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	Datum		pairs[MAX_PAIRS];
	int			npairs = 0;
	StringInfoData string;

	initStringInfo(&string);
	for (uint32 i = 0; i < aligned->nchanges && npairs < MAX_PAIRS; i++)
	{
		const Change *change = &aligned->changes[i];
		uint32		only[2][VERDICT_SWAP_WORDS];
		uint32		n[2];

		CHECK_FOR_INTERRUPTS();
		if (!verdict_is_swap(change))
			continue;
		for (int side = 0; side < 2; side++)
			n[side] = verdict_only_words(aligned->text, change, flag, side, only[side],
										 VERDICT_SWAP_WORDS, &env);
		for (uint32 k = 0; k < Min(n[0], n[1]) && npairs < MAX_PAIRS; k++)
		{
			resetStringInfo(&string);
			append_word(&string, &aligned->a[0], only[0][k]);
			appendStringInfoString(&string, " -> ");
			append_word(&string, &aligned->a[1], only[1][k]);
			pairs[npairs++] = PointerGetDatum(cstring_to_text_with_len(string.data, string.len));
		}
	}
	return construct_array(pairs, npairs, TEXTOID, -1, false, TYPALIGN_INT);
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

/*
 * article_verdict(a text, b text, source text, ignored text)
 */
Datum
article_verdict(PG_FUNCTION_ARGS)
{
	text	   *third[2] = {PG_GETARG_TEXT_PP(2), PG_GETARG_TEXT_PP(3)};
	MemoryContext context;
	MemoryContext caller;
	AlignedTexts aligned;
	Measures	measures;
	RawEnv		env;
	TupleDesc	desc;
	Datum		values[12];
	bool		nulls[12] = {false};
	HeapTuple	tuple;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	context = limited_context(CurrentMemoryContext, "article_verdict");
	caller = MemoryContextSwitchTo(context);
	env = limited_env(context);
	for (int side = 0; side < 2; side++)
		read_written(&aligned.a[side], PG_GETARG_TEXT_PP(side));
	for (int i = 0; i < 2; i++)
	{
		SplitText	split;

		if (VARSIZE_ANY_EXHDR(third[i]) == 0)
			continue;
		split_text(&split, third[i]);
		for (int side = 0; side < 2; side++)
		{
			if (i == 0)
				quote_source(&aligned.a[side], &split);
			else
				leave_out(&aligned.a[side], &split);
		}
	}
	align_texts(&aligned);
	verdict_measure(aligned.text, aligned.in_order, aligned.changes, aligned.nchanges,
					&measures, &env);

	for (int side = 0; side < 2; side++)
	{
		values[side] = Int32GetDatum((int32) measures.words[side]);
		values[2 + side] = part(&measures, side);
	}
	values[4] = Int32GetDatum((int32) Min(measures.shared[0], measures.shared[1]));
	values[5] = Int32GetDatum((int32) measures.longest);
	values[6] = Int32GetDatum((int32) measures.in_order);
	values[7] = Int32GetDatum((int32) measures.changed);
	values[8] = PointerGetDatum(changed_pairs(&aligned, WRITTEN_NUMBER));
	values[9] = PointerGetDatum(changed_pairs(&aligned, WRITTEN_NAME));
	values[10] = Int32GetDatum((int32) measures.negations);
	values[11] = CStringGetTextDatum(same_bytes(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1)) ?
									 "identical" : verdict_of(&measures));
	MemoryContextSwitchTo(caller);
	tuple = heap_form_tuple(BlessTupleDesc(desc), values, nulls);
	MemoryContextDelete(context);
	return HeapTupleGetDatum(tuple);
}
