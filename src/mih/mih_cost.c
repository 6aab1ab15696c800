/*-------------------------------------------------------------------------
 *
 * mih_cost.c
 *	  What the planner is told about scans of a mih index.
 *
 * The model by which a scan chooses its way (mih_model.h) tells how many
 * pages of each kind it reads and how long it computes.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih.h"

#include <math.h>

#include "access/genam.h"
#include "nodes/pathnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/float.h"
#include "utils/selfuncs.h"
#include "utils/spccache.h"

#include "base/identity.h"
#include "mih/mih_model.h"
#include "simhash/simhash_planner.h"

/*
 * How many nanoseconds of the model are worth cpu_operator_cost: as many as
 * an operator takes when a table is scanned.
 */
#define OPERATOR_TIME		6.0

/* Nearest neighbours are reckoned to be asked for so many at a time. */
#define NEIGHBOURS			100.0

/* The rounds up to the one that finds them, in times of that one. */
#define ROUNDS_TIME			2.0

/* What the costs are computed from. */
typedef struct Shape
{
	int			bits;
	double		rows;			/* with a fingerprint */
	double		covered;		/* of these, by runs */
	int			runs;
	int			bands;
} Shape;

/*
 * The widest radius that a scan by these clauses has to search: the smallest
 * of the conditions.  -1 if there's no condition but IS NULL.  The width is
 * told if a clause tells it.
 */
static int
clauses_radius(PlannerInfo *root, const IndexOptInfo *info, List *quals, int *bits)
{
	Oid			self = access_method_handler(info->relam);
	int			result = SIMHASH_MAX_BITS;
	ListCell   *cell;

	foreach(cell, quals)
	{
		Node	   *clause = (Node *) lfirst_node(RestrictInfo, cell)->clause;

		if (IsA(clause, NullTest) && ((NullTest *) clause)->nulltesttype == IS_NULL)
			return -1;
		if (IsA(clause, OpExpr))
		{
			int			radius;
			int			clause_bits;

			/* If a radius isn't known yet: that of %, as it is now. */
			if (!simhash_index_radius(root, self, (OpExpr *) clause, &radius, &clause_bits))
			{
				int			assumed = clause_bits ? clause_bits : *bits ? *bits : 256;

				radius = simhash_radius_at(simhash_similarity_threshold, assumed);
			}
			if (clause_bits != 0)
				*bits = clause_bits;
			result = Min(result, radius);
		}
	}
	return result;
}

/* What the index is like, from its metapage if it exists. */
static Shape
index_shape(const IndexOptInfo *info, int bits)
{
	Shape		shape = {.bits = bits ? bits : 256, .rows = info->tuples};
	Relation	index;
	MihMeta    *meta;

	shape.covered = shape.rows;
	shape.runs = 1;
	shape.bands = mih_bands_default(shape.bits);
	if (info->hypothetical)
		return shape;

	index = index_open(info->indexoid, NoLock);
	meta = mih_read_meta(index, NULL);
	index_close(index, NoLock);
	if (meta->words > 0)
	{
		shape.bits = meta->words * SIMHASH_WORD_BITS;
		shape.rows = (double) meta->codes.npages * mih_rows_per_page(meta->words);
	}
	shape.covered = mih_covered(meta);
	shape.rows = Max(shape.rows, shape.covered);
	shape.runs = meta->nruns;
	shape.bands = meta->nruns > 0 ? meta->runs[0].bands : 0;
	pfree(meta);
	return shape;
}

/*
 * Add the work of a search, in each run by the cheaper method; runs are
 * reckoned with as equals.
 */
static void
add_search(const Shape *shape, const MihModel *model, int radius, MihWork *work)
{
	MihWork		lists = {0};
	MihWork		scan = {0};

	if (shape->runs > 0 && shape->bands > 0)
		mih_model_lists(model, shape->covered / shape->runs, shape->bands, radius, &lists);
	mih_model_scan(model, shape->covered / Max(shape->runs, 1), &scan);
	if (lists.time == 0.0 || scan.time < lists.time)
		mih_model_scan(model, shape->rows, work);
	else
	{
		work->leaves += shape->runs * lists.leaves;
		work->candidates += shape->runs * lists.candidates;
		work->lookups += shape->runs * lists.lookups;
		work->time += shape->runs * lists.time;
		mih_model_scan(model, shape->rows - shape->covered, work);
	}
}

