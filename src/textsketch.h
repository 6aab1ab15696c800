/*-------------------------------------------------------------------------
 *
 * textsketch.h
 *	  The layout of the types textsketch and textsketch_query, and what the
 *	  files behind them share.
 *
 * A textsketch is a varlena whose payload is defined by bytes, doc/sketch.md,
 * "Bytes": numbers have their most significant byte first, so that the binary
 * form is the payload and memcmp() orders the elements.
 *
 *		 0	version				 8	number of words
 *		 1	words a shingle		12	number of shingles
 *		 2	sampling, 2 bytes	16	theta - 1
 *		 4	window, 2 bytes		20	elements, 4 bytes each, ascending
 *		 6	2 zero bytes
 *
 * Short varlena headers make the payload unaligned: it is read through
 * textsketch_view() and textsketch_element() only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXTSKETCH_H
#define TEXTSKETCH_H

#include "simhash.h"

#include "port/pg_bswap.h"

#include "text/sketch.h"

#define TEXTSKETCH_VERSION	1
#define TEXTSKETCH_HDRSZ	20

/* The bytes that must be the same in two sketches that are compared. */
#define TEXTSKETCH_PARAMS_SIZE	8

typedef struct varlena Textsketch;

#define DatumGetTextsketch(datum)	((Textsketch *) PG_DETOAST_DATUM_PACKED(datum))
#define PG_GETARG_TEXTSKETCH(n)		DatumGetTextsketch(PG_GETARG_DATUM(n))
#define PG_RETURN_TEXTSKETCH(p)		PG_RETURN_POINTER(p)

#define TEXTSKETCH_DATA(sketch)		((unsigned char *) VARDATA_ANY(sketch))
#define TEXTSKETCH_BYTES(sketch)	VARSIZE_ANY_EXHDR(sketch)

/* A sketch read; its elements remain where they are. */
typedef struct TextsketchView
{
	const unsigned char *data;	/* the payload */
	SketchParams params;
	uint32		nwords;
	uint32		nshingles;
	uint32		last;			/* the largest hash below theta */
	const unsigned char *elements;
	uint32		nelements;
} TextsketchView;

static inline uint32
textsketch_element(const TextsketchView *view, uint32 i)
{
	uint32		element;

	memcpy(&element, view->elements + i * sizeof(element), sizeof(element));
	return pg_ntoh32(element);
}

/* What two sketches have in common. */
typedef struct TextsketchCommon
{
	uint32		a;				/* elements of each below both thetas */
	uint32		b;
	uint32		both;			/* of these, in both */
	uint32		shared;			/* all elements in both */
} TextsketchCommon;

/* As few common elements as are no evidence, unless a sketch has no more. */
#define TEXTSKETCH_EVIDENCE 4

/*
 * A textsketch_query is a condition on a sketch: a varlena of a byte that is
 * the mode, three zero bytes, the threshold as float8 with its most
 * significant byte first, and the payload of a sketch.
 */
typedef enum TextsketchMode
{
	TEXTSKETCH_RESEMBLES,		/* resemblance at least the threshold */
	TEXTSKETCH_CONTAINED,		/* containment in the query's sketch */
	TEXTSKETCH_CONTAINS,		/* containment of the query's sketch */
	TEXTSKETCH_OVERLAPS,		/* the larger of both */
	TEXTSKETCH_SHARES			/* so many common elements */
} TextsketchMode;

#define TEXTSKETCH_NMODES			(TEXTSKETCH_SHARES + 1)
#define TEXTSKETCH_QUERY_HDRSZ		12

typedef struct varlena TextsketchQuery;

typedef struct TextsketchQueryView
{
	TextsketchMode mode;
	double		threshold;
	TextsketchView sketch;
} TextsketchQueryView;

/* Strategy numbers of the GIN operator class. */
#define TEXTSKETCH_RESEMBLES_STRATEGY	1	/* % */
#define TEXTSKETCH_CONTAINED_STRATEGY	2	/* <% */
#define TEXTSKETCH_CONTAINS_STRATEGY	3	/* %> */
#define TEXTSKETCH_MATCHES_STRATEGY		4	/* @@ textsketch_query */

/* textsketch_io.c */
extern void textsketch_check_params(int shingle, int sampling, int window);
extern Textsketch *textsketch_make(SketchParams params, uint32 nwords, uint32 nshingles,
								   uint32 last, const uint32 *elements, size_t nelements);
extern void textsketch_view(const Textsketch *sketch, TextsketchView *view);
extern void textsketch_view_payload(const unsigned char *payload, size_t size,
									TextsketchView *view);
extern const char *textsketch_invalid(const unsigned char *payload, size_t size);
extern const char *textsketch_read(const char *literal, Textsketch **result);
extern char *textsketch_text(const TextsketchView *view);

/* textsketch_ops.c */
extern double textsketch_resemblance_threshold; /* settings */
extern double textsketch_containment_threshold;
extern void textsketch_ops_init(void);
extern void textsketch_common(const TextsketchView *a, const TextsketchView *b,
							  TextsketchCommon *common);
extern double textsketch_measure(TextsketchMode mode, const TextsketchCommon *common);
extern uint32 textsketch_count_upto(const TextsketchView *view, uint32 last);
extern uint32 textsketch_needed(double threshold, uint32 n);
extern bool textsketch_holds(TextsketchMode mode, double threshold,
							 const TextsketchView *row, const TextsketchView *query);

/* textsketch_query.c */
extern bool textsketch_threshold_valid(TextsketchMode mode, double threshold);
extern void textsketch_check_threshold(TextsketchMode mode, double threshold);
extern bool textsketch_mode_by_name(const text *name, TextsketchMode *mode);
extern const char *textsketch_mode_name(TextsketchMode mode);
extern void textsketch_query_view(const TextsketchQuery *query, TextsketchQueryView *view);

#endif							/* TEXTSKETCH_H */
