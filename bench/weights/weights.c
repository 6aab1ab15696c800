/*-------------------------------------------------------------------------
 *
 * weights.c
 *	  What a shingle that occurs repeatedly should count: ways to weigh it,
 *	  compared by what their fingerprints of 256 bits find.
 *
 * usage: weights TEXTS PAIRS FAMILIES
 *
 * TEXTS has a text a line; PAIRS two line numbers, from 0, and the Jaccard
 * coefficient of the texts.  All is done with so many hash functions, and with
 * texts of a word 40 or 160 times and a dozen others.
 *
 *-------------------------------------------------------------------------
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamming/hamming.h"
#include "simhash/featuresum.h"
#include "text/shingles.h"
#include "text/word_hash.h"
#include "text/words.h"

#define NWORDS 4
#define NBITS (64 * NWORDS)
#define RADIUS 62
#define FAR 100
#define BATCH 1024
#define ROUNDS 25				/* of texts with a repeated word, a family */

typedef struct Code
{
	uint64_t	words[NWORDS];
} Code;

typedef struct Pair
{
	int			a;
	int			b;
	double		jaccard;
} Pair;

/* A way to weigh: features of weight 1 each, or one of a weight. */
typedef struct Scheme
{
	const char *name;
	double		(*features) (uint32_t tf);
	double		(*weight) (uint32_t tf);
} Scheme;

static double
each(uint32_t tf)
{
	return tf;
}

static double
to_4(uint32_t tf)
{
	return tf < 4 ? tf : 4;
}

static double
to_8(uint32_t tf)
{
	return tf < 8 ? tf : 8;
}

static double
to_16(uint32_t tf)
{
	return tf < 16 ? tf : 16;
}

static double
doublings(uint32_t tf)
{
	return 1 + floor(log2(tf));
}

static double
once(uint32_t tf)
{
	(void) tf;
	return 1;
}

static double
root(uint32_t tf)
{
	return sqrt(tf);
}

static double
logarithm(uint32_t tf)
{
	return 1 + log(tf);
}

static const Scheme schemes[] = {
	{"once", NULL, once},
	{"one feature, sqrt(tf)", NULL, root},
	{"one feature, 1 + ln(tf)", NULL, logarithm},
	{"a feature each occurrence", each, NULL},
	{"each, to the 4th", to_4, NULL},
	{"each, to the 8th", to_8, NULL},
	{"each, to the 16th", to_16, NULL},
	{"the 1st, 2nd, 4th, 8th ...", doublings, NULL}
};

static uint64_t *hashes;		/* of the text at hand: its shingles, sorted */
static size_t nhashes;
static size_t room;

