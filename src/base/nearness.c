/*-------------------------------------------------------------------------
 *
 * nearness.c
 *	  What the planner is told of conditions that two values are near each
 *	  other.
 *
 * What ANALYZE found out comes first: the part of the other rows that is, on
 * average, near to a row.  Of a value that is known when planning, how the
 * column's most common values are to it, and its histogram, which is a sample
 * of the others, say more.  Without statistics a model of the type does.
 *
 * Estimators and support functions can be given to any operator and function,
 * with operands of any type.  So nothing is read but of a constant, or of a
 * column's statistics, whose own type is one of ours.
 *
 *-------------------------------------------------------------------------
 */
#include "base/nearness.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/identity.h"

/*
 * A value may have more neighbours than the average row, or fewer.  So many
 * of the sample near it are trusted by themselves; fewer move the average,
 * which is worth as many rows as hold PRIOR_NEIGHBOURS of it (the mean of the
 * posterior of a Poisson rate whose prior is a gamma distribution of that
 * shape).
 */
#define ENOUGH_NEIGHBOURS	3
#define PRIOR_NEIGHBOURS	4.0

/*
 * ---------- a row that is not known
 */

/* The part of the rows that equal one value of the variable. */
static double
equality_selectivity(VariableStatData *var)
{
	bool		isdefault;
	double		ndistinct = get_variable_numdistinct(var, &isdefault);

	/* Without statistics, values had better be taken for distinct. */
	if (isdefault && var->rel && var->rel->tuples > ndistinct)
		ndistinct = var->rel->tuples;
	return 1.0 / Max(ndistinct, 1.0);
}

/* The part of the rows where the variable is not NULL. */
static double
nonnull_fraction(VariableStatData *var)
{
	if (!HeapTupleIsValid(var->statsTuple))
		return 1.0;
	return 1.0 - ((Form_pg_statistic) GETSTRUCT(var->statsTuple))->stanullfrac;
}

/*
 * The part of the rows near to a row that is not known: of all rows, or of
 * those that have none of the most common values.  Itself, or its equals, are
 * left out: their part is returned in *itself.
 */
static double
others_near(const NearClause *clause, VariableStatData *var, bool rest, double *itself)
{
	double		chance = clause->type->chance(clause);
	double		pairs;
	double		part = clause->type->part(clause, var, rest, &pairs);

	*itself = equality_selectivity(var);
	if (pairs == 0.0 || part < 0.0)
		return chance;
	if (part == 0.0)
		return Min(chance, 1.0 / pairs);	/* no pair so near */

	/* Equal rows were counted. */
	if (var->rel && var->rel->tuples >= 1.0)
		*itself = 1.0 / var->rel->tuples;
	return part;
}

/*
 * ---------- a constant
 */

/*
 * Of the most common values of the variable, the part of the rows that they
 * make up (*common), and the part of those near to the constant (returned).
 */
