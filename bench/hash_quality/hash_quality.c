/*-------------------------------------------------------------------------
 *
 * hash_quality.c
 *	  Are the bits of a feature unbiased and independent?  Without a server.
 *
 * usage: hash_quality [FILE...]
 *
 * A line of a file is a text; without files, texts are generated.  All
 * figures are in units of sigma of an ideal hash, of which the mean square is
 * 1; "worst" is the largest, beside what is usual for as many figures.
 *
 *	  bias	ones of each of the 1024 bits, over a set of distinct features
 *	  pairs	agreement of each two bits
 *	  parity	ones of each bit of the exclusive or of some features: are the
 *			bits of different features independent?
 *	  distance	of two fingerprints, against the angle of the exact vectors
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simhash/featuresum.h"
#include "../env.h"
#include "hamming/hamming.h"
#include "text/shingles.h"
#include "text/words.h"

#define NWORDS FEATURE_MAX_WORDS
#define NBITS (NWORDS * 64)
#define MAX_FEATURES (1 << 20)
#define MAX_VOCABULARY (1 << 17)
#define MAX_TEXT_WORDS 65536
#define TEXT_ROOM (2 * MAX_TEXT_WORDS)
#define BLOCK 8192				/* features a block of the bit matrix, which fits a cache */

/* A set of distinct 64-bit values, in the order in which they came. */
typedef struct Set
{
	size_t		n;
	size_t		max;
	uint64_t   *values;
	uint32_t   *slots;			/* 4 max of them: index + 1, or 0 */
} Set;

