/*
 * For bench/html/run: megabytes of HTML a second of processor time, by libxml2
 * alone on pages as they are, by the reading of pages, by all of article_text().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/HTMLparser.h>

#include "article.h"

#define ROUNDS 5

typedef struct File
{
	char	   *bytes;
	size_t		length;
} File;

static void *
bench_alloc(void *arg, size_t size)
{
	(void) arg;
	return malloc(size);
}

static void
bench_free(void *arg, void *pointer)
{
	(void) arg;
	free(pointer);
}

static void
bench_check(void *arg)
{
	(void) arg;
}

static const PageEnv env = {bench_alloc, bench_free, bench_check, NULL};

static size_t seen;

static void
start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
	(void) arg, (void) name, (void) attributes;
	seen++;
}

static void
end(void *arg, const xmlChar *name)
{
	(void) arg, (void) name;
	seen++;
}

static void
characters(void *arg, const xmlChar *text, int length)
{
	(void) arg, (void) text;
	seen += length;
}

static void
libxml2_alone(const File *page)
{
	htmlSAXHandler events;
	htmlParserCtxtPtr context;

	memset(&events, 0, sizeof(events));
	events.startElement = start;
	events.endElement = end;
	events.characters = characters;
	context = htmlCreatePushParserCtxt(&events, NULL, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	htmlCtxtUseOptions(context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
	for (size_t i = 0; i < page->length; i += 16384)
		htmlParseChunk(context, page->bytes + i, page->length - i < 16384 ? (int) (page->length - i) : 16384, 0);
	htmlParseChunk(context, NULL, 0, 1);
	htmlFreeParserCtxt(context);
}

static void
page_alone(const File *file)
{
	Page		page;

	page_init(&page, &env);
	page_read(&page, file->bytes, file->length);
	page_free(&page);
}

static void
article_text(const File *file)
{
	Page		page;
	PageString	article = {NULL, 0, 0};

	page_init(&page, &env);
	if (page_read(&page, file->bytes, file->length) && article_find(&page, &article))
		seen += article.length;
	free(article.bytes);
	page_free(&page);
}

int
main(int argc, char **argv)
{
	static const struct
	{
		const char *name;
		void		(*run) (const File *page);
	}			all[] = {{"libxml2 alone", libxml2_alone}, {"pages read", page_alone}, {"article_text", article_text}};
	FILE	   *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	File	   *pages = NULL;
	size_t		npages = 0;
	size_t		total = 0;
	size_t		length;

	if (file == NULL)
		return 1;
	while (fscanf(file, "%zu", &length) == 1)
	{
		pages = realloc(pages, (npages + 1) * sizeof(File));
		pages[npages].bytes = malloc(length + 1);
		pages[npages].length = length;
		if (fgetc(file) == EOF || fread(pages[npages].bytes, 1, length, file) != length)
			return 1;
		total += length;
		npages++;
	}
	for (int i = 0; i < 3; i++)
	{
		double		best = 0;

		for (int round = 0; round < ROUNDS; round++)
		{
			clock_t		began = clock();
			double		speed;

			for (size_t k = 0; k < npages; k++)
				all[i].run(&pages[k]);
			speed = (double) total / 1e6 / ((double) (clock() - began) / CLOCKS_PER_SEC);
			if (speed > best)
				best = speed;
		}
		printf("%-14s %6.1f MB/s\n", all[i].name, best);
	}
	return seen == 0;
}
