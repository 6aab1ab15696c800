/*-------------------------------------------------------------------------
 *
 * tags.h
 *	  What elements are by their names, and what their attributes hint at.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TAGS_H
#define TAGS_H

#include <stdint.h>

typedef enum Tag
{
	TAG_INLINE,					/* inside of a line */
	TAG_SPAN,					/* the same, unless its attributes hint at more */
	TAG_LINK,
	TAG_BREAK,
	TAG_SKIP,					/* its text is not for readers */
	TAG_TITLE,
	TAG_META,
	TAG_ROOT,					/* html, body */
	TAG_BLOCK,					/* div, section and all others */
	TAG_ARTICLE,
	TAG_PARAGRAPH,
	TAG_HEADING1,
	TAG_HEADING,
	TAG_LIST,
	TAG_ITEM,
	TAG_QUOTE,
	TAG_PRE,
	TAG_CELL,
	TAG_TABLE,
	TAG_FORM,
	TAG_CAPTION,
	TAG_FIGURE,
	TAG_FURNITURE				/* nav, aside, footer */
} Tag;

/* Where lines begin and end. */
#define TAG_IS_BLOCK(tag) ((tag) >= TAG_ROOT)

/*
 * What the words of class, id, role and the like say that an element is.  The
 * HINT_NOT are reasons to leave it out.
 */
#define HINT_BODY		0x0001	/* itemprop articleBody, class post-content */
#define HINT_GOOD		0x0002	/* article, content, main */
#define HINT_COMMENTS	0x0010	/* of readers */
#define HINT_NAVIGATION	0x0020
#define HINT_SHARE		0x0040
#define HINT_RELATED	0x0080
#define HINT_PROMOTION	0x0100
#define HINT_ASIDE		0x0200
#define HINT_FOOTER		0x0400
#define HINT_NOTICE		0x0800	/* cookies, dialogs */
#define HINT_CAPTION	0x1000
#define HINT_BYLINE		0x2000
#define HINT_HIDDEN		0x4000
#define HINT_FORM		0x8000	/* to subscribe, to log in */
#define HINT_NOT		0xFFF0

/* The kind of an element; names are in lower case. */
extern Tag	tag_of(const char *name);

/* The hints of the words of an attribute's value, or of a custom element's name. */
extern uint16_t hints_of(const char *value);

/* The hints of an element's attributes: name, value, ..., NULL; or NULL. */
extern uint16_t hints_of_attributes(const char *const *attributes);

#endif							/* TAGS_H */
