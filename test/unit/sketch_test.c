/*-------------------------------------------------------------------------
 *
 * sketch_test.c
 *	  The sketch builder against the definition, spelled out; words in batches
 *	  of any size; and room that is as small as it may be.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "text/sketch.h"
#include "tap.h"

#define MAX_WORDS 6000

static uint64_t words[MAX_WORDS];
static bool solo[MAX_WORDS];

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

/* doc/sketch.md, "Elements"; returns how many, theta to *theta. */
static size_t
plain_sketch(size_t nwords, SketchParams params, uint32_t *elements, uint64_t *theta)
{
	static uint32_t shingles[MAX_WORDS];
	static uint32_t distinct[MAX_WORDS];
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

/* The sketch by the builder, in batches of at most "batch" words. */
static size_t
built_sketch(size_t nwords, SketchParams params, size_t batch, uint32_t *elements, uint64_t *theta)
{
	static SketchBuilder builder;
	size_t		room = SKETCH_ROOM_MIN;
	void	   *memory = malloc(SKETCH_MEMORY(room));

	sketch_init(&builder, params, memory, room);
	for (size_t i = 0;; i += batch)
	{
		size_t		n = i >= nwords ? 0 : nwords - i < batch ? nwords - i : batch;

		sketch_compact(&builder);
		if (sketch_room(&builder) < SKETCH_ROOM_MIN)
		{
			void	   *larger = malloc(SKETCH_MEMORY(room * 2));

			room *= 2;
			sketch_move(&builder, larger, room);
			free(memory);
			memory = larger;
		}
		if (i >= nwords)
			break;
		for (size_t j = 0; j < n; j++)
		{
			sketch_words(&builder)[j] = words[i + j];
			sketch_solos(&builder)[j] = solo[i + j];
		}
		sketch_add(&builder, n);
	}
	*theta = (uint64_t) sketch_end(&builder) + 1;
	memcpy(elements, builder.elements, builder.nelements * sizeof(uint32_t));
	free(memory);
	return builder.nelements;
}

static void
test_random(const char *name, uint32_t vocabulary, uint32_t solos, int times)
{
	static uint32_t plain[2 * MAX_WORDS];
	static uint32_t built[2 * MAX_WORDS];
	static const int samplings[] = {1, 2, 12, 12, 12, 100, 65535};
	static const int windows[] = {1, 2, 7, 16, 16, 16, 255, 256};
	int			wrong = 0;

	for (int i = 0; i < times; i++)
	{
		SketchParams params;
		size_t		nwords = 1 + random_below(i % 2 ? MAX_WORDS : 250);
		size_t		nplain,
					nbuilt;
		uint64_t	theta,
					built_theta;

		params.shingle = random_below(2) ? 4 : 1 + random_below(SKETCH_MAX_SHINGLE);
		params.sampling = samplings[random_below(7)];
		params.window = windows[random_below(8)];
		for (size_t j = 0; j < nwords; j++)
		{
			uint64_t	word = random_below(vocabulary);

			words[j] = (word + 1) * UINT64_C(0x9e3779b97f4a7c15);
			words[j] ^= words[j] >> 29;
			words[j] *= UINT64_C(0xbf58476d1ce4e5b9);
			solo[j] = solos > 0 && random_below(100) < solos;
		}
		nplain = plain_sketch(nwords, params, plain, &theta);
		nbuilt = built_sketch(nwords, params, 1 + random_below(SKETCH_BATCH), built, &built_theta);
		if (nplain != nbuilt || theta != built_theta ||
			memcmp(plain, built, nplain * sizeof(uint32_t)) != 0)
			wrong++;
	}
	ok(wrong == 0, "%s: %d of %d differ", name, wrong, times);
}

int
main(void)
{
	test_random("words", 1000000, 0, 400);
	test_random("few distinct words", 5, 0, 200);
	test_random("one word", 1, 0, 50);
	test_random("letters without spaces", 3000, 100, 200);
	test_random("words and letters", 3000, 30, 200);
	return done_testing();
}
