/*-------------------------------------------------------------------------
 *
 * simhash_within_clause.c
 *	  What can be told, when planning, of a condition on a distance.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

#include "simhash/simhash_planner.h"

/* simhash_ball.c, simhash_ops.c */
extern PGDLLEXPORT Datum simhash_ball_construct(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_contained(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_contains(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_similar(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_eq(PG_FUNCTION_ARGS);

/* The radius that an expression has, or RADIUS_UNKNOWN. */
static int
known_radius(PlannerInfo *root, Node *node)
{
	node = estimate_expression_value(root, node);
	if (!IsA(node, Const) || ((Const *) node)->constisnull)
		return RADIUS_UNKNOWN;
	return Max(DatumGetInt32(((Const *) node)->constvalue), 0);
}

/* The width of a simhash expression if it tells it itself, or 0. */
int
within_clause_bits(Node *node)
{
	int32		typmod;

	if (IsA(node, Const) && !((Const *) node)->constisnull)
		return SIMHASH_BITS(DatumGetSimhash(((Const *) node)->constvalue));
	typmod = exprTypmod(node);
	return typmod > 0 ? typmod : 0;
}

/* Describe the condition fp <@ ball. */
static void
within_ball(PlannerInfo *root, Node *fp, Node *ball, WithinClause *clause)
{
	ball = estimate_expression_value(root, ball);
	clause->a = fp;
	clause->b = ball;
	clause->radius = RADIUS_UNKNOWN;

	if (IsA(ball, Const) && !((Const *) ball)->constisnull)
	{
		SimhashBall *value = DatumGetSimhashBall(((Const *) ball)->constvalue);
		Simhash    *center = simhash_alloc(SIMHASH_BALL_BITS(value));

		memcpy(SIMHASH_DATA(center), SIMHASH_BALL_CENTER(value), SIMHASH_BALL_BYTES(value));
		clause->b = (Node *) makeConst(exprType(fp), SIMHASH_BALL_BITS(value),
									   InvalidOid, -1, PointerGetDatum(center),
									   false, false);
		clause->radius = simhash_ball_radius(value);
	}
	else if (IsA(ball, FuncExpr) &&
			 simhash_function_is(((FuncExpr *) ball)->funcid, simhash_ball_construct))
	{
		List	   *args = ((FuncExpr *) ball)->args;

		clause->b = linitial(args);
		clause->radius = known_radius(root, lsecond(args));
	}
}

/*
 * Describe a condition by <@ or, its operands exchanged, by @>; or by % or =,
 * whose radius is unknown: that of % is the setting's, and a prepared
 * statement may be executed under another.  False if it is none of these.
 */
bool
within_clause_of_operator(PlannerInfo *root, Oid operator, List *args, WithinClause *clause)
{
	clause->function = get_opcode(operator);
	if (simhash_function_is(clause->function, simhash_contains))
		within_ball(root, lsecond(args), linitial(args), clause);
	else if (simhash_function_is(clause->function, simhash_contained))
		within_ball(root, linitial(args), lsecond(args), clause);
	else if (simhash_function_is(clause->function, simhash_similar) ||
			 simhash_function_is(clause->function, simhash_eq))
	{
		clause->a = linitial(args);
		clause->b = lsecond(args);
		clause->radius = RADIUS_UNKNOWN;
	}
	else
		return false;
	return true;
}

/* Describe a call of simhash_dwithin(). */
void
within_clause_of_call(PlannerInfo *root, Oid function, List *args, WithinClause *clause)
{
	clause->a = linitial(args);
	clause->b = lsecond(args);
	clause->radius = known_radius(root, lthird(args));
	clause->function = function;
}

bool
simhash_index_radius(PlannerInfo *root, const OpExpr *clause, int *radius, int *bits)
{
	WithinClause within;

	*radius = RADIUS_UNKNOWN;
	*bits = 0;
	if (!within_clause_of_operator(root, clause->opno, clause->args, &within))
		return false;
	within.b = estimate_expression_value(root, within.b);

	*radius = within.radius;
	if (exprType(within.b) == exprType(within.a))
		*bits = within_clause_bits(within.b);
	if (*bits == 0)
		*bits = within_clause_bits(within.a);

	if (simhash_function_is(within.function, simhash_eq))
		*radius = 0;
	else if (simhash_function_is(within.function, simhash_similar) && *bits > 0)
		*radius = simhash_radius_at(simhash_similarity_threshold, *bits);
	return *radius != RADIUS_UNKNOWN;
}
