/*-------------------------------------------------------------------------
 *
 * textsketch_pairs.c
 *	  All pairs of the sketches of a query that resemble each other, or of
 *	  which one contains the other: textsketch_pairs(query, threshold, measure).
 *
 * The sketches are sorted by theta, the largest first, and taken in blocks
 * that fit in memory.  A block is indexed by element, and sketches are looked
 * up in it: by their rarest elements only, as many as show every pair (see
 * element_index.h).  How many that is depends on what a sketch has below the
 * theta of both, which the order makes nearly the same within a block: long
 * texts, of which few shingles are sampled, and short ones are apart.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch.h"

#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"
#include "pairs/idlist.h"
#include "pairs/queryrows.h"
#include "textsketch/element_index.h"

PG_FUNCTION_INFO_V1(textsketch_pairs);

/* What is sorted: the largest hash below theta, negative; the row; the sketch. */
#define SORT_COLUMNS	3

/* As few common rare elements as make a pair worth a look, if it needs more. */
#define FEW_COMMON		4

/* Counters of elements take at most 4 << 22 bytes. */
#define MAX_COUNTS_BITS 22

/* Thetas in a block are no further apart than this factor. */
#define BLOCK_SPREAD	2

typedef struct SketchJoin
{
	double		threshold;
	bool		containment;	/* of one in the other, or resemblance */
	QueryFunction function;
	MemoryContext context;		/* the function's */
	RawEnv		env;

	IdList		ids;			/* sorted */
	uint32	   *place;			/* of each row's id; NULL: the row's number */
	Tuplesortstate *sort;
	TupleTableSlot *slot;
	TupleTableSlot *input;		/* of what is to be sorted */
	ElementCounts counts;
	uint64		nelements;		/* in all sketches */

	/* What the parameters of all sketches must be, as bytes. */
	Textsketch *first;

	/* The elements of a sketch, and as much for element_counts_rarest(). */
	uint32	   *elements;
	uint64	   *keys;
	uint32		elements_room;
} SketchJoin;

/* Sketches of one block, and where each of its rows' ids are. */
typedef struct SketchBlock
{
	MemoryContext context;
	ElementIndex index;
	uint32		first;			/* place of the first one in the order of thetas */
	uint32		n;
	uint32		smallest_last;
	uint32		largest_last;
	Textsketch **sketches;
	uint32	   *places;
} SketchBlock;

/* Copy the elements of a sketch that are at most "last"; returns how many. */
static uint32
copy_elements(SketchJoin *join, const TextsketchView *view, uint32 last)
{
	uint32		n = textsketch_count_upto(view, last);

	if (n > join->elements_room)
	{
		if (join->elements != NULL)
		{
			pfree(join->elements);
			pfree(join->keys);
		}
		join->elements_room = Max(n, 1024) * 2;
		join->elements = limited_alloc(join->context, join->elements_room * sizeof(uint32));
		join->keys = limited_alloc(join->context, join->elements_room * sizeof(uint64));
	}
	for (uint32 i = 0; i < n; i++)
	{
		raw_check(&join->env, i);
		join->elements[i] = textsketch_element(view, i);
	}
	return n;
}


/*
 * Reading the rows.
 */

static void
begin_sort(SketchJoin *join, Oid sketch_type)
{
	TupleDesc	desc = CreateTemplateTupleDesc(SORT_COLUMNS);
	AttrNumber	columns[] = {1, 2};
	Oid			operators[] = {Int8LessOperator, Int4LessOperator};
	Oid			collations[] = {InvalidOid, InvalidOid};
	bool		nulls_first[] = {false, false};
	MemoryContext caller;

	TupleDescInitEntry(desc, 1, "theta", INT8OID, -1, 0);
	TupleDescInitEntry(desc, 2, "row", INT4OID, -1, 0);
	TupleDescInitEntry(desc, 3, "sketch", sketch_type, -1, 0);
	TupleDescFinalize(desc);
	join->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	join->input = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	/* It has work_mem, and the disk, and doesn't count towards the limit. */
	caller = MemoryContextSwitchTo(MemoryContextGetParent(join->context));
	join->sort = tuplesort_begin_heap(desc, lengthof(columns), columns, operators,
									  collations, nulls_first, work_mem, NULL,
									  TUPLESORT_RANDOMACCESS);
	MemoryContextSwitchTo(caller);
}

