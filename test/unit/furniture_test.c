/*-------------------------------------------------------------------------
 *
 * furniture_test.c
 *	  What texts repeat: features against a plain definition, learning from
 *	  texts of which it is known what is furniture and what a version.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "boilerplate/furniture.h"
#include "env.h"
#include "tap.h"

#define MAX_ARTICLES	64
#define MAX_WORDS		2000

/* A text under construction: a word is its number, spread by a multiplier. */
typedef struct Draft
{
	uint64_t	words[MAX_WORDS];
	uint32_t	lines[MAX_WORDS];
	uint32_t	nwords;
	uint32_t	nlines;
	uint64_t	features[2 * MAX_WORDS];
	uint32_t	nfeatures;
} Draft;

static Draft drafts[MAX_ARTICLES];

static void
new_line(Draft *draft)
{
	if (draft->nlines == 0 || draft->lines[draft->nlines - 1] != draft->nwords)
		draft->lines[draft->nlines++] = draft->nwords;
}

/* Words first, first + 1, ... */
static void
add_words(Draft *draft, uint64_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		draft->words[draft->nwords++] = (first + i) * UINT64_C(0x9E3779B97F4A7C15);
}

static LinedText
text_of(const Draft *draft)
{
	return (LinedText) {draft->words, draft->nwords, draft->lines, draft->nlines};
}

static FurnitureArticle articles[MAX_ARTICLES];

/* What is learned from the first n drafts; the caller frees it. */
static uint64_t *
learn(uint32_t n, uint32_t min_articles, size_t *nfurniture)
{
	for (uint32_t i = 0; i < n; i++)
	{
		LinedText	text = text_of(&drafts[i]);

		drafts[i].nfeatures = furniture_features(&text, drafts[i].features, &env);
		articles[i] = (FurnitureArticle) {drafts[i].features, drafts[i].nfeatures};
	}
	return furniture_learn(articles, n, min_articles, &env, nfurniture);
}

/* How many words of a draft are covered, and is it words begin to end that are? */
static uint32_t
covered(const Draft *draft, const uint64_t *furniture, size_t nfurniture,
		uint32_t begin, uint32_t end, bool *only)
{
	static bool cover[MAX_WORDS];
	LinedText	text = text_of(draft);
	uint32_t	n = 0;

	furniture_cover(&text, furniture, nfurniture, cover, &env);
	*only = true;
	for (uint32_t i = 0; i < draft->nwords; i++)
	{
		n += cover[i];
		if (cover[i] != (i >= begin && i < end))
			*only = false;
	}
	return n;
}

/* A body of its own of 300 words for article i, behind a head of 20 words. */
static void
make_pages(uint32_t n, uint32_t nhead)
{
	memset(drafts, 0, sizeof(drafts));
	for (uint32_t i = 0; i < n; i++)
	{
		new_line(&drafts[i]);
		add_words(&drafts[i], 1, nhead);
		new_line(&drafts[i]);
		add_words(&drafts[i], 100000 * (i + 1), 300);
	}
}

static void
test_features(void)
{
	Draft	   *draft = &drafts[0];
	LinedText	text;
	uint64_t	features[64];
	bool		same = true;

	memset(drafts, 0, sizeof(drafts));
	new_line(draft);
	add_words(draft, 1, 3);
	new_line(draft);
	add_words(draft, 10, 9);
	text = text_of(draft);
	ok(furniture_features(&text, features, &env) == 1 + 5,
	   "a short line and five runs of eight words, which cross lines");

	/* the same runs, whatever the lines */
	draft->nlines = 1;
	text = text_of(draft);
	for (uint32_t i = 0; i < 5; i++)
	{
		uint64_t	other[64];

		ok(furniture_features(&text, other, &env) == 5, "runs alone, %u", i);
		if (features[i + 1] != other[i])
			same = false;
	}
	ok(same, "runs don't depend on lines");
	draft->nwords = 0;
	draft->nlines = 0;
	text = text_of(draft);
	ok(furniture_features(&text, features, &env) == 0, "no words, no features");
}

