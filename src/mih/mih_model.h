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
 * What things cost, in nanoseconds, with all pages in shared buffers and the
 * AVX-512 kernel; only the ratios matter.  bench/mih_model measures them.
 */
#define MIH_COST_LEAF		600.0	/* finding, reading and filtering a leaf */
#define MIH_COST_CANDIDATE	20.0	/* sorting it, and its distance */
#define MIH_COST_PAGE		250.0	/* reading a page of the store */
#define MIH_COST_WORD		1.0		/* scanning a word of the store */

/* What a search does. */
typedef struct MihWork
{
	double		leaves;			/* leaf pages of the lists */
	double		candidates;		/* rows looked up in the store */
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
						   double leaf_entries);

/* Add the work of scanning so many rows of the store. */
extern void mih_model_scan(const MihModel *model, double rows, MihWork *work);

/*
 * Add the work of a search by the lists of a run of so many rows, nbands > 0
 * of them.
 */
extern void mih_model_lists(const MihModel *model, double rows, int nbands, int radius,
							MihWork *work);

#endif							/* MIH_MODEL_H */
