/*-------------------------------------------------------------------------
 *
 * simhash_io.c
 *	  Input, output, type modifier and casts of the type simhash.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/varbit.h"

#include "base/payload.h"

#define WIDTH_HINT "The width of a simhash is a multiple of %d from %d to %d bits."
#define WIDTH_HINT_ARGS SIMHASH_WORD_BITS, SIMHASH_MIN_BITS, SIMHASH_MAX_BITS

PG_FUNCTION_INFO_V1(simhash_in);
PG_FUNCTION_INFO_V1(simhash_out);
PG_FUNCTION_INFO_V1(simhash_recv);
PG_FUNCTION_INFO_V1(simhash_send);
PG_FUNCTION_INFO_V1(simhash_typmod_in);
PG_FUNCTION_INFO_V1(simhash_typmod_out);
PG_FUNCTION_INFO_V1(simhash_enforce_typmod);
PG_FUNCTION_INFO_V1(simhash_bits);
PG_FUNCTION_INFO_V1(simhash_from_bit);
PG_FUNCTION_INFO_V1(simhash_to_bit);
PG_FUNCTION_INFO_V1(simhash_from_bytea);
PG_FUNCTION_INFO_V1(simhash_to_bytea);
PG_FUNCTION_INFO_V1(simhash_from_int8);
PG_FUNCTION_INFO_V1(simhash_to_int8);
PG_FUNCTION_INFO_V1(simhash_from_numeric);
PG_FUNCTION_INFO_V1(simhash_to_numeric);

/*
 * A new simhash of "bits" bits in the current memory context, its payload
 * not yet set.
 */
Simhash *
simhash_alloc(int bits)
{
	Size		size = VARHDRSZ + bits / 8;
	Simhash    *result = palloc(size);

	SET_VARSIZE(result, size);
	return result;
}

/*
 * The simhash whose words, in the order of fingerprint.md, are words[0] to
 * words[nwords - 1]; in the current memory context.
 */
Simhash *
simhash_from_words(const uint64 *words, int nwords)
{
	Simhash    *result = simhash_alloc(nwords * SIMHASH_WORD_BITS);

	for (int i = 0; i < nwords; i++)
	{
		uint64		word = pg_hton64(words[i]);

		memcpy(SIMHASH_DATA(result) + i * sizeof(word), &word, sizeof(word));
	}
	return result;
}

/* The words of a simhash, in the order of fingerprint.md. */
void
simhash_to_words(const Simhash *fp, uint64 *words)
{
	memcpy(words, SIMHASH_DATA(fp), SIMHASH_BYTES(fp));
	for (int i = 0; i < SIMHASH_WORDS(fp); i++)
		words[i] = pg_ntoh64(words[i]);
}

/* Raise an error unless "bits" is a width that a simhash can have. */
void
simhash_check_bits(int bits)
{
	if (!SIMHASH_VALID_BITS(bits))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid simhash width %d", bits),
				 errhint(WIDTH_HINT, WIDTH_HINT_ARGS)));
}

/* A stored simhash of so many bytes can't be one. */
void
simhash_damaged(Size bytes)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("damaged simhash of %zu bytes", bytes),
			 errdetail("It has a multiple of %d from %d to %d bytes.",
					   SIMHASH_WORD_BITS / 8, SIMHASH_MIN_BITS / 8, SIMHASH_MAX_BYTES)));
}

/*
 * Does a value of "bits" bits fit a column or cast of type modifier
 * "typmod"?  A soft error where escontext asks for one, and false.
 */
static bool
check_typmod(int bits, int32 typmod, struct Node *escontext)
{
	if (typmod >= 0 && bits != typmod)
		ereturn(escontext, false,
				(errcode(ERRCODE_STRING_DATA_LENGTH_MISMATCH),
				 errmsg("simhash of %d bits does not fit type simhash(%d)",
						bits, typmod)));
	return true;
}

