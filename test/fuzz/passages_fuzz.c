/* sources: src/passages/passages.c src/passages/automaton.c */
/* share: 3 */
/* options: -max_len=48 */
/*-------------------------------------------------------------------------
 *
 * passages_fuzz.c
 *	  libFuzzer target: passages that two texts share.
 *
 * Two texts, of a word a byte, must share the passages of the definition, and
 * what the documentation promises of passages must hold.  All memory must be
 * freed.
 *
 * The first byte is how many words a passage has at least, the second one the
 * gap, the third one how many different words there are, the fourth one where
 * the second text begins.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include "passages/passages.h"

PLAIN_BEGIN

#include "../unit/env.h"
#include "../unit/passages_plain.h"

#define MAX_WORDS 44

/* The words of a text, in memory of just their size. */
static PassageText
take_text(Input *input, uint32_t nwords, int kind)
{
	static const int vocabularies[] = {1, 2, 3, 5, 16, 256, 256, 256};
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): none is meant, too */
	uint64_t   *words = malloc(nwords * sizeof(uint64_t));

	for (uint32_t i = 0; i < nwords; i++)
	{
		words[i] = 1 + take(input) % vocabularies[kind % 8];
		if (kind >= 128)
			words[i] *= UINT64_C(0x9E3779B97F4A7C15);
	}
	return (PassageText) {words, nwords};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t gaps[] = {0, 0, 0, 0, 0, 1, 2, 3};
	static Passage expected[PLAIN_PASSAGES_MAX(MAX_WORDS)];
	Input		input = {data, size};
	uint32_t	min_words = 1 + take(&input) % 12;
	uint32_t	gap = take(&input);
	int			kind = take(&input);
	uint32_t	split = take(&input);
	PassageText text[2];
	Passage    *passages;
	uint32_t	nexpected;
	uint32_t	n;

	if (input.left > MAX_WORDS)
		return 0;
	/* wide ones rarely, as they take long */
	gap = gap < 252 ? gaps[gap % 8] : 8 * (gap - 251);
	split = split % (input.left + 1);
	text[0] = take_text(&input, split, kind);
	text[1] = take_text(&input, input.left, kind);

	nexpected = slow_passages(text, min_words, gap, expected);
	passages = passages_find(text, min_words, gap, &env, &n);
	require(n == nexpected && same_passages(passages, expected, n));
	require(promises_hold(text, passages, n, min_words, gap));
	for (int side = 0; side < 2; side++)
		require(passages_covered(passages, n, side, text[side].nwords, &env) ==
				slow_covered(expected, nexpected, side, text[side].nwords));
	if (passages != NULL)
		test_free(NULL, passages);
	require(allocated == 0);
	free((void *) text[0].words);
	free((void *) text[1].words);
	return 0;
}

PLAIN_END
