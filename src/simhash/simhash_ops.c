/*-------------------------------------------------------------------------
 *
 * simhash_ops.c
 *	  Equality, distance, similarity, and the setting behind %.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include <math.h>

#include "utils/guc.h"

#include "base/payload.h"
#include "hamming/hamming.h"

PG_FUNCTION_INFO_V1(simhash_eq);
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

/*
 * a = b, a function of its own for the planner and mih, which know the operator
 * by it; all other comparisons are those of payload.c.
 */
Datum
simhash_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(payload_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) == 0);
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
static int
distance(const Simhash *a, const Simhash *b)
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
static double
similarity_at(int distance, int bits)
{
	if (2 * distance >= bits)
		return 0.0;
	return cos(M_PI * distance / bits);
}

/*
 * The largest distance among "bits" bits whose similarity is at least
 * "similarity" (0 to 1).  acos() gives the neighbourhood,
 * similarity_at() the answer, so that the radius and a comparison of
 * similarities always agree.
 */
int
simhash_radius_at(double similarity, int bits)
{
	int			radius;

	if (similarity <= 0.0)
		return bits;
	radius = (int) (acos(similarity) / M_PI * bits);
	while (similarity_at(radius + 1, bits) >= similarity)
		radius++;
	while (similarity_at(radius, bits) < similarity)
		radius--;
	return radius;
}

Datum
simhash_distance(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(distance(PG_GETARG_SIMHASH(0), PG_GETARG_SIMHASH(1)));
}

Datum
simhash_similarity(PG_FUNCTION_ARGS)
{
	Simhash    *a = PG_GETARG_SIMHASH(0);
	Simhash    *b = PG_GETARG_SIMHASH(1);

	PG_RETURN_FLOAT8(similarity_at(distance(a, b), SIMHASH_BITS(a)));
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

	/* What can't be compared isn't similar, at a threshold of 0 neither. */
	PG_RETURN_BOOL(SIMHASH_BYTES(a) == SIMHASH_BYTES(b) &&
				   similarity_at(distance(a, b), SIMHASH_BITS(a)) >= simhash_similarity_threshold);
}
