/*-------------------------------------------------------------------------
 *
 * to_simhash.h
 *	  Features given in SQL, as to_simhash() and simhash_agg() take them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TO_SIMHASH_H
#define TO_SIMHASH_H

#include "simhash/simhash.h"

#include "simhash/featuresum.h"

/* to_simhash.c */
extern uint64 features_hash(Datum feature);
extern uint64 features_weight(float8 weight);
pg_noreturn extern void features_overflow(void);
extern Datum features_fingerprint(FunctionCallInfo fcinfo, const FeatureSum *sum, int nwords);

#endif							/* TO_SIMHASH_H */
