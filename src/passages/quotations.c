/*-------------------------------------------------------------------------
 *
 * quotations.c
 *	  Quotations in a text: quotations(body, min_words).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "passages/quotemarks.h"
#include "text/servertext.h"

PG_FUNCTION_INFO_V1(quotations);

/* The character at "next", of "bytes" bytes, in Unicode. */
static uint32
code_point(const char *next, int bytes, int encoding)
{
	char	   *utf8;
	uint32		result;

	if (!IS_HIGHBIT_SET(*next))
		return (unsigned char) *next;
	if (encoding == PG_UTF8)
		return utf8_to_unicode((const unsigned char *) next);
	/* A byte without a meaning passes for a letter. */
	if (encoding == PG_SQL_ASCII)
		return 0xFFFD;
	utf8 = pg_server_to_any(next, bytes, PG_UTF8);
	result = utf8_to_unicode((const unsigned char *) utf8);
	pfree(utf8);
	return result;
}

/* Put a quotation into the result, if it has so many words. */
static void
put_quotation(ReturnSetInfo *result, const char *data, const QuoteScanner *scanner, int32 min_words)
{
	const char *begin = data + scanner->found_begin.byte;
	ServerText	reader;
	uint64		hashes[WORDS_BATCH_MIN];
	WordSpan	spans[WORDS_BATCH_MIN];
	WordSpan	span = {0, 0};
	size_t		words = 0;
	size_t		n;
	Datum		values[4];
	bool		nulls[4] = {false};
	const char *first = begin;
	const char *last;

	servertext_init(&reader, begin, scanner->found_end.byte - scanner->found_begin.byte);
	while ((n = servertext_words(&reader, hashes, NULL, spans, WORDS_BATCH_MIN)) > 0)
	{
		if (words == 0)
			span.begin = spans[0].begin;
		span.end = spans[n - 1].end;
		words += n;
	}
	if (words < (size_t) min_words)
		return;

	for (uint32 i = 0; i < span.begin; i++)
		first += pg_mblen(first);
	last = first;
	for (uint32 i = span.begin; i < span.end; i++)
		last += pg_mblen(last);
	values[0] = Int32GetDatum((int32) (scanner->found_begin.character + span.begin + 1));
	values[1] = Int32GetDatum((int32) (span.end - span.begin));
	values[2] = Int32GetDatum((int32) words);
	values[3] = PointerGetDatum(cstring_to_text_with_len(first, last - first));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[3]));
}

/*
 * quotations(body text, min_words int)
 */
Datum
quotations(PG_FUNCTION_ARGS)
{
	text	   *body = PG_GETARG_TEXT_PP(0);
	int32		min_words = PG_GETARG_INT32(1);
	const char *data = VARDATA_ANY(body);
	size_t		length = VARSIZE_ANY_EXHDR(body);
	int			encoding = GetDatabaseEncoding();
	QuoteScanner scanner = {0};
	QuotePlace	place = {0, 0};
	uint32		before = 0;
	uint32		character;

	if (min_words < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of words %d", min_words),
				 errhint("A quotation has at least 1 word.")));
	InitMaterializedSRF(fcinfo, 0);

	character = length > 0 ? code_point(data, pg_mblen(data), encoding) : 0;
	while (place.byte < length)
	{
		int			bytes = pg_mblen(data + place.byte);
		size_t		next = Min(place.byte + bytes, length);
		uint32		after = next < length ?
			code_point(data + next, pg_mblen(data + next), encoding) : 0;

		if (place.character % 65536 == 0)
			CHECK_FOR_INTERRUPTS();
		if (quotemarks_next(&scanner, before, character, after, place, bytes))
			put_quotation((ReturnSetInfo *) fcinfo->resultinfo, data, &scanner, min_words);
		before = character;
		character = after;
		place.byte = next;
		place.character++;
	}
	if (quotemarks_end(&scanner, place))
		put_quotation((ReturnSetInfo *) fcinfo->resultinfo, data, &scanner, min_words);
	return (Datum) 0;
}
