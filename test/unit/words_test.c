/*-------------------------------------------------------------------------
 *
 * words_test.c
 *	  The fast path of the word splitter, by every kernel that this processor
 *	  can run, against the plain one, and a text read whole against the same
 *	  text read in pieces; shingle counts against definitions that look at all
 *	  pairs, or sort.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/scan.h"
#include "text/shingles.h"
#include "text/words.h"
#include "env.h"
#include "tap.h"

extern void plain_words_init(WordSplitter *splitter);
extern void plain_words_feed(WordSplitter *splitter, const char *utf8, size_t length);
extern size_t plain_words_next(WordSplitter *splitter, uint64_t *hashes, bool *solos,
							   WordSpan *spans, size_t room);
extern size_t plain_words_end(WordSplitter *splitter, uint64_t *hashes, bool *solos,
							  WordSpan *spans);

#define MAX_TEXT 6000
#define MAX_WORDS (18 * 2 * MAX_TEXT + WORDS_BATCH_MIN)

/* What texts are made of: the characters that rules speak of, often. */
static const char *const pieces[] = {
	" ", " ", " ", "a", "b", "T", "word", "Kerry", "reporters", "internationalisation",
	"'", ".", ",", "&", "-", "1", "9", "000", "U.S.", "J.K", "3.5", "958,000", "o'clock",
	"\xe2\x80\x99", "\xe2\x80\x9c", "\xc3\xa9", "\xcc\x81", "\xc2\xad", "\xd0\x96",
	"\xe4\xb8\xad", "\xea\xb0\x81", "\xf0\x9f\x98\x80", "\xef\xac\x81", "\n",
	"\x80", "\xff", "\xe2\x82", "@", "[", "`", "{", "/", ":", "\x01", "\x7f"
};

#define NPIECES (sizeof(pieces) / sizeof(pieces[0]))

/* And numbers: digits, what may group them, and a word now and then. */
static const char *const numbers[] = {
	"1", "0", "23", "456", "456", "456", "456", "7890", ".", ".", ",", ",", "'", "\xe2\x80\x99",
	"\xc2\xa0", "\xc2\xa0", "\xe2\x80\xaf", "\xd9\xa3", "\xd9\xac", "\xc2\xad", " ", "a",
	",456", ",456,456", ".456", "\xc2\xa0" "456", "\xc2\xa0" "456\xc2\xa0" "456", "'456", "a long word "
};

#define NNUMBERS (sizeof(numbers) / sizeof(numbers[0]))

/* A random text of up to MAX_TEXT bytes; mode 0 is ASCII words, usually, 3 is numbers. */
static size_t
random_text(char *text, int mode)
{
	size_t		length = 0;
	size_t		wanted = random_below(random_below(10) == 0 ? MAX_TEXT : 700);
	uint32_t	blanks = random_below(50) == 0 ? 5000 : 6;

	while (length < wanted)
	{
		uint32_t	kind = random_below(mode == 0 ? 40 : 3);

		if (kind == 0 || mode == 3)
		{
			const char *piece = mode == 3 ? numbers[random_below(NNUMBERS)] : pieces[random_below(NPIECES)];
			size_t		n = strlen(piece);

			if (length + n > wanted)
				break;
			/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): text has a length */
			memcpy(text + length, piece, n);
			length += n;
		}
		else if (kind == 1 && mode == 2)
			text[length++] = (char) (1 + random_below(255));
		else
			text[length++] = random_below(blanks) ? 'a' + random_below(26) : ' ';
	}
	return length;
}

typedef struct Words
{
	size_t		n;
	uint64_t	hashes[MAX_WORDS];
	bool		solos[MAX_WORDS];
	WordSpan	spans[MAX_WORDS];
} Words;

static void
plain_words(const char *text, size_t length, bool bytes, Words *words)
{
	WordSplitter splitter;
	size_t		got;

	words->n = 0;
	plain_words_init(&splitter);
	splitter.bytes = bytes;
	plain_words_feed(&splitter, text, length);
	while ((got = plain_words_next(&splitter, words->hashes + words->n, words->solos + words->n,
								   words->spans + words->n, WORDS_BATCH_MIN)) > 0)
		words->n += got;
	words->n += plain_words_end(&splitter, words->hashes + words->n, words->solos + words->n,
								words->spans + words->n);
}

/* Read in pieces of at most "piece" bytes, cut before a character. */
static void
fast_words(const char *text, size_t length, bool spans, bool bytes, size_t piece, size_t room,
		   Words *words)
{
	WordSplitter splitter;
	size_t		got;

	words->n = 0;
	words_init(&splitter);
	splitter.bytes = bytes;
	while (length > 0)
	{
		size_t		cut = length < piece ? length : piece;

		while (cut < length && ((unsigned char) text[cut] & 0xC0) == 0x80)
			cut++;
		words_feed(&splitter, text, cut);
		while ((got = words_next(&splitter, words->hashes + words->n, words->solos + words->n,
								 spans ? words->spans + words->n : NULL, room)) > 0)
			words->n += got;
		text += cut;
		length -= cut;
	}
	words->n += words_end(&splitter, words->hashes + words->n, words->solos + words->n,
						  spans ? words->spans + words->n : NULL);
}

