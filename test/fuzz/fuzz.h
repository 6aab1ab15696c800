/*-------------------------------------------------------------------------
 *
 * fuzz.h
 *	  What the libFuzzer targets share: what must hold, numbers taken off an
 *	  input, and random numbers that an input begins.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What doesn't hold is found. */
static inline void
require(bool condition)
{
	if (!condition)
		abort();
}

/*
 * The code under test is to guide the fuzzer, not the loops of a plain
 * definition, which would also be slow.
 */
#define PLAIN_BEGIN \
	_Pragma("clang attribute push(__attribute__((no_sanitize(\"coverage\"))), apply_to = function)")
#define PLAIN_END \
	_Pragma("clang attribute pop")

/* What is left of an input. */
typedef struct Input
{
	const uint8_t *next;
	size_t		left;
} Input;

/* The next byte of an input, 0 behind its end. */
static inline uint8_t
take(Input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->next++;
}

/* The next bytes, the first one most significant. */
static inline uint64_t
take_number(Input *input, int nbytes)
{
	uint64_t	number = 0;

	for (int i = 0; i < nbytes; i++)
		number = number << 8 | take(input);
	return number;
}

/* An input as a string, which the caller frees. */
static inline char *
input_string(const uint8_t *data, size_t size)
{
	char	   *string = malloc(size + 1);

	memcpy(string, data, size);
	string[size] = '\0';
	return string;
}

static uint32_t random_state;

static inline uint32_t
random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 16) % n;
}

#endif							/* FUZZ_H */
