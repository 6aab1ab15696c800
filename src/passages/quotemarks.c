/*-------------------------------------------------------------------------
 *
 * quotemarks.c
 *	  Quotations: what stands within quotation marks, of any script.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/quotemarks.h"

typedef struct QuoteMark
{
	uint32_t	opening;
	uint32_t	closing[2];		/* the second one may be 0 */
	bool		both_ways;		/* closes elsewhere, so it opens before a word only */
	bool		apostrophe;		/* what closes may be one, between letters */
} QuoteMark;

static const QuoteMark marks[] = {
	{'"', {'"', 0}, true, false},
	{0x00AB, {0x00BB, 0}, false, false},	/* French */
	{0x00BB, {0x00AB, 0x00BB}, true, false},	/* German, Danish; Finnish */
	{0x2018, {0x2019, 0}, true, true},
	{0x201A, {0x2018, 0x2019}, false, true},
	{0x201C, {0x201D, 0}, false, false},
	{0x201D, {0x201D, 0}, true, false}, /* Swedish, Finnish */
	{0x201E, {0x201C, 0x201D}, false, false},	/* German; Polish, Romanian */
	{0x201F, {0x201D, 0}, false, false},
	{0x2039, {0x203A, 0}, false, false},
	{0x203A, {0x2039, 0x203A}, true, false},
	{0x300C, {0x300D, 0}, false, false},	/* Chinese, Japanese */
	{0x300E, {0x300F, 0}, false, false},
	{0x301D, {0x301E, 0x301F}, false, false},
	{0xFE41, {0xFE42, 0}, false, false},
	{0xFE43, {0xFE44, 0}, false, false},
	{0xFF02, {0xFF02, 0}, true, false},
	{0xFF62, {0xFF63, 0}, false, false}
};

static bool
is_blank(uint32_t c)
{
	return c <= ' ' || c == 0x00A0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x3000;
}

/* Letters, digits, and what else isn't a blank or punctuation, by and large. */
static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
	return c >= 0x00C0 && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x303F) &&
		!(c >= 0xFE30 && c <= 0xFE4F) && !(c >= 0xFF00 && c <= 0xFF0F);
}

static const QuoteMark *
opening_mark(uint32_t before, uint32_t c, uint32_t after)
{
	if (c != '"' && c < 0x00AB)
		return NULL;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
	{
		if (marks[i].opening == c)
			return marks[i].both_ways && (is_letter(before) || is_blank(after)) ? NULL : &marks[i];
	}
	return NULL;
}

static bool
closes(const QuoteMark *mark, uint32_t c, uint32_t after)
{
	return (c == mark->closing[0] || (c == mark->closing[1] && c != 0)) &&
		!(mark->apostrophe && is_letter(after));
}

static bool
found(QuoteScanner *scanner, QuotePlace end)
{
	scanner->found_begin = scanner->begin;
	scanner->found_end = end;
	scanner->mark = NULL;
	return true;
}

/*
 * A paragraph ends.  What was opened by a mark that does nothing else was a
 * quotation of several paragraphs; another mark meant something else.
 */
static bool
paragraph_ends(QuoteScanner *scanner, QuotePlace end)
{
	if (scanner->mark != NULL && !scanner->mark->both_ways)
		return found(scanner, end);
	scanner->mark = NULL;
	return false;
}

bool
quotemarks_next(QuoteScanner *scanner, uint32_t before, uint32_t character, uint32_t after,
				QuotePlace place, size_t bytes)
{
	if (character == '\n')
	{
		QuotePlace	end = scanner->line_end;

		if (scanner->blank)
			return paragraph_ends(scanner, end);
		scanner->blank = true;
		scanner->line_end = place;
		return false;
	}
	if (is_blank(character))
		return false;
	scanner->blank = false;

	if (scanner->mark == NULL)
	{
		scanner->mark = opening_mark(before, character, after);
		scanner->begin.byte = place.byte + bytes;
		scanner->begin.character = place.character + 1;
		return false;
	}
	return closes(scanner->mark, character, after) && found(scanner, place);
}

bool
quotemarks_end(QuoteScanner *scanner, QuotePlace end)
{
	return paragraph_ends(scanner, end);
}
