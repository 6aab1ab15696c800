/*-------------------------------------------------------------------------
 *
 * env.h
 *	  The environment of raw algorithms in tests: malloc, filled with what no
 *	  one expects, and counters of what is allocated and how often was asked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEST_ENV_H
#define TEST_ENV_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rawenv.h"

static size_t allocated = 0;
static size_t allocated_peak = 0;
static uint64_t checks = 0;

static void *
test_alloc(void *arg, size_t size)
{
	size_t	   *p = malloc(size + sizeof(size_t) * 2);

	(void) arg;
	if (p == NULL)
		abort();
	*p = size;
	allocated += size;
	if (allocated > allocated_peak)
		allocated_peak = allocated;
	memset(p + 2, 0xA5, size);
	return p + 2;
}

static void
test_free(void *arg, void *pointer)
{
	size_t	   *p = (size_t *) pointer - 2;

	(void) arg;
	allocated -= *p;
	free(p);
}

static void
test_check(void *arg)
{
	(void) arg;
	checks++;
}

static const uint64_t test_secret[RAW_SECRETS] = {
	UINT64_C(0xE220A8397B1DCDAF), UINT64_C(0x6E789E6AA1B965F4),
	UINT64_C(0x06C45D188009454F), UINT64_C(0xF88BB8A8724C81EC)
};

static const RawEnv env = {test_alloc, test_free, test_check, qsort, NULL, test_secret};

#endif							/* TEST_ENV_H */
