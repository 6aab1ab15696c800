/*-------------------------------------------------------------------------
 *
 * textsketch_io.c
 *	  Input, output, type modifier and accessors of the type textsketch.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/payload.h"
#include "base/serverenv.h"

PG_FUNCTION_INFO_V1(textsketch_in);
PG_FUNCTION_INFO_V1(textsketch_out);
PG_FUNCTION_INFO_V1(textsketch_recv);
PG_FUNCTION_INFO_V1(textsketch_send);
PG_FUNCTION_INFO_V1(textsketch_typmod_in);
PG_FUNCTION_INFO_V1(textsketch_typmod_out);
PG_FUNCTION_INFO_V1(textsketch_enforce_typmod);
PG_FUNCTION_INFO_V1(textsketch_words);
PG_FUNCTION_INFO_V1(textsketch_shingles);
PG_FUNCTION_INFO_V1(textsketch_elements);
PG_FUNCTION_INFO_V1(textsketch_theta);
PG_FUNCTION_INFO_V1(textsketch_hashes);
PG_FUNCTION_INFO_V1(textsketch_shingle);
PG_FUNCTION_INFO_V1(textsketch_sampling);
PG_FUNCTION_INFO_V1(textsketch_window);

/* Raise an error unless a sketch can have these parameters. */
void
textsketch_check_params(int shingle, int sampling, int window)
{
	if (!TEXTSKETCH_VALID_SHINGLE(shingle))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid shingle length %d", shingle),
				 errhint("A shingle is 1 to %d words long.", SKETCH_MAX_SHINGLE)));
	if (!TEXTSKETCH_VALID_SAMPLING(sampling))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid sampling %d", sampling),
				 errhint("One shingle of 1 to %d is sampled.", SKETCH_MAX_SAMPLING)));
	if (!TEXTSKETCH_VALID_WINDOW(window))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid window %d", window),
				 errhint("A window is 1 to %d shingles long.", SKETCH_MAX_WINDOW)));
}

/*
 * A new sketch in the current memory context.  "last" is the largest hash
 * below theta; the elements are sorted and distinct.
 */
Textsketch *
textsketch_make(SketchParams params, uint32 nwords, uint32 nshingles, uint32 last,
				const uint32 *elements, size_t nelements)
{
	size_t		size = VARHDRSZ + TEXTSKETCH_SIZE(nelements);
	Textsketch *sketch;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("sketch of %zu elements is too large", nelements),
				 errhint("Sample less, or sketch the parts of the text instead.")));
	sketch = palloc(size);
	SET_VARSIZE(sketch, size);
	textsketch_write(TEXTSKETCH_DATA(sketch), params, nwords, nshingles, last, elements, nelements);
	return sketch;
}

/* An error over a stored value of a type, of which that is wrong. */
void
textsketch_damaged(const char *type, const char *wrong)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("damaged %s", type),
			 errdetail_internal("%s", wrong)));
}

/* Read a sketch, which must stay.  It may be damaged: see textsketch_damage(). */
void
textsketch_view(const Textsketch *sketch, TextsketchView *view)
{
	const char *wrong = textsketch_damage(TEXTSKETCH_DATA(sketch), TEXTSKETCH_BYTES(sketch));

	if (unlikely(wrong != NULL))
		textsketch_damaged("textsketch", wrong);
	textsketch_view_payload(TEXTSKETCH_DATA(sketch), TEXTSKETCH_BYTES(sketch), view);
}

/*
 * ---------- type modifier
 */

/* The parameters as one number: 4 bits, 16 and 8, each a number from 0. */
static int32
typmod_of_params(const SketchParams *params)
{
	return (params->shingle - 1) << 24 | (params->sampling - 1) << 8 | (params->window - 1);
}

static SketchParams
params_of_typmod(int32 typmod)
{
	return (SketchParams) {(typmod >> 24 & 0xF) + 1, (typmod >> 8 & 0xFFFF) + 1, (typmod & 0xFF) + 1};
}

StaticAssertDecl(SKETCH_MAX_SHINGLE <= 0x10 && SKETCH_MAX_SAMPLING <= 0x10000 && SKETCH_MAX_WINDOW <= 0x100,
				 "the parameters don't fit a type modifier");

/*
 * Does a sketch fit a column or cast of type modifier "typmod"?  A soft error
 * where escontext asks for one, and false.
 */
static bool
check_typmod(const Textsketch *sketch, int32 typmod, struct Node *escontext)
{
	TextsketchView view;
	SketchParams wanted;

	if (typmod < 0)
		return true;
	textsketch_view(sketch, &view);
	if (typmod_of_params(&view.params) == typmod)
		return true;
	wanted = params_of_typmod(typmod);
	ereturn(escontext, false,
			(errcode(ERRCODE_DATA_EXCEPTION),
			 errmsg("textsketch of parameters (%d,%d,%d) does not fit type textsketch(%d,%d,%d)",
					view.params.shingle, view.params.sampling, view.params.window,
					wanted.shingle, wanted.sampling, wanted.window),
			 errhint("Make it anew of its text, by to_textsketch().")));
}

