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
mih_model_init(MihModel *model, int bits, double rows_per_page, int leaf_entries)
{
	model->bits = bits;
	model->rows_per_page = rows_per_page;
	model->leaf_entries = leaf_entries;

	/* Of n bits, at most k are set: of n - 1 at most k - 1, or k without it. */
	for (int n = 0; n <= KEY_BITS; n++)
	{
		for (int k = 0; k <= KEY_BITS; k++)
		{
			if (k >= n)
				model->within[n][k] = 1.0;
			else
				model->within[n][k] = 0.5 * (model->within[n - 1][k] +
											 (k > 0 ? model->within[n - 1][k - 1] : 0.0));
		}
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

/* How many of the pages of so many rows have one of those chosen on them. */
static double
pages_with(const MihModel *model, double rows, double chosen)
{
	double		pages = fmax(rows / model->rows_per_page, 1.0);

	return pages * (1.0 - exp(-chosen / pages));
}

double
mih_model_lookup(const MihModel *model, double rows, double chosen)
{
	return pages_with(model, rows, chosen) * MIH_COST_LOOKUP + chosen * MIH_COST_ROW;
}

#define MAX_SLACK	8

/*
 * What becomes of a code in one pair, or in all: the probability to gain so
 * much as mih_choose_rows() reckons it; the last stands for all above the
 * slack.
 */
typedef struct Gains
{
	double		chance[MAX_SLACK + 2];
} Gains;

/*
 * The gain in a pair of lists: radius + 1 less the distance of the key, if
 * it's found at all, which it is with the probability "found".
 */
static Gains
pair_gains(const MihModel *model, int used, int radius, double found, int slack)
{
	Gains		gains = {{0}};
	double		within = model->within[used][radius < KEY_BITS ? radius : KEY_BITS];

	gains.chance[0] = 1.0 - found;
	for (int distance = 0; distance <= radius && distance <= used; distance++)
	{
		int			gain = radius + 1 - distance;

		gains.chance[gain > slack ? slack + 1 : gain] +=
			exactly(model, used, distance) / within * found;
	}
	return gains;
}

static Gains
add_gains(const Gains *a, const Gains *b, int slack)
{
	Gains		sum = {{0}};

	for (int i = 0; i <= slack + 1; i++)
	{
		for (int j = 0; j <= slack + 1; j++)
			sum.chance[i + j > slack ? slack + 1 : i + j] += a->chance[i] * b->chance[j];
	}
	return sum;
}

/* The work of a search with a given slack. */
static MihWork
lists_work(const MihModel *model, double rows, int nbands, int radius, int slack)
{
	static const unsigned char zero[MIH_BANDS_LIMIT];
	MihProbe	probe[MIH_BANDS_LIMIT];
	MihWork		work = {0};
	Gains		all = {{1.0}};
	Gains		pair = {{1.0}};
	double		leaves = rows / model->leaf_entries;
	double		pair_leaves = 0.0;
	double		pair_hits = 0.0;
	double		chosen;

	mih_probes(model->bits, nbands, zero, radius + slack, probe);
	for (int list = 0; list < nbands; list += 2)
	{
		const MihProbe *p = &probe[list];

		if (p->radius < 0)
			break;				/* nor do those behind it have one */

		/* Most pairs are like the one before. */
		if (list == 0 || p->radius != p[-2].radius || p->used != p[-2].used ||
			p->head != p[-2].head || p[1].head != p[-1].head)
		{
			double		missed = 1.0;
			int			used = 0;

			pair_leaves = pair_hits = 0.0;
			for (int i = 0; i < 2; i++)
			{
				MihBand		band = mih_band(model->bits, nbands, list + i);
				double		hit;

				used = band.width + band.more_width;
				if (p[i].head_radius < 0)
					continue;
				pair_leaves += leaves_read(model, leaves, used, band.width,
										   p[i].head_radius, p[i].radius);
				hit = chance(model, used, band.width, p[i].head_radius, p[i].radius);
				pair_hits += hit;
				missed *= 1.0 - hit;
			}
			pair = pair_gains(model, used, p->radius, 1.0 - missed, slack);
		}
		work.leaves += pair_leaves;
		work.candidates += rows * pair_hits;
		all = add_gains(&all, &pair, slack);
	}

	chosen = rows * all.chance[slack + 1];
	work.lookups = pages_with(model, rows, chosen);
	work.time = work.leaves * MIH_COST_LEAF + work.candidates * MIH_COST_CANDIDATE +
		mih_model_lookup(model, rows, chosen);
	return work;
}

int
mih_model_lists(const MihModel *model, double rows, int nbands, int radius, MihWork *work)
{
	MihWork		best = lists_work(model, rows, nbands, radius, 0);
	int			best_slack = 0;

	/* Only where lookups are much of it can slack help. */
	for (int slack = 1; slack <= MAX_SLACK && slack <= best_slack + 2 &&
		 best.time > 1.2 * best.leaves * MIH_COST_LEAF; slack++)
	{
		MihWork		some = lists_work(model, rows, nbands, radius, slack);

		if (some.time < best.time)
		{
			best = some;
			best_slack = slack;
		}
	}

	work->leaves += best.leaves;
	work->candidates += best.candidates;
	work->lookups += best.lookups;
	work->time += best.time;
	return best_slack;
}
