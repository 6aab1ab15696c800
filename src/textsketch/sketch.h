/*-------------------------------------------------------------------------
 *
 * sketch.h
 *	  Words to a sketch: a sample of the hashes of a text's shingles.
 *
 * The definition is doc/sketch.md.  It is frozen: the same text gives the
 * same sketch for ever.
 *
 * A text passes through in batches of words.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SKETCH_H
#define SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rawenv.h"
#include "text/shingles.h"
#include "text/words.h"

#define SKETCH_MAX_SHINGLE	SHINGLE_MAX_WORDS
#define SKETCH_MAX_SAMPLING 65535
#define SKETCH_MAX_WINDOW	256

/* As many distinct hashes a sketch samples at least, if the text has them. */
#define SKETCH_FLOOR 96

/* Words a batch, and those before it that begin shingles it ends. */
#define SKETCH_BATCH 512
#define SKETCH_MAX_CARRIED (2 * SKETCH_MAX_SHINGLE)

/* Hashes among which the smallest are sought for the floor. */
#define SKETCH_FLOOR_ROOM 512

typedef struct SketchParams
{
	int			shingle;		/* words a shingle */
	int			sampling;		/* one shingle of so many is kept */
	int			window;			/* of so many in a row at least one is */
} SketchParams;

typedef struct SketchBuilder
{
	SketchParams params;
	const RawEnv *env;
	uint64_t	nwords;
	uint64_t	nshingles;

	/* words that begin shingles not yet complete, then the next batch */
	size_t		ncarried;
	uint64_t	words[SKETCH_MAX_CARRIED + SKETCH_BATCH];
	bool		solos[SKETCH_MAX_CARRIED + SKETCH_BATCH];

	/* what is kept, repeats included; "spare" is as large, for sorting */
	uint32_t	sampled;		/* the largest hash that is sampled */
	uint32_t   *elements;
	uint32_t   *spare;
	size_t		nelements;
	size_t		room;

	/* the smallest others, while too few are sampled; floor_last is 0 then */
	uint32_t	floor_last;		/* the largest that may be wanted */
	size_t		nfloor;
	uint32_t	floor[SKETCH_FLOOR_ROOM];
	uint32_t	floor_spare[SKETCH_FLOOR_ROOM];

	/* the shingles since the last one sampled, and the least in the window */
	uint64_t	nrun;
	uint64_t	least_at;		/* its place in the run */
	uint32_t	least;
	bool		least_kept;
	uint32_t	ring[SKETCH_MAX_WINDOW];
} SketchBuilder;

/* The largest hash that a sampling of 1 in n keeps, whatever the text. */
static inline uint32_t
sketch_sampled(int sampling)
{
	return (uint32_t) ((UINT64_C(1) << 32) / sampling - 1);
}

/* Where the next batch of words is to be put, SKETCH_BATCH at most. */
static inline uint64_t *
sketch_words(SketchBuilder *builder)
{
	return builder->words + builder->ncarried;
}

static inline bool *
sketch_solos(SketchBuilder *builder)
{
	return builder->solos + builder->ncarried;
}

extern void sketch_init(SketchBuilder *builder, SketchParams params, size_t room, const RawEnv *env);
extern void sketch_add(SketchBuilder *builder, size_t nwords);
extern uint32_t sketch_end(SketchBuilder *builder);

#endif							/* SKETCH_H */
