/*-------------------------------------------------------------------------
 *
 * serverenv.c
 *	  The world of the raw algorithms inside the server.
 *
 *-------------------------------------------------------------------------
 */
#include "serverenv.h"

#include "miscadmin.h"
#include "utils/memutils.h"

static void *
env_alloc(void *arg, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) arg, size);
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

/*
 * Memory from "context", huge where it must be, which is cleaned up as a
 * whole after an error; and PostgreSQL's interrupts.
 */
RawEnv
server_env(MemoryContext context)
{
	return (RawEnv) {env_alloc, env_free, env_check, context};
}
