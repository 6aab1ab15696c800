/*-------------------------------------------------------------------------
 *
 * sketch_plain.h
 *	  Sketches by the definition of doc/sketch.md, "Elements", spelled out.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SKETCH_PLAIN_H
#define SKETCH_PLAIN_H

#include <stdlib.h>
#include <string.h>

#include "textsketch/sketch.h"
#include "env.h"

/* Words of a text at most. */
#define PLAIN_SKETCH_MAX 6000

static int
compare_hashes(const void *a, const void *b)
{
	uint32_t	x = *(const uint32_t *) a;
	uint32_t	y = *(const uint32_t *) b;

	return (x > y) - (x < y);
}

static size_t
drop_repeats(uint32_t *values, size_t n)
{
	size_t		distinct = 0;

	qsort(values, n, sizeof(uint32_t), compare_hashes);
	for (size_t i = 0; i < n; i++)
	{
		if (distinct == 0 || values[distinct - 1] != values[i])
			values[distinct++] = values[i];
	}
	return distinct;
}

/*
 * The sketch of words, some of which may be letters of scripts without spaces
 * (solo[]): its elements, of which there are at most 2 * nwords, and theta.
 * Returns how many elements.
 */
static size_t
plain_sketch(const uint64_t *words, const bool *solo, size_t nwords, SketchParams params,
			 uint32_t *elements, uint64_t *theta)
{
	static uint32_t shingles[PLAIN_SKETCH_MAX];
	static uint32_t distinct[PLAIN_SKETCH_MAX];
	size_t		n = 0,
				ndistinct,
				below = 0,
				result = 0;

	for (size_t i = 0; i < nwords; i++)
	{
		uint64_t	hash = 0;
		int			units = 0;
		size_t		j = i;

		for (; j < nwords && units < 2 * params.shingle; j++)
		{
			hash = shingle_extend(hash, words[j]);
			units += solo[j] ? 1 : 2;
		}
		if (units >= 2 * params.shingle || i == 0)
			shingles[n++] = hash >> 32;
	}

	memcpy(distinct, shingles, n * sizeof(uint32_t));
	ndistinct = drop_repeats(distinct, n);
	*theta = (UINT64_C(1) << 32) / params.sampling;
	while (below < ndistinct && distinct[below] < *theta)
		below++;
	if (below < 96)
		*theta = ndistinct > 96 ? distinct[96] : UINT64_C(1) << 32;

	for (size_t i = 0; i < n; i++)
	{
		size_t		least = i;

		if (shingles[i] < *theta)
			elements[result++] = shingles[i];
		if (i + params.window > n)
			continue;
		for (size_t j = i; j < i + params.window; j++)
			least = shingles[j] < shingles[least] ? j : least;
		elements[result++] = shingles[least];
	}
	return drop_repeats(elements, result);
}

/*
 * The same by the builder, in batches of "batch" words and in memory that is
 * the least there may be at first.
 */
static size_t
built_sketch(const uint64_t *words, const bool *solo, size_t nwords, SketchParams params,
			 size_t batch, uint32_t *elements, uint64_t *theta)
{
	static SketchBuilder builder;

	sketch_init(&builder, params, 0, &env);
	for (size_t i = 0; i < nwords; i += batch)
	{
		size_t		n = nwords - i < batch ? nwords - i : batch;

		for (size_t j = 0; j < n; j++)
		{
			sketch_words(&builder)[j] = words[i + j];
			sketch_solos(&builder)[j] = solo[i + j];
		}
		sketch_add(&builder, n);
	}
	*theta = (uint64_t) sketch_end(&builder) + 1;
	memcpy(elements, builder.elements, builder.nelements * sizeof(uint32_t));
	env.free(env.arg, builder.elements);
	return builder.nelements;
}

#endif							/* SKETCH_PLAIN_H */