Datum
simhash_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	int32		typmod = PG_GETARG_INT32(2);
	struct Node *escontext = (struct Node *) fcinfo->context;
	unsigned char bytes[SIMHASH_MAX_BYTES];
	int			bits = literal_read_simhash(literal, bytes);
	Simhash    *result;

	if (bits == 0)
		ereturn(escontext, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"simhash", clip_literal(literal)),
				 errdetail("A simhash is a multiple of %d from %d to %d hexadecimal digits.",
						   SIMHASH_WORD_BITS / 4, SIMHASH_MIN_BITS / 4,
						   SIMHASH_MAX_BITS / 4),
				 errhint("Use to_simhash() for the fingerprint of a text.")));

	if (!check_typmod(bits, typmod, escontext))
		PG_RETURN_NULL();

	result = simhash_alloc(bits);
	memcpy(SIMHASH_DATA(result), bytes, bits / 8);
	PG_RETURN_SIMHASH(result);
}

Datum
simhash_out(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);
	char	   *result = palloc(SIMHASH_BYTES(fp) * 2 + 1);

	result[hex_encode((char *) SIMHASH_DATA(fp), SIMHASH_BYTES(fp), result)] = '\0';
	PG_RETURN_CSTRING(result);
}

/*
 * The binary form is the payload: the width is known by its length, as with
 * uuid and bytea.
 */
Datum
simhash_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int32		typmod = PG_GETARG_INT32(2);
	int			bytes = buf->len - buf->cursor;
	int			bits = binary_simhash_bits(bytes);
	Simhash    *result;

	if (bits == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid length of external simhash: %d bytes", bytes),
				 errhint(WIDTH_HINT, WIDTH_HINT_ARGS)));
	check_typmod(bits, typmod, NULL);

	result = simhash_alloc(bits);
	pq_copymsgbytes(buf, (char *) SIMHASH_DATA(result), bytes);
	PG_RETURN_SIMHASH(result);
}

Datum
simhash_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(payload_bytea(PG_GETARG_SIMHASH(0)));
}

Datum
simhash_typmod_in(PG_FUNCTION_ARGS)
{
	ArrayType  *modifiers = PG_GETARG_ARRAYTYPE_P(0);
	int			n;
	int32	   *values = ArrayGetIntegerTypmods(modifiers, &n);

	if (n != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid type modifier"),
				 errhint("simhash takes one modifier, its width in bits: simhash(256).")));
	simhash_check_bits(values[0]);

	PG_RETURN_INT32(values[0]);
}

Datum
simhash_typmod_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(psprintf("(%d)", PG_GETARG_INT32(0)));
}

/*
 * The length coercion: simhash to simhash(n).  Unlike bit(n) an explicit
 * cast neither cuts nor pads, for the result would be a fingerprint of
 * nothing.
 */
Datum
simhash_enforce_typmod(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);

	check_typmod(SIMHASH_BITS(fp), PG_GETARG_INT32(1), NULL);
	PG_RETURN_SIMHASH(fp);
}

/* bit_length(simhash): the width in bits */
Datum
simhash_bits(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);

	PG_RETURN_INT32(SIMHASH_BITS(fp));
}

/*
 * The width of a value that is cast to simhash, checked.
 */
static int
cast_width(const char *type, int64 bits)
{
	if (bits > SIMHASH_MAX_BITS || !SIMHASH_VALID_BITS((int) bits))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot cast %s of " INT64_FORMAT " bits to simhash", type, bits),
				 errhint(WIDTH_HINT, WIDTH_HINT_ARGS)));
	return (int) bits;
}

/*
 * A cast from simhash to a type of another width, refused.
 */
static void
cast_refused(const Simhash *fp, const char *type, int bits)
{
	ereport(ERROR,
			(errcode(ERRCODE_STRING_DATA_LENGTH_MISMATCH),
			 errmsg("cannot cast simhash of %d bits to %s of %d bits",
					SIMHASH_BITS(fp), type, bits)));
}