static void *
allocate(size_t size)
{
	void	   *memory = calloc(1, size);

	if (memory == NULL)
	{
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static void
set_init(Set *set, size_t max)
{
	set->n = 0;
	set->max = max;
	set->values = allocate(max * sizeof(uint64_t));
	set->slots = allocate(4 * max * sizeof(uint32_t));
}

/* Add a value unless it is there; what comes to a full set is left out. */
static void
set_add(Set *set, uint64_t value)
{
	/* by another multiplier than the hashes under test */
	size_t		slot = (value * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (4 * set->max - 1);

	while (set->slots[slot] != 0)
	{
		if (set->values[set->slots[slot] - 1] == value)
			return;
		slot = (slot + 1) & (4 * set->max - 1);
	}
	if (set->n == set->max)
		return;
	set->values[set->n] = value;
	set->slots[slot] = ++set->n;
}

static uint64_t random_state = 1;

static uint64_t
random64(void)
{
	uint64_t	z = (random_state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* Sums of figures in sigma. */
typedef struct Figures
{
	size_t		n;
	double		squares;
	double		sum;
	double		worst;
} Figures;

static void
figure(Figures *figures, double sigma)
{
	figures->n++;
	figures->sum += sigma;
	figures->squares += sigma * sigma;
	if (fabs(sigma) > figures->worst)
		figures->worst = fabs(sigma);
}

static void
print_figures(const char *set, const char *name, size_t of, const Figures *figures)
{
	printf("%-34s %-8s %9zu %8zu  %9.4f +- %.4f  %8.2f (%.1f)\n", set, name, of, figures->n,
		   figures->squares / figures->n, sqrt(2.0 / figures->n), figures->worst,
		   sqrt(2 * log(2.0 * figures->n)) - log(log(2.0 * figures->n) * 4 * M_PI) /
		   (2 * sqrt(2 * log(2.0 * figures->n))));
}

/* How often a bit, or the exclusive or of two, is 1, against chance. */
static double
sigma_of(uint64_t ones, uint64_t n)
{
	return (2.0 * ones - n) / sqrt(n);
}

/*
 * Turn up to BLOCK features into rows of bits: bit i of row b is bit b of
 * feature i.
 */
static void
bit_rows(const uint64_t *features, size_t n, uint64_t (*rows)[BLOCK / 64])
{
	uint64_t	words[NWORDS];

	memset(rows, 0, NBITS * sizeof(rows[0]));
	for (size_t i = 0; i < n; i++)
	{
		feature_words(features + i, 1, NWORDS, words);
		for (int b = 0; b < NBITS; b++)
			rows[b][i / 64] |= (words[b / 64] >> (63 - b % 64) & 1) << i % 64;
	}
}

/* Bias of each bit, and agreement of each two, over a set of features. */
static void
check_bits(const char *name, const uint64_t *features, size_t n)
{
	static uint64_t rows[NBITS][BLOCK / 64];
	static uint32_t differ[NBITS][NBITS];
	static uint32_t ones[NBITS];
	Figures		bias = {0};
	Figures		pairs = {0};

	memset(differ, 0, sizeof(differ));
	memset(ones, 0, sizeof(ones));
	for (size_t begin = 0; begin < n; begin += BLOCK)
	{
		bit_rows(features + begin, n - begin < BLOCK ? n - begin : BLOCK, rows);
		for (int a = 0; a < NBITS; a++)
		{
			for (int w = 0; w < BLOCK / 64; w++)
				ones[a] += __builtin_popcountll(rows[a][w]);
			for (int b = 0; b < a; b++)
				differ[a][b] += hamming_distance((unsigned char *) rows[a],
												 (unsigned char *) rows[b], BLOCK / 64);
		}
	}
	for (int a = 0; a < NBITS; a++)
	{
		figure(&bias, sigma_of(ones[a], n));
		for (int b = 0; b < a; b++)
			figure(&pairs, sigma_of(differ[a][b], n));
	}
	print_figures(name, "bias", n, &bias);
	print_figures(name, "pairs", n, &pairs);
}

/*
 * Parity over random words: of "kind" 2 of the shingles (a, b) and (a, c), of
 * -2 of (b, a) and (c, a), of 4 of a rectangle, (a, c) (a, d) (b, c) (b, d); of 1
 * the first two occurrences of a bigram.
 */
static void
check_parity(const char *name, const Set *vocabulary, int kind, size_t n)
{
	uint32_t	ones[NBITS] = {0};
	Figures		figures = {0};

	for (size_t i = 0; i < n; i++)
	{
		uint64_t	w[4];
		uint64_t	features[4];
		uint64_t	words[4 * NWORDS];
		int			nfeatures = kind == 4 ? 4 : 2;

		for (int k = 0; k < 4; k++)
			w[k] = vocabulary->values[random64() % vocabulary->n];
		if (w[0] == w[1] || w[2] == w[3] || w[1] == w[2])
		{
			i--;
			continue;
		}
		for (int k = 0; k < nfeatures; k++)
		{
			uint64_t	first = kind == 2 ? w[0] : kind == -2 ? w[1 + k] : w[k / 2];
			uint64_t	second = kind == 2 ? w[1 + k] : kind == -2 ? w[0] : w[2 + k % 2];

			features[k] = shingle_extend(shingle_extend(0, first), second);
		}
		if (kind == 1)
			features[1] = shingle_extend(features[0], 0);
		feature_words(features, nfeatures, NWORDS, words);
		for (int j = 0; j < NWORDS; j++)
		{
			uint64_t	parity = words[j] ^ words[NWORDS + j];

			if (nfeatures == 4)
				parity ^= words[2 * NWORDS + j] ^ words[3 * NWORDS + j];
			for (int b = 0; b < 64; b++)
				ones[64 * j + b] += parity >> (63 - b) & 1;
		}
	}
	for (int b = 0; b < NBITS; b++)
		figure(&figures, sigma_of(ones[b], n));
	print_figures(name, "parity", n, &figures);
}

/* A text as the vector of its shingles, and its fingerprint. */
typedef struct Text
{
	ShingleCounter counter;
	unsigned char fingerprint[NBITS / 8];
} Text;

static void
text_make(Text *text, const uint64_t *words, size_t nwords)
{
	FeatureSum	sum;
	uint64_t	bits[NWORDS];

	hashcounts_clear(&text->counter.shingles);
	text->counter.ncarried = 0;
	shingles_add(&text->counter, words, nwords);
	shingles_end(&text->counter);
	featuresum_init(&sum, NWORDS);
	featuresum_add_counted(&sum, NWORDS, text->counter.shingles.hashes,
						   text->counter.shingles.counts, text->counter.shingles.n);
	featuresum_fingerprint(&sum, NWORDS, bits);
	memcpy(text->fingerprint, bits, sizeof(bits));
}

/* How many features a shingle is that occurs so often. */
static double
occurrences(uint32_t count)
{
	return count < FEATURE_MAX_OCCURRENCES ? count : FEATURE_MAX_OCCURRENCES;
}

/* The distance of two texts' fingerprints against what their angle says. */
static void
compare_texts(Text *a, Text *b, Figures *figures)
{
	HashCounts *x = &a->counter.shingles;
	HashCounts *y = &b->counter.shingles;
	double		product = 0;
	double		square_a = 0;
	double		square_b = 0;
	double		p;
	int			distance;

	for (size_t i = 0; i < x->n; i++)
		square_a += occurrences(x->counts[i]);
	for (size_t i = 0; i < y->n; i++)
		square_b += occurrences(y->counts[i]);
	for (size_t i = 0; i < x->n; i++)
	{
		uint32_t	other = hashcounts_find(y, x->hashes[i]);

		if (other != HASHCOUNTS_NONE)
			product += fmin(occurrences(x->counts[i]), occurrences(y->counts[other]));
	}
	p = acos(product / sqrt(square_a * square_b)) / M_PI;
	distance = hamming_distance(a->fingerprint, b->fingerprint, NWORDS);
	if (p > 0.01)
		figure(figures, (distance - NBITS * p) / sqrt(NBITS * p * (1 - p)));
}

/* Words of a line; at most MAX_TEXT_WORDS. */
static size_t
split_line(const char *line, size_t length, uint64_t *words)
{
	WordSplitter splitter;
	size_t		n = 0;
	size_t		got;

	words_init(&splitter);
	words_feed(&splitter, line, length);
	while (n + 2 * WORDS_BATCH_MIN <= MAX_TEXT_WORDS &&
		   (got = words_next(&splitter, words + n, NULL, NULL, MAX_TEXT_WORDS - n)) > 0)
		n += got;
	if (n + WORDS_BATCH_MIN <= MAX_TEXT_WORDS)
		n += words_end(&splitter, words + n, NULL, NULL);
	return n;
}

/*
 * Generated texts: words w0, w1 ... of very little entropy, their frequencies
 * as in language (the k-th is 1/k as frequent as the first).
 */
static size_t
generate_line(char *line, size_t room)
{
	size_t		length = 0;

	for (int i = 0; i < 400 && length + 32 < room; i++)
	{
		double		u = (random64() >> 11) * 0x1p-53;

		length += sprintf(line + length, "w%.0f ", exp(u * log(60000)) - 1);
	}
	return length;
}

static Set	vocabulary;
static Set	shingles;
static Text texts[3];
static Figures neighbours;
static Figures halves;
static size_t ntexts;

static void
add_text(const char *line, size_t length)
{
	static uint64_t words[MAX_TEXT_WORDS];
	size_t		n = split_line(line, length, words);
	Text	   *text = &texts[ntexts % 2];

	for (size_t i = 0; i < n; i++)
	{
		set_add(&vocabulary, shingle_extend(0, words[i]));
		if (i > 0)
			set_add(&shingles, shingle_extend(shingle_extend(0, words[i - 1]), words[i]));
	}
	/* the binomial holds for sums of many terms */
	if (n < 200 || ntexts >= 40000)
		return;
	text_make(text, words, n);
	text_make(&texts[2], words, n / 2);
	compare_texts(text, &texts[2], &halves);
	if (ntexts > 0)
		compare_texts(text, &texts[(ntexts + 1) % 2], &neighbours);
	ntexts++;
}

int
main(int argc, char **argv)
{
	char	   *line = NULL;
	size_t		room = 0;
	Set			sharing;

	set_init(&vocabulary, MAX_VOCABULARY);
	set_init(&shingles, MAX_FEATURES);
	for (int i = 0; i < 3; i++)
		shingles_init(&texts[i].counter, 2, TEXT_ROOM, &env);

	if (argc == 1)
	{
		line = allocate(65536);
		for (int i = 0; i < 10000; i++)
			add_text(line, generate_line(line, 65536));
	}
	for (int i = 1; i < argc; i++)
	{
		FILE	   *file = fopen(argv[i], "r");
		ssize_t		length;

		if (file == NULL)
		{
			perror(argv[i]);
			return 1;
		}
		while ((length = getline(&line, &room, file)) >= 0)
			add_text(line, length);
		fclose(file);
	}
	if (vocabulary.n < 5)
	{
		fprintf(stderr, "too few words\n");
		return 1;
	}

	printf("%-34s %-8s %9s %8s  %-19s  %s\n", "features", "of", "n", "figures", "mean square (1)",
		   "worst (usual)");
	check_bits("distinct bigrams", shingles.values, shingles.n);
	check_bits("distinct words", vocabulary.values, vocabulary.n);

	/* bigrams of one word with each other word, before and behind it */
	for (int word = 0; word < 4; word++)
	{
		uint64_t	fixed = vocabulary.values[word < 2 ? 0 : vocabulary.n / 2];

		set_init(&sharing, MAX_VOCABULARY);
		for (size_t i = 0; i < vocabulary.n; i++)
			set_add(&sharing, word % 2 == 0
					? shingle_extend(shingle_extend(0, fixed), vocabulary.values[i])
					: shingle_extend(shingle_extend(0, vocabulary.values[i]), fixed));
		check_bits(word % 2 == 0 ? "bigrams with the first word same"
				   : "bigrams with the second word same", sharing.values, sharing.n);
		free(sharing.values);
		free(sharing.slots);
	}
	check_parity("two bigrams of one first word", &vocabulary, 2, 200000);
	check_parity("two bigrams of one second word", &vocabulary, -2, 200000);
	check_parity("four bigrams, a rectangle", &vocabulary, 4, 200000);
	check_parity("two occurrences of one bigram", &vocabulary, 1, 200000);
	if (neighbours.n > 0)
	{
		print_figures("texts of 200 words or more", "distance", neighbours.n, &neighbours);
		printf("%-34s mean %.4f\n", "", neighbours.sum / neighbours.n);
		print_figures("such a text and its first half", "distance", halves.n, &halves);
		printf("%-34s mean %.4f\n", "", halves.sum / halves.n);
	}
	return 0;
}
