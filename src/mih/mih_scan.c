/*-------------------------------------------------------------------------
 *
 * mih_scan.c
 *	  Scans of a mih index: what they seek, and in which rounds.
 *
 * Without ORDER BY there is one round, which finds everything.  Nearest
 * neighbours are found in rounds of growing radius: each adds what lies
 * beyond the radius of the one before, and is collected whole before the
 * first row of it is returned.  So the index may change its shape between two
 * rounds, or be found to have changed within one, which is then repeated: no
 * row is returned twice, and none is missed.
 *
 * Rows are returned long after they were read, when VACUUM may have removed
 * them and their place may hold other rows.  With an MVCC snapshot that is
 * harmless, as those rows are too new to be seen.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "nodes/tidbitmap.h"
#include "pgstat.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "mih/mih_model.h"
#include "mih/mih_results.h"
#include "mih/mih_search.h"
#include "simhash/simhash_planner.h"

/* So many nearest neighbours are kept at first, as no one tells the LIMIT. */
#define FIRST_WANTED	100

/* And so many times more each time these were not enough. */
#define WANTED_GROWTH	8

/*
 * Each round may take so many times the time of the one before: then all of
 * them take at most about twice the time of the last.
 */
#define ROUND_GROWTH	2.0

/* What a round takes in any case, in nanoseconds. */
#define ROUND_TIME		5000.0

/*
 * A round by lists that takes more than this part of a scan had better be one;
 * more than a smaller part, if lists don't pay as far out as the nearest of
 * random codes: then there are copies near by, or nothing.
 */
#define SCAN_PART			0.5
#define SCAN_PART_COPIES	0.125

typedef struct MihScan
{
	MemoryContext context;		/* of a round */

	/* What is sought. */
	bool		codes;			/* rows with a fingerprint */
	bool		nulls;			/* rows without, after all others */
	int			nconditions;
	MihBall    *conditions;		/* all must hold */
	bool		ordered;		/* by the distance to order.center */
	MihBall		order;			/* words: 0 for NULL */

	/* Where the scan is. */
	bool		started;
	bool		near;			/* rounds by growing distance */
	int			done;			/* all up to this distance were found */
	double		time;			/* what the last round was reckoned to take */
	bool		scans;			/* lists don't pay any more */
	uint32		wanted;			/* so many results are kept in a round */

	/* The results of a round. */
	MihResults *results;
	bool		of_nulls;

	Oid		   *order_types;	/* of the ORDER BY operators' results */
	IndexOrderByDistance *distances;
} MihScan;

/*
 * ---------- what is sought
 */

static void
set_ball(MihBall *ball, const unsigned char *center, int bits, int radius)
{
	ball->words = bits / SIMHASH_WORD_BITS;
	ball->radius = Min(radius, bits);
	memcpy(ball->center, center, bits / 8);
}

static void
set_ball_simhash(MihBall *ball, Datum datum, bool similar)
{
	Simhash    *fp = DatumGetSimhash(datum);
	int			bits = SIMHASH_BITS(fp);

	set_ball(ball, SIMHASH_DATA(fp), bits,
			 similar ? simhash_radius_at(simhash_similarity_threshold, bits) : 0);
}

/* Note one condition. */
static void
add_condition(MihScan *so, ScanKey key)
{
	MihBall    *condition = &so->conditions[so->nconditions];
	SimhashBall *ball;

	if (key->sk_flags & SK_SEARCHNULL)
	{
		so->codes = false;
		return;
	}
	so->nulls = false;
	if (key->sk_flags & SK_SEARCHNOTNULL)
		return;

	/* All operators are strict. */
	if (key->sk_flags & SK_ISNULL)
	{
		so->codes = false;
		return;
	}

	switch (key->sk_strategy)
	{
		case SIMHASH_SIMILAR_STRATEGY:
			set_ball_simhash(condition, key->sk_argument, true);
			break;
		case SIMHASH_EQUAL_STRATEGY:
			set_ball_simhash(condition, key->sk_argument, false);
			break;
		case SIMHASH_CONTAINED_STRATEGY:
			ball = DatumGetSimhashBall(key->sk_argument);
			set_ball(condition, SIMHASH_BALL_CENTER(ball), SIMHASH_BALL_BITS(ball),
					 simhash_ball_radius(ball));
			break;
		default:
			elog(ERROR, "unrecognized simhash strategy number: %d", key->sk_strategy);
	}

	/* A negative radius, of % with a threshold above 1, holds nothing. */
	if (condition->radius < 0)
		so->codes = false;
	so->nconditions++;
}

