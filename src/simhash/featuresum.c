/*-------------------------------------------------------------------------
 *
 * featuresum.c
 *	  Weighted features to a fingerprint: Charikar's sum.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/featuresum.h"

#include <string.h>

#include "hamming/hamming.h"

/* Features that are counted together; and too few for that. */
#define TOGETHER 128
#define TOO_FEW 12
/* Times that a feature is counted with others, rather than weighed. */
#define FEW_TIMES 3

/*
 * Word j of a feature is the feature times multiplier[j], mixed: the outputs
 * of SplitMix64 from seed 0 (Steele, Lea and Flood 2014), made odd.
 */
static const uint64_t multiplier[FEATURE_MAX_WORDS] = {
	UINT64_C(0xE220A8397B1DCDAF), UINT64_C(0x6E789E6AA1B965F5),
	UINT64_C(0x06C45D188009454F), UINT64_C(0xF88BB8A8724C81ED),
	UINT64_C(0x1B39896A51A8749B), UINT64_C(0x53CB9F0C747EA2EB),
	UINT64_C(0x2C829ABE1F4532E1), UINT64_C(0xC584133AC916AB3D),
	UINT64_C(0x3EE5789041C98AC3), UINT64_C(0xF3B8488C368CB0A7),
	UINT64_C(0x657EECDD3CB13D09), UINT64_C(0xC2D326E0055BDEF7),
	UINT64_C(0x8621A03FE0BBDB7B), UINT64_C(0x8E1F7555983AA92F),
	UINT64_C(0xB54E0F1600CC4D19), UINT64_C(0x84BB3F97971D80AB)
};

/*
 * The bits of n features: those of the i-th are words[i * nwords] to
 * words[(i + 1) * nwords - 1].
 *
 * A feature is uniformly distributed already, so each word is made by one
 * multiplication, which is a bijection, as the shifts are: every bit is 1 for
 * exactly half of all features.  The low half of a product depends on the low
 * half of the factor only; the second shift mends that.  Shingles end in an
 * addition, and a product of sums is a sum of products: the first shift breaks
 * that up.
 */
static inline void
multiply_features(const uint64_t *features, size_t n, int nwords, uint64_t *words)
{
	for (size_t i = 0; i < n; i++)
	{
		uint64_t	feature = features[i] ^ features[i] >> 32;

		for (int j = 0; j < nwords; j++)
		{
			uint64_t	product = feature * multiplier[j];

			words[i * nwords + j] = product ^ product >> 32;
		}
	}
}

/* The same, with a loop of its own for the default width. */
void
feature_words(const uint64_t *features, size_t n, int nwords, uint64_t *words)
{
	if (nwords == 4)
		multiply_features(features, n, 4, words);
	else
		multiply_features(features, n, nwords, words);
}

/*
 * The first occurrences of a shingle or lexeme are a feature each, of equal
 * weight; this is the one after a feature.  One feature of all their weight
 * would decide every bit that the others don't agree on, as its vector is of +1
 * and -1: fingerprints estimate the cosine only while no feature outweighs the
 * others.
 */
static inline uint64_t
next_occurrence(uint64_t feature)
{
	return shingle_extend(feature, 0);
}

/* Begin a sum for fingerprints of nwords words of 64 bits (1 to 16). */
void
featuresum_init(FeatureSum *sum, int nwords)
{
	sum->total = 0;
	memset(sum->ones, 0, nwords * 64 * sizeof(uint64_t));
}

/*
 * Count a weight in the total, which bounds every other sum.  False if it
 * would pass 2^63.
 */
static bool
add_total(FeatureSum *sum, uint64_t weight)
{
	if (weight > INT64_MAX - sum->total)
		return false;
	sum->total += weight;
	return true;
}

/*
 * Add the vector whose bits are "words", "weight" times.  False if the sum
 * would overflow, which leaves it as it was.
 */
bool
featuresum_add_words(FeatureSum *sum, int nwords, const uint64_t *words, uint64_t weight)
{
	if (!add_total(sum, weight))
		return false;
	for (int j = 0; j < nwords; j++)
	{
		uint64_t   *ones = &sum->ones[64 * j];

		for (int i = 0; i < 64; i++)
			ones[i] += weight & -(words[j] >> (63 - i) & 1);
	}
	return true;
}

/* Add a feature, "weight" times. */
bool
featuresum_add(FeatureSum *sum, int nwords, uint64_t feature, uint64_t weight)
{
	uint64_t	words[FEATURE_MAX_WORDS];

	feature_words(&feature, 1, nwords, words);
	return featuresum_add_words(sum, nwords, words, weight);
}

static void
weigh_feature(uint32_t *sums, int nwords, uint64_t feature, uint32_t weight)
{
	uint64_t	words[FEATURE_MAX_WORDS];

	feature_words(&feature, 1, nwords, words);
	feature_weigh(sums, words, nwords, weight);
}

/* Features to be added to sums: few of them are faster one by one. */
typedef struct FeatureBatch
{
	size_t		n;
	uint64_t	features[TOGETHER];
} FeatureBatch;

