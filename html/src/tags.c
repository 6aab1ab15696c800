/*-------------------------------------------------------------------------
 *
 * tags.c
 *	  What elements are by their names, and what their attributes hint at.
 *
 * Authors name the parts of a page in class, id, role and itemprop, in English
 * the world over: the words of "relatedArticles", "post-comments" or
 * "site__footer" tell what readers would see.  Readability has done so from
 * the beginning (by substrings; words don't find "ad" in "header").
 *
 *-------------------------------------------------------------------------
 */
#include "tags.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct NamedTag
{
	const char *name;
	Tag			tag;
} NamedTag;

/* Sorted by name.  Those that aren't here are inline, but for custom elements. */
static const NamedTag tags[] = {
	{"a", TAG_LINK},
	{"address", TAG_BLOCK},
	{"applet", TAG_SKIP},
	{"article", TAG_ARTICLE},
	{"aside", TAG_FURNITURE},
	{"audio", TAG_SKIP},
	{"blockquote", TAG_QUOTE},
	{"body", TAG_ROOT},
	{"br", TAG_BREAK},
	{"button", TAG_SKIP},
	{"canvas", TAG_SKIP},
	{"caption", TAG_CAPTION},
	{"center", TAG_BLOCK},
	{"datalist", TAG_SKIP},
	{"dd", TAG_ITEM},
	{"details", TAG_BLOCK},
	{"dialog", TAG_FURNITURE},
	{"dir", TAG_LIST},
	{"div", TAG_BLOCK},
	{"dl", TAG_LIST},
	{"dt", TAG_ITEM},
	{"embed", TAG_SKIP},
	{"fieldset", TAG_BLOCK},
	{"figcaption", TAG_CAPTION},
	{"figure", TAG_FIGURE},
	{"footer", TAG_FURNITURE},
	{"form", TAG_FORM},
	{"frameset", TAG_ROOT},
	{"h1", TAG_HEADING1},
	{"h2", TAG_HEADING},
	{"h3", TAG_HEADING},
	{"h4", TAG_HEADING},
	{"h5", TAG_HEADING},
	{"h6", TAG_HEADING},
	{"header", TAG_BLOCK},
	{"hgroup", TAG_BLOCK},
	{"hr", TAG_BLOCK},
	{"html", TAG_ROOT},
	{"iframe", TAG_SKIP},
	{"label", TAG_BLOCK},
	{"legend", TAG_BLOCK},
	{"li", TAG_ITEM},
	{"listing", TAG_PRE},
	{"main", TAG_BLOCK},
	{"map", TAG_SKIP},
	{"menu", TAG_FURNITURE},
	{"meta", TAG_META},
	{"nav", TAG_FURNITURE},
	{"noframes", TAG_BLOCK},
	{"noscript", TAG_SKIP},
	{"object", TAG_SKIP},
	{"ol", TAG_LIST},
	{"optgroup", TAG_SKIP},
	{"option", TAG_SKIP},
	{"p", TAG_PARAGRAPH},
	{"plaintext", TAG_PRE},
	{"pre", TAG_PRE},
	{"rp", TAG_SKIP},
	{"rt", TAG_SKIP},
	{"script", TAG_SKIP},
	{"section", TAG_BLOCK},
	{"select", TAG_SKIP},
	{"span", TAG_SPAN},
	{"style", TAG_SKIP},
	{"summary", TAG_BLOCK},
	{"svg", TAG_SKIP},
	{"table", TAG_TABLE},
	{"tbody", TAG_BLOCK},
	{"td", TAG_CELL},
	{"template", TAG_SKIP},
	{"textarea", TAG_SKIP},
	{"tfoot", TAG_BLOCK},
	{"th", TAG_CELL},
	{"thead", TAG_BLOCK},
	{"title", TAG_TITLE},
	{"tr", TAG_BLOCK},
	{"ul", TAG_LIST},
	{"video", TAG_SKIP},
	{"xmp", TAG_PRE},
};

static int
compare_tag(const void *name, const void *tag)
{
	return strcmp(name, ((const NamedTag *) tag)->name);
}

