/*-------------------------------------------------------------------------
 *
 * variants.c
 *	  What story_cluster is compared with, from the same parts; and the
 *	  similarities that it has, which SQL doesn't show.
 *
 *	  variants plain|full clusters|pairs THRESHOLD
 *
 * Reads lines "row <tab> seconds or nothing <tab> title <tab> body".  "full"
 * is the method of doc/stories.md.  "plain" is average link on the cosine of
 * words, weighted (1 + ln tf) ln(1 + N/df): no pairs of words, no lead, no
 * times, no local scaling.  "clusters" prints "row <tab> number"; "pairs" prints
 * "row <tab> row <tab> similarity" with the smaller row first, before scaling and
 * without times.
 *
 *-------------------------------------------------------------------------
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../env.h"
#include "stories/average_link.h"
#include "text/words.h"

#define BATCH 512

typedef struct Article
{
	int			row;
	int64_t		time;
	char	   *parts[2];		/* title, body */
} Article;

typedef struct Sink
{
	Corpus	   *corpus;			/* the first reading */
	TermsKey	key;
	HashCounts *terms;			/* the second one */
} Sink;

static bool plain;

static void
sink_words(Sink *sink, TermReader *reader, const uint64_t *words, const bool *solos, size_t n)
{
	for (size_t i = 0; i < n; i++)
	{
		ReadTerm	terms[2];
		uint32_t	times;
		int			nterms = term_reader_word(reader, words[i], solos[i] && !plain, terms, &times);

		if (plain)
		{
			nterms = 1;
			times = 1;
		}
		for (int j = 0; j < nterms; j++)
		{
			if (sink->terms != NULL)
				hashcounts_add(sink->terms, terms[j].hash, times);
			else
			{
				corpus_see(sink->corpus, terms[j].hash);
				terms_key_add(&sink->key, terms[j].hash, times);
			}
		}
	}
}

static void
read_article(const Article *article, Sink *sink)
{
	for (int part = 0; part < 2; part++)
	{
		uint64_t	words[BATCH];
		bool		solos[BATCH];
		TermReader	reader;
		WordSplitter splitter;
		size_t		n;

		term_reader_begin(&reader, part == 0);
		words_init(&splitter);
		words_feed(&splitter, article->parts[part], strlen(article->parts[part]));
		while ((n = words_next(&splitter, words, solos, NULL, BATCH)) > 0)
			sink_words(sink, &reader, words, solos, n);
		n = words_end(&splitter, words, solos, NULL);
		sink_words(sink, &reader, words, solos, n);
	}
}

static Article *
read_lines(uint32_t *n)
{
	Article    *articles = NULL;
	uint32_t	room = 0;
	char	   *line = NULL;
	size_t		size = 0;
	ssize_t		length;

	*n = 0;
	while ((length = getline(&line, &size, stdin)) > 0)
	{
		char	   *copy = strndup(line, length - (line[length - 1] == '\n'));
		char	   *row = strsep(&copy, "\t");
		char	   *time = strsep(&copy, "\t");
		char	   *title = strsep(&copy, "\t");

		if (*n == room)
		{
			room = room == 0 ? 1024 : room * 2;
			articles = realloc(articles, room * sizeof(Article));
			if (articles == NULL)
				abort();
		}
		if (time == NULL || title == NULL || copy == NULL)
		{
			fprintf(stderr, "a line has fewer than four fields\n");
			exit(1);
		}
		articles[*n].row = atoi(row);
		articles[*n].time = *time == '\0' || plain ? CORPUS_NO_TIME : atoll(time) * 1000000;
		articles[*n].parts[0] = title;
		articles[*n].parts[1] = copy;
		(*n)++;
	}
	return articles;
}

static void
build(Corpus *corpus, const Article *articles, uint32_t n)
{
	HashCounts	terms;

	corpus_begin(corpus, n, &env);
	for (uint32_t i = 0; i < n; i++)
	{
		Sink		sink = {corpus, {{0, 0}}, NULL};

		read_article(&articles[i], &sink);
		corpus_seen(corpus, i, &sink.key, articles[i].time);
	}
	corpus_between(corpus);

	hashcounts_init(&terms, 2048, &env);
	for (uint32_t i = 0; i < n; i++)
	{
		Sink		sink = {corpus, {{0, 0}}, &terms};

		if (!corpus_needs(corpus, i))
			continue;
		hashcounts_clear(&terms);
		read_article(&articles[i], &sink);
		corpus_add(corpus, i, &terms);
	}
	corpus_end(corpus);
	corpus_forget_hashes(corpus);
}

static void
print_pairs(const Corpus *corpus, const SimilarPairs *pairs, const Article *articles)
{
	for (uint32_t i = 0; i < pairs->narticles; i++)
	{
		for (uint32_t j = 0; j < pairs->nneighbors[i]; j++)
		{
			const Neighbor *neighbor = &pairs->neighbors[i][j];
			int			a = articles[corpus->articles[i].row].row;
			int			b = articles[corpus->articles[neighbor->article].row].row;

			printf("%d\t%d\t%.6f\n", a < b ? a : b, a < b ? b : a,
				   neighbor->similarity / (double) SIMILAR_ONE);
		}
	}
}

int
main(int argc, char **argv)
{
	Corpus		corpus;
	SimilarPairs pairs;
	Article    *articles;
	uint32_t   *label;
	uint32_t	n;

	if (argc != 4)
	{
		fprintf(stderr, "usage: variants plain|full clusters|pairs THRESHOLD\n");
		return 1;
	}
	plain = strcmp(argv[1], "plain") == 0;
	articles = read_lines(&n);
	build(&corpus, articles, n);

	if (strcmp(argv[2], "pairs") == 0)
	{
		similar_find(&corpus, false, &pairs);
		print_pairs(&corpus, &pairs, articles);
		return 0;
	}
	similar_find(&corpus, !plain, &pairs);
	if (!plain)
		similar_scale(&pairs, &env);
	label = env.alloc(NULL, sizeof(uint32_t) * n);
	average_link(&pairs, (uint32_t) (atof(argv[3]) * SIMILAR_ONE + 0.5), &env, label);
	for (uint32_t i = 0; i < n; i++)
		printf("%d\t%u\n", articles[i].row, label[corpus.article_of_row[i]]);
	return 0;
}
