/*-------------------------------------------------------------------------
 *
 * textsketch_plain.h
 *	  What bytes are a sketch, by a plain reading of doc/sketch.md.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXTSKETCH_PLAIN_H
#define TEXTSKETCH_PLAIN_H

#include "fuzz.h"

#include "textsketch/textsketch_value.h"

PLAIN_BEGIN

#define TWO_32 (UINT64_C(1) << 32)

static inline uint64_t
plain_number(const unsigned char *bytes, int nbytes)
{
	uint64_t	number = 0;

	for (int i = 0; i < nbytes; i++)
		number = number * 256 + bytes[i];
	return number;
}

static inline bool
plain_sketch_right(const unsigned char *payload, size_t size)
{
	uint64_t	sampling;
	uint64_t	window;
	uint64_t	nshingles;
	uint64_t	theta;
	uint64_t	below = 0;

	if (size < 24 || size % 4 != 0)
		return false;
	sampling = plain_number(payload + 2, 2);
	window = plain_number(payload + 4, 2);
	nshingles = plain_number(payload + 12, 4);
	theta = plain_number(payload + 16, 4) + 1;
	if (payload[0] != 1 || payload[1] < 1 || payload[1] > 16 || sampling == 0 ||
		window == 0 || window > 256 || payload[6] != 0 || payload[7] != 0)
		return false;
	if (nshingles == 0 || nshingles > plain_number(payload + 8, 4) || (size - 20) / 4 > nshingles)
		return false;
	for (size_t i = 20; i < size; i += 4)
	{
		if (i > 20 && plain_number(payload + i - 4, 4) >= plain_number(payload + i, 4))
			return false;
		below += plain_number(payload + i, 4) < theta;
	}
	if (theta == TWO_32)
		return sampling == 1 || below <= 96;
	if (theta == TWO_32 / sampling)
		return below >= 96;
	return theta > TWO_32 / sampling && below == 96;
}

static inline bool
plain_threshold_right(int mode, double threshold)
{
	if (mode == TEXTSKETCH_SHARES)
		return threshold >= 1 && threshold <= 2147483647.0 && (double) (int64_t) threshold == threshold;
	return threshold > 0 && threshold <= 1;
}

PLAIN_END

#endif							/* TEXTSKETCH_PLAIN_H */
