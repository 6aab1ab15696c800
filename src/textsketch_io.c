/*-------------------------------------------------------------------------
 *
 * textsketch_io.c
 *	  Input, output, validation and accessors of the type textsketch.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(textsketch_in);
PG_FUNCTION_INFO_V1(textsketch_out);
PG_FUNCTION_INFO_V1(textsketch_recv);
PG_FUNCTION_INFO_V1(textsketch_send);
PG_FUNCTION_INFO_V1(textsketch_words);
PG_FUNCTION_INFO_V1(textsketch_shingles);
PG_FUNCTION_INFO_V1(textsketch_elements);
PG_FUNCTION_INFO_V1(textsketch_theta);
PG_FUNCTION_INFO_V1(textsketch_hashes);
PG_FUNCTION_INFO_V1(textsketch_shingle);
PG_FUNCTION_INFO_V1(textsketch_sampling);
PG_FUNCTION_INFO_V1(textsketch_window);

#define VALID_SHINGLE(n)	((n) >= 1 && (n) <= SKETCH_MAX_SHINGLE)
#define VALID_SAMPLING(n)	((n) >= 1 && (n) <= SKETCH_MAX_SAMPLING)
#define VALID_WINDOW(n)		((n) >= 1 && (n) <= SKETCH_MAX_WINDOW)

/* Raise an error unless a sketch can have these parameters. */
void
textsketch_check_params(int shingle, int sampling, int window)
{
	if (!VALID_SHINGLE(shingle))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid shingle length %d", shingle),
				 errhint("A shingle is 1 to %d words long.", SKETCH_MAX_SHINGLE)));
	if (!VALID_SAMPLING(sampling))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid sampling %d", sampling),
				 errhint("One shingle of 1 to %d is sampled.", SKETCH_MAX_SAMPLING)));
	if (!VALID_WINDOW(window))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid window %d", window),
				 errhint("A window is 1 to %d shingles long.", SKETCH_MAX_WINDOW)));
}

/*
 * ---------- bytes
 */

static void
put16(unsigned char *bytes, uint16 value)
{
	value = pg_hton16(value);
	memcpy(bytes, &value, sizeof(value));
}

static void
put32(unsigned char *bytes, uint32 value)
{
	value = pg_hton32(value);
	memcpy(bytes, &value, sizeof(value));
}

static uint16
get16(const unsigned char *bytes)
{
	uint16		value;

	memcpy(&value, bytes, sizeof(value));
	return pg_ntoh16(value);
}

static uint32
get32(const unsigned char *bytes)
{
	uint32		value;

	memcpy(&value, bytes, sizeof(value));
	return pg_ntoh32(value);
}

/*
 * A new sketch in the current memory context.  "last" is the largest hash
 * below theta; the elements are sorted and distinct.
 */
Textsketch *
textsketch_make(SketchParams params, uint32 nwords, uint32 nshingles, uint32 last,
				const uint32 *elements, size_t nelements)
{
	size_t		size = VARHDRSZ + TEXTSKETCH_HDRSZ + nelements * sizeof(uint32);
	Textsketch *sketch;
	unsigned char *data;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("sketch of %zu elements is too large", nelements),
				 errhint("Sample less, or sketch the parts of the text instead.")));
	sketch = palloc(size);
	SET_VARSIZE(sketch, size);
	data = TEXTSKETCH_DATA(sketch);
	data[0] = TEXTSKETCH_VERSION;
	data[1] = params.shingle;
	put16(data + 2, params.sampling);
	put16(data + 4, params.window);
	put16(data + 6, 0);
	put32(data + 8, nwords);
	put32(data + 12, nshingles);
	put32(data + 16, last);
	for (size_t i = 0; i < nelements; i++)
		put32(data + TEXTSKETCH_HDRSZ + i * sizeof(uint32), elements[i]);
	return sketch;
}

