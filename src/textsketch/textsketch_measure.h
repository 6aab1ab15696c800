/*-------------------------------------------------------------------------
 *
 * textsketch_measure.h
 *	  What two sketches have in common, and what an index must find for it.
 *
 * Measures are counted among the elements below the smaller theta of the two,
 * where both sketches keep all hashes (doc/sketch.md, "Measures"; Broder
 * 1997, "On the resemblance and containment of documents").
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXTSKETCH_MEASURE_H
#define TEXTSKETCH_MEASURE_H

#include "textsketch/textsketch_value.h"

/* What two sketches have in common. */
typedef struct TextsketchCommon
{
	uint32_t	a;				/* elements of each below both thetas */
	uint32_t	b;
	uint32_t	both;			/* of these, in both */
	uint32_t	all_a;			/* all elements of each */
	uint32_t	all_b;
	uint32_t	shared;			/* of these, in both */
} TextsketchCommon;

/*
 * So many common elements below both thetas are evidence, and so many of all,
 * or as many as a sketch has.
 */
#define TEXTSKETCH_EVIDENCE 4
#define TEXTSKETCH_SHARED_EVIDENCE 2

/* So many times as long a sketch is searched in, not read. */
#define TEXTSKETCH_SKIP 16

extern uint32_t textsketch_count_upto(const TextsketchView *view, uint32_t last);
extern bool textsketch_comparable(const TextsketchView *a, const TextsketchView *b);
extern void textsketch_count_common(const TextsketchView *a, const TextsketchView *b,
									TextsketchCommon *common);
extern double textsketch_measure(TextsketchMode mode, const TextsketchCommon *common);
extern uint32_t textsketch_needed(double threshold, uint32_t n);
extern bool textsketch_is_short(const TextsketchView *view);
extern void textsketch_search_needs(const TextsketchQueryView *query, uint32_t *needed,
									uint32_t *needed_short);

#endif							/* TEXTSKETCH_MEASURE_H */
