/*-------------------------------------------------------------------------
 *
 * copy_edges.c
 *	  Who took it from whom: copy_edges(query, threshold, within, tolerance).
 *
 * For each article the one that it was taken from: of all that contain enough
 * of it and precede it the earliest, so that the copy of a copy has the first
 * as its source.  What time and rank don't tell is left open, and only given
 * where an article has no source that they tell.  So there is a row for each
 * article at most, however many pairs there are, and none is kept.
 *
 * The rules are in doc/pairs.md.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/sketch_join.h"

#include "catalog/pg_type_d.h"
#include "common/int.h"
#include "datatype/timestamp.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/memory_limit.h"

PG_FUNCTION_INFO_V1(copy_edges);

#define FUNCTION_NAME	"copy_edges"
#define NCOLUMNS		5
#define FIRST_ROOM		1024
#define NOTHING			PG_UINT32_MAX

/* A time as if it were earlier than all others is none. */
#define NO_TIME			PG_INT64_MIN

typedef struct Article
{
	int64		published;		/* or NO_TIME */
	int64		rank;			/* behind all others if there is none */
	uint32		outlet;			/* or NOTHING */
	uint32		source;			/* the best so far, or NOTHING */
	uint32		unknown;		/* the same of those whose order isn't known */
	float		source_share;
	float		unknown_share;
	int64		earliest;		/* time of the earliest source, once all are found */
} Article;

typedef struct CopyEdges
{
	QueryFunction function;
	SketchJoin	join;
	double		threshold;
	int64		within;
	int64		tolerance;
	IdList		outlets;
	Article    *articles;		/* as rows came, then in the order of their ids */
	uint32		room;
} CopyEdges;

typedef enum Order
{
	BEFORE,						/* the first precedes the second */
	AFTER,
	UNKNOWN,
	APART						/* too far for a copy */
} Order;

/* A QuerySink. */
static void
add_article(void *arg, const Datum *values, const bool *isnull)
{
	CopyEdges  *edges = arg;
	uint32		n = edges->join.sides[0].ids.n;
	Article    *article;
	TimestampTz published;

	if (!sketch_join_add(&edges->join, &edges->join.sides[0], values, isnull))
		return;
	if (n == edges->room)
	{
		edges->room *= 2;
		edges->articles = limited_realloc(edges->articles, (Size) edges->room * sizeof(Article));
	}
	article = &edges->articles[n];
	memset(article, 0, sizeof(Article));
	article->source = article->unknown = article->outlet = NOTHING;
	article->earliest = PG_INT64_MAX;

	published = isnull[2] ? DT_NOBEGIN : DatumGetTimestampTz(values[2]);
	article->published = TIMESTAMP_NOT_FINITE(published) ? NO_TIME : published;
	if (!isnull[3])
	{
		article->outlet = edges->outlets.n;
		idlist_add(&edges->outlets, values[3], false);
	}
	article->rank = isnull[4] ? PG_INT64_MAX : DatumGetInt32(values[4]);
}

/* Give equal outlets equal numbers. */
static void
number_outlets(CopyEdges *edges)
{
	IdList	   *outlets = &edges->outlets;
	uint32	   *order = idlist_sort(outlets);
	uint32	   *number;
	uint32		last = 0;

	if (order == NULL)
		return;
	number = limited_alloc(edges->function.context, (Size) outlets->n * sizeof(uint32));
	for (uint32 k = 0; k < outlets->n; k++)
	{
		CHECK_FOR_INTERRUPTS();
		if (k > 0 && !idlist_equal(outlets, k, outlets->ids[k - 1]))
			last = k;
		number[order[k]] = last;
	}
	for (uint32 i = 0; i < edges->join.sides[0].ids.n; i++)
	{
		if (edges->articles[i].outlet != NOTHING)
			edges->articles[i].outlet = number[edges->articles[i].outlet];
	}
	pfree(number);
	pfree(order);
}

