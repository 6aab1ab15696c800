/*-------------------------------------------------------------------------
 *
 * element_index.h
 *	  Which of many sets of elements have elements of another set: an inverted
 *	  index in memory, and an order that puts rare elements first.
 *
 * Two sets with x elements in common have one among all but any x - 1 of the
 * one set.  So the x - 1 most frequent elements of a set need not be looked
 * up, which are those that most sets have (Chaudhuri, Ganti, Kaushik 2006, "A
 * primitive operator for similarity joins in data cleaning", section 4.2;
 * Bayardo, Ma, Srikant 2007, "Scaling up all pairs similarity search").  With
 * all but x - k, sets have at least k of them in common, which few have by
 * chance (Wang, Li, Feng 2012, "Can we beat the prefix filtering?").
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ELEMENT_INDEX_H
#define ELEMENT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/rawenv.h"

/*
 * About how often elements occur: elements share 2^bits counters, which is
 * good enough for an order.  4 << bits bytes.
 */
typedef struct ElementCounts
{
	int			bits;
	uint32_t   *counts;
} ElementCounts;

extern void element_counts_init(ElementCounts *counts, int bits, const RawEnv *env);
extern void element_counts_add(ElementCounts *counts, const uint32_t *elements, uint32_t n,
							   const RawEnv *env);

/*
 * Bring the "keep" rarest of n elements to the front.  keys[] has room for n;
 * what it holds afterwards means nothing.
 */
extern void element_counts_rarest(const ElementCounts *counts, uint32_t *elements,
								  uint32_t n, uint32_t keep, uint64_t *keys, const RawEnv *env);

typedef struct ElementEntry
{
	uint32_t	mixed;			/* the element times the index's factor */
	uint32_t	set;
} ElementEntry;

/*
 * The index.  Sets are numbered from 0 as they are added.  Up to 16 bytes an
 * element of room, of which 4 are free again once it is built, and 8 a set.
 */
typedef struct ElementIndex
{
	uint32_t	nsets;
	uint32_t	sets_room;
	uint32_t	nentries;
	uint32_t	entries_room;
	uint32_t	factor;			/* that spreads elements evenly; odd */
	ElementEntry *entries;		/* sorted, once built */
	int			bits;
	uint32_t   *start;			/* of each bucket, and the end */
	uint32_t   *hits;			/* of each set; 0 between searches */
	uint32_t   *found;			/* sets with hits */
	uint64_t	looked_at;		/* entries, by all searches */
} ElementIndex;

#define ELEMENT_INDEX_BYTES(elements, sets) (16 * (size_t) (elements) + 8 * (size_t) (sets))

extern void element_index_init(ElementIndex *index, uint32_t sets_room,
							   uint32_t entries_room, const RawEnv *env);

/* Add the next set.  There must be room for it. */
extern void element_index_add(ElementIndex *index, const uint32_t *elements, uint32_t n,
							  const RawEnv *env);

/* When all sets are added. */
extern void element_index_build(ElementIndex *index, const RawEnv *env);

/* Once it is built: forget the elements that more than so many sets have. */
extern void element_index_prune(ElementIndex *index, uint32_t most, const RawEnv *env);

/*
 * The sets with a number below "limit" that have at least "least" of n
 * distinct elements, 1 or more: their numbers are put in index->found, those of
 * an element before those of the next one, and their number is returned.
 */
extern uint32_t element_index_search(ElementIndex *index, const uint32_t *elements,
									 uint32_t n, uint32_t limit, uint32_t least, const RawEnv *env);

extern void element_index_free(ElementIndex *index, const RawEnv *env);

#endif							/* ELEMENT_INDEX_H */
