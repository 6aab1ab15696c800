/*-------------------------------------------------------------------------
 *
 * story_corpus.h
 *	  Articles in the server as weighted terms.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORY_CORPUS_H
#define STORY_CORPUS_H

#include "postgres.h"

#include "tsearch/ts_type.h"

#include "stories/corpus.h"

/* What is to be done with each term, in the order in which they occur. */
typedef void (*TermSink) (void *arg, uint64 hash, uint32 times);

/*
 * The terms of a text, which is a title or a body; returns how many words it
 * has.  Checks for interrupts.
 */
extern uint64 story_text_terms(const char *string, size_t length, bool title,
							   TermSink sink, void *arg);

/*
 * The terms of a document of lexemes, in the order of their positions.
 * Lexemes of label A are taken for a title; those without a position make no
 * pairs.  Returns how many lexemes it has.
 */
extern uint64 story_lexeme_terms(TSVector document, TermSink sink, void *arg);

/* Where the articles come from; each is read once or twice, in order. */
typedef struct StorySource
{
	const char *function;		/* for messages */
	uint32		nrows;
	void	   *rows;

	/* Send the terms of a row, and return how many words it has. */
	uint64		(*read_terms) (void *rows, uint32 row, TermSink sink, void *arg);

	/* When it was published: a finite time, or CORPUS_NO_TIME. */
	int64		(*read_time) (void *rows, uint32 row);
} StorySource;

/* The time of a row, of which infinite ones are none. */
extern int64 story_time(Datum published, bool isnull);

/*
 * Read all articles.  What a row allocates in the current memory context is
 * freed.
 */
extern void story_corpus_read(const StorySource *source, const RawEnv *env, Corpus *corpus);

#endif							/* STORY_CORPUS_H */
