/* Tests of the raw part of simhash_html: input, hints, senses, blocks, articles. */
#include "tap.h"

#include <string.h>

#include "article.h"
#include "charset.h"
#include "input.h"
#include "sense.h"

static size_t allocated = 0;
static size_t left_to_alloc = SIZE_MAX;	/* calls that succeed */
static uint64_t checks = 0;

static void *
test_alloc(void *arg, size_t size)
{
	size_t	   *p;

	(void) arg;
	if (left_to_alloc == 0)
		return NULL;
	left_to_alloc--;
	p = malloc(size + 2 * sizeof(size_t));
	if (p == NULL)
		abort();
	*p = size;
	allocated += size;
	memset(p + 2, 0xA5, size);
	return p + 2;
}

static void
test_free(void *arg, void *pointer)
{
	size_t	   *p = (size_t *) pointer - 2;

	(void) arg;
	allocated -= *p;
	free(p);
}

static void
test_check(void *arg)
{
	(void) arg;
	checks++;
}

static const PageEnv env = {test_alloc, test_free, test_check, NULL};

/* The page that libxml2 is given, as a string. */
static char *
input_of(const char *html)
{
	static char result[100000];
	size_t		n = 0;
	PageInput	input;
	const char *piece;
	size_t		length;

	input_init(&input, html, strlen(html));
	while (input_next(&input, &piece, &length))
	{
		memcpy(result + n, piece, length);
		n += length;
	}
	result[n] = '\0';
	/* behind what all pages begin with */
	return result + strlen("<html>");
}

static void
input_is(const char *html, const char *expected)
{
	const char *got = input_of(html);

	ok(strcmp(got, expected) == 0, "input: %.60s", html);
	if (strcmp(got, expected) != 0)
		printf("# got %s\n", got);
}

/* The article's text, or its title; NULL without memory. */
static const char *
found_in(const char *html, size_t length, bool (*find) (const Page *page, PageString *found))
{
	static char result[1000000];
	Page		page;
	PageString	found = {NULL, 0, 0};
	bool		done;

	page_init(&page, &env);
	done = page_read(&page, html, length) && find(&page, &found);
	if (done)
	{
		if (found.length > 0)
			memcpy(result, found.bytes, found.length);
		result[found.length] = '\0';
	}
	if (found.bytes != NULL)
		test_free(NULL, found.bytes);
	page_free(&page);
	return done ? result : NULL;
}

static void
charset_is(const char *page, const char *expected)
{
	char		name[CHARSET_LONGEST + 1];

	charset_of(page, strlen(page), name);
	ok(strcmp(name, expected) == 0, "charset %s: %s", expected, page);
}

static void
test_hints(void)
{
	ok(hints_of("header reader shadow leader addition") == 0, "words, not parts of words");
	ok(hints_of("ad") == HINT_PROMOTION && hints_of("ADS") == HINT_PROMOTION, "whole words, in capitals too");
	ok(hints_of("site__relatedArticles") == (HINT_RELATED | HINT_GOOD), "words of camel case");
	ok(hints_of("advertisements") == HINT_PROMOTION, "words by what they begin with");
	ok(hints_of("post-content") & HINT_BODY, "two words make a body");
	ok(!(hints_of("post main-content") & HINT_BODY), "but not of two names");
	ok(hints_of("contentinfo") == HINT_FOOTER && hints_of("content") == HINT_GOOD, "content is not contentinfo");
	ok(hints_of("") == 0 && hints_of("  - ") == 0, "no words");
	ok(hints_of("a-word-that-is-longer-than-any-of-those-in-the-table-andalltogetherwithoutabreak") == 0, "long words");
	ok(tag_of("a") == TAG_LINK && tag_of("xmp") == TAG_PRE && tag_of("ul") == TAG_LIST, "tags: first, last, between");
	ok(tag_of("nosuch") == TAG_INLINE && tag_of("x-y") == TAG_BLOCK, "unknown and custom tags");
}

static void
test_sense(void)
{
	ok(sense_of("One, two, and three.", 20).commas == 2, "commas");
	ok(sense_of("It is.\" ", 8).sentence && !sense_of("It is", 5).sentence, "ends of sentences");
	ok(sense_of("\xE3\x81\xA0\xE3\x80\x82", 6).sentence && sense_of("\xE3\x81\xA0\xE3\x80\x82", 6).weight == 4, "of Japanese");
	ok(!sense_of("| \xE2\x80\xA2 \xE2\x86\x92 *", 10).words && sense_of("1", 1).words, "words");
	ok(sense_of("\xE3\x81", 2).weight > 0 && sense_of("", 0).weight == 0, "broken characters, and none");
}

/* How pages are taken apart. */
static void
pages_are(const char *html, size_t nblocks, size_t nelements)
{
	Page		page;
	bool		done;

	page_init(&page, &env);
	done = page_read(&page, html, strlen(html));
	ok(done && page.nblocks == nblocks && page.nelements == nelements,
	   "%zu blocks in %zu elements: %s", page.nblocks, page.nelements, html);
	page_free(&page);
}

