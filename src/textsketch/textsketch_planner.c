/*-------------------------------------------------------------------------
 *
 * textsketch_planner.c
 *	  What the planner is told of sketches: how many rows a condition leaves,
 *	  and how the functions with a threshold use an index.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "base/identity.h"
#include "base/nearness.h"
#include "textsketch/sketch_curve.h"
#include "textsketch/textsketch_statistics.h"

/*
 * A condition, as far as it is known: what its operand a, a sketch, is to b,
 * which is a sketch or a query.
 */
typedef struct SketchClause
{
	NearClause	near;
	TextsketchMode mode;
	double		threshold;
	TextsketchView sketch;		/* of the constant, if there is one */
	Size		size;			/* of its payload */
} SketchClause;

/*
 * ---------- what a condition asks for
 */

/* What b is to a. */
static TextsketchMode
commuted_mode(TextsketchMode mode)
{
	if (mode == TEXTSKETCH_CONTAINED)
		return TEXTSKETCH_CONTAINS;
	if (mode == TEXTSKETCH_CONTAINS)
		return TEXTSKETCH_CONTAINED;
	return mode;
}

/* The mode and threshold of a query expression, as far as they are known. */
static void
known_query(SketchClause *clause, PlannerInfo *root, Node *node)
{
	clause->mode = TEXTSKETCH_RESEMBLES;
	clause->threshold = textsketch_resemblance_threshold;
	node = estimate_expression_value(root, node);
	if (IsA(node, Const))
	{
		const Const *constant = (const Const *) node;
		TextsketchQueryView view;

		if (constant->constisnull ||
			!own_type(constant->consttype, clause->near.self, "textsketch_query_in"))
			return;
		textsketch_query_view(DatumGetTextsketch(constant->constvalue), &view);
		clause->mode = view.mode;
		clause->threshold = view.threshold;
	}
	else if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == 3 &&
			 own_function(((FuncExpr *) node)->funcid, clause->near.self,
						  "textsketch_query_construct"))
	{
		const Const *name = linitial(((FuncExpr *) node)->args);
		double		threshold;

		if (IsA(name, Const) && !name->constisnull && name->consttype == TEXTOID)
			textsketch_mode_by_name(DatumGetTextPP(name->constvalue), &clause->mode);
		if (near_limit(lthird(((FuncExpr *) node)->args), &threshold) &&
			textsketch_threshold_valid(clause->mode, threshold))
			clause->threshold = threshold;
	}
}

/* What an operator asks for: by a query, or by settings, as they are now. */
static bool
of_operator(NearClause *clause, PlannerInfo *root, List *args)
{
	SketchClause *condition = (SketchClause *) clause;

	clause->a = linitial(args);
	clause->b = lsecond(args);
	for (int i = 1; i < TEXTSKETCH_MATCHES_STRATEGY; i++)
	{
		if (own_function(clause->function, clause->self, textsketch_by_setting[i].symbol))
		{
			condition->mode = textsketch_by_setting[i].mode;
			condition->threshold = *textsketch_by_setting[i].threshold;
			return true;
		}
	}
	if (own_function(clause->function, clause->self, "textsketch_matched_by"))
	{
		clause->a = lsecond(args);
		clause->b = linitial(args);
	}
	else if (!own_function(clause->function, clause->self, "textsketch_matches"))
		return false;
	known_query(condition, root, clause->b);
	return true;
}

/* The mode that a function has on its first argument; false if it has none. */
static bool
function_mode(Oid function, Oid self, TextsketchMode *mode)
{
	static const char *const symbols[TEXTSKETCH_NMODES] = {
		[TEXTSKETCH_RESEMBLES] = "textsketch_resembles",
		[TEXTSKETCH_CONTAINED] = "textsketch_contained",
		[TEXTSKETCH_OVERLAPS] = "textsketch_overlaps",
		[TEXTSKETCH_SHARES] = "textsketch_shares"
	};

	for (int i = 0; i < TEXTSKETCH_NMODES; i++)
	{
		if (symbols[i] != NULL && own_function(function, self, symbols[i]))
		{
			*mode = i;
			return true;
		}
	}
	return false;
}

