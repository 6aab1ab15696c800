/*-------------------------------------------------------------------------
 *
 * memory_limit.h
 *	  simhash.memory_limit: how much memory one call may take.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MEMORY_LIMIT_H
#define MEMORY_LIMIT_H

#include "postgres.h"

/* simhash.memory_limit, in kB */
extern int	simhash_memory_limit;

/* Define the setting; once, when the library is loaded. */
extern void memory_limit_init(void);

/*
 * A memory context for one call of a function: what it and the contexts below
 * it hold counts towards the limit.  "function", a constant, is what messages
 * name.
 */
extern MemoryContext limited_context(MemoryContext parent, const char *function);

/*
 * As MemoryContextAllocHuge() and repalloc_huge(), in such a context or below
 * one; an error if the limit doesn't allow it.
 */
extern void *limited_alloc(MemoryContext context, Size size);
extern void *limited_realloc(void *pointer, Size size);

/*
 * The same error if more than that was allocated by other means.
 */
extern void limited_check(MemoryContext context);

#endif							/* MEMORY_LIMIT_H */
