/*-------------------------------------------------------------------------
 *
 * to_simhash.c
 *	  Documents and features to fingerprints: to_simhash() in its three forms,
 *	  and simhash_from_hashes().
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "tsearch/ts_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"
#include "text/servertext.h"
#include "text/shingles.h"
#include "simhash/to_simhash.h"

PG_FUNCTION_INFO_V1(to_simhash_text);
PG_FUNCTION_INFO_V1(to_simhash_tsvector);
PG_FUNCTION_INFO_V1(to_simhash_features);
PG_FUNCTION_INFO_V1(simhash_from_hashes);

/*
 * Room for the words of a text: one for so many bytes, of which articles take
 * six, and a batch: 2 MB with what finds the repeats of SHINGLES_TOGETHER.
 * A text that has more words is counted in a table that grows as needed, to
 * 1.3 GB at last, within simhash.memory_limit.
 */
#define BYTES_PER_WORD 4
#define TEXT_MIN_ROOM ((size_t) 1024)
#define TABLE_FIRST_ROOM (1 << 16)
#define TEXT_MAX_SHINGLES ((1 << 26) - (int) SHINGLES_TOGETHER)

/* Shingles summed between two checks for interrupts. */
#define SHINGLES_BATCH 65536

static void
count_words(ShingleCounter *counter, const uint64 *words, size_t nwords)
{
	if (counter->shingles.n > TEXT_MAX_SHINGLES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text has more than %d distinct shingles", TEXT_MAX_SHINGLES),
				 errhint("Fingerprint the parts of the text instead.")));
	shingles_add(counter, words, nwords);
}

/*
 * A text too long to be had as a whole: the first nwords of its words are
 * "words", which has room for a batch, the others are read.
 */
static void
sum_long_text(FeatureSum *sum, int nsums, int length, uint64 *words, size_t nwords,
			  ServerText *reader)
{
	MemoryContext context = limited_context(CurrentMemoryContext, "to_simhash");
	const RawEnv env = limited_env(context);
	ShingleCounter counter;
	const HashCounts *shingles = &counter.shingles;

	shingles_init(&counter, length, TABLE_FIRST_ROOM, &env);
	do
		count_words(&counter, words, nwords);
	while ((nwords = servertext_words(reader, words, NULL, NULL, TEXT_MIN_ROOM)) > 0);
	shingles_end(&counter);

	for (size_t i = 0; i < shingles->n; i += SHINGLES_BATCH)
	{
		CHECK_FOR_INTERRUPTS();
		featuresum_add_counted(sum, nsums, shingles->hashes + i, shingles->counts + i,
							   Min(shingles->n - i, SHINGLES_BATCH));
	}
	MemoryContextDelete(context);
}

/* Sum the shingles of a text. */
static void
sum_text(FeatureSum *sum, int nsums, int length, const char *text, size_t nbytes)
{
	const RawEnv env = server_env(CurrentMemoryContext);
	size_t		room = Min(nbytes / BYTES_PER_WORD, SHINGLES_TOGETHER - TEXT_MIN_ROOM) + TEXT_MIN_ROOM;
	uint64	   *words = palloc(room * sizeof(uint64));
	size_t		nwords = 0;
	size_t		n;
	ServerText	reader;
	size_t		nrepeats;
	const ShingleRepeat *repeats;
	void	   *memory;

	servertext_init(&reader, text, nbytes);
	while ((n = servertext_words(&reader, words + nwords, NULL, NULL, room - nwords)) > 0)
	{
		nwords += n;
		if (room - nwords < WORDS_BATCH_MIN)
		{
			sum_long_text(sum, nsums, length, words, nwords, &reader);
			pfree(words);
			return;
		}
	}

	n = shingles_of_words(words, nwords, length);
	memory = palloc(SHINGLES_REPEATS_MEMORY(n));
	repeats = shingles_repeats(words, n, memory, &nrepeats, &env);
	featuresum_add_text(sum, nsums, words, n, repeats, nrepeats);
	pfree(memory);
	pfree(words);
}

/*
 * A call's result: the fingerprint of a sum; NULL if no feature had any weight.
 */
Datum
features_fingerprint(FunctionCallInfo fcinfo, const FeatureSum *sum, int nwords)
{
	uint64		words[SIMHASH_MAX_WORDS];

	if (sum->total == 0)
		PG_RETURN_NULL();
	featuresum_fingerprint(sum, nwords, words);
	PG_RETURN_SIMHASH(simhash_from_words(words, nwords));
}

/*
 * The weight of a feature as the integer that is summed; an error for what
 * isn't one.
 */
uint64
features_weight(float8 weight)
{
	if (!(weight >= 0.0 && weight <= FEATURE_WEIGHT_MAX))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid feature weight %.15g", weight),
				 errhint("A weight is a number from 0 to %.0f.", FEATURE_WEIGHT_MAX)));
	return (uint64) rint(weight * FEATURE_WEIGHT_UNIT);
}

/* Raise the error of a sum that overflows. */
void
features_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("sum of feature weights is out of range"),
			 errhint("The weights of a fingerprint must add up to less than 2^39.")));
}

/*
 * to_simhash(document text, bits int, shingle int)
 */
