/*-------------------------------------------------------------------------
 *
 * sketch_join.c
 *	  Pairs of the sketches of one query, or of two, that resemble each other,
 *	  of which one contains the other, or that share elements.
 *
 * The sketches are sorted by theta, the largest first, and taken in blocks
 * that fit in memory.  A block is indexed by element, and sketches are looked
 * up in it: by their rarest elements only, as many as show every pair (see
 * element_index.h).  How many that is depends on what a sketch has below the
 * theta of both, which the order makes nearly the same within a block: long
 * texts, of which few shingles are sampled, and short ones are apart.
 *
 * Of two queries the sketches of the one are indexed, those of the other looked
 * up.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/sketch_join.h"

#include <math.h>

#include "catalog/pg_operator_d.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/memory_limit.h"
#include "base/serverenv.h"

/* What is sorted: the largest hash below theta, negative; the row; the sketch. */
#define SORT_COLUMNS	3

/* As few common rare elements as make a pair worth a look, if it needs more. */
#define FEW_COMMON		4

/* Counters of elements take at most 4 << 22 bytes. */
#define MAX_COUNTS_BITS 22

/* Memory for a block's sketches is taken in pieces of up to so many bytes. */
#define BLOCK_PIECE		(32 * 1024)

/* Thetas in a block are no further apart than this factor. */
#define BLOCK_SPREAD	2

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

/* The largest element of a sketch that counts: shared ones may be of windows. */
static uint32
last_counted(const SketchJoin *join, const TextsketchView *view)
{
	return join->mode == TEXTSKETCH_SHARES ? PG_UINT32_MAX : view->last;
}

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
begin_sort(SketchJoin *join, SketchSide *side)
{
	TupleDesc	desc = join->slot->tts_tupleDescriptor;
	AttrNumber	columns[] = {1, 2};
	Oid			operators[] = {Int8LessOperator, Int4LessOperator};
	Oid			collations[] = {InvalidOid, InvalidOid};
	bool		nulls_first[] = {false, false};
	MemoryContext caller;

	/* It has work_mem, and the disk, and doesn't count towards the limit. */
	caller = MemoryContextSwitchTo(MemoryContextGetParent(join->context));
	side->sort = tuplesort_begin_heap(desc, lengthof(columns), columns, operators,
									  collations, nulls_first, work_mem, NULL,
									  TUPLESORT_RANDOMACCESS);
	MemoryContextSwitchTo(caller);
}

bool
sketch_join_add(SketchJoin *join, SketchSide *side, const Datum *values, const bool *isnull)
{
	TupleTableSlot *input = join->input;
	TextsketchView view;
	TextsketchCommon common;
	Textsketch *sketch;
	uint32		n;

	if (!idlist_add_of(&side->ids, values, isnull))
		return false;

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

	n = copy_elements(join, &view, last_counted(join, &view));
	element_counts_add(&join->counts, join->elements, n, &join->env);

	ExecClearTuple(input);
	input->tts_values[0] = Int64GetDatum(-(int64) view.last);
	input->tts_values[1] = Int32GetDatum((int32) (side->ids.n - 1));
	input->tts_values[2] = PointerGetDatum(sketch);
	memset(input->tts_isnull, 0, SORT_COLUMNS * sizeof(bool));
	ExecStoreVirtualTuple(input);
	tuplesort_puttupleslot(side->sort, input);
	return true;
}

/* Set where each row's id is among the sorted ids. */
void
sketch_join_sort(SketchJoin *join, SketchSide *side)
{
	uint32	   *order = idlist_sort(&side->ids);

	idlist_check_unique(&side->ids);
	if (order != NULL)
	{
		side->place = limited_alloc(join->context, side->ids.n * sizeof(uint32));
		for (uint32 k = 0; k < side->ids.n; k++)
			side->place[order[k]] = k;
		pfree(order);
	}
	tuplesort_performsort(side->sort);
}


/*
 * Blocks.
 */

/* The next sketch in the order of thetas, valid until the one after. */
static bool
next_sketch(SketchJoin *join, const SketchSide *side, Textsketch **sketch,
			TextsketchView *view, uint32 *place)
{
	bool		isnull;
	uint32		row;

	CHECK_FOR_INTERRUPTS();
	if (!tuplesort_gettupleslot(side->sort, true, false, join->slot, NULL))
		return false;
	row = (uint32) DatumGetInt32(slot_getattr(join->slot, 2, &isnull));
	*sketch = (Textsketch *) DatumGetPointer(slot_getattr(join->slot, 3, &isnull));
	*place = side->place == NULL ? row : side->place[row];
	textsketch_view(*sketch, view);
	return true;
}