/* A QuerySink. */
static void
add_row(void *arg, const Datum *values, const bool *isnull)
{
	SketchJoin *join = arg;
	TupleTableSlot *input = join->input;
	TextsketchView view;
	TextsketchCommon common;
	Textsketch *sketch;
	uint32		n;

	if (!idlist_add_of(&join->ids, values, isnull))
		return;

	sketch = DatumGetTextsketch(values[1]);
	textsketch_view(sketch, &view);
	if (join->first == NULL)
	{
		join->first = MemoryContextAlloc(join->context, VARSIZE_ANY(sketch));
		memcpy(join->first, sketch, VARSIZE_ANY(sketch));
	}
	else
	{
		TextsketchView first;

		/* An error if the parameters differ. */
		textsketch_view(join->first, &first);
		if (memcmp(first.data, view.data, TEXTSKETCH_PARAMS_SIZE) != 0)
			textsketch_common(&first, &view, &common);
	}

	n = copy_elements(join, &view, view.last);
	element_counts_add(&join->counts, join->elements, n, &join->env);
	join->nelements += n;

	ExecClearTuple(input);
	input->tts_values[0] = Int64GetDatum(-(int64) view.last);
	input->tts_values[1] = Int32GetDatum((int32) (join->ids.n - 1));
	input->tts_values[2] = PointerGetDatum(sketch);
	memset(input->tts_isnull, 0, SORT_COLUMNS * sizeof(bool));
	ExecStoreVirtualTuple(input);
	tuplesort_puttupleslot(join->sort, input);
}

/* Where each row's id is among the sorted ids. */
static void
sort_ids(SketchJoin *join)
{
	uint32	   *order = idlist_sort(&join->ids);

	idlist_check_unique(&join->ids);
	if (order == NULL)
		return;
	join->place = limited_alloc(join->context, join->ids.n * sizeof(uint32));
	for (uint32 k = 0; k < join->ids.n; k++)
		join->place[order[k]] = k;
	pfree(order);
}

static void
read_sketches(SketchJoin *join)
{
	const QueryFunction *function = &join->function;
	const QueryColumn columns[2] = {
		{"id", function->id_type},
		{"sketch", query_own_type(function, "textsketch")}
	};

	idlist_init(&join->ids, function->name, function->id_type, join->context);
	begin_sort(join, columns[1].type);
	query_read(function, columns, 2, add_row, join);
	sort_ids(join);
	tuplesort_performsort(join->sort);
}


/*
 * Blocks.
 */

/* The next sketch in the order of thetas, valid until the one after. */
static bool
next_sketch(SketchJoin *join, Textsketch **sketch, TextsketchView *view, uint32 *place)
{
	bool		isnull;
	uint32		row;

	CHECK_FOR_INTERRUPTS();
	if (!tuplesort_gettupleslot(join->sort, true, false, join->slot, NULL))
		return false;
	row = (uint32) DatumGetInt32(slot_getattr(join->slot, 2, &isnull));
	*sketch = (Textsketch *) DatumGetPointer(slot_getattr(join->slot, 3, &isnull));
	*place = join->place == NULL ? row : join->place[row];
	textsketch_view(*sketch, view);
	return true;
}

static void
rewind_to(SketchJoin *join, uint32 first)
{
	tuplesort_rescan(join->sort);
	if (first > 0)
		tuplesort_skiptuples(join->sort, first, true);
}

/*
 * What blocks may take, and the counters: maintenance_work_mem, as what is
 * allowed in all isn't what is wanted; and half of that at most, as contexts
 * hold up to twice what they were asked for.
 */