static void
test_learning(void)
{
	uint64_t   *furniture;
	size_t		n;
	bool		only;

	for (uint32_t npages = 4; npages <= 40; npages += 12)
	{
		make_pages(npages, 20);
		furniture = learn(npages, 4, &n);
		ok(n == 13 && covered(&drafts[1], furniture, n, 0, 20, &only) == 20 && only,
		   "a head of %u pages is furniture, and nothing else", npages);
		for (size_t i = 1; i < n; i++)
		{
			if (furniture[i - 1] >= furniture[i])
				only = false;
		}
		ok(only, "in ascending order");
		test_free(NULL, furniture);
		ok(learn(npages, npages + 1, &n) == NULL && n == 0, "not in %u articles", npages + 1);
	}

	/* short lines, in three articles and in four */
	make_pages(5, 0);
	for (uint32_t i = 0; i < 4; i++)
	{
		new_line(&drafts[i]);
		add_words(&drafts[i], 50, 2);
		new_line(&drafts[i]);
		if (i < 3)
			add_words(&drafts[i], 60, 2);
		new_line(&drafts[i]);
		add_words(&drafts[i], 900000 + 1000 * i, 5);
	}
	furniture = learn(5, 4, &n);
	ok(n == 1 && covered(&drafts[0], furniture, n, 300, 302, &only) == 2 && only,
	   "a line of two words is furniture in four articles, not in three");
	test_free(NULL, furniture);
	ok(allocated == 0, "all memory is freed");
}

/* Article i as the version of another one, with a word in "step" changed. */
static void
make_version(uint32_t i, uint32_t of, uint32_t step)
{
	drafts[i] = drafts[of];
	for (uint32_t j = 20; j < drafts[i].nwords; j += step)
		drafts[i].words[j] = random_word();
}

static void
test_versions(void)
{
	uint64_t   *furniture;
	size_t		n;
	bool		only;

	for (uint32_t npages = 10; npages <= 60; npages += 25)
	{
		make_pages(npages, 20);
		for (uint32_t i = 1; i < 7; i++)
			make_version(i, 0, 60);
		furniture = learn(npages, 4, &n);
		ok(covered(&drafts[0], furniture, n, 0, 20, &only) == 20 && only,
		   "what seven versions of an article have, among %u, is not furniture", npages);
		test_free(NULL, furniture);
	}

	/* four versions and nothing else */
	make_pages(1, 20);
	for (uint32_t i = 1; i < 4; i++)
		make_version(i, 0, 60);
	ok(learn(4, 2, &n) == NULL, "versions alone teach nothing");

	/* two pages of one site, most of which is furniture */
	make_pages(2, 1000);
	furniture = learn(2, 2, &n);
	ok(covered(&drafts[0], furniture, n, 0, 1000, &only) == 1000 && only,
	   "two pages teach what they share, though it is most of them");
	test_free(NULL, furniture);
	ok(allocated == 0, "all memory is freed");
}

static void
test_order(void)
{
	uint64_t   *one;
	uint64_t   *other;
	size_t		n;
	size_t		m;
	bool		same = true;

	make_pages(40, 20);
	for (uint32_t i = 1; i < 9; i++)
		make_version(i, i / 3, 25);
	one = learn(40, 3, &n);
	for (int round = 0; round < 20; round++)
	{
		for (uint32_t i = 39; i > 0; i--)
		{
			uint32_t	j = random_below(i + 1);
			FurnitureArticle swap = articles[i];

			articles[i] = articles[j];
			articles[j] = swap;
		}
		other = furniture_learn(articles, 40, 3, &env, &m);
		if (m != n || memcmp(one, other, n * sizeof(uint64_t)) != 0)
			same = false;
		test_free(NULL, other);
	}
	ok(same, "the order of the articles makes no difference");
	test_free(NULL, one);
}

int
main(void)
{
	test_features();
	test_learning();
	test_versions();
	test_order();
	return done_testing();
}
