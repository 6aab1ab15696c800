/*-------------------------------------------------------------------------
 *
 * textsketch_value.h
 *	  Sketches, and conditions on them, as bytes and as text: read, checked
 *	  and written without a server.
 *
 * The payload of a sketch is defined by bytes, doc/sketch.md, "Bytes":
 * numbers have their most significant byte first, so that the binary form is
 * the payload and memcmp() orders the elements.
 *
 *		 0	version				 8	number of words
 *		 1	words a shingle		12	number of shingles
 *		 2	sampling, 2 bytes	16	theta - 1
 *		 4	window, 2 bytes		20	elements, 4 bytes each, ascending
 *		 6	2 zero bytes
 *
 * That of a condition is a byte that is the mode, three zero bytes, the
 * threshold as float8 with its most significant byte first, and the payload
 * of a sketch.
 *
 * A payload may be unaligned.  Once checked, it can be read by all that is
 * here and in textsketch_measure.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXTSKETCH_VALUE_H
#define TEXTSKETCH_VALUE_H

#include "base/rawenv.h"
#include "textsketch/sketch.h"

#define TEXTSKETCH_VERSION	1
#define TEXTSKETCH_HDRSZ	20

/* The bytes that must be the same in two sketches that are compared. */
#define TEXTSKETCH_PARAMS_SIZE	8

#define TEXTSKETCH_VALID_SHINGLE(n)		((n) >= 1 && (n) <= SKETCH_MAX_SHINGLE)
#define TEXTSKETCH_VALID_SAMPLING(n)	((n) >= 1 && (n) <= SKETCH_MAX_SAMPLING)
#define TEXTSKETCH_VALID_WINDOW(n)		((n) >= 1 && (n) <= SKETCH_MAX_WINDOW)

/* A sketch read; its elements remain where they are. */
typedef struct TextsketchView
{
	const unsigned char *data;	/* the payload */
	SketchParams params;
	uint32_t	nwords;
	uint32_t	nshingles;
	uint32_t	last;			/* the largest hash below theta */
	const unsigned char *elements;
	uint32_t	nelements;
} TextsketchView;

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

typedef struct TextsketchQueryView
{
	TextsketchMode mode;
	double		threshold;
	TextsketchView sketch;
} TextsketchQueryView;

static inline uint32_t
textsketch_element(const TextsketchView *view, uint32_t i)
{
	const unsigned char *bytes = view->elements + (size_t) i * 4;

	return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 |
		(uint32_t) bytes[2] << 8 | (uint32_t) bytes[3];
}

/* Bytes of the payload of a sketch of n elements. */
#define TEXTSKETCH_SIZE(n) (TEXTSKETCH_HDRSZ + (size_t) (n) * 4)

/* Room for the payload that a literal may be of, and for a text form. */
#define TEXTSKETCH_READ_ROOM(literal_length) TEXTSKETCH_SIZE((literal_length) / 2 + 1)
#define TEXTSKETCH_TEXT_ROOM(n) (128 + (size_t) (n) * 9)

extern void textsketch_write(unsigned char *payload, SketchParams params, uint32_t nwords,
							 uint32_t nshingles, uint32_t last,
							 const uint32_t *elements, size_t nelements);
extern void textsketch_view_payload(const unsigned char *payload, size_t size,
									TextsketchView *view);
extern const char *textsketch_damage(const unsigned char *payload, size_t size);
extern const char *textsketch_invalid(const unsigned char *payload, size_t size);
extern const char *textsketch_read(const char *literal, unsigned char *payload, size_t *size,
								   const RawEnv *env);
extern size_t textsketch_write_text(const TextsketchView *view, char *text, const RawEnv *env);

extern int	textsketch_mode(const char *name, size_t length);
extern const char *textsketch_mode_name(TextsketchMode mode);
extern bool textsketch_threshold_valid(TextsketchMode mode, double threshold);
extern void textsketch_write_condition(unsigned char *payload, TextsketchMode mode,
									   double threshold);
extern void textsketch_view_query(const unsigned char *payload, size_t size,
								  TextsketchQueryView *view);
extern const char *textsketch_query_damage(const unsigned char *payload, size_t size);
extern const char *textsketch_query_invalid(const unsigned char *payload, size_t size);
extern const char *textsketch_read_query(const char *literal, unsigned char *payload,
										 size_t *size, const RawEnv *env);

#endif							/* TEXTSKETCH_VALUE_H */
