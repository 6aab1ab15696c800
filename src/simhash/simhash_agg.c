/*-------------------------------------------------------------------------
 *
 * simhash_agg.c
 *	  The aggregate simhash_agg(): features, one a row, to a fingerprint.
 *
 * The state is a bytea, as shards send each other states of named types
 * only.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/to_simhash.h"

#include "simhash/aggstate.h"

PG_FUNCTION_INFO_V1(simhash_agg_accum);
PG_FUNCTION_INFO_V1(simhash_agg_combine);
PG_FUNCTION_INFO_V1(simhash_agg_final);

/* Raise the error of a bytea that is no state. */
pg_noreturn static void
invalid_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid state of simhash_agg"),
			 errhint("A state is what the aggregate itself has made, on a machine of the same byte order.")));
}

/*
 * The state in an argument, checked and aligned: as it stands if it is a
 * transition value, which is known to be sound and may be changed in place,
 * else a copy.
 */
static AggState *
get_state(FunctionCallInfo fcinfo, int argno, bool in_place)
{
	struct varlena *datum = PG_GETARG_VARLENA_PP(argno);
	Size		size = VARSIZE_ANY_EXHDR(datum) + VARHDRSZ;
	AggState   *state = (AggState *) datum;

	if (!in_place || VARATT_IS_SHORT(datum) || (uintptr_t) state != MAXALIGN(state))
	{
		state = palloc(size);
		SET_VARSIZE(state, size);
		memcpy(VARDATA(state), VARDATA_ANY(datum), size - VARHDRSZ);
	}

	if (!aggstate_laid_out(state, size) || (!in_place && !aggstate_possible(state)))
		invalid_state();
	return state;
}

/*
 * A new state, of nothing; in the current memory context, as the executor
 * copies a transition value that isn't the one it gave.
 */
static AggState *
make_state(int nwords)
{
	AggState   *state = palloc0(AGGSTATE_SIZE(nwords));

	SET_VARSIZE(state, AGGSTATE_SIZE(nwords));
	state->magic = AGGSTATE_MAGIC;
	state->nwords = nwords;
	return state;
}

/* Raise an error unless both widths, in words, are the same. */
static void
check_same_width(int nwords, int others)
{
	if (nwords != others)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("width of simhash_agg changes from %d to %d bits within a group",
						nwords * SIMHASH_WORD_BITS, others * SIMHASH_WORD_BITS)));
}

/*
 * simhash_agg_accum(state bytea, feature text [, weight float8 [, bits int]])
 */
Datum
simhash_agg_accum(PG_FUNCTION_ARGS)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	int32		bits = 256;
	uint64		weight;
	AggState   *state = NULL;

	if (!PG_ARGISNULL(0))
		state = get_state(fcinfo, 0, in_aggregate);
	if (PG_NARGS() > 3)
	{
		if (PG_ARGISNULL(3))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("width of simhash_agg must not be null")));
		bits = PG_GETARG_INT32(3);
		simhash_check_bits(bits);
	}
	if (state != NULL)
		check_same_width(state->nwords, bits / SIMHASH_WORD_BITS);

	weight = features_weight(PG_NARGS() > 2 && !PG_ARGISNULL(2) ? PG_GETARG_FLOAT8(2) : 1.0);
	if (!PG_ARGISNULL(1))
	{
		if (state == NULL)
			state = make_state(bits / SIMHASH_WORD_BITS);
		if (!featuresum_add(&state->sum, state->nwords,
							features_hash(PG_GETARG_DATUM(1)), weight))
			features_overflow();
	}

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * simhash_agg_combine(state bytea, state bytea)
 */
Datum
simhash_agg_combine(PG_FUNCTION_ARGS)
{
	bool		in_aggregate = AggCheckCallContext(fcinfo, NULL) != 0;
	AggState   *state;
	AggState   *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = get_state(fcinfo, 1, false);
	if (PG_ARGISNULL(0))
		state = make_state(other->nwords);
	else
		state = get_state(fcinfo, 0, in_aggregate);

	check_same_width(state->nwords, other->nwords);
	if (!featuresum_merge(&state->sum, state->nwords, &other->sum))
		features_overflow();
	PG_RETURN_POINTER(state);
}

/*
 * simhash_agg_final(state bytea): the fingerprint, NULL of no feature
 */
Datum
simhash_agg_final(PG_FUNCTION_ARGS)
{
	AggState   *state;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = get_state(fcinfo, 0, AggCheckCallContext(fcinfo, NULL) != 0);
	return features_fingerprint(fcinfo, &state->sum, state->nwords);
}