Tag
tag_of(const char *name)
{
	const NamedTag *found = bsearch(name, tags, sizeof(tags) / sizeof(tags[0]), sizeof(tags[0]),
									compare_tag);

	if (found != NULL)
		return found->tag;
	return strchr(name, '-') != NULL ? TAG_BLOCK : TAG_INLINE;
}

/* Two words of these make HINT_BODY: "article-body", "post_content". */
#define WORD_WHOLE 1
#define WORD_PART 2

typedef struct NamedHint
{
	const char *word;
	uint16_t	hints;
	uint8_t		words;
} NamedHint;

/* Sorted by word.  A word that ends in * stands for all that begin so. */
static const NamedHint hint_words[] = {
	{"ad", HINT_PROMOTION, 0},
	{"addthis*", HINT_SHARE, 0},
	{"addtoany*", HINT_SHARE, 0},
	{"ads", HINT_PROMOTION, 0},
	{"adsense", HINT_PROMOTION, 0},
	{"adslot", HINT_PROMOTION, 0},
	{"advert*", HINT_PROMOTION, 0},
	{"article*", HINT_GOOD, WORD_WHOLE},
	{"aside", HINT_ASIDE, 0},
	{"author*", HINT_BYLINE, 0},
	{"banner*", HINT_PROMOTION, 0},
	{"bio", HINT_BYLINE, 0},
	{"blog", HINT_GOOD, WORD_WHOLE},
	{"body", 0, WORD_PART},
	{"bookmark*", HINT_SHARE, 0},
	{"breadcrumb*", HINT_NAVIGATION, 0},
	{"byline*", HINT_BYLINE, 0},
	{"caption*", HINT_CAPTION, 0},
	{"carousel", HINT_RELATED, 0},
	{"categor*", HINT_BYLINE, 0},
	{"colophon", HINT_FOOTER, 0},
	{"comment*", HINT_COMMENTS, 0},
	{"complementary", HINT_ASIDE, 0},
	{"consent", HINT_NOTICE, 0},
	{"content", HINT_GOOD, WORD_PART},
	{"contentinfo", HINT_FOOTER, 0},
	{"cookie*", HINT_NOTICE, 0},
	{"copyright", HINT_FOOTER, 0},
	{"credit*", HINT_CAPTION, 0},
	{"cta", HINT_PROMOTION, 0},
	{"dateline", HINT_BYLINE, 0},
	{"dialog", HINT_NOTICE, 0},
	{"disqus*", HINT_COMMENTS, 0},
	{"donat*", HINT_PROMOTION, 0},
	{"entry", HINT_GOOD, WORD_WHOLE},
	{"figcaption", HINT_CAPTION, 0},
	{"follow*", HINT_SHARE, 0},
	{"foot", HINT_FOOTER, 0},
	{"footer*", HINT_FOOTER, 0},
	{"gdpr*", HINT_NOTICE, 0},
	{"hidden", HINT_HIDDEN, 0},
	{"lightbox", HINT_NOTICE, 0},
	{"login", HINT_FORM, 0},
	{"main", HINT_GOOD, 0},
	{"masthead", HINT_NAVIGATION, 0},
	{"menu*", HINT_NAVIGATION, 0},
	{"meta*", HINT_BYLINE, 0},
	{"modal", HINT_NOTICE, 0},
	{"nav*", HINT_NAVIGATION, 0},
	{"newsletter*", HINT_FORM, 0},
	{"outbrain*", HINT_RELATED, 0},
	{"overlay", HINT_NOTICE, 0},
	{"page", HINT_GOOD, 0},
	{"pager", HINT_NAVIGATION, 0},
	{"pagination", HINT_NAVIGATION, 0},
	{"paywall", HINT_FORM, 0},
	{"popular*", HINT_RELATED, 0},
	{"popup", HINT_NOTICE, 0},
	{"post*", HINT_GOOD, WORD_WHOLE},
	{"promo*", HINT_PROMOTION, 0},
	{"rail", HINT_ASIDE, 0},
	{"recirc*", HINT_RELATED, 0},
	{"recommend*", HINT_RELATED, 0},
	{"related*", HINT_RELATED, 0},
	{"replies", HINT_COMMENTS, 0},
	{"reply", HINT_COMMENTS, 0},
	{"respond", HINT_COMMENTS, 0},
	{"search", HINT_NAVIGATION, 0},
	{"share*", HINT_SHARE, 0},
	{"sharing", HINT_SHARE, 0},
	{"sidebar*", HINT_ASIDE, 0},
	{"signup", HINT_FORM, 0},
	{"skip", HINT_NAVIGATION, 0},
	{"social*", HINT_SHARE, 0},
	{"sponsor*", HINT_PROMOTION, 0},
	{"story", HINT_GOOD, WORD_WHOLE},
	{"subscri*", HINT_FORM, 0},
	{"suggest*", HINT_RELATED, 0},
	{"taboola*", HINT_RELATED, 0},
	{"tags", HINT_BYLINE, 0},
	{"teads", HINT_PROMOTION, 0},
	{"text", 0, WORD_PART},
	{"timestamp", HINT_BYLINE, 0},
	{"toolbar", HINT_NAVIGATION, 0},
	{"topbar", HINT_NAVIGATION, 0},
	{"trending", HINT_RELATED, 0},
	{"widget*", HINT_ASIDE, 0},
};