static void
rewind_to(const SketchSide *side, uint32 first)
{
	tuplesort_rescan(side->sort);
	if (first > 0)
		tuplesort_skiptuples(side->sort, first, true);
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
read_block(SketchJoin *join, const SketchSide *side, uint32 first, SketchBlock *block)
{
	Size		limit = block_memory() / 2;
	Size		used = 0;
	uint32		room = Min(side->ids.n - first, limit / 64 + 1);
	uint32		nelements = 0;
	Textsketch *sketch;
	TextsketchView view;
	RawEnv		env;
	MemoryContext caller;

	/* Of pieces that don't double: half of the last one may be left unused. */
	block->context = AllocSetContextCreate(join->context, "block of sketches", 0,
										   ALLOCSET_DEFAULT_INITSIZE, BLOCK_PIECE);
	caller = MemoryContextSwitchTo(block->context);
	block->first = first;
	block->n = 0;
	block->largest_last = 0;
	block->smallest_last = 0;
	block->sketches = limited_alloc(block->context, room * sizeof(Textsketch *));
	block->places = limited_alloc(block->context, room * sizeof(uint32));

	rewind_to(side, first);
	while (block->n < room && next_sketch(join, side, &sketch, &view, &block->places[block->n]))
	{
		Size		size = VARSIZE_ANY(sketch);
		uint32		n = textsketch_count_upto(&view, last_counted(join, &view));

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
						  copy_elements(join, &view, last_counted(join, &view)),
						  &join->env);
	}
	element_index_build(&block->index, &env);
	MemoryContextSwitchTo(caller);
}


/*
 * Joining.
 */

/* One side's sketches looked up in those of another, or of the same one. */
typedef struct Lookup
{
	const SketchSide *indexed;
	const SketchSide *searched;
	bool		again;			/* was done the other way round before */
} Lookup;

/*
 * Compare two sketches, and report them if they are a pair.  When one contains
 * the other, "view" is the one contained; if both do, they are found twice,
 * and reported when "first" is true.
 */
static void
compare_sketches(SketchJoin *join, const TextsketchView *view, uint32 place,
				 const TextsketchView *other, uint32 other_place, bool first, bool swap)
{
	TextsketchCommon common;
	double		contained;		/* in the other */
	double		contains;		/* of the other */
	SketchPair	pair;

	textsketch_common(view, other, &common);
	contained = textsketch_measure(TEXTSKETCH_CONTAINED, &common);
	contains = textsketch_measure(TEXTSKETCH_CONTAINS, &common);
	pair.resemblance = textsketch_measure(TEXTSKETCH_RESEMBLES, &common);
	if (join->mode == TEXTSKETCH_OVERLAPS)
	{
		if (contained < join->threshold ||
			(contains >= join->threshold && !first))
			return;
	}
	else if (textsketch_measure(join->mode, &common) < join->threshold)
		return;

	pair.a = swap ? other_place : place;
	pair.b = swap ? place : other_place;
	pair.a_in_b = swap ? contains : contained;
	pair.b_in_a = swap ? contained : contains;
	join->sink(join->arg, &pair);
}

/* So many elements, at least, must a sketch have in common with one of the block. */
static uint32
needed_of(const SketchJoin *join, const SketchBlock *block, const TextsketchView *view,
		  bool before)
{
	uint32		last = view->last;

	if (join->mode == TEXTSKETCH_SHARES)
		return (uint32) Min(ceil(join->threshold), PG_UINT32_MAX);

	/*
	 * Below both thetas this sketch has as many elements at least as up to
	 * "last", and so many have to be common.  In a block that comes before it,
	 * thetas are no smaller than its own.
	 */
	if (!before)
		last = Min(last, block->smallest_last);
	return textsketch_needed(join->threshold, textsketch_count_upto(view, last));
}

/*
 * Look a sketch up in a block, as the one of smaller theta, or as the one
 * contained.  "number" is its place in the order of thetas.
 */
