/*-------------------------------------------------------------------------
 *
 * textsketch_query.c
 *	  The type textsketch_query, a condition on a sketch, and the test @@.
 *
 * It makes a condition with a threshold an operator between two values, the
 * only form of condition that an index can answer.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "base/payload.h"
#include "base/serverenv.h"

PG_FUNCTION_INFO_V1(textsketch_query_in);
PG_FUNCTION_INFO_V1(textsketch_query_out);
PG_FUNCTION_INFO_V1(textsketch_query_recv);
PG_FUNCTION_INFO_V1(textsketch_query_send);
PG_FUNCTION_INFO_V1(textsketch_query_construct);
PG_FUNCTION_INFO_V1(textsketch_matches);
PG_FUNCTION_INFO_V1(textsketch_matched_by);

#define MODE_HINT "A mode is \"resembles\", \"contained\", \"contains\", \"overlaps\" or \"shares\"."

/* The mode of that name; false and untouched if there is none. */
bool
textsketch_mode_by_name(const text *name, TextsketchMode *mode)
{
	int			found = textsketch_mode(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (found >= 0)
		*mode = found;
	return found >= 0;
}

/* Raise an error unless a condition of that mode can have the threshold. */
void
textsketch_check_threshold(TextsketchMode mode, double threshold)
{
	if (textsketch_threshold_valid(mode, threshold))
		return;
	if (mode == TEXTSKETCH_SHARES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of shared elements %.15g", threshold),
				 errhint("It is 1 or more.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("threshold %.15g is out of range", threshold),
			 errhint("A threshold is above 0 and at most 1.")));
}

/* Read a query, which must stay.  It may be damaged, as a sketch. */
void
textsketch_query_view(const TextsketchQuery *query, TextsketchQueryView *view)
{
	const char *wrong = textsketch_query_damage(TEXTSKETCH_DATA(query), TEXTSKETCH_BYTES(query));

	if (unlikely(wrong != NULL))
		textsketch_damaged("textsketch_query", wrong);
	textsketch_view_query(TEXTSKETCH_DATA(query), TEXTSKETCH_BYTES(query), view);
}

Datum
textsketch_query_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	size_t		room = TEXTSKETCH_QUERY_HDRSZ + TEXTSKETCH_READ_ROOM(strlen(literal));
	unsigned char *payload = palloc_extended(room, MCXT_ALLOC_HUGE);
	RawEnv		env = server_env(CurrentMemoryContext);
	size_t		size;
	const char *wrong = textsketch_read_query(literal, payload, &size, &env);
	TextsketchQuery *query;

	if (wrong != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"textsketch_query", clip_literal(literal)),
				 errdetail_internal("%s", wrong)));
	query = (TextsketchQuery *) cstring_to_text_with_len((char *) payload, size);
	pfree(payload);
	PG_RETURN_POINTER(query);
}

Datum
textsketch_query_out(PG_FUNCTION_ARGS)
{
	TextsketchQueryView view;
	char	   *threshold;

	textsketch_query_view((TextsketchQuery *) PG_GETARG_TEXTSKETCH(0), &view);
	threshold = float8out_internal(view.threshold);
	PG_RETURN_CSTRING(psprintf("%s %s %s", textsketch_mode_name(view.mode), threshold,
							   textsketch_text(&view.sketch)));
}

/* The binary form is the payload. */
Datum
textsketch_query_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			bytes = buf->len - buf->cursor;
	const char *payload = pq_getmsgbytes(buf, Max(bytes, TEXTSKETCH_QUERY_HDRSZ));
	const char *wrong = textsketch_query_invalid((const unsigned char *) payload, bytes);

	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external textsketch_query"),
				 errdetail_internal("%s", wrong)));
	PG_RETURN_POINTER(cstring_to_text_with_len(payload, bytes));
}

Datum
textsketch_query_send(PG_FUNCTION_ARGS)
{
	TextsketchQuery *query = PG_GETARG_TEXTSKETCH(0);
	TextsketchQueryView view;

	textsketch_query_view(query, &view);
	PG_RETURN_BYTEA_P(payload_bytea(query));
}

/* textsketch_query(mode text, sketch textsketch, threshold float8) */
Datum
textsketch_query_construct(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	double		threshold = PG_GETARG_FLOAT8(2);
	Textsketch *sketch = PG_GETARG_TEXTSKETCH(1);
	size_t		size = VARHDRSZ + TEXTSKETCH_QUERY_HDRSZ + TEXTSKETCH_BYTES(sketch);
	TextsketchQuery *query;
	TextsketchView view;
	TextsketchMode mode;

	textsketch_view(sketch, &view);
	if (!textsketch_mode_by_name(name, &mode))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid mode of a textsketch_query: \"%s\"",
						clip_literal(text_to_cstring(name))),
				 errhint(MODE_HINT)));
	textsketch_check_threshold(mode, threshold);

	query = palloc(size);
	SET_VARSIZE(query, size);
	textsketch_write_condition(TEXTSKETCH_DATA(query), mode, threshold);
	memcpy(TEXTSKETCH_DATA(query) + TEXTSKETCH_QUERY_HDRSZ, TEXTSKETCH_DATA(sketch),
		   TEXTSKETCH_BYTES(sketch));
	PG_RETURN_POINTER(query);
}

static bool
sketch_matches(const Textsketch *sketch, const TextsketchQuery *query)
{
	TextsketchView row;
	TextsketchQueryView view;

	textsketch_view(sketch, &row);
	textsketch_query_view(query, &view);
	return textsketch_holds(view.mode, view.threshold, &row, &view.sketch);
}

/* sketch @@ query */
Datum
textsketch_matches(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sketch_matches(PG_GETARG_TEXTSKETCH(0), PG_GETARG_TEXTSKETCH(1)));
}

/* query @@ sketch */
Datum
textsketch_matched_by(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sketch_matches(PG_GETARG_TEXTSKETCH(1), PG_GETARG_TEXTSKETCH(0)));
}