static void
set_order(MihScan *so, ScanKey orderby)
{
	so->ordered = true;
	so->order.words = 0;
	if (!(orderby->sk_flags & SK_ISNULL))
		set_ball_simhash(&so->order, orderby->sk_argument, false);
}

IndexScanDesc
mih_beginscan(Relation index, int nkeys, int norderbys)
{
	IndexScanDesc scan = RelationGetIndexScan(index, nkeys, norderbys);
	MihScan    *so = palloc0(sizeof(MihScan));

	so->context = AllocSetContextCreate(CurrentMemoryContext, "mih scan",
										ALLOCSET_DEFAULT_SIZES);
	so->conditions = palloc(Max(nkeys, 1) * sizeof(MihBall));
	so->results = mih_results_create();
	if (norderbys > 0)
	{
		so->order_types = palloc(norderbys * sizeof(Oid));
		so->distances = palloc0(norderbys * sizeof(IndexOrderByDistance));
		scan->xs_orderbyvals = palloc0(norderbys * sizeof(Datum));
		scan->xs_orderbynulls = palloc(norderbys * sizeof(bool));
		memset(scan->xs_orderbynulls, true, norderbys * sizeof(bool));
	}
	scan->opaque = so;
	return scan;
}

void
mih_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys)
{
	MihScan    *so = scan->opaque;

	if (keys != NULL && nkeys > 0)
		memmove(scan->keyData, keys, nkeys * sizeof(ScanKeyData));
	if (orderbys != NULL && norderbys > 0)
		memmove(scan->orderByData, orderbys, norderbys * sizeof(ScanKeyData));

	mih_results_reset(so->results);
	MemoryContextReset(so->context);
	so->started = false;
	so->codes = true;
	so->nulls = true;
	so->nconditions = 0;
	so->ordered = false;

	for (int i = 0; i < scan->numberOfKeys; i++)
		add_condition(so, &scan->keyData[i]);
	if (scan->numberOfOrderBys > 0)
		set_order(so, &scan->orderByData[0]);
	for (int i = 0; i < scan->numberOfOrderBys; i++)
		so->order_types[i] = get_func_rettype(scan->orderByData[i].sk_func.fn_oid);
}

void
mih_endscan(IndexScanDesc scan)
{
	MihScan    *so = scan->opaque;

	mih_results_reset(so->results);
	MemoryContextDelete(so->context);
}

/*
 * ---------- rounds
 */

/*
 * Can the index hold what is sought?  No condition holds between different
 * widths; a distance between them is an error, as <-> would raise it.
 */
static bool
widths_match(const MihScan *so, const MihMeta *meta)
{
	if (meta->words == 0 || meta->codes.npages == 0)
		return false;
	for (int i = 0; i < so->nconditions; i++)
	{
		if (so->conditions[i].words != meta->words)
			return false;
	}
	if (so->ordered && so->order.words != 0 && so->order.words != meta->words)
		simhash_width_mismatch(meta->words * SIMHASH_WORD_BITS,
							   so->order.words * SIMHASH_WORD_BITS);
	return true;
}

/*
 * Choose the ball to search: the smallest of the conditions, or one around
 * the center of ORDER BY.  All others become filters, in the round's context.
 */
static void
plan_search(MihScan *so, const MihMeta *meta, MihSearch *search)
{
	const MihBall *order = so->ordered && so->order.words != 0 ? &so->order : NULL;
	const MihBall *driver = NULL;
	bool		driver_near = false;
	MihBall    *filters = palloc(Max(so->nconditions, 1) * sizeof(MihBall));

	for (int i = 0; i < so->nconditions; i++)
	{
		const MihBall *condition = &so->conditions[i];
		bool		near = order != NULL &&
			memcmp(condition->center, order->center, meta->words * sizeof(uint64)) == 0;

		if (driver == NULL || near > driver_near ||
			(near == driver_near && condition->radius < driver->radius))
		{
			driver = condition;
			driver_near = near;
		}
	}

	search->above = -1;
	search->lists_failed = false;
	search->nfilters = 0;
	search->filters = filters;
	search->order = NULL;
	for (int i = 0; i < so->nconditions; i++)
	{
		if (&so->conditions[i] != driver)
			/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there are n of them */
			filters[search->nfilters++] = so->conditions[i];
	}

	so->near = order != NULL && (driver == NULL || driver_near);
	if (driver != NULL)
		search->ball = *driver;
	else
	{
		if (order != NULL)
			search->ball = *order;
		else
			memset(&search->ball, 0, sizeof(MihBall));
		search->ball.words = meta->words;
		search->ball.radius = meta->words * SIMHASH_WORD_BITS;
	}
	if (!so->near)
		search->order = order;
}

