/*-------------------------------------------------------------------------
 *
 * charset.c
 *	  The encoding that a page says it is in.
 *
 *-------------------------------------------------------------------------
 */
#include "charset.h"

#include <stdbool.h>
#include <string.h>

/* The HTML standard has it within 1024 bytes; not all authors have read it. */
#define LOOK_AT 8192

/*
 * Names that PostgreSQL has others for, and encodings that browsers take for
 * larger ones (https://encoding.spec.whatwg.org/, names and labels).
 */
static const char *const other_names[][2] = {
	{"ascii", "windows1252"},
	{"big5hkscs", "big5"},
	{"cp1251", "windows1251"},
	{"cp1252", "windows1252"},
	{"euckr", "uhc"},
	{"gb2312", "gbk"},
	{"iso88591", "windows1252"},
	{"iso885911", "windows874"},
	{"iso88599", "windows1254"},
	{"koi8", "koi8r"},
	{"ksc5601", "uhc"},
	{"ksc56011987", "uhc"},
	{"latin1", "windows1252"},
	{"mskanji", "sjis"},
	{"tis620", "windows874"},
	{"usascii", "windows1252"},
	{"utf16", "utf8"},
	{"utf16be", "utf8"},		/* who could read that name */
	{"utf16le", "utf8"},
	{"xgbk", "gbk"},
	{"xsjis", "sjis"},
};

static void
set_name(char *name, const char *to)
{
	memcpy(name, to, strlen(to) + 1);
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
begins(const char *s, const char *end, const char *word)
{
	for (; *word != '\0'; s++, word++)
		if (s == end || (*s | 0x20) != *word)
			return false;
	return true;
}

/* What stands behind "charset" or "encoding", up to the end of the tag. */
static bool
read_name(const char *s, const char *end, const char *word, char *name)
{
	size_t		n = 0;

	for (; s < end && *s != '>'; s++)
	{
		if (!begins(s, end, word))
			continue;
		s += strlen(word);
		while (s < end && (*s == ' ' || *s == '=' || *s == '"' || *s == '\''))
			s++;
		for (; s < end && (is_name(*s) || *s == '-' || *s == '_' || *s == ':' || *s == '.'); s++)
			if (is_name(*s) && n < CHARSET_LONGEST)
				name[n++] = (char) (*s | 0x20);
		name[n] = '\0';
		return n > 0;
	}
	return false;
}

void
charset_of(const char *page, size_t length, char name[CHARSET_LONGEST + 1])
{
	const char *end = page + (length < LOOK_AT ? length : LOOK_AT);
	bool		found = false;

	name[0] = '\0';
	if (length >= 3 && memcmp(page, "\xEF\xBB\xBF", 3) == 0)
		set_name(name, "utf8");
	else if (length >= 2 && memcmp(page, "\xFE\xFF", 2) == 0)
		set_name(name, "utf16be");
	else if (length >= 2 && memcmp(page, "\xFF\xFE", 2) == 0)
		set_name(name, "utf16le");
	if (name[0] != '\0')
		return;

	for (const char *s = page; s < end && !found; s++)
	{
		if (*s != '<')
			continue;
		if (begins(s, end, "<!--"))
		{
			while (s < end && !begins(s, end, "-->"))
				s++;
		}
		else if (begins(s, end, "<meta"))
			found = read_name(s, end, "charset", name);
		else if (begins(s, end, "<?xml"))
			found = read_name(s, end, "encoding", name);
	}
	for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++)
	{
		if (strcmp(name, other_names[i][0]) == 0)
		{
			set_name(name, other_names[i][1]);
			break;
		}
	}
}
