/*-------------------------------------------------------------------------
 *
 * passages_test.c
 *	  Shared passages against the definition, which looks at every run.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "env.h"
#include "tap.h"
#include "text/passages.h"

#define MAX_WORDS	80
#define MAX_FOUND	(MAX_WORDS * MAX_WORDS)


/*
 * The definition, slowly.
 */

/* The first place in "text" of words[0 .. length - 1], or -1. */
static int
first_place(const PassageText *text, const uint64_t *words, uint32_t length)
{
	for (uint32_t i = 0; i + length <= text->nwords; i++)
	{
		if (memcmp(text->words + i, words, length * sizeof(uint64_t)) == 0)
			return (int) i;
	}
	return -1;
}

/* All runs of text "side" that the other has, and not with a word more. */
static uint32_t
slow_runs(const PassageText text[2], int side, uint32_t least, Passage *found)
{
	const PassageText *own = &text[side];
	uint32_t	n = 0;

	for (uint32_t i = 0; i < own->nwords; i++)
	{
		for (uint32_t length = least; i + length <= own->nwords; length++)
		{
			int			place = first_place(&text[!side], own->words + i, length);

			if (place < 0)
				break;
			if (i > 0 && first_place(&text[!side], own->words + i - 1, length + 1) >= 0)
				continue;
			if (i + length < own->nwords &&
				first_place(&text[!side], own->words + i, length + 1) >= 0)
				continue;
			found[n].begin[side] = i;
			found[n].begin[!side] = (uint32_t) place;
			found[n].length[0] = found[n].length[1] = found[n].shared = length;
			found[n].side = (uint32_t) side;
			n++;
		}
	}
	return n;
}

static bool by_both_lengths;

static int
compare(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;
	uint32_t	size_p = by_both_lengths ? p->length[0] + p->length[1] : p->shared;
	uint32_t	size_q = by_both_lengths ? q->length[0] + q->length[1] : q->shared;

	if (size_p != size_q)
		return size_p > size_q ? -1 : 1;
	for (int side = 0; side < 2; side++)
	{
		if (p->begin[side] != q->begin[side])
			return p->begin[side] < q->begin[side] ? -1 : 1;
	}
	return p->side < q->side ? -1 : p->side > q->side;
}

/* Is p inside of q in one text? */
static bool
inside(const Passage *p, const Passage *q, int side)
{
	return p->begin[side] >= q->begin[side] &&
		p->begin[side] + p->length[side] <= q->begin[side] + q->length[side];
}

static bool
inside_of_one(const Passage *p, const Passage *kept, uint32_t nkept, int side)
{
	for (uint32_t i = 0; i < nkept; i++)
	{
		if (inside(p, &kept[i], side))
			return true;
	}
	return false;
}

/* The word at a distance from a place, in a direction; 0 outside. */
static uint64_t
word_at(const PassageText *text, int64_t place, int64_t distance, int direction)
{
	int64_t		i = direction > 0 ? place + distance : place - 1 - distance;

	return i >= 0 && i < text->nwords ? text->words[i] : 0;
}

/* Lengthen in one direction, 1 or -1. */
static void
slow_lengthen(const PassageText text[2], Passage *p, uint32_t gap, int direction)
{
	bool		crossed;

	do
	{
		int64_t		i = p->begin[0] + (direction > 0 ? p->length[0] : 0);
		int64_t		j = p->begin[1] + (direction > 0 ? p->length[1] : 0);

		crossed = false;
		for (uint32_t both = 1; both <= 2 * gap && !crossed; both++)
		{
			for (uint32_t x = 0; x <= both && !crossed; x++)
			{
				uint32_t	y = both - x;
				uint32_t	run = 0;

				if (x > gap || y > gap)
					continue;
				while (word_at(&text[0], i, x + run, direction) != 0 &&
					   word_at(&text[0], i, x + run, direction) ==
					   word_at(&text[1], j, y + run, direction))
					run++;
				if (run <= x || run <= y)
					continue;
				crossed = true;
				p->length[0] += x + run;
				p->length[1] += y + run;
				p->shared += run;
				if (direction < 0)
				{
					p->begin[0] -= x + run;
					p->begin[1] -= y + run;
				}
			}
		}
	} while (crossed);
}

