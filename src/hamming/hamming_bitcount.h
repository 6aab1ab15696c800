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
typedef uint32_t BITCOUNT_NAME(halves)
			__attribute__((vector_size(8 * BITCOUNT_LANES)));
#endif

#define V			BITCOUNT_NAME(vector)
#define LANES		BITCOUNT_LANES
#define BLOCK		16			/* vectors that make one carry */
#define MAX_CARRIES	255			/* that a counter of a byte can hold */

/* Bit 0 of every byte, and every other byte. */
#define BYTE_ONES	UINT64_C(0x0101010101010101)
#define EVEN_BYTES	UINT64_C(0x00FF00FF00FF00FF)

/* high:low = a + b + low, in each position. */
#define CSA(high, low, a, b) \
	do { \
		V			sum_ = (low) ^ (a); \
		(high) = ((low) & (a)) | (sum_ & (b)); \
		(low) = sum_ ^ (b); \
	} while (0)

/* A word of LANES features, those at x[k]. */
#define WORD(x, k) \
	do { \
		memcpy(&(x), block + (k) * LANES, sizeof(V)); \
		(x) = ((x) ^ (x) >> 32) * multiplier; \
		(x) ^= (x) >> 32; \
	} while (0)

/* The sums over the lanes, whose 16-bit fields can hold them. */
HAMMING_INLINE uint64_t
BITCOUNT_NAME(add_lanes) (const V *v)
{
	uint64_t	lane[LANES];
	uint64_t	sum = 0;

	memcpy(lane, v, sizeof(lane));
	for (int l = 0; l < LANES; l++)
		sum += lane[l];
	return sum;
}

/*
 * Add the counters of bytes to counts[].  Byte s of bytes[b] belongs to bit
 * 8s + b from the right.
 */
HAMMING_INLINE void
BITCOUNT_NAME(drain) (uint32_t *counts, const V *carries, const V *rest)
{
	for (int b = 0; b < 8; b++)
	{
		V			even = (carries[b] & EVEN_BYTES) * BLOCK + (rest[b] & EVEN_BYTES);
		V			odd = (carries[b] >> 8 & EVEN_BYTES) * BLOCK + (rest[b] >> 8 & EVEN_BYTES);
		uint64_t	even_sum = BITCOUNT_NAME(add_lanes) (&even);
		uint64_t	odd_sum = BITCOUNT_NAME(add_lanes) (&odd);

		for (int s = 0; s < 64; s += 16)
		{
			counts[63 - s - b] += (uint32_t) (even_sum >> s & 0xFFFF);
			counts[63 - s - 8 - b] += (uint32_t) (odd_sum >> s & 0xFFFF);
		}
	}
}

/*
 * Count the bits of one word of the features, which are nblocks whole blocks,
 * and the block "last".
 */
