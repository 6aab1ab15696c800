/*-------------------------------------------------------------------------
 *
 * page.c
 *	  Reading a page: libxml2's events to elements and blocks of text.
 *
 * libxml2 calls back from within its parser, through which no longjmp() may
 * go: what is called here takes memory that may be refused, and stops the
 * parser then.  Its input comes in pieces, between which the caller's check
 * may leave.  All of its state is in its context, and errors, of which real
 * pages are full, go to a handler of our own: the server's, which other
 * functions may have set, is never called.
 *
 *-------------------------------------------------------------------------
 */
#include "page.h"

#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "input.h"

/* What differs between versions of libxml2 stands here, and only here. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *ParseError;
#else
typedef xmlErrorPtr ParseError;
#endif

/* An element that is open. */
typedef struct OpenElement
{
	uint32_t	element;		/* that lines belong to: itself or around it */
	uint8_t		tag;			/* Tag */
	bool		block;
	bool		link;
} OpenElement;

typedef struct Reader
{
	Page	   *page;
	htmlParserCtxtPtr context;
	OpenElement *open;
	size_t		nopen;
	size_t		open_room;
	size_t		skipped;		/* how many are open in one to be skipped, and it */
	size_t		links;			/* open */
	size_t		pres;			/* open */

	/* The block that is being read. */
	uint32_t	start;
	uint32_t	link_length;
	bool		blank;			/* white space came since the last byte */
	bool		line;			/* and a line ended */
	bool		in_title;
	bool		title_done;
} Reader;

bool
page_grow(const PageEnv *env, void **array, size_t *room, size_t wanted, size_t size)
{
	size_t		larger = *room < 32 ? 64 : *room * 2;
	void	   *grown;

	if (wanted <= *room)
		return true;
	while (larger < wanted)
		larger *= 2;
	grown = env->alloc(env->arg, larger * size);
	if (grown == NULL)
		return false;
	if (*array != NULL)
	{
		memcpy(grown, *array, *room * size);
		env->free(env->arg, *array);
	}
	*array = grown;
	*room = larger;
	return true;
}

bool
page_append(const PageEnv *env, PageString *string, const char *bytes, size_t length)
{
	if (length == 0)
		return true;
	if (string->length + length > string->room)
	{
		void	   *grown = string->bytes;

		if (!page_grow(env, &grown, &string->room, string->length + length, 1))
			return false;
		string->bytes = grown;
	}
	memcpy(string->bytes + string->length, bytes, length);
	string->length += length;
	return true;
}

static void
stop(Reader *reader)
{
	reader->page->no_memory = true;
	xmlStopParser(reader->context);
}

static bool
grow(Reader *reader, void **array, size_t *room, size_t wanted, size_t size)
{
	if (page_grow(reader->page->env, array, room, wanted, size))
		return true;
	stop(reader);
	return false;
}

static void
append(Reader *reader, PageString *string, const char *bytes, size_t length)
{
	if (!page_append(reader->page->env, string, bytes, length))
		stop(reader);
}

/* The element that lines belong to. */
static uint32_t
current_element(const Reader *reader)
{
	return reader->nopen > 0 ? reader->open[reader->nopen - 1].element : 0;
}

/* A line ends: what was read is a block, if there is something. */
static void
end_block(Reader *reader)
{
	Page	   *page = reader->page;
	void	   *blocks = page->blocks;

	reader->blank = false;
	reader->line = false;
	if (page->text.length > reader->start &&
		grow(reader, &blocks, &page->blocks_room, page->nblocks + 1, sizeof(PageBlock)))
	{
		page->blocks = blocks;
		page->blocks[page->nblocks++] = (PageBlock)
		{
			reader->start, (uint32_t) (page->text.length - reader->start),
			reader->link_length, current_element(reader)
		};
	}
	reader->start = (uint32_t) page->text.length;
	reader->link_length = 0;
}

static void
begin_element(Reader *reader, Tag tag, uint16_t hints)
{
	Page	   *page = reader->page;
	void	   *elements = page->elements;

	if (!grow(reader, &elements, &page->elements_room, page->nelements + 1, sizeof(PageElement)))
		return;
	page->elements = elements;
	page->elements[page->nelements] = (PageElement)
	{
		current_element(reader), 0, (uint32_t) page->nblocks, 0, hints, (uint8_t) tag
	};
	page->nelements++;
}

