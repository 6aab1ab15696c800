/*-------------------------------------------------------------------------
 *
 * title.c
 *	  The title of a page's article.
 *
 * A page names it up to three times: for other sites (og:title), as its own
 * title, in which the site's name stands too, and in a heading.  A heading that
 * is part of the name for others, or of the page's if there is none, is best; a
 * heading by itself may be the site's name.
 *
 *-------------------------------------------------------------------------
 */
#include "article.h"

#include <string.h>

#include "sense.h"

/* Longer ones are no titles. */
#define LONGEST_TITLE 400

/* What parts a title from a site's name, between blanks. */
static const char *const separators[] = {"|", "-", "\xE2\x80\x93", "\xE2\x80\x94", "\xC2\xB7",
"\xC2\xBB", "\xC2\xAB", "::", "\xE2\x80\xBA", "\xE2\x80\xA2"};

/* White space as in blocks: none at the ends, one blank between words. */
static bool
tidy(const Page *page, const PageString *from, PageString *to)
{
	bool		blank = false;

	to->length = 0;
	for (size_t i = 0; i < from->length; i++)
	{
		char		c = from->bytes[i];

		/* U+00A0 */
		if (c == '\xC2' && i + 1 < from->length && from->bytes[i + 1] == '\xA0')
		{
			c = ' ';
			i++;
		}
		if ((unsigned char) c <= ' ')
			blank = to->length > 0;
		else
		{
			if ((blank && !page_append(page->env, to, " ", 1)) || !page_append(page->env, to, &c, 1))
				return false;
			blank = false;
		}
	}
	return true;
}

static bool
contains(const PageString *text, const char *part, size_t length)
{
	const char *next = text->bytes;
	size_t		left = text->length;
	const char *found;

	if (next == NULL)
		return false;
	while (left >= length && (found = memchr(next, part[0], left - length + 1)) != NULL)
	{
		if (memcmp(found, part, length) == 0)
			return true;
		left -= found + 1 - next;
		next = found + 1;
	}
	return false;
}

/* Cut the last part off, or the first, if what is left is the longer one. */
static void
cut_site(PageString *title)
{
	size_t		first = 0;		/* where the first part ends, and the last begins */
	size_t		last = 0;
	size_t		rest = 0;		/* where what follows the first part begins */

	for (size_t i = 1; i + 2 < title->length; i++)
	{
		if (title->bytes[i] != ' ')
			continue;
		for (size_t k = 0; k < sizeof(separators) / sizeof(separators[0]); k++)
		{
			size_t		n = strlen(separators[k]);

			if (i + 1 + n < title->length && memcmp(title->bytes + i + 1, separators[k], n) == 0 &&
				title->bytes[i + 1 + n] == ' ')
			{
				if (first == 0)
				{
					first = i;
					rest = i + n + 2;
				}
				last = i;
			}
		}
	}
	if (first == 0)
		return;
	if (last >= title->length - last)
		title->length = last;
	else if (title->length - rest > first)
	{
		memmove(title->bytes, title->bytes + rest, title->length - rest);
		title->length -= rest;
	}
}

bool
article_find_title(const Page *page, PageString *title)
{
	const PageBlock *heading = NULL;	/* the first one */
	const PageBlock *best = NULL;
	PageString	own = {NULL, 0, 0};
	bool		done = tidy(page, &page->named_title, title) && tidy(page, &page->title, &own);

	for (size_t i = 0; i < page->nblocks && done; i++)
	{
		const PageBlock *block = &page->blocks[i];
		const char *text = page->text.bytes + block->start;

		if (page->elements[block->element].tag != TAG_HEADING1 || block->length > LONGEST_TITLE ||
			!sense_of(text, block->length).words)
			continue;
		if (heading == NULL)
			heading = block;
		if ((best == NULL || block->length > best->length) &&
			contains(title->length > 0 ? title : &own, text, block->length))
			best = block;
	}
	/* the site's name is part of its title too, and short */
	if (best != NULL && best->length * 4 < (title->length > 0 ? title->length : own.length))
		best = NULL;
	if (done && best == NULL && title->length == 0 && own.length == 0)
		best = heading;
	if (done && best != NULL)
	{
		title->length = 0;
		done = page_append(page->env, title, page->text.bytes + best->start, best->length);
	}
	else if (done && title->length == 0)
	{
		cut_site(&own);
		done = page_append(page->env, title, own.bytes, own.length);
	}
	if (own.bytes != NULL)
		page->env->free(page->env->arg, own.bytes);
	return done;
}
