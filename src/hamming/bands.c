/*-------------------------------------------------------------------------
 *
 * bands.c
 *	  Keys by which equality finds what is near.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/bands.h"

/* Bits of a key that tell the band's bits. */
#define VALUE_BITS	53

/* "count" <= 64 bits of a code, from bit "first" on, as a number. */
static uint64_t
read_bits(const unsigned char *code, int first, int count)
{
	uint64_t	value = 0;

	for (int bit = first; bit < first + count; bit++)
		value = value << 1 | (code[bit / 8] >> (7 - bit % 8) & 1);
	return value;
}

int64_t
band_key(const unsigned char *code, int bits, int i, int nbands)
{
	int			width = bits / nbands;
	int			wider = bits % nbands;	/* bands of one bit more */
	int			first = i * width + (i < wider ? i : wider);
	uint64_t	value = 0;

	width += i < wider;
	if (width <= VALUE_BITS)
		value = read_bits(code, first, width);
	else
	{
		for (int end = first + width; first < end; first += 64)
			value = splitmix64(value ^ read_bits(code, first, end - first < 64 ? end - first : 64));
		value >>= 64 - VALUE_BITS;
	}
	return (int64_t) ((uint64_t) i << VALUE_BITS | value);
}
