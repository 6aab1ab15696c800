/*-------------------------------------------------------------------------
 *
 * sketch.c
 *	  Words to a sketch: a sample of the hashes of a text's shingles.
 *
 * A sketch unites three samples of the same hashes, all of which keep the
 * smallest, so that two texts keep the same ones of what they share:
 *
 * - every hash below a bound theta: FracMinHash, whose size follows the text,
 *   so that containment can be told (Irber et al. 2022, "Lightweight
 *   compositional analysis of metagenomes with FracMinHash and minimum
 *   metagenome covers");
 * - for short texts, theta is raised until SKETCH_FLOOR are kept;
 * - the least of every window of shingles in a row: winnowing (Schleimer,
 *   Wilkerson and Aiken 2003, "Winnowing: local algorithms for document
 *   fingerprinting"), which finds every shared passage of some length.
 *
 * A window that holds a sampled hash has its least one kept already: so only
 * runs of shingles that are not sampled are looked at.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/sketch.h"

#include <string.h>

/* Elements that there must be room for when a batch is added, or the end. */
#define ROOM_MIN (SKETCH_BATCH + SKETCH_MAX_CARRIED)

/* Bytes of memory for "room" elements, and as many spare. */
#define MEMORY(room) (2 * (room) * sizeof(uint32_t))

/*
 * ---------- sorting
 */

#define RADIX_SORT sort_values
#define RADIX_ITEM uint32_t
#define RADIX_KEY(item) (item)
#include "base/radix.h"

/* Sort and drop repeats; returns how many remain. */
static size_t
sort_distinct(uint32_t *values, uint32_t *spare, size_t n, const RawEnv *env)
{
	size_t		ndistinct = 0;

	sort_values(env, values, spare, n);
	for (size_t i = 0; i < n; i++)
	{
		if (i == 0 || values[i] != values[ndistinct - 1])
			values[ndistinct++] = values[i];
	}
	return ndistinct;
}

