/*-------------------------------------------------------------------------
 *
 * story_sources.h
 *	  The distinct sources of stories.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORY_SOURCES_H
#define STORY_SOURCES_H

#include "postgres.h"

/* All sources that were seen, and which of them a story has. */
typedef struct StorySources
{
	MemoryContext context;
	struct names_hash *numbers;
	const text **names;			/* by number */
	uint32		n;

	uint32		story;			/* how many stories were begun */
	uint32	   *last;			/* the last one that had a source */
	Datum	   *found;			/* names of those of the story at hand */
	uint32		nfound;
} StorySources;

/*
 * Room for so many sources, in a context that is within simhash.memory_limit.
 */
extern void story_sources_init(StorySources *sources, uint32 room, MemoryContext context);

/* The number of a source, which is a text; equal ones are equal byte by byte. */
extern uint32 story_sources_number(StorySources *sources, Datum source);

/*
 * The sources of a story: begin it, add what it has, as often as it has it,
 * and get the text[] of those that differ, in their order.
 */
extern void story_sources_begin(StorySources *sources);
extern void story_sources_add(StorySources *sources, uint32 number);
extern Datum story_sources_array(const StorySources *sources);

#endif							/* STORY_SOURCES_H */
