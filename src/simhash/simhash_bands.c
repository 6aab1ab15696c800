/*-------------------------------------------------------------------------
 *
 * simhash_bands.c
 *	  Bands of a fingerprint: a search within a radius, or for all pairs, as a
 *	  join on equality, which any engine can spread.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "hamming/bands.h"

PG_FUNCTION_INFO_V1(simhash_bands);
PG_FUNCTION_INFO_V1(simhash_band);
PG_FUNCTION_INFO_V1(simhash_first_band);

static int64
key(const Simhash *fp, int i, int nbands)
{
	return band_key(SIMHASH_DATA(fp), SIMHASH_BITS(fp), i, nbands);
}

static void
check_bands(int nbands, int bits)
{
	if (nbands < 1 || nbands > bits)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of bands must be between 1 and the width of the simhash, %d bits: %d",
						bits, nbands)));
}

/* simhash_bands(fp, radius): the keys of radius + 1 bands */
Datum
simhash_bands(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);
	int32		radius = PG_GETARG_INT32(1);
	int			bits = SIMHASH_BITS(fp);
	Datum	   *keys;

	if (radius < 0 || radius >= bits)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("radius must be between 0 and %d for bands of a simhash of %d bits: %d",
						bits - 1, bits, radius)));

	keys = palloc((radius + 1) * sizeof(Datum));
	for (int i = 0; i <= radius; i++)
		keys[i] = Int64GetDatum(key(fp, i, radius + 1));
	PG_RETURN_ARRAYTYPE_P(construct_array(keys, radius + 1, INT8OID, sizeof(int64),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* simhash_band(fp, i, bands): the key of the i-th band, from 1 */
Datum
simhash_band(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);
	int32		i = PG_GETARG_INT32(1);
	int32		nbands = PG_GETARG_INT32(2);

	check_bands(nbands, SIMHASH_BITS(fp));
	if (i < 1 || i > nbands)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("band must be between 1 and the number of bands, %d: %d", nbands, i)));
	PG_RETURN_INT64(key(fp, i - 1, nbands));
}

/* simhash_first_band(a, b, bands): the first band with one key, from 1; or NULL */
Datum
simhash_first_band(PG_FUNCTION_ARGS)
{
	Simhash    *a = PG_GETARG_SIMHASH(0);
	Simhash    *b = PG_GETARG_SIMHASH(1);
	int32		nbands = PG_GETARG_INT32(2);

	check_bands(nbands, SIMHASH_BITS(a));
	check_bands(nbands, SIMHASH_BITS(b));
	/* Bands of different widths are of no use to each other: a join goes on. */
	if (SIMHASH_BYTES(a) != SIMHASH_BYTES(b))
		PG_RETURN_NULL();
	for (int i = 0; i < nbands; i++)
	{
		if (key(a, i, nbands) == key(b, i, nbands))
			PG_RETURN_INT32(i + 1);
	}
	PG_RETURN_NULL();
}