/* Read the payload of a sketch, which is valid and must stay. */
void
textsketch_view_payload(const unsigned char *payload, size_t size, TextsketchView *view)
{
	view->data = payload;
	view->params.shingle = payload[1];
	view->params.sampling = get16(payload + 2);
	view->params.window = get16(payload + 4);
	view->nwords = get32(payload + 8);
	view->nshingles = get32(payload + 12);
	view->last = get32(payload + 16);
	view->elements = payload + TEXTSKETCH_HDRSZ;
	view->nelements = (size - TEXTSKETCH_HDRSZ) / sizeof(uint32);
}

/* Read a sketch, which must stay. */
void
textsketch_view(const Textsketch *sketch, TextsketchView *view)
{
	textsketch_view_payload(TEXTSKETCH_DATA(sketch), TEXTSKETCH_BYTES(sketch), view);
}

/*
 * What is wrong with bytes that come from outside, or NULL if they are the
 * payload of a sketch that some text may have.
 */
const char *
textsketch_invalid(const unsigned char *payload, size_t size)
{
	TextsketchView view;
	uint32		nbelow = 0;

	if (size < TEXTSKETCH_HDRSZ + sizeof(uint32) || size % sizeof(uint32) != 0)
		return "Its length is wrong.";
	if (payload[0] != TEXTSKETCH_VERSION)
		return "Its version is unknown.";
	textsketch_view_payload(payload, size, &view);
	if (!VALID_SHINGLE(view.params.shingle) || !VALID_SAMPLING(view.params.sampling) ||
		!VALID_WINDOW(view.params.window) || get16(payload + 6) != 0)
		return "Its parameters are out of range.";
	if (view.nshingles < 1 || view.nwords < view.nshingles)
		return "It has more shingles than words, or none.";
	if (view.nelements > view.nshingles)
		return "It has more elements than shingles.";
	if (view.last < sketch_sampled(view.params.sampling))
		return "Its theta is below that of its sampling.";
	for (uint32 i = 0; i < view.nelements; i++)
	{
		if (i > 0 && textsketch_element(&view, i) <= textsketch_element(&view, i - 1))
			return "Its elements are not in ascending order.";
		if (textsketch_element(&view, i) <= view.last)
			nbelow++;
	}
	if (view.last > sketch_sampled(view.params.sampling) &&
		(view.last < PG_UINT32_MAX ? nbelow != SKETCH_FLOOR : nbelow > SKETCH_FLOOR))
		return "Its theta does not fit the number of its elements.";
	if (view.last == sketch_sampled(view.params.sampling) && view.last < PG_UINT32_MAX &&
		nbelow < SKETCH_FLOOR)
		return "Its theta does not fit the number of its elements.";
	return NULL;
}

/*
 * ---------- text and binary form
 */

/*
 * The text form, in the current memory context.  Theta is as in the
 * definition, up to 2^32.
 */
char *
textsketch_text(const TextsketchView *view)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "shingle=%d sampling=%d window=%d words=%u shingles=%u theta=%llx {",
					 view->params.shingle, view->params.sampling, view->params.window,
					 view->nwords, view->nshingles, (unsigned long long) view->last + 1);
	for (uint32 i = 0; i < view->nelements; i++)
		appendStringInfo(&buf, "%s%08x", i > 0 ? "," : "", textsketch_element(view, i));
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

/* Read digits up to "limit"; *next is moved behind them. */
static bool
read_number(const char **next, int base, uint64 limit, uint64 *value)
{
	const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
	const char *begin = *next;

	*value = 0;
	for (const char *digit; **next != '\0' && (digit = strchr(digits, **next)) != NULL; (*next)++)
	{
		*value = *value * base + (digit - digits);
		if (*value > limit)
			return false;
	}
	return *next > begin;
}

/* Read a name and the number that follows it. */
static bool
read_field(const char **next, const char *name, int base, uint64 limit, uint64 *value)
{
	size_t		length = strlen(name);

	if (strncmp(*next, name, length) != 0)
		return false;
	*next += length;
	return read_number(next, base, limit, value);
}

/*
 * Read the text form into a new sketch in the current memory context.
 * Returns what is wrong with it, or NULL.
 */
