/*-------------------------------------------------------------------------
 *
 * sense.c
 *	  What a block of text is by its characters, in any language.
 *
 * Length and the density of links tell articles from furniture in all
 * languages (Kohlschuetter, Fankhauser, Nejdl: Boilerplate detection using
 * shallow text features, WSDM 2010).  They count words; characters do as well,
 * and are there in languages that write no spaces.  That a block ends like a
 * sentence, and that it has commas, says that it is written prose.
 *
 *-------------------------------------------------------------------------
 */
#include "sense.h"

#include <string.h>

static uint32_t
next_character(const unsigned char **text, const unsigned char *end)
{
	const unsigned char *s = *text;
	int			more = s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : s[0] >= 0xC0 ? 1 : 0;
	uint32_t	c = more == 0 ? s[0] : s[0] & (0x3F >> more);

	for (s++; more > 0 && s < end; more--)
		c = c << 6 | (*s++ & 0x3F);
	*text = s;
	return c;
}

/* Behind the end of a sentence there may be blanks, quotes and brackets. */
static bool
closes(uint32_t c)
{
	switch (c)
	{
		case ' ':
		case '\n':
		case ')':
		case ']':
		case '"':
		case '\'':
		case 0x00AB:
		case 0x00BB:
		case 0x2018:			/* quotes */
		case 0x2019:
		case 0x201C:
		case 0x201D:
		case 0x203A:
		case 0x300D:			/* corner brackets */
		case 0x300F:
		case 0xFF09:
			return true;
		default:
			return false;
	}
}

static bool
ends_sentence(uint32_t c)
{
	switch (c)
	{
		case '.':
		case '!':
		case '?':
		case ':':
		case 0x037E:			/* Greek question mark */
		case 0x0589:			/* Armenian */
		case 0x061F:			/* Arabic */
		case 0x06D4:			/* Urdu */
		case 0x0964:			/* danda */
		case 0x0965:
		case 0x104B:			/* Burmese */
		case 0x1362:			/* Ethiopic */
		case 0x17D4:			/* Khmer */
		case 0x2026:			/* ellipsis */
		case 0x3002:			/* ideographic */
		case 0xFF01:
		case 0xFF0E:
		case 0xFF1F:
			return true;
		default:
			return false;
	}
}

static bool
is_comma(uint32_t c)
{
	return c == ',' || c == 0x060C || c == 0x3001 || c == 0xFF0C;
}

Sense
sense_of(const char *text, size_t length)
{
	const unsigned char *next = (const unsigned char *) text;
	const unsigned char *end = next + length;
	Sense		sense;

	memset(&sense, 0, sizeof(sense));
	while (next < end)
	{
		uint32_t	c = next_character(&next, end);

		/* kana, hanzi, hangul and their like */
		sense.weight += c >= 0x2E80 && c < 0xFE00 ? 2 : 1;
		sense.commas += is_comma(c);
		if (closes(c))
			continue;
		sense.sentence = ends_sentence(c);
		sense.words |= (c | 0x20) - 'a' < 26 || c - '0' < 10 ||
			(c >= 0xC0 && !(c >= 0x2000 && c < 0x2C00) && !(c >= 0x3000 && c < 0x3040) && c != 0xFEFF);
	}
	return sense;
}
