/* sources: src/text/words.c src/text/scan.c src/text/scan_avx2.c src/text/scan_avx512.c src/text/shingles.c test/unit/words_plain.c */
/* share: 3 */
/* options: -max_len=600 */
/*-------------------------------------------------------------------------
 *
 * words_fuzz.c
 *	  libFuzzer target: the word splitter and the shingle counter.
 *
 * Any bytes are split into words, whole, cut before every character or cut at
 * random, by each kernel of the fast path and by the plain one: words and
 * their places must be the same.  Their shingles, counted in random batches in
 * a table that grows, must be those that a search through all pairs finds.
 * Each piece is memory of its own, so that reading past its end is caught.
 *
 * The first byte gives the length of a shingle, how the text is cut, whether
 * places are asked for, and whether these are in bytes; the second one begins
 * the random numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include "text/scan.h"
#include "text/shingles.h"
#include "text/words.h"

PLAIN_BEGIN

#include "../unit/env.h"

extern void plain_words_init(WordSplitter *splitter);
extern void plain_words_feed(WordSplitter *splitter, const char *utf8, size_t length);
extern size_t plain_words_next(WordSplitter *splitter, uint64_t *hashes, bool *solos,
							   WordSpan *spans, size_t room);
extern size_t plain_words_end(WordSplitter *splitter, uint64_t *hashes, bool *solos,
							  WordSpan *spans);

#define MAX_TEXT 600
/* A character folds to 18 at most, each of them a word perhaps. */
#define MAX_WORDS (18 * MAX_TEXT + 3 * WORDS_BATCH_MIN)
/* Shingles are compared with all others, which takes the square of these. */
#define MAX_SHINGLES 80

typedef enum Cut
{
	CUT_NEVER, CUT_ALWAYS, CUT_RANDOMLY
} Cut;

typedef struct Words
{
	size_t		n;
	uint64_t	hashes[MAX_WORDS];
	bool		solos[MAX_WORDS];
	WordSpan	spans[MAX_WORDS];
} Words;

/* The length of the next piece: it ends before the first byte of a character. */
static size_t
piece_length(const uint8_t *text, size_t size, Cut cut)
{
	size_t		length = 1;

	if (cut == CUT_NEVER)
		return size;
	while (length < size &&
		   ((text[length] & 0xC0) == 0x80 || (cut == CUT_RANDOMLY && random_below(20) != 0)))
		length++;
	return length;
}

static void
split(const uint8_t *text, size_t size, Cut cut, bool plain, bool places, bool bytes, Words *words)
{
	WordSplitter splitter;
	size_t		got;

	words->n = 0;
	if (plain)
		plain_words_init(&splitter);
	else
		words_init(&splitter);
	splitter.bytes = bytes;

	while (size > 0)
	{
		size_t		length = piece_length(text, size, cut);
		char	   *piece = malloc(length);

		memcpy(piece, text, length);
		if (plain)
			plain_words_feed(&splitter, piece, length);
		else
			words_feed(&splitter, piece, length);
		do
		{
			uint64_t   *hashes = words->hashes + words->n;
			bool	   *solos = words->solos + words->n;
			WordSpan   *spans = places ? words->spans + words->n : NULL;
			size_t		room = WORDS_BATCH_MIN;

			require(words->n + 3 * WORDS_BATCH_MIN <= MAX_WORDS);
			if (cut != CUT_ALWAYS)
				room += random_below(2 * WORDS_BATCH_MIN);
			got = plain ? plain_words_next(&splitter, hashes, solos, spans, room)
				: words_next(&splitter, hashes, solos, spans, room);
			require(got <= room);
			words->n += got;
		} while (got > 0);
		free(piece);
		text += length;
		size -= length;
	}
	words->n += plain
		? plain_words_end(&splitter, words->hashes + words->n, words->solos + words->n,
						  places ? words->spans + words->n : NULL)
		: words_end(&splitter, words->hashes + words->n, words->solos + words->n,
					places ? words->spans + words->n : NULL);
}

