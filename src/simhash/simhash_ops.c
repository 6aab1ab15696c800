/*-------------------------------------------------------------------------
 *
 * simhash_ops.c
 *	  Comparison, distance, similarity, and the setting behind %.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include <math.h>

#include "common/hashfn.h"
#include "port/pg_bswap.h"
#include "utils/guc.h"

#include "hamming/hamming.h"

PG_FUNCTION_INFO_V1(simhash_eq);
PG_FUNCTION_INFO_V1(simhash_ne);
PG_FUNCTION_INFO_V1(simhash_lt);
PG_FUNCTION_INFO_V1(simhash_le);
PG_FUNCTION_INFO_V1(simhash_gt);
PG_FUNCTION_INFO_V1(simhash_ge);
PG_FUNCTION_INFO_V1(simhash_cmp);
PG_FUNCTION_INFO_V1(simhash_sortsupport);
PG_FUNCTION_INFO_V1(simhash_hash);
PG_FUNCTION_INFO_V1(simhash_hash_extended);
PG_FUNCTION_INFO_V1(simhash_distance);
PG_FUNCTION_INFO_V1(simhash_similarity);
PG_FUNCTION_INFO_V1(simhash_radius);
PG_FUNCTION_INFO_V1(simhash_similar);

/*
 * simhash.similarity_threshold: how similar two fingerprints must be for %.
 *
 * 0.72 is a distance of 62 of 256 bits, within which 98 of 100 pairs of
 * articles lie that share six tenths of their word triples (Jaccard), and of
 * unrelated pairs one in 1e8 or fewer.
 */
double		simhash_similarity_threshold = 0.72;

/*
 * Define the settings; once, when the library is loaded.
 */
void
simhash_ops_init(void)
{
	DefineCustomRealVariable("simhash.similarity_threshold",
							 "Sets the least similarity for the % operator of simhash.",
							 "The cosine that the distance stands for, from 0 to 1.",
							 &simhash_similarity_threshold,
							 0.72, 0.0, 1.0,
							 PGC_USERSET, 0,
							 NULL, NULL, NULL);
}

/* Free a value that detoasting has copied. */
static void
free_if_copy(Simhash *fp, Datum datum)
{
	if ((Pointer) fp != DatumGetPointer(datum))
		pfree(fp);
}

/*
 * The total order of the type: narrower first, then the bits from the first
 * on.  Returns <0, 0 or >0.  Never an error: ANALYZE, DISTINCT and hash
 * joins compare whatever a column holds.
 */
int
simhash_compare(const Simhash *a, const Simhash *b)
{
	int			bytes = SIMHASH_BYTES(a);

	if (bytes != SIMHASH_BYTES(b))
		return bytes < SIMHASH_BYTES(b) ? -1 : 1;
	return memcmp(SIMHASH_DATA(a), SIMHASH_DATA(b), bytes);
}

/*
 * Compare two values as they are stored. Frees what it had to fetch from out
 * of line: sorts and index builds compare often in one memory context.
 */
static int
compare_datums(Datum x, Datum y)
{
	Simhash    *a = DatumGetSimhash(x);
	Simhash    *b = DatumGetSimhash(y);
	int			result = simhash_compare(a, b);

	free_if_copy(a, x);
	free_if_copy(b, y);
	return result;
}

Datum
simhash_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) == 0);
}

Datum
simhash_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) != 0);
}

Datum
simhash_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) < 0);
}

Datum
simhash_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) <= 0);
}

Datum
simhash_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) > 0);
}

Datum
simhash_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) >= 0);
}

Datum
simhash_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_datums(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

/*
 * Sorting.  Fingerprints are random bits, so the first bits decide nearly
 * every comparison: the abbreviated key is the width, in the top 4 bits, and
 * the first bits of the fingerprint.
 */
static int
sort_full(Datum x, Datum y, SortSupport ssup)
{
	(void) ssup;
	return compare_datums(x, y);
}

static Datum
sort_abbreviate(Datum original, SortSupport ssup)
{
	Simhash    *fp = DatumGetSimhash(original);
	uint64		key;

	(void) ssup;
	memcpy(&key, SIMHASH_DATA(fp), sizeof(key));
	key = pg_ntoh64(key) >> 4 | (uint64) (SIMHASH_WORDS(fp) - 1) << 60;
	free_if_copy(fp, original);

	return (Datum) (key >> (64 - 8 * sizeof(Datum)));
}

static bool
sort_abbreviate_abort(int memtupcount, SortSupport ssup)
{
	(void) memtupcount;
	(void) ssup;
	return false;
}

/*
 * Sort by "full", or first, where that is asked for, by what "abbreviate"
 * makes of a datum: unsigned integers in the same order.
 */
void
simhash_sort_by(SortSupport ssup, int (*full) (Datum x, Datum y, SortSupport ssup),
				Datum (*abbreviate) (Datum original, SortSupport ssup))
{
	ssup->comparator = full;
	if (ssup->abbreviate)
	{
		ssup->comparator = ssup_datum_unsigned_cmp;
		ssup->abbrev_converter = abbreviate;
		ssup->abbrev_abort = sort_abbreviate_abort;
		ssup->abbrev_full_comparator = full;
	}
}

Datum
simhash_sortsupport(PG_FUNCTION_ARGS)
{
	simhash_sort_by((SortSupport) PG_GETARG_POINTER(0), sort_full, sort_abbreviate);
	PG_RETURN_VOID();
}

Datum
simhash_hash(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);
	Datum		result = hash_any(SIMHASH_DATA(fp), SIMHASH_BYTES(fp));

	PG_FREE_IF_COPY(fp, 0);
	return result;
}

