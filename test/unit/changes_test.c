/*-------------------------------------------------------------------------
 *
 * changes_test.c
 *	  Alignments, changes and joined passages against what they must be, and
 *	  what words are as written.
 *
 *-------------------------------------------------------------------------
 */
#include "env.h"
#include "tap.h"

#include "passages/changes.h"
#include "passages/joined.h"
#include "passages/written.h"

#define MAX_WORDS 3000

static uint64_t words[2][MAX_WORDS];

/* The length of the longest common subsequence. */
static uint32_t
longest_common(const PassageText text[2])
{
	uint32_t	row[64] = {0};

	for (uint32_t i = 0; i < text[0].nwords; i++)
	{
		uint32_t	diagonal = 0;

		for (uint32_t j = 0; j < text[1].nwords; j++)
		{
			uint32_t	above = row[j + 1];

			if (text[0].words[i] == text[1].words[j])
				row[j + 1] = diagonal + 1;
			else if (row[j + 1] < row[j])
				row[j + 1] = row[j];
			diagonal = above;
		}
	}
	return row[text[1].nwords];
}

/* Do runs have the same words, in order, with a gap between any two? */
static bool
runs_hold(const PassageText text[2], const AlignedRun *runs, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		if (runs[i].length == 0 || runs[i].begin[0] + runs[i].length > text[0].nwords ||
			runs[i].begin[1] + runs[i].length > text[1].nwords ||
			memcmp(text[0].words + runs[i].begin[0], text[1].words + runs[i].begin[1],
				   runs[i].length * sizeof(uint64_t)) != 0)
			return false;
		if (i > 0)
		{
			uint32_t	end[2] = {
				runs[i - 1].begin[0] + runs[i - 1].length, runs[i - 1].begin[1] + runs[i - 1].length
			};

			if (runs[i].begin[0] < end[0] || runs[i].begin[1] < end[1] ||
				(runs[i].begin[0] == end[0] && runs[i].begin[1] == end[1]))
				return false;
		}
	}
	return true;
}

/*
 * Do changes have every word of each text once, those of the new one in their
 * order, and the same words where they say so?
 */
static bool
changes_hold(const PassageText text[2], const Change *changes, uint32_t n)
{
	static uint8_t seen[2][200001];
	uint32_t	reached = 0;
	uint32_t	kept = 0;

	for (int side = 0; side < 2; side++)
		memset(seen[side], 0, text[side].nwords);
	for (uint32_t i = 0; i < n; i++)
	{
		const Change *c = &changes[i];
		bool		same = c->kind == CHANGE_KEPT || c->kind == CHANGE_MOVED;

		if ((c->length[0] > 0) != (c->kind != CHANGE_ADDED) ||
			(c->length[1] > 0) != (c->kind != CHANGE_REMOVED))
			return false;
		if (same && (c->length[0] != c->length[1] ||
					 memcmp(text[0].words + c->begin[0], text[1].words + c->begin[1],
							c->length[0] * sizeof(uint64_t)) != 0))
			return false;
		if (c->kind == CHANGE_KEPT)
		{
			if (c->begin[0] < kept)
				return false;
			kept = c->begin[0] + c->length[0];
		}
		if (c->length[1] > 0 && c->begin[1] != reached)
			return false;
		reached += c->length[1];
		for (int side = 0; side < 2; side++)
		{
			for (uint32_t k = 0; k < c->length[side]; k++)
			{
				if (c->begin[side] + k >= text[side].nwords || seen[side][c->begin[side] + k]++)
					return false;
			}
		}
	}
	for (int side = 0; side < 2; side++)
	{
		for (uint32_t i = 0; i < text[side].nwords; i++)
		{
			if (!seen[side][i])
				return false;
		}
	}
	return true;
}

static void
random_text(uint64_t *to, uint32_t n, uint32_t vocabulary)
{
	for (uint32_t i = 0; i < n; i++)
		to[i] = 1 + random_below(vocabulary);
}

/* Edit the second text, a copy of the first: returns its length. */
static uint32_t
edit(uint32_t n, uint32_t vocabulary, int edits)
{
	for (; edits > 0 && n > 0; edits--)
	{
		uint32_t	at = random_below(n);
		uint32_t	length = 1 + random_below(30);
		uint64_t	part[30];

		if (length > n - at)
			length = n - at;
		switch (random_below(4))
		{
			case 0:				/* replace */
				random_text(words[1] + at, length, vocabulary);
				break;
			case 1:				/* remove */
				memmove(words[1] + at, words[1] + at + length, (n - at - length) * sizeof(uint64_t));
				n -= length;
				break;
			case 2:				/* add */
				if (n + length > MAX_WORDS)
					break;
				memmove(words[1] + at + length, words[1] + at, (n - at) * sizeof(uint64_t));
				random_text(words[1] + at, length, vocabulary);
				n += length;
				break;
			default:			/* move to the end */
				memcpy(part, words[1] + at, length * sizeof(uint64_t));
				memmove(words[1] + at, words[1] + at + length, (n - at - length) * sizeof(uint64_t));
				memcpy(words[1] + n - length, part, length * sizeof(uint64_t));
		}
	}
	return n;
}

