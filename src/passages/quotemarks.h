/*-------------------------------------------------------------------------
 *
 * quotemarks.h
 *	  Quotations: what stands within quotation marks, of any script.
 *
 * The marks and the rules are in doc/passages.md.  No PostgreSQL header is
 * needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef QUOTEMARKS_H
#define QUOTEMARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in a text. */
typedef struct QuotePlace
{
	size_t		byte;
	uint32_t	character;
} QuotePlace;

typedef struct QuoteScanner
{
	const struct QuoteMark *mark;	/* of the quotation being read, or NULL */
	QuotePlace	begin;			/* behind it */
	QuotePlace	line_end;		/* before the last line feed */
	bool		blank;			/* there was nothing but blanks since */
	QuotePlace	found_begin;	/* the quotation found last, without its marks */
	QuotePlace	found_end;
} QuoteScanner;

/* Begin with a scanner that is all zero. */

/*
 * The next character, where it stands, and how many bytes it has; with those
 * before and after it, 0 where there is none.  True if a quotation ends here.
 */
extern bool quotemarks_next(QuoteScanner *scanner, uint32_t before, uint32_t character,
							uint32_t after, QuotePlace place, size_t bytes);

/* The text ends: true if that ends a quotation. */
extern bool quotemarks_end(QuoteScanner *scanner, QuotePlace end);

#endif							/* QUOTEMARKS_H */
