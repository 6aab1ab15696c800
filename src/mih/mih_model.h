/*-------------------------------------------------------------------------
 *
 * mih_model.h
 *	  What a search of a mih index is expected to do, and how long it takes.
 *
 * The model reckons with codes whose bits are even and independent.  Scans
 * choose by it between the lists of a run and the store, and give the lists
 * up where the work done exceeds it; the planner's estimates come from it.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_MODEL_H
#define MIH_MODEL_H

/*
 * What things cost, in nanoseconds, with all pages in shared buffers; only the
 * ratios matter.  (Measured with 1 and 10 million rows of 64 and 256 bits: it
 * is memory that's waited for.  Of leaves and of pages looked up only parts are
 * read, but from places that aren't in a cache; a scan reads pages whole, but
 * there the processor knows where it goes on.  Whatever the width, a page has
 * about a thousand words or entries to compute with: with a slower kernel all
 * of them cost more.)
 */
#define MIH_COST_LEAF		1300.0
#define MIH_COST_LOOKUP		1000.0
#define MIH_COST_SCAN		1000.0
#define MIH_COST_CANDIDATE	30.0	/* collecting and sorting it */
#define MIH_COST_ROW		30.0	/* its distance, on a page looked up */

/* What a search does. */
typedef struct MihWork
{
	double		leaves;			/* leaf pages of the lists */
	double		candidates;		/* entries of wanted keys */
	double		lookups;		/* pages of the store read for them */
	double		scanned;		/* pages of the store scanned */
	double		time;			/* nanoseconds */
} MihWork;

/* Codes and lists, as far as the model has to know them. */
typedef struct MihModel
{
	int			bits;
	double		rows_per_page;	/* of the store */
	double		leaf_entries;

	/* within[n][k]: the probability that of n even bits at most k are set. */
	double		within[33][33];
} MihModel;

extern void mih_model_init(MihModel *model, int bits, double rows_per_page,
						   int leaf_entries);

/* Add the work of scanning so many rows of the store. */
extern void mih_model_scan(const MihModel *model, double rows, MihWork *work);

/*
 * Add the work of a search by the lists of a run of so many rows, nbands > 0
 * of them, with the slack (mih_probe.h) that serves best, which is returned.
 */
extern int	mih_model_lists(const MihModel *model, double rows, int nbands, int radius,
							MihWork *work);

/* The time to look up so many of the candidates. */
extern double mih_model_lookup(const MihModel *model, double rows, double chosen);

#endif							/* MIH_MODEL_H */