static void
test_edits(uint32_t vocabulary, uint32_t most, int rounds)
{
	bool		aligned = true;
	bool		tiled = true;
	uint64_t	kinds[5] = {0};

	for (int round = 0; round < rounds; round++)
	{
		PassageText text[2] = {{words[0], random_below(most)}, {words[1], 0}};
		uint32_t	nruns;
		uint32_t	n;
		AlignedRun *runs;
		Change	   *changes;

		random_text(words[0], text[0].nwords, vocabulary);
		memcpy(words[1], words[0], text[0].nwords * sizeof(uint64_t));
		text[1].nwords = edit(text[0].nwords, vocabulary, (int) random_below(20));
		runs = words_align(text, &env, &nruns);
		aligned &= runs_hold(text, runs, nruns);
		changes = changes_find(text, runs, nruns, true, &env, &n);
		tiled &= changes_hold(text, changes, n);
		for (uint32_t i = 0; i < n; i++)
			kinds[changes[i].kind]++;
		test_free(NULL, runs);
		test_free(NULL, changes);
	}
	ok(aligned, "%u different words, %u at most: aligned words are the same, in order", vocabulary, most);
	ok(tiled, "%u different words, %u at most: changes have each word once", vocabulary, most);
	ok(vocabulary < 100 || (kinds[CHANGE_KEPT] && kinds[CHANGE_REMOVED] && kinds[CHANGE_ADDED] &&
							kinds[CHANGE_REPLACED] && kinds[CHANGE_MOVED]),
	   "%u different words, %u at most: all kinds of changes", vocabulary, most);
}

/* Small texts are aligned by Myers alone, whose way is the best. */
static void
test_best(uint32_t vocabulary, int rounds)
{
	bool		best = true;

	for (int round = 0; round < rounds; round++)
	{
		PassageText text[2] = {{words[0], random_below(17)}, {words[1], random_below(17)}};
		uint32_t	nruns;
		uint32_t	n = 0;
		AlignedRun *runs;

		for (int side = 0; side < 2; side++)
			random_text(words[side], text[side].nwords, vocabulary);
		runs = words_align(text, &env, &nruns);
		for (uint32_t i = 0; i < nruns; i++)
			n += runs[i].length;
		best &= runs_hold(text, runs, nruns) && n == longest_common(text);
		test_free(NULL, runs);
	}
	ok(best, "%u different words: as many are aligned as can be", vocabulary);
}

/* Words in the order in which they are said; a letter is a word. */
static void
letters(const char *string, int side, PassageText *text)
{
	text->words = words[side];
	text->nwords = (uint32_t) strlen(string);
	for (uint32_t i = 0; i < text->nwords; i++)
		words[side][i] = (unsigned char) string[i];
}

/* "said" is what is kept as it is, removed [-], added [+], replaced [-/+], moved {}. */
static void
test_said(const char *old, const char *new, const char *said)
{
	PassageText text[2];
	uint32_t	nruns;
	uint32_t	n;
	AlignedRun *runs;
	Change	   *changes;
	char		got[1000] = "";

	letters(old, 0, &text[0]);
	letters(new, 1, &text[1]);
	runs = words_align(text, &env, &nruns);
	changes = changes_find(text, runs, nruns, true, &env, &n);
	for (uint32_t i = 0; i < n; i++)
	{
		static const char *const form[] = {"%.*s%.0s", "[-%.*s]%.0s", "[+%.*s%.*s]", "[%.*s/%.*s]", "{%.*s}%.0s"};
		const Change *c = &changes[i];
		size_t		used = strlen(got);

		if (c->kind == CHANGE_ADDED || c->kind == CHANGE_REPLACED)
			snprintf(got + used, sizeof(got) - used, form[c->kind], (int) c->length[0], old + c->begin[0],
					 (int) c->length[1], new + c->begin[1]);
		else
			snprintf(got + used, sizeof(got) - used, form[c->kind], (int) c->length[0], old + c->begin[0], "");
	}
	ok(strcmp(got, said) == 0, "%s, %s: %s", old, new, got);
	test_free(NULL, runs);
	test_free(NULL, changes);
}