Datum
textsketch_typmod_in(PG_FUNCTION_ARGS)
{
	ArrayType  *modifiers = PG_GETARG_ARRAYTYPE_P(0);
	int			n;
	int32	   *values = ArrayGetIntegerTypmods(modifiers, &n);

	if (n != 3)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid type modifier"),
				 errhint("textsketch takes three modifiers, shingle, sampling and window: textsketch(4, 12, 16) holds what to_textsketch() makes by default.")));
	textsketch_check_params(values[0], values[1], values[2]);

	PG_RETURN_INT32(typmod_of_params(&(SketchParams) {values[0], values[1], values[2]}));
}

Datum
textsketch_typmod_out(PG_FUNCTION_ARGS)
{
	SketchParams params = params_of_typmod(PG_GETARG_INT32(0));

	PG_RETURN_CSTRING(psprintf("(%d,%d,%d)", params.shingle, params.sampling, params.window));
}

/* The length coercion: textsketch to textsketch(shingle, sampling, window). */
Datum
textsketch_enforce_typmod(PG_FUNCTION_ARGS)
{
	Textsketch *sketch = PG_GETARG_TEXTSKETCH(0);

	check_typmod(sketch, PG_GETARG_INT32(1), NULL);
	PG_RETURN_TEXTSKETCH(sketch);
}

/*
 * ---------- text and binary form
 */

/* The text form, in the current memory context. */
char *
textsketch_text(const TextsketchView *view)
{
	RawEnv		env = server_env(CurrentMemoryContext);
	size_t		room = TEXTSKETCH_TEXT_ROOM(view->nelements);
	char	   *text;

	if (!AllocSizeIsValid(room))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("sketch of %u elements is too large for its text form", view->nelements),
				 errhint("Its binary form is smaller.")));
	text = palloc(room);
	textsketch_write_text(view, text, &env);
	return text;
}

Datum
textsketch_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	unsigned char *payload = palloc_extended(TEXTSKETCH_READ_ROOM(strlen(literal)), MCXT_ALLOC_HUGE);
	RawEnv		env = server_env(CurrentMemoryContext);
	size_t		size;
	const char *wrong = textsketch_read(literal, payload, &size, &env);
	Textsketch *result;

	if (wrong != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"textsketch", clip_literal(literal)),
				 errdetail_internal("%s", wrong),
				 errhint("Use to_textsketch() for the sketch of a text.")));
	result = (Textsketch *) cstring_to_text_with_len((char *) payload, size);
	pfree(payload);
	if (!check_typmod(result, PG_GETARG_INT32(2), fcinfo->context))
		PG_RETURN_NULL();
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
	check_typmod(result, PG_GETARG_INT32(2), NULL);
	PG_RETURN_TEXTSKETCH(result);
}

Datum
textsketch_send(PG_FUNCTION_ARGS)
{
	Textsketch *sketch = PG_GETARG_TEXTSKETCH(0);
	TextsketchView view;

	textsketch_view(sketch, &view);
	PG_RETURN_BYTEA_P(payload_bytea(sketch));
}

/*
 * ---------- accessors
 */

#define ACCESSOR(name, result) \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	TextsketchView view; \
\
	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view); \
	return result; \
}

ACCESSOR(textsketch_words, Int64GetDatum(view.nwords))
ACCESSOR(textsketch_shingles, Int64GetDatum(view.nshingles))
ACCESSOR(textsketch_elements, Int32GetDatum(view.nelements))
ACCESSOR(textsketch_theta, Int64GetDatum((int64) view.last + 1))
ACCESSOR(textsketch_shingle, Int32GetDatum(view.params.shingle))
ACCESSOR(textsketch_sampling, Int32GetDatum(view.params.sampling))
ACCESSOR(textsketch_window, Int32GetDatum(view.params.window))

/* textsketch_hashes(sketch) -> bigint[]: the elements, ascending */
Datum
textsketch_hashes(PG_FUNCTION_ARGS)
{
	TextsketchView view;
	size_t		size;
	ArrayType  *array;
	int64	   *hashes;

	textsketch_view(PG_GETARG_TEXTSKETCH(0), &view);
	size = ARR_OVERHEAD_NONULLS(1) + view.nelements * sizeof(int64);
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("sketch of %u elements is too large for an array", view.nelements)));
	array = palloc(size);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = 0;
	array->elemtype = INT8OID;
	ARR_DIMS(array)[0] = view.nelements;
	ARR_LBOUND(array)[0] = 1;
	hashes = (int64 *) ARR_DATA_PTR(array);
	for (uint32 i = 0; i < view.nelements; i++)
	{
		CHECK_FOR_INTERRUPTS();
		hashes[i] = textsketch_element(&view, i);
	}
	PG_RETURN_ARRAYTYPE_P(array);
}
