/*-------------------------------------------------------------------------
 *
 * convert.h
 *	  Pages to UTF-8, and articles to the server's encoding.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CONVERT_H
#define CONVERT_H

#include "postgres.h"

#include "lib/stringinfo.h"

/* A page as bytes, in the encoding that it declares, to valid UTF-8. */
extern void convert_page(const char *page, size_t length, StringInfo utf8);

/* A page as text, in the server's encoding, to valid UTF-8. */
extern void convert_text(const char *text, size_t length, StringInfo utf8);

/* UTF-8 to the server's encoding. */
extern void convert_to_server(const char *utf8, size_t length, StringInfo text);

#endif							/* CONVERT_H */