/* How many of sorted values are at most "last". */
static size_t
count_upto(const uint32_t *values, size_t n, uint32_t last)
{
	size_t		low = 0;

	while (low < n)
	{
		size_t		middle = low + (n - low) / 2;

		if (values[middle] <= last)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/*
 * ---------- memory
 */

/*
 * Begin the sketch of a text, with room for so many elements; there may come
 * more.  "env" must stay.
 */
void
sketch_init(SketchBuilder *builder, SketchParams params, size_t room, const RawEnv *env)
{
	builder->env = env;
	builder->params = params;
	builder->nwords = 0;
	builder->nshingles = 0;
	builder->ncarried = 0;
	builder->sampled = sketch_sampled(params.sampling);
	builder->room = room + 2 * ROOM_MIN;
	builder->elements = env->alloc(env->arg, MEMORY(builder->room));
	builder->spare = builder->elements + builder->room;
	builder->nelements = 0;
	builder->floor_last = UINT32_MAX;
	builder->nfloor = 0;
	builder->nrun = 0;
}

/* Drop repeats, which may make room. */
static void
compact(SketchBuilder *builder)
{
	builder->nelements = sort_distinct(builder->elements, builder->spare, builder->nelements, builder->env);
}

/* Make room for a batch, by dropping repeats or else by larger memory. */
static void
make_room(SketchBuilder *builder)
{
	if (builder->room - builder->nelements >= ROOM_MIN)
		return;
	compact(builder);
	if (builder->room - builder->nelements >= builder->room / 2)
		return;
	builder->room *= 2;
	builder->elements = raw_enlarge(builder->env, builder->elements,
									builder->nelements * sizeof(uint32_t), MEMORY(builder->room));
	builder->spare = builder->elements + builder->room;
}

/*
 * ---------- which hashes are kept
 */

/*
 * Among the hashes that are not sampled, keep the smallest that the floor may
 * want; none once enough are sampled.
 */
static void
shrink_floor(SketchBuilder *builder)
{
	if (builder->nelements >= SKETCH_FLOOR)
	{
		compact(builder);
		if (count_upto(builder->elements, builder->nelements, builder->sampled) >= SKETCH_FLOOR)
		{
			builder->floor_last = 0;
			builder->nfloor = 0;
			return;
		}
	}
	builder->nfloor = sort_distinct(builder->floor, builder->floor_spare, builder->nfloor,
									builder->env);
	if (builder->nfloor > SKETCH_FLOOR)
	{
		/* one more than the floor, for it is the bound */
		builder->nfloor = SKETCH_FLOOR + 1;
		builder->floor_last = builder->floor[SKETCH_FLOOR];
	}
}

/* Add a hash to the run of those not sampled; keep the least of its window. */
static inline void
add_to_run(SketchBuilder *builder, uint32_t hash)
{
	uint64_t	window = builder->params.window;
	uint64_t	at = builder->nrun++;

	builder->ring[at % SKETCH_MAX_WINDOW] = hash;
	if (at == 0 || hash < builder->least)
	{
		builder->least = hash;
		builder->least_at = at;
		builder->least_kept = false;
	}
	else if (hash == builder->least)
		builder->least_at = at;
	else if (at - builder->least_at >= window)
	{
		/* the least one is no longer in the window */
		builder->least = hash;
		builder->least_at = at;
		for (uint64_t i = at - 1; i > at - window; i--)
		{
			if (builder->ring[i % SKETCH_MAX_WINDOW] < builder->least)
			{
				builder->least = builder->ring[i % SKETCH_MAX_WINDOW];
				builder->least_at = i;
			}
		}
		builder->least_kept = false;
	}
	if (builder->nrun >= window && !builder->least_kept)
	{
		builder->elements[builder->nelements++] = builder->least;
		builder->least_kept = true;
	}
}

static void
add_hashes(SketchBuilder *builder, const uint32_t *hashes, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		uint32_t	hash = hashes[i];

		if (hash <= builder->sampled)
		{
			builder->elements[builder->nelements++] = hash;
			builder->nrun = 0;
			continue;
		}
		if (hash <= builder->floor_last)
		{
			builder->floor[builder->nfloor++] = hash;
			if (builder->nfloor == SKETCH_FLOOR_ROOM)
				shrink_floor(builder);
		}
		add_to_run(builder, hash);
	}
	builder->nshingles += n;
}

/*
 * ---------- shingles
 */

/* The hashes of all shingles of "length" words; returns how many. */
static inline size_t
hash_words(const uint64_t *words, size_t nwords, size_t length, uint32_t *hashes)
{
	size_t		n = nwords < length ? 0 : nwords - length + 1;

	for (size_t i = 0; i < n; i++)
	{
		uint64_t	shingle = 0;

		for (size_t j = 0; j < length; j++)
			shingle = shingle_extend(shingle, words[i + j]);
		hashes[i] = (uint32_t) (shingle >> 32);
	}
	return n;
}

/*
 * The same where letters of scripts without spaces are among the words, which
 * count half: a shingle is the shortest run of at least 2 * length units.
 */
static size_t
hash_units(const uint64_t *words, const bool *solos, size_t nwords, size_t length,
		   uint32_t *hashes)
{
	for (size_t i = 0;; i++)
	{
		uint64_t	shingle = 0;
		size_t		units = 0;

		for (size_t j = i; units < 2 * length; j++)
		{
			if (j == nwords)
				return i;
			shingle = shingle_extend(shingle, words[j]);
			units += solos[j] ? 1 : 2;
		}
		hashes[i] = (uint32_t) (shingle >> 32);
	}
}

static bool
any_solo(const bool *solos, size_t n)
{
	bool		any = false;

	for (size_t i = 0; i < n; i++)
		any |= solos[i];
	return any;
}

/*
 * Add a batch of words, which the caller has put where sketch_words() and
 * sketch_solos() say.
 */
void
sketch_add(SketchBuilder *builder, size_t nwords)
{
	uint32_t	hashes[SKETCH_MAX_CARRIED + SKETCH_BATCH];
	size_t		length = builder->params.shingle;
	size_t		n = builder->ncarried + nwords;
	size_t		nhashes;

	make_room(builder);

	/* the usual length has a loop of its own */
	if (any_solo(builder->solos, n))
		nhashes = hash_units(builder->words, builder->solos, n, length, hashes);
	else if (length == 4)
		nhashes = hash_words(builder->words, n, 4, hashes);
	else
		nhashes = hash_words(builder->words, n, length, hashes);
	add_hashes(builder, hashes, nhashes);

	builder->nwords += nwords;
	builder->ncarried = n - nhashes;
	memmove(builder->words, builder->words + nhashes, builder->ncarried * sizeof(uint64_t));
	memmove(builder->solos, builder->solos + nhashes, builder->ncarried * sizeof(bool));
}

/*
 * Raise theta to the floor: add the smallest hashes that are not sampled to
 * the elements, which are sorted and distinct and have "nsampled" that are.
 * Returns the largest hash below theta.
 */
static uint32_t
raise_to_floor(SketchBuilder *builder, size_t nsampled)
{
	size_t		wanted = SKETCH_FLOOR - nsampled;
	uint32_t	last = UINT32_MAX;
	size_t		i = 0,
				j = 0,
				n = 0;

	builder->nfloor = sort_distinct(builder->floor, builder->floor_spare, builder->nfloor,
									builder->env);
	if (builder->nfloor > wanted)
	{
		last = builder->floor[wanted] - 1;
		builder->nfloor = wanted;
	}

	while (i < builder->nelements || j < builder->nfloor)
	{
		uint32_t	value;

		if (j == builder->nfloor ||
			(i < builder->nelements && builder->elements[i] <= builder->floor[j]))
			value = builder->elements[i++];
		else
			value = builder->floor[j++];
		if (n == 0 || builder->spare[n - 1] != value)
			builder->spare[n++] = value;
	}
	memcpy(builder->elements, builder->spare, n * sizeof(uint32_t));
	builder->nelements = n;
	return last;
}

/*
 * End the text.  Its sketch is builder->elements, nelements of them, sorted
 * and distinct, which the caller is to free; none if it has no words.  Returns
 * the largest hash below theta.
 */
uint32_t
sketch_end(SketchBuilder *builder)
{
	size_t		nsampled;

	make_room(builder);

	/* a text too short for a shingle is one */
	if (builder->nshingles == 0 && builder->ncarried > 0)
	{
		uint32_t	hash;

		hash_words(builder->words, builder->ncarried, builder->ncarried, &hash);
		add_hashes(builder, &hash, 1);
	}

	compact(builder);
	nsampled = count_upto(builder->elements, builder->nelements, builder->sampled);
	if (nsampled < SKETCH_FLOOR)
		return raise_to_floor(builder, nsampled);
	return builder->sampled;
}