/* An element without a block leaves no trace. */
static void
end_element(Page *page, uint32_t element)
{
	PageElement *ended = &page->elements[element];

	if (ended->first_block == page->nblocks && element > 0)
		page->nelements = element;
	else
	{
		ended->end = (uint32_t) page->nelements;
		ended->end_block = (uint32_t) page->nblocks;
	}
}

/* The title that a page names for others. */
static void
read_meta(Reader *reader, const char *const *attributes)
{
	const char *content = NULL;
	bool		title = false;

	for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
	{
		const char *value = attributes[1];

		if (value == NULL)
			continue;
		if (strcmp(attributes[0], "content") == 0)
			content = value;
		else if (strcmp(attributes[0], "property") == 0 || strcmp(attributes[0], "name") == 0)
			title |= strcmp(value, "og:title") == 0 || strcmp(value, "twitter:title") == 0;
	}
	if (title && content != NULL && reader->page->named_title.length == 0)
		append(reader, &reader->page->named_title, content, strlen(content));
}

/* A link that leads to another page, or another place of this one. */
static bool
leads_elsewhere(const char *const *attributes)
{
	for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], "href") == 0)
			return true;
	return false;
}

static void
start_tag(void *arg, const xmlChar *name, const xmlChar **xml_attributes)
{
	Reader	   *reader = arg;
	const char *const *attributes = (const char *const *) xml_attributes;
	Tag			tag = tag_of((const char *) name);
	uint16_t	hints = 0;
	OpenElement opened = {current_element(reader), (uint8_t) tag, false, false};
	void	   *open = reader->open;

	if (reader->page->no_memory)
		return;
	if (reader->nopen == PAGE_MAX_DEPTH)
	{
		xmlStopParser(reader->context);
		return;
	}
	if (!grow(reader, &open, &reader->open_room, reader->nopen + 1, sizeof(OpenElement)))
		return;
	reader->open = open;

	if (reader->skipped > 0 || tag == TAG_SKIP)
		reader->skipped++;
	else if (TAG_IS_BLOCK(tag) || tag == TAG_SPAN)
	{
		hints = hints_of_attributes(attributes);
		if (tag == TAG_BLOCK && strchr((const char *) name, '-') != NULL)
			hints |= hints_of((const char *) name);
		opened.block = TAG_IS_BLOCK(tag) || (hints & HINT_NOT) != 0;
		if (opened.block)
		{
			end_block(reader);
			opened.element = (uint32_t) reader->page->nelements;
			begin_element(reader, tag, hints);
			reader->pres += tag == TAG_PRE;
		}
	}
	else if (tag == TAG_LINK && leads_elsewhere(attributes))
	{
		opened.link = true;
		reader->links++;
	}
	else if (tag == TAG_BREAK)
	{
		/* two in a row part paragraphs */
		if (reader->line)
			end_block(reader);
		reader->line = reader->page->text.length > reader->start;
	}
	else if (tag == TAG_META)
		read_meta(reader, attributes);
	else if (tag == TAG_TITLE)
		reader->in_title = !reader->title_done;

	if (!reader->page->no_memory)
		reader->open[reader->nopen++] = opened;
}

static void
end_tag(void *arg, const xmlChar *name)
{
	Reader	   *reader = arg;
	OpenElement *closed;

	(void) name;
	if (reader->nopen == 0 || reader->page->no_memory)
		return;
	closed = &reader->open[reader->nopen - 1];
	if (reader->skipped > 0)
		reader->skipped--;
	else if (closed->block)
	{
		end_block(reader);
		end_element(reader->page, closed->element);
		reader->pres -= closed->tag == TAG_PRE;
	}
	else if (closed->link)
		reader->links--;
	else if (closed->tag == TAG_TITLE && reader->in_title)
	{
		reader->in_title = false;
		reader->title_done = true;
	}
	reader->nopen--;
}

/* How many bytes of white space a text begins with: blanks, or U+00A0. */
static inline size_t
white_space(const char *text, const char *end)
{
	if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
		return 1;
	if (*text == '\xC2' && end - text > 1 && text[1] == '\xA0')
		return 2;
	return 0;
}

