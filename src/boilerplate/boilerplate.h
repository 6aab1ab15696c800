/*-------------------------------------------------------------------------
 *
 * boilerplate.h
 *	  The type boilerplate: the furniture of an outlet, as furniture.h learns
 *	  and finds it.
 *
 * A varlena: a byte for the version of this form, 1; in four bytes how many
 * articles taught it; then the features in ascending order, in eight bytes
 * each.  Numbers have their most significant byte first.  doc/boilerplate.md
 * defines it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BOILERPLATE_H
#define BOILERPLATE_H

#include "postgres.h"

#include "fmgr.h"

#include "base/compat.h"
#include "boilerplate/furniture.h"
#include "text/splittext.h"

#define BOILERPLATE_VERSION		1
#define BOILERPLATE_HDRSZ		5
#define BOILERPLATE_FEATURE		8

/* As many features as fit in a value that can be shown as text. */
#define BOILERPLATE_MAX_FEATURES ((size_t) 32 * 1024 * 1024)

typedef struct varlena Boilerplate;

/* A value, taken apart. */
typedef struct Furniture
{
	uint32		narticles;		/* that taught it */
	size_t		n;
	const uint64 *features;		/* in ascending order, no two the same */
} Furniture;

/* A value of the current memory context. */
extern Boilerplate *boilerplate_make(const Furniture *furniture);

/*
 * What is in an argument; an error if it is no sound value.  Memory is from
 * the current context.
 */
extern void boilerplate_read(Datum datum, Furniture *furniture);

/*
 * The words of a document by lines, and the words; allocated in the current
 * context, which is within one of limited_context().
 */
typedef struct SplitLines
{
	SplitText	split;
	LinedText	text;
	uint32	   *begin;			/* of each word, in bytes of the document */
	uint32	   *end;
} SplitLines;

extern void split_lines(SplitLines *lines, text *document);

#endif							/* BOILERPLATE_H */
