/*-------------------------------------------------------------------------
 *
 * textsketch_gin.c
 *	  The GIN operator class of textsketch.
 *
 * The keys of a row are the elements of its sketch, cut to the last bits: so
 * that several elements meet in a key, whose rows are then stored densely
 * (doc/sketch.md, "Index").  What is found is a superset of what is asked
 * for, by counting common elements (textsketch_search_needs()), and is always
 * rechecked.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "access/gin.h"
#include "access/reloptions.h"

PG_FUNCTION_INFO_V1(textsketch_gin_options);
PG_FUNCTION_INFO_V1(textsketch_gin_extract_value);
PG_FUNCTION_INFO_V1(textsketch_gin_extract_query);
PG_FUNCTION_INFO_V1(textsketch_gin_consistent);

/* The option: bits of a key. */
typedef struct TextsketchGinOptions
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	int			bits;
} TextsketchGinOptions;

#define BITS_DEFAULT	22
#define BITS_MIN		8
#define BITS_MAX		30

#define GET_BITS() \
	(PG_HAS_OPCLASS_OPTIONS() ? \
	 ((TextsketchGinOptions *) PG_GET_OPCLASS_OPTIONS())->bits : BITS_DEFAULT)

/* The key, besides those of its elements, of a sketch that is short. */
#define KEY_SHORT	(-1)

/* What a search needs: with key i, weight[i] elements of the query. */
typedef struct GinQuery
{
	uint32		needed;			/* elements that a row must have at least */
	uint32		needed_short;	/* ... that has KEY_SHORT */
	int			at_short;		/* where that key is, or -1 if not asked */
	uint32		weight[FLEXIBLE_ARRAY_MEMBER];
} GinQuery;

Datum
textsketch_gin_options(PG_FUNCTION_ARGS)
{
	local_relopts *relopts = (local_relopts *) PG_GETARG_POINTER(0);

	init_local_reloptions(relopts, sizeof(TextsketchGinOptions));
	add_local_int_reloption(relopts, "bits", "bits of an element that are its key",
							BITS_DEFAULT, BITS_MIN, BITS_MAX,
							offsetof(TextsketchGinOptions, bits));
	PG_RETURN_VOID();
}

/* The key of an element. The last bits, as most elements are small. */
static inline int32
element_key(uint32 element, int bits)
{
	return (int32) (element & ((UINT32_C(1) << bits) - 1));
}

/* extractValue: GIN itself drops repeats. */
Datum
textsketch_gin_extract_value(PG_FUNCTION_ARGS)
{
	Textsketch *sketch = PG_GETARG_TEXTSKETCH(0);
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	int			bits = GET_BITS();
	TextsketchView view;
	Datum	   *keys;

	textsketch_view(sketch, &view);
	keys = palloc_extended((view.nelements + 1) * sizeof(Datum), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < view.nelements; i++)
		keys[i] = Int32GetDatum(element_key(textsketch_element(&view, i), bits));
	*nkeys = view.nelements;
	if (textsketch_is_short(&view))
		keys[(*nkeys)++] = Int32GetDatum(KEY_SHORT);

	PG_FREE_IF_COPY(sketch, 0);
	PG_RETURN_POINTER(keys);
}

/* The condition of a search: mode, threshold and sketch. */
static void
read_condition(Datum query, StrategyNumber strategy, TextsketchQueryView *view)
{
	Textsketch *value = DatumGetTextsketch(query);

	if (strategy == TEXTSKETCH_MATCHES_STRATEGY)
	{
		textsketch_query_view(value, view);
		return;
	}
	if (strategy < 1 || strategy > TEXTSKETCH_CONTAINS_STRATEGY)
		elog(ERROR, "unrecognized strategy number: %d", strategy);
	textsketch_view(value, &view->sketch);
	view->mode = textsketch_by_setting[strategy].mode;
	view->threshold = *textsketch_by_setting[strategy].threshold;
}

static int
compare_keys(const void *a, const void *b, void *arg)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	(void) arg;
	return (x > y) - (x < y);
}

/* extractQuery */
Datum
textsketch_gin_extract_query(PG_FUNCTION_ARGS)
{
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	Pointer   **extra_data = (Pointer **) PG_GETARG_POINTER(4);
	int			bits = GET_BITS();
	TextsketchQueryView condition;
	const TextsketchView *sketch = &condition.sketch;
	GinQuery   *search;
	int32	   *elements;
	Datum	   *keys;
	uint32		nelements = 0;
	uint32		n = 0;

	read_condition(PG_GETARG_DATUM(0), PG_GETARG_UINT16(2), &condition);
	search = palloc0(offsetof(GinQuery, weight) + (sketch->nelements + 1) * sizeof(uint32));
	textsketch_search_needs(&condition, &search->needed, &search->needed_short);

	/* measures look below theta only, counts at all elements */
	elements = palloc(sketch->nelements * sizeof(int32));
	while (nelements < sketch->nelements &&
		   (condition.mode == TEXTSKETCH_SHARES ||
			textsketch_element(sketch, nelements) <= sketch->last))
	{
		elements[nelements] = element_key(textsketch_element(sketch, nelements), bits);
		nelements++;
	}
	qsort_interruptible(elements, nelements, sizeof(int32), compare_keys, NULL);

	/* elements that meet in a key count as many as they are */
	keys = palloc((nelements + 1) * sizeof(Datum));
	for (uint32 i = 0; i < nelements; i++)
	{
		if (i == 0 || elements[i] != elements[i - 1])
			keys[n++] = Int32GetDatum(elements[i]);
		search->weight[n - 1]++;
	}
	search->at_short = -1;
	if (search->needed_short < search->needed)
	{
		search->at_short = n;
		keys[n++] = Int32GetDatum(KEY_SHORT);
	}

	*extra_data = palloc(n * sizeof(Pointer));
	for (uint32 i = 0; i < n; i++)
		(*extra_data)[i] = (Pointer) search;
	*nkeys = n;
	pfree(elements);
	PG_RETURN_POINTER(keys);
}

/* triConsistent; the common elements are never known for sure. */
Datum
textsketch_gin_consistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	int32		nkeys = PG_GETARG_INT32(3);
	GinQuery   *search = ((GinQuery **) PG_GETARG_POINTER(4))[0];
	uint32		needed = search->needed;
	uint32		common = 0;

	if (search->at_short >= 0 && check[search->at_short] != GIN_FALSE)
		needed = search->needed_short;
	for (int i = 0; i < nkeys && common < needed; i++)
	{
		if (i != search->at_short && check[i] != GIN_FALSE)
			common += search->weight[i];
	}
	PG_RETURN_GIN_TERNARY_VALUE(common >= needed ? GIN_MAYBE : GIN_FALSE);
}
