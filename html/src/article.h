/*-------------------------------------------------------------------------
 *
 * article.h
 *	  The article of a page: its text, and its title.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ARTICLE_H
#define ARTICLE_H

#include "page.h"

/*
 * The text of the page's article, UTF-8, its blocks parted by newlines; of no
 * bytes if there is none.  False for want of memory.
 */
extern bool article_find(const Page *page, PageString *article);

/* The article's title; of no bytes if there is none. */
extern bool article_find_title(const Page *page, PageString *title);

#endif							/* ARTICLE_H */
