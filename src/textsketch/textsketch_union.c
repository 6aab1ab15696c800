/*-------------------------------------------------------------------------
 *
 * textsketch_union.c
 *	  The aggregate textsketch_union_agg(): the sketch of several texts taken
 *	  together.
 *
 * Below the least theta of all, the elements of all are those that a sketch of
 * all their shingles has; how many there are tells its own theta (doc/sketch.md,
 * "Union").  The state collects elements as they come, repeats included, and
 * drops repeats when it is full.  It is a bytea, as shards send each other
 * states of named types only.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"

#define RADIX_SORT		sort_elements
#define RADIX_ITEM		uint32_t
#define RADIX_KEY(item) (item)
#include "base/radix.h"

PG_FUNCTION_INFO_V1(textsketch_union_accum);
PG_FUNCTION_INFO_V1(textsketch_union_combine);
PG_FUNCTION_INFO_V1(textsketch_union_final);

#define UNION_MAGIC		0x54535501	/* "TSU", version 1 */
#define FIRST_ROOM		1024
#define FUNCTION_NAME	"textsketch_union_agg"

typedef struct UnionState
{
	int32		vl_len_;
	uint32		magic;
	SketchParams params;
	uint32		last;			/* the largest hash below all thetas */
	uint64		nwords;
	uint64		nshingles;
	uint32		n;
	uint32		unused;			/* zero */
	uint32		elements[FLEXIBLE_ARRAY_MEMBER];
} UnionState;

#define STATE_SIZE(room)	(offsetof(UnionState, elements) + (Size) (room) * sizeof(uint32))
#define STATE_ROOM(state)	((VARSIZE(state) - offsetof(UnionState, elements)) / sizeof(uint32))

/* What is added to a state: a sketch, or another state. */
typedef struct Addition
{
	SketchParams params;
	uint32		last;
	uint64		nwords;
	uint64		nshingles;
	uint32		n;
	const TextsketchView *view; /* or */
	const uint32 *elements;
} Addition;

/* Can sketches have made these bytes, as far as anything relies on it? */
static bool
state_possible(const UnionState *state, Size size)
{
	return size >= STATE_SIZE(1) && size % sizeof(uint32) == 0 &&
		state->magic == UNION_MAGIC && state->unused == 0 &&
		TEXTSKETCH_VALID_SHINGLE(state->params.shingle) &&
		TEXTSKETCH_VALID_SAMPLING(state->params.sampling) &&
		TEXTSKETCH_VALID_WINDOW(state->params.window) &&
		state->last >= sketch_sampled(state->params.sampling) &&
		state->n >= 1 && STATE_SIZE(state->n) <= size &&
		state->nshingles >= state->n && state->nwords >= state->nshingles &&
		state->nwords <= PG_INT64_MAX;
}

pg_noreturn static void
invalid_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid state of %s", FUNCTION_NAME),
			 errhint("A state is what the aggregate itself has made, on a machine of the same byte order.")));
}

/*
 * The state in an argument, checked and aligned: as it stands if it is a
 * transition value, which is known to be sound and may be changed in place,
 * else a copy.
 */
static UnionState *
get_state(FunctionCallInfo fcinfo, int argno, bool in_place)
{
	struct varlena *datum = PG_GETARG_VARLENA_PP(argno);
	Size		size = VARSIZE_ANY_EXHDR(datum) + VARHDRSZ;
	UnionState *state = (UnionState *) datum;

	if (!in_place || VARATT_IS_SHORT(datum) || (uintptr_t) state != MAXALIGN(state))
	{
		state = palloc(Max(size, sizeof(UnionState)));
		SET_VARSIZE(state, size);
		memcpy(VARDATA(state), VARDATA_ANY(datum), size - VARHDRSZ);
	}
	if (!state_possible(state, size))
		invalid_state();
	return state;
}

/* A state with room, and with what another one has, if any. */
static UnionState *
make_state(const UnionState *from, uint64 room)
{
	Size		size = STATE_SIZE(room);
	UnionState *state;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many elements for %s", FUNCTION_NAME),
				 errhint("Sample less, or unite fewer sketches.")));
	state = limited_alloc(limited_context(CurrentMemoryContext, FUNCTION_NAME), size);
	/* What has no element yet goes to other servers too. */
	memset(state, 0, size);
	if (from != NULL)
		memcpy(state, from, STATE_SIZE(from->n));
	SET_VARSIZE(state, size);
	return state;
}