static void
text_event(void *arg, const xmlChar *xml_text, int length)
{
	Reader	   *reader = arg;
	PageString *text = &reader->page->text;
	const char *next = (const char *) xml_text;
	const char *end = next + length;

	if (reader->page->no_memory)
		return;
	if (reader->in_title)
	{
		append(reader, &reader->page->title, next, end - next);
		return;
	}
	if (reader->skipped > 0)
		return;
	while (next < end)
	{
		const char *run;
		size_t		space;
		size_t		before = text->length;

		while ((space = white_space(next, end)) > 0)
		{
			reader->blank = true;
			reader->line |= reader->pres > 0 && *next == '\n';
			next += space;
			if (next == end)
				return;
		}
		run = next;
		while (next < end && white_space(next, end) == 0)
			next++;
		if ((reader->blank || reader->line) && text->length > reader->start)
			append(reader, text, reader->line ? "\n" : " ", 1);
		append(reader, text, run, next - run);
		if (reader->page->no_memory)
			return;
		reader->blank = false;
		reader->line = false;
		if (reader->links > 0)
			reader->link_length += (uint32_t) (text->length - before);
	}
}

/* What the many errors of real pages come to. */
static void
error_event(void *arg, ParseError error)
{
	(void) arg;
	(void) error;
}

void
page_init(Page *page, const PageEnv *env)
{
	memset(page, 0, sizeof(*page));
	page->env = env;
}

/* Start the parser: UTF-8 whatever the page says, no network, no complaints. */
static htmlParserCtxtPtr
make_parser(Reader *reader)
{
	htmlSAXHandler events;
	htmlParserCtxtPtr context;

	memset(&events, 0, sizeof(events));
	events.initialized = XML_SAX2_MAGIC;	/* else the process's handler gets errors */
	events.startElement = start_tag;
	events.endElement = end_tag;
	events.characters = text_event;
	events.ignorableWhitespace = text_event;
	events.serror = error_event;
	context = htmlCreatePushParserCtxt(&events, reader, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (context != NULL)
	{
		htmlCtxtUseOptions(context, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
						   HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
		xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8);
	}
	return context;
}

/*
 * The parser's context lives on the page while check() may leave, so that
 * page_free() finds it.
 */
bool
page_read(Page *page, const char *html, size_t length)
{
	const PageEnv *env = page->env;
	Reader		reader;
	PageInput	input;
	const char *piece;

	memset(&reader, 0, sizeof(reader));
	reader.page = page;
	begin_element(&reader, TAG_ROOT, 0);
	reader.context = make_parser(&reader);
	page->parser = reader.context;
	if (reader.context == NULL)
		page->no_memory = true;

	input_init(&input, html, length);
	while (!page->no_memory && reader.nopen < PAGE_MAX_DEPTH && input_next(&input, &piece, &length))
	{
		env->check(env->arg);
		if (htmlParseChunk(reader.context, piece, (int) length, 0) == XML_ERR_NO_MEMORY)
			page->no_memory = true;
	}
	if (!page->no_memory && htmlParseChunk(reader.context, NULL, 0, 1) == XML_ERR_NO_MEMORY)
		page->no_memory = true;

	/* what is still open, if the parser was stopped */
	while (reader.nopen > 0 && !page->no_memory)
		end_tag(&reader, NULL);
	if (!page->no_memory)
		end_block(&reader);
	if (!page->no_memory)
	{
		page->elements[0].end = (uint32_t) page->nelements;
		page->elements[0].end_block = (uint32_t) page->nblocks;
	}
	if (reader.open != NULL)
		env->free(env->arg, reader.open);
	return !page->no_memory;
}

void
page_free(Page *page)
{
	const PageEnv *env = page->env;

	if (page->parser != NULL)
		htmlFreeParserCtxt(page->parser);
	page->parser = NULL;
	if (page->text.bytes != NULL)
		env->free(env->arg, page->text.bytes);
	if (page->title.bytes != NULL)
		env->free(env->arg, page->title.bytes);
	if (page->named_title.bytes != NULL)
		env->free(env->arg, page->named_title.bytes);
	if (page->elements != NULL)
		env->free(env->arg, page->elements);
	if (page->blocks != NULL)
		env->free(env->arg, page->blocks);
	memset(page, 0, sizeof(*page));
	page->env = env;
}
