/*-------------------------------------------------------------------------
 *
 * boilerplate_io.c
 *	  The type boilerplate: its text and binary forms, and joining two values.
 *
 *-------------------------------------------------------------------------
 */
#include "boilerplate/boilerplate.h"

#include <ctype.h>

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "base/literal.h"
#include "base/payload.h"

PG_FUNCTION_INFO_V1(boilerplate_in);
PG_FUNCTION_INFO_V1(boilerplate_out);
PG_FUNCTION_INFO_V1(boilerplate_recv);
PG_FUNCTION_INFO_V1(boilerplate_send);
PG_FUNCTION_INFO_V1(boilerplate_union);

/* Hexadecimal digits of a feature. */
#define DIGITS	16

Boilerplate *
boilerplate_make(const Furniture *furniture)
{
	Size		size = VARHDRSZ + BOILERPLATE_HDRSZ + furniture->n * BOILERPLATE_FEATURE;
	uint32		narticles = pg_hton32(furniture->narticles);
	Boilerplate *result;
	char	   *p;

	if (furniture->n > BOILERPLATE_MAX_FEATURES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("boilerplate has more than %zu features", BOILERPLATE_MAX_FEATURES),
				 errhint("Learn from fewer articles, or ask for more articles that have it.")));
	result = palloc(size);
	SET_VARSIZE(result, size);
	p = VARDATA(result);
	*p = BOILERPLATE_VERSION;
	memcpy(p + 1, &narticles, sizeof(narticles));
	p += BOILERPLATE_HDRSZ;
	for (size_t i = 0; i < furniture->n; i++, p += BOILERPLATE_FEATURE)
	{
		uint64		feature = pg_hton64(furniture->features[i]);

		memcpy(p, &feature, sizeof(feature));
	}
	return result;
}

/* Take a payload apart; false if it is none. */
static bool
read_payload(const char *payload, Size size, Furniture *furniture)
{
	uint64	   *features;
	uint32		narticles;

	if (size < BOILERPLATE_HDRSZ || *payload != BOILERPLATE_VERSION ||
		(size - BOILERPLATE_HDRSZ) % BOILERPLATE_FEATURE != 0)
		return false;
	memcpy(&narticles, payload + 1, sizeof(narticles));
	furniture->narticles = pg_ntoh32(narticles);
	furniture->n = (size - BOILERPLATE_HDRSZ) / BOILERPLATE_FEATURE;
	furniture->features = features = palloc_extended((furniture->n + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);
	memcpy(features, payload + BOILERPLATE_HDRSZ, furniture->n * BOILERPLATE_FEATURE);
	for (size_t i = 0; i < furniture->n; i++)
	{
		features[i] = pg_ntoh64(features[i]);
		if (i > 0 && features[i] <= features[i - 1])
			return false;
	}
	return true;
}

void
boilerplate_read(Datum datum, Furniture *furniture)
{
	Boilerplate *value = (Boilerplate *) PG_DETOAST_DATUM_PACKED(datum);

	if (!read_payload(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), furniture))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("invalid stored value of type %s", "boilerplate"),
				 errdetail("It has %zu bytes; a value has version %d, and features in ascending order.",
						   (Size) VARSIZE_ANY_EXHDR(value), BOILERPLATE_VERSION)));
}

/* The hexadecimal number of a feature. */
static bool
read_feature(const char *literal, uint64 *feature)
{
	*feature = 0;
	for (int i = 0; i < DIGITS; i++)
	{
		if (!isxdigit((unsigned char) literal[i]))
			return false;
		*feature = *feature << 4 | (uint64) literal_digit(literal[i]);
	}
	return true;
}

/*
 * The text form: how many articles, then the features in hexadecimal,
 * "120:00c3...,0117...".
 */
static bool
read_literal(const char *literal, Furniture *furniture)
{
	size_t		length = strlen(literal);
	size_t		digits = strspn(literal, "0123456789");
	uint64	   *features = palloc_extended((length / (DIGITS + 1) + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);
	uint64		narticles;
	const char *p = literal + digits;

	furniture->n = 0;
	furniture->features = features;
	if (digits == 0 || digits > 10 || *p != ':')
		return false;
	narticles = strtoull(literal, NULL, 10);
	furniture->narticles = (uint32) narticles;
	if (narticles > PG_UINT32_MAX)
		return false;
	if (*++p == '\0')
		return true;
	for (;; p++)
	{
		uint64		feature;

		if (furniture->n % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		if (!read_feature(p, &feature) ||
			(furniture->n > 0 && feature <= features[furniture->n - 1]))
			return false;
		features[furniture->n++] = feature;
		p += DIGITS;
		if (*p == '\0')
			return true;
		if (*p != ',')
			return false;
	}
}

Datum
boilerplate_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	Furniture	furniture;

	if (!read_literal(literal, &furniture))
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "boilerplate", clip_literal(literal)),
				 errhint("A value is made by boilerplate_agg().")));
	PG_RETURN_POINTER(boilerplate_make(&furniture));
}

Datum
boilerplate_out(PG_FUNCTION_ARGS)
{
	Furniture	furniture;
	StringInfoData out;

	boilerplate_read(PG_GETARG_DATUM(0), &furniture);
	initStringInfo(&out);
	enlargeStringInfo(&out, 16 + (int) furniture.n * (DIGITS + 1));
	appendStringInfo(&out, "%u:", furniture.narticles);
	for (size_t i = 0; i < furniture.n; i++)
		appendStringInfo(&out, "%s%016llx", i > 0 ? "," : "",
						 (unsigned long long) furniture.features[i]);
	PG_RETURN_CSTRING(out.data);
}

/* The binary form is the payload. */
Datum
boilerplate_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buf->len - buf->cursor;
	Furniture	furniture;

	if (!read_payload(pq_getmsgbytes(buf, size), size, &furniture))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external boilerplate")));
	PG_RETURN_POINTER(boilerplate_make(&furniture));
}

Datum
boilerplate_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(payload_bytea(PG_GETARG_VARLENA_PP(0)));
}

/*
 * boilerplate_union(a boilerplate, b boilerplate): what either has
 */
Datum
boilerplate_union(PG_FUNCTION_ARGS)
{
	Furniture	a;
	Furniture	b;
	Furniture	both;
	uint64	   *features;
	size_t		i = 0;
	size_t		j = 0;

	boilerplate_read(PG_GETARG_DATUM(0), &a);
	boilerplate_read(PG_GETARG_DATUM(1), &b);
	features = palloc_extended((a.n + b.n + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);
	both.n = 0;
	while (i < a.n || j < b.n)
	{
		uint64		feature = j == b.n || (i < a.n && a.features[i] <= b.features[j]) ?
			a.features[i] : b.features[j];

		if (both.n % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		i += i < a.n && a.features[i] == feature;
		j += j < b.n && b.features[j] == feature;
		features[both.n++] = feature;
	}
	both.features = features;
	both.narticles = (uint32) Min((uint64) a.narticles + b.narticles, PG_UINT32_MAX);
	PG_RETURN_POINTER(boilerplate_make(&both));
}
