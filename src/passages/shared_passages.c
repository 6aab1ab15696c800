/*-------------------------------------------------------------------------
 *
 * shared_passages.c
 *	  Passages that two texts share: shared_passages(), passage_coverage().
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"
#include "text/servertext.h"
#include "passages/passages.h"

PG_FUNCTION_INFO_V1(shared_passages);
PG_FUNCTION_INFO_V1(passage_coverage);

/* Bytes a word in most languages, to begin with. */
#define BYTES_PER_WORD 6

typedef struct SplitText
{
	uint64	   *words;
	WordSpan   *spans;			/* where each stands, in characters */
	size_t		nwords;
	size_t		room;
} SplitText;

static void
make_room(SplitText *split)
{
	if (split->nwords > PASSAGES_MAX_WORDS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text has more than %d words", PASSAGES_MAX_WORDS),
				 errhint("Compare the parts of the text instead.")));
	if (split->room - split->nwords >= WORDS_BATCH_MIN)
		return;
	split->room *= 2;
	split->words = limited_realloc(split->words, split->room * sizeof(uint64));
	split->spans = limited_realloc(split->spans, split->room * sizeof(WordSpan));
}

/* The words of a text and where they stand. */
static void
split_text(SplitText *split, text *document)
{
	size_t		nbytes = VARSIZE_ANY_EXHDR(document);
	size_t		n;
	ServerText	reader;

	split->nwords = 0;
	split->room = nbytes / BYTES_PER_WORD + 2 * WORDS_BATCH_MIN;
	split->words = limited_alloc(CurrentMemoryContext, split->room * sizeof(uint64));
	split->spans = limited_alloc(CurrentMemoryContext, split->room * sizeof(WordSpan));

	servertext_init(&reader, VARDATA_ANY(document), nbytes);
	while ((n = servertext_words(&reader, split->words + split->nwords, NULL,
								 split->spans + split->nwords, split->room - split->nwords)) > 0)
	{
		split->nwords += n;
		make_room(split);
	}
}

static void
check_min_words(int32 min_words)
{
	if (min_words < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of words %d", min_words),
				 errhint("A passage has at least 1 word.")));
}

static void
check_gap(int32 gap)
{
	if (gap < 0 || gap > PASSAGES_MAX_GAP)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid gap %d", gap),
				 errhint("A gap has 0 to %d words.", PASSAGES_MAX_GAP)));
}

/* The passages of two texts, in the current memory context. */
static Passage *
find_passages(const SplitText split[2], uint32 min_words, uint32 gap, uint32 *npassages)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	const PassageText texts[2] = {
		{split[0].words, (uint32) split[0].nwords},
		{split[1].words, (uint32) split[1].nwords}
	};

	return passages_find(texts, min_words, gap, &env, npassages);
}

/*
 * Where a part of a text stands: its first character, counted from 1, and how
 * many it has.
 */
static void
part_characters(const SplitText *split, uint32 begin, uint32 length, Datum *values)
{
	uint32		first = split->spans[begin].begin;
	uint32		end = split->spans[begin + length - 1].end;

	values[0] = Int32GetDatum((int32) (first + 1));
	values[1] = Int32GetDatum((int32) (end - first));
}

/*
 * shared_passages(a text, b text, min_words int, gap int)
 */
Datum
shared_passages(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		min_words = PG_GETARG_INT32(2);
	int32		gap = PG_GETARG_INT32(3);
	MemoryContext context;
	MemoryContext caller;
	SplitText	split[2];
	Passage    *passages;
	uint32		npassages;

	check_min_words(min_words);
	check_gap(gap);
	InitMaterializedSRF(fcinfo, 0);

	context = limited_context(CurrentMemoryContext, "shared_passages");
	caller = MemoryContextSwitchTo(context);
	split_text(&split[0], PG_GETARG_TEXT_PP(0));
	split_text(&split[1], PG_GETARG_TEXT_PP(1));
	passages = find_passages(split, min_words, gap, &npassages);

	for (uint32 i = 0; i < npassages; i++)
	{
		const Passage *passage = &passages[i];
		Datum		values[6];
		bool		nulls[6] = {false};

		CHECK_FOR_INTERRUPTS();
		part_characters(&split[0], passage->begin[0], passage->length[0], &values[0]);
		part_characters(&split[1], passage->begin[1], passage->length[1], &values[2]);
		values[4] = Int32GetDatum((int32) passage->shared);
		values[5] = Float8GetDatum((double) passage->shared /
								   Max(passage->length[0], passage->length[1]));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
}

/*
 * passage_coverage(a text, b text, min_words int)
 */
Datum
passage_coverage(PG_FUNCTION_ARGS)
{
	int32		min_words = PG_GETARG_INT32(2);
	TupleDesc	desc;
	MemoryContext context;
	MemoryContext caller;
	SplitText	split[2];
	Passage    *passages;
	uint32		npassages;
	Datum		values[5];
	bool		nulls[5] = {false};

	check_min_words(min_words);
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	context = limited_context(CurrentMemoryContext, "passage_coverage");
	caller = MemoryContextSwitchTo(context);
	split_text(&split[0], PG_GETARG_TEXT_PP(0));
	split_text(&split[1], PG_GETARG_TEXT_PP(1));
	passages = find_passages(split, min_words, 0, &npassages);

	for (int side = 0; side < 2; side++)
	{
		const RawEnv env = limited_env(context);
		uint32		nwords = (uint32) split[side].nwords;

		values[side] = Int32GetDatum((int32) nwords);
		values[2 + side] = Int32GetDatum((int32) passages_covered(passages, npassages,
																  side, nwords, &env));
	}
	values[4] = Int32GetDatum(npassages > 0 ? (int32) passages[0].shared : 0);

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}
