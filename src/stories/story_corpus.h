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

#include "stories/story_terms.h"
#include "stories/corpus.h"

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
