/*-------------------------------------------------------------------------
 *
 * boilerplate_agg.c
 *	  The aggregate boilerplate_agg(body [, min_articles]): what the articles
 *	  of an outlet have in common.
 *
 * The state holds the features of each article, eight bytes a word; the texts
 * are gone.
 *
 *-------------------------------------------------------------------------
 */
#include "boilerplate/boilerplate.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"

PG_FUNCTION_INFO_V1(boilerplate_agg_accum);
PG_FUNCTION_INFO_V1(boilerplate_agg_combine);
PG_FUNCTION_INFO_V1(boilerplate_agg_serial);
PG_FUNCTION_INFO_V1(boilerplate_agg_deserial);
PG_FUNCTION_INFO_V1(boilerplate_agg_final);

#define FUNCTION_NAME			"boilerplate_agg"
#define DEFAULT_MIN_ARTICLES	4
#define FIRST_ROOM				64

typedef struct LearningState
{
	MemoryContext context;		/* within simhash.memory_limit */
	int32		min_articles;
	uint32		narticles;
	uint32		room;
	FurnitureArticle *articles;
} LearningState;

static LearningState *
make_state(FunctionCallInfo fcinfo, int32 min_articles)
{
	MemoryContext aggregate;
	MemoryContext context;
	LearningState *state;

	if (!AggCheckCallContext(fcinfo, &aggregate))
		elog(ERROR, "%s called outside of an aggregate", FUNCTION_NAME);
	context = limited_context(aggregate, FUNCTION_NAME);
	state = limited_alloc(context, sizeof(LearningState));
	state->context = context;
	state->min_articles = min_articles;
	state->narticles = 0;
	state->room = FIRST_ROOM;
	state->articles = limited_alloc(context, FIRST_ROOM * sizeof(FurnitureArticle));
	return state;
}

/* Add an article, whose features it keeps. */
static void
add_article(LearningState *state, const uint64 *features, uint32 nfeatures)
{
	uint64	   *copy = limited_alloc(state->context, (Size) nfeatures * sizeof(uint64) + 1);

	memcpy(copy, features, (Size) nfeatures * sizeof(uint64));
	if (state->narticles == state->room)
	{
		state->room *= 2;
		state->articles = limited_realloc(state->articles, state->room * sizeof(FurnitureArticle));
	}
	state->articles[state->narticles++] = (FurnitureArticle) {copy, nfeatures};
}

/*
 * boilerplate_agg_accum(state internal, body text [, min_articles int])
 */
Datum
boilerplate_agg_accum(PG_FUNCTION_ARGS)
{
	LearningState *state = PG_ARGISNULL(0) ? NULL : (LearningState *) PG_GETARG_POINTER(0);
	int32		min_articles = DEFAULT_MIN_ARTICLES;

	if (PG_NARGS() > 2)
	{
		if (PG_ARGISNULL(2))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("min_articles of %s must not be null", FUNCTION_NAME)));
		min_articles = PG_GETARG_INT32(2);
		if (min_articles < 2)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("min_articles of %s must be at least 2: %d", FUNCTION_NAME, min_articles)));
	}
	if (state == NULL)
		state = make_state(fcinfo, min_articles);
	else if (state->min_articles != min_articles)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_articles of %s changes from %d to %d within a group",
						FUNCTION_NAME, state->min_articles, min_articles)));

	if (!PG_ARGISNULL(1))
	{
		MemoryContext context = AllocSetContextCreate(state->context, "article", ALLOCSET_DEFAULT_SIZES);
		MemoryContext caller = MemoryContextSwitchTo(context);
		const RawEnv env = limited_env(context);
		SplitLines	lines;
		uint64	   *features;

		split_lines(&lines, PG_GETARG_TEXT_PP(1));
		features = limited_alloc(context, sizeof(uint64) *
								 (FURNITURE_FEATURES_MAX(lines.text.nwords, lines.text.nlines) + 1));
		add_article(state, features, furniture_features(&lines.text, features, &env));
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(context);
	}
	PG_RETURN_POINTER(state);
}

/*
 * boilerplate_agg_combine(state internal, state internal)
 */
Datum
boilerplate_agg_combine(PG_FUNCTION_ARGS)
{
	LearningState *state;
	LearningState *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = (LearningState *) PG_GETARG_POINTER(1);
	state = PG_ARGISNULL(0) ? make_state(fcinfo, other->min_articles) :
		(LearningState *) PG_GETARG_POINTER(0);
	if (state->min_articles != other->min_articles)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_articles of %s changes from %d to %d within a group",
						FUNCTION_NAME, state->min_articles, other->min_articles)));
	for (uint32 i = 0; i < other->narticles; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_article(state, other->articles[i].features, other->articles[i].nfeatures);
	}
	PG_RETURN_POINTER(state);
}

/*
 * boilerplate_agg_serial(state internal): to another process of this server
 */
Datum
boilerplate_agg_serial(PG_FUNCTION_ARGS)
{
	LearningState *state = (LearningState *) PG_GETARG_POINTER(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, state->min_articles);
	pq_sendint32(&buf, state->narticles);
	for (uint32 i = 0; i < state->narticles; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint32(&buf, state->articles[i].nfeatures);
		pq_sendbytes(&buf, (const char *) state->articles[i].features,
					 (int) (state->articles[i].nfeatures * sizeof(uint64)));
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * boilerplate_agg_deserial(state bytea, internal)
 */
Datum
boilerplate_agg_deserial(PG_FUNCTION_ARGS)
{
	bytea	   *sent = PG_GETARG_BYTEA_PP(0);
	StringInfoData buf;
	LearningState *state;
	uint32		narticles;

	initStringInfo(&buf);
	appendBinaryStringInfo(&buf, VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent));
	state = make_state(fcinfo, (int32) pq_getmsgint(&buf, 4));
	narticles = pq_getmsgint(&buf, 4);
	for (uint32 i = 0; i < narticles; i++)
	{
		uint32		nfeatures = pq_getmsgint(&buf, 4);

		CHECK_FOR_INTERRUPTS();
		add_article(state, (const uint64 *) pq_getmsgbytes(&buf, (int) (nfeatures * sizeof(uint64))),
					nfeatures);
	}
	pq_getmsgend(&buf);
	pfree(buf.data);
	PG_RETURN_POINTER(state);
}

/*
 * boilerplate_agg_final(state internal): NULL of no article
 */
Datum
boilerplate_agg_final(PG_FUNCTION_ARGS)
{
	LearningState *state = PG_ARGISNULL(0) ? NULL : (LearningState *) PG_GETARG_POINTER(0);
	MemoryContext work;
	Furniture	furniture;
	RawEnv		env;
	Boilerplate *result;

	if (state == NULL || state->narticles == 0)
		PG_RETURN_NULL();
	work = AllocSetContextCreate(state->context, "learning", ALLOCSET_DEFAULT_SIZES);
	env = limited_env(work);
	furniture.narticles = state->narticles;
	furniture.features = furniture_learn(state->articles, state->narticles,
										 (uint32) state->min_articles, &env, &furniture.n);
	result = boilerplate_make(&furniture);
	MemoryContextDelete(work);
	PG_RETURN_POINTER(result);
}
