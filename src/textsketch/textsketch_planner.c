/*-------------------------------------------------------------------------
 *
 * textsketch_planner.c
 *	  What the planner is told of sketches: how many rows a condition leaves,
 *	  and how the functions with a threshold use an index.
 *
 * The extension may live in any schema, so its own objects are recognised by
 * the C functions behind them.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "simhash/simhash_planner.h"
#include "textsketch/textsketch_statistics.h"

PG_FUNCTION_INFO_V1(textsketch_sel);
PG_FUNCTION_INFO_V1(textsketch_joinsel);
PG_FUNCTION_INFO_V1(textsketch_support);

/* textsketch_query.c, textsketch_ops.c */
extern PGDLLEXPORT Datum textsketch_query_construct(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_matches(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_matched_by(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_similar(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_contained_op(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_contains_op(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_resembles(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_contained(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_overlaps(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum textsketch_shares(PG_FUNCTION_ARGS);

/*
 * ---------- selectivity
 */

/* A condition, as far as it is known; the mode is that of its left operand. */
typedef struct SketchClause
{
	TextsketchMode mode;
	double		threshold;
	Oid			function;		/* that computes it: is it leakproof? */
} SketchClause;

/* The mode of the right operand. */
static TextsketchMode
commuted_mode(TextsketchMode mode)
{
	if (mode == TEXTSKETCH_CONTAINED)
		return TEXTSKETCH_CONTAINS;
	if (mode == TEXTSKETCH_CONTAINS)
		return TEXTSKETCH_CONTAINED;
	return mode;
}

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
chance_of(const SketchClause *clause)
{
	static const double at_one[TEXTSKETCH_NMODES] = {
		[TEXTSKETCH_RESEMBLES] = 1e-8,
		[TEXTSKETCH_CONTAINED] = 5e-8,
		[TEXTSKETCH_CONTAINS] = 5e-8,
		[TEXTSKETCH_OVERLAPS] = 1e-7,
		[TEXTSKETCH_SHARES] = 0.04
	};

	return Min(at_one[clause->mode] / pow(clause->threshold, 3.0), 0.04);
}

/*
 * The part of the rows for which a condition on a row that is not known holds:
 * of all rows, or of those that have none of the most common values.  Itself,
 * or its equals, are left out: their part is returned in *itself.
 */
static double
others_hold(VariableStatData *var, const SketchClause *clause, bool rest, double *itself)
{
	double		chance = chance_of(clause);
	TextsketchStatistics stats;
	double		part;
	double		result;

	*itself = simhash_equality_selectivity(var);
	if (!textsketch_statistics_get(var, &stats))
		return chance;

	part = textsketch_statistics_part(rest ? stats.rest : stats.all,
									  clause->mode, clause->threshold);
	if (part > 0.0)
	{
		result = stats.share * part;
		/* Equal rows were counted. */
		if (var->rel && var->rel->tuples >= 1.0)
			*itself = 1.0 / var->rel->tuples;
	}
	else if (part == 0.0)
		result = Min(chance, 1.0 / stats.pairs);	/* no pair so near */
	else
		result = chance;
	textsketch_statistics_release(&stats);
	return result;
}

/* A constant sketch, and what is asked of others. */
typedef struct SketchTest
{
	TextsketchMode mode;
	double		threshold;
	TextsketchView sketch;
	Size		size;			/* of its payload */
} SketchTest;

/* ValueTest of a SketchTest */
static ValueTestResult
test_sketch(Datum value, void *arg)
{
	const SketchTest *test = arg;
	Textsketch *sketch = DatumGetTextsketch(value);
	TextsketchView view;

	textsketch_view(sketch, &view);
	if (memcmp(view.data, test->sketch.data, TEXTSKETCH_PARAMS_SIZE) != 0 ||
		!textsketch_holds(test->mode, test->threshold, &view, &test->sketch))
		return VALUE_FAR;
	return TEXTSKETCH_BYTES(sketch) == test->size &&
		memcmp(view.data, test->sketch.data, test->size) == 0 ? VALUE_EQUAL : VALUE_NEAR;
}

/* The selectivity of a condition on one relation; args are its two operands. */
static double
restriction_selectivity(PlannerInfo *root, const SketchClause *clause, List *args, int varRelid)
{
	VariableStatData var;
	Node	   *other;
	bool		varonleft;
	double		others;
	double		itself;
	double		result = chance_of(clause);

	if (!get_restriction_variable(root, args, varRelid, &var, &other, &varonleft))
		return result;
	if (IsA(other, Const) && ((Const *) other)->constisnull)
		result = 0.0;			/* operators are strict */
	else if (IsA(other, Const) && HeapTupleIsValid(var.statsTuple) &&
			 statistic_proc_security_check(&var, clause->function))
	{
		Textsketch *constant = DatumGetTextsketch(((Const *) other)->constvalue);
		SketchTest	test;

		test.mode = clause->mode;
		test.threshold = clause->threshold;
		if (exprType(linitial(args)) != exprType(lsecond(args)))
		{
			TextsketchQueryView query;

			textsketch_query_view(constant, &query);
			test.sketch = query.sketch;
			test.size = TEXTSKETCH_BYTES(constant) - TEXTSKETCH_QUERY_HDRSZ;
		}
		else
		{
			if (!varonleft)
				test.mode = commuted_mode(test.mode);
			textsketch_view(constant, &test.sketch);
			test.size = TEXTSKETCH_BYTES(constant);
		}
		others = others_hold(&var, clause, true, &itself);
		result = simhash_constant_selectivity(&var, test_sketch, &test, itself, others);
	}
	else
	{
		others = others_hold(&var, clause, false, &itself);
		result = (itself + others) * (1.0 - simhash_null_fraction(&var));
	}
	ReleaseVariableStats(var);
	CLAMP_PROBABILITY(result);
	return result;
}

/* How much the statistics of a variable rest on: pairs compared, or 0. */
static double
pairs_compared(VariableStatData *var)
{
	TextsketchStatistics stats;
	double		pairs;

	if (!textsketch_statistics_get(var, &stats))
		return 0.0;
	pairs = stats.pairs;
	textsketch_statistics_release(&stats);
	return pairs;
}

/*
 * The selectivity of a join condition.  Two columns are taken to be of one
 * archive, of which the one with the larger sample tells more.
 */
static double
join_selectivity(PlannerInfo *root, const SketchClause *clause, List *args,
				 SpecialJoinInfo *sjinfo)
{
	VariableStatData a;
	VariableStatData b;
	bool		reversed;
	double		chance;
	double		itself;

	get_join_variables(root, args, sjinfo, &a, &b, &reversed);
	chance = others_hold(pairs_compared(&b) > pairs_compared(&a) ? &b : &a, clause, false, &itself);
	return simhash_join_selectivity(&a, &b, reversed, sjinfo, chance);
}

/* The mode and threshold of a query expression, as far as they are known. */
static void
known_query(PlannerInfo *root, Node *node, SketchClause *clause)
{
	node = estimate_expression_value(root, node);
	clause->mode = TEXTSKETCH_RESEMBLES;
	clause->threshold = textsketch_resemblance_threshold;
	if (IsA(node, Const) && !((Const *) node)->constisnull)
	{
		TextsketchQueryView view;

		textsketch_query_view(DatumGetTextsketch(((Const *) node)->constvalue), &view);
		clause->mode = view.mode;
		clause->threshold = view.threshold;
	}
	else if (IsA(node, FuncExpr) &&
			 simhash_function_is(((FuncExpr *) node)->funcid, textsketch_query_construct))
	{
		Node	   *name = linitial(((FuncExpr *) node)->args);
		Node	   *threshold = lthird(((FuncExpr *) node)->args);

		if (IsA(name, Const) && !((Const *) name)->constisnull)
			textsketch_mode_by_name(DatumGetTextPP(((Const *) name)->constvalue), &clause->mode);
		if (IsA(threshold, Const) && !((Const *) threshold)->constisnull &&
			textsketch_threshold_valid(clause->mode, DatumGetFloat8(((Const *) threshold)->constvalue)))
			clause->threshold = DatumGetFloat8(((Const *) threshold)->constvalue);
	}
}

/*
 * What an operator asks for: by settings, as they are now, or by a query.
 * False if it isn't the extension's, see simhash_selectivity.c.
 */
static bool
operator_clause(PlannerInfo *root, Oid operator, List *args, SketchClause *clause)
{
	clause->function = get_opcode(operator);
	if (simhash_function_is(clause->function, textsketch_matches))
		known_query(root, lsecond(args), clause);
	else if (simhash_function_is(clause->function, textsketch_matched_by))
		known_query(root, linitial(args), clause);
	else if (simhash_function_is(clause->function, textsketch_similar))
	{
		clause->mode = TEXTSKETCH_RESEMBLES;
		clause->threshold = textsketch_resemblance_threshold;
	}
	else if (simhash_function_is(clause->function, textsketch_contained_op))
	{
		clause->mode = TEXTSKETCH_CONTAINED;
		clause->threshold = textsketch_containment_threshold;
	}
	else if (simhash_function_is(clause->function, textsketch_contains_op))
	{
		clause->mode = TEXTSKETCH_CONTAINS;
		clause->threshold = textsketch_containment_threshold;
	}
	else
		return false;
	return true;
}

/* RESTRICT of %, <%, %> and @@ */
Datum
textsketch_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	SketchClause clause;

	if (!operator_clause(root, PG_GETARG_OID(1), args, &clause))
		PG_RETURN_FLOAT8(DEFAULT_MATCHING_SEL);
	PG_RETURN_FLOAT8(restriction_selectivity(root, &clause, args, PG_GETARG_INT32(3)));
}

/* JOIN of %, <%, %> and @@ */
Datum
textsketch_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	SketchClause clause;

	if (!operator_clause(root, PG_GETARG_OID(1), args, &clause))
		PG_RETURN_FLOAT8(DEFAULT_MATCHING_SEL);
	PG_RETURN_FLOAT8(join_selectivity(root, &clause, args,
									  (SpecialJoinInfo *) PG_GETARG_POINTER(4)));
}

/*
 * ---------- the functions with a threshold
 */

/* The mode that a function has on its argument "indexed"; false if none. */
static bool
function_mode(Oid function, int indexed, TextsketchMode *mode)
{
	if (simhash_function_is(function, textsketch_resembles))
		*mode = TEXTSKETCH_RESEMBLES;
	else if (simhash_function_is(function, textsketch_contained))
		*mode = indexed == 0 ? TEXTSKETCH_CONTAINED : TEXTSKETCH_CONTAINS;
	else if (simhash_function_is(function, textsketch_overlaps))
		*mode = TEXTSKETCH_OVERLAPS;
	else if (simhash_function_is(function, textsketch_shares))
		*mode = TEXTSKETCH_SHARES;
	else
		return false;
	return true;
}

/* The value of a constant threshold, int4 or float8. */
static double
threshold_value(const Const *node)
{
	if (node->consttype == INT4OID)
		return DatumGetInt32(node->constvalue);
	return DatumGetFloat8(node->constvalue);
}

/*
 * The function textsketch_query(text, sketchtype, float8), or InvalidOid.  It
 * lives where its sibling "neighbour" does, wherever the extension was moved.
 */
static Oid
query_constructor(Oid neighbour, Oid sketchtype)
{
	Oid			argtypes[3] = {TEXTOID, sketchtype, FLOAT8OID};
	Oid			result;

	result = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
							 CStringGetDatum("textsketch_query"),
							 PointerGetDatum(buildoidvector(argtypes, 3)),
							 ObjectIdGetDatum(get_func_namespace(neighbour)));
	return simhash_function_is(result, textsketch_query_construct) ? result : InvalidOid;
}

/*
 * The index condition that a call amounts to, or NULL:
 *
 *		indexed @@ textsketch_query(mode, other, threshold)
 */
static Node *
index_condition(SupportRequestIndexCondition *req)
{
	FuncExpr   *call = (FuncExpr *) req->node;
	TextsketchMode mode;
	Node	   *indexed;
	Node	   *other;
	Node	   *threshold;
	Oid			sketchtype;
	Oid			constructor;
	Oid			operator;
	Node	   *name;
	Node	   *query;

	if (!IsA(call, FuncExpr) || req->indexarg > 1 ||
		!function_mode(call->funcid, req->indexarg, &mode))
		return NULL;
	indexed = list_nth(call->args, req->indexarg);
	other = list_nth(call->args, 1 - req->indexarg);
	threshold = lthird(call->args);
	if (!is_pseudo_constant_for_index(req->root, other, req->index) ||
		!is_pseudo_constant_for_index(req->root, threshold, req->index))
		return NULL;

	/* What the function says to such a threshold is its own affair. */
	if (IsA(threshold, Const) &&
		(((Const *) threshold)->constisnull ||
		 !textsketch_threshold_valid(mode, threshold_value((Const *) threshold))))
		return NULL;

	sketchtype = exprType(linitial(call->args));
	constructor = query_constructor(call->funcid, sketchtype);
	if (!OidIsValid(constructor))
		return NULL;
	operator = get_opfamily_member(req->opfamily, sketchtype, get_func_rettype(constructor),
								   TEXTSKETCH_MATCHES_STRATEGY);
	if (!OidIsValid(operator) || !simhash_function_is(get_opcode(operator), textsketch_matches))
		return NULL;

	if (exprType(threshold) == INT4OID)
		threshold = (Node *) makeFuncExpr(F_FLOAT8_INT4, FLOAT8OID, list_make1(threshold),
										  InvalidOid, InvalidOid, COERCE_IMPLICIT_CAST);
	name = (Node *) makeConst(TEXTOID, -1, InvalidOid, -1,
							  CStringGetTextDatum(textsketch_mode_name(mode)), false, false);
	query = (Node *) makeFuncExpr(constructor, get_func_rettype(constructor),
								  list_make3(name, other, threshold),
								  InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
	query = eval_const_expressions(req->root, query);

	req->lossy = false;
	return (Node *) make_opclause(operator, BOOLOID, false, (Expr *) indexed, (Expr *) query,
								  InvalidOid, InvalidOid);
}

/* What a call asks for; its threshold is a usual one if not yet known. */
static bool
function_clause(PlannerInfo *root, Oid function, List *args, SketchClause *clause)
{
	Node	   *threshold = estimate_expression_value(root, lthird(args));

	if (!function_mode(function, 0, &clause->mode))
		return false;
	clause->function = function;
	clause->threshold = clause->mode == TEXTSKETCH_SHARES ?
		TEXTSKETCH_EVIDENCE : textsketch_resemblance_threshold;
	if (IsA(threshold, Const) && !((Const *) threshold)->constisnull &&
		textsketch_threshold_valid(clause->mode, threshold_value((Const *) threshold)))
		clause->threshold = threshold_value((Const *) threshold);
	return true;
}

/* SUPPORT of textsketch_resembles() and its siblings */
Datum
textsketch_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition))
	{
		Node	   *condition = index_condition((SupportRequestIndexCondition *) request);

		PG_RETURN_POINTER(condition ? list_make1(condition) : NULL);
	}
	if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *req = (SupportRequestSelectivity *) request;
		List	   *args = list_make2(linitial(req->args), lsecond(req->args));
		SketchClause clause;

		if (!function_clause(req->root, req->funcid, req->args, &clause))
			PG_RETURN_POINTER(NULL);
		if (req->is_join)
			req->selectivity = join_selectivity(req->root, &clause, args, req->sjinfo);
		else
			req->selectivity = restriction_selectivity(req->root, &clause, args, req->varRelid);
		PG_RETURN_POINTER(req);
	}
	PG_RETURN_POINTER(NULL);
}