/* Long texts of a kind: the work is near linear. */
static void
test_long(const char *kind, const uint64_t *a, uint32_t na, const uint64_t *b, uint32_t nb)
{
	PassageText text[2] = {{a, na}, {b, nb}};
	uint32_t	nruns;
	uint32_t	n;
	AlignedRun *runs;
	Change	   *changes;

	checks = 0;
	runs = words_align(text, &env, &nruns);
	changes = changes_find(text, runs, nruns, true, &env, &n);
	/* each gap begins some loops, with a check */
	checks -= checks < 16 * (uint64_t) (n + nruns) ? checks : 16 * (uint64_t) (n + nruns);
	ok(changes_hold(text, changes, n) && checks < ((uint64_t) na + nb) * 400 / 16384,
	   "%s: %u and %u words, %u changes, %lu steps a word", kind, na, nb, n,
	   (unsigned long) (checks * 16384 / (na + nb)));
	test_free(NULL, runs);
	test_free(NULL, changes);
}

static void
test_all_long(uint32_t n)
{
	uint64_t   *a = test_alloc(NULL, n * sizeof(uint64_t));
	uint64_t   *b = test_alloc(NULL, n * sizeof(uint64_t));

	/* word i about n / i times, as languages have it */
	for (uint32_t i = 0; i < n; i++)
	{
		a[i] = 1 + n / (1 + random_below(n));
		b[i] = 1 + n / (1 + random_below(n));
	}
	test_long("unrelated", a, n, b, n);
	memcpy(b, a, n * sizeof(uint64_t));
	for (uint32_t i = 0; i < n / 10; i++)
		b[random_below(n)] = 1 + random_below(n);
	test_long("a tenth replaced", a, n, b, n);
	for (uint32_t i = 0; i < n; i++)
		b[i] = a[n - 1 - i];
	test_long("backwards", a, n, b, n);
	for (uint32_t i = 0; i < n; i++)
		a[i] = b[i] = 1;
	test_long("one word", a, n, b, n / 2);
	for (uint32_t i = 0; i < n; i++)
	{
		a[i] = 1 + i % 7;
		b[i] = 1 + i % 11;
	}
	test_long("two periods", a, n, b, n);
	for (uint32_t i = 0; i < n; i++)
		b[i] = 1 + i / 2 % 2 * (1 + i % 7);
	test_long("a word that is everywhere", a, n, b, n);
	test_free(NULL, a);
	test_free(NULL, b);
}

/* Joined passages, slowly: each passage is by itself, and any two near ones are joined. */
static uint32_t
slow_join(Passage *p, uint32_t n, uint32_t within)
{
	for (uint32_t i = 0; i < n; i++)
	{
		for (uint32_t k = i + 1; k < n; k++)
		{
			bool		is_near = true;

			for (int side = 0; side < 2; side++)
				is_near &= p[i].begin[side] <= p[k].begin[side] + p[k].length[side] + within &&
					p[k].begin[side] <= p[i].begin[side] + p[i].length[side] + within;
			if (!is_near)
				continue;
			for (int side = 0; side < 2; side++)
			{
				uint32_t	end_i = p[i].begin[side] + p[i].length[side];
				uint32_t	end_k = p[k].begin[side] + p[k].length[side];

				if (p[k].begin[side] < p[i].begin[side])
					p[i].begin[side] = p[k].begin[side];
				p[i].length[side] = (end_i > end_k ? end_i : end_k) - p[i].begin[side];
			}
			p[k] = p[--n];
			return slow_join(p, n, within);
		}
	}
	return n;
}

static void
test_join(uint32_t within, int rounds)
{
	bool		as_defined = true;
	bool		counted = true;

	for (int round = 0; round < rounds; round++)
	{
		Passage		p[40];
		Passage		slow[40];
		uint32_t	n = random_below(40);
		uint32_t	shared = 0;
		uint32_t	nslow;
		uint32_t	njoined;

		for (uint32_t i = 0; i < n; i++)
		{
			uint32_t	length = 1 + random_below(10);

			p[i] = (Passage) {{random_below(300), random_below(300)}, {length, length}, length, 0, 0};
		}
		memcpy(slow, p, sizeof(p));
		nslow = slow_join(slow, n, within);
		njoined = passages_join(p, n, within, &env);
		as_defined &= njoined == nslow;
		for (uint32_t i = 0; i < njoined; i++)
		{
			bool		found = false;

			for (uint32_t k = 0; k < nslow; k++)
				found |= memcmp(p[i].begin, slow[k].begin, sizeof(slow[k].begin)) == 0 &&
					memcmp(p[i].length, slow[k].length, sizeof(slow[k].length)) == 0;
			as_defined &= found;
			counted &= p[i].shared > 0 && p[i].shared <= p[i].length[0] && p[i].shared <= p[i].length[1] &&
				(i == 0 || p[i].shared <= shared);
			shared = p[i].shared;
		}
	}
	ok(as_defined, "joined within %u words as defined", within);
	ok(counted, "joined within %u words: no more words than there are", within);
}