#define LONGEST_WORD 24

static int
compare_hint(const void *word, const void *hint)
{
	const char *a = word;
	const char *b = ((const NamedHint *) hint)->word;

	while (*a != '\0' && *a == *b)
	{
		a++;
		b++;
	}
	if (*b == '*')
		return 0;
	return (unsigned char) *a - (unsigned char) *b;
}

/* Letters as a number from 1, capitals from 33; 0 for all else. */
static inline int
letter(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 1;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 33;
	return 0;
}

uint16_t
hints_of(const char *value)
{
	uint16_t	hints = 0;
	uint8_t		words = 0;		/* WORD_* of this name */
	char		word[LONGEST_WORD + 1];

	while (*value != '\0')
	{
		size_t		n = 0;
		bool		capital = false;

		/* what no letter is parts words, and white space names */
		while (*value != '\0' && letter(*value) == 0)
		{
			if (*value == ' ' || (*value >= '\t' && *value <= '\r'))
				words = 0;
			value++;
		}
		/* so does a capital behind a small letter */
		while (letter(*value) != 0 && !(n > 0 && !capital && letter(*value) >= 32))
		{
			capital = letter(*value) >= 32;
			if (n < LONGEST_WORD)
				word[n++] = (char) (*value | 0x20);
			value++;
		}
		word[n] = '\0';
		if (n > 1)
		{
			const NamedHint *found = bsearch(word, hint_words, sizeof(hint_words) / sizeof(hint_words[0]),
											 sizeof(hint_words[0]), compare_hint);

			if (found != NULL)
			{
				hints |= found->hints;
				words |= found->words;
				if (words == (WORD_WHOLE | WORD_PART))
					hints |= HINT_BODY;
			}
		}
	}
	return hints;
}

/* A style that hides: display:none, visibility:hidden. */
static bool
hides(const char *style)
{
	const char *found = strstr(style, "display");

	if (found != NULL)
	{
		found += strlen("display");
		found += strspn(found, " :");
		if (strncmp(found, "none", 4) == 0)
			return true;
	}
	return false;
}

uint16_t
hints_of_attributes(const char *const *attributes)
{
	uint16_t	hints = 0;

	if (attributes == NULL)
		return 0;
	for (; attributes[0] != NULL; attributes += 2)
	{
		const char *name = attributes[0];
		const char *value = attributes[1];

		if (strcmp(name, "hidden") == 0)
			hints |= HINT_HIDDEN;
		if (value == NULL)
			continue;
		if (strcmp(name, "class") == 0 || strcmp(name, "id") == 0 || strcmp(name, "role") == 0)
			hints |= hints_of(value);
		else if (strcmp(name, "itemprop") == 0)
		{
			if (strcmp(value, "articleBody") == 0)
				hints |= HINT_BODY;
			else
				hints |= hints_of(value);
		}
		else if (strcmp(name, "aria-hidden") == 0)
		{
			if (strcmp(value, "true") == 0)
				hints |= HINT_HIDDEN;
		}
		else if (strcmp(name, "style") == 0 && hides(value))
			hints |= HINT_HIDDEN;
	}
	return hints;
}
