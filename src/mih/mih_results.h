/*-------------------------------------------------------------------------
 *
 * mih_results.h
 *	  What a search has found: collected whole, then returned row by row.
 *
 * A result is a number of 64 bits, the distance above the heap pointer, so
 * that the order of numbers is that of distances.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_RESULTS_H
#define MIH_RESULTS_H

#include "simhash/simhash.h"

#include "storage/itemptr.h"

typedef struct MihResults MihResults;

static inline uint64
mih_result(ItemPointer tid, int distance)
{
	return (uint64) distance << 48 |
		(uint64) ItemPointerGetBlockNumberNoCheck(tid) << 16 |
		ItemPointerGetOffsetNumberNoCheck(tid);
}

static inline int
mih_result_distance(uint64 result)
{
	return (int) (result >> 48);
}

static inline ItemPointerData
mih_result_tid(uint64 result)
{
	ItemPointerData tid;

	ItemPointerSet(&tid, (BlockNumber) (result >> 16), (OffsetNumber) result);
	return tid;
}

/* Empty results that live in the current memory context. */
extern MihResults *mih_results_create(void);

/* Forget all. */
extern void mih_results_reset(MihResults *results);

/*
 * From now on no more than about the "wanted" nearest results are needed: the
 * farthest may be dropped, but of several at one distance all or none.
 */
extern void mih_results_limit(MihResults *results, uint32 wanted);

/*
 * The largest distance of which results are kept: none at most that far has
 * been dropped, and there is no use in adding any farther.
 */
extern int	mih_results_cutoff(const MihResults *results);

/* Add n results.  What exceeds work_mem goes to disk. */
extern void mih_results_add(MihResults *results, const uint64 *result, int n);

/*
 * No more will be added.  "ordered" says that they're needed in ascending
 * order.  Returns how many there are.
 */
extern uint64 mih_results_finish(MihResults *results, bool ordered);

/* The next result; false after the last. */
extern bool mih_results_next(MihResults *results, uint64 *result);

#endif							/* MIH_RESULTS_H */
