/*-------------------------------------------------------------------------
 *
 * mih_search.h
 *	  One search of a mih index: all rows within a radius.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_SEARCH_H
#define MIH_SEARCH_H

#include "mih/mih.h"

/* Fingerprints of so many words within a radius of a center; of 0: all NULLs. */
typedef struct MihBall
{
	int			words;
	int			radius;
	unsigned char center[SIMHASH_MAX_BYTES];
} MihBall;

/*
 * What is sought: rows at a distance above "above" (-1: from 0 on), but within
 * the ball and all of the filters.  The results tell the distance to order,
 * or to the ball's center if it is NULL.
 */
typedef struct MihSearch
{
	MihBall		ball;			/* radius: at most the width */
	int			above;
	int			nfilters;
	const MihBall *filters;
	const MihBall *order;
	Snapshot	snapshot;		/* of the scan */

	/*
	 * Takes n results (mih_results.h), with no buffer locked.  It may lower
	 * ball.radius.
	 */
	void		(*take) (struct MihSearch *search, uint64 *result, int n);
	void	   *take_arg;

	/* Set if the lists of a run turned out to be of no use. */
	bool		lists_failed;
} MihSearch;

/* How to go about it. */
typedef enum MihMethod
{
	MIH_CHEAPEST,				/* in each run what is reckoned to be cheaper */
	MIH_LINEAR					/* scan the store */
} MihMethod;

extern bool mih_search(Relation index, const MihMeta *meta, MihSearch *search,
					   MihMethod method);

#endif							/* MIH_SEARCH_H */
