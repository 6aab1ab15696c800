/*-------------------------------------------------------------------------
 *
 * words_test.c
 *	  The fast path of the word splitter against the plain one, and a text
 *	  read whole against the same text read in pieces; shingle counts against
 *	  a definition that looks at all pairs.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "text/shingles.h"
#include "text/words.h"
#include "tap.h"

extern void plain_words_init(WordSplitter *splitter);
extern void plain_words_feed(WordSplitter *splitter, const char *utf8, size_t length);
extern size_t plain_words_next(WordSplitter *splitter, uint64_t *hashes, WordSpan *spans,
							   size_t room);
extern size_t plain_words_end(WordSplitter *splitter, uint64_t *hashes, WordSpan *spans);

#define MAX_TEXT 700
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

/* A random text of up to MAX_TEXT bytes; mode 0 is ASCII words, usually. */
static size_t
random_text(char *text, int mode)
{
	size_t		length = 0;
	size_t		wanted = random_below(MAX_TEXT);

	while (length < wanted)
	{
		uint32_t	kind = random_below(mode == 0 ? 40 : 3);

		if (kind == 0)
		{
			const char *piece = pieces[random_below(NPIECES)];
			size_t		n = strlen(piece);

			if (length + n > wanted)
				break;
			memcpy(text + length, piece, n);
			length += n;
		}
		else if (kind == 1 && mode == 2)
			text[length++] = (char) (1 + random_below(255));
		else
			text[length++] = random_below(6) ? 'a' + random_below(26) : ' ';
	}
	return length;
}

typedef struct Words
{
	size_t		n;
	uint64_t	hashes[MAX_WORDS];
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
	while ((got = plain_words_next(&splitter, words->hashes + words->n,
								   words->spans + words->n, WORDS_BATCH_MIN)) > 0)
		words->n += got;
	words->n += plain_words_end(&splitter, words->hashes + words->n, words->spans + words->n);
}

/* Read in pieces of at most "piece" bytes, cut before a character. */
static void
fast_words(const char *text, size_t length, bool bytes, size_t piece, size_t room, Words *words)
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
		while ((got = words_next(&splitter, words->hashes + words->n,
								 words->spans + words->n, room)) > 0)
			words->n += got;
		text += cut;
		length -= cut;
	}
	words->n += words_end(&splitter, words->hashes + words->n, words->spans + words->n);
}

static bool
same_words(const Words *a, const Words *b)
{
	if (a->n != b->n || memcmp(a->hashes, b->hashes, a->n * sizeof(uint64_t)) != 0)
		return false;
	for (size_t i = 0; i < a->n; i++)
	{
		if (a->spans[i].begin != b->spans[i].begin || a->spans[i].end != b->spans[i].end ||
			a->spans[i].solo != b->spans[i].solo)
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
test_words(int mode, const char *name)
{
	static Words plain;
	static Words fast;
	bool		whole = true;
	bool		pieces_same = true;
	bool		spans = true;

	for (int round = 0; round < 20000; round++)
	{
		char		buffer[MAX_TEXT];
		size_t		length = random_text(buffer, mode);
		char	   *text = malloc(length + 1);
		bool		bytes = round % 2;

		text = realloc(text, length ? length : 1);
		memcpy(text, buffer, length);
		plain_words(text, length, bytes, &plain);
		fast_words(text, length, bytes, MAX_TEXT, WORDS_BATCH_MIN + random_below(100), &fast);
		whole &= same_words(&plain, &fast);
		if (bytes)
			spans &= spans_hold(text, &plain);
		fast_words(text, length, bytes, 1 + random_below(200), WORDS_BATCH_MIN, &fast);
		pieces_same &= same_words(&plain, &fast);
		free(text);
	}
	ok(whole, "%s: fast path equals plain path", name);
	ok(spans, "%s: words stand where their spans say", name);
	/* bytes that are no characters may be cut in two */
	if (mode != 2)
		ok(pieces_same, "%s: pieces equal the whole", name);
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
		void	   *memory = malloc(SHINGLES_MEMORY(64));

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

		shingles_init(&counter, (int) length, 64, memory);
		while (begin < nwords)
		{
			size_t		some = 1 + random_below((uint32_t) (nwords - begin));
			size_t		nslots = counter.nslots * 2;

			if (some > shingles_room(&counter))
				some = shingles_room(&counter);
			if (some == 0)
			{
				void	   *larger = malloc(SHINGLES_MEMORY(nslots));
				ShingleCounter old = counter;
				size_t		half = old.n / 2;

				shingles_move(&counter, nslots, larger);
				shingles_restore(&counter, old.hashes, old.counts, half);
				shingles_restore(&counter, old.hashes + half, old.counts + half, old.n - half);
				free(memory);
				memory = larger;
			}
			shingles_add(&counter, words + begin, some);
			begin += some;
		}
		shingles_end(&counter);
		same &= counter.n == n &&
			memcmp(counter.hashes, hashes, n * sizeof(*hashes)) == 0 &&
			memcmp(counter.counts, counts, n * sizeof(*counts)) == 0;
		free(memory);
	}
	ok(same, "shingles counted in pieces equal all pairs");
}

int
main(void)
{
	test_words(0, "ASCII");
	test_words(1, "characters of all kinds");
	test_words(2, "random bytes");
	test_shingles();
	return done_testing();
}
