/*-------------------------------------------------------------------------
 *
 * textsketch_ops.c
 *	  The measures of sketches, and the settings behind % and <%.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "utils/guc.h"

PG_FUNCTION_INFO_V1(textsketch_resemblance);
PG_FUNCTION_INFO_V1(textsketch_containment);
PG_FUNCTION_INFO_V1(textsketch_overlap);
PG_FUNCTION_INFO_V1(textsketch_distance);
PG_FUNCTION_INFO_V1(textsketch_shared_elements);
PG_FUNCTION_INFO_V1(textsketch_similar);
PG_FUNCTION_INFO_V1(textsketch_contained_op);
PG_FUNCTION_INFO_V1(textsketch_contains_op);
PG_FUNCTION_INFO_V1(textsketch_resembles);
PG_FUNCTION_INFO_V1(textsketch_contained);
PG_FUNCTION_INFO_V1(textsketch_overlaps);
PG_FUNCTION_INFO_V1(textsketch_shares);

/*
 * simhash.resemblance_threshold and simhash.containment_threshold: what % and
 * <% ask for.  At .35 all pairs are found that share half of their shingles,
 * and hardly one that shares less than a fifth; doc/sketch.md has the table.
 */
double		textsketch_resemblance_threshold = 0.35;
double		textsketch_containment_threshold = 0.35;

/* At a threshold of 0 everything would be found, and no index could help. */
#define THRESHOLD_SETTING_MIN 0.001

/*
 * Define the settings; once, when the library is loaded.
 */
void
textsketch_ops_init(void)
{
	DefineCustomRealVariable("simhash.resemblance_threshold",
							 "Sets the least resemblance for the % operator of textsketch.",
							 "The shared part of all shingles of both texts, up to 1.",
							 &textsketch_resemblance_threshold,
							 0.35, THRESHOLD_SETTING_MIN, 1.0,
							 PGC_USERSET, 0,
							 NULL, NULL, NULL);
	DefineCustomRealVariable("simhash.containment_threshold",
							 "Sets the least containment for the <% and %> operators of textsketch.",
							 "The part of one text's shingles that the other has, up to 1.",
							 &textsketch_containment_threshold,
							 0.35, THRESHOLD_SETTING_MIN, 1.0,
							 PGC_USERSET, 0,
							 NULL, NULL, NULL);
}

/*
 * ---------- measures
 */

void
textsketch_check_same_params(const SketchParams *a, const SketchParams *b)
{
	if (a->shingle == b->shingle && a->sampling == b->sampling && a->window == b->window)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("sketches have different parameters: (shingle %d, sampling %d, window %d) and (shingle %d, sampling %d, window %d)",
					a->shingle, a->sampling, a->window, b->shingle, b->sampling, b->window)));
}

/*
 * Count what two sketches have in common, for a measure.  An error if their
 * parameters differ.
 */
void
textsketch_common(const TextsketchView *a, const TextsketchView *b, TextsketchCommon *common)
{
	textsketch_check_same_params(&a->params, &b->params);
	textsketch_count_common(a, b, common);
}

/*
 * Does a condition on "row" hold?  Never between sketches of different
 * parameters; that is no error, as an index may lead to such a row or not.
 */
bool
textsketch_holds(TextsketchMode mode, double threshold,
				 const TextsketchView *row, const TextsketchView *query)
{
	TextsketchCommon common;

	if (!textsketch_comparable(row, query))
		return false;
	textsketch_count_common(row, query, &common);
	return textsketch_measure(mode, &common) >= threshold;
}

/* Count what the two sketches of a call have in common. */
static TextsketchCommon
common_of_arguments(FunctionCallInfo fcinfo)
{
	TextsketchView a;
	TextsketchView b;
	TextsketchCommon common;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &a);
	textsketch_view(PG_GETARG_TEXTSKETCH(1), &b);
	textsketch_common(&a, &b, &common);
	return common;
}

static double
measure_of_arguments(FunctionCallInfo fcinfo, TextsketchMode mode)
{
	TextsketchCommon common = common_of_arguments(fcinfo);

	return textsketch_measure(mode, &common);
}

#define MEASURE(name, result) \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_FLOAT8(result); \
}

/* resemblance(a, b), containment(a, b): of a in b, overlap(a, b), a <-> b */
MEASURE(textsketch_resemblance, measure_of_arguments(fcinfo, TEXTSKETCH_RESEMBLES))
MEASURE(textsketch_containment, measure_of_arguments(fcinfo, TEXTSKETCH_CONTAINED))
MEASURE(textsketch_overlap, measure_of_arguments(fcinfo, TEXTSKETCH_OVERLAPS))
MEASURE(textsketch_distance, 1.0 - measure_of_arguments(fcinfo, TEXTSKETCH_RESEMBLES))

/* shared_elements(a, b) */
Datum
textsketch_shared_elements(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(common_of_arguments(fcinfo).shared);
}

/*
 * ---------- conditions
 */

#define CONDITION(name, result) \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(result); \
}

static bool
holds_for_arguments(FunctionCallInfo fcinfo, TextsketchMode mode, double threshold)
{
	TextsketchView a;
	TextsketchView b;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &a);
	textsketch_view(PG_GETARG_TEXTSKETCH(1), &b);
	return textsketch_holds(mode, threshold, &a, &b);
}

const TextsketchBySetting textsketch_by_setting[] = {
	[TEXTSKETCH_RESEMBLES_STRATEGY] = {"textsketch_similar", TEXTSKETCH_RESEMBLES, &textsketch_resemblance_threshold},
	[TEXTSKETCH_CONTAINED_STRATEGY] = {"textsketch_contained_op", TEXTSKETCH_CONTAINED, &textsketch_containment_threshold},
	[TEXTSKETCH_CONTAINS_STRATEGY] = {"textsketch_contains_op", TEXTSKETCH_CONTAINS, &textsketch_containment_threshold}
};

static bool
holds_by_setting(FunctionCallInfo fcinfo, StrategyNumber strategy)
{
	return holds_for_arguments(fcinfo, textsketch_by_setting[strategy].mode,
							   *textsketch_by_setting[strategy].threshold);
}

/* a % b, a <% b, a %> b: STABLE, for they read settings */
CONDITION(textsketch_similar, holds_by_setting(fcinfo, TEXTSKETCH_RESEMBLES_STRATEGY))
CONDITION(textsketch_contained_op, holds_by_setting(fcinfo, TEXTSKETCH_CONTAINED_STRATEGY))
CONDITION(textsketch_contains_op, holds_by_setting(fcinfo, TEXTSKETCH_CONTAINS_STRATEGY))

static bool
holds_at_argument(FunctionCallInfo fcinfo, TextsketchMode mode)
{
	double		threshold = mode == TEXTSKETCH_SHARES ? PG_GETARG_INT32(2) : PG_GETARG_FLOAT8(2);

	textsketch_check_threshold(mode, threshold);
	return holds_for_arguments(fcinfo, mode, threshold);
}

/* textsketch_resembles(a, b, threshold), _contained: a in b, _overlaps, _shares(a, b, n) */
CONDITION(textsketch_resembles, holds_at_argument(fcinfo, TEXTSKETCH_RESEMBLES))
CONDITION(textsketch_contained, holds_at_argument(fcinfo, TEXTSKETCH_CONTAINED))
CONDITION(textsketch_overlaps, holds_at_argument(fcinfo, TEXTSKETCH_OVERLAPS))
CONDITION(textsketch_shares, holds_at_argument(fcinfo, TEXTSKETCH_SHARES))