/*
 * Cost of the work.  Pages that are read again and again by a nested loop may
 * be expected in the cache, as genericcostestimate() does.
 */
static Cost
work_cost(PlannerInfo *root, const IndexOptInfo *info, const MihWork *work, double loop_count)
{
	double		random_page;
	double		seq_page;
	double		random_pages = work->leaves + work->lookups;
	Cost		cost;

	get_tablespace_page_costs(info->reltablespace, &random_page, &seq_page);

	/* As costs of pages go, no search is dearer than to read all in order. */
	if (loop_count > 1)
	{
		double		all = (random_pages + work->scanned) * loop_count;
		double		fetched = index_pages_fetched(all, info->pages, info->pages, root);

		cost = fetched / loop_count *
			(work->scanned > random_pages ? seq_page : random_page);
	}
	else
		cost = random_pages * random_page + work->scanned * seq_page;

	return cost + work->time / OPERATOR_TIME * cpu_operator_cost;
}

/* The smallest radius within which so many rows are expected. */
static int
radius_of_neighbours(const Shape *shape, double wanted)
{
	int			radius = 0;

	while (radius < shape->bits &&
		   shape->rows * simhash_chance_within(radius, shape->bits) < wanted)
		radius++;
	return radius;
}

void
mih_costestimate(PlannerInfo *root, IndexPath *path, double loop_count,
				 Cost *startup_cost, Cost *total_cost, Selectivity *selectivity,
				 double *correlation, double *pages)
{
	IndexOptInfo *info = path->indexinfo;
	List	   *quals = get_quals_from_indexclauses(path->indexclauses);
	List	   *all_quals = add_predicate_to_index_quals(info, quals);
	QualCost	qual_cost;
	int			bits = 0;
	int			radius = clauses_radius(root, info, quals, &bits);
	Shape		shape = index_shape(info, bits);
	MihModel	model;
	MihWork		work = {0};

	/*
	 * An index-only scan must not be: the planner thinks of one where no
	 * column is wanted, as by count(*), but the rows that a scan returns may
	 * be dead by then, which only a look at the table tells.
	 */
	if (path->path.pathtype == T_IndexOnlyScan)
	{
		simhash_disable_path(path);
		*startup_cost = 1.0e10;
		*total_cost = get_float8_infinity();
		*selectivity = 1.0;
		*correlation = 0.0;
		*pages = info->pages;
		return;
	}

	*selectivity = clauselist_selectivity(root, all_quals, info->rel->relid,
										  JOIN_INNER, NULL);
	*correlation = 0.0;

	mih_model_init(&model, shape.bits, mih_rows_per_page(shape.bits / SIMHASH_WORD_BITS),
				   MIH_LEAF_ENTRIES);
	if (radius >= 0)
		add_search(&shape, &model, radius, &work);
	*total_cost = work_cost(root, info, &work, loop_count);
	*pages = Min(work.leaves + work.lookups + work.scanned, info->pages);

	/* Conditions are computed once; every row found costs some more. */
	cost_qual_eval_node(&qual_cost, (Node *) quals, root);
	*total_cost += qual_cost.startup + cpu_index_tuple_cost * *selectivity * info->tuples;

	/* A round is complete before its first row is returned. */
	*startup_cost = *total_cost;
	if (path->indexorderbys != NIL)
	{
		MihWork		near = {0};
		int			near_radius = radius_of_neighbours(&shape, NEIGHBOURS);

		if (near_radius < radius)
		{
			add_search(&shape, &model, near_radius, &near);
			*startup_cost = Min(*startup_cost,
								ROUNDS_TIME * work_cost(root, info, &near, loop_count));
		}

		/* The last round scans, and sorts all that it finds. */
		*total_cost = ROUNDS_TIME * *total_cost +
			2.0 * cpu_operator_cost * *selectivity * info->tuples *
			log2(Max(*selectivity * info->tuples, 2.0));
		*total_cost = Max(*total_cost, *startup_cost);
	}
}
