/*-------------------------------------------------------------------------
 *
 * idlist.c
 *	  The ids of rows, of any type that has an order.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/idlist.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/memory_limit.h"

#define FIRST_ROOM	1024

void
idlist_init(IdList *list, const char *function, Oid type, MemoryContext context)
{
	TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_LT_OPR);

	if (!OidIsValid(entry->lt_opr))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s cannot be an id for %s", format_type_be(type), function),
				 errdetail("It has no default operator class for btree, so no order.")));

	memset(list, 0, sizeof(IdList));
	list->function = function;
	list->type = type;
	list->length = entry->typlen;
	list->by_value = entry->typbyval;
	list->context = context;
	list->ascending = true;

	/* The ids are never freed one by one, and should lie close together. */
	list->values = GenerationContextCreate(context, "ids", ALLOCSET_DEFAULT_SIZES);
	list->room = FIRST_ROOM;
	list->ids = limited_alloc(context, FIRST_ROOM * sizeof(Datum));

	list->order.ssup_cxt = context;
	list->order.ssup_collation = entry->typcollation;
	PrepareSortSupportFromOrderingOp(entry->lt_opr, &list->order);
}

static int
compare_ids(IdList *list, Datum a, Datum b)
{
	return ApplySortComparator(a, false, b, false, &list->order);
}

void
idlist_add(IdList *list, Datum id, bool isnull)
{
	MemoryContext caller;

	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("an id in the query of %s is null", list->function)));

	if (!list->by_value)
	{
		caller = MemoryContextSwitchTo(list->values);
		if (list->length == -1)
			id = PointerGetDatum(PG_DETOAST_DATUM_COPY(id));
		else
			id = datumCopy(id, false, list->length);
		MemoryContextSwitchTo(caller);
		limited_check(list->values);
	}
	if (list->n == list->room)
	{
		if (list->room > PG_UINT32_MAX / 2)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many rows for %s", list->function)));
		list->room *= 2;
		list->ids = limited_realloc(list->ids, list->room * sizeof(Datum));
	}
	if (list->ascending && list->n > 0)
		list->ascending = compare_ids(list, list->ids[list->n - 1], id) < 0;
	list->ids[list->n++] = id;
}

typedef struct SortItem
{
	Datum		id;
	uint32		place;
} SortItem;

/* Equal ids stay in the order in which they came. */
static int
compare_items(const void *a, const void *b, void *list)
{
	const SortItem *x = a;
	const SortItem *y = b;
	int			result = compare_ids(list, x->id, y->id);

	if (result == 0)
		result = x->place < y->place ? -1 : 1;
	return result;
}

uint32 *
idlist_sort(IdList *list)
{
	SortItem   *items;
	uint32	   *order;

	if (list->ascending)
		return NULL;

	items = limited_alloc(list->context, list->n * sizeof(SortItem));
	for (uint32 i = 0; i < list->n; i++)
	{
		items[i].id = list->ids[i];
		items[i].place = i;
	}
	qsort_interruptible(items, list->n, sizeof(SortItem), compare_items, list);

	order = limited_alloc(list->context, list->n * sizeof(uint32));
	for (uint32 i = 0; i < list->n; i++)
	{
		list->ids[i] = items[i].id;
		order[i] = items[i].place;
	}
	pfree(items);
	return order;
}

void
idlist_append(IdList *list, const IdList *other)
{
	uint64		room = (uint64) list->n + other->n;

	if (room > PG_UINT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows for %s", list->function)));
	if (room > list->room)
	{
		list->ids = limited_realloc(list->ids, room * sizeof(Datum));
		list->room = (uint32) room;
	}
	memcpy(list->ids + list->n, other->ids, other->n * sizeof(Datum));
	list->n += other->n;
	list->ascending = false;
}

bool
idlist_equal(IdList *list, uint32 k, Datum id)
{
	return compare_ids(list, list->ids[k], id) == 0;
}

void
idlist_check_unique(IdList *list)
{
	Oid			output;
	bool		is_varlena;

	if (list->ascending)
		return;
	for (uint32 k = 1; k < list->n; k++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!idlist_equal(list, k, list->ids[k - 1]))
			continue;
		getTypeOutputInfo(list->type, &output, &is_varlena);
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("id %s occurs more than once in the query of %s",
						OidOutputFunctionCall(output, list->ids[k]), list->function),
				 errhint("Each row needs an id of its own.")));
	}
}
