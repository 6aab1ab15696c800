/*-------------------------------------------------------------------------
 *
 * hamming_bitcount.h
 *	  Template: counting bits by position over vectors of BITCOUNT_LANES words.
 *
 * Defines BITCOUNT_NAME(column), compiled for the processor BITCOUNT_TARGET.
 *
 * Counting one bit at a time costs 64 additions a word.  Carry-save adders
 * add up all positions at once: 16 vectors go into vertical counters of four
 * bits (ones, twos, fours, eights), one vector of carries comes out, and only
 * that is widened, to counters of a byte (Klarqvist, Mula, Lemire 2021,
 * "Efficient computation of positional population counts using SIMD
 * instructions", section 4; the adder tree is Harley and Seal's).
 *
 * Vectors are those of the compiler (GNU C), so that one text serves every
 * width, a single word among them.
 *
 *-------------------------------------------------------------------------
 */

#if BITCOUNT_LANES == 1
typedef uint64_t BITCOUNT_NAME(vector);
#else
typedef uint64_t BITCOUNT_NAME(vector)
			__attribute__((vector_size(8 * BITCOUNT_LANES)));
#endif

#define V			BITCOUNT_NAME(vector)
#define LANES		BITCOUNT_LANES
#define BLOCK		16			/* vectors that make one carry */
#define MAX_CARRIES	255			/* that a counter of a byte can hold */

/* Bit 0 of every byte. */
#define BYTE_ONES	UINT64_C(0x0101010101010101)

/* high:low = a + b + low, in each position. */
#define CSA(high, low, a, b) \
	do { \
		V			sum_ = (low) ^ (a); \
		(high) = ((low) & (a)) | (sum_ & (b)); \
		(low) = sum_ ^ (b); \
	} while (0)

/*
 * Add the counters of bytes to counts[].  Byte s of bytes[b] belongs to bit
 * 8s + b from the right.  Lane l counts for word l % period.
 */
HAMMING_INLINE void
BITCOUNT_NAME(drain) (uint32_t *counts, const V *carries, const V *rest, int period)
{
	for (int b = 0; b < 8; b++)
	{
		uint64_t	c[LANES];
		uint64_t	r[LANES];

		memcpy(c, &carries[b], sizeof(c));
		memcpy(r, &rest[b], sizeof(r));
		for (int l = 0; l < LANES; l++)
		{
			uint32_t   *word = counts + 64 * (l % period);

			for (int s = 0; s < 8; s++)
				word[63 - 8 * s - b] += BLOCK * (uint32_t) ((c[l] >> 8 * s) & 0xff) +
					(uint32_t) ((r[l] >> 8 * s) & 0xff);
		}
	}
}

/*
 * Count n vectors, the first at p and each "stride" words after the one
 * before.  Lane l counts for word l % period of counts[].
 */
BITCOUNT_TARGET
static void
BITCOUNT_NAME(column) (uint32_t *counts, const uint64_t *p, size_t stride,
					   size_t n, int period)
{
	V			ones = {0},
				twos = {0},
				fours = {0},
				eights = {0};
	V			carries[8];
	V			rest[8];
	uint64_t	tail[BLOCK * LANES];
	int			ncarries = 0;

	memset(carries, 0, sizeof(carries));
	memset(rest, 0, sizeof(rest));

	while (n > 0)
	{
		const uint64_t *block = p;
		size_t		step = stride;
		V			x[BLOCK];
		V			twos_a,
					twos_b,
					fours_a,
					fours_b,
					eights_a,
					eights_b,
					carry;

		/* The last block is filled up with zeros. */
		if (n < BLOCK)
		{
			memset(tail, 0, sizeof(tail));
			for (size_t k = 0; k < n; k++)
				memcpy(tail + k * LANES, p + k * stride, sizeof(V));
			block = tail;
			step = LANES;
			n = BLOCK;
		}
		for (int k = 0; k < BLOCK; k++)
			memcpy(&x[k], block + k * step, sizeof(V));

		CSA(twos_a, ones, x[0], x[1]);
		CSA(twos_b, ones, x[2], x[3]);
		CSA(fours_a, twos, twos_a, twos_b);
		CSA(twos_a, ones, x[4], x[5]);
		CSA(twos_b, ones, x[6], x[7]);
		CSA(fours_b, twos, twos_a, twos_b);
		CSA(eights_a, fours, fours_a, fours_b);
		CSA(twos_a, ones, x[8], x[9]);
		CSA(twos_b, ones, x[10], x[11]);
		CSA(fours_a, twos, twos_a, twos_b);
		CSA(twos_a, ones, x[12], x[13]);
		CSA(twos_b, ones, x[14], x[15]);
		CSA(fours_b, twos, twos_a, twos_b);
		CSA(eights_b, fours, fours_a, fours_b);
		CSA(carry, eights, eights_a, eights_b);

		for (int b = 0; b < 8; b++)
			carries[b] += (carry >> b) & BYTE_ONES;
		if (++ncarries == MAX_CARRIES)
		{
			BITCOUNT_NAME(drain) (counts, carries, rest, period);
			memset(carries, 0, sizeof(carries));
			ncarries = 0;
		}
		p += BLOCK * stride;
		n -= BLOCK;
	}

	for (int b = 0; b < 8; b++)
		rest[b] = ((ones >> b) & BYTE_ONES) +
			((twos >> b) & BYTE_ONES) * 2 +
			((fours >> b) & BYTE_ONES) * 4 +
			((eights >> b) & BYTE_ONES) * 8;
	BITCOUNT_NAME(drain) (counts, carries, rest, period);
}

#undef V
#undef LANES
#undef BLOCK
#undef MAX_CARRIES
#undef BYTE_ONES
#undef CSA
#undef BITCOUNT_NAME
#undef BITCOUNT_LANES
#undef BITCOUNT_TARGET