static void
search_block(SketchJoin *join, const Lookup *lookup, SketchBlock *block,
			 const TextsketchView *view, uint32 place, uint32 number)
{
	bool		same = lookup->indexed == lookup->searched;
	bool		before = same && join->mode != TEXTSKETCH_OVERLAPS;
	uint32		limit = block->n;
	uint32		largest = join->mode == TEXTSKETCH_SHARES ? PG_UINT32_MAX : block->largest_last;
	uint32		needed = needed_of(join, block, view, before);
	uint32		n,
				common,
				keep,
				nfound;

	/* Symmetric measures are the same both ways: the other sketch comes before. */
	if (before)
		limit = Min(limit, number - block->first);
	n = copy_elements(join, view, Min(last_counted(join, view), largest));
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
		uint32		other_place = block->places[k];
		TextsketchView other;

		CHECK_FOR_INTERRUPTS();
		if (same && block->first + k == number)
			continue;
		textsketch_view(block->sketches[k], &other);
		if (same)
			compare_sketches(join, view, place, &other, other_place,
							 number < block->first + k, other_place < place);
		else
			compare_sketches(join, view, place, &other, other_place, !lookup->again,
							 lookup->searched == &join->sides[1]);
	}
}

static void
look_up(SketchJoin *join, const Lookup *lookup)
{
	bool		same = lookup->indexed == lookup->searched;
	MemoryContext row_context = AllocSetContextCreate(join->context, "pairs of a sketch",
													  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row_context);
	uint32		first = 0;

	while (first < lookup->indexed->ids.n)
	{
		SketchBlock block;
		Textsketch *sketch;
		TextsketchView view;
		uint32		place;
		uint32		number = same && join->mode != TEXTSKETCH_OVERLAPS ? first : 0;

		read_block(join, lookup->indexed, first, &block);
		rewind_to(lookup->searched, number);
		for (; next_sketch(join, lookup->searched, &sketch, &view, &place); number++)
		{
			search_block(join, lookup, &block, &view, place, number);
			MemoryContextReset(row_context);
		}
		first += block.n;
		MemoryContextDelete(block.context);
	}
	MemoryContextSwitchTo(caller);
}

/* The smaller side is indexed; when one is to contain the other, each one is. */
static void
look_up_sides(SketchJoin *join)
{
	int			smaller = join->sides[0].ids.n <= join->sides[1].ids.n ? 0 : 1;
	Lookup		lookup = {&join->sides[smaller], &join->sides[1 - smaller], false};
	Lookup		back = {lookup.searched, lookup.indexed, true};

	look_up(join, &lookup);
	if (join->mode == TEXTSKETCH_OVERLAPS)
		look_up(join, &back);
}

void
sketch_join_begin(SketchJoin *join, const QueryFunction *function, TextsketchMode mode,
				  double threshold)
{
	MemoryContext caller;
	TupleDesc	desc;
	int			bits = 8;

	memset(join, 0, sizeof(SketchJoin));
	textsketch_check_threshold(mode, threshold);
	join->function = function;
	join->mode = mode;
	join->threshold = threshold;
	join->context = function->context;
	join->env = limited_env(join->context);
	while (bits < MAX_COUNTS_BITS && (Size) 64 << bits <= block_memory())
		bits++;
	element_counts_init(&join->counts, bits, &join->env);

	/* What goes with the sort doesn't count towards the limit either. */
	caller = MemoryContextSwitchTo(MemoryContextGetParent(join->context));
	join->sketch_type = query_own_type(function, "textsketch");
	desc = CreateTemplateTupleDesc(SORT_COLUMNS);
	TupleDescInitEntry(desc, 1, "theta", INT8OID, -1, 0);
	TupleDescInitEntry(desc, 2, "row", INT4OID, -1, 0);
	TupleDescInitEntry(desc, 3, "sketch", join->sketch_type, -1, 0);
	TupleDescFinalize(desc);
	join->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	join->input = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	MemoryContextSwitchTo(caller);

	for (int i = 0; i < function->nqueries; i++)
	{
		idlist_init(&join->sides[i].ids, function->name, function->id_type, join->context);
		begin_sort(join, &join->sides[i]);
	}
}

void
sketch_join_run(SketchJoin *join, SketchPairSink sink, void *arg)
{
	Lookup		lookup = {&join->sides[0], &join->sides[0], false};

	join->sink = sink;
	join->arg = arg;
	if (join->function->nqueries == 2)
		look_up_sides(join);
	else
		look_up(join, &lookup);
}

void
sketch_join_end(SketchJoin *join)
{
	for (int i = 0; i < join->function->nqueries; i++)
		tuplesort_end(join->sides[i].sort);
	ExecDropSingleTupleTableSlot(join->input);
	ExecDropSingleTupleTableSlot(join->slot);
}
