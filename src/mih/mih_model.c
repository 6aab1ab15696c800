/*-------------------------------------------------------------------------
 *
 * mih_model.c
 *	  What a search of a mih index is expected to do.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_model.h"

#include <math.h>

#include "mih/mih_probe.h"

#define KEY_BITS	32

void
mih_model_init(MihModel *model, int bits, double rows_per_page, double leaf_entries)
{
	model->bits = bits;
	model->rows_per_page = rows_per_page;
	model->leaf_entries = leaf_entries;

	/* Of n bits, at most k are set: of n - 1 at most k - 1, or k without it. */
	for (int n = 0; n <= KEY_BITS; n++)
	{
		for (int k = 0; k <= KEY_BITS; k++)
			model->within[n][k] = k >= n ? 1.0 :
				0.5 * (model->within[n - 1][k] + (k > 0 ? model->within[n - 1][k - 1] : 0.0));
	}
}

/* The probability that of n even bits exactly k are set. */
static double
exactly(const MihModel *model, int n, int k)
{
	return model->within[n][k] - (k > 0 ? model->within[n][k - 1] : 0.0);
}

/*
 * The probability that of "bits" even bits at most "radius" are set, and of
 * the first "head" of them at most head_radius.
 */
static double
chance(const MihModel *model, int bits, int head, int head_radius, int radius)
{
	double		sum = 0.0;

	if (bits <= head)
		return model->within[bits][head_radius < KEY_BITS ? head_radius : KEY_BITS];
	for (int k = 0; k <= head && k <= head_radius; k++)
	{
		int			rest = radius - k < KEY_BITS ? radius - k : KEY_BITS;

		if (rest < 0)
			break;
		sum += exactly(model, head, k) * model->within[bits - head][rest];
	}
	return sum;
}

void
mih_model_scan(const MihModel *model, double rows, MihWork *work)
{
	double		pages = rows / model->rows_per_page;

	work->scanned += pages;
	work->time += pages * MIH_COST_SCAN;
}

/*
 * The leaves of a list of 2^k leaves differ in the first k bits of their keys;
 * those are read of which the first k bits may lead to a wanted key.  (k is no
 * whole number: between two, there's a straight line.)
 */
static double
leaves_read(const MihModel *model, double leaves, int used, int head,
			int head_radius, int radius)
{
	double		k = leaves > 1.0 ? fmin(log2(leaves), used) : 0.0;
	int			low = (int) k;
	double		part = k - low;
	double		read = (1.0 - part) * chance(model, low, head, head_radius, radius);

	if (part > 0.0)
		read += part * chance(model, low + 1, head, head_radius, radius);
	return fmax(leaves * read, 1.0);
}

void
mih_model_lists(const MihModel *model, double rows, int nbands, int radius, MihWork *work)
{
	static const unsigned char zero[MIH_BANDS_LIMIT];
	MihProbe	probe[MIH_BANDS_LIMIT];
	double		leaves = rows / model->leaf_entries;
	double		leaves_all = 0.0;
	double		missed = 1.0;	/* chance to be no candidate */
	double		candidates;
	double		pages = rows / model->rows_per_page;
	double		read[2];		/* leaves of an even and of an odd list */
	double		hit[2];			/* chance to be a candidate there */

	mih_probes(model->bits, nbands, zero, radius, probe);
	for (int list = 0; list < nbands; list++)
	{
		const MihProbe *p = &probe[list];

		if (p->head_radius < 0)
			continue;

		/* Most pairs are like the one before. */
		if (list < 2 || p->head != p[-2].head || p->used != p[-2].used ||
			p->head_radius != p[-2].head_radius || p->radius != p[-2].radius)
		{
			MihBand		band = mih_band(model->bits, nbands, list);
			int			used = band.width + band.more_width;

			read[list % 2] = leaves_read(model, leaves, used, band.width,
										 p->head_radius, p->radius);
			hit[list % 2] = chance(model, used, band.width, p->head_radius, p->radius);
		}
		leaves_all += read[list % 2];
		missed *= 1.0 - hit[list % 2];
	}

	candidates = rows * (1.0 - missed);
	pages *= 1.0 - exp(-candidates / fmax(pages, 1.0));

	work->leaves += leaves_all;
	work->candidates += candidates;
	work->lookups += pages;
	work->time += leaves_all * MIH_COST_LEAF + candidates * MIH_COST_CANDIDATE +
		pages * MIH_COST_LOOKUP;
}