/* Bring the articles in the order of their ids. */
static void
sort_articles(CopyEdges *edges)
{
	const SketchSide *side = &edges->join.sides[0];
	Article    *sorted;

	if (side->place == NULL)
		return;
	sorted = limited_alloc(edges->function.context, (Size) Max(side->ids.n, 1) * sizeof(Article));
	for (uint32 row = 0; row < side->ids.n; row++)
		sorted[side->place[row]] = edges->articles[row];
	pfree(edges->articles);
	edges->articles = sorted;
}

static Order
order_of(const CopyEdges *edges, const Article *a, const Article *b)
{
	int64		later;

	if (a->published == NO_TIME || b->published == NO_TIME)
		return UNKNOWN;
	if (pg_sub_s64_overflow(b->published, a->published, &later))
		later = b->published > a->published ? PG_INT64_MAX : -PG_INT64_MAX;
	if (later > edges->within || later < -edges->within)
		return APART;
	if (later > edges->tolerance)
		return BEFORE;
	if (later < -edges->tolerance)
		return AFTER;
	if (a->rank != b->rank)
		return a->rank < b->rank ? BEFORE : AFTER;
	return UNKNOWN;
}

/* Is one source better than another one, of which so much is in each? */
static bool
better_source(const CopyEdges *edges, uint32 a, float share_a, uint32 b, float share_b)
{
	const Article *x = &edges->articles[a];
	const Article *y = &edges->articles[b];

	if (x->rank != y->rank && edges->tolerance > 0)
		return x->rank < y->rank;
	if (x->published != y->published)
		return x->published < y->published;
	if (x->rank != y->rank)
		return x->rank < y->rank;
	return share_a != share_b ? share_a > share_b : a < b;
}

/* A source of an article: look whether it is the best. */
static void
consider(CopyEdges *edges, uint32 copy, uint32 source, double share)
{
	Article    *article = &edges->articles[copy];
	const Article *other = &edges->articles[source];
	float		part = (float) share;
	int64		after;

	if (share < edges->threshold ||
		(article->outlet != NOTHING && article->outlet == other->outlet))
		return;
	switch (order_of(edges, other, article))
	{
		case BEFORE:
			/* Those of about the time of the earliest one are as early. */
			if (edges->tolerance > 0 &&
				(pg_sub_s64_overflow(other->published, article->earliest, &after) ||
				 after > edges->tolerance))
				break;
			if (article->source == NOTHING ||
				better_source(edges, source, part, article->source, article->source_share))
			{
				article->source = source;
				article->source_share = part;
			}
			break;
		case UNKNOWN:
			if (article->unknown == NOTHING || part > article->unknown_share ||
				(part == article->unknown_share && source < article->unknown))
			{
				article->unknown = source;
				article->unknown_share = part;
			}
			break;
		case AFTER:
		case APART:
			break;
	}
}

/* A SketchPairSink. */
static void
consider_pair(void *arg, const SketchPair *pair)
{
	consider(arg, pair->a, pair->b, pair->a_in_b);
	consider(arg, pair->b, pair->a, pair->b_in_a);
}

/* When is the earliest source of an article? */
static void
note_time(CopyEdges *edges, uint32 copy, uint32 source, double share)
{
	Article    *article = &edges->articles[copy];
	const Article *other = &edges->articles[source];

	if (share >= edges->threshold &&
		(article->outlet == NOTHING || article->outlet != other->outlet) &&
		order_of(edges, other, article) == BEFORE)
		article->earliest = Min(article->earliest, other->published);
}

/* A SketchPairSink. */
static void
note_times(void *arg, const SketchPair *pair)
{
	CHECK_FOR_INTERRUPTS();
	note_time(arg, pair->a, pair->b, pair->a_in_b);
	note_time(arg, pair->b, pair->a, pair->b_in_a);
}

static void
put_edge(CopyEdges *edges, uint32 copy, uint32 source, float share, bool known)
{
	const Datum *ids = edges->join.sides[0].ids.ids;
	Datum		values[5];
	bool		nulls[5] = {false, false, false, !known, false};

	values[0] = ids[source];
	values[1] = ids[copy];
	values[2] = Float8GetDatum(share);
	values[3] = (Datum) 0;
	if (known)
		values[3] = DirectFunctionCall2(timestamp_mi,
										TimestampTzGetDatum(edges->articles[copy].published),
										TimestampTzGetDatum(edges->articles[source].published));
	values[4] = BoolGetDatum(known);
	query_put(&edges->function, values, nulls);
}

