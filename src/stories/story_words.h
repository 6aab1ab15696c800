/*-------------------------------------------------------------------------
 *
 * story_words.h
 *	  The terms that characterise a story, as its lead writes them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef STORY_WORDS_H
#define STORY_WORDS_H

#include "postgres.h"

#include "stories/center.h"

/*
 * An array of the texts of the best terms of the story whose articles are in
 * the center, best first, that occur in the body or the title (each may be
 * NULL), none of which shares a word with another.
 */
extern Datum story_words(const Center *center, text *body, text *title);

#endif							/* STORY_WORDS_H */
