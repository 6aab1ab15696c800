/*-------------------------------------------------------------------------
 *
 * env.h
 *	  The environment of raw algorithms where they are measured.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BENCH_ENV_H
#define BENCH_ENV_H

#include <stdlib.h>

#include "base/rawenv.h"

static void *
env_alloc(void *arg, size_t size)
{
	void	   *pointer = malloc(size + 1);

	(void) arg;
	if (pointer == NULL)
		abort();
	return pointer;
}

static void
env_free(void *arg, void *pointer)
{
	(void) arg;
	free(pointer);
}

static void
env_check(void *arg)
{
	(void) arg;
}

/* Random numbers, but the same in every run. */
static const uint64_t env_secret[RAW_SECRETS] = {
	UINT64_C(0xE220A8397B1DCDAF), UINT64_C(0x6E789E6AA1B965F4),
	UINT64_C(0x06C45D188009454F), UINT64_C(0xF88BB8A8724C81EC)
};

static const RawEnv env = {env_alloc, env_free, env_check, qsort, NULL, env_secret};

#endif							/* BENCH_ENV_H */