static int
compare_hashes(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* The shingles of a text, by the hash function of a family. */
static void
read_text(const char *text, size_t length, uint64_t family)
{
	static WordSplitter splitter;
	size_t		n = 0;
	size_t		got;

	if (room < length + BATCH)
		hashes = realloc(hashes, (room = 2 * length + BATCH) * sizeof(uint64_t));
	words_init(&splitter);
	words_feed(&splitter, text, length);
	while ((got = words_next(&splitter, hashes + n, NULL, NULL, BATCH)) > 0)
		n += got;
	n += words_end(&splitter, hashes + n, NULL, NULL);
	for (size_t i = 0; i < n && family > 0; i++)
		hashes[i] = word_hash_block((uint64_t[2]) {hashes[i], 0}, family * UINT64_C(0x9E3779B97F4A7C15));
	nhashes = shingles_of_words(hashes, n, 2);
	qsort(hashes, nhashes, sizeof(uint64_t), compare_hashes);
}

/* The fingerprint of the text at hand, and the sum of its squared weights. */
static Code
fingerprint(const Scheme *scheme, double *squares)
{
	static FeatureSum sum;
	Code		code;

	*squares = 0;
	featuresum_init(&sum, NWORDS);
	for (size_t i = 0, end; i < nhashes; i = end)
	{
		uint64_t	feature = hashes[i];
		uint32_t	tf;

		for (end = i; end < nhashes && hashes[end] == hashes[i]; end++)
			;
		tf = (uint32_t) (end - i);
		if (scheme->weight != NULL)
		{
			featuresum_add(&sum, NWORDS, feature, (uint64_t) (256 * scheme->weight(tf)));
			*squares += scheme->weight(tf) * scheme->weight(tf);
			continue;
		}
		*squares += scheme->features(tf);
		for (int k = 0; k < scheme->features(tf); k++)
		{
			featuresum_add(&sum, NWORDS, feature, 1);
			feature = shingle_extend(feature, 0);
		}
	}
	featuresum_fingerprint(&sum, NWORDS, code.words);
	return code;
}

/* Texts of a word so many times and a dozen others: cosine and its estimate. */
static void
measure_repeats(const Scheme *scheme, int times, uint64_t family, double *cosine, double *estimate,
				double *errors)
{
	for (int round = 0; round < ROUNDS; round++)
	{
		static char text[16384];
		Code		code[2];
		double		squares;
		double		s;

		for (int side = 0; side < 2; side++)
		{
			int			n = 0;

			for (int i = 0; i < times; i++)
				n += sprintf(text + n, "[Music] ");
			for (int i = 0; i < 12; i++)
				n += sprintf(text + n, "%c%dx%d ", 'a' + side, round, i);
			read_text(text, n, family);
			code[side] = fingerprint(scheme, &squares);
		}
		s = cos(M_PI * hamming_distance(&code[0], &code[1], NWORDS) / NBITS);
		*cosine = (squares - 12) / squares;
		*estimate += s;
		*errors += (s - *cosine) * (s - *cosine);
	}
}

int
main(int argc, char **argv)
{
	FILE	   *file;
	char	  **texts = NULL;
	size_t	   *lengths = NULL;
	Pair	   *pairs = NULL;
	Code	   *codes;
	size_t		ntexts = 0;
	size_t		npairs = 0;
	int			families = argc > 3 ? atoi(argv[3]) : 1;
	Pair		pair;
	ssize_t		length;
	size_t		allocated = 0;
	char	   *line = NULL;

	if (argc < 4 || (file = fopen(argv[1], "r")) == NULL)
		return 2;
	while ((length = getline(&line, &allocated, file)) > 0)
	{
		texts = realloc(texts, (ntexts + 1) * sizeof(char *));
		lengths = realloc(lengths, (ntexts + 1) * sizeof(size_t));
		texts[ntexts] = line;
		lengths[ntexts++] = length;
		line = NULL;
		allocated = 0;
	}
	file = fopen(argv[2], "r");
	while (file != NULL && fscanf(file, "%d %d %lf", &pair.a, &pair.b, &pair.jaccard) == 3)
	{
		pairs = realloc(pairs, (npairs + 1) * sizeof(Pair));
		pairs[npairs++] = pair;
	}
	codes = malloc(ntexts * sizeof(Code));
	scan_init();
	hamming_init();

	printf("%zu texts, %d hash functions; at %d of %d bits\n", ntexts, families, RADIUS, NBITS);
	printf("%-28s %8s %8s %10s | %6s %8s %6s | %6s %8s %6s\n", "", "J >= .6", "J .4-.6", "at 100 bits",
		   "40:cos", "estimate", "rms", "160", "estimate", "rms");
	for (size_t k = 0; k < sizeof(schemes) / sizeof(schemes[0]); k++)
	{
		const int	times[2] = {40, 160};
		double		found[2] = {0, 0};
		double		count[2] = {0, 0};
		double		near = 0;
		double		cosine[2];
		double		estimate[2] = {0, 0};
		double		errors[2] = {0, 0};
		double		squares;

		for (int family = 0; family < families; family++)
		{
			for (int i = 0; i < 2; i++)
				measure_repeats(&schemes[k], times[i], family, &cosine[i], &estimate[i], &errors[i]);
			for (size_t i = 0; i < ntexts; i++)
			{
				read_text(texts[i], lengths[i], family);
				codes[i] = fingerprint(&schemes[k], &squares);
			}
			for (size_t i = 0; i < npairs; i++)
			{
				int			band = pairs[i].jaccard < .6;

				if (pairs[i].jaccard < .4)
					continue;
				count[band]++;
				found[band] += hamming_distance(&codes[pairs[i].a], &codes[pairs[i].b], NWORDS) <= RADIUS;
			}
			for (size_t i = 0; i < ntexts; i++)
			{
				for (size_t j = 0; j < i; j++)
					near += hamming_distance(&codes[i], &codes[j], NWORDS) <= FAR;
			}
		}
		printf("%-28s %8.4f %8.4f %10.0f ", schemes[k].name, found[0] / count[0], found[1] / count[1],
			   near / families);
		for (int i = 0; i < 2; i++)
			printf(" | %6.3f %8.3f %6.3f", cosine[i], estimate[i] / (families * ROUNDS),
				   sqrt(errors[i] / (families * ROUNDS)));
		printf("\n");
		fflush(stdout);
	}
	return 0;
}
