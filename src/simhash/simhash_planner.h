/*-------------------------------------------------------------------------
 *
 * simhash_planner.h
 *	  What the planner's questions about fingerprints and sketches share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_PLANNER_H
#define SIMHASH_PLANNER_H

#include "postgres.h"

#include "utils/selfuncs.h"

/* A radius that can't be known when planning. */
#define RADIUS_UNKNOWN	(-1)

/*
 * A condition "distance between a and b at most radius" of any form.  One of
 * a and b is a simhash_ball in the one case that it can't be taken apart;
 * then the radius is unknown.
 */
typedef struct WithinClause
{
	Node	   *a;
	Node	   *b;
	int			radius;
	Oid			function;		/* that computes it: is it leakproof? */
} WithinClause;

/* simhash_planner.c */
extern bool simhash_function_is(Oid funcid, PGFunction function);

/* simhash_within_clause.c */
extern bool within_clause_of_operator(PlannerInfo *root, Oid operator, List *args,
									  WithinClause *clause);
extern void within_clause_of_call(PlannerInfo *root, Oid function, List *args,
								  WithinClause *clause);
extern int	within_clause_bits(Node *node);

/*
 * For the cost of an index: the radius within which a scan by this condition
 * searches, as it stands now for %, and the width of its center; false and
 * RADIUS_UNKNOWN if the radius can't be told, 0 bits if the width can't.  The
 * clause is a condition of an index on simhash: =, <@ or %, its indexed side
 * on the left.
 */
extern bool simhash_index_radius(PlannerInfo *root, const OpExpr *clause, int *radius, int *bits);

/* simhash_selectivity.c */
extern double simhash_chance_within(int radius, int bits);
extern double simhash_within_selectivity(PlannerInfo *root, const WithinClause *clause,
										 int varRelid);
extern double simhash_within_join_selectivity(PlannerInfo *root, const WithinClause *clause,
											  SpecialJoinInfo *sjinfo);

/* How a value of a column is to a constant. */
typedef enum ValueTestResult
{
	VALUE_FAR,					/* the condition doesn't hold */
	VALUE_NEAR,					/* it holds */
	VALUE_EQUAL					/* it holds, as the value is the constant */
} ValueTestResult;

typedef ValueTestResult (*ValueTest) (Datum value, void *arg);

/*
 * The selectivity of a condition with a constant, from the variable's most
 * common values and histogram, which its user must be allowed to see, and for
 * the other values from averages: the part that equals one of them, and the
 * part of the others that is near to one.
 */
extern double simhash_constant_selectivity(VariableStatData *var, ValueTest test, void *arg,
										   double itself, double others);
extern double simhash_equality_selectivity(VariableStatData *var);
extern double simhash_null_fraction(VariableStatData *var);
extern double simhash_join_selectivity(VariableStatData *a, VariableStatData *b, bool reversed,
									   SpecialJoinInfo *sjinfo, double chance);

#endif							/* SIMHASH_PLANNER_H */
