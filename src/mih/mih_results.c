/*-------------------------------------------------------------------------
 *
 * mih_results.c
 *	  What a search has found.
 *
 * Results are kept in an array for as long as work_mem allows, then by
 * tuplesort.c.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_results.h"

#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#define ST_SORT sort_results
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define INITIAL_ROOM	256
#define NO_LIMIT		PG_UINT64_MAX

struct MihResults
{
	MemoryContext context;
	uint64	   *array;
	uint64		room;			/* of the array */
	uint64		count;			/* of all results */
	uint64		next;			/* place in the array */

	/* Beyond work_mem; else NULL. */
	Tuplesortstate *sort;

	/* With a limit. */
	uint32		wanted;			/* 0: all */
	uint64		drop_at;		/* try to drop results when they're so many */
	int			cutoff;
	uint64		at[SIMHASH_MAX_BITS + 1];	/* results by distance */
};

MihResults *
mih_results_create(void)
{
	MihResults *results = palloc0(sizeof(MihResults));

	results->context = CurrentMemoryContext;
	mih_results_reset(results);
	return results;
}

void
mih_results_reset(MihResults *results)
{
	if (results->sort != NULL)
		tuplesort_end(results->sort);
	results->sort = NULL;

	/* An array of usual size serves the next search as well. */
	if (results->room > INITIAL_ROOM)
	{
		pfree(results->array);
		results->array = NULL;
		results->room = 0;
	}
	results->count = 0;
	results->next = 0;
	results->wanted = 0;
	results->drop_at = NO_LIMIT;
	results->cutoff = SIMHASH_MAX_BITS;
}

void
mih_results_limit(MihResults *results, uint32 wanted)
{
	Assert(results->count == 0);
	results->wanted = wanted;
	results->drop_at = 4 * (uint64) wanted;
	memset(results->at, 0, sizeof(results->at));
}

int
mih_results_cutoff(const MihResults *results)
{
	return results->cutoff;
}

/* As many results as fit into work_mem. */
static uint64
most_in_memory(void)
{
	return Max((uint64) work_mem * 1024 / sizeof(uint64), INITIAL_ROOM);
}

/* Make room for n more results in the array. */
static void
enlarge(MihResults *results, int n)
{
	uint64		room = Max(results->room, INITIAL_ROOM);

	while (room < results->count + n)
		room *= 2;
	if (room == results->room)
		return;
	if (results->array == NULL)
		results->array = MemoryContextAllocHuge(results->context, room * sizeof(uint64));
	else
		results->array = repalloc_huge(results->array, room * sizeof(uint64));
	results->room = room;
}

static void
put_sort(MihResults *results, const uint64 *result, uint64 n)
{
	for (uint64 i = 0; i < n; i++)
	{
		Datum		datum = Int64GetDatum((int64) result[i]);

		if (i % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
		tuplesort_putdatum(results->sort, datum, false);
#ifndef USE_FLOAT8_BYVAL
		pfree(DatumGetPointer(datum));
#endif
	}
}

/* Hand all that the array holds over to tuplesort.c. */
static void
begin_sort(MihResults *results)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(results->context);

	results->sort = tuplesort_begin_datum(INT8OID, Int8LessOperator, InvalidOid, false,
										  work_mem, NULL, TUPLESORT_NONE);
	put_sort(results, results->array, results->count);
	pfree(results->array);
	results->array = NULL;
	results->room = 0;
	MemoryContextSwitchTo(oldcontext);
}

/* Drop the results that are farther than the nearest wanted ones. */
static void
drop_farthest(MihResults *results)
{
	uint64		within = 0;
	uint64		count = 0;
	int			cutoff = -1;

	while (within < results->wanted)
		within += results->at[++cutoff];

	if (cutoff < results->cutoff)
	{
		results->cutoff = cutoff;
		for (uint64 i = 0; i < results->count; i++)
		{
			if (mih_result_distance(results->array[i]) <= cutoff)
				results->array[count++] = results->array[i];
		}
		results->count = count;
		memset(&results->at[cutoff + 1], 0,
			   (SIMHASH_MAX_BITS - cutoff) * sizeof(results->at[0]));
	}

	/* If too many are at one distance, they have to be kept. */
	while (results->drop_at < 2 * results->count)
		results->drop_at *= 2;
}

void
mih_results_add(MihResults *results, const uint64 *result, int n)
{
	if (results->sort == NULL && results->count + n > most_in_memory())
		begin_sort(results);
	if (results->sort != NULL)
	{
		put_sort(results, result, n);
		results->count += n;
		return;
	}

	enlarge(results, n);
	if (results->wanted == 0)
	{
		memcpy(results->array + results->count, result, n * sizeof(uint64));
		results->count += n;
		return;
	}

	for (int i = 0; i < n; i++)
	{
		int			distance = mih_result_distance(result[i]);

		if (distance > results->cutoff)
			continue;
		results->array[results->count++] = result[i];
		results->at[distance]++;
	}
	if (results->count >= results->drop_at)
		drop_farthest(results);
}

uint64
mih_results_finish(MihResults *results, bool ordered)
{
	if (results->sort != NULL)
		tuplesort_performsort(results->sort);
	else if (ordered)
		sort_results(results->array, results->count);
	return results->count;
}

bool
mih_results_next(MihResults *results, uint64 *result)
{
	if (results->sort != NULL)
	{
		Datum		datum;
		bool		isnull;

		if (!simhash_tuplesort_getdatum(results->sort, &datum, &isnull))
			return false;
		*result = (uint64) DatumGetInt64(datum);
#ifndef USE_FLOAT8_BYVAL
		pfree(DatumGetPointer(datum));
#endif
		return true;
	}
	if (results->next >= results->count)
		return false;
	*result = results->array[results->next++];
	return true;
}
