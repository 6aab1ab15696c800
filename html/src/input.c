/*-------------------------------------------------------------------------
 *
 * input.c
 *	  What libxml2 is given of a page: tags and text that readers see.
 *
 * Most of a page is scripts, styles and comments.  They are left out here, by
 * the rules of the HTML standard (13.2.5, tokenization), at many times the
 * speed of a parser; and what versions of libxml2 take in different ways is
 * written in the one way that all of them understand: character references
 * are characters, a "<" that begins no tag is &lt;, nothing closes the page
 * before its end (libxml2 drops what comes after).
 *
 * All is linear: what is sought in vain once is not sought again.
 *
 *-------------------------------------------------------------------------
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "entities.h"

/* A tag that is longer is given without its attributes. */
#define LONGEST_TAG 4096

/* Bytes that a character may become. */
#define LONGEST_CHARACTER 8

typedef enum TagUse
{
	USE_ALL,
	USE_NONE,					/* says nothing to us */
	USE_RAW						/* nor does what is in it, which isn't HTML */
} TagUse;

typedef struct UsedTag
{
	const char *name;
	TagUse		use;
} UsedTag;

/* Sorted by name.  No more than an unsigned has bits. */
static const UsedTag used_tags[] = {
	{"body", USE_NONE},
	{"head", USE_NONE},
	{"html", USE_NONE},
	{"iframe", USE_RAW},
	{"img", USE_NONE},
	{"input", USE_NONE},
	{"link", USE_NONE},
	{"noembed", USE_RAW},
	{"noscript", USE_RAW},
	{"script", USE_RAW},
	{"source", USE_NONE},
	{"style", USE_RAW},
	{"svg", USE_RAW},
	{"textarea", USE_RAW},
	{"wbr", USE_NONE},
};

#define LONGEST_NAME 8

void
input_init(PageInput *input, const char *html, size_t length)
{
	memset(input, 0, sizeof(*input));
	input->next = html;
	input->end = html + length;
	/* a byte order mark is no text */
	if (length >= 3 && memcmp(html, "\xEF\xBB\xBF", 3) == 0)
		input->next += 3;
}

static void
put(PageInput *input, const char *bytes, size_t length)
{
	memcpy(input->piece + input->length, bytes, length);
	input->length += length;
}

static void
put_character(PageInput *input, uint32_t c)
{
	char	   *s = input->piece + input->length;

	if (c == '<')
		put(input, "&lt;", 4);
	else if (c == '&')
		put(input, "&amp;", 5);
	else if (c < 0x80)
		put(input, c < ' ' ? " " : (char[]) {(char) c}, 1);
	else if (c < 0x800)
	{
		s[0] = (char) (0xC0 | c >> 6);
		s[1] = (char) (0x80 | (c & 0x3F));
		input->length += 2;
	}
	else if (c < 0x10000)
	{
		s[0] = (char) (0xE0 | c >> 12);
		s[1] = (char) (0x80 | (c >> 6 & 0x3F));
		s[2] = (char) (0x80 | (c & 0x3F));
		input->length += 3;
	}
	else
	{
		s[0] = (char) (0xF0 | c >> 18);
		s[1] = (char) (0x80 | (c >> 12 & 0x3F));
		s[2] = (char) (0x80 | (c >> 6 & 0x3F));
		s[3] = (char) (0x80 | (c & 0x3F));
		input->length += 4;
	}
}

static inline bool
is_letter(char c)
{
	return (unsigned char) ((c | 0x20) - 'a') < 26;
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_control(char c)
{
	return (unsigned char) c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f';
}

/* What numbers stand for that stand for no character (13.2.5.80). */
static uint32_t
numbered_character(uint32_t number)
{
	/* browsers take these for bytes of windows-1252 */
	static const uint16_t windows[32] = {
		0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
		0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178
	};

	if (number >= 0x80 && number < 0xA0)
		return windows[number - 0x80];
	if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000) ||
		(number & 0xFFFE) == 0xFFFE)
		return 0xFFFD;
	return number;
}

static int
compare_entity(const void *name, const void *entity)
{
	return strcmp(name, ((const Entity *) entity)->name);
}