static Size
block_memory(void)
{
	return (Size) Min(maintenance_work_mem, simhash_memory_limit / 2) * 1024;
}

/*
 * Read a block from sketch "first" on and index it.  It has as many sketches
 * as fit in half of that memory, but one at least.
 */
static void
read_block(SketchJoin *join, uint32 first, SketchBlock *block)
{
	Size		limit = block_memory() / 2;
	Size		used = 0;
	uint32		room = Min(join->ids.n - first, limit / 64 + 1);
	uint32		nelements = 0;
	Textsketch *sketch;
	TextsketchView view;
	RawEnv		env;
	MemoryContext caller;

	block->context = AllocSetContextCreate(join->context, "block of sketches",
										   ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(block->context);
	block->first = first;
	block->n = 0;
	block->largest_last = 0;
	block->smallest_last = 0;
	block->sketches = limited_alloc(block->context, room * sizeof(Textsketch *));
	block->places = limited_alloc(block->context, room * sizeof(uint32));

	rewind_to(join, first);
	while (block->n < room && next_sketch(join, &sketch, &view, &block->places[block->n]))
	{
		Size		size = VARSIZE_ANY(sketch);
		uint32		n = textsketch_count_upto(&view, view.last);

		used += MAXALIGN(size) + sizeof(Textsketch *) + sizeof(uint32) + ELEMENT_INDEX_BYTES(n, 1) + 16;
		if (block->n > 0 &&
			(used > limit || (uint64) nelements + n > PG_INT32_MAX ||
			 view.last < block->largest_last / BLOCK_SPREAD))
			break;

		block->sketches[block->n] = limited_alloc(block->context, size);
		memcpy(block->sketches[block->n], sketch, size);
		if (block->n == 0)
			block->largest_last = view.last;
		block->smallest_last = view.last;
		nelements += n;
		block->n++;
	}

	env = limited_env(block->context);
	element_index_init(&block->index, block->n, nelements, &env);
	for (uint32 i = 0; i < block->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		textsketch_view(block->sketches[i], &view);
		element_index_add(&block->index, join->elements,
						  copy_elements(join, &view, view.last), &join->env);
	}
	element_index_build(&block->index, &env);
	MemoryContextSwitchTo(caller);
}


/*
 * Joining.
 */

/*
 * Compare two sketches, and report them if they are a pair.  When one contains
 * the other, "view" is the one contained; if both do, they are found twice,
 * and reported when "first" is true.
 */
static void
compare_sketches(SketchJoin *join, const TextsketchView *view, uint32 place,
				 const TextsketchView *other, uint32 other_place, bool first)
{
	TextsketchCommon common;
	double		contained;		/* in the other */
	double		contains;		/* of the other */
	double		resemblance;
	Datum		values[5];
	bool		nulls[5] = {false};
	bool		swap = other_place < place;

	textsketch_common(view, other, &common);
	contained = textsketch_measure(TEXTSKETCH_CONTAINED, &common);
	contains = textsketch_measure(TEXTSKETCH_CONTAINS, &common);
	resemblance = textsketch_measure(TEXTSKETCH_RESEMBLES, &common);
	if (join->containment)
	{
		if (contained < join->threshold ||
			(contains >= join->threshold && !first))
			return;
	}
	else if (resemblance < join->threshold)
		return;

	values[0] = join->ids.ids[swap ? other_place : place];
	values[1] = join->ids.ids[swap ? place : other_place];
	values[2] = Float8GetDatum(resemblance);
	values[3] = Float8GetDatum(swap ? contains : contained);
	values[4] = Float8GetDatum(swap ? contained : contains);
	query_put(&join->function, values, nulls);
}

/*
 * Look a sketch up in a block, as the one of smaller theta, or as the one
 * contained.  "number" is its place in the order of thetas.
 */
static void
search_block(SketchJoin *join, SketchBlock *block, const TextsketchView *view,
			 uint32 place, uint32 number)
{
	uint32		limit = block->n;
	uint32		last = view->last;
	uint32		n,
				needed,
				common,
				keep,
				nfound;

	/* Resemblance is the same both ways: the other sketch comes before. */
	if (!join->containment)
		limit = Min(limit, number - block->first);
	else
		last = Min(last, block->smallest_last);

	/*
	 * Below both thetas this sketch has as many elements at least as up to
	 * "last", and so many have to be common; which are among the n.
	 */
	needed = textsketch_needed(join->threshold, textsketch_count_upto(view, last));
	n = copy_elements(join, view, Min(view->last, block->largest_last));
	common = Min(needed, FEW_COMMON);
	if (needed > n)
		return;
	keep = n - needed + common;
	element_counts_rarest(&join->counts, join->elements, n, keep, join->keys, &join->env);

	nfound = element_index_search(&block->index, join->elements, keep, limit, common,
								  &join->env);
	for (uint32 i = 0; i < nfound; i++)
	{
		uint32		k = block->index.found[i];
		TextsketchView other;

		CHECK_FOR_INTERRUPTS();
		if (block->first + k == number)
			continue;
		textsketch_view(block->sketches[k], &other);
		compare_sketches(join, view, place, &other, block->places[k],
						 number < block->first + k);
	}
}

static void
join_sketches(SketchJoin *join)
{
	MemoryContext row_context = AllocSetContextCreate(join->context, "pairs of a sketch",
													  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row_context);
	uint32		first = 0;

	while (first < join->ids.n)
	{
		SketchBlock block;
		Textsketch *sketch;
		TextsketchView view;
		uint32		place;
		uint32		number = join->containment ? 0 : first;

		read_block(join, first, &block);
		rewind_to(join, number);
		for (; next_sketch(join, &sketch, &view, &place); number++)
		{
			/* Results are by reference where a float8 is. */
			search_block(join, &block, &view, place, number);
			MemoryContextReset(row_context);
		}
		first += block.n;
		MemoryContextDelete(block.context);
	}
	MemoryContextSwitchTo(caller);
}

static void
read_arguments(SketchJoin *join)
{
	FunctionCallInfo fcinfo = join->function.fcinfo;
	int			first = join->function.first;
	char	   *measure = text_to_cstring(PG_GETARG_TEXT_PP(first + 1));

	join->threshold = PG_GETARG_FLOAT8(first);
	textsketch_check_threshold(TEXTSKETCH_RESEMBLES, join->threshold);
	join->containment = strcmp(measure, "containment") == 0;
	if (!join->containment && strcmp(measure, "resemblance") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown measure: \"%s\"", measure),
				 errhint("Measures are \"resemblance\" and \"containment\".")));
}

/*
 * textsketch_pairs(query text, threshold float8, measure text [, id_type anyelement])
 * textsketch_pairs(relation regclass, id_column name, sketch_column name, threshold float8,
 *					measure text [, id_type anyelement])
 */
Datum
textsketch_pairs(PG_FUNCTION_ARGS)
{
	SketchJoin	join;
	MemoryContext caller;
	int			bits = 8;

	memset(&join, 0, sizeof(join));
	query_function_begin(&join.function, fcinfo, "textsketch_pairs", 2);
	read_arguments(&join);

	join.context = join.function.context;
	join.env = limited_env(join.context);
	caller = MemoryContextSwitchTo(join.context);
	while (bits < MAX_COUNTS_BITS && (Size) 64 << bits <= block_memory())
		bits++;
	element_counts_init(&join.counts, bits, &join.env);

	read_sketches(&join);
	join_sketches(&join);

	tuplesort_end(join.sort);
	ExecDropSingleTupleTableSlot(join.input);
	ExecDropSingleTupleTableSlot(join.slot);
	MemoryContextSwitchTo(caller);
	return query_function_end(&join.function);
}
