/*-------------------------------------------------------------------------
 *
 * convert.c
 *	  Pages to UTF-8, and articles to the server's encoding.
 *
 * Real pages have broken characters, and entities for characters that a
 * database's encoding lacks.  An error would be of no use to anybody: what is
 * broken becomes U+FFFD, what is lacking another character of the kind, or a
 * question mark.
 *
 *-------------------------------------------------------------------------
 */
#include "convert.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "charset.h"

/* Bytes that are converted between two checks for a cancelled query. */
#define PIECE 16384

#define REPLACEMENT "\xEF\xBF\xBD"

/* Characters that articles have and encodings of one byte may lack. */
static const char *
substitute(const char *utf8)
{
	static const char *const others[][2] = {
		{"\xE2\x80\x90", "-"}, {"\xE2\x80\x91", "-"}, {"\xE2\x80\x93", "-"}, {"\xE2\x80\x94", "-"},
		{"\xE2\x80\x98", "'"}, {"\xE2\x80\x99", "'"}, {"\xE2\x80\x9A", "'"},
		{"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""}, {"\xE2\x80\x9E", "\""},
		{"\xE2\x80\xA6", "..."}, {"\xE2\x80\xA2", "*"}, {"\xE2\x82\xAC", "EUR"},
		{"\xE2\x80\x89", " "}, {"\xE2\x80\xAF", " "}, {"\xE2\x80\x8B", ""}, {"\xE2\x80\x8D", ""},
		{"\xC2\xA0", " "}, {"\xC2\xAD", ""}
	};

	for (size_t i = 0; i < lengthof(others); i++)
		if (strncmp(utf8, others[i][0], strlen(others[i][0])) == 0)
			return others[i][1];
	return "?";
}

/* What is UTF-8 of it, with U+FFFD for what isn't, and blanks for zero bytes. */
static void
append_utf8(StringInfo out, const char *s, size_t length)
{
	while (length > 0)
	{
		int			piece = (int) Min(length, PIECE);
		int			valid = pg_encoding_verifymbstr(PG_UTF8, s, piece);

		CHECK_FOR_INTERRUPTS();
		appendBinaryStringInfo(out, s, valid);
		s += valid;
		length -= valid;

		/* a character may go on in the next piece */
		if (length == 0 || (valid > 0 && valid < piece && piece - valid < MAX_MULTIBYTE_CHAR_LEN) || valid == piece)
			continue;
		appendStringInfoString(out, *s == '\0' ? " " : REPLACEMENT);
		s++;
		length--;
	}
}

/* From one encoding to another, of which one is UTF-8; false if that can't be. */
static bool
append_converted(StringInfo out, const char *s, size_t length, int from, int to)
{
	Oid			proc = FindDefaultConversionProc(from, to);

	if (!OidIsValid(proc))
		return false;
	while (length > 0)
	{
		int			piece = (int) Min(length, PIECE);
		int			done;

		CHECK_FOR_INTERRUPTS();
		enlargeStringInfo(out, piece * MAX_CONVERSION_GROWTH + 1);
		done = pg_do_encoding_conversion_buf(proc, from, to, (unsigned char *) s, piece,
											 (unsigned char *) out->data + out->len,
											 piece * MAX_CONVERSION_GROWTH + 1, true);
		out->len += (int) strlen(out->data + out->len);
		if (done == 0)
		{
			if (to == PG_UTF8)
				appendStringInfoString(out, *s == '\0' ? " " : REPLACEMENT);
			else
				appendStringInfoString(out, substitute(s));
			done = to == PG_UTF8 ? 1 : (int) Min(length, (size_t) pg_utf_mblen((const unsigned char *) s));
		}
		s += done;
		length -= done;
	}
	return true;
}

static void
append_utf16(StringInfo out, const unsigned char *s, size_t length, bool little)
{
	for (size_t i = 0; i + 1 < length; i += 2)
	{
		pg_wchar	c = little ? s[i] | s[i + 1] << 8 : s[i] << 8 | s[i + 1];
		unsigned char character[5] = {0};

		if (i % PIECE == 0)
			CHECK_FOR_INTERRUPTS();
		if (is_utf16_surrogate_first(c) && i + 3 < length)
		{
			pg_wchar	second = little ? s[i + 2] | s[i + 3] << 8 : s[i + 2] << 8 | s[i + 3];

			if (is_utf16_surrogate_second(second))
			{
				c = surrogate_pair_to_codepoint(c, second);
				i += 2;
			}
		}
		if (c == 0)
			c = ' ';
		else if (c >= 0xD800 && c < 0xE000)
			c = 0xFFFD;
		unicode_to_utf8(c, character);
		appendStringInfoString(out, (char *) character);
	}
}

void
convert_page(const char *page, size_t length, StringInfo utf8)
{
	char		name[CHARSET_LONGEST + 1];
	int			encoding;

	charset_of(page, length, name);
	if (strncmp(name, "utf16", 5) == 0)
	{
		append_utf16(utf8, (const unsigned char *) page + 2, length - 2, strcmp(name, "utf16le") == 0);
		return;
	}
	encoding = name[0] != '\0' ? pg_char_to_encoding(name) : -1;

	/* it doesn't say, or in a word that nobody knows */
	if (encoding < 0 || encoding == PG_SQL_ASCII || encoding == PG_MULE_INTERNAL)
		encoding = pg_encoding_verifymbstr(PG_UTF8, page, (int) length) == (int) length ? PG_UTF8 : PG_WIN1252;
	if (encoding == PG_UTF8 || !append_converted(utf8, page, length, encoding, PG_UTF8))
		append_utf8(utf8, page, length);
}

void
convert_text(const char *text, size_t length, StringInfo utf8)
{
	int			encoding = GetDatabaseEncoding();

	/* of text in SQL_ASCII nothing is known */
	if (encoding == PG_SQL_ASCII || !append_converted(utf8, text, length, encoding, PG_UTF8))
		append_utf8(utf8, text, length);
}

void
convert_to_server(const char *utf8, size_t length, StringInfo text)
{
	if (!append_converted(text, utf8, length, PG_UTF8, GetDatabaseEncoding()))
		appendBinaryStringInfo(text, utf8, (int) length);
}
