/*-------------------------------------------------------------------------
 *
 * stages.c
 *	  What each step from a text to its fingerprint, and the sketch of a text,
 *	  cost, without a server.
 *
 * usage: bench/throughput/stages FILE [BITS [STEP]]
 *
 * The file is taken as articles, one a line (or cut every 8000 bytes where
 * lines are longer).  Each step is timed with those before it, over the whole
 * file, as the least processor time of five rounds; printed in MB/s of text
 * and nanoseconds a word.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../env.h"
#include "simhash/featuresum.h"
#include "hamming/hamming.h"
#include "text/shingles.h"
#include "textsketch/sketch.h"
#include "text/words.h"

#define ROUNDS 5
#define BATCH 1024
#define MAX_ARTICLE 8000
#define ROOM (2 * MAX_ARTICLE + WORDS_BATCH_MIN)

static int	nwords_fp = 4;
static const char *only;		/* the one step to measure, or NULL */
static uint64_t sink;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Words of an article; returns how many. */
static size_t
step_words(const char *text, size_t length)
{
	WordSplitter splitter;
	uint64_t	words[BATCH];
	size_t		n,
				total = 0;

	words_init(&splitter);
	words_feed(&splitter, text, length);
	while ((n = words_next(&splitter, words, NULL, NULL, BATCH)) > 0)
		total += n, sink += words[0];
	return total + words_end(&splitter, words, NULL, NULL);
}

/* Shingles, and which of them repeat. */
static size_t
find_repeats(const char *text, size_t length, uint64_t *words, const ShingleRepeat **repeats,
			 size_t *nrepeats)
{
	static uint64_t memory[SHINGLES_REPEATS_MEMORY(ROOM) / sizeof(uint64_t)];
	WordSplitter splitter;
	size_t		n,
				nwords = 0;

	words_init(&splitter);
	words_feed(&splitter, text, length);
	while ((n = words_next(&splitter, words + nwords, NULL, NULL, ROOM - nwords)) > 0)
		nwords += n;
	nwords += words_end(&splitter, words + nwords, NULL, NULL);
	n = shingles_of_words(words, nwords, 2);
	*repeats = shingles_repeats(words, n, memory, nrepeats, &env);
	return n;
}

static size_t
step_shingles(const char *text, size_t length)
{
	static uint64_t words[ROOM];
	const ShingleRepeat *repeats;
	size_t		nrepeats;
	size_t		n = find_repeats(text, length, words, &repeats, &nrepeats);

	sink += nrepeats;
	return n;
}

static size_t
step_fingerprint(const char *text, size_t length)
{
	static uint64_t words[ROOM];
	const ShingleRepeat *repeats;
	size_t		nrepeats;
	size_t		n = find_repeats(text, length, words, &repeats, &nrepeats);
	FeatureSum	sum;
	uint64_t	fp[FEATURE_MAX_WORDS];

	featuresum_init(&sum, nwords_fp);
	featuresum_add_text(&sum, nwords_fp, words, n, repeats, nrepeats);
	featuresum_fingerprint(&sum, nwords_fp, fp);
	sink += fp[0];
	return n;
}

/* The same words with their places, as the sketch needs them. */
static size_t
step_spans(const char *text, size_t length)
{
	WordSplitter splitter;
	uint64_t	words[BATCH];
	WordSpan	spans[BATCH];
	size_t		n,
				total = 0;

	words_init(&splitter);
	words_feed(&splitter, text, length);
	while ((n = words_next(&splitter, words, NULL, spans, BATCH)) > 0)
		total += n, sink += words[0] + spans[0].end;
	return total + words_end(&splitter, words, NULL, spans);
}

static size_t
step_sketch(const char *text, size_t length)
{
	static SketchBuilder builder;
	WordSplitter splitter;
	size_t		n;

	sketch_init(&builder, (SketchParams) {4, 12, 16}, length / 24, &env);
	words_init(&splitter);
	words_feed(&splitter, text, length);
	while ((n = words_next(&splitter, sketch_words(&builder), sketch_solos(&builder), NULL, SKETCH_BATCH)) > 0)
		sketch_add(&builder, n);
	sketch_add(&builder, words_end(&splitter, sketch_words(&builder), sketch_solos(&builder), NULL));
	sink += sketch_end(&builder);
	env.free(env.arg, builder.elements);
	return builder.nwords;
}

static void
measure(const char *name, size_t (*step) (const char *, size_t),
		const char *text, size_t length)
{
	double		best = 1e9;
	size_t		words = 0;

	if (only != NULL && strcmp(only, name) != 0)
		return;

	for (int round = 0; round < ROUNDS; round++)
	{
		double		start = now();

		words = 0;
		for (const char *s = text, *end = text + length; s < end;)
		{
			size_t		n = end - s < MAX_ARTICLE ? end - s : MAX_ARTICLE;
			const char *newline = memchr(s, '\n', n);

			if (newline != NULL)
				n = newline + 1 - s;
			words += step(s, n);
			s += n;
		}
		if (now() - start < best)
			best = now() - start;
	}
	printf("%-14s %8.1f MB/s %7.2f ns/word\n", name, length / 1e6 / best, best * 1e9 / words);
}

int
main(int argc, char **argv)
{
	FILE	   *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	char	   *text;
	long		length;

	if (file == NULL)
	{
		fprintf(stderr, "usage: stages FILE [BITS [STEP]]\n");
		return 2;
	}
	if (argc > 2)
		nwords_fp = atoi(argv[2]) / 64;
	fseek(file, 0, SEEK_END);
	length = ftell(file);
	rewind(file);
	text = malloc(length);
	if (text == NULL || fread(text, 1, length, file) != (size_t) length)
		return 1;
	if (argc > 3)
		only = argv[3];
	hamming_init();
	scan_init();
	if (getenv("KERNEL") != NULL && !(scan_force(getenv("KERNEL")) && hamming_force(getenv("KERNEL"))))
		return 2;
	measure("words", step_words, text, length);
	measure("shingles", step_shingles, text, length);
	measure("fingerprint", step_fingerprint, text, length);
	measure("words, places", step_spans, text, length);
	measure("sketch", step_sketch, text, length);
	return sink == 1;
}
