/*-------------------------------------------------------------------------
 *
 * charset.h
 *	  The encoding that a page says it is in.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHARSET_H
#define CHARSET_H

#include <stddef.h>

#define CHARSET_LONGEST 40

/*
 * The name of a page's encoding by its byte order mark or its meta elements, in
 * lower case and without what is no letter or digit ("utf8", "iso88591"); of
 * those of one name the one that browsers take.  Empty if it doesn't say.
 */
extern void charset_of(const char *page, size_t length, char name[CHARSET_LONGEST + 1]);

#endif							/* CHARSET_H */
