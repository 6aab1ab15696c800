/*-------------------------------------------------------------------------
 *
 * bands.h
 *	  Keys by which equality finds what is near.
 *
 * The bits of a code are divided into bands of nearly equal width, the wider
 * ones first.  Two codes that differ in fewer bits than there are bands agree
 * in one band at least (the pigeonhole principle; Manku, Jain, Das Sarma 2007,
 * "Detecting near-duplicates for web crawling", section 3).  The key of a band
 * tells its number and its bits.
 *
 * Keys are stored, on other servers too: their definition never changes, and
 * depends on the code's bytes alone.  No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BANDS_H
#define BANDS_H

#include <stdint.h>

/* The output of SplitMix64 (Steele, Lea and Flood 2014) in the state z, a bijection. */
static inline uint64_t
splitmix64(uint64_t z)
{
	z += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/*
 * The key of band i, 0 <= i < nbands <= bits <= 1024, of a code of bits / 8
 * bytes, bit 0 being the most significant of the first: i * 2^53 + v.  v are
 * the bits of the band, read as a number, if they are 53 at most, else a hash
 * of them; so keys of different bands differ, and those of the same band are
 * equal if the bits are, and hardly ever otherwise.  The hash: from h = 0 on,
 * for every 64 bits of the band from the first on, and what is left, as a
 * number x, h becomes the output of SplitMix64 in the state h XOR x; of the
 * last h the upper 53 bits.
 */
extern int64_t band_key(const unsigned char *code, int bits, int i, int nbands);

#endif							/* BANDS_H */
