/*-------------------------------------------------------------------------
 *
 * original_passages.c
 *	  What of a text is in none of others: original_passages(), originality().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/memory_limit.h"
#include "passages/split_passages.h"

PG_FUNCTION_INFO_V1(original_passages);
PG_FUNCTION_INFO_V1(originality);

/* Mark the words of a text that are in passages which it shares with another. */
static void
mark_shared(const SplitText *body, text *other, uint32 min_words, bool *shared,
			MemoryContext context)
{
	MemoryContext caller = MemoryContextSwitchTo(context);
	const RawEnv env = limited_env(context);
	SplitText	split;
	Passage    *passages;
	uint32		npassages;
	bool	   *marks;

	split_text(&split, other);
	passages = split_passages(body, &split, min_words, 0, &npassages);
	marks = passages_mark(passages, npassages, 0, (uint32) body->nwords, &env);
	for (size_t i = 0; i < body->nwords; i++)
		shared[i] |= marks[i];
	MemoryContextSwitchTo(caller);
	MemoryContextReset(context);
}

/*
 * The words of a call's text, and which of them are in one of the others; in
 * the current memory context.
 */
static bool *
find_shared(FunctionCallInfo fcinfo, SplitText *body)
{
	int32		min_words = PG_GETARG_INT32(2);
	ArrayIterator others = array_create_iterator(PG_GETARG_ARRAYTYPE_P(1), 0, NULL);
	MemoryContext one = AllocSetContextCreate(CurrentMemoryContext, "one of the others",
											  ALLOCSET_DEFAULT_SIZES);
	bool	   *shared;
	Datum		other;
	bool		isnull;

	split_text(body, PG_GETARG_TEXT_PP(0));
	shared = limited_alloc(CurrentMemoryContext, body->nwords + 1);
	memset(shared, false, body->nwords + 1);
	while (array_iterate(others, &other, &isnull))
	{
		CHECK_FOR_INTERRUPTS();
		if (!isnull)
			mark_shared(body, DatumGetTextPP(other), (uint32) min_words, shared, one);
	}
	return shared;
}

/*
 * original_passages(body text, others text[], min_words int)
 */
Datum
original_passages(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext context;
	MemoryContext caller;
	SplitText	body;
	bool	   *shared;

	check_min_words(PG_GETARG_INT32(2));
	InitMaterializedSRF(fcinfo, 0);
	context = limited_context(CurrentMemoryContext, "original_passages");
	caller = MemoryContextSwitchTo(context);
	shared = find_shared(fcinfo, &body);
	for (size_t begin = 0, end; begin < body.nwords; begin = end)
	{
		Datum		values[3];
		bool		nulls[3] = {false};

		CHECK_FOR_INTERRUPTS();
		for (end = begin + 1; end < body.nwords && shared[end] == shared[begin];)
			end++;
		if (shared[begin])
			continue;
		split_characters(&body, (uint32) begin, (uint32) (end - begin), values);
		values[2] = Int32GetDatum((int32) (end - begin));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return (Datum) 0;
}

/*
 * originality(body text, others text[], min_words int); NULL for a text
 * without words.
 */
Datum
originality(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	MemoryContext caller;
	SplitText	body;
	bool	   *shared;
	size_t		original = 0;
	size_t		nwords;

	check_min_words(PG_GETARG_INT32(2));
	context = limited_context(CurrentMemoryContext, "originality");
	caller = MemoryContextSwitchTo(context);
	shared = find_shared(fcinfo, &body);
	nwords = body.nwords;
	for (size_t i = 0; i < nwords; i++)
		original += !shared[i];
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	if (nwords == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) original / (double) nwords);
}
