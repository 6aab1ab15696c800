/* share: 5 */
/* options: -max_len=3000 -timeout=20 */
/* sources: html/src/article.c html/src/charset.c html/src/input.c html/src/page.c html/src/sense.c html/src/tags.c html/src/title.c */
/* libraries: -lxml2 */
/*-------------------------------------------------------------------------
 *
 * html_fuzz.c
 *	  libFuzzer target: pages to articles.
 *
 * Of any bytes: elements are nested and blocks are in a row, inside of their
 * elements; the article is text of the page, in its order, none of it twice; no
 * text has control characters; memory that is refused is noticed,
 * and all is freed.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include "article.h"
#include "charset.h"
#include "input.h"

static size_t nallocated;
static size_t refuse_at;		/* the allocation that fails, counted down to 0 */

static void *
fuzz_alloc(void *arg, size_t size)
{
	(void) arg;
	if (refuse_at > 0 && --refuse_at == 0)
		return NULL;
	nallocated++;
	return malloc(size);
}

static void
fuzz_free(void *arg, void *pointer)
{
	(void) arg;
	require(pointer != NULL && nallocated > 0);
	nallocated--;
	free(pointer);
}

static void
fuzz_check(void *arg)
{
	(void) arg;
}

static const PageEnv env = {fuzz_alloc, fuzz_free, fuzz_check, NULL};

PLAIN_BEGIN

static void
check_string(const PageString *string)
{
	for (size_t i = 0; i < string->length; i++)
		require((unsigned char) string->bytes[i] >= ' ' || string->bytes[i] == '\n');
}

static void
check_page(const Page *page)
{
	size_t		end = 0;

	require(page->nelements > 0 && page->elements[0].end == page->nelements);
	require(page->elements[0].first_block == 0 && page->elements[0].end_block == page->nblocks);
	for (size_t i = 1; i < page->nelements; i++)
	{
		const PageElement *element = &page->elements[i];
		const PageElement *parent = &page->elements[element->parent];

		require(element->parent < i && element->end > i && element->end <= parent->end);
		require(element->first_block < element->end_block);
		require(element->first_block >= parent->first_block && element->end_block <= parent->end_block);
	}
	for (size_t i = 0; i < page->nblocks; i++)
	{
		const PageBlock *block = &page->blocks[i];
		const PageElement *element = &page->elements[block->element];

		require(block->start == end && block->length > 0 && block->link_length <= block->length);
		require(i >= element->first_block && i < element->end_block);
		end += block->length;
	}
	require(end == page->text.length);
}

/* The article is text of the page, in its order, and newlines. */
static void
check_article(const Page *page, const PageString *article)
{
	size_t		at = 0;

	for (size_t i = 0; i < article->length; i++)
	{
		if (article->bytes[i] == '\n')
			continue;
		while (at < page->text.length && page->text.bytes[at] != article->bytes[i])
			at++;
		require(at < page->text.length);
		at++;
	}
}

PLAIN_END

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Page		page;
	PageString	article = {NULL, 0, 0};
	PageString	title = {NULL, 0, 0};
	char		name[CHARSET_LONGEST + 1];
	char	   *html;

	if (size < 1)
		return 0;
	refuse_at = data[0] < 200 ? 0 : data[0] - 200 + 1;
	size--;
	html = malloc(size + (size == 0));
	memcpy(html, data + 1, size);

	charset_of(html, size, name);
	require(strlen(name) <= CHARSET_LONGEST);
	page_init(&page, &env);
	if (page_read(&page, html, size))
	{
		check_page(&page);
		check_string(&page.text);
		if (article_find(&page, &article))
		{
			check_string(&article);
			check_article(&page, &article);
		}
		if (article_find_title(&page, &title))
			check_string(&title);
	}
	page_free(&page);
	if (article.bytes != NULL)
		fuzz_free(NULL, article.bytes);
	if (title.bytes != NULL)
		fuzz_free(NULL, title.bytes);
	require(nallocated == 0);
	free(html);
	return 0;
}
