/*-------------------------------------------------------------------------
 *
 * split_passages.c
 *	  Texts of SQL as the words that passages are of.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/split_passages.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "base/compat.h"
#include "passages/written.h"

StaticAssertDecl(SPLIT_MAX_WORDS <= PASSAGES_MAX_WORDS, "texts are split within what passages take");

void
check_min_words(int32 min_words)
{
	if (min_words < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of words %d", min_words),
				 errhint("A passage has at least 1 word.")));
}

Passage *
split_passages(const SplitText *a, const SplitText *b, uint32 min_words, uint32 gap,
			   uint32 *npassages)
{
	const RawEnv env = limited_env(CurrentMemoryContext);
	const PassageText texts[2] = {
		{a->words, (uint32) a->nwords},
		{b->words, (uint32) b->nwords}
	};

	return passages_find(texts, min_words, gap, &env, npassages);
}

void
split_characters(const SplitText *split, uint32 begin, uint32 length, Datum *values)
{
	uint32		first;
	uint32		end;

	if (begin < split->nwords)
		first = split->spans[begin].begin;
	else
		first = split->nwords > 0 ? split->spans[split->nwords - 1].end : 0;
	end = length > 0 ? split->spans[begin + length - 1].end : first;
	values[0] = Int32GetDatum((int32) (first + 1));
	values[1] = Int32GetDatum((int32) (end - first));
}

/* The code point of UTF-8 that is well formed; others are none of a mark's. */
static uint32
code_point(const unsigned char *utf8, int length)
{
	return length <= 4 && pg_utf8_islegal(utf8, length) ? utf8_to_unicode(utf8) : 0xFFFD;
}

/*
 * The character at "string", of which "left" bytes are left: its code point,
 * and its length.  A character of several code points is told by the first.
 */
static uint32
read_character(const char *string, size_t left, int encoding, int *length)
{
	uint32		result;
	char	   *utf8;

	*length = 1;
	if (!IS_HIGHBIT_SET(*string))
		return (unsigned char) *string;
	if (encoding == PG_SQL_ASCII || encoding == PG_UTF8)
	{
		int			whole = pg_utf_mblen((const unsigned char *) string);

		if ((size_t) whole > left)
			return 0xFFFD;
		result = code_point((const unsigned char *) string, whole);
		if (encoding == PG_UTF8 || result != 0xFFFD)
			*length = whole;
		return result;
	}
	*length = Min((size_t) pg_mblen(string), left);
	utf8 = pg_server_to_any(string, *length, PG_UTF8);
	result = code_point((unsigned char *) utf8, pg_utf_mblen((unsigned char *) utf8));
	if (utf8 != string)
		pfree(utf8);
	return result;
}

void
split_written(const SplitText *split, text *document, uint8 *flags, uint32 *bytes)
{
	const char *begin = VARDATA_ANY(document);
	const char *end = begin + VARSIZE_ANY_EXHDR(document);
	int			encoding = GetDatabaseEncoding();
	uint32		place = 0;
	size_t		word = 0;
	WrittenReader reader;
	int			length;

	written_init(&reader, split->spans, split->nwords, flags);
	for (const char *s = begin; s < end; s += length)
	{
		uint32		c = read_character(s, end - s, encoding, &length);

		if (place % 16384 == 0)
			CHECK_FOR_INTERRUPTS();
		while (word < split->nwords && place >= split->spans[word].begin)
			bytes[word++] = (uint32) (s - begin);
		written_read(&reader, c, place);
		place += encoding == PG_SQL_ASCII ? length : 1;
	}
}