/* A reference that begins at the next byte, an ampersand. */
static void
read_reference(PageInput *input)
{
	const char *s = input->next + 1;
	char		name[ENTITY_LONGEST + 1];
	size_t		n = 0;

	if (s < input->end && *s == '#')
	{
		bool		hex = input->end - s > 1 && (s[1] | 0x20) == 'x';
		const char *digits = s + 1 + hex;
		uint32_t	number = 0;

		for (s = digits; s < input->end && (is_digit(*s) || (hex && is_letter(*s) && (*s | 0x20) <= 'f')); s++)
		{
			int			digit = is_digit(*s) ? *s - '0' : (*s | 0x20) - 'a' + 10;

			if (number <= 0x10FFFF)
				number = number * (hex ? 16 : 10) + digit;
		}
		if (s > digits)
		{
			put_character(input, numbered_character(number));
			input->next = s + (s < input->end && *s == ';');
			return;
		}
	}
	else
	{
		const Entity *entity = NULL;

		while (n < ENTITY_LONGEST && s + n < input->end && (is_letter(s[n]) || is_digit(s[n])))
		{
			name[n] = s[n];
			n++;
		}
		name[n] = '\0';
		if (s + n < input->end && s[n] == ';')
			entity = bsearch(name, entities, sizeof(entities) / sizeof(entities[0]),
							 sizeof(entities[0]), compare_entity);
		if (entity != NULL)
			n++;
		else
		{
			/* the longest one that it begins with, of those that need no semicolon */
			n = n < 6 ? n : 6;
			for (; n > 1; n--)
			{
				name[n] = '\0';
				entity = bsearch(name, entities, sizeof(entities) / sizeof(entities[0]),
								 sizeof(entities[0]), compare_entity);
				if (entity != NULL && entity->bare)
					break;
				entity = NULL;
			}
		}
		if (entity != NULL)
		{
			put_character(input, entity->first);
			if (entity->second != 0)
				put_character(input, entity->second);
			input->next = s + n;
			return;
		}
	}
	put_character(input, '&');
	input->next++;
}

/* Behind the bytes that end a comment or its like, or NULL. */
static const char *
behind(const char *s, const char *end, const char *bytes)
{
	size_t		n = strlen(bytes);
	const char *last;

	while ((size_t) (end - s) >= n && (last = memchr(s + n - 1, bytes[n - 1], end - s - (n - 1))) != NULL)
	{
		if (memcmp(last - (n - 1), bytes, n) == 0)
			return last + 1;
		s = last - (n - 1) + 1;
	}
	return NULL;
}

/* Behind the > that ends a tag, or the end of the page. */
static const char *
behind_tag(PageInput *input, const char *s)
{
	const char *tag = s;
	char		before = '\0';	/* the last byte that was no blank */

	while (!input->no_quotes)
	{
		/* quotes count behind an equals sign only */
		if (s == input->end)
		{
			input->no_quotes = true;
			break;
		}
		if (*s == '>')
			return s + 1;
		if ((*s == '"' || *s == '\'') && before == '=')
		{
			s = memchr(s + 1, *s, input->end - s - 1);
			if (s == NULL)
			{
				input->no_quotes = true;
				break;
			}
		}
		if (*s != ' ' && *s != '\n')
			before = *s;
		s++;
	}
	s = memchr(tag, '>', input->end - tag);
	return s != NULL ? s + 1 : input->end;
}

/* The tag's use, and where it stands in the table, from where its name begins. */
static TagUse
use_of(const char *s, const char *end, unsigned *number)
{
	char		name[LONGEST_NAME + 2];
	size_t		n = 0;

	while (n <= LONGEST_NAME && s < end && (is_letter(*s) || is_digit(*s) || *s == '-' || *s == ':'))
		name[n++] = (char) (*s++ | 0x20);
	name[n] = '\0';
	for (unsigned i = 0; i < sizeof(used_tags) / sizeof(used_tags[0]); i++)
	{
		if (used_tags[i].name[0] == name[0] && strcmp(used_tags[i].name, name) == 0)
		{
			*number = i;
			return used_tags[i].use;
		}
	}
	return USE_ALL;
}

