/* placeholder until the kernels land */
#ifndef HAMMING_H
#define HAMMING_H
#include <stdint.h>
#include <string.h>
static inline int
hamming_distance(const void *a, const void *b, int words)
{
	int			distance = 0;

	for (int i = 0; i < words; i++)
	{
		uint64_t	x,
					y;

		memcpy(&x, (const char *) a + 8 * i, 8);
		memcpy(&y, (const char *) b + 8 * i, 8);
		distance += __builtin_popcountll(x ^ y);
	}
	return distance;
}
#endif
