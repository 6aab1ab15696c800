/*-------------------------------------------------------------------------
 *
 * story_summary.c
 *	  story_summary(query): what the stories of the rows of a query are about.
 *
 * The rows go to a tuplestore, and are read from there three times: twice to
 * weigh their terms, and once more for what is shown.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/serverenv.h"
#include "pairs/queryrows.h"
#include "stories/center.h"
#include "stories/story_corpus.h"
#include "stories/story_sources.h"
#include "stories/story_words.h"

PG_FUNCTION_INFO_V1(story_summary);

#define FUNCTION_NAME "story_summary"

/* The columns of the query. */
enum
{
	STORY, ID, TITLE, BODY, SOURCE, PUBLISHED, NCOLUMNS
};

/* Columns of the result. */
enum
{
	OUT_LEAD, OUT_STORY, OUT_ARTICLES, OUT_SOURCES, OUT_FIRST, OUT_LAST, OUT_TITLE, OUT_TERMS, NOUT
};

/* The rows of the query, stored, and read in their order. */
typedef struct SummaryRows
{
	Tuplestorestate *store;
	TupleTableSlot *slot;
	uint32		n;
	MemoryContext context;		/* of what is in the slot */
	int64		at;				/* the row in the slot; -1 for none */
} SummaryRows;

/* What is known of a row beside its text. */
typedef struct RowFact
{
	int64		story;
	int64		time;			/* or CORPUS_NO_TIME */
	uint32		row;
	uint32		source;			/* its number, or NO_SOURCE */
} RowFact;

#define NO_SOURCE PG_UINT32_MAX

/*
 * Rows
 */

static TupleDesc
row_descriptor(const QueryColumn *columns)
{
	TupleDesc	desc = CreateTemplateTupleDesc(NCOLUMNS);

	for (int i = 0; i < NCOLUMNS; i++)
		TupleDescInitEntry(desc, (AttrNumber) (i + 1), columns[i].name, columns[i].type, -1, 0);
	TupleDescFinalize(desc);
	return desc;
}

/* A QuerySink, of the rows that are in a story. */
static void
store_row(void *arg, const Datum *values, const bool *isnull)
{
	SummaryRows *rows = arg;

	if (isnull[STORY])
		return;
	if (rows->n == PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("query of %s has more than %d rows", FUNCTION_NAME, PG_INT32_MAX)));
	tuplestore_putvalues(rows->store, rows->slot->tts_tupleDescriptor,
						 unconstify(Datum *, values), unconstify(bool *, isnull));
	rows->n++;
}

/* Go to a row, which is before the one at hand only to begin again. */
static Datum
row_value(SummaryRows *rows, uint32 row, int column, bool *isnull)
{
	if (rows->at > row)
	{
		tuplestore_rescan(rows->store);
		rows->at = -1;
	}
	if (rows->at < row)
	{
		MemoryContext caller = MemoryContextSwitchTo(rows->context);

		if (!tuplestore_skiptuples(rows->store, row - rows->at - 1, true) ||
			!tuplestore_gettupleslot(rows->store, true, false, rows->slot))
			elog(ERROR, "row %u of %s is missing", row, FUNCTION_NAME);
		rows->at = row;
		MemoryContextSwitchTo(caller);
	}
	return slot_getattr(rows->slot, column + 1, isnull);
}

/* Text of a row, detoasted in the current memory context; NULL for none. */
static text *
row_text(SummaryRows *rows, uint32 row, int column)
{
	bool		isnull;
	Datum		value = row_value(rows, row, column, &isnull);

	return isnull ? NULL : DatumGetTextPP(value);
}

static uint64
row_terms(void *arg, uint32 row, TermSink sink, void *sink_arg)
{
	text	   *body = row_text(arg, row, BODY);
	text	   *title = row_text(arg, row, TITLE);
	uint64		nwords = 0;

	if (body != NULL)
		nwords = story_text_terms(VARDATA_ANY(body), VARSIZE_ANY_EXHDR(body), false, sink, sink_arg);
	if (nwords > 0 && title != NULL)
		nwords += story_text_terms(VARDATA_ANY(title), VARSIZE_ANY_EXHDR(title), true, sink, sink_arg);
	return nwords;
}

