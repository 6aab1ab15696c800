/*-------------------------------------------------------------------------
 *
 * planner.h
 *	  What the planner's questions about fingerprints and sketches share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_PLANNER_H
#define SIMHASH_PLANNER_H

#include "postgres.h"

#include "utils/selfuncs.h"

extern bool simhash_function_is(Oid funcid, PGFunction function);
extern double simhash_equality_selectivity(VariableStatData *var);
extern double simhash_null_fraction(VariableStatData *var);
extern double simhash_join_selectivity(VariableStatData *a, VariableStatData *b, bool reversed,
									   SpecialJoinInfo *sjinfo, double chance);

#endif							/* SIMHASH_PLANNER_H */