Datum
simhash_hash_extended(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);
	Datum		result = hash_any_extended(SIMHASH_DATA(fp), SIMHASH_BYTES(fp), PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(fp, 0);
	return result;
}

/* Raise the error that two fingerprints can't be held against each other. */
void
simhash_width_mismatch(int bits_a, int bits_b)
{
	ereport(ERROR,
			(errcode(ERRCODE_STRING_DATA_LENGTH_MISMATCH),
			 errmsg("different simhash widths: %d and %d bits", bits_a, bits_b),
			 errhint("Distances exist between fingerprints of one width only; a column of type simhash(n) holds no other.")));
}

/* The number of bits that differ, 0 to the width; an error if widths do. */
int
simhash_distance_internal(const Simhash *a, const Simhash *b)
{
	if (SIMHASH_BYTES(a) != SIMHASH_BYTES(b))
		simhash_width_mismatch(SIMHASH_BITS(a), SIMHASH_BITS(b));
	return hamming_distance(SIMHASH_DATA(a), SIMHASH_DATA(b), SIMHASH_WORDS(a));
}

/*
 * The cosine that a distance of "distance" among "bits" bits stands for:
 * cos(pi d / n), as two vectors at the angle theta differ in each bit with
 * probability theta / pi (Charikar 2002, section 3).  0 where the cosine is
 * negative: weights are not, so a larger angle is chance.
 */
double
simhash_similarity_at(int distance, int bits)
{
	if (2 * distance >= bits)
		return 0.0;
	return cos(M_PI * distance / bits);
}

/*
 * The largest distance among "bits" bits whose similarity is at least
 * "similarity" (0 to 1).  acos() gives the neighbourhood,
 * simhash_similarity_at() the answer, so that the radius and a comparison of
 * similarities always agree.
 */
int
simhash_radius_at(double similarity, int bits)
{
	int			radius;

	if (similarity <= 0.0)
		return bits;
	radius = (int) (acos(similarity) / M_PI * bits);
	while (simhash_similarity_at(radius + 1, bits) >= similarity)
		radius++;
	while (simhash_similarity_at(radius, bits) < similarity)
		radius--;
	return radius;
}

Datum
simhash_distance(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(simhash_distance_internal(PG_GETARG_SIMHASH(0), PG_GETARG_SIMHASH(1)));
}

Datum
simhash_similarity(PG_FUNCTION_ARGS)
{
	Simhash    *a = PG_GETARG_SIMHASH(0);
	Simhash    *b = PG_GETARG_SIMHASH(1);

	PG_RETURN_FLOAT8(simhash_similarity_at(simhash_distance_internal(a, b), SIMHASH_BITS(a)));
}

Datum
simhash_radius(PG_FUNCTION_ARGS)
{
	int32		bits = PG_GETARG_INT32(0);
	float8		similarity = PG_GETARG_FLOAT8(1);

	simhash_check_bits(bits);
	if (!(similarity >= 0.0 && similarity <= 1.0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("similarity %.15g is out of range", similarity),
				 errhint("A similarity lies between 0 and 1.")));

	PG_RETURN_INT32(simhash_radius_at(similarity, bits));
}

/* a % b: STABLE, for it reads a setting */
Datum
simhash_similar(PG_FUNCTION_ARGS)
{
	Simhash    *a = PG_GETARG_SIMHASH(0);
	Simhash    *b = PG_GETARG_SIMHASH(1);

	PG_RETURN_BOOL(simhash_similarity_at(simhash_distance_internal(a, b), SIMHASH_BITS(a))
				   >= simhash_similarity_threshold);
}
