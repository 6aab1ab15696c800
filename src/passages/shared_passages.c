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
#include "passages/joined.h"
#include "passages/split_passages.h"

PG_FUNCTION_INFO_V1(shared_passages);
PG_FUNCTION_INFO_V1(passage_coverage);

static void
check_gap(int32 gap)
{
	if (gap < 0 || gap > PASSAGES_MAX_GAP)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid gap %d", gap),
				 errhint("A gap has 0 to %d words.", PASSAGES_MAX_GAP)));
}

static void
check_join(int32 within)
{
	if (within < 0 || within > PASSAGES_MAX_JOIN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of words %d to join passages within", within),
				 errhint("Passages are joined within 0 to %d words; with 0, none are.", PASSAGES_MAX_JOIN)));
}

/*
 * shared_passages(a text, b text, min_words int, gap int, joined_within int)
 */
Datum
shared_passages(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		min_words = PG_GETARG_INT32(2);
	int32		gap = PG_GETARG_INT32(3);
	int32		within = PG_GETARG_INT32(4);
	MemoryContext context;
	MemoryContext caller;
	SplitText	split[2];
	Passage    *passages;
	uint32		npassages;

	check_min_words(min_words);
	check_gap(gap);
	check_join(within);
	InitMaterializedSRF(fcinfo, 0);

	context = limited_context(CurrentMemoryContext, "shared_passages");
	caller = MemoryContextSwitchTo(context);
	split_text(&split[0], PG_GETARG_TEXT_PP(0));
	split_text(&split[1], PG_GETARG_TEXT_PP(1));
	passages = split_passages(&split[0], &split[1], min_words, gap, &npassages);
	if (within > 0)
	{
		const RawEnv env = limited_env(context);

		npassages = passages_join(passages, npassages, within, &env);
	}

	for (uint32 i = 0; i < npassages; i++)
	{
		const Passage *passage = &passages[i];
		Datum		values[6];
		bool		nulls[6] = {false};

		CHECK_FOR_INTERRUPTS();
		split_characters(&split[0], passage->begin[0], passage->length[0], &values[0]);
		split_characters(&split[1], passage->begin[1], passage->length[1], &values[2]);
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
	passages = split_passages(&split[0], &split[1], min_words, 0, &npassages);

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
