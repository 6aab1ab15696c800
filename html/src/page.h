/*-------------------------------------------------------------------------
 *
 * page.h
 *	  A page as the choice of its article sees it: elements and blocks of text.
 *
 * A block is text between two places where a line would begin: of a
 * paragraph, a heading, an item of a list, a cell.  Elements are those that
 * lie around blocks; those inside of lines leave no trace but in the text.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tags.h"

/* A page of more bytes is not read. */
#define PAGE_MAX_BYTES (64 * 1024 * 1024)

/*
 * Elements within elements beyond this depth end the reading of a page, as
 * libxml2 looks for an end tag's element among all that are open.  Browsers
 * go as far.
 */
#define PAGE_MAX_DEPTH 512

/*
 * What a page needs of the world around it.  alloc returns NULL where there is
 * no memory, and must not leave by longjmp(), as it is called from within
 * libxml2.  check may: then the page is to be freed by page_free().
 */
typedef struct PageEnv
{
	void	   *(*alloc) (void *arg, size_t size);
	void		(*free) (void *arg, void *pointer);
	void		(*check) (void *arg);
	void	   *arg;
} PageEnv;

typedef struct PageElement
{
	uint32_t	parent;			/* of the first one: itself */
	uint32_t	end;			/* behind the last element in it */
	uint32_t	first_block;
	uint32_t	end_block;
	uint16_t	hints;			/* HINT_* */
	uint8_t		tag;			/* Tag */
} PageElement;

typedef struct PageBlock
{
	uint32_t	start;			/* in the page's text */
	uint32_t	length;
	uint32_t	link_length;	/* bytes of it that lead elsewhere */
	uint32_t	element;
} PageBlock;

typedef struct PageString
{
	char	   *bytes;
	size_t		length;
	size_t		room;
} PageString;

typedef struct Page
{
	const PageEnv *env;
	void	   *parser;			/* libxml2's, while it is at work */

	PageString	text;			/* UTF-8: all blocks in a row */
	PageElement *elements;		/* in the order of their start tags */
	size_t		nelements;
	size_t		elements_room;
	PageBlock  *blocks;			/* in the order of the text */
	size_t		nblocks;
	size_t		blocks_room;

	PageString	title;			/* of the element title */
	PageString	named_title;	/* og:title and its like */
	bool		no_memory;
} Page;

/*
 * Read a page, UTF-8, to the end; false for want of memory.  page_free() is to
 * be called in the end, however that came.
 */
extern void page_init(Page *page, const PageEnv *env);
extern bool page_read(Page *page, const char *html, size_t length);
extern void page_free(Page *page);

/* Make room in a growing array; false for want of memory. */
extern bool page_grow(const PageEnv *env, void **array, size_t *room, size_t wanted, size_t size);
extern bool page_append(const PageEnv *env, PageString *string, const char *bytes, size_t length);

#endif							/* PAGE_H */
