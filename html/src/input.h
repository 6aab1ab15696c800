/*-------------------------------------------------------------------------
 *
 * input.h
 *	  What libxml2 is given of a page.
 *
 *-------------------------------------------------------------------------
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* What one call yields at most, but for a tag that is longer. */
#define INPUT_PIECE 16384

typedef struct PageInput
{
	const char *next;
	const char *end;
	unsigned	no_end;			/* raw elements that nothing ends any more */
	bool		begun;
	bool		no_comment_end;
	bool		no_quotes;		/* quotes don't match: a tag ends at the first > */
	char		piece[INPUT_PIECE];
	size_t		length;
} PageInput;

/* A page, UTF-8, which must stay while it is read. */
extern void input_init(PageInput *input, const char *html, size_t length);

/*
 * The next piece to parse, which is valid until the next call; false at the
 * end of the page.
 */
extern bool input_next(PageInput *input, const char **piece, size_t *length);

#endif							/* INPUT_H */
