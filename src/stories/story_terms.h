/*-------------------------------------------------------------------------
 *
 * story_terms.h
 *	  The terms of articles in the server: of texts, and of lexemes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORY_TERMS_H
#define STORY_TERMS_H

#include "postgres.h"

#include "tsearch/ts_type.h"

#include "stories/terms.h"

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

#endif							/* STORY_TERMS_H */