/* What a call asks for; its threshold is a usual one if not yet known. */
static bool
of_call(NearClause *clause, PlannerInfo *root, List *args)
{
	SketchClause *condition = (SketchClause *) clause;
	double		threshold;

	if (!function_mode(clause->function, clause->self, &condition->mode))
		return false;
	clause->a = linitial(args);
	clause->b = lsecond(args);
	condition->threshold = condition->mode == TEXTSKETCH_SHARES ?
		TEXTSKETCH_EVIDENCE : textsketch_resemblance_threshold;
	if (near_limit(estimate_expression_value(root, lthird(args)), &threshold) &&
		textsketch_threshold_valid(condition->mode, threshold))
		condition->threshold = threshold;
	return true;
}

/*
 * ---------- selectivity
 */

/*
 * The part of unrelated texts for which a condition holds: what they share
 * are phrases and boilerplate, the less often the more.  Among 3.1 million
 * pairs of news articles the part fell with the third power of the threshold:
 *
 * common elements, 1 2 4 8:	3.5e-2 5.2e-3 1.0e-3 9.6e-5
 * resemblance .05 .1 .2 .35:	2.7e-5 9.9e-6 1.3e-6 3.2e-7
 * containment:					3.6e-4 4.5e-5 1.0e-5 6.4e-7
 */
static double
chance_of(const NearClause *clause)
{
	const SketchClause *condition = (const SketchClause *) clause;

	static const double at_one[TEXTSKETCH_NMODES] = {
		[TEXTSKETCH_RESEMBLES] = 1e-8,
		[TEXTSKETCH_CONTAINED] = 5e-8,
		[TEXTSKETCH_CONTAINS] = 5e-8,
		[TEXTSKETCH_OVERLAPS] = 1e-7,
		[TEXTSKETCH_SHARES] = 0.04
	};

	return Min(at_one[condition->mode] / pow(condition->threshold, 3.0), 0.04);
}

/* A constant says by its own type whether it is a sketch or a query. */
static bool
take_constant(NearClause *clause, const Const *operand, bool is_a)
{
	SketchClause *condition = (SketchClause *) clause;
	Textsketch *value;

	if (own_type(operand->consttype, clause->self, "textsketch_query_in"))
	{
		TextsketchQueryView query;

		value = DatumGetTextsketch(operand->constvalue);
		textsketch_query_view(value, &query);
		condition->sketch = query.sketch;
		condition->size = TEXTSKETCH_BYTES(value) - TEXTSKETCH_QUERY_HDRSZ;
		return true;
	}
	if (!own_type(operand->consttype, clause->self, "textsketch_in"))
		return false;
	value = DatumGetTextsketch(operand->constvalue);
	textsketch_view(value, &condition->sketch);
	condition->size = TEXTSKETCH_BYTES(value);
	if (is_a)
		condition->mode = commuted_mode(condition->mode);
	return true;
}

/* Nothing hangs on the variables. */
static void
settle_nothing(NearClause *clause, VariableStatData *a, VariableStatData *b)
{
	(void) clause;
	(void) a;
	(void) b;
}

static double
part_holding(const NearClause *clause, VariableStatData *var, bool rest, double *pairs)
{
	const SketchClause *condition = (const SketchClause *) clause;
	TextsketchStatistics stats;
	double		result;

	*pairs = 0.0;
	if (!textsketch_statistics_get(var, &stats))
		return -1.0;
	*pairs = stats.pairs;
	result = stats.share * sketch_curve_part(rest ? stats.rest : stats.all, condition->mode,
											 condition->threshold);
	free_attstatsslot(&stats.slot);
	return result;
}

static NearResult
test_sketch(const NearClause *clause, Datum value)
{
	const SketchClause *condition = (const SketchClause *) clause;
	Textsketch *sketch = DatumGetTextsketch(value);
	TextsketchView view;

	textsketch_view(sketch, &view);
	if (!textsketch_holds(condition->mode, condition->threshold, &view, &condition->sketch))
		return NEAR_NOT;
	return TEXTSKETCH_BYTES(sketch) == condition->size &&
		memcmp(view.data, condition->sketch.data, condition->size) == 0 ? NEAR_EQUAL : NEAR_HOLDS;
}

/*
 * ---------- what a search costs whose sketch isn't known
 *
 * PostgreSQL asks the operator class for the keys of a sketch that it knows
 * when planning, and prices the search by their number.  Of any other it
 * expects one key, so that a search by a hundred thousand costs next to
 * nothing in its eyes.  So the functions with a threshold decide themselves.
 */

/*
 * Nanoseconds, as measured with 20,000 articles of 97 elements: to find a key,
 * to hold it against a row that has any of them, to call the function on a
 * row, and to compare an element.  GIN's preparation takes the half of the
 * keys squared.
 */
