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

#include "nodes/pathnodes.h"

/*
 * For the cost of an index: the radius within which a scan by this condition
 * searches, as it stands now for %, and the width of its center; false if the
 * radius can't be told, 0 bits if the width can't.  The clause is a condition
 * of an index on simhash: =, <@ or %, its indexed side on the left.
 */
extern bool simhash_index_radius(PlannerInfo *root, Oid self, const OpExpr *clause,
								 int *radius, int *bits);

/* The part of unrelated fingerprints that lie within a radius. */
extern double simhash_chance_within(int radius, int bits);

#endif							/* SIMHASH_PLANNER_H */
