/* sources: src/simhash/featuresum.c src/hamming/hamming.c src/hamming/hamming_avx2.c src/hamming/hamming_avx512.c */
/* share: 7 */
/* options: -max_len=600 */
/*-------------------------------------------------------------------------
 *
 * aggstate_fuzz.c
 *	  libFuzzer target: forged states of simhash_agg().
 *
 * An input is a state as it stands, or tells how to make one and then damage
 * it, words of 64 bits at a time.  It must be accepted exactly if a plain
 * reading says so.  One that is accepted is used like one of the aggregate's
 * own: features are added, another state merged, the fingerprint taken, by
 * sums of 128 bits again; what would overflow must be refused and leave the
 * state as it was, and what comes out must be a state.
 *
 * The first byte says which of both; the second one is the width, and whether
 * the state is a byte too short or too long.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include "simhash/aggstate.h"

PLAIN_BEGIN

typedef unsigned __int128 uint128;

/* The sums that a state should have. */
typedef struct PlainSum
{
	uint128		total;
	uint128		ones[FEATURE_MAX_WORDS * 64];
} PlainSum;

static PlainSum plain;

/* Memory of exactly "size" bytes, so that reading past them is caught. */
static AggState *
copy_of(const void *bytes, size_t size)
{
	AggState   *state = malloc(size);

	memcpy(state, bytes, size);
	return state;
}

static bool
plainly_right(const uint8_t *bytes, size_t size)
{
	uint32_t	magic;
	int32_t		nwords;
	int32_t		unused;
	uint64_t	total;

	if (size < 16 + 8 + 512 || (size - 24) % 512 != 0)
		return false;
	memcpy(&magic, bytes + 4, 4);
	memcpy(&nwords, bytes + 8, 4);
	memcpy(&unused, bytes + 12, 4);
	memcpy(&total, bytes + 16, 8);
	if (magic != 0x53484101 || unused != 0 || nwords > 16 ||
		(uint64_t) nwords != (size - 24) / 512 || total >> 63 != 0)
		return false;
	for (size_t i = 24; i < size; i += 8)
	{
		uint64_t	ones;

		memcpy(&ones, bytes + i, 8);
		if (ones > total)
			return false;
	}
	return true;
}

static void
plain_set(const AggState *state)
{
	plain.total = state->sum.total;
	for (int i = 0; i < 64 * state->nwords; i++)
		plain.ones[i] = state->sum.ones[i];
}

/* The state is what it should be. */
static void
check_sum(const AggState *state)
{
	require(aggstate_possible(state));
	require(state->sum.total == plain.total);
	for (int i = 0; i < 64 * state->nwords; i++)
		require(state->sum.ones[i] == plain.ones[i]);
}

static void
check_add(AggState *state, uint64_t feature, uint64_t weight)
{
	uint64_t	words[FEATURE_MAX_WORDS];
	bool		fits = plain.total + weight < (uint128) 1 << 63;

	feature_words(&feature, 1, state->nwords, words);
	require(featuresum_add(&state->sum, state->nwords, feature, weight) == fits);
	if (fits)
	{
		plain.total += weight;
		for (int i = 0; i < 64 * state->nwords; i++)
			plain.ones[i] += (words[i / 64] >> (63 - i % 64) & 1) * (uint128) weight;
	}
	check_sum(state);
}

static void
check_merge(AggState *state, const AggState *other)
{
	bool		fits = plain.total + other->sum.total < (uint128) 1 << 63;

	require(featuresum_merge(&state->sum, state->nwords, &other->sum) == fits);
	if (fits)
	{
		plain.total += other->sum.total;
		for (int i = 0; i < 64 * state->nwords; i++)
			plain.ones[i] += other->sum.ones[i];
	}
	check_sum(state);
}

static void
check_fingerprint(const AggState *state)
{
	uint64_t	words[FEATURE_MAX_WORDS];

	featuresum_fingerprint(&state->sum, state->nwords, words);
	for (int i = 0; i < 64 * state->nwords; i++)
		require((words[i / 64] >> (63 - i % 64) & 1) == (2 * plain.ones[i] > plain.total));
}

/* Make a state of "size" bytes as the input says, and damage it. */
static void
make_state(Input *input, AggState *state, int nwords)
{
	memset(state, 0, AGGSTATE_SIZE(nwords));
	state->magic = AGGSTATE_MAGIC;
	state->nwords = nwords;
	for (int n = take(input) % 4; n > 0; n--)
	{
		uint64_t	feature = take_number(input, 2) * UINT64_C(0x9E3779B97F4A7C15);
		int			shift = take(input) % 64;

		featuresum_add(&state->sum, nwords, feature, take_number(input, 2) << shift);
	}
	while (input->left > 0)
	{
		size_t		place = take_number(input, 2) % (AGGSTATE_SIZE(nwords) / 8);
		uint64_t	value = take_number(input, 1 + take(input) % 8);

		memcpy((char *) state + 8 * place, &value, 8);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static AggState made;
	Input		input = {data, size};
	int			kind = take(&input);
	const void *bytes = input.next;
	AggState   *state;
	AggState   *other;

	size = input.left;
	if (kind % 8 != 0)
	{
		int			form = take(&input);

		/* mostly a narrow one, which is faster */
		int			nwords = form % 4 == 0 ? 1 + form / 4 % 16 : 1;

		make_state(&input, &made, nwords);
		bytes = &made;
		size = AGGSTATE_SIZE(nwords);
		size = form < 224 ? size : form < 240 ? size - 1 : form < 255 ? size - 8 : 12;
	}

	state = copy_of(bytes, size);
	require((aggstate_laid_out(state, size) && aggstate_possible(state)) == plainly_right(bytes, size));
	if (plainly_right(bytes, size))
	{
		other = copy_of(bytes, size);
		plain_set(state);
		check_fingerprint(state);
		check_add(state, data[size % 8] * UINT64_C(0x9E3779B97F4A7C15), kind << 12);
		check_merge(state, other);
		/* up to what fits, or one more */
		check_add(state, ~UINT64_C(0), INT64_MAX - (uint64_t) plain.total + kind % 2);
		check_fingerprint(state);
		free(other);
	}
	free(state);
	return 0;
}

PLAIN_END