static int64
row_time(void *arg, uint32 row)
{
	bool		isnull;
	Datum		published = row_value(arg, row, PUBLISHED, &isnull);

	return story_time(published, isnull);
}

/* Rows by story, and within it by time, those without one last. */
static int
compare_facts(const void *pa, const void *pb, void *arg)
{
	const RowFact *a = pa;
	const RowFact *b = pb;

	(void) arg;
	if (a->story != b->story)
		return a->story < b->story ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static RowFact *
read_facts(SummaryRows *rows, uint32 nrows, StorySources *sources, const RawEnv *env)
{
	RowFact    *facts = env->alloc(env->arg, sizeof(RowFact) * (nrows + 1));

	for (uint32 row = 0; row < nrows; row++)
	{
		bool		isnull;
		Datum		source;

		CHECK_FOR_INTERRUPTS();
		facts[row].row = row;
		facts[row].story = DatumGetInt64(row_value(rows, row, STORY, &isnull));
		facts[row].time = row_time(rows, row);
		source = row_value(rows, row, SOURCE, &isnull);
		facts[row].source = isnull ? NO_SOURCE : story_sources_number(sources, source);
	}
	qsort_interruptible(facts, nrows, sizeof(RowFact), compare_facts, NULL);
	return facts;
}

/*
 * Stories
 */

/*
 * Put the articles of a story into the center, copies once, and find the row
 * nearest to it, of several the first one.  The caller takes them out again.
 */
static uint32
find_lead(Center *center, const RowFact *facts, uint32 n, bool *present)
{
	const Corpus *corpus = center->corpus;
	uint32		lead = facts[0].row;
	uint64		highest = 0;

	for (uint32 i = 0; i < n; i++)
	{
		uint32		article = corpus->article_of_row[facts[i].row];

		CHECK_FOR_INTERRUPTS();
		if (article == CORPUS_NONE || present[article])
			continue;
		present[article] = true;
		center_add(center, article, 1);
	}
	for (uint32 i = 0; i < n; i++)
	{
		uint32		article = corpus->article_of_row[facts[i].row];
		uint64		product;

		CHECK_FOR_INTERRUPTS();
		if (article == CORPUS_NONE)
			continue;
		product = center_product(center, article);
		if (product > highest)
		{
			highest = product;
			lead = facts[i].row;
		}
	}
	return lead;
}

static void
empty_center(Center *center, const RowFact *facts, uint32 n, bool *present)
{
	for (uint32 i = 0; i < n; i++)
	{
		uint32		article = center->corpus->article_of_row[facts[i].row];

		CHECK_FOR_INTERRUPTS();
		if (article == CORPUS_NONE || !present[article])
			continue;
		present[article] = false;
		center_add(center, article, -1);
	}
}

/* The distinct sources, that of the first article first. */
static Datum
distinct_sources(StorySources *sources, const RowFact *facts, uint32 n)
{
	story_sources_begin(sources);
	for (uint32 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (facts[i].source != NO_SOURCE)
			story_sources_add(sources, facts[i].source);
	}
	return story_sources_array(sources);
}

/* The times of the first and of the last article that have one. */
static void
time_span(const RowFact *facts, uint32 n, Datum *values, bool *nulls)
{
	uint32		last = n;

	while (last > 0 && facts[last - 1].time == CORPUS_NO_TIME)
		last--;
	nulls[OUT_FIRST] = last == 0;
	nulls[OUT_LAST] = last == 0;
	if (last > 0)
	{
		values[OUT_FIRST] = Int64GetDatum(facts[0].time);
		values[OUT_LAST] = Int64GetDatum(facts[last - 1].time);
	}
}

typedef struct Story
{
	const RowFact *facts;
	uint32		n;
	uint32		lead;
} Story;

static int
compare_leads(const void *pa, const void *pb, void *arg)
{
	const Story *a = pa;
	const Story *b = pb;

	(void) arg;
	return a->lead < b->lead ? -1 : a->lead > b->lead;
}

/* The stories, in the order of the rows of their leads. */
static Story *
find_stories(Center *center, const RowFact *facts, uint32 nrows, const RawEnv *env,
			 bool *present, uint32 *nstories)
{
	Story	   *stories = env->alloc(env->arg, sizeof(Story) * (nrows + 1));
	uint32		n = 0;

	for (uint32 first = 0; first < nrows; first += stories[n++].n)
	{
		Story	   *story = &stories[n];

		story->facts = &facts[first];
		story->n = 1;
		while (first + story->n < nrows && facts[first + story->n].story == facts[first].story)
			story->n++;
		story->lead = find_lead(center, story->facts, story->n, present);
		empty_center(center, story->facts, story->n, present);
	}
	qsort_interruptible(stories, n, sizeof(Story), compare_leads, NULL);
	*nstories = n;
	return stories;
}

static void
put_story(const QueryFunction *function, SummaryRows *rows, const Story *story,
		  StorySources *sources, Center *center, bool *present)
{
	Datum		values[NOUT];
	bool		nulls[NOUT] = {false};
	text	   *title = row_text(rows, story->lead, TITLE);
	text	   *body = row_text(rows, story->lead, BODY);

	values[OUT_LEAD] = row_value(rows, story->lead, ID, &nulls[OUT_LEAD]);
	values[OUT_STORY] = Int64GetDatum(story->facts[0].story);
	values[OUT_ARTICLES] = Int32GetDatum((int32) story->n);
	values[OUT_SOURCES] = distinct_sources(sources, story->facts, story->n);
	time_span(story->facts, story->n, values, nulls);
	values[OUT_TITLE] = PointerGetDatum(title);
	nulls[OUT_TITLE] = title == NULL;

	find_lead(center, story->facts, story->n, present);
	values[OUT_TERMS] = story_words(center, body, title);
	empty_center(center, story->facts, story->n, present);

	query_put(function, values, nulls);
}

/*
 * story_summary(query text [, id_type anyelement])
 * story_summary(relation regclass, story_column name, id_column name, title_column name,
 *				 body_column name, source_column name, published_column name
 *				 [, id_type anyelement])
 */
Datum
story_summary(PG_FUNCTION_ARGS)
{
	QueryFunction function;
	QueryColumn columns[NCOLUMNS] = {
		{"story", INT8OID}, {"id", InvalidOid}, {"title", TEXTOID},
		{"body", TEXTOID}, {"source", TEXTOID}, {"published", TIMESTAMPTZOID}
	};
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext row_context;
	MemoryContext story_context;
	SummaryRows rows;
	StorySource source = {FUNCTION_NAME, 0, &rows, row_terms, row_time};
	RawEnv		env;
	Corpus		corpus;
	Center		center;
	StorySources sources;
	RowFact    *facts;
	Story	   *stories;
	uint32		nstories;
	bool	   *present;

	query_function_begin(&function, fcinfo, FUNCTION_NAME, NCOLUMNS);
	columns[ID].type = function.id_type;

	/* The store has work_mem, and the disk, and doesn't count towards the limit. */
	row_context = AllocSetContextCreate(caller, "rows of a query", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(row_context);
	rows.store = tuplestore_begin_heap(true, false, work_mem);
	rows.slot = MakeSingleTupleTableSlot(row_descriptor(columns), &TTSOpsMinimalTuple);
	rows.n = 0;
	rows.context = row_context;
	rows.at = -1;
	query_read(&function, 0, columns, NCOLUMNS, store_row, &rows);
	source.nrows = rows.n;

	MemoryContextSwitchTo(function.context);
	env = limited_env(function.context);
	story_context = AllocSetContextCreate(function.context, "story", ALLOCSET_DEFAULT_SIZES);
	story_corpus_read(&source, &env, &corpus);
	center_init(&center, &corpus);
	present = env.alloc(env.arg, sizeof(bool) * (corpus.narticles + 1));
	memset(present, 0, sizeof(bool) * (corpus.narticles + 1));
	story_sources_init(&sources, source.nrows, function.context);
	facts = read_facts(&rows, source.nrows, &sources, &env);
	stories = find_stories(&center, facts, source.nrows, &env, present, &nstories);

	MemoryContextSwitchTo(story_context);
	for (uint32 i = 0; i < nstories; i++)
	{
		MemoryContextReset(story_context);
		put_story(&function, &rows, &stories[i], &sources, &center, present);
	}

	MemoryContextSwitchTo(caller);
	ExecDropSingleTupleTableSlot(rows.slot);
	tuplestore_end(rows.store);
	MemoryContextDelete(row_context);
	return query_function_end(&function);
}
