/* sources: src/text/words.c src/text/scan.c src/text/scan_avx2.c src/text/scan_avx512.c src/text/shingles.c src/textsketch/sketch.c src/textsketch/textsketch_value.c */
/* share: 3 */
/* options: -max_len=300 */
/*-------------------------------------------------------------------------
 *
 * sketch_fuzz.c
 *	  libFuzzer target: the sketch builder.
 *
 * The words of any bytes, and of copies of them that are changed a little,
 * are sketched with any parameters and in batches of any size: the sketch
 * must be that of the definition, and a value that the type's input accepts.
 *
 * The first three bytes are the parameters, the fourth one says how often the
 * text is repeated, and begins the random numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include "textsketch/textsketch_value.h"

PLAIN_BEGIN

#include "../unit/sketch_plain.h"

#define MAX_TEXT 300
#define MAX_WORDS 1500

static uint64_t words[MAX_WORDS + WORDS_BATCH_MIN];
static bool solo[MAX_WORDS + WORDS_BATCH_MIN];

static size_t
split(const uint8_t *text, size_t size)
{
	WordSplitter splitter;
	size_t		nwords = 0;
	size_t		got;

	words_init(&splitter);
	words_feed(&splitter, (const char *) text, size);
	while (nwords < MAX_WORDS &&
		   (got = words_next(&splitter, words + nwords, solo + nwords, NULL,
							 MAX_WORDS + WORDS_BATCH_MIN - nwords)) > 0)
		nwords += got;
	if (nwords <= MAX_WORDS)
		nwords += words_end(&splitter, words + nwords, solo + nwords, NULL);
	return nwords < MAX_WORDS ? nwords : MAX_WORDS;
}

/* Repeat the words, with others in some places. */
static size_t
repeat(size_t nwords, int times)
{
	size_t		n = nwords;

	for (; n < MAX_WORDS && n < nwords * times; n++)
	{
		words[n] = words[n - nwords] ^ (random_below(8) == 0 ? random_below(65536) : 0);
		solo[n] = solo[n - nwords];
	}
	return n;
}

static void
check_value(SketchParams params, size_t nwords, const uint32_t *elements, size_t n, uint64_t theta)
{
	size_t		size = TEXTSKETCH_SIZE(n);
	unsigned char *payload = malloc(size);
	size_t		nshingles = 0;
	size_t		end = 0;
	int			units = 0;

	/* shingles: the words at which as many units begin as one has */
	for (size_t i = 0; i < nwords; i++)
	{
		for (; end < nwords && units < 2 * params.shingle; end++)
			units += solo[end] ? 1 : 2;
		nshingles += units >= 2 * params.shingle || i == 0;
		units -= solo[i] ? 1 : 2;
	}
	textsketch_write(payload, params, nwords, nshingles, theta - 1, elements, n);
	require(textsketch_invalid(payload, size) == NULL);
	free(payload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int samplings[] = {1, 2, 12, 12, 12, 3, 100, 65535};
	static const int windows[] = {1, 2, 7, 16, 16, 16, 40, 256};
	static uint32_t plain[2 * MAX_WORDS];
	static uint32_t built[2 * MAX_WORDS];
	Input		input = {data, size};
	SketchParams params;
	int			repeats;
	size_t		nwords;
	size_t		nplain;
	size_t		nbuilt;
	uint64_t	theta;
	uint64_t	built_theta;

	if (size > MAX_TEXT)
		return 0;
	params.shingle = 1 + take(&input) % SKETCH_MAX_SHINGLE;
	if (params.shingle > 8)
		params.shingle = 4;
	params.sampling = take(&input);
	params.sampling = params.sampling < 128 ? samplings[params.sampling % 8] : params.sampling - 127;
	params.window = take(&input);
	params.window = params.window < 128 ? windows[params.window % 8] : params.window - 127;
	repeats = take(&input);
	random_state = repeats;
	/* rarely, as that takes long */
	repeats = repeats % 16 == 0 ? repeats / 16 : repeats % 8 == 0 ? 2 : 1;

	nwords = split(input.next, input.left);
	if (nwords == 0)
		return 0;
	nwords = repeat(nwords, repeats);
	nplain = plain_sketch(words, solo, nwords, params, plain, &theta);
	nbuilt = built_sketch(words, solo, nwords, params, 1 + random_below(SKETCH_BATCH),
						  built, &built_theta);
	require(nplain == nbuilt && theta == built_theta);
	require(memcmp(plain, built, nplain * sizeof(uint32_t)) == 0);
	check_value(params, nwords, built, nbuilt, theta);
	return 0;
}

PLAIN_END