Datum
simhash_from_bit(PG_FUNCTION_ARGS)
{
	VarBit	   *bits = PG_GETARG_VARBIT_P(0);
	Simhash    *result = simhash_alloc(cast_width("bit string", VARBITLEN(bits)));

	memcpy(SIMHASH_DATA(result), VARBITS(bits), SIMHASH_BYTES(result));
	PG_RETURN_SIMHASH(result);
}

/*
 * simhash to bit(n).  The type modifier is checked here, or an explicit cast
 * to bit(64) would cut a wider fingerprint silently.
 */
Datum
simhash_to_bit(PG_FUNCTION_ARGS)
{
	Simhash    *fp = PG_GETARG_SIMHASH(0);
	int32		typmod = PG_GETARG_INT32(1);
	int			size = VARBITTOTALLEN(SIMHASH_BITS(fp));
	VarBit	   *result;

	if (typmod >= 0 && typmod != SIMHASH_BITS(fp))
		cast_refused(fp, "bit string", typmod);

	result = palloc(size);
	SET_VARSIZE(result, size);
	VARBITLEN(result) = SIMHASH_BITS(fp);
	memcpy(VARBITS(result), SIMHASH_DATA(fp), SIMHASH_BYTES(fp));
	PG_RETURN_VARBIT_P(result);
}

Datum
simhash_from_bytea(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	Simhash    *result = simhash_alloc(cast_width("bytea", (int64) VARSIZE_ANY_EXHDR(bytes) * 8));

	memcpy(SIMHASH_DATA(result), VARDATA_ANY(bytes), SIMHASH_BYTES(result));
	PG_RETURN_SIMHASH(result);
}

Datum
simhash_to_bytea(PG_FUNCTION_ARGS)
{
	/* the same layout, but a value of its own: the argument may be on a page */
	PG_RETURN_BYTEA_P(payload_bytea(PG_GETARG_SIMHASH(0)));
}

Datum
simhash_from_int8(PG_FUNCTION_ARGS)
{
	uint64		word = (uint64) PG_GETARG_INT64(0);

	PG_RETURN_SIMHASH(simhash_from_words(&word, 1));
}

/* The word of a fingerprint of 64 bits, for the cast to a type. */
static uint64
single_word(const Simhash *fp, const char *type)
{
	uint64		word;

	if (SIMHASH_WORDS(fp) != 1)
		cast_refused(fp, type, SIMHASH_WORD_BITS);
	simhash_to_words(fp, &word);
	return word;
}

Datum
simhash_to_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) single_word(PG_GETARG_SIMHASH(0), "bigint"));
}

/*
 * The value of a number as numeric_out() writes it; false unless it is whole
 * and from 0 to 2^64 - 1.
 */
static bool
read_unsigned(const char *number, uint64 *value)
{
	const char *next = number;

	*value = 0;
	for (; *next >= '0' && *next <= '9'; next++)
	{
		int			digit = *next - '0';

		if (*value > (PG_UINT64_MAX - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	if (next == number)
		return false;			/* a sign, or NaN or Infinity */
	if (*next == '.')
		next += 1 + strspn(next + 1, "0");
	return *next == '\0';
}

/*
 * What other tools keep as unsigned numbers of 64 bits, and PostgreSQL has no
 * other type for.
 */
Datum
simhash_from_numeric(PG_FUNCTION_ARGS)
{
	char	   *number = DatumGetCString(DirectFunctionCall1(numeric_out, PG_GETARG_DATUM(0)));
	uint64		word;

	if (!read_unsigned(number, &word))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("cannot cast numeric %s to simhash", clip_literal(number)),
				 errhint("A simhash of 64 bits is a whole number from 0 to " UINT64_FORMAT ".",
						 PG_UINT64_MAX)));
	PG_RETURN_SIMHASH(simhash_from_words(&word, 1));
}

Datum
simhash_to_numeric(PG_FUNCTION_ARGS)
{
	uint64		word = single_word(PG_GETARG_SIMHASH(0), "numeric");

	return DirectFunctionCall3(numeric_in, CStringGetDatum(psprintf(UINT64_FORMAT, word)),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}