static bool
same_words(const Words *a, const Words *b, bool spans)
{
	if (a->n != b->n || memcmp(a->hashes, b->hashes, a->n * sizeof(uint64_t)) != 0 ||
		memcmp(a->solos, b->solos, a->n * sizeof(bool)) != 0)
		return false;
	for (size_t i = 0; i < a->n && spans; i++)
	{
		if (a->spans[i].begin != b->spans[i].begin || a->spans[i].end != b->spans[i].end)
			return false;
	}
	return true;
}

/* Is each word one of those that its span, cut out, has by itself? */
static bool
spans_hold(const char *text, const Words *words)
{
	static Words cut;

	for (size_t i = 0; i < words->n; i++)
	{
		bool		found = false;

		plain_words(text + words->spans[i].begin,
					words->spans[i].end - words->spans[i].begin, true, &cut);
		for (size_t j = 0; j < cut.n; j++)
			found |= cut.hashes[j] == words->hashes[i];
		if (!found)
			return false;
	}
	return true;
}

/* Texts are allocated to size, so that sanitizers see every byte too far. */
static void
test_words(int mode, const char *name, const char *kernel)
{
	static Words plain;
	static Words fast;
	bool		whole = true;
	bool		pieces_same = true;
	bool		spans_hold_all = true;

	for (int round = 0; round < 10000; round++)
	{
		static char buffer[MAX_TEXT];
		size_t		length = random_text(buffer, mode);
		char	   *text = malloc(length ? length : 1);
		bool		bytes = round % 2;
		bool		spans = round % 3 != 0;

		memcpy(text, buffer, length);
		plain_words(text, length, bytes, &plain);
		fast_words(text, length, spans, bytes, MAX_TEXT,
				   WORDS_BATCH_MIN + random_below(round % 3 ? 100 : 2000), &fast);
		whole &= same_words(&plain, &fast, spans);
		if (bytes && length < 700)
			spans_hold_all &= spans_hold(text, &plain);
		fast_words(text, length, spans, bytes, 1 + random_below(200), WORDS_BATCH_MIN, &fast);
		pieces_same &= same_words(&plain, &fast, spans);
		free(text);
	}
	ok(whole, "%s, %s: fast path equals plain path", kernel, name);
	ok(spans_hold_all, "%s, %s: words stand where their spans say", kernel, name);
	/* bytes that are no characters may be cut in two */
	if (mode != 2)
		ok(pieces_same, "%s, %s: pieces equal the whole", kernel, name);
}

static size_t
put_utf8(char *s, uint32_t cp)
{
	size_t		n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

	for (size_t i = n; i > 0; i--)
	{
		s[i - 1] = (char) (n == 1 ? cp : i > 1 ? 0x80 | (cp & 0x3F) : lead[n] | cp);
		cp >>= 6;
	}
	return n;
}

/*
 * Every code point, surrogates and what is beyond Unicode among them, and
 * every two bytes, between characters that rules speak of.
 */
static void
test_characters(const char *kernel)
{
	static const char *const around[][2] = {
		{"ab", "cd "}, {" ", " "}, {"1", "234 "}, {"U.", ".S "}, {"a", "'t "}, {"'", "'b "}, {"\xc3\xa9", "."}
	};
	static Words plain;
	static Words fast;
	bool		same = true;

	for (uint32_t i = 0; i < 0x120000 + 0x10000; i += 32)
	{
		char		text[7 * 32 * 12];
		size_t		length = 0;

		for (uint32_t j = i; j < i + 32; j++)
		{
			for (size_t k = 0; k < sizeof(around) / sizeof(around[0]); k++)
			{
				length += (size_t) sprintf(text + length, "%s", around[k][0]);
				if (j < 0x120000)
					length += put_utf8(text + length, j);
				else
				{
					text[length++] = (char) (j >> 8);
					text[length++] = (char) j;
				}
				length += (size_t) sprintf(text + length, "%s", around[k][1]);
			}
		}
		plain_words(text, length, false, &plain);
		fast_words(text, length, true, false, sizeof(text), WORDS_BATCH_MIN, &fast);
		same &= same_words(&plain, &fast, true);
	}
	ok(same, "%s: fast path equals plain path for every code point and two bytes", kernel);
}