/*
 * What words are as written: each is shown as it is, followed by # for a number,
 * ^ for a name and ' where it is quoted.
 */
static void
test_written(const char *string, const char *shown)
{
	WordSplitter splitter;
	WrittenReader reader;
	uint64_t	hashes[WORDS_BATCH_MIN];
	WordSpan	spans[2 * WORDS_BATCH_MIN];
	uint8_t		flags[2 * WORDS_BATCH_MIN] = {0};
	size_t		n = 0;
	size_t		batch;
	uint32_t	place = 0;
	char		got[1000] = "";

	words_init(&splitter);
	words_feed(&splitter, string, strlen(string));
	while ((batch = words_next(&splitter, hashes, NULL, spans + n, WORDS_BATCH_MIN)) > 0)
		n += batch;
	n += words_end(&splitter, hashes, NULL, spans + n);
	written_init(&reader, spans, n, flags);
	for (const unsigned char *s = (const unsigned char *) string; *s != '\0'; place++)
	{
		uint32_t	c = *s;
		int			length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

		if (length > 1)
			c &= 0x7F >> length;
		for (int i = 1; i < length; i++)
			c = c << 6 | (s[i] & 0x3F);
		written_read(&reader, c, place);
		s += length;
	}
	for (size_t i = 0; i < n; i++)
		strcat(strcat(strcat(strcat(got, i > 0 ? " w" : "w"), flags[i] & WRITTEN_NUMBER ? "#" : ""),
					  flags[i] & WRITTEN_NAME ? "^" : ""), flags[i] & WRITTEN_QUOTED ? "'" : "");
	ok(strcmp(got, shown) == 0, "as written: %s", got);
}

static void
test_all_written(void)
{
	test_written("The mayor of Orlby resigned. He left", "w w w w^ w w w");
	test_written("On 12 May, 1.5 per cent", "w w# w^ w# w w");
	test_written("he said \"we go\" and left", "w w w' w' w w");
	test_written("he said “we go” and “they do", "w w w' w' w w w");
	test_written("er sagte „wir gehen“ und »sie auch« und «er»", "w w w' w' w w' w' w w'");
	test_written("en ‘don’t go’ they", "w w' w' w");
	test_written("\"one\n\n\"two\" three", "w' w' w");
	test_written("\"one\n\ntwo", "w w");
	test_written("彼「行く」と", "w w' w' w");
	test_written("в Москве Ёлкин, Éva à Élysée", "w w^ w^ w^ w w^");
	test_written("٤٧ قتيلا", "w# w");
}

int
main(void)
{
	const uint32_t vocabularies[] = {1, 2, 5, 30, 1000, 1000000};

	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++)
	{
		test_edits(vocabularies[i], 60, 300);
		test_edits(vocabularies[i], 2000, 60);
		test_best(vocabularies[i], 2000);
	}
	test_said("abcdefgh", "abcdefgh", "abcdefgh");
	test_said("", "abc", "[+abc]");
	test_said("abc", "", "[-abc]");
	test_said("", "", "");
	test_said("abcdefgh", "abcXefgh", "abc[d/X]efgh");
	test_said("abcdefgh", "abcdXYefgh", "abcd[+XY]efgh");
	test_said("abcdefgh", "abgh", "ab[-cdef]gh");
	/* a word between changes that are as long isn't kept */
	test_said("abcdefgh", "abXdYfgh", "ab[cde/XdY]fgh");
	test_said("abcdefghijk", "abXdefgYijk", "ab[c/X]defg[h/Y]ijk");
	test_said("ABCDEFGHIJKLMNOPQRSTabcdefgh", "abcdefghABCDEFGHIJKLMNOPQRST", "{abcdefgh}ABCDEFGHIJKLMNOPQRST");
	test_said("ABCDEFGHIJKLMNOPQRSTabcdefg", "abcdefgABCDEFGHIJKLMNOPQRST", "[+abcdefg]ABCDEFGHIJKLMNOPQRST[-abcdefg]");
	test_all_long(200000);
	test_join(0, 500);
	test_join(5, 500);
	test_join(30, 500);
	test_all_written();
	ok(allocated == 0, "all memory is freed");
	return done_testing();
}
