/*-------------------------------------------------------------------------
 *
 * servertext.h
 *	  The words of a text in the server's encoding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SERVERTEXT_H
#define SERVERTEXT_H

#include "postgres.h"

#include "text/words.h"

typedef struct ServerText
{
	const char *next;			/* what is not yet read */
	const char *end;
	bool		ended;			/* nothing is left to be read */
	size_t		piece;			/* bytes of the next piece at most */
	char	   *converted;		/* the piece being read, if not as stored */
	const char *rest;			/* of a character of several code points, or NULL */
	WordSplitter splitter;
} ServerText;

/* Begin to read "length" bytes of text, which must stay until it is read. */
extern void servertext_init(ServerText *reader, const char *text, size_t length);

/*
 * The next words: how many hashes were written, and solos (is it a letter of a
 * script without spaces?) and spans unless they are NULL; 0 at the end.  There
 * is "room" for them, WORDS_BATCH_MIN at least.  Spans, wanted either always or
 * never in a text, are in characters as substr() counts them, which in
 * SQL_ASCII are bytes.  Checks for interrupts.
 */
extern size_t servertext_words(ServerText *reader, uint64 *hashes, bool *solos,
							   WordSpan *spans, size_t room);

/* The hash of a string as it stands, which is a feature by itself. */
extern uint64 servertext_hash(const char *string, int length);

#endif							/* SERVERTEXT_H */
