/*-------------------------------------------------------------------------
 *
 * fixed.h
 *	  Logarithm and square root in integers, the same on every machine.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FIXED_H
#define FIXED_H

#include <stdint.h>

/*
 * Binary logarithm of x / 2^16, in 2^-16, rounded down; x is 2^16 or more and
 * below 2^47.  One bit of the fraction is gained by each squaring (Knuth, TAOCP
 * 1, 1.2.2, exercise 25 has the like).
 */
static inline uint32_t
fixed_log2(uint64_t x)
{
	uint32_t	result = 0;

	while (x >= UINT64_C(1) << 17)
	{
		/* x is rounded down, which only the last bits notice */
		x >>= 1;
		result += 1 << 16;
	}
	x <<= 14;					/* 1 to 2, in 2^-30 */
	for (uint32_t bit = 1 << 15; bit > 0; bit >>= 1)
	{
		x = x * x >> 30;
		if (x >= UINT64_C(1) << 31)
		{
			x >>= 1;
			result += bit;
		}
	}
	return result;
}

/* The square root, rounded down. */
static inline uint64_t
fixed_sqrt(uint64_t x)
{
	uint64_t	root = 0;

	for (uint64_t bit = UINT64_C(1) << 62; bit > 0; bit >>= 2)
	{
		if (x >= root + bit)
		{
			x -= root + bit;
			root = (root >> 1) + bit;
		}
		else
			root >>= 1;
	}
	return root;
}

#endif							/* FIXED_H */