static void
count_batch(uint32_t *sums, int nwords, FeatureBatch *batch)
{
	if (batch->n >= TOO_FEW)
		feature_count(sums, batch->features, batch->n, multiplier, nwords);
	else
	{
		for (size_t i = 0; i < batch->n; i++)
			weigh_feature(sums, nwords, batch->features[i], 1);
	}
	batch->n = 0;
}

static inline void
put_batch(uint32_t *sums, int nwords, FeatureBatch *batch, uint64_t feature)
{
	batch->features[batch->n++] = feature;
	if (batch->n == TOGETHER)
		count_batch(sums, nwords, batch);
}

/* Sum all occurrences of repeated shingles but the first; returns how many. */
static size_t
count_repeats(uint32_t *sums, int nwords, const ShingleRepeat *repeats, size_t nrepeats)
{
	FeatureBatch batch;
	size_t		total = 0;

	batch.n = 0;
	for (size_t i = 0; i < nrepeats; i++)
	{
		uint32_t	more = repeats[i].count - 1;

		total += more;
		/* the most of them occur twice */
		if (more > FEW_TIMES)
			weigh_feature(sums, nwords, repeats[i].hash, more);
		else
		{
			for (uint32_t k = 0; k < more; k++)
				put_batch(sums, nwords, &batch, repeats[i].hash);
		}
	}
	count_batch(sums, nwords, &batch);
	return total;
}

/* Add the features of those that count; returns how many. */
static size_t
add_occurrences(uint32_t *sums, int nwords, const ShingleRepeat *repeats, size_t nrepeats)
{
	FeatureBatch batch;
	size_t		total = 0;

	batch.n = 0;
	for (size_t i = 0; i < nrepeats; i++)
	{
		uint64_t	feature = repeats[i].hash;

		for (uint32_t k = 1; k < repeats[i].count && k < FEATURE_MAX_OCCURRENCES; k++)
		{
			feature = next_occurrence(feature);
			put_batch(sums, nwords, &batch, feature);
			total++;
		}
	}
	count_batch(sums, nwords, &batch);
	return total;
}

/*
 * Add the shingles of a text or of a part of one, 2^22 at most.  shingles[] is
 * all of them; those that occur repeatedly are in repeats[], too.
 *
 * Most shingles occur once.  So all are counted, and what is too much is taken
 * off, modulo 2^32.
 *
 * The sum can't overflow: a text has less than 2^32 shingles.
 */
void
featuresum_add_text(FeatureSum *sum, int nwords, const uint64_t *shingles, size_t nshingles,
					const ShingleRepeat *repeats, size_t nrepeats)
{
	uint32_t	sums[FEATURE_MAX_WORDS * 64];

	memset(sums, 0, nwords * 64 * sizeof(uint32_t));
	sum->total += nshingles - count_repeats(sums, nwords, repeats, nrepeats);
	for (int i = 0; i < nwords * 64; i++)
		sums[i] = -sums[i];
	feature_count(sums, shingles, nshingles, multiplier, nwords);
	sum->total += add_occurrences(sums, nwords, repeats, nrepeats);

	for (int i = 0; i < nwords * 64; i++)
		sum->ones[i] += sums[i];
}

/*
 * Add a feature that occurs so often.  Such sums can't overflow: no text has
 * 2^60 features.
 */
void
featuresum_add_repeated(FeatureSum *sum, int nwords, uint64_t feature, uint64_t frequency)
{
	for (uint64_t k = 0; k < frequency && k < FEATURE_MAX_OCCURRENCES; k++)
	{
		featuresum_add(sum, nwords, feature, 1);
		feature = next_occurrence(feature);
	}
}

/*
 * Add distinct shingles in a row, 2^22 at most, and how often each occurs.
 */
void
featuresum_add_counted(FeatureSum *sum, int nwords, const uint64_t *shingles,
					   const uint32_t *counts, size_t nshingles)
{
	featuresum_add_text(sum, nwords, shingles, nshingles, NULL, 0);
	for (size_t i = 0; i < nshingles; i++)
	{
		uint32_t	count = counts[i] < FEATURE_MAX_OCCURRENCES ? counts[i] : FEATURE_MAX_OCCURRENCES;

		featuresum_add_repeated(sum, nwords, next_occurrence(shingles[i]), count - 1);
	}
}

/* Add another sum.  False if it would overflow, which leaves it as it was. */
bool
featuresum_merge(FeatureSum *sum, int nwords, const FeatureSum *other)
{
	if (!add_total(sum, other->total))
		return false;
	for (int i = 0; i < nwords * 64; i++)
		sum->ones[i] += other->ones[i];
	return true;
}

/*
 * The fingerprint: bit i is 1 where the weights of the features that have it
 * set outweigh the others, 0 at a tie.
 */
void
featuresum_fingerprint(const FeatureSum *sum, int nwords, uint64_t *words)
{
	for (int j = 0; j < nwords; j++)
	{
		words[j] = 0;
		for (int i = 0; i < 64; i++)
		{
			uint64_t	ones = sum->ones[64 * j + i];

			words[j] = words[j] << 1 | (ones > sum->total - ones);
		}
	}
}
