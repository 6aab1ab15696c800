/*-------------------------------------------------------------------------
 *
 * vectors_test.c
 *	  The vectors of doc/fingerprint.md and doc/sketch.md, as far as they are
 *	  of texts: the same on every machine, whatever its byte order.
 *
 *-------------------------------------------------------------------------
 */
#include <inttypes.h>
#include <string.h>

#include "simhash/featuresum.h"
#include "text/shingles.h"
#include "textsketch/sketch.h"
#include "text/words.h"
#include "env.h"
#include "tap.h"

#define MAX_WORDS 1024

typedef struct Vector
{
	const char *text;
	int			nwords;			/* 64 bits each */
	int			shingle;
	uint64_t	fingerprint[2];
} Vector;

static const Vector vectors[] = {
	{"Hello, world", 1, 2, {UINT64_C(0x3791bfbc6a09fc4f)}},
	{"hello", 1, 2, {UINT64_C(0x2c7499a84f7615f5)}},
	{"one two three two one two", 2, 2, {UINT64_C(0x424d54038bab168a), UINT64_C(0xbf46e33aeffb48cb)}},
	{"one two three two one two", 1, 1, {UINT64_C(0x4ddc8e1296243398)}},
	{"one two three two one two", 1, 3, {UINT64_C(0x4472e8466b8380c0)}},
	{"The U.S. & Kerry\xe2\x80\x99s 958,000 miles", 1, 2, {UINT64_C(0xa8c2d43d93f04010)}},
	{"Die Stra\xc3\x9f" "e, LA CAF\xc3\x89, \xc3\x85NGSTR\xc3\x96M", 1, 2, {UINT64_C(0x4334359004629848)}},
	{"\xe5\xa4\x96\xe5\x8b\x99\xe5\xa4\xa7\xe8\x87\xa3\xe3\x81\xaf\xe3\x83\xa2\xe3\x82\xb9\xe3\x82\xaf\xe3\x83\xaf"
		"\xe3\x82\x92\xe8\xa8\xaa\xe5\x95\x8f\xe3\x81\x97\xe3\x81\x9f\xe3\x80\x82", 1, 2, {UINT64_C(0x685b8438e20ce044)}},
	{"\xc5\x81\xc3\xb3" "d\xc5\xba, \xc3\x86R\xc3\x98 and ISPARTA: 1,234.5 m, 10.1.1.2, 12\xc2\xa0" "000", 1, 2,
		{UINT64_C(0x8eb90c4236d55027)}},
	{"\xd9\x82\xd8\xa7\xd9\x84 \xd8\xa3\xd8\xad\xd9\x85\xd8\xaf: \xd9\xa1\xd9\xa2\xd9\xac\xd9\xa5\xd9\xa0\xd9\xa0 "
		"\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8 \xd9\x81\xd9\x8a \xd8\xa7\xd9\x84\xd9\x80\xd9\x85\xd8\xaf\xd8\xb1\xd8\xb3\xd8\xa9", 1, 2,
		{UINT64_C(0xfd0f6871730b6f72)}},
	{"na na na na na na na na na na, hey", 1, 2, {UINT64_C(0xb61e5dfcff4db890)}},
	{"Donaudampfschifffahrtselektrizit\xc3\xa4tenhauptbetriebswerk", 1, 2, {UINT64_C(0x2c29c5cfee151ed0)}}
};

static const struct
{
	const char *word;
	uint64_t	hash;
}			hashes[] = {
	{"kerrys", UINT64_C(0xB5381544D97E99E0)},
	{"and", UINT64_C(0xD197E449AF71AE74)},
	{"sixteen bytes ok", UINT64_C(0xE7CB40E128466C15)},
	{"seventeen bytes !", UINT64_C(0x8FD53CF5B53C6880)},
	{"", UINT64_C(0xD0A66A65C7528968)}
};

static const uint32_t elements[] = {0x06e88525, 0x4b8e0960, 0xfc8bbbac};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* All words of a text, which has less than MAX_WORDS. */
static size_t
all_words(const char *text, uint64_t *words)
{
	static WordSplitter splitter;
	size_t		n = 0;
	size_t		more;

	words_init(&splitter);
	words_feed(&splitter, text, strlen(text));
	while ((more = words_next(&splitter, words + n, NULL, NULL, MAX_WORDS - n)) > 0)
		n += more;
	return n + words_end(&splitter, words + n, NULL, NULL);
}

static bool
has_fingerprint(const FeatureSum *sum, const Vector *vector)
{
	uint64_t	words[FEATURE_MAX_WORDS];

	featuresum_fingerprint(sum, vector->nwords, words);
	return memcmp(words, vector->fingerprint, vector->nwords * sizeof(uint64_t)) == 0;
}

int
main(void)
{
	static uint64_t words[MAX_WORDS];
	static FeatureSum sum;
	static SketchBuilder builder;
	SketchParams params = {4, 12, 16};
	void	   *memory;
	size_t		n;

	for (size_t i = 0; i < LENGTH(hashes); i++)
	{
		uint64_t	hash = word_hash(hashes[i].word, strlen(hashes[i].word));

		ok(hash == hashes[i].hash, "hash of the word \"%s\": %016" PRIX64, hashes[i].word, hash);
	}

	for (size_t i = 0; i < LENGTH(vectors); i++)
	{
		const Vector *vector = &vectors[i];
		size_t		nrepeats;
		const ShingleRepeat *repeats;
		ShingleCounter counter;

		/* counted in a table, as for long texts */
		n = all_words(vector->text, words);
		shingles_init(&counter, vector->shingle, 64, &env);
		shingles_add(&counter, words, n);
		shingles_end(&counter);
		featuresum_init(&sum, vector->nwords);
		featuresum_add_counted(&sum, vector->nwords, counter.shingles.hashes,
							   counter.shingles.counts, counter.shingles.n);
		ok(has_fingerprint(&sum, vector), "fingerprint of \"%s\"", vector->text);
		shingles_free(&counter);

		/* all in memory */
		n = shingles_of_words(words, n, vector->shingle);
		memory = malloc(SHINGLES_REPEATS_MEMORY(n));
		repeats = shingles_repeats(words, n, memory, &nrepeats, &env);
		featuresum_init(&sum, vector->nwords);
		featuresum_add_text(&sum, vector->nwords, words, n, repeats, nrepeats);
		ok(has_fingerprint(&sum, vector), "the same, in memory");
		free(memory);
	}

	sketch_init(&builder, params, 0, &env);
	n = all_words("The U.S. & Kerry\xe2\x80\x99s 958,000 miles", words);
	memcpy(sketch_words(&builder), words, n * sizeof(uint64_t));
	memset(sketch_solos(&builder), 0, n * sizeof(bool));
	sketch_add(&builder, n);
	ok(sketch_end(&builder) == UINT32_MAX, "a short text's sketch has all hashes");
	ok(builder.nelements == LENGTH(elements) &&
	   memcmp(builder.elements, elements, sizeof(elements)) == 0, "elements of a sketch");
	env.free(env.arg, builder.elements);

	return done_testing();
}