#define KEY_TIME		1000.0
#define STEP_TIME		15.0
#define ROW_TIME		2000.0
#define ELEMENT_TIME	10.0

/* Different elements that may meet in a key, textsketch_gin.c. */
#define DIFFERENT_KEYS	4194304.0

/*
 * The elements of a value of an expression, on average, by what ANALYZE has
 * found, or 0; and the part of other rows that share one at least.
 */
static double
expected_elements(PlannerInfo *root, Node *node, double *sharing)
{
	VariableStatData var;
	TextsketchStatistics stats;
	double		elements = 0.0;

	*sharing = 0.0;
	examine_variable(root, node, 0, &var);
	if (textsketch_statistics_get(&var, &stats))
	{
		elements = stats.elements;
		*sharing = Max(sketch_curve_part(stats.all, TEXTSKETCH_SHARES, 1.0), 0.0);
		free_attstatsslot(&stats.slot);
	}
	ReleaseVariableStats(var);
	return elements;
}

/*
 * Is a search of the GIN index expected to be slower than a scan, if all of
 * both is in the cache?  A sketch that nothing is known of is taken to be like
 * the rows.  Nothing is said against an index of several columns, as its
 * other conditions are not known here.
 */
static bool
search_is_slower(const NearCall *call)
{
	PlannerInfo *root = call->request->root;
	const IndexOptInfo *index = call->request->index;
	double		rows = index->rel->tuples;
	double		sharing;
	double		unused;
	double		row_elements;
	double		keys;
	double		met;

	if (index->nkeycolumns > 1 || !enable_seqscan ||
		IsA(estimate_expression_value(root, call->other), Const))
		return false;
	row_elements = expected_elements(root, call->indexed, &sharing);
	keys = expected_elements(root, call->other, &unused);
	if (keys == 0.0)
		keys = row_elements;
	if (row_elements == 0.0)
		row_elements = keys;
	if (keys == 0.0)
		return false;

	met = rows * (1.0 - exp(-keys * (sharing / row_elements + row_elements / DIFFERENT_KEYS)));
	return keys * (KEY_TIME + (keys / 2.0 + met) * STEP_TIME) >
		rows * (ROW_TIME + keys * ELEMENT_TIME);
}

/*
 * ---------- the functions with a threshold
 */

/*
 * The index condition that a call amounts to, or NULL:
 *
 *		indexed @@ textsketch_query(mode, other, threshold)
 */
static Node *
index_condition(const NearCall *call)
{
	TextsketchMode mode;
	Node	   *threshold = call->limit;
	Node	   *name;
	double		value;

	if (!function_mode(call->function, call->self, &mode))
		return NULL;
	if (call->request->indexarg == 1)
		mode = commuted_mode(mode);

	/* What the function says to such a threshold is its own affair. */
	if (near_limit(threshold, &value) && !textsketch_threshold_valid(mode, value))
		return NULL;
	if (search_is_slower(call))
		return NULL;

	if (exprType(threshold) == INT4OID)
		threshold = (Node *) makeFuncExpr(F_FLOAT8_INT4, FLOAT8OID, list_make1(threshold),
										  InvalidOid, InvalidOid, COERCE_IMPLICIT_CAST);
	name = (Node *) makeConst(TEXTOID, -1, InvalidOid, -1,
							  CStringGetTextDatum(textsketch_mode_name(mode)), false, false);
	return near_index_condition(call, TEXTSKETCH_MATCHES_STRATEGY, "textsketch_matches",
								"textsketch_query_construct",
								list_make3(name, call->other, threshold));
}

static const Nearness sketch_nearness = {
	.input = "textsketch_in",
	.clause_size = sizeof(SketchClause),
	.of_operator = of_operator,
	.of_call = of_call,
	.constant = take_constant,
	.settle = settle_nothing,
	.chance = chance_of,
	.part = part_holding,
	.test = test_sketch,
	.index_condition = index_condition
};

/* RESTRICT and JOIN of %, <%, %> and @@, SUPPORT of textsketch_resembles() and its siblings */
NEAR_FUNCTION(textsketch_sel, near_restrict, sketch_nearness)
NEAR_FUNCTION(textsketch_joinsel, near_join, sketch_nearness)
NEAR_FUNCTION(textsketch_support, near_support, sketch_nearness)
