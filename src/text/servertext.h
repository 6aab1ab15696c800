/*-------------------------------------------------------------------------
 *
 * servertext.h
 *	  Text in the server's encoding, as the UTF-8 that src/text reads.
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
	char	   *converted;		/* the piece being read, if not as stored */
} ServerText;

extern void servertext_init(ServerText *reader, const char *text, size_t length);
extern bool servertext_feed(ServerText *reader, WordSplitter *splitter);
extern uint64 servertext_hash(const char *string, int length);

#endif							/* SERVERTEXT_H */