const char *
textsketch_read(const char *literal, Textsketch **result)
{
	const char *next = literal;
	const char *syntax = "Its form is \"shingle=K sampling=S window=W words=N shingles=N theta=HEX {HEX,...}\".";
	uint64		shingle,
				sampling,
				window,
				nwords,
				nshingles,
				theta,
				element;
	uint32	   *elements;
	size_t		n = 0;

	if (!read_field(&next, "shingle=", 10, SKETCH_MAX_SHINGLE, &shingle) ||
		!read_field(&next, " sampling=", 10, SKETCH_MAX_SAMPLING, &sampling) ||
		!read_field(&next, " window=", 10, SKETCH_MAX_WINDOW, &window) ||
		!read_field(&next, " words=", 10, PG_UINT32_MAX, &nwords) ||
		!read_field(&next, " shingles=", 10, PG_UINT32_MAX, &nshingles) ||
		!read_field(&next, " theta=", 16, (uint64) PG_UINT32_MAX + 1, &theta) ||
		theta == 0 || strncmp(next, " {", 2) != 0)
		return syntax;

	elements = palloc_extended((strlen(next) / 2 + 1) * sizeof(uint32), MCXT_ALLOC_HUGE);
	next++;
	do
	{
		next++;
		if (!read_number(&next, 16, PG_UINT32_MAX, &element))
			return syntax;
		elements[n++] = (uint32) element;
	} while (*next == ',');
	if (strcmp(next, "}") != 0)
		return syntax;

	*result = textsketch_make((SketchParams) {(int) shingle, (int) sampling, (int) window},
							  (uint32) nwords, (uint32) nshingles, (uint32) (theta - 1),
							  elements, n);
	pfree(elements);
	return textsketch_invalid(TEXTSKETCH_DATA(*result), TEXTSKETCH_BYTES(*result));
}

Datum
textsketch_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	Textsketch *result;
	const char *wrong = textsketch_read(literal, &result);

	if (wrong != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"textsketch", simhash_clip_literal(literal)),
				 errdetail_internal("%s", wrong),
				 errhint("Use to_textsketch() for the sketch of a text.")));
	PG_RETURN_TEXTSKETCH(result);
}

Datum
textsketch_out(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_CSTRING(textsketch_text(&view));
}

/* The binary form is the payload. */
Datum
textsketch_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			bytes = buf->len - buf->cursor;
	Textsketch *result = palloc(VARHDRSZ + bytes);
	const char *wrong;

	SET_VARSIZE(result, VARHDRSZ + bytes);
	pq_copymsgbytes(buf, (char *) TEXTSKETCH_DATA(result), bytes);
	wrong = textsketch_invalid(TEXTSKETCH_DATA(result), bytes);
	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external textsketch"),
				 errdetail_internal("%s", wrong)));
	PG_RETURN_TEXTSKETCH(result);
}

Datum
textsketch_send(PG_FUNCTION_ARGS)
{
	Textsketch *sketch = PG_GETARG_TEXTSKETCH(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, (char *) TEXTSKETCH_DATA(sketch), TEXTSKETCH_BYTES(sketch));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * ---------- accessors
 */

Datum
textsketch_words(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT64(view.nwords);
}

Datum
textsketch_shingles(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT64(view.nshingles);
}

Datum
textsketch_elements(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT32(view.nelements);
}

Datum
textsketch_theta(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT64((int64) view.last + 1);
}

Datum
textsketch_shingle(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT32(view.params.shingle);
}

Datum
textsketch_sampling(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT32(view.params.sampling);
}

Datum
textsketch_window(PG_FUNCTION_ARGS)
{
	TextsketchView view;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	PG_RETURN_INT32(view.params.window);
}

/* textsketch_hashes(sketch) -> bigint[]: the elements, ascending */
Datum
textsketch_hashes(PG_FUNCTION_ARGS)
{
	TextsketchView view;
	Datum	   *hashes;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	hashes = palloc(view.nelements * sizeof(Datum));
	for (uint32 i = 0; i < view.nelements; i++)
		hashes[i] = Int64GetDatum((int64) textsketch_element(&view, i));
	PG_RETURN_ARRAYTYPE_P(construct_array(hashes, view.nelements, INT8OID,
										  sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
