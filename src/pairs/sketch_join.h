/*-------------------------------------------------------------------------
 *
 * sketch_join.h
 *	  Pairs of the sketches of one query, or of two, that resemble each other,
 *	  of which one contains the other, or that share elements.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SKETCH_JOIN_H
#define SKETCH_JOIN_H

#include "textsketch/textsketch.h"

#include "executor/tuptable.h"
#include "utils/tuplesort.h"

#include "pairs/idlist.h"
#include "pairs/queryrows.h"
#include "textsketch/element_index.h"

/* A pair, by the places of the ids among the sorted ones of their sides. */
typedef struct SketchPair
{
	uint32		a;
	uint32		b;
	double		resemblance;
	double		a_in_b;			/* containment */
	double		b_in_a;
} SketchPair;

/* What it allocates in the current memory context is freed behind it. */
typedef void (*SketchPairSink) (void *arg, const SketchPair *pair);

/* The sketches of a query. */
typedef struct SketchSide
{
	IdList		ids;			/* sorted, once all rows are there */
	uint32	   *place;			/* of each row's id; NULL: the row's number */
	Tuplesortstate *sort;
} SketchSide;

typedef struct SketchJoin
{
	const QueryFunction *function;
	TextsketchMode mode;		/* resembles, overlaps or shares */
	double		threshold;
	MemoryContext context;		/* the function's */
	RawEnv		env;

	Oid			sketch_type;
	SketchSide	sides[2];		/* the second of a second query only */
	TupleTableSlot *slot;
	TupleTableSlot *input;		/* of what is to be sorted */
	ElementCounts counts;

	/* What the parameters of all sketches must be, as bytes. */
	Textsketch *first;

	/* The elements of a sketch, and as much for element_counts_rarest(). */
	uint32	   *elements;
	uint64	   *keys;
	uint32		elements_room;

	SketchPairSink sink;
	void	   *arg;
} SketchJoin;

/* Begin; the threshold is checked.  In the function's memory context. */
extern void sketch_join_begin(SketchJoin *join, const QueryFunction *function,
							  TextsketchMode mode, double threshold);

/*
 * Add a row of an id and a sketch, and maybe more, to a side.  False if it has
 * no sketch, so that it is left out.
 */
extern bool sketch_join_add(SketchJoin *join, SketchSide *side, const Datum *values,
							const bool *isnull);

/* All rows of a side are there: sort them. */
extern void sketch_join_sort(SketchJoin *join, SketchSide *side);

/*
 * Send each pair to "sink" once, in no order: of one side, or of each of the
 * first with each of the second one.
 */
extern void sketch_join_run(SketchJoin *join, SketchPairSink sink, void *arg);

extern void sketch_join_end(SketchJoin *join);

#endif							/* SKETCH_JOIN_H */
