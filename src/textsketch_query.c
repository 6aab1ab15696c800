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
#include "textsketch.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/float.h"

PG_FUNCTION_INFO_V1(textsketch_query_in);
PG_FUNCTION_INFO_V1(textsketch_query_out);
PG_FUNCTION_INFO_V1(textsketch_query_recv);
PG_FUNCTION_INFO_V1(textsketch_query_send);
PG_FUNCTION_INFO_V1(textsketch_query_construct);
PG_FUNCTION_INFO_V1(textsketch_matches);
PG_FUNCTION_INFO_V1(textsketch_matched_by);

static const char *const mode_names[TEXTSKETCH_NMODES] = {
	"resembles", "contained", "contains", "overlaps", "shares"
};

#define MODE_HINT "A mode is \"resembles\", \"contained\", \"contains\", \"overlaps\" or \"shares\"."

/* The name of a mode, a constant. */
const char *
textsketch_mode_name(TextsketchMode mode)
{
	return mode_names[mode];
}

/* The mode of that name, or -1. */
static int
mode_by_name(const char *name, size_t length)
{
	for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
	{
		if (strlen(mode_names[mode]) == length && memcmp(mode_names[mode], name, length) == 0)
			return mode;
	}
	return -1;
}

/* The same of a text; false and untouched if there is none. */
bool
textsketch_mode_by_name(const text *name, TextsketchMode *mode)
{
	int			found = mode_by_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (found >= 0)
		*mode = found;
	return found >= 0;
}

/* Can a condition of that mode have the threshold? */
bool
textsketch_threshold_valid(TextsketchMode mode, double threshold)
{
	if (mode == TEXTSKETCH_SHARES)
		return threshold >= 1.0 && threshold <= PG_INT32_MAX && threshold == rint(threshold);
	return threshold > 0.0 && threshold <= 1.0;
}

/* Raise an error if not. */
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

/* A new query in the current memory context, of what is valid. */
static TextsketchQuery *
make_query(TextsketchMode mode, double threshold, const Textsketch *sketch)
{
	size_t		bytes = TEXTSKETCH_QUERY_HDRSZ + TEXTSKETCH_BYTES(sketch);
	TextsketchQuery *query = palloc0(VARHDRSZ + bytes);
	unsigned char *data = TEXTSKETCH_DATA(query);
	uint64		bits;

	SET_VARSIZE(query, VARHDRSZ + bytes);
	memcpy(&bits, &threshold, sizeof(bits));
	bits = pg_hton64(bits);
	data[0] = mode;
	memcpy(data + 4, &bits, sizeof(bits));
	memcpy(data + TEXTSKETCH_QUERY_HDRSZ, TEXTSKETCH_DATA(sketch), TEXTSKETCH_BYTES(sketch));
	return query;
}

/* Read a query, which must stay. */
void
textsketch_query_view(const TextsketchQuery *query, TextsketchQueryView *view)
{
	const unsigned char *data = TEXTSKETCH_DATA(query);
	uint64		bits;

	view->mode = data[0];
	memcpy(&bits, data + 4, sizeof(bits));
	bits = pg_ntoh64(bits);
	memcpy(&view->threshold, &bits, sizeof(bits));
	textsketch_view_payload(data + TEXTSKETCH_QUERY_HDRSZ,
							TEXTSKETCH_BYTES(query) - TEXTSKETCH_QUERY_HDRSZ, &view->sketch);
}

/*
 * Read "mode threshold sketch".  Returns what is wrong with it, or NULL.
 */
static const char *
read_query(const char *literal, TextsketchQuery **query)
{
	size_t		length = strcspn(literal, " ");
	int			mode = mode_by_name(literal, length);
	double		threshold;
	char	   *end;
	Textsketch *sketch;
	const char *wrong;

	if (mode < 0 || literal[length] != ' ')
		return "Its form is \"MODE THRESHOLD SKETCH\".";
	threshold = strtod(literal + length, &end);
	if (*end != ' ' || !textsketch_threshold_valid(mode, threshold))
		return "Its threshold is no number, or out of range.";
	wrong = textsketch_read(end + 1, &sketch);
	if (wrong == NULL)
		*query = make_query(mode, threshold, sketch);
	return wrong;
}

Datum
textsketch_query_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	TextsketchQuery *query;
	const char *wrong = read_query(literal, &query);

	if (wrong != NULL)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"textsketch_query", simhash_clip_literal(literal)),
				 errdetail_internal("%s", wrong)));
	PG_RETURN_POINTER(query);
}

Datum
textsketch_query_out(PG_FUNCTION_ARGS)
{
	TextsketchQueryView view;
	char	   *threshold;

	textsketch_query_view((TextsketchQuery *) PG_GETARG_TEXTSKETCH(0), &view);
	threshold = float8out_internal(view.threshold);
	PG_RETURN_CSTRING(psprintf("%s %s %s", mode_names[view.mode], threshold,
							   textsketch_text(&view.sketch)));
}

/* The binary form is the payload. */
Datum
textsketch_query_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			mode = pq_getmsgbyte(buf);
	const char *zeros = pq_getmsgbytes(buf, 3);
	double		threshold = pq_getmsgfloat8(buf);
	int			bytes = buf->len - buf->cursor;
	Textsketch *sketch = palloc(VARHDRSZ + bytes);
	const char *wrong = NULL;

	SET_VARSIZE(sketch, VARHDRSZ + bytes);
	pq_copymsgbytes(buf, (char *) TEXTSKETCH_DATA(sketch), bytes);
	if (mode >= TEXTSKETCH_NMODES || memcmp(zeros, "\0\0\0", 3) != 0)
		wrong = "Its mode is unknown.";
	else if (!textsketch_threshold_valid(mode, threshold))
		wrong = "Its threshold is out of range.";
	else
		wrong = textsketch_invalid(TEXTSKETCH_DATA(sketch), bytes);
	if (wrong != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external textsketch_query"),
				 errdetail_internal("%s", wrong)));
	PG_RETURN_POINTER(make_query(mode, threshold, sketch));
}

Datum
textsketch_query_send(PG_FUNCTION_ARGS)
{
	Textsketch *query = PG_GETARG_TEXTSKETCH(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbytes(&buf, (char *) TEXTSKETCH_DATA(query), TEXTSKETCH_BYTES(query));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* textsketch_query(mode text, sketch textsketch, threshold float8) */
Datum
textsketch_query_construct(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	double		threshold = PG_GETARG_FLOAT8(2);
	TextsketchMode mode;

	if (!textsketch_mode_by_name(name, &mode))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid mode of a textsketch_query: \"%s\"",
						simhash_clip_literal(text_to_cstring(name))),
				 errhint(MODE_HINT)));
	textsketch_check_threshold(mode, threshold);
	PG_RETURN_POINTER(make_query(mode, threshold, PG_GETARG_TEXTSKETCH(1)));
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
