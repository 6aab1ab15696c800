/*-------------------------------------------------------------------------
 *
 * simhash_planner.h
 *	  What the planner asks about fingerprints.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_PLANNER_H
#define SIMHASH_PLANNER_H

#include "simhash/simhash.h"

#include "base/nearness.h"

/* A radius that can't be known when planning. */
#define RADIUS_UNKNOWN	(-1)

/*
 * A condition "distance between a and b at most radius" of any form.  b is a
 * simhash_ball if that is a constant, or can't be taken apart; then the radius
 * is unknown.
 */
typedef struct WithinClause
{
	NearClause	near;
	int			radius;
	int			bits;			/* 0 as long as it isn't settled */
	const unsigned char *center;	/* if it is known */
} WithinClause;

/* simhash_within_clause.c */
extern bool within_clause_of_operator(NearClause *clause, PlannerInfo *root, List *args);
extern bool within_clause_of_call(NearClause *clause, PlannerInfo *root, List *args);
extern bool within_clause_constant(NearClause *clause, const Const *operand, bool is_a);
extern int	within_clause_bits(const WithinClause *clause);

/*
 * For the cost of an index: the radius within which a scan by this condition
 * searches, as it stands now for %, and the width of its center; false and
 * RADIUS_UNKNOWN if the radius can't be told, 0 bits if the width can't.  The
 * clause is a condition of an index on simhash: =, <@ or %, its indexed side
 * on the left.
 */
extern bool simhash_index_radius(PlannerInfo *root, Oid self, const OpExpr *clause,
								 int *radius, int *bits);

/* simhash_selectivity.c */
extern const Nearness simhash_nearness;
extern double simhash_chance_within(int radius, int bits);

/* simhash_planner.c */
extern Node *simhash_dwithin_condition(const NearCall *call);

#endif							/* SIMHASH_PLANNER_H */
