/*-------------------------------------------------------------------------
 *
 * tap.h
 *	  The Test Anything Protocol for programs that need no server.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int	tap_tests = 0;
static int	tap_failures = 0;

/* Print one result. */
static void
ok(bool passed, const char *format,...)
{
	va_list		args;

	tap_tests++;
	if (!passed)
		tap_failures++;
	printf("%sok %d - ", passed ? "" : "not ", tap_tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

/* Print the plan; returns what main() has to return. */
static int
done_testing(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failures > 0;
}

/*
 * Random words that are the same in every run (Vigna's SplitMix64:
 * https://prng.di.unimi.it/splitmix64.c).
 */
static uint64_t tap_seed = 1;

static uint64_t
random_word(void)
{
	uint64_t	z = (tap_seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline uint32_t
random_below(uint32_t n)
{
	return (uint32_t) (random_word() % n);
}

#endif							/* TAP_H */
