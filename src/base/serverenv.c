/*-------------------------------------------------------------------------
 *
 * serverenv.c
 *	  The world of the raw algorithms inside the server.
 *
 *-------------------------------------------------------------------------
 */
#include "base/serverenv.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/memory_limit.h"

static void *
env_alloc(void *arg, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) arg, size);
}

static void *
env_alloc_limited(void *arg, size_t size)
{
	return limited_alloc((MemoryContext) arg, size);
}

static void
env_free(void *arg, void *pointer)
{
	(void) arg;
	pfree(pointer);
}

static void
env_check(void *arg)
{
	(void) arg;
	CHECK_FOR_INTERRUPTS();
}

/* A pointer to a function is no pointer to void. */
typedef struct Comparison
{
	int			(*compare) (const void *a, const void *b);
} Comparison;

static int
env_compare(const void *a, const void *b, void *arg)
{
	return ((Comparison *) arg)->compare(a, b);
}

static void
env_sort(void *base, size_t n, size_t size, int (*compare) (const void *a, const void *b))
{
	Comparison	comparison = {compare};

	qsort_interruptible(base, n, size, env_compare, &comparison);
}

/*
 * Random numbers of this process, drawn when they are first asked for: never
 * in the postmaster, from whom all others would have them.
 */
static const uint64 *
env_secret(void)
{
	static uint64 secret[RAW_SECRETS];
	static bool drawn = false;

	if (!drawn && !pg_strong_random(secret, sizeof(secret)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate random numbers")));
	drawn = true;
	return secret;
}

RawEnv
server_env(MemoryContext context)
{
	return (RawEnv) {env_alloc, env_free, env_check, env_sort, context, env_secret()};
}

RawEnv
limited_env(MemoryContext context)
{
	RawEnv		env = server_env(context);

	env.alloc = env_alloc_limited;
	return env;
}