/* Sort elements and drop repeats; returns how many are left. */
static uint32
distinct_elements(uint32 *elements, uint32 n)
{
	MemoryContext context = limited_context(CurrentMemoryContext, FUNCTION_NAME);
	RawEnv		env = limited_env(context);
	uint32		kept = 0;

	sort_elements(&env, elements, limited_alloc(context, (Size) n * sizeof(uint32)), n);
	for (uint32 i = 0; i < n; i++)
	{
		if (kept == 0 || elements[i] != elements[kept - 1])
			elements[kept++] = elements[i];
	}
	MemoryContextDelete(context);
	return kept;
}

static UnionState *
add(UnionState *state, const Addition *addition)
{
	if (state == NULL)
	{
		state = make_state(NULL, (uint64) addition->n + FIRST_ROOM);
		state->magic = UNION_MAGIC;
		state->params = addition->params;
		state->last = addition->last;
	}
	else
		textsketch_check_same_params(&state->params, &addition->params);

	if ((uint64) state->n + addition->n > STATE_ROOM(state))
	{
		state->n = distinct_elements(state->elements, state->n);
		/* So that it is as many again until it is full again. */
		if (((uint64) state->n + addition->n) * 2 > STATE_ROOM(state))
			state = make_state(state, ((uint64) state->n + addition->n) * 2);
	}

	for (uint32 i = 0; i < addition->n; i++)
		state->elements[state->n + i] = addition->view != NULL ?
			textsketch_element(addition->view, i) : addition->elements[i];
	state->n += addition->n;
	state->last = Min(state->last, addition->last);
	if (state->nwords > PG_INT64_MAX - addition->nwords)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many words for %s", FUNCTION_NAME)));
	state->nwords += addition->nwords;
	state->nshingles += addition->nshingles;
	return state;
}

/*
 * textsketch_union_accum(state bytea, sketch textsketch)
 */
Datum
textsketch_union_accum(PG_FUNCTION_ARGS)
{
	UnionState *state = NULL;
	TextsketchView view;

	if (!PG_ARGISNULL(0))
		state = get_state(fcinfo, 0, AggCheckCallContext(fcinfo, NULL) != 0);
	if (!PG_ARGISNULL(1))
	{
		Addition	addition = {0};

		textsketch_view(PG_GETARG_TEXTSKETCH(1), &view);
		addition.params = view.params;
		addition.last = view.last;
		addition.nwords = view.nwords;
		addition.nshingles = view.nshingles;
		addition.n = view.nelements;
		addition.view = &view;
		state = add(state, &addition);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * textsketch_union_combine(state bytea, state bytea)
 */
Datum
textsketch_union_combine(PG_FUNCTION_ARGS)
{
	UnionState *state = NULL;

	if (!PG_ARGISNULL(0))
		state = get_state(fcinfo, 0, AggCheckCallContext(fcinfo, NULL) != 0);
	if (!PG_ARGISNULL(1))
	{
		UnionState *other = get_state(fcinfo, 1, false);
		Addition	addition = {0};

		addition.params = other->params;
		addition.last = other->last;
		addition.nwords = other->nwords;
		addition.nshingles = other->nshingles;
		addition.n = other->n;
		addition.elements = other->elements;
		state = add(state, &addition);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/*
 * textsketch_union_final(state bytea): the sketch, NULL of none
 */
Datum
textsketch_union_final(PG_FUNCTION_ARGS)
{
	UnionState *state;
	uint32	   *elements;
	uint32		n;
	uint32		last;
	uint32		sampled;
	uint32		nsampled = 0;
	uint32		nbelow;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	/* A transition value is to stay as it is: others may still need it. */
	state = get_state(fcinfo, 0, AggCheckCallContext(fcinfo, NULL) != 0);
	elements = limited_alloc(limited_context(CurrentMemoryContext, FUNCTION_NAME),
							 (Size) state->n * sizeof(uint32));
	memcpy(elements, state->elements, (Size) state->n * sizeof(uint32));
	n = distinct_elements(elements, state->n);

	/*
	 * Theta, by rule 4: that of the sampling, or the first hash behind the
	 * floor, which is an element or the least theta of all.
	 */
	sampled = sketch_sampled(state->params.sampling);
	while (nsampled < n && elements[nsampled] <= sampled)
		nsampled++;
	for (nbelow = nsampled; nbelow < n && elements[nbelow] <= state->last;)
		nbelow++;
	if (nsampled >= SKETCH_FLOOR)
		last = sampled;
	else if (nbelow > SKETCH_FLOOR)
		last = elements[SKETCH_FLOOR] - 1;
	else
		last = state->last;
	if (last < PG_UINT32_MAX && nbelow < SKETCH_FLOOR)
		invalid_state();

	PG_RETURN_TEXTSKETCH(textsketch_make(state->params, (uint32) Min(state->nwords, PG_UINT32_MAX),
										 (uint32) Min(state->nshingles, PG_UINT32_MAX), last,
										 elements, n));
}