Datum
to_simhash_text(PG_FUNCTION_ARGS)
{
	text	   *document = PG_GETARG_TEXT_PP(0);
	int32		bits = PG_GETARG_INT32(1);
	int32		length = PG_GETARG_INT32(2);
	int			nwords = bits / SIMHASH_WORD_BITS;
	FeatureSum	sum;

	simhash_check_bits(bits);
	if (length < 1 || length > SHINGLE_MAX_WORDS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid shingle length %d", length),
				 errhint("A shingle is 1 to %d words long.", SHINGLE_MAX_WORDS)));

	featuresum_init(&sum, nwords);
	sum_text(&sum, nwords, length, VARDATA_ANY(document), VARSIZE_ANY_EXHDR(document));
	PG_FREE_IF_COPY(document, 0);

	return features_fingerprint(fcinfo, &sum, nwords);
}

/*
 * How often a lexeme occurs, in tenths: an occurrence labelled D, C, B or A
 * counts .1, .2, .4 or 1, the default weights of ts_rank().  A lexeme without
 * positions occurs once, unlabelled.
 */
static uint64
lexeme_frequency(TSVector vector, WordEntry *lexeme)
{
	static const int label_weight[] = {1, 2, 4, 10};
	WordEntryPos *position = POSDATAPTR(vector, lexeme);
	uint64		frequency = 0;

	if (!lexeme->haspos)
		return label_weight[0];
	for (int i = 0; i < POSDATALEN(vector, lexeme); i++)
		frequency += label_weight[WEP_GETWEIGHT(position[i])];
	return frequency;
}

/*
 * to_simhash(document tsvector, bits int)
 */
Datum
to_simhash_tsvector(PG_FUNCTION_ARGS)
{
	TSVector	document = PG_GETARG_TSVECTOR(0);
	int32		bits = PG_GETARG_INT32(1);
	int			nwords = bits / SIMHASH_WORD_BITS;
	WordEntry  *lexemes = ARRPTR(document);
	FeatureSum	sum;

	simhash_check_bits(bits);

	featuresum_init(&sum, nwords);
	for (int i = 0; i < document->size; i++)
	{
		uint64		hash = servertext_hash(STRPTR(document) + lexemes[i].pos, lexemes[i].len);

		CHECK_FOR_INTERRUPTS();
		featuresum_add_repeated(&sum, nwords, hash, lexeme_frequency(document, &lexemes[i]));
	}
	PG_FREE_IF_COPY(document, 0);

	return features_fingerprint(fcinfo, &sum, nwords);
}

typedef struct FeatureReader
{
	ArrayIterator features;
	ArrayIterator weights;		/* or NULL */
} FeatureReader;

static int
number_of_items(const ArrayType *array)
{
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

/*
 * Read the array of features in argument 0 and, unless it is NULL, that of
 * their weights in argument 1: one dimension each, of equal length.
 */
static void
begin_features(FunctionCallInfo fcinfo, FeatureReader *reader)
{
	ArrayType  *features = PG_GETARG_ARRAYTYPE_P(0);
	ArrayType  *weights = PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1);

	if (ARR_NDIM(features) > 1 || (weights != NULL && ARR_NDIM(weights) > 1))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("features and weights must be one-dimensional arrays")));
	if (weights != NULL && number_of_items(weights) != number_of_items(features))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("numbers of features and weights differ: %d and %d",
						number_of_items(features), number_of_items(weights))));

	reader->features = array_create_iterator(features, 0, NULL);
	reader->weights = weights == NULL ? NULL : array_create_iterator(weights, 0, NULL);
}

/* The next feature that isn't NULL, and its weight, 1 where none is given. */
static bool
next_feature(FeatureReader *reader, Datum *feature, uint64 *weight)
{
	Datum		value;
	bool		isnull;

	while (array_iterate(reader->features, feature, &isnull))
	{
		bool		weightless = true;

		CHECK_FOR_INTERRUPTS();
		if (reader->weights != NULL)
			array_iterate(reader->weights, &value, &weightless);
		*weight = features_weight(weightless ? 1.0 : DatumGetFloat8(value));
		if (!isnull)
			return true;
	}
	return false;
}

/*
 * to_simhash(features text[], weights float8[], bits int)
 */
Datum
to_simhash_features(PG_FUNCTION_ARGS)
{
	FeatureReader reader;
	FeatureSum	sum;
	int			nwords;
	Datum		feature;
	uint64		weight;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	simhash_check_bits(PG_GETARG_INT32(2));
	nwords = PG_GETARG_INT32(2) / SIMHASH_WORD_BITS;
	begin_features(fcinfo, &reader);

	featuresum_init(&sum, nwords);
	while (next_feature(&reader, &feature, &weight))
	{
		if (!featuresum_add(&sum, nwords, features_hash(feature), weight))
			features_overflow();
	}
	return features_fingerprint(fcinfo, &sum, nwords);
}

/* The hash of a feature that is a text, taken as it stands. */
uint64
features_hash(Datum feature)
{
	text	   *string = DatumGetTextPP(feature);
	uint64		hash = servertext_hash(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));

	if ((Pointer) string != DatumGetPointer(feature))
		pfree(string);
	return hash;
}

/*
 * simhash_from_hashes(hashes bigint[], weights float8[])
 */
Datum
simhash_from_hashes(PG_FUNCTION_ARGS)
{
	FeatureReader reader;
	FeatureSum	sum;
	Datum		feature;
	uint64		weight;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	begin_features(fcinfo, &reader);

	featuresum_init(&sum, 1);
	while (next_feature(&reader, &feature, &weight))
	{
		uint64		word = (uint64) DatumGetInt64(feature);

		if (!featuresum_add_words(&sum, 1, &word, weight))
			features_overflow();
	}
	return features_fingerprint(fcinfo, &sum, 1);
}
