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

#include "base/hashtable.h"
#include "base/memory_limit.h"
#include "base/serverenv.h"
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
	HashTable	table;			/* of nodes */
	RawEnv		env;
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
	graph->env = limited_env(context);
	hashtable_init(&graph->table, FIRST_ROOM, &graph->env);
}

/* The slot of an id's node, or where it is to go. */
static size_t
find_slot(Graph *graph, Datum id, uint32 hash)
{
	size_t		slot = hashtable_first(&graph->table, hash);
	uint32		entry;

	while ((entry = graph->table.slots[slot]) != 0)
	{
		if (graph->hash[entry - 1] == hash && idlist_equal(&graph->ids, entry - 1, id))
			break;
		slot = hashtable_next(&graph->table, slot);
	}
	return slot;
}

static void
grow(Graph *graph)
{
	if (graph->room > PG_UINT32_MAX / 8)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many ids for %s", FUNCTION_NAME)));
	graph->room *= 2;
	graph->hash = limited_realloc(graph->hash, graph->room * sizeof(uint32));
	graph->parent = limited_realloc(graph->parent, graph->room * sizeof(uint32));
	hashtable_free(&graph->table);
	hashtable_init(&graph->table, graph->room, &graph->env);
	for (uint32 node = 0; node < graph->ids.n; node++)
	{
		CHECK_FOR_INTERRUPTS();
		hashtable_enter(&graph->table, graph->hash[node], node);
	}
}

/* The node of an id, a new one if it hasn't been seen. */
static uint32
node_of(Graph *graph, Datum id, bool isnull)
{
	uint32		hash = 0;
	size_t		slot = 0;
	uint32		node = graph->ids.n;

	if (!isnull)
	{
		if (graph->ids.length == -1)
			id = PointerGetDatum(PG_DETOAST_DATUM_PACKED(id));
		hash = DatumGetUInt32(FunctionCall1Coll(graph->hash_function, graph->collation, id));
		slot = find_slot(graph, id, hash);
		if (graph->table.slots[slot] != 0)
			return graph->table.slots[slot] - 1;
	}

	if (node == graph->room)
	{
		grow(graph);
		slot = find_slot(graph, id, hash);
	}
	idlist_add(&graph->ids, id, isnull);
	graph->hash[node] = hash;
	graph->parent[node] = node;
	graph->table.slots[slot] = node + 1;
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
	query_read(&function, 0, columns, 2, add_pair, &graph);
	put_clusters(&function, &graph);
	return query_function_end(&function);
}
