/*-------------------------------------------------------------------------
 *
 * memory_limit.c
 *	  simhash.memory_limit: how much memory one call may take.
 *
 * What can go to disk is bounded by work_mem, and by maintenance_work_mem, as
 * all of PostgreSQL.  This is the limit for what can't: work over the rows of
 * a query or of a partition, and over long texts.  Users can't raise it, for
 * it protects others.
 *
 * A call takes its memory from one context and those below it, so nothing has
 * to be counted: contexts know what they hold, and what they hold is freed
 * with them, after an error, too.
 *
 * It decides whether there is a result, never which.  So functions that it
 * bounds are IMMUTABLE nevertheless, as those bounded by max_stack_depth are.
 *
 *-------------------------------------------------------------------------
 */
#include "base/memory_limit.h"

#include <limits.h>

#include "nodes/memnodes.h"
#include "utils/guc.h"
#include "utils/memutils.h"

int			simhash_memory_limit = 1024 * 1024;

/* What tells such contexts, to us and in pg_backend_memory_contexts. */
static const char mark[] = "within simhash.memory_limit";

void
memory_limit_init(void)
{
	DefineCustomIntVariable("simhash.memory_limit",
							"Limits the memory of a call that can't use the disk instead.",
							"Functions over the rows of a query or of a partition, or over long texts.",
							&simhash_memory_limit,
							1024 * 1024, 64, MAX_KILOBYTES,
							PGC_SUSET, GUC_UNIT_KB,
							NULL, NULL, NULL);
}

MemoryContext
limited_context(MemoryContext parent, const char *function)
{
	/* the function that the macro, which wants a literal, calls */
	MemoryContext context = AllocSetContextCreateInternal(parent, function, ALLOCSET_DEFAULT_SIZES);

	MemoryContextSetIdentifier(context, mark);
	return context;
}

/* Raise the error if a context may not have "more" bytes. */
static void
check_limit(MemoryContext context, Size more)
{
	Size		limit = (Size) simhash_memory_limit * 1024;
	Size		used;

	while (context->ident != mark)
	{
		context = context->parent;
		Assert(context != NULL);
	}
	used = MemoryContextMemAllocated(context, true);
	if (used <= limit && more <= limit - used)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
			 errmsg("memory of %s exceeds \"%s\" (%d kB)",
					context->name, "simhash.memory_limit", simhash_memory_limit),
			 errhint("Take fewer rows or shorter texts at a time (by WHERE, by PARTITION BY, in parts), or have the setting raised.")));
}

void *
limited_alloc(MemoryContext context, Size size)
{
	check_limit(context, size);
	return MemoryContextAllocHuge(context, size);
}

void *
limited_realloc(void *pointer, Size size)
{
	Size		had = GetMemoryChunkSpace(pointer);

	check_limit(GetMemoryChunkContext(pointer), size > had ? size - had : 0);
	return repalloc_huge(pointer, size);
}

void
limited_check(MemoryContext context)
{
	check_limit(context, 0);
}
