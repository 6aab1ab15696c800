/*-------------------------------------------------------------------------
 *
 * textsketch.h
 *	  The types textsketch and textsketch_query in the server, and what the
 *	  files behind them share.
 *
 * Both are varlenas whose payloads are as in textsketch_value.h.  What they
 * hold is reached by textsketch_view() and textsketch_query_view() alone, which
 * look whether it is damaged.
 *
 *-------------------------------------------------------------------------
 */
#ifndef TEXTSKETCH_H
#define TEXTSKETCH_H

#include "postgres.h"

#include "access/stratnum.h"
#include "fmgr.h"

#include "base/compat.h"
#include "textsketch/textsketch_measure.h"
#include "textsketch/textsketch_value.h"

typedef struct varlena Textsketch;

#define DatumGetTextsketch(datum)	((Textsketch *) PG_DETOAST_DATUM_PACKED(datum))
#define PG_GETARG_TEXTSKETCH(n)		DatumGetTextsketch(PG_GETARG_DATUM(n))
#define PG_RETURN_TEXTSKETCH(p)		PG_RETURN_POINTER(p)

#define TEXTSKETCH_DATA(sketch)		((unsigned char *) VARDATA_ANY(sketch))
#define TEXTSKETCH_BYTES(sketch)	VARSIZE_ANY_EXHDR(sketch)

typedef struct varlena TextsketchQuery;

/* Strategy numbers of the GIN operator class. */
#define TEXTSKETCH_RESEMBLES_STRATEGY	1	/* % */
#define TEXTSKETCH_CONTAINED_STRATEGY	2	/* <% */
#define TEXTSKETCH_CONTAINS_STRATEGY	3	/* %> */
#define TEXTSKETCH_MATCHES_STRATEGY		4	/* @@ textsketch_query */

/* What the operators ask for whose threshold is a setting, by strategy. */
typedef struct TextsketchBySetting
{
	const char *symbol;			/* of the function */
	TextsketchMode mode;
	const double *threshold;
} TextsketchBySetting;

extern const TextsketchBySetting textsketch_by_setting[TEXTSKETCH_MATCHES_STRATEGY];

/* textsketch_io.c */
extern void textsketch_check_params(int shingle, int sampling, int window);
extern Textsketch *textsketch_make(SketchParams params, uint32 nwords, uint32 nshingles,
								   uint32 last, const uint32 *elements, size_t nelements);
pg_noreturn extern void textsketch_damaged(const char *type, const char *wrong);
extern void textsketch_view(const Textsketch *sketch, TextsketchView *view);
extern char *textsketch_text(const TextsketchView *view);

/* textsketch_ops.c */
extern double textsketch_resemblance_threshold; /* settings */
extern double textsketch_containment_threshold;
extern void textsketch_ops_init(void);
extern void textsketch_check_same_params(const SketchParams *a, const SketchParams *b);
extern void textsketch_common(const TextsketchView *a, const TextsketchView *b,
							  TextsketchCommon *common);
extern bool textsketch_holds(TextsketchMode mode, double threshold,
							 const TextsketchView *row, const TextsketchView *query);

/* textsketch_query.c */
extern void textsketch_check_threshold(TextsketchMode mode, double threshold);
extern bool textsketch_mode_by_name(const text *name, TextsketchMode *mode);
extern void textsketch_query_view(const TextsketchQuery *query, TextsketchQueryView *view);

#endif							/* TEXTSKETCH_H */
