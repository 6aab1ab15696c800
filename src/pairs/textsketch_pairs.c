/*-------------------------------------------------------------------------
 *
 * textsketch_pairs.c
 *	  All pairs of the sketches of a query, or of one of each of two, that
 *	  reach a threshold: textsketch_pairs(query, threshold, measure).
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/sketch_join.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(textsketch_pairs);

typedef struct SketchPairs
{
	QueryFunction function;
	SketchJoin	join;
	SketchSide *side;			/* whose rows are read */
} SketchPairs;

/* A QuerySink. */
static void
add_row(void *arg, const Datum *values, const bool *isnull)
{
	SketchPairs *pairs = arg;

	sketch_join_add(&pairs->join, pairs->side, values, isnull);
}

/* A SketchPairSink. */
static void
put_pair(void *arg, const SketchPair *pair)
{
	SketchPairs *pairs = arg;
	const SketchSide *sides = pairs->join.sides;
	Datum		values[5];
	bool		nulls[5] = {false};

	values[0] = sides[0].ids.ids[pair->a];
	values[1] = sides[pairs->function.nqueries - 1].ids.ids[pair->b];
	/* By reference where a float8 is. */
	values[2] = Float8GetDatum(pair->resemblance);
	values[3] = Float8GetDatum(pair->a_in_b);
	values[4] = Float8GetDatum(pair->b_in_a);
	query_put(&pairs->function, values, nulls);
}

static TextsketchMode
mode_of_measure(const char *measure)
{
	if (strcmp(measure, "resemblance") == 0)
		return TEXTSKETCH_RESEMBLES;
	if (strcmp(measure, "containment") == 0)
		return TEXTSKETCH_OVERLAPS;
	if (strcmp(measure, "shares") == 0)
		return TEXTSKETCH_SHARES;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown measure: \"%s\"", measure),
			 errhint("Measures are \"resemblance\", \"containment\" and \"shares\".")));
}

/*
 * textsketch_pairs(query text, threshold float8, measure text [, id_type anyelement])
 * textsketch_pairs(relation regclass, id_column name, sketch_column name, threshold float8,
 *					measure text [, id_type anyelement])
 * textsketch_pairs(query text, other_query text, threshold float8, measure text
 *					[, id_type anyelement])
 * textsketch_pairs(relation regclass, id_column name, sketch_column name, other_relation regclass,
 *					other_id_column name, other_sketch_column name, threshold float8,
 *					measure text [, id_type anyelement])
 */
Datum
textsketch_pairs(PG_FUNCTION_ARGS)
{
	SketchPairs pairs;
	QueryFunction *function = &pairs.function;
	MemoryContext caller;
	QueryColumn columns[2];

	query_function_begin(function, fcinfo, "textsketch_pairs", 2);
	caller = MemoryContextSwitchTo(function->context);
	sketch_join_begin(&pairs.join, function,
					  mode_of_measure(text_to_cstring(PG_GETARG_TEXT_PP(function->first + 1))),
					  PG_GETARG_FLOAT8(function->first));

	columns[0] = (QueryColumn) {"id", function->id_type};
	columns[1] = (QueryColumn) {"sketch", pairs.join.sketch_type};
	for (int query = 0; query < function->nqueries; query++)
	{
		pairs.side = &pairs.join.sides[query];
		query_read(function, query, columns, 2, add_row, &pairs);
		sketch_join_sort(&pairs.join, pairs.side);
	}
	sketch_join_run(&pairs.join, put_pair, &pairs);
	sketch_join_end(&pairs.join);
	MemoryContextSwitchTo(caller);
	return query_function_end(function);
}