static void
compare(const Words *a, const Words *b, bool places)
{
	require(a->n == b->n);
	for (size_t i = 0; i < a->n; i++)
	{
		require(a->hashes[i] == b->hashes[i]);
		require(a->solos[i] == b->solos[i]);
		if (!places)
			continue;
		require(a->spans[i].begin == b->spans[i].begin);
		require(a->spans[i].end == b->spans[i].end);
		require(a->spans[i].begin < a->spans[i].end);
	}
}

/* The shingle of "length" words at words[0]. */
static uint64_t
shingle_of(const uint64_t *words, size_t length)
{
	uint64_t	shingle = 0;

	for (size_t j = 0; j < length; j++)
		shingle = shingle_extend(shingle, words[j]);
	return shingle;
}

/* Are the repeated ones of n shingles those that the counter has? */
static void
check_repeats(const HashCounts *counted, const uint64_t *shingles, size_t n)
{
	void	   *memory = malloc(SHINGLES_REPEATS_MEMORY(n));
	size_t		nrepeats;
	const ShingleRepeat *repeats = shingles_repeats(shingles, n, memory, &nrepeats, &env);
	size_t		nfound = 0;

	for (size_t i = 0; i < counted->n; i++)
	{
		for (size_t k = 0; k < nrepeats && counted->counts[i] > 1; k++)
			nfound += repeats[k].hash == counted->hashes[i] && repeats[k].count == counted->counts[i];
		nfound -= counted->counts[i] > 1;
	}
	require(nfound == 0);
	for (size_t i = 0; i < counted->n; i++)
		nrepeats -= counted->counts[i] > 1;
	require(nrepeats == 0);
	free(memory);
}

static void
check_shingles(uint64_t *words, size_t nwords, size_t length)
{
	uint64_t	shingles[MAX_SHINGLES];
	ShingleCounter counter;
	uint64_t	total = 0;
	size_t		n;

	shingles_init(&counter, length, 1, &env);
	for (size_t added = 0; added < nwords; added += n)
	{
		n = 1 + random_below(2 * SHINGLE_MAX_WORDS - 1);
		if (n > nwords - added)
			n = nwords - added;
		shingles_add(&counter, words + added, n);
	}
	shingles_end(&counter);

	if (nwords < length)
		length = 1;
	n = nwords == 0 ? 0 : nwords - length + 1;
	for (size_t i = 0; i < n; i++)
		shingles[i] = shingle_of(words + i, length);
	for (size_t i = 0; i < counter.shingles.n; i++)
	{
		uint64_t	count = 0;

		for (size_t j = 0; j < n; j++)
			count += shingles[j] == counter.shingles.hashes[i];
		require(count == counter.shingles.counts[i] && count > 0);
		for (size_t j = 0; j < i; j++)
			require(counter.shingles.hashes[j] != counter.shingles.hashes[i]);
		total += count;
	}
	require(total == n);
	require(shingles_of_words(words, nwords, (int) length) == n);
	/* cppcheck-suppress uninitvar; n of them are set */
	require(memcmp(words, shingles, n * sizeof(uint64_t)) == 0);
	check_repeats(&counter.shingles, words, n);
	shingles_free(&counter);
	require(allocated == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Words whole,
				other;
	size_t		length;
	Cut			cut;
	bool		places;
	bool		bytes;

	if (size < 2 || size > MAX_TEXT)
		return 0;
	length = 1 + data[0] % SHINGLE_MAX_WORDS;
	cut = (Cut) (data[0] / 8 % 3);
	places = data[0] / 64 % 2 == 0;
	bytes = data[0] >= 128;
	random_state = data[1];
	data += 2;
	size -= 2;

	split(data, size, CUT_NEVER, true, true, bytes, &whole);
	for (int i = 0; scan_kernel_name(i) != NULL; i++)
	{
		scan_force(scan_kernel_name(i));
		split(data, size, cut, false, places, bytes, &other);
		compare(&whole, &other, places);
	}
	check_shingles(whole.hashes, whole.n < MAX_SHINGLES ? whole.n : MAX_SHINGLES, length);
	return 0;
}

PLAIN_END
