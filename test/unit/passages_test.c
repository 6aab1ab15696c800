/*-------------------------------------------------------------------------
 *
 * passages_test.c
 *	  Shared passages against the definition, which looks at every run.
 *
 *-------------------------------------------------------------------------
 */
#include "env.h"
#include "passages_plain.h"
#include "tap.h"

#define MAX_WORDS	80


/*
 * Texts
 */

static void
random_words(uint64_t *words, uint32_t n, uint32_t vocabulary)
{
	for (uint32_t i = 0; i < n; i++)
		words[i] = 1 + random_below(vocabulary);
}

/* Parts of a, in disorder and with errors, among words of its own. */
static void
collage(uint64_t *words, uint32_t n, const uint64_t *a, uint32_t na, uint32_t vocabulary)
{
	random_words(words, n, vocabulary);
	for (uint32_t i = 0; i < n && na > 0;)
	{
		uint32_t	from = random_below(na);
		uint32_t	length = random_below(20);

		for (; length > 0 && i < n && from < na; length--, i++, from++)
		{
			if (random_below(12) != 0)
				words[i] = a[from];
		}
		i += random_below(4);
	}
}

static void
test_random(uint32_t vocabulary, uint32_t gap, int rounds)
{
	static uint64_t words[2][MAX_WORDS];
	static Passage expected[PLAIN_PASSAGES_MAX(MAX_WORDS)];
	bool		as_defined = true;
	bool		promised = true;
	bool		covered = true;
	uint64_t	total = 0;

	for (int round = 0; round < rounds; round++)
	{
		PassageText text[2] = {
			{words[0], random_below(MAX_WORDS + 1)}, {words[1], random_below(MAX_WORDS + 1)}
		};
		uint32_t	min_words = 1 + random_below(round % 2 == 0 ? 4 : 12);
		uint32_t	nexpected;
		uint32_t	n;
		Passage    *passages;

		random_words(words[0], text[0].nwords, vocabulary);
		collage(words[1], text[1].nwords, words[0], text[0].nwords, vocabulary);
		nexpected = slow_passages(text, min_words, gap, expected);
		passages = passages_find(text, min_words, gap, &env, &n);
		total += n;
		as_defined &= n == nexpected && same_passages(passages, expected, n);
		promised &= promises_hold(text, passages, n, min_words, gap);
		for (int side = 0; side < 2; side++)
			covered &= passages_covered(passages, n, side, text[side].nwords, &env) ==
				slow_covered(expected, nexpected, side, text[side].nwords);
		if (passages != NULL)
			test_free(NULL, passages);
	}
	ok(as_defined && total > 0, "%u different words, gap %u: %lu passages as defined",
	   vocabulary, gap, (unsigned long) total);
	ok(promised, "%u different words, gap %u: promises hold", vocabulary, gap);
	ok(covered, "%u different words, gap %u: words covered", vocabulary, gap);
}

/* One word, or a few in turn, a hundred thousand times. */
static void
test_repetition(uint32_t na, uint32_t nb, uint32_t period, uint32_t gap, uint32_t most)
{
	uint64_t   *a = test_alloc(NULL, na * sizeof(uint64_t));
	uint64_t   *b = test_alloc(NULL, nb * sizeof(uint64_t));
	PassageText text[2] = {{a, na}, {b, nb}};
	Passage    *passages;
	uint32_t	n;

	for (uint32_t i = 0; i < na; i++)
		a[i] = i % period;
	for (uint32_t i = 0; i < nb; i++)
		b[i] = i % period;
	checks = 0;
	passages = passages_find(text, 8, gap, &env, &n);
	ok(n > 0 && n <= most && passages[0].shared == (na < nb ? na : nb),
	   "%u and %u words, of %u in turn, gap %u: %u passages", na, nb, period, gap, n);
	ok(checks > (na + nb) / 16384, "checked for interrupts %lu times", (unsigned long) checks);
	test_free(NULL, passages);
	test_free(NULL, a);
	test_free(NULL, b);
}

/*
 * One word n times, and then another: that one takes a step for each of the
 * runs that end before it.
 */
static void
test_long_step(uint32_t n)
{
	Automaton	automaton;
	AutomatonMatch match = {AUTOMATON_ROOT, 0};
	uint64_t	adding;

	automaton_init(&automaton, &env);
	for (uint32_t i = 1; i <= n; i++)
		automaton_add(&automaton, 1, i);
	checks = 0;
	automaton_add(&automaton, 2, n + 1);
	adding = checks;
	for (uint32_t i = 0; i < n; i++)
		automaton_step(&automaton, &match, 1);
	checks = 0;
	automaton_step(&automaton, &match, 3);
	ok(adding >= n / 16384 && checks >= n / 16384 && match.state == AUTOMATON_ROOT,
	   "checked for interrupts %lu times while a word is added, and %lu while one is read",
	   (unsigned long) adding, (unsigned long) checks);
	automaton_free(&automaton);
}

/*
 * Words whose hashes have equal low bits, as anybody can pick them: no more
 * steps of work than for others.
 */
static void
test_crafted(uint32_t n)
{
	uint64_t   *words = test_alloc(NULL, n * sizeof(uint64_t));
	PassageText text[2] = {{words, n}, {words, n}};
	Passage    *passages;
	uint32_t	npassages;
	uint64_t	steps[2];

	for (int crafted = 0; crafted < 2; crafted++)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			words[i] = random_word();
			if (crafted)
				words[i] = words[i] << 32 | (words[i] >> 16 & 0xFF0000) | (words[i] & 0xFFFF);
		}
		checks = 0;
		passages = passages_find(text, 1, 0, &env, &npassages);
		steps[crafted] = checks * 16384;
		test_free(NULL, passages);
	}
	ok(npassages == 1 && steps[1] < 2 * steps[0], "%lu steps for %u words chosen, %lu for others",
	   (unsigned long) steps[1], n, (unsigned long) steps[0]);
	test_free(NULL, words);
}

int
main(void)
{
	const uint32_t vocabularies[] = {1, 2, 3, 5, 20, 1000};

	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++)
	{
		test_random(vocabularies[i], 0, 300);
		test_random(vocabularies[i], 1, 300);
		test_random(vocabularies[i], 2, 300);
		test_random(vocabularies[i], 7, 100);
	}
	test_repetition(100000, 100000, 1, 0, 1);
	test_repetition(100000, 100000, 1, 3, 1);
	test_repetition(100000, 50000, 1, 0, 50001);
	test_repetition(100000, 99991, 7, 0, 2 * 10);
	test_repetition(100000, 99991, 7, PASSAGES_MAX_GAP, 2 * 10);
	test_long_step(500000);
	test_crafted(30000);
	ok(allocated == 0, "all memory is freed");
	return done_testing();
}
