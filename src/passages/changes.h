/*-------------------------------------------------------------------------
 *
 * changes.h
 *	  What was kept, removed, added, replaced and moved between two texts.
 *
 * The definition is doc/passages.md.  No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "passages/alignment.h"

typedef enum ChangeKind
{
	CHANGE_KEPT,
	CHANGE_REMOVED,
	CHANGE_ADDED,
	CHANGE_REPLACED,
	CHANGE_MOVED
} ChangeKind;

/* A part of each text; [0] is the old one.  Where one has none, its place. */
typedef struct Change
{
	ChangeKind	kind;
	uint32_t	begin[2];
	uint32_t	length[2];
} Change;

/* Words that are moved together at least. */
#define CHANGES_MIN_MOVED 8

extern Change *changes_find(const PassageText text[2], AlignedRun *runs, uint32_t nruns,
							bool with_moves, const RawEnv *env, uint32_t *nchanges);

#endif							/* CHANGES_H */
