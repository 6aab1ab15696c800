/*-------------------------------------------------------------------------
 *
 * pairs_components.c
 *	  What the pairs of a query connect: pairs_components(query).
 *
 * Each id is a node, found by a hash table when it comes again; the pairs
 * themselves are not kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "base/memory_limit.h"
#include "clusters/cluster.h"
#include "pairs/idlist.h"
#include "pairs/queryrows.h"

PG_FUNCTION_INFO_V1(pairs_components);

#define FUNCTION_NAME	"pairs_components"
#define FIRST_ROOM		1024

typedef struct Graph
{
	IdList		ids;			/* of nodes, as they came */
	FmgrInfo   *hash_function;
	Oid			collation;

	uint32		room;			/* a power of 2 */
	uint32	   *hash;			/* of each node's id */
	uint32	   *parent;			/* disjoint sets, see cluster.h */
	uint32	   *table;			/* 2 * room places: a node + 1, or 0 */
} Graph;

static void
graph_init(Graph *graph, Oid type, MemoryContext context)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_HASH_PROC_FINFO);

	idlist_init(&graph->ids, FUNCTION_NAME, type, context);
	if (!OidIsValid(entry->hash_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s cannot be an id for %s", format_type_be(type), FUNCTION_NAME),
				 errdetail("It has no default operator class for hash.")));
	graph->hash_function = &entry->hash_proc_finfo;
	graph->collation = entry->typcollation;
	graph->room = FIRST_ROOM;
	graph->hash = limited_alloc(context, FIRST_ROOM * sizeof(uint32));
	graph->parent = limited_alloc(context, FIRST_ROOM * sizeof(uint32));
	graph->table = limited_alloc(context, 2 * FIRST_ROOM * sizeof(uint32));
	memset(graph->table, 0, 2 * FIRST_ROOM * sizeof(uint32));
}

/*
 * The place of an id in the table: that of its node, or where it is to go.
 * Linear probing; half of the places are empty at least.
 */
static uint32
find_place(Graph *graph, Datum id, uint32 hash)
{
	uint32		mask = 2 * graph->room - 1;
	uint32		place = hash & mask;

	while (graph->table[place] != 0)
	{
		uint32		node = graph->table[place] - 1;

		if (graph->hash[node] == hash && idlist_equal(&graph->ids, node, id))
			break;
		place = (place + 1) & mask;
	}
	return place;
}

static void
grow(Graph *graph)
{
	uint32		mask;
	Size		size;

	if (graph->room > PG_UINT32_MAX / 8)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many ids for %s", FUNCTION_NAME)));
	graph->room *= 2;
	mask = 2 * graph->room - 1;
	size = 2 * (Size) graph->room * sizeof(uint32);
	graph->hash = limited_realloc(graph->hash, size / 2);
	graph->parent = limited_realloc(graph->parent, size / 2);
	pfree(graph->table);
	graph->table = limited_alloc(graph->ids.context, size);
	memset(graph->table, 0, size);
	for (uint32 node = 0; node < graph->ids.n; node++)
	{
		uint32		place = graph->hash[node] & mask;

		CHECK_FOR_INTERRUPTS();
		while (graph->table[place] != 0)
			place = (place + 1) & mask;
		graph->table[place] = node + 1;
	}
}

/* The node of an id, a new one if it hasn't been seen. */
static uint32
node_of(Graph *graph, Datum id, bool isnull)
{
	uint32		hash = 0;
	uint32		place = 0;
	uint32		node = graph->ids.n;

	if (!isnull)
	{
		if (graph->ids.length == -1)
			id = PointerGetDatum(PG_DETOAST_DATUM_PACKED(id));
		hash = DatumGetUInt32(FunctionCall1Coll(graph->hash_function, graph->collation, id));
		place = find_place(graph, id, hash);
		if (graph->table[place] != 0)
			return graph->table[place] - 1;
	}

	if (node == graph->room)
	{
		grow(graph);
		place = find_place(graph, id, hash);
	}
	idlist_add(&graph->ids, id, isnull);
	graph->hash[node] = hash;
	graph->parent[node] = node;
	graph->table[place] = node + 1;
	return node;
}

/* A QuerySink. */
static void
add_pair(void *arg, const Datum *values, const bool *isnull)
{
	Graph	   *graph = arg;
	uint32		a = node_of(graph, values[0], isnull[0]);
	uint32		b = node_of(graph, values[1], isnull[1]);

	sets_unite(graph->parent, a, b);
}

/* A row for each id, in their order; clusters are numbered as they come. */
static void
put_clusters(const QueryFunction *function, Graph *graph)
{
	uint32		n = graph->ids.n;
	uint32	   *order = idlist_sort(&graph->ids);
	int32	   *number = limited_alloc(function->context, (Size) n * sizeof(int32) + 1);
	int32		nclusters = 0;

	for (uint32 node = 0; node < n; node++)
		number[node] = -1;
	for (uint32 k = 0; k < n; k++)
	{
		uint32		root = sets_find(graph->parent, order == NULL ? k : order[k]);
		Datum		values[2];
		bool		nulls[2] = {false, false};

		if (number[root] < 0)
			number[root] = nclusters++;
		values[0] = graph->ids.ids[k];
		values[1] = Int32GetDatum(number[root]);
		query_put(function, values, nulls);
	}
}

/*
 * pairs_components(query text [, id_type anyelement])
 * pairs_components(relation regclass, a_column name, b_column name [, id_type anyelement])
 */
Datum
pairs_components(PG_FUNCTION_ARGS)
{
	QueryFunction function;
	QueryColumn columns[2] = {{"a", InvalidOid}, {"b", InvalidOid}};
	Graph		graph;

	query_function_begin(&function, fcinfo, FUNCTION_NAME, 2);
	columns[0].type = columns[1].type = function.id_type;
	graph_init(&graph, function.id_type, function.context);
	query_read(&function, columns, 2, add_pair, &graph);
	put_clusters(&function, &graph);
	return query_function_end(&function);
}