static double
common_near(const NearClause *clause, VariableStatData *var, double *common)
{
	AttStatsSlot slot;
	double		near = 0.0;

	*common = 0.0;
	if (!get_attstatsslot(&slot, var->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return 0.0;

	for (int i = 0; i < slot.nvalues; i++)
	{
		*common += slot.numbers[i];
		if (clause->type->test(clause, slot.values[i]) != NEAR_NOT)
			near += slot.numbers[i];
	}
	free_attstatsslot(&slot);
	return near;
}

/*
 * Of the other values, the part near to the constant, itself left out:
 * "average" is that of any one of them.
 */
static double
rest_near(const NearClause *clause, VariableStatData *var, double average)
{
	AttStatsSlot slot;
	int			near = 0;
	bool		itself = false;
	double		result;

	if (!get_attstatsslot(&slot, var->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						  ATTSTATSSLOT_VALUES))
		return average;

	for (int i = 0; i < slot.nvalues; i++)
	{
		NearResult	found = clause->type->test(clause, slot.values[i]);

		/* That a row is near to itself says nothing of others. */
		if (found == NEAR_HOLDS || (found == NEAR_EQUAL && itself))
			near++;
		if (found == NEAR_EQUAL)
			itself = true;
	}
	result = near >= ENOUGH_NEIGHBOURS ? (double) near / slot.nvalues :
		(PRIOR_NEIGHBOURS + near) / (PRIOR_NEIGHBOURS / average + slot.nvalues);
	free_attstatsslot(&slot);
	return result;
}

/*
 * May the values in the variable's statistics be held against a constant?  If
 * they are of the type, and the user may see them.
 */
static bool
values_usable(const NearClause *clause, VariableStatData *var)
{
	return HeapTupleIsValid(var->statsTuple) &&
		own_type(var->atttype, clause->self, clause->type->input) &&
		statistic_proc_security_check(var, clause->function);
}

/*
 * ---------- the selectivity of a condition
 */

/* On one relation. */
static double
restriction_selectivity(PlannerInfo *root, NearClause *clause, int varRelid)
{
	VariableStatData var;
	Node	   *other;
	bool		varonleft;
	bool		known;
	double		itself;
	double		others;
	double		result = 0.0;

	if (!get_restriction_variable(root, list_make2(clause->a, clause->b), varRelid,
								  &var, &other, &varonleft))
	{
		clause->type->settle(clause, NULL, NULL);
		return clause->type->chance(clause);
	}

	/* Operators are strict. */
	if (!IsA(other, Const) || !((Const *) other)->constisnull)
	{
		known = IsA(other, Const) &&
			clause->type->constant(clause, (Const *) other, !varonleft) &&
			values_usable(clause, &var);
		clause->type->settle(clause, &var, NULL);
		others = others_near(clause, &var, known, &itself);
		if (known)
		{
			double		common;

			result = common_near(clause, &var, &common);
			result += Max(nonnull_fraction(&var) - common, 0.0) *
				(itself + rest_near(clause, &var, others));
		}
		else
			result = (itself + others) * nonnull_fraction(&var);
	}
	ReleaseVariableStats(var);
	CLAMP_PROBABILITY(result);
	return result;
}

/* How much the statistics of a variable rest on. */
static double
pairs_compared(const NearClause *clause, VariableStatData *var)
{
	double		pairs;

	(void) clause->type->part(clause, var, false, &pairs);
	return pairs;
}

/*
 * Of a join; of a semijoin or antijoin, the part of the outer rows that have
 * a partner.  Two columns are taken to be of one archive, of which the one
 * with the larger sample tells more.
 */
static double
join_selectivity(PlannerInfo *root, NearClause *clause, SpecialJoinInfo *sjinfo)
{
	VariableStatData a;
	VariableStatData b;
	VariableStatData *larger;
	bool		reversed;
	double		itself;
	double		result;

	get_join_variables(root, list_make2(clause->a, clause->b), sjinfo, &a, &b, &reversed);
	clause->type->settle(clause, &a, &b);
	larger = pairs_compared(clause, &b) > pairs_compared(clause, &a) ? &b : &a;
	result = Max(others_near(clause, larger, false, &itself),
				 Min(equality_selectivity(&a), equality_selectivity(&b)));

	if (sjinfo->jointype == JOIN_SEMI || sjinfo->jointype == JOIN_ANTI)
	{
		VariableStatData *outer = reversed ? &b : &a;
		VariableStatData *inner = reversed ? &a : &b;

		if (inner->rel)
			result *= inner->rel->rows;
		result = Min(result, 1.0) * nonnull_fraction(outer);
	}
	else
		result *= nonnull_fraction(&a) * nonnull_fraction(&b);

	ReleaseVariableStats(a);
	ReleaseVariableStats(b);
	CLAMP_PROBABILITY(result);
	return result;
}

static NearClause *
make_clause(FunctionCallInfo fcinfo, const Nearness *type, Oid function)
{
	NearClause *clause = palloc0(type->clause_size);

	clause->type = type;
	clause->self = fcinfo->flinfo->fn_oid;
	clause->function = function;
	return clause;
}

/* The condition of an operator, given to an estimator; NULL if it isn't ours. */
static NearClause *
operator_clause(FunctionCallInfo fcinfo, const Nearness *type)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	NearClause *clause = make_clause(fcinfo, type, get_opcode(PG_GETARG_OID(1)));

	return list_length(args) == 2 && type->of_operator(clause, root, args) ? clause : NULL;
}

Datum
near_restrict(PG_FUNCTION_ARGS, const Nearness *type)
{
	NearClause *clause = operator_clause(fcinfo, type);

	PG_RETURN_FLOAT8(clause == NULL ? DEFAULT_MATCHING_SEL :
					 restriction_selectivity((PlannerInfo *) PG_GETARG_POINTER(0), clause,
											 PG_GETARG_INT32(3)));
}

Datum
near_join(PG_FUNCTION_ARGS, const Nearness *type)
{
	NearClause *clause = operator_clause(fcinfo, type);

	PG_RETURN_FLOAT8(clause == NULL ? DEFAULT_MATCHING_SEL :
					 join_selectivity((PlannerInfo *) PG_GETARG_POINTER(0), clause,
									  (SpecialJoinInfo *) PG_GETARG_POINTER(4)));
}

/*
 * ---------- functions
 */

bool
near_limit(Node *node, double *limit)
{
	const Const *constant = (const Const *) node;

	if (!IsA(node, Const) || constant->constisnull)
		return false;
	if (constant->consttype == INT4OID)
		*limit = DatumGetInt32(constant->constvalue);
	else if (constant->consttype == FLOAT8OID)
		*limit = DatumGetFloat8(constant->constvalue);
	else
		return false;
	return true;
}

Node *
near_index_condition(const NearCall *call, StrategyNumber strategy, const char *operator,
					 const char *constructor, List *args)
{
	Oid			opno = own_operator(call->request->opfamily, strategy, exprType(call->indexed),
									call->self, operator);
	Oid			left;
	Oid			right;
	Oid			function;
	Node	   *value;

	if (!OidIsValid(opno))
		return NULL;
	op_input_types(opno, &left, &right);
	function = own_constructor(right, args, call->self, constructor);

	/* Without a right to these, the call would be an error by index only. */
	if (!OidIsValid(function) || !simhash_may_execute(function, GetUserId()) ||
		!simhash_may_execute(get_opcode(opno), GetUserId()))
		return NULL;

	value = (Node *) makeFuncExpr(function, right, args, InvalidOid, InvalidOid,
								  COERCE_EXPLICIT_CALL);
	value = eval_const_expressions(call->request->root, value);
	call->request->lossy = false;
	return (Node *) make_opclause(opno, BOOLOID, false, (Expr *) call->indexed, (Expr *) value,
								  InvalidOid, InvalidOid);
}

static Node *
index_condition(SupportRequestIndexCondition *request, Oid self, const Nearness *type)
{
	FuncExpr   *expr = (FuncExpr *) request->node;
	NearCall   *call;

	if (!IsA(expr, FuncExpr) || list_length(expr->args) != 3 || request->indexarg > 1)
		return NULL;
	call = palloc(sizeof(NearCall));
	call->request = request;
	call->self = self;
	call->function = expr->funcid;
	call->indexed = list_nth(expr->args, request->indexarg);
	call->other = list_nth(expr->args, 1 - request->indexarg);
	call->limit = lthird(expr->args);

	if (!is_pseudo_constant_for_index(request->root, call->other, request->index) ||
		!is_pseudo_constant_for_index(request->root, call->limit, request->index) ||
		(IsA(call->limit, Const) && ((Const *) call->limit)->constisnull))
		return NULL;
	return type->index_condition(call);
}

/* The selectivity of a call, into the request; false if it isn't one of ours. */
static bool
call_selectivity(SupportRequestSelectivity *request, NearClause *clause)
{
	if (list_length(request->args) != 3 ||
		!clause->type->of_call(clause, request->root, request->args))
		return false;
	if (request->is_join)
		request->selectivity = join_selectivity(request->root, clause, request->sjinfo);
	else
		request->selectivity = restriction_selectivity(request->root, clause, request->varRelid);
	return true;
}

Datum
near_support(PG_FUNCTION_ARGS, const Nearness *type)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	void	   *result = NULL;

	if (IsA(request, SupportRequestIndexCondition))
	{
		Node	   *condition = index_condition((SupportRequestIndexCondition *) request,
												fcinfo->flinfo->fn_oid, type);

		if (condition != NULL)
			result = list_make1(condition);
	}
	else if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *selectivity = (SupportRequestSelectivity *) request;

		if (call_selectivity(selectivity, make_clause(fcinfo, type, selectivity->funcid)))
			result = request;
	}
	PG_RETURN_POINTER(result);
}
