/*-------------------------------------------------------------------------
 *
 * servertext.c
 *	  The words of a text in the server's encoding.
 *
 * A database in SQL_ASCII says nothing of its text, which is taken for UTF-8;
 * what isn't separates words.
 *
 *-------------------------------------------------------------------------
 */
#include "text/servertext.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

/* Bytes a piece: what is read between two checks for a cancelled query. */
#define PIECE 65536

static bool
stored_as_utf8(void)
{
	int			encoding = GetDatabaseEncoding();

	return encoding == PG_UTF8 || encoding == PG_SQL_ASCII;
}

void
servertext_init(ServerText *reader, const char *text, size_t length)
{
	reader->next = text;
	reader->end = text + length;
	reader->ended = false;
	reader->piece = PIECE;
	reader->converted = NULL;
	reader->rest = NULL;
	words_init(&reader->splitter);
	reader->splitter.bytes = GetDatabaseEncoding() == PG_SQL_ASCII;
}

/* How many code points UTF-8 has. */
static size_t
code_points(const char *utf8, size_t length)
{
	size_t		n = 0;

	for (size_t i = 0; i < length; i++)
		n += (utf8[i] & 0xC0) != 0x80;
	return n;
}

static void
feed_stored(ServerText *reader)
{
	size_t		length = Min(reader->end - reader->next, PIECE);

	/* cut before the first byte of a character */
	if (reader->next + length < reader->end)
	{
		while (length > PIECE - MAX_MULTIBYTE_CHAR_LEN && (reader->next[length] & 0xC0) == 0x80)
			length--;
	}
	words_feed(&reader->splitter, reader->next, length);
	reader->next += length;
}

/* The length of the first code point of UTF-8 that a zero ends. */
static size_t
first_code_point(const char *utf8)
{
	size_t		length = 1;

	while ((utf8[length] & 0xC0) == 0x80)
		length++;
	return length;
}

/* Feed a code point of reader->rest, as a part of the character that was read. */
static void
feed_rest(ServerText *reader)
{
	size_t		length = first_code_point(reader->rest);

	reader->splitter.position--;
	words_feed(&reader->splitter, reader->rest, length);
	reader->rest = reader->rest[length] == '\0' ? NULL : reader->rest + length;
}

/* The length of whole characters within "limit" bytes, of one at least. */
static size_t
clipped(const char *string, size_t limit)
{
	int			length = pg_mbcliplen(string, (int) limit + MAX_MULTIBYTE_CHAR_LEN, (int) limit);

	return length > 0 ? length : pg_mblen(string);
}

/*
 * The splitter counts code points, and takes each for a character.  A few
 * characters of EUC_JIS_2004 are two.  Where "places" are wanted, such a one is
 * fed by itself and in parts: pieces become shorter until none is in them, or
 * nothing else, and longer again behind it.
 */
static void
feed_converted(ServerText *reader, bool places)
{
	size_t		left = reader->end - reader->next;

	for (;;)
	{
		size_t		length = left <= reader->piece ? left : clipped(reader->next, reader->piece);
		char	   *utf8 = pg_server_to_any(reader->next, length, PG_UTF8);
		size_t		utf8_length = utf8 == reader->next ? length : strlen(utf8);
		size_t		characters = places ? pg_mbstrlen_with_len(reader->next, length) : 0;

		if (places && characters < code_points(utf8, utf8_length))
		{
			if (characters > 1)
			{
				pfree(utf8);
				reader->piece = length / 2;
				continue;
			}
			utf8_length = first_code_point(utf8);
			reader->rest = utf8 + utf8_length;
		}
		else
			reader->piece = Min(2 * reader->piece, PIECE);
		if (utf8 != reader->next)
			reader->converted = utf8;
		words_feed(&reader->splitter, utf8, utf8_length);
		reader->next += length;
		return;
	}
}

/* Feed the next piece of the text to the splitter; false at its end. */
static bool
feed(ServerText *reader, bool places)
{
	CHECK_FOR_INTERRUPTS();

	if (reader->rest != NULL)
	{
		feed_rest(reader);
		return true;
	}
	if (reader->converted != NULL)
	{
		pfree(reader->converted);
		reader->converted = NULL;
	}
	if (reader->next == reader->end)
		return false;
	if (stored_as_utf8())
		feed_stored(reader);
	else
		feed_converted(reader, places);
	return true;
}

size_t
servertext_words(ServerText *reader, uint64 *hashes, bool *solos, WordSpan *spans, size_t room)
{
	size_t		n;

	while ((n = words_next(&reader->splitter, hashes, solos, spans, room)) == 0 && !reader->ended)
	{
		if (!feed(reader, spans != NULL))
		{
			reader->ended = true;
			return words_end(&reader->splitter, hashes, solos, spans);
		}
	}
	return n;
}

uint64
servertext_hash(const char *string, int length)
{
	char	   *utf8;
	uint64		hash;

	if (stored_as_utf8())
		return word_hash(string, length);
	utf8 = pg_server_to_any(string, length, PG_UTF8);
	if (utf8 == string)
		return word_hash(string, length);
	hash = word_hash(utf8, strlen(utf8));
	pfree(utf8);
	return hash;
}