BITCOUNT_TARGET
static void
BITCOUNT_NAME(column) (uint32_t *counts, const uint64_t *features, size_t nblocks,
					   const uint64_t *last, uint64_t multiplier)
{
	V			ones = {0},
				twos = {0},
				fours = {0},
				eights = {0};
	V			carries[8];
	V			rest[8];
	int			ncarries = 0;

	for (int i = 0; i < 8; i++)
		carries[i] = rest[i] = ones;

	for (size_t i = 0; i <= nblocks; i++)
	{
		const uint64_t *block = i < nblocks ? features + i * (BLOCK * LANES) : last;
		V			a,
					b,
					twos_a,
					twos_b,
					fours_a,
					fours_b,
					eights_a,
					eights_b,
					carry;

#define ADD_TWO(high, k) \
		do { \
			WORD(a, k); \
			WORD(b, (k) + 1); \
			CSA(high, ones, a, b); \
		} while (0)

		ADD_TWO(twos_a, 0);
		ADD_TWO(twos_b, 2);
		CSA(fours_a, twos, twos_a, twos_b);
		ADD_TWO(twos_a, 4);
		ADD_TWO(twos_b, 6);
		CSA(fours_b, twos, twos_a, twos_b);
		CSA(eights_a, fours, fours_a, fours_b);
		ADD_TWO(twos_a, 8);
		ADD_TWO(twos_b, 10);
		CSA(fours_a, twos, twos_a, twos_b);
		ADD_TWO(twos_a, 12);
		ADD_TWO(twos_b, 14);
		CSA(fours_b, twos, twos_a, twos_b);
		CSA(eights_b, fours, fours_a, fours_b);
		CSA(carry, eights, eights_a, eights_b);
#undef ADD_TWO

		carries[0] += carry & BYTE_ONES;
		carries[1] += carry >> 1 & BYTE_ONES;
		carries[2] += carry >> 2 & BYTE_ONES;
		carries[3] += carry >> 3 & BYTE_ONES;
		carries[4] += carry >> 4 & BYTE_ONES;
		carries[5] += carry >> 5 & BYTE_ONES;
		carries[6] += carry >> 6 & BYTE_ONES;
		carries[7] += carry >> 7 & BYTE_ONES;
		if (++ncarries == MAX_CARRIES)
		{
			BITCOUNT_NAME(drain) (counts, carries, rest);
			for (int k = 0; k < 8; k++)
				carries[k] ^= carries[k];
			ncarries = 0;
		}
	}

	for (int i = 0; i < 8; i++)
		rest[i] = ((ones >> i) & BYTE_ONES) +
			((twos >> i) & BYTE_ONES) * 2 +
			((fours >> i) & BYTE_ONES) * 4 +
			((eights >> i) & BYTE_ONES) * 8;
	BITCOUNT_NAME(drain) (counts, carries, rest);
}

/* HammingKernel.count_features */
BITCOUNT_TARGET
static void
BITCOUNT_NAME(count_features) (uint32_t *counts, const uint64_t *features, size_t n,
							   const uint64_t *multiplier, int words)
{
	size_t		nblocks = n / (BLOCK * LANES);
	uint64_t	last[BLOCK * LANES];

	/* The last block is filled up with zeros, whose words are zeros. */
	n -= nblocks * (BLOCK * LANES);
	memcpy(last, features + nblocks * (BLOCK * LANES), n * sizeof(uint64_t));
	memset(last + n, 0, (BLOCK * LANES - n) * sizeof(uint64_t));
	for (int j = 0; j < words; j++)
		BITCOUNT_NAME(column) (counts + 64 * j, features, nblocks, last, multiplier[j]);
}

/* HammingKernel.add_bits, several sums at a time. */
BITCOUNT_TARGET
static void
BITCOUNT_NAME(add_bits) (uint32_t *sums, const uint64_t *bits, int words, uint32_t weight)
{
	static const uint32_t place[32] = {
		1u << 31, 1 << 30, 1 << 29, 1 << 28, 1 << 27, 1 << 26, 1 << 25, 1 << 24,
		1 << 23, 1 << 22, 1 << 21, 1 << 20, 1 << 19, 1 << 18, 1 << 17, 1 << 16,
		1 << 15, 1 << 14, 1 << 13, 1 << 12, 1 << 11, 1 << 10, 1 << 9, 1 << 8,
		1 << 7, 1 << 6, 1 << 5, 1 << 4, 1 << 3, 1 << 2, 1 << 1, 1
	};

	for (int j = 0; j < 2 * words; j++, sums += 32)
	{
		uint32_t	half = (uint32_t) (bits[j / 2] >> (j % 2 ? 0 : 32));

#if LANES == 1
		for (int i = 0; i < 32; i++)
			sums[i] += (half & place[i]) != 0 ? weight : 0;
#else
		for (int i = 0; i < 32; i += 2 * LANES)
		{
			BITCOUNT_NAME(halves) sum,
						at;

			memcpy(&sum, sums + i, sizeof(sum));
			memcpy(&at, place + i, sizeof(at));
			sum += weight & (BITCOUNT_NAME(halves)) ((half & at) == at);
			memcpy(sums + i, &sum, sizeof(sum));
		}
#endif
	}
}

#undef V
#undef LANES
#undef BLOCK
#undef MAX_CARRIES
#undef BYTE_ONES
#undef EVEN_BYTES
#undef CSA
#undef WORD
#undef BITCOUNT_NAME
#undef BITCOUNT_LANES
#undef BITCOUNT_TARGET