/* Of two that may each be a copy of the other there is one row. */
static void
put_edges(CopyEdges *edges)
{
	MemoryContext row_context = AllocSetContextCreate(edges->function.context, "edge",
													  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row_context);

	for (uint32 k = 0; k < edges->join.sides[0].ids.n; k++)
	{
		const Article *article = &edges->articles[k];
		const Article *other;

		if (article->source != NOTHING)
			put_edge(edges, k, article->source, article->source_share, true);
		else if (article->unknown != NOTHING)
		{
			other = &edges->articles[article->unknown];
			if (other->source != NOTHING || other->unknown != k || article->unknown < k)
				put_edge(edges, k, article->unknown, article->unknown_share, false);
		}
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(caller);
}

/* Of an interval, with months of 30 days; at most what fits. */
static int64
microseconds(const Interval *interval)
{
	int64		days = (int64) interval->month * DAYS_PER_MONTH + interval->day;
	int64		result;

	if (pg_mul_s64_overflow(days, USECS_PER_DAY, &result) ||
		pg_add_s64_overflow(result, interval->time, &result))
		return days < 0 ? -PG_INT64_MAX : PG_INT64_MAX;
	return Max(result, -PG_INT64_MAX);
}

static void
read_arguments(CopyEdges *edges)
{
	FunctionCallInfo fcinfo = edges->function.fcinfo;
	int			first = edges->function.first;

	edges->threshold = PG_GETARG_FLOAT8(first);
	edges->within = PG_ARGISNULL(first + 1) ? PG_INT64_MAX : microseconds(PG_GETARG_INTERVAL_P(first + 1));
	edges->tolerance = PG_ARGISNULL(first + 2) ? 0 : microseconds(PG_GETARG_INTERVAL_P(first + 2));
	if (edges->within < 0 || edges->tolerance < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("intervals of %s must not be negative", FUNCTION_NAME)));
}

/*
 * copy_edges(query text, threshold float8, within interval, tolerance interval
 *			  [, id_type anyelement])
 * copy_edges(relation regclass, id_column name, sketch_column name, published_column name,
 *			  outlet_column name, rank_column name, threshold float8, within interval,
 *			  tolerance interval [, id_type anyelement])
 */
Datum
copy_edges(PG_FUNCTION_ARGS)
{
	CopyEdges	edges;
	QueryFunction *function = &edges.function;
	MemoryContext caller;
	QueryColumn columns[NCOLUMNS];

	query_function_begin(function, fcinfo, FUNCTION_NAME, NCOLUMNS);
	read_arguments(&edges);
	caller = MemoryContextSwitchTo(function->context);
	sketch_join_begin(&edges.join, function, TEXTSKETCH_OVERLAPS, edges.threshold);
	idlist_init(&edges.outlets, FUNCTION_NAME, TEXTOID, function->context);
	edges.room = FIRST_ROOM;
	edges.articles = limited_alloc(function->context, FIRST_ROOM * sizeof(Article));

	columns[0] = (QueryColumn) {"id", function->id_type};
	columns[1] = (QueryColumn) {"sketch", edges.join.sketch_type};
	columns[2] = (QueryColumn) {"published", TIMESTAMPTZOID};
	columns[3] = (QueryColumn) {"outlet", TEXTOID};
	columns[4] = (QueryColumn) {"rank", INT4OID};
	query_read(function, 0, columns, NCOLUMNS, add_article, &edges);
	sketch_join_sort(&edges.join, &edges.join.sides[0]);
	number_outlets(&edges);
	sort_articles(&edges);

	if (edges.tolerance > 0)
		sketch_join_run(&edges.join, note_times, &edges);
	sketch_join_run(&edges.join, consider_pair, &edges);
	put_edges(&edges);
	sketch_join_end(&edges.join);
	MemoryContextSwitchTo(caller);
	return query_function_end(function);
}