static void
test_shingles(void)
{
	bool		same = true;

	for (int round = 0; round < 3000; round++)
	{
		uint64_t	words[200];
		uint64_t	hashes[200];
		uint32_t	counts[200];
		size_t		nwords = random_below(200);
		size_t		length = 1 + random_below(SHINGLE_MAX_WORDS);
		size_t		begin = 0;
		size_t		n = 0;
		size_t		span = nwords < length ? 1 : length;
		ShingleCounter counter;

		for (size_t i = 0; i < nwords; i++)
			words[i] = random_below(4);

		for (size_t i = 0; i + span <= nwords; i++)
		{
			uint64_t	hash = 0;
			size_t		found = 0;

			for (size_t j = 0; j < span; j++)
				hash = shingle_extend(hash, words[i + j]);
			while (found < n && hashes[found] != hash)
				found++;
			if (found == n)
			{
				hashes[n] = hash;
				counts[n++] = 0;
			}
			counts[found]++;
		}

		shingles_init(&counter, (int) length, 1, &env);
		while (begin < nwords)
		{
			size_t		some = 1 + random_below((uint32_t) (nwords - begin));

			shingles_add(&counter, words + begin, some);
			begin += some;
		}
		shingles_end(&counter);
		same &= shingles_of_words(words, nwords, (int) length) == (nwords < length ? nwords : nwords - length + 1);
		for (size_t i = 0; i < n && i < 1; i++)
			same &= words[i] == hashes[i];	/* cppcheck-suppress uninitvar; all n are set */
		same &= counter.shingles.n == n &&
			memcmp(counter.shingles.hashes, hashes, n * sizeof(*hashes)) == 0 &&
			/* cppcheck-suppress uninitvar; all n are set */
			memcmp(counter.shingles.counts, counts, n * sizeof(*counts)) == 0;
		shingles_free(&counter);
	}
	ok(same, "shingles counted in pieces equal all pairs");
}

/*
 * Words that someone picked for the highest bits of their hashes: one in 256
 * fits.  Counting them takes no more looks than other words.
 */
static void
test_crafted(void)
{
	const uint32_t n = 50000;
	ShingleCounter counter;
	char		word[] = "aaaaaaaa";
	uint32_t	found = 0;

	shingles_init(&counter, 1, 1024, &env);
	checks = 0;
	while (found < n)
	{
		uint64_t	hash = word_hash(word, 8);

		if (hash >> 56 == 0)
		{
			shingles_add(&counter, &hash, 1);
			found++;
		}
		for (int i = 7; i >= 0 && ++word[i] > 'z'; i--)
			word[i] = 'a';
	}
	ok(counter.shingles.n == n && checks * 16384 < 30 * (uint64_t) n,
	   "%lu looks for %u words that were chosen", (unsigned long) checks * 16384, n);
	shingles_free(&counter);
}

static int
compare_hashes(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* Random hashes, of which many are equal in the bits that tell slots. */
static uint64_t
random_hash(uint32_t distinct, int mode)
{
	uint64_t	hash = (random_below(distinct) + 1) * UINT64_C(0x9E3779B97F4A7C15);

	return mode == 0 ? hash : mode == 1 ? hash >> 40 << 40 : hash & UINT64_C(0x0000FFFF00000000);
}

static void
test_repeats(void)
{
	static uint64_t hashes[SHINGLES_TOGETHER];
	static uint64_t sorted[SHINGLES_TOGETHER];
	bool		same = true;

	for (int round = 0; round < 2000; round++)
	{
		size_t		n = round < 10 ? SHINGLES_TOGETHER - round : random_below(round % 100 ? 300 : 20000);
		uint32_t	distinct = 1 + random_below(round % 3 ? 2 * (uint32_t) n + 10 : 5);
		void	   *memory = malloc(SHINGLES_REPEATS_MEMORY(n));
		size_t		nrepeats;
		const ShingleRepeat *repeats;
		size_t		expected = 0;

		for (size_t i = 0; i < n; i++)
			hashes[i] = sorted[i] = random_hash(distinct, round % 5 < 3 ? 0 : round % 5 - 2);
		qsort(sorted, n, sizeof(uint64_t), compare_hashes);
		repeats = shingles_repeats(hashes, n, memory, &nrepeats, &env);
		for (size_t i = 0, end; i < n; i = end)
		{
			for (end = i; end < n && sorted[end] == sorted[i]; end++)
				;
			if (end > i + 1)
				expected++;
		}
		same &= nrepeats == expected;
		for (size_t k = 0; k < nrepeats && n < 1000; k++)
		{
			uint32_t	count = 0;

			for (size_t i = 0; i < n; i++)
				count += hashes[i] == repeats[k].hash;
			same &= count == repeats[k].count;
			for (size_t l = 0; l < k; l++)
				same &= repeats[l].hash != repeats[k].hash;
		}
		free(memory);
	}
	ok(same, "repeated shingles are those that sorting finds");
}

int
main(void)
{
	const char *kernel;

	for (int i = 0; (kernel = scan_kernel_name(i)) != NULL; i++)
	{
		scan_force(kernel);
		test_words(0, "ASCII", kernel);
		test_words(1, "characters of all kinds", kernel);
		test_words(2, "random bytes", kernel);
		test_words(3, "numbers", kernel);
		test_characters(kernel);
	}
	test_shingles();
	test_crafted();
	test_repeats();
	return done_testing();
}