/* Before the end tag of a raw element, or NULL. */
static const char *
raw_end(const char *s, const char *end, const char *name)
{
	size_t		n = strlen(name);

	while ((s = memchr(s, '<', end - s)) != NULL)
	{
		if ((size_t) (end - s) < n + 2)
			return NULL;
		if (s[1] == '/')
		{
			size_t		i = 0;

			while (i < n && (s[2 + i] | 0x20) == name[i])
				i++;
			if (i == n && (s + 2 + n == end || !is_letter(s[2 + n])))
				return s;
		}
		s++;
	}
	return NULL;
}

/* A tag, from "tag" to "end"; if nobody could read them, without attributes. */
static void
put_tag(PageInput *input, const char *tag, const char *end)
{
	size_t		length = end - tag;

	if (length > LONGEST_TAG || input->no_quotes)
	{
		length = 1;
		while (length < 64 && (is_letter(tag[length]) || is_digit(tag[length]) || tag[length] == '/' || tag[length] == '-' || tag[length] == ':'))
			length++;
		put(input, tag, length);
		put(input, ">", 1);
	}
	else
		put(input, tag, length);
}

/* What begins at the next byte, a <. */
static void
read_markup(PageInput *input)
{
	const char *tag = input->next;
	const char *s = tag + 1;
	const char *end = input->end;

	if (s == end || !(is_letter(*s) || *s == '/' || *s == '!' || *s == '?'))
	{
		put(input, "&lt;", 4);
		input->next = s;
	}
	else if (is_letter(*s) || (*s == '/' && end - s > 1 && is_letter(s[1])))
	{
		bool		start = *s != '/';
		unsigned	number = 0;
		TagUse		use = use_of(start ? s : s + 1, end, &number);
		const char *after = behind_tag(input, s);

		input->next = after;
		if (use == USE_ALL && after[-1] == '>')
			put_tag(input, tag, after);
		else if (use == USE_RAW && start && after[-2] != '/' && (input->no_end & 1U << number) == 0)
		{
			const char *raw = raw_end(after, end, used_tags[number].name);

			if (raw != NULL)
				input->next = raw;
			else
				input->no_end |= 1U << number;
		}
	}
	else if (end - s > 2 && memcmp(s, "!--", 3) == 0)
	{
		const char *text = s + 3;
		const char *after = NULL;

		/* <!--> and <!---> are comments too */
		if (text < end && *text == '>')
			after = text + 1;
		else if (end - text > 1 && memcmp(text, "->", 2) == 0)
			after = text + 2;
		else if (!input->no_comment_end)
			after = behind(text, end, "-->");
		if (after == NULL)
		{
			input->no_comment_end = true;
			after = behind_tag(input, s);
		}
		input->next = after;
	}
	else
	{
		/* <!DOCTYPE>, <?xml>, <![CDATA[: to the next > */
		const char *after = memchr(s, '>', end - s);

		input->next = after != NULL ? after + 1 : end;
	}
}

bool
input_next(PageInput *input, const char **piece, size_t *length)
{
	input->length = 0;
	/* some versions stop at an end tag that comes first */
	if (!input->begun)
		put(input, "<html>", 6);
	input->begun = true;
	while (input->next < input->end && input->length < INPUT_PIECE - LONGEST_TAG - 2 * LONGEST_CHARACTER)
	{
		const char *s = input->next;

		if (*s == '<')
			read_markup(input);
		else if (*s == '&')
			read_reference(input);
		else
		{
			size_t		room = INPUT_PIECE - LONGEST_TAG - 2 * LONGEST_CHARACTER - input->length;
			const char *stop = (size_t) (input->end - s) < room ? input->end : s + room;

			while (s < stop && *s != '<' && *s != '&' && !is_control(*s))
				s++;
			put(input, input->next, s - input->next);
			if (s < stop && is_control(*s))
			{
				put(input, " ", 1);
				s++;
			}
			input->next = s;
		}
	}
	*piece = input->piece;
	*length = input->length;
	return input->length > 0 || input->next < input->end;
}
