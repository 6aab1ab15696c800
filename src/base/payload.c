/*-------------------------------------------------------------------------
 *
 * payload.c
 *	  Equality, order, hash and binary form of values that are the bytes of
 *	  their payload.
 *
 * The functions serve the operators and classes of every type alike.
 *
 *-------------------------------------------------------------------------
 */
#include "base/payload.h"

#include "access/detoast.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "base/compat.h"

PG_FUNCTION_INFO_V1(payload_eq);
PG_FUNCTION_INFO_V1(payload_ne);
PG_FUNCTION_INFO_V1(payload_lt);
PG_FUNCTION_INFO_V1(payload_le);
PG_FUNCTION_INFO_V1(payload_gt);
PG_FUNCTION_INFO_V1(payload_ge);
PG_FUNCTION_INFO_V1(payload_cmp);
PG_FUNCTION_INFO_V1(payload_sortsupport);
PG_FUNCTION_INFO_V1(payload_hash);
PG_FUNCTION_INFO_V1(payload_hash_extended);

bytea *
payload_bytea(const struct varlena *value)
{
	return cstring_to_text_with_len(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

char *
clip_literal(const char *literal)
{
	size_t		length = strlen(literal);

	if (length <= 64)
		return pstrdup(literal);
	return psprintf("%.*s...", pg_mbcliplen(literal, length, 64), literal);
}

/* The length, which is known without fetching what is out of line. */
static Size
payload_length(Datum datum)
{
	Size		size = toast_raw_datum_size(datum);

	return size > VARHDRSZ ? size - VARHDRSZ : 0;
}

/* Free a value that detoasting has copied. */
static void
free_if_copy(struct varlena *value, Datum datum)
{
	if ((Pointer) value != DatumGetPointer(datum))
		pfree(value);
}

/*
 * Frees what it had to fetch from out of line: sorts and index builds compare
 * often in one memory context.
 */
int
payload_compare(Datum x, Datum y)
{
	Size		length = payload_length(x);
	Size		length_y = payload_length(y);
	struct varlena *a;
	struct varlena *b;
	int			result;

	if (length != length_y)
		return length < length_y ? -1 : 1;
	a = PG_DETOAST_DATUM_PACKED(x);
	b = PG_DETOAST_DATUM_PACKED(y);
	result = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), length);
	free_if_copy(a, x);
	free_if_copy(b, y);
	return result;
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	return payload_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
}

#define COMPARISON(name, operator) \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(compare_arguments(fcinfo) operator 0); \
}

COMPARISON(payload_eq, ==)
COMPARISON(payload_ne, !=)
COMPARISON(payload_lt, <)
COMPARISON(payload_le, <=)
COMPARISON(payload_gt, >)
COMPARISON(payload_ge, >=)

Datum
payload_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

/*
 * ---------- sorting
 */

static int
sort_full(Datum x, Datum y, SortSupport ssup)
{
	(void) ssup;
	return payload_compare(x, y);
}

/*
 * The length in a byte, and the first bytes; of what is longer, the length
 * alone.  The first bits of a fingerprint are random, and decide nearly every
 * comparison.
 */
static Datum
sort_abbreviate(Datum original, SortSupport ssup)
{
	Size		length = payload_length(original);
	uint64		key = 0;

	(void) ssup;
	if (length >= PG_UINT8_MAX)
		key = (uint64) PG_UINT8_MAX << 56 | length;
	else
	{
		struct varlena *value = PG_DETOAST_DATUM_PACKED(original);

		memcpy(&key, VARDATA_ANY(value), Min(length, sizeof(key)));
		key = pg_ntoh64(key) >> 8 | (uint64) length << 56;
		free_if_copy(value, original);
	}
	return (Datum) (key >> (64 - 8 * sizeof(Datum)));
}

static bool
sort_abbreviate_abort(int memtupcount, SortSupport ssup)
{
	(void) memtupcount;
	(void) ssup;
	return false;
}

void
payload_sort_by(SortSupport ssup, int (*full) (Datum x, Datum y, SortSupport ssup),
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
payload_sortsupport(PG_FUNCTION_ARGS)
{
	payload_sort_by((SortSupport) PG_GETARG_POINTER(0), sort_full, sort_abbreviate);
	PG_RETURN_VOID();
}

/*
 * ---------- hashing
 */

Datum
payload_hash(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	Datum		result = hash_any((unsigned char *) VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));

	PG_FREE_IF_COPY(value, 0);
	return result;
}

Datum
payload_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_GETARG_VARLENA_PP(0);
	Datum		result = hash_any_extended((unsigned char *) VARDATA_ANY(value),
										   VARSIZE_ANY_EXHDR(value), PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(value, 0);
	return result;
}