static uint32_t
slow_passages(const PassageText text[2], uint32_t min_words, uint32_t gap, Passage *found)
{
	uint32_t	least = gap > 0 ? (min_words + 1) / 2 : min_words;
	uint32_t	n = slow_runs(text, 0, least, found);
	uint32_t	kept = 0;

	n += slow_runs(text, 1, least, found + n);
	by_both_lengths = false;
	qsort(found, n, sizeof(Passage), compare);
	for (uint32_t i = 0; i < n; i++)
	{
		Passage		p = found[i];

		if (inside_of_one(&p, found, kept, (int) p.side))
			continue;
		if (gap > 0)
		{
			slow_lengthen(text, &p, gap, 1);
			slow_lengthen(text, &p, gap, -1);
		}
		if (p.shared >= min_words)
			found[kept++] = p;
	}
	if (gap > 0)
	{
		n = kept;
		kept = 0;
		by_both_lengths = true;
		qsort(found, n, sizeof(Passage), compare);
		for (uint32_t i = 0; i < n; i++)
		{
			Passage		p = found[i];

			if (!inside_of_one(&p, found, kept, 0) || !inside_of_one(&p, found, kept, 1))
				found[kept++] = p;
		}
		by_both_lengths = false;
		qsort(found, kept, sizeof(Passage), compare);
	}
	return kept;
}


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

static bool
same_passages(const Passage *p, const Passage *q, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		for (int side = 0; side < 2; side++)
		{
			if (p[i].begin[side] != q[i].begin[side] || p[i].length[side] != q[i].length[side])
				return false;
		}
		if (p[i].shared != q[i].shared)
			return false;
	}
	return true;
}

/* What the documentation promises, whatever the definition. */
static bool
promises_hold(const PassageText text[2], const Passage *p, uint32_t n,
			  uint32_t min_words, uint32_t gap)
{
	if (n > text[0].nwords + text[1].nwords)
		return false;
	for (uint32_t i = 0; i < n; i++)
	{
		if (p[i].shared < min_words || (i > 0 && p[i].shared > p[i - 1].shared))
			return false;
		if (gap == 0 && (p[i].length[0] != p[i].length[1] ||
						 memcmp(text[0].words + p[i].begin[0], text[1].words + p[i].begin[1],
								p[i].length[0] * sizeof(uint64_t)) != 0))
			return false;
		for (uint32_t k = 0; k < n; k++)
		{
			if (k != i && inside(&p[i], &p[k], 0) && inside(&p[i], &p[k], 1))
				return false;
		}
	}
	/* every word of a shared run is in a passage */
	for (int side = 0; side < 2; side++)
	{
		for (uint32_t i = 0; i + min_words <= text[side].nwords; i++)
		{
			Passage		run = {{i, i}, {min_words, min_words}, min_words, 0};

			if (first_place(&text[!side], text[side].words + i, min_words) >= 0 &&
				!inside_of_one(&run, p, n, side))
				return false;
		}
	}
	return true;
}

static uint32_t
slow_covered(const Passage *p, uint32_t n, int side, uint32_t nwords)
{
	uint32_t	covered = 0;

	for (uint32_t i = 0; i < nwords; i++)
	{
		Passage		word = {{i, i}, {1, 1}, 1, 0};

		covered += inside_of_one(&word, p, n, side);
	}
	return covered;
}

static void
test_random(uint32_t vocabulary, uint32_t gap, int rounds)
{
	static uint64_t words[2][MAX_WORDS];
	static Passage expected[2 * MAX_FOUND];
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
	ok(allocated == 0, "all memory is freed");
	return done_testing();
}
