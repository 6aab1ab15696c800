/*-------------------------------------------------------------------------
 *
 * servertext.c
 *	  Text in the server's encoding, as the UTF-8 that src/text reads.
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

/* Begin to read "length" bytes of text, which must stay until it is read. */
void
servertext_init(ServerText *reader, const char *text, size_t length)
{
	reader->next = text;
	reader->end = text + length;
	reader->converted = NULL;
}

/*
 * Feed the next piece of the text to the splitter; false at its end.  The
 * piece before must have been read.  Checks for interrupts.
 */
bool
servertext_feed(ServerText *reader, WordSplitter *splitter)
{
	const char *piece = reader->next;
	size_t		length = reader->end - piece;

	CHECK_FOR_INTERRUPTS();

	if (reader->converted != NULL)
	{
		pfree(reader->converted);
		reader->converted = NULL;
	}
	if (length == 0)
		return false;

	if (stored_as_utf8())
	{
		/* cut before the first byte of a character */
		if (length > PIECE)
		{
			length = PIECE;
			while (length > PIECE - MAX_MULTIBYTE_CHAR_LEN && (piece[length] & 0xC0) == 0x80)
				length--;
		}
		words_feed(splitter, piece, length);
	}
	else
	{
		char	   *utf8;

		if (length > PIECE)
			length = pg_mbcliplen(piece, PIECE + MAX_MULTIBYTE_CHAR_LEN, PIECE);
		utf8 = pg_server_to_any(piece, length, PG_UTF8);
		if (utf8 != piece)
		{
			reader->converted = utf8;
			words_feed(splitter, utf8, strlen(utf8));
		}
		else
			words_feed(splitter, piece, length);
	}
	reader->next = piece + length;
	return true;
}

/* The hash of a string as it stands, which is a feature by itself. */
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
