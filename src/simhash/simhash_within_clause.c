/*-------------------------------------------------------------------------
 *
 * simhash_within_clause.c
 *	  What can be told, when planning, of a condition on a distance.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash_planner.h"

#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

#include "base/identity.h"

/* The radius that an expression has, or RADIUS_UNKNOWN. */
static int
known_radius(PlannerInfo *root, Node *node)
{
	double		radius;

	if (!near_limit(estimate_expression_value(root, node), &radius))
		return RADIUS_UNKNOWN;
	return Max((int) radius, 0);
}

/* Describe the condition fp <@ ball. */
static void
within_ball(WithinClause *clause, PlannerInfo *root, Node *fp, Node *ball)
{
	ball = estimate_expression_value(root, ball);
	clause->near.a = fp;
	clause->near.b = ball;

	if (IsA(ball, Const))
	{
		const Const *constant = (const Const *) ball;

		if (!constant->constisnull &&
			own_type(constant->consttype, clause->near.self, "simhash_ball_in"))
			clause->radius = simhash_ball_radius(DatumGetSimhashBall(constant->constvalue));
	}
	else if (IsA(ball, FuncExpr) && list_length(((FuncExpr *) ball)->args) == 2 &&
			 own_function(((FuncExpr *) ball)->funcid, clause->near.self, "simhash_ball_construct"))
	{
		clause->near.b = linitial(((FuncExpr *) ball)->args);
		clause->radius = known_radius(root, lsecond(((FuncExpr *) ball)->args));
	}
}

/*
 * Describe a condition by <@ or, its operands exchanged, by @>; or by % or =,
 * whose radius is unknown: that of % is the setting's, and a prepared
 * statement may be executed under another.
 */
bool
within_clause_of_operator(NearClause *clause, PlannerInfo *root, List *args)
{
	WithinClause *within = (WithinClause *) clause;

	within->radius = RADIUS_UNKNOWN;
	if (own_function(clause->function, clause->self, "simhash_contains"))
		within_ball(within, root, lsecond(args), linitial(args));
	else if (own_function(clause->function, clause->self, "simhash_contained"))
		within_ball(within, root, linitial(args), lsecond(args));
	else if (own_function(clause->function, clause->self, "simhash_similar") ||
			 own_function(clause->function, clause->self, "simhash_eq"))
	{
		clause->a = linitial(args);
		clause->b = lsecond(args);
	}
	else
		return false;
	return true;
}

/* Describe a call of simhash_dwithin(). */
bool
within_clause_of_call(NearClause *clause, PlannerInfo *root, List *args)
{
	if (!own_function(clause->function, clause->self, "simhash_dwithin"))
		return false;
	clause->a = linitial(args);
	clause->b = lsecond(args);
	((WithinClause *) clause)->radius = known_radius(root, lthird(args));
	return true;
}

/* The constant is the center, whichever of the operands it is, or has it. */
bool
within_clause_constant(NearClause *clause, const Const *operand, bool is_a)
{
	WithinClause *within = (WithinClause *) clause;

	(void) is_a;
	if (own_type(operand->consttype, clause->self, "simhash_in"))
	{
		Simhash    *fp = DatumGetSimhash(operand->constvalue);

		within->center = SIMHASH_DATA(fp);
		within->bits = SIMHASH_BITS(fp);
	}
	else if (own_type(operand->consttype, clause->self, "simhash_ball_in"))
	{
		SimhashBall *ball = DatumGetSimhashBall(operand->constvalue);

		within->center = SIMHASH_BALL_CENTER(ball);
		within->bits = SIMHASH_BALL_BITS(ball);
	}
	return within->center != NULL;
}

/* The width that the center has, or that the operands' types tell; or 0. */
int
within_clause_bits(const WithinClause *clause)
{
	int32		typmod;

	if (clause->center != NULL)
		return clause->bits;
	typmod = exprTypmod(clause->near.b);
	if (!SIMHASH_VALID_BITS(typmod))
		typmod = exprTypmod(clause->near.a);
	return SIMHASH_VALID_BITS(typmod) ? typmod : 0;
}

bool
simhash_index_radius(PlannerInfo *root, Oid self, const OpExpr *clause, int *radius, int *bits)
{
	WithinClause within = {.near = {.self = self, .function = get_opcode(clause->opno)}};
	Node	   *other;

	*radius = RADIUS_UNKNOWN;
	*bits = 0;
	if (!within_clause_of_operator(&within.near, root, clause->args))
		return false;
	other = estimate_expression_value(root, within.near.b);
	if (IsA(other, Const) && !((Const *) other)->constisnull)
		(void) within_clause_constant(&within.near, (Const *) other, false);

	*radius = within.radius;
	*bits = within_clause_bits(&within);
	if (own_function(within.near.function, self, "simhash_eq"))
		*radius = 0;
	else if (own_function(within.near.function, self, "simhash_similar") && *bits > 0)
		*radius = simhash_radius_at(simhash_similarity_threshold, *bits);
	return *radius != RADIUS_UNKNOWN;
}