static void
take_results(MihSearch *search, uint64 *result, int n)
{
	MihResults *results = search->take_arg;

	mih_results_add(results, result, n);
	search->ball.radius = Min(search->ball.radius, mih_results_cutoff(results));
}

/*
 * What a round to a radius is expected to take: pending rows are scanned, and
 * runs, which are reckoned with as one, by their lists.
 */
static double
round_time(const MihModel *model, const MihMeta *meta, double rows, int radius)
{
	MihWork		work = {0};
	double		covered = mih_covered(meta);

	if (meta->nruns > 0)
		mih_model_lists(model, covered, meta->runs[0].bands, radius, &work);
	mih_model_scan(model, Max(rows - covered, 0.0), &work);
	return ROUND_TIME + work.time;
}

/*
 * The largest radius from "low" to "high" for which the time suffices; "low"
 * if there is none.
 */
static int
affordable_radius(const MihModel *model, const MihMeta *meta, double rows,
				  int low, int high, double time)
{
	while (low < high)
	{
		int			middle = low + (high - low + 1) / 2;

		if (round_time(model, meta, rows, middle) <= time)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/*
 * Choose the radius of the next round for nearest neighbours, up to that of
 * the ball, and the method.
 */
static MihMethod
plan_round(MihScan *so, const MihMeta *meta, MihSearch *search)
{
	int			bits = meta->words * SIMHASH_WORD_BITS;
	double		rows_per_page = mih_rows_per_page(meta->words);
	double		rows = meta->codes.npages * rows_per_page;
	int			last = search->ball.radius;
	int			reach;
	MihModel	model;
	MihWork		scan = {0};
	double		most;
	double		budget;

	if (so->scans)
		return MIH_LINEAR;

	mih_model_init(&model, bits, rows_per_page, MIH_LEAF_ENTRIES);
	mih_model_scan(&model, rows, &scan);
	most = scan.time * SCAN_PART;
	reach = affordable_radius(&model, meta, rows, 0, last, most);
	if (rows * simhash_chance_within(reach, bits) < 1.0)
		most = scan.time * SCAN_PART_COPIES;

	budget = so->done < 0 ? round_time(&model, meta, rows, 0) : so->time;
	budget = Min(budget * ROUND_GROWTH, most);
	search->ball.radius = affordable_radius(&model, meta, rows, so->done + 1, last, budget);
	so->time = round_time(&model, meta, rows, search->ball.radius);
	if (so->time > most)
	{
		search->ball.radius = last;
		so->scans = true;
		return MIH_LINEAR;
	}
	return MIH_CHEAPEST;
}

/*
 * Find the rows at the distances next to those of the round before.  Returns
 * false if the index changed meanwhile: the round is to be repeated.
 */
static bool
codes_round(IndexScanDesc scan)
{
	MihScan    *so = scan->opaque;
	Relation	index = scan->indexRelation;
	MihMeta    *meta = mih_read_meta(index, scan->xs_snapshot);
	MihMethod	method = MIH_CHEAPEST;
	MihSearch	search;
	int			last;
	int			radius;

	if (!widths_match(so, meta))
	{
		so->codes = false;
		return true;
	}

	plan_search(so, meta, &search);
	search.snapshot = scan->xs_snapshot;
	search.take = take_results;
	search.take_arg = so->results;
	last = search.ball.radius;
	if (so->near)
	{
		method = plan_round(so, meta, &search);
		search.above = so->done;
		mih_results_limit(so->results, so->wanted);
	}
	radius = search.ball.radius;
	if (!mih_search(index, meta, &search, method))
		return false;

	/* The limit on results may have made the ball smaller. */
	if (search.ball.radius < radius)
		so->wanted = Min(so->wanted * WANTED_GROWTH, PG_INT32_MAX / WANTED_GROWTH);
	so->done = search.ball.radius;
	so->scans = so->scans || search.lists_failed;
	so->codes = so->near && so->done < last;
	return true;
}

static bool
nulls_round(IndexScanDesc scan)
{
	MihScan    *so = scan->opaque;
	MihMeta    *meta = mih_read_meta(scan->indexRelation, scan->xs_snapshot);
	MihSearch	search = {.above = -1};

	search.snapshot = scan->xs_snapshot;
	search.take = take_results;
	search.take_arg = so->results;
	if (!mih_search(scan->indexRelation, meta, &search, MIH_LINEAR))
		return false;
	so->nulls = false;
	return true;
}

/*
 * Find more results.  Returns false if there are none.
 */
static bool
next_round(IndexScanDesc scan)
{
	MihScan    *so = scan->opaque;

	while (so->codes || so->nulls)
	{
		MemoryContext oldcontext = MemoryContextSwitchTo(so->context);
		bool		done;

		mih_results_reset(so->results);
		so->of_nulls = !so->codes;
		done = so->codes ? codes_round(scan) : nulls_round(scan);
		MemoryContextSwitchTo(oldcontext);
		MemoryContextReset(so->context);

		if (done && mih_results_finish(so->results, so->ordered) > 0)
			return true;
	}
	return false;
}

/*
 * ---------- results
 */

static void
start_scan(IndexScanDesc scan)
{
	MihScan    *so = scan->opaque;

	so->started = true;
	so->done = -1;
	so->scans = false;
	so->wanted = FIRST_WANTED;
	pgstat_count_index_scan(scan->indexRelation);
	simhash_count_search(scan);

	/* Others might see what has taken the place of a row removed. */
	if (!IsMVCCSnapshot(scan->xs_snapshot))
		elog(ERROR, "mih indexes need an MVCC snapshot");
}

/*
 * Tell the distances of a row.  If there are several, the second and all
 * others are only said to be no less than 0.
 */
static void
store_distances(IndexScanDesc scan, int distance)
{
	MihScan    *so = scan->opaque;

	for (int i = 0; i < scan->numberOfOrderBys; i++)
	{
		so->distances[i].value = i == 0 ? distance : 0.0;
		so->distances[i].isnull = so->of_nulls || (i == 0 && so->order.words == 0);
	}
	index_store_float8_orderby_distances(scan, so->order_types, so->distances,
										 scan->numberOfOrderBys > 1);
}

bool
mih_gettuple(IndexScanDesc scan, ScanDirection direction)
{
	MihScan    *so = scan->opaque;
	uint64		result;

	if (direction != ForwardScanDirection)
		elog(ERROR, "mih indexes can only be scanned forward");
	if (!so->started)
	{
		start_scan(scan);
		if (!next_round(scan))
			return false;
	}
	while (!mih_results_next(so->results, &result))
	{
		if (!next_round(scan))
			return false;
	}

	scan->xs_heaptid = mih_result_tid(result);
	scan->xs_recheck = true;
	if (scan->numberOfOrderBys > 0)
		store_distances(scan, mih_result_distance(result));
	return true;
}

/* Where results of a bitmap scan go. */
typedef struct BitmapSink
{
	TIDBitmap  *bitmap;
	int64		count;
} BitmapSink;

static void
take_bitmap(MihSearch *search, uint64 *result, int n)
{
	BitmapSink *sink = search->take_arg;

	for (int i = 0; i < n; i++)
	{
		ItemPointerData tid = mih_result_tid(result[i]);

		tbm_add_tuples(sink->bitmap, &tid, 1, true);
	}
	sink->count += n;
}

/*
 * Rows that a search found before the index changed remain in the bitmap,
 * which is harmless: they are checked as all others.
 */
int64
mih_getbitmap(IndexScanDesc scan, TIDBitmap *bitmap)
{
	MihScan    *so = scan->opaque;
	BitmapSink	sink = {bitmap, 0};

	start_scan(scan);
	while (so->codes || so->nulls)
	{
		MemoryContext oldcontext = MemoryContextSwitchTo(so->context);
		MihMeta    *meta = mih_read_meta(scan->indexRelation, scan->xs_snapshot);
		MihSearch	search = {.above = -1};
		bool		possible = !so->codes || widths_match(so, meta);
		bool	   *part = so->codes ? &so->codes : &so->nulls;

		search.snapshot = scan->xs_snapshot;
		search.take = take_bitmap;
		search.take_arg = &sink;
		if (so->codes && possible)
			plan_search(so, meta, &search);
		if (!possible || mih_search(scan->indexRelation, meta, &search, MIH_CHEAPEST))
			*part = false;
		MemoryContextSwitchTo(oldcontext);
		MemoryContextReset(so->context);
	}
	return sink.count;
}