static void
test_pages(void)
{
	/* html, body, and the implied p or what is there; one is around all */
	pages_are("<p>a<br>b", 1, 4);
	pages_are("<p>a<br> <br>b", 2, 4);
	pages_are("<p></p><div><div><p>a</p></div></div><ul><li></ul>", 1, 6);
	pages_are("<p>a <span>b</span> <b class=related>c</b>", 1, 4);
	pages_are("<p>a <span class=related>b</span> c", 3, 5);
	pages_are("", 0, 1);
}

/* Pages end anywhere: nothing is read behind their end, nothing is lost. */
static void
test_cuts(void)
{
	const char *page = "\xEF\xBB\xBF<!doctype html><title>T &amp; T</title><p class='a b'>One &eacute;&#233;&notit; <b>two</b>"
		"<!-- no --><script>x</script><a href=\"/\">three</a>.<br><br>Four, and five.</p>";
	size_t		length = strlen(page);

	for (size_t cut = 0; cut <= length; cut++)
	{
		char	   *copy = malloc(cut + 1);

		if (copy == NULL)
			abort();
		memcpy(copy, page, cut);
		if (found_in(copy, cut, article_find) == NULL || found_in(copy, cut, article_find_title) == NULL)
			ok(false, "page of %zu bytes", cut);
		free(copy);
	}
	ok(strcmp(found_in(page, length, article_find), "One \xC3\xA9\xC3\xA9\xC2\xACit; two" "three.\nFour, and five.") == 0, "the page as a whole");
	ok(allocated == 0, "nothing is left allocated");
}

static void
test_memory(void)
{
	const char *page = "<title>T</title><h1>T</h1><div><p>One, two, three, four and five.</p><ul><li>Six.</ul></div>";
	int			refused = 0;

	for (size_t n = 0; n < 100; n++)
	{
		left_to_alloc = n;
		refused += found_in(page, strlen(page), article_find) == NULL;
	}
	left_to_alloc = SIZE_MAX;
	ok(refused > 5 && refused < 50, "each of %d allocations may be refused", refused);
	ok(allocated == 0, "nothing is left allocated then");
}

static void
test_checks(void)
{
	size_t		n = 100000;
	char	   *page = malloc(n * 10);

	if (page == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): bytes with a length */
		memcpy(page + i * 10, "<p>One two", 10);
	checks = 0;
	found_in(page, n * 4, article_find);
	ok(checks > 20, "interrupts are looked for: %d times", (int) checks);
	free(page);
}

int
main(void)
{
	input_is("<p>a &lt; b & c &amp;lt; d < e</p>", "<p>a &lt; b &amp; c &amp;lt; d &lt; e</p>");
	input_is("<html><HEAD></head><body class=x>a</body></html>b<body", "ab");
	input_is("a<script src='>'>b</scrip></SCRIPT x>c<scripty>d</scripty>", "ac<scripty>d</scripty>");
	input_is("a<style>b</styled>c</style>d", "ad");
	input_is("a<script>b", "ab");
	input_is("a<!--b-->c<!-->d<!--->e<!-- f --!> g-->h<!--i>j", "acdehj");
	input_is("a<?b?>c<!D>d</>e</ f>g<![CDATA[h]]>i", "acdegi");
	input_is("<a title='>' alt=\"'>\" x=y'>b</a >", "<a title='>' alt=\"'>\" x=y'>b</a >");
	input_is("<a title='>b<i x>", "<a>b<i>");
	input_is("a<svg/>b<svg><title>c</title></svg>d<img src=x>e", "abde");
	input_is("&notit;&notin;&NotEqualTilde;&#x80;&#55296;&#x1F600", "\xC2\xACit;\xE2\x88\x89\xE2\x89\x82\xCC\xB8\xE2\x82\xAC\xEF\xBF\xBD\xF0\x9F\x98\x80");
	input_is("a\x01" "b\tc&#1;d", "a b\tc d");
	input_is("<", "&lt;");
	input_is("", "");

	charset_is("<meta charset=UTF-8>", "utf8");
	charset_is("<meta http-equiv=x content='text/html; charset=Shift_JIS'>", "shiftjis");
	charset_is("<?xml version='1.0' encoding='koi8-r'?>", "koi8r");
	charset_is("<meta charset=\"ISO-8859-1\" />", "windows1252");
	charset_is("<!-- <meta charset=x> --><meta name=y><meta charset=gb2312>", "gbk");
	charset_is("\xEF\xBB\xBF<meta charset=x>", "utf8");
	charset_is("<p>charset=x", "");
	charset_is("<meta charset=", "");
	charset_is("<meta charset=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz>", "abcdefghijklmnopqrstuvwxyzabcdefghijklmn");

	test_hints();
	test_sense();
	test_pages();
	test_cuts();
	test_memory();
	test_checks();
	return done_testing();
}
