/*-------------------------------------------------------------------------
 *
 * textsketch_measure.c
 *	  What two sketches have in common, and what an index must find for it.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch_measure.h"

#include <math.h>
#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* How many elements are at most "last". */
uint32_t
textsketch_count_upto(const TextsketchView *view, uint32_t last)
{
	uint32_t	low = 0;
	uint32_t	high = view->nelements;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (textsketch_element(view, middle) <= last)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Have both the same parameters, so that they have measures? */
bool
textsketch_comparable(const TextsketchView *a, const TextsketchView *b)
{
	return memcmp(a->data, b->data, TEXTSKETCH_PARAMS_SIZE) == 0;
}

/*
 * The first element from "from" on that is at least "element": in steps that
 * double, then between the last two (Bentley, Yao 1976, "An almost optimal
 * algorithm for unbounded searching").
 */
static uint32_t
skip_to(const TextsketchView *view, uint32_t from, uint32_t element)
{
	uint32_t	step = 1;
	uint32_t	low = from;
	uint32_t	high = from;

	while (high < view->nelements && textsketch_element(view, high) < element)
	{
		low = high + 1;
		high = view->nelements - high > step ? high + step : view->nelements;
		step *= 2;
	}
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (textsketch_element(view, middle) < element)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Count what two sketches have in common, which are comparable.  Elements of
 * the longer one are skipped if it is much longer: else a book would have to
 * be read for each of the headlines it is held against.
 */
void
textsketch_count_common(const TextsketchView *a, const TextsketchView *b, TextsketchCommon *common)
{
	uint32_t	last = MIN(a->last, b->last);
	uint32_t	i = 0,
				j = 0;

	common->a = textsketch_count_upto(a, last);
	common->b = textsketch_count_upto(b, last);
	common->all_a = a->nelements;
	common->all_b = b->nelements;
	common->both = 0;
	common->shared = 0;

	if (a->nelements < b->nelements)
	{
		const TextsketchView *swap = a;

		a = b;
		b = swap;
	}
	if (a->nelements / TEXTSKETCH_SKIP >= b->nelements)
	{
		for (; j < b->nelements; j++)
		{
			uint32_t	y = textsketch_element(b, j);

			i = skip_to(a, i, y);
			if (i < a->nelements && textsketch_element(a, i) == y)
			{
				common->shared++;
				common->both += y <= last;
			}
		}
		return;
	}
	while (i < a->nelements && j < b->nelements)
	{
		uint32_t	x = textsketch_element(a, i);
		uint32_t	y = textsketch_element(b, j);

		if (x == y)
		{
			common->shared++;
			common->both += x <= last;
		}
		i += x <= y;
		j += y <= x;
	}
}

/*
 * Of two texts, where neither has more than TEXTSKETCH_EVIDENCE elements below
 * both thetas, all of them are needed.
 */
static double
resemblance(const TextsketchCommon *common)
{
	uint32_t	most = MAX(common->a, common->b);

	if (common->both == 0 || common->both < MIN(TEXTSKETCH_EVIDENCE, most))
		return 0.0;
	return (double) common->both / (common->a + common->b - common->both);
}

/*
 * Of a text with n elements below both thetas, "all" in all, in the other one.
 * Of a brief no more than one may be below the theta of a long article, and
 * any phrase can be that one: a second element, of windows it may be, has to
 * bear it out.
 */
static double
contained(const TextsketchCommon *common, uint32_t n, uint32_t all)
{
	if (common->both == 0 || common->both < MIN(TEXTSKETCH_EVIDENCE, n) ||
		common->shared < MIN(TEXTSKETCH_SHARED_EVIDENCE, all))
		return 0.0;
	return (double) common->both / n;
}

/* What a condition of that mode on the first compares with its threshold. */
double
textsketch_measure(TextsketchMode mode, const TextsketchCommon *common)
{
	switch (mode)
	{
		case TEXTSKETCH_RESEMBLES:
			return resemblance(common);
		case TEXTSKETCH_CONTAINED:
			return contained(common, common->a, common->all_a);
		case TEXTSKETCH_CONTAINS:
			return contained(common, common->b, common->all_b);
		case TEXTSKETCH_OVERLAPS:
			return MAX(contained(common, common->a, common->all_a),
					   contained(common, common->b, common->all_b));
		case TEXTSKETCH_SHARES:
			return common->shared;
	}
	return 0.0;					/* keep compilers quiet */
}

/*
 * How many common elements there are at least if one of the sketches has n or
 * more below both thetas, and the resemblance, or the containment of that one,
 * is at least the threshold.  The smallest number whose part of n is so large,
 * by the very arithmetic of the measures, and no less than the evidence.
 */
uint32_t
textsketch_needed(double threshold, uint32_t n)
{
	uint32_t	needed = (uint32_t) floor(threshold * n);

	while (needed > 0 && (double) (needed - 1) / n >= threshold)
		needed--;
	while (needed < n && (double) needed / n < threshold)
		needed++;
	return MAX(MAX(needed, MIN(TEXTSKETCH_EVIDENCE, n)), 1);
}

/* How many of the elements are sampled; they are the first. */
static uint32_t
count_sampled(const TextsketchView *view)
{
	return textsketch_count_upto(view, sketch_sampled(view->params.sampling));
}

/*
 * Has a sketch fewer than TEXTSKETCH_EVIDENCE sampled elements?  Such a one
 * may be contained in another by fewer common elements, down to one, which the
 * query of a search can't know.
 */
bool
textsketch_is_short(const TextsketchView *view)
{
	return count_sampled(view) < TEXTSKETCH_EVIDENCE;
}

/*
 * How many elements must a row have in common with the query?  *needed of
 * those below the query's theta, or of all where shared elements are asked
 * for; *needed_short if the row's sketch is short.
 *
 * All counts rest on this: no theta is below that of the sampling, so the
 * elements of a sketch below that, its sampled ones, are counted by every
 * measure of it, whatever the other sketch.
 *
 * With a, b and x the elements below both thetas of the query, of the row and
 * of both, and n <= a the sampled ones of the query:
 *
 * resemblance: x / (a + b - x) >= t, so x >= t * a >= t * n; and by the rule
 * of evidence x >= min(4, max(a, b)) >= min(4, n).
 *
 * containment of the query: the same, by x / a >= t and x >= min(4, a).  And
 * two elements, or all that it has; of which the search sees as many, if no
 * hash is above its theta.
 *
 * containment of the row: x >= min(4, b), and b >= 4 for all rows but short
 * ones.
 *
 * overlap: one or the other.
 */
void
textsketch_search_needs(const TextsketchQueryView *query, uint32_t *needed,
						uint32_t *needed_short)
{
	uint32_t	n = count_sampled(&query->sketch);
	uint32_t	contains = query->sketch.last == UINT32_MAX ?
		MIN(TEXTSKETCH_SHARED_EVIDENCE, query->sketch.nelements) : 1;

	*needed = 1;
	switch (query->mode)
	{
		case TEXTSKETCH_RESEMBLES:
			*needed = textsketch_needed(query->threshold, n);
			break;
		case TEXTSKETCH_CONTAINS:
			*needed = MAX(textsketch_needed(query->threshold, n), contains);
			break;
		case TEXTSKETCH_CONTAINED:
			*needed = TEXTSKETCH_EVIDENCE;
			break;
		case TEXTSKETCH_OVERLAPS:
			*needed = MAX(MIN(TEXTSKETCH_EVIDENCE, n), contains);
			break;
		case TEXTSKETCH_SHARES:
			*needed = (uint32_t) query->threshold;
			break;
	}
	*needed_short = query->mode == TEXTSKETCH_CONTAINED ||
		query->mode == TEXTSKETCH_OVERLAPS ? 1 : *needed;
}
