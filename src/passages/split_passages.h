/*-------------------------------------------------------------------------
 *
 * split_passages.h
 *	  Texts of SQL as the words that passages are of.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SPLIT_PASSAGES_H
#define SPLIT_PASSAGES_H

#include "postgres.h"

#include "base/serverenv.h"
#include "passages/passages.h"
#include "text/splittext.h"

/* The passages of two texts, in the current memory context. */
extern Passage *split_passages(const SplitText *a, const SplitText *b, uint32 min_words,
							   uint32 gap, uint32 *npassages);

/*
 * Where a part of a text stands: its first character, counted from 1, and how
 * many it has.  One of no words stands before the word that it would begin with.
 */
extern void split_characters(const SplitText *split, uint32 begin, uint32 length, Datum *values);

/* Errors for a number of words that a passage can't have. */
extern void check_min_words(int32 min_words);

/* What words are as written, see written.h: zeros at first. */
extern void split_written(const SplitText *split, text *document, uint8 *flags, uint32 *bytes);

#endif							/* SPLIT_PASSAGES_H */
