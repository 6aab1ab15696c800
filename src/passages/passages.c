/*-------------------------------------------------------------------------
 *
 * passages.c
 *	  Which runs of words two texts share.
 *
 * In four steps: leave out the words that are in no shared run of the length
 * asked for, which in most texts is nearly all; find the runs of the rest with
 * the automaton of the other text; if gaps are allowed, lengthen them across
 * gaps; leave out what is inside of longer ones.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/passages.h"

#include <string.h>

/* An odd number, for hashes of runs of words. */
#define RUN_MULTIPLIER UINT64_C(0x9FB21C651E98DF25)

#define FIRST_ROOM 64

typedef struct PassageList
{
	Passage    *passage;
	uint32_t	n;
	uint32_t	room;
} PassageList;


/*
 * Which words are in shared runs of "length" words.  Runs are known by their
 * hashes here: where these meet by chance a word more is kept, which does no
 * harm.
 */

typedef struct RunHash
{
	const uint64_t *words;
	uint32_t	length;
	uint64_t	first_weight;	/* of the first word in the hash */
	uint64_t	hash;
} RunHash;

static void
run_hash_init(RunHash *run, const uint64_t *words, uint32_t length, const RawEnv *env)
{
	run->words = words;
	run->length = length;
	run->first_weight = 1;
	run->hash = words[0];
	for (uint32_t i = 1; i < length; i++)
	{
		raw_check(env, i);
		run->first_weight *= RUN_MULTIPLIER;
		run->hash = run->hash * RUN_MULTIPLIER + words[i];
	}
}

/* Go on by a word. */
static inline void
run_hash_next(RunHash *run)
{
	run->hash -= run->words[0] * run->first_weight;
	run->hash = run->hash * RUN_MULTIPLIER + run->words[run->length];
	run->words++;
}

/* The runs of a text, of which none is counted yet. */
static void
runs_fill(HashCounts *runs, const PassageText *text, uint32_t length, const RawEnv *env)
{
	uint32_t	room = 64;
	RunHash		run;

	while (room < text->nwords)
		room *= 2;
	hashcounts_init(runs, room, env);

	run_hash_init(&run, text->words, length, env);
	for (uint32_t i = 0;; i++)
	{
		raw_check(env, i);
		hashcounts_number(runs, run.hash);
		if (i + length == text->nwords)
			break;
		run_hash_next(&run);
	}
}

/*
 * Which words of a text are in runs that were counted at least "least" times.
 * Counts the runs.
 */
static bool *
words_in_runs(HashCounts *runs, uint32_t least, const PassageText *text, uint32_t length,
			  const RawEnv *env)
{
	bool	   *in_run = raw_alloc_zero(env, text->nwords);
	uint32_t	done = 0;		/* words marked, or to be left */
	RunHash		run;

	run_hash_init(&run, text->words, length, env);
	for (uint32_t i = 0;; i++)
	{
		uint32_t	number = hashcounts_find(runs, run.hash);

		raw_check(env, i);
		if (number != HASHCOUNTS_NONE && runs->counts[number] >= least)
		{
			runs->counts[number]++;
			if (done < i)
				done = i;
			memset(in_run + done, true, i + length - done);
			done = i + length;
		}
		if (i + length == text->nwords)
			break;
		run_hash_next(&run);
	}
	return in_run;
}

/* in_run[0][i] and in_run[1][i]: is word i in a shared run? */
static void
find_words_in_runs(const PassageText text[2], uint32_t length, const RawEnv *env,
				   bool *in_run[2])
{
	HashCounts	runs;

	runs_fill(&runs, &text[0], length, env);
	in_run[1] = words_in_runs(&runs, 0, &text[1], length, env);
	in_run[0] = words_in_runs(&runs, 1, &text[0], length, env);
	hashcounts_free(&runs);
}


/*
 * The runs of one text that occur in the other, each with its first place
 * there.
 */

static void
add_passage(PassageList *list, Passage passage, const RawEnv *env)
{
	if (list->n == list->room)
	{
		list->room *= 2;
		list->passage = raw_enlarge(env, list->passage, list->n * sizeof(Passage),
									list->room * sizeof(Passage));
	}
	list->passage[list->n++] = passage;
}

static void
build_automaton(Automaton *automaton, const PassageText *text, const bool *in_run,
				const RawEnv *env)
{
	automaton_init(automaton, env);
	for (uint32_t i = 0; i < text->nwords; i++)
	{
		raw_check(env, i);
		if (in_run[i])
			automaton_add(automaton, text->words[i], i + 1);
		else
			automaton_break(automaton);
	}
}

/* Add the run of a match that ends before word "end" of text "side". */
static void
add_run(PassageList *list, const Automaton *automaton, const AutomatonMatch *match,
		int side, uint32_t end, const RawEnv *env)
{
	Passage		passage;

	passage.begin[side] = end - match->length;
	passage.begin[!side] = automaton_first_end(automaton, match) - match->length;
	passage.length[0] = passage.length[1] = passage.shared = match->length;
	passage.side = side;
	add_passage(list, passage, env);
}

/*
 * Add the runs of text "side" of at least "length" words that occur in the
 * other, and would not with a word more on either side.
 */
static void
find_runs(PassageList *list, const PassageText text[2], bool *const in_run[2],
		  int side, uint32_t length, const RawEnv *env)
{
	const PassageText *own = &text[side];
	AutomatonMatch match = {AUTOMATON_ROOT, 0};
	Automaton	automaton;

	build_automaton(&automaton, &text[!side], in_run[!side], env);
	for (uint32_t i = 0; i < own->nwords; i++)
	{
		AutomatonMatch before = match;

		raw_check(env, i);
		if (in_run[side][i])
			automaton_step(&automaton, &match, own->words[i]);
		else
			match = (AutomatonMatch) {AUTOMATON_ROOT, 0};
		/* each is the longest one that ends there, so begins don't go back */
		if (before.length >= length && match.length != before.length + 1)
			add_run(list, &automaton, &before, side, i, env);
	}
	if (match.length >= length)
		add_run(list, &automaton, &match, side, own->nwords, env);
	automaton_free(&automaton);
}


/*
 * Across gaps.
 */

/* Words from (i, j) on that are the same, "most" at most. */
static uint32_t
same_forward(const PassageText text[2], uint32_t i, uint32_t j, uint32_t most,
			 const RawEnv *env)
{
	uint32_t	n = 0;

	while (n < most && i + n < text[0].nwords && j + n < text[1].nwords &&
		   text[0].words[i + n] == text[1].words[j + n])
		raw_check(env, ++n);
	return n;
}

/* Words before (i, j) that are the same. */
static uint32_t
same_backward(const PassageText text[2], uint32_t i, uint32_t j, uint32_t most,
			  const RawEnv *env)
{
	uint32_t	n = 0;

	while (n < most && n < i && n < j &&
		   text[0].words[i - n - 1] == text[1].words[j - n - 1])
		raw_check(env, ++n);
	return n;
}

/*
 * From (i, j) on, forward or backward, the nearest gap behind which a run of
 * more words than the gap has on its longer side follows: "x" words of a and
 * "y" of b; "x" + "y" is smallest, then x.  Returns the length of the run,
 * 0 if there is none.
 */
static uint32_t
cross_gap(const PassageText text[2], bool forward, uint32_t i, uint32_t j,
		  uint32_t gap, uint32_t *x, uint32_t *y, const RawEnv *env)
{
	uint32_t	left_a = forward ? text[0].nwords - i : i;
	uint32_t	left_b = forward ? text[1].nwords - j : j;

	for (uint32_t both = 1; both <= 2 * gap; both++)
	{
		for (*x = both > gap ? both - gap : 0; *x <= gap && *x <= both; (*x)++)
		{
			uint32_t	longer;

			*y = both - *x;
			longer = *x > *y ? *x : *y;
			if (*x >= left_a || *y >= left_b)
				continue;
			if (forward)
			{
				if (same_forward(text, i + *x, j + *y, longer + 1, env) > longer)
					return same_forward(text, i + *x, j + *y, UINT32_MAX, env);
			}
			else if (same_backward(text, i - *x, j - *y, longer + 1, env) > longer)
				return same_backward(text, i - *x, j - *y, UINT32_MAX, env);
		}
	}
	return 0;
}

/* Lengthen a passage across gaps, first to its end and then to its begin. */
static void
lengthen(Passage *passage, const PassageText text[2], uint32_t gap, const RawEnv *env)
{
	uint32_t	x;
	uint32_t	y;
	uint32_t	run;

	for (;;)
	{
		env->check(env->arg);
		run = cross_gap(text, true, passage->begin[0] + passage->length[0],
						passage->begin[1] + passage->length[1], gap, &x, &y, env);
		if (run == 0)
			break;
		passage->length[0] += x + run;
		passage->length[1] += y + run;
		passage->shared += run;
	}
	for (;;)
	{
		env->check(env->arg);
		run = cross_gap(text, false, passage->begin[0], passage->begin[1], gap, &x, &y, env);
		if (run == 0)
			break;
		passage->begin[0] -= x + run;
		passage->begin[1] -= y + run;
		passage->length[0] += x + run;
		passage->length[1] += y + run;
		passage->shared += run;
	}
}


/*
 * Sorting, and leaving out what is inside of another.
 */

/* Larger ones come first, then those that begin earlier. */
static int
compare_places(const Passage *p, const Passage *q, uint64_t size_p, uint64_t size_q)
{
	if (size_p != size_q)
		return size_p > size_q ? -1 : 1;
	for (int side = 0; side < 2; side++)
	{
		if (p->begin[side] != q->begin[side])
			return p->begin[side] < q->begin[side] ? -1 : 1;
	}
	if (p->side != q->side)
		return p->side < q->side ? -1 : 1;
	return p->number < q->number ? -1 : p->number > q->number;
}

static int
compare_shared(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;

	return compare_places(p, q, p->shared, q->shared);
}

static int
compare_lengths(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;

	return compare_places(p, q, (uint64_t) p->length[0] + p->length[1],
						  (uint64_t) q->length[0] + q->length[1]);
}

/* Those that are equal stay in their order. */
static void
sort_passages(PassageList *list, int (*compare) (const void *a, const void *b), const RawEnv *env)
{
	for (uint32_t i = 0; i < list->n; i++)
	{
		raw_check(env, i);
		list->passage[i].number = i;
	}
	env->sort(list->passage, list->n, sizeof(Passage), compare);
}

/*
 * Parts of a text, to tell whether another one is inside of one of them.  A
 * binary indexed tree (Fenwick 1994) of maxima: of the parts that begin at or
 * before a word, where does the last one end?
 */
typedef struct Parts
{
	uint32_t   *end;
	uint32_t	nwords;
} Parts;

static void
parts_init(Parts *parts, uint32_t nwords, const RawEnv *env)
{
	parts->end = raw_alloc_zero(env, (nwords + 1) * sizeof(uint32_t));
	parts->nwords = nwords;
}

static void
parts_add(Parts *parts, uint32_t begin, uint32_t end)
{
	for (uint32_t i = begin + 1; i <= parts->nwords; i += i & -i)
	{
		if (parts->end[i] < end)
			parts->end[i] = end;
	}
}

static bool
parts_hold(const Parts *parts, uint32_t begin, uint32_t end)
{
	for (uint32_t i = begin + 1; i > 0; i -= i & -i)
	{
		if (parts->end[i] >= end)
			return true;
	}
	return false;
}

/* Is the passage, in text "side", inside of one of the parts? */
static bool
is_inside(const Parts parts[2], const Passage *passage, int side)
{
	return parts_hold(&parts[side], passage->begin[side],
					  passage->begin[side] + passage->length[side]);
}

static void
add_parts(Parts parts[2], const Passage *passage)
{
	for (int side = 0; side < 2; side++)
		parts_add(&parts[side], passage->begin[side],
				  passage->begin[side] + passage->length[side]);
}

/*
 * Make passages of runs: go through them in their order, leave out those that
 * are, in the text for whose sake they were found, inside of a passage made
 * before, lengthen the others, and keep what has "min_words" shared words.
 */
static void
make_passages(PassageList *list, const PassageText text[2], uint32_t min_words,
			  uint32_t gap, const RawEnv *env)
{
	Parts		parts[2];
	uint32_t	kept = 0;

	parts_init(&parts[0], text[0].nwords, env);
	parts_init(&parts[1], text[1].nwords, env);
	for (uint32_t i = 0; i < list->n; i++)
	{
		Passage		passage = list->passage[i];

		raw_check(env, i);
		if (is_inside(parts, &passage, passage.side))
			continue;
		if (gap > 0)
			lengthen(&passage, text, gap, env);
		if (passage.shared < min_words)
			continue;
		add_parts(parts, &passage);
		list->passage[kept++] = passage;
	}
	list->n = kept;
	env->free(env->arg, parts[0].end);
	env->free(env->arg, parts[1].end);
}

/*
 * Leave out passages that are, in both texts, inside of one before or of two
 * before, one in each text.  Without a gap there are none.
 */
static void
keep_outermost(PassageList *list, const PassageText text[2], const RawEnv *env)
{
	Parts		parts[2];
	uint32_t	kept = 0;

	parts_init(&parts[0], text[0].nwords, env);
	parts_init(&parts[1], text[1].nwords, env);
	for (uint32_t i = 0; i < list->n; i++)
	{
		Passage		passage = list->passage[i];

		raw_check(env, i);
		if (is_inside(parts, &passage, 0) && is_inside(parts, &passage, 1))
			continue;
		add_parts(parts, &passage);
		list->passage[kept++] = passage;
	}
	list->n = kept;
	env->free(env->arg, parts[0].end);
	env->free(env->arg, parts[1].end);
}

/*
 * The passages that two texts share, those of most shared words first.  They
 * are allocated by "env", for the caller to free; NULL if a text is too short
 * to have any.
 * min_words is at least 1, gap PASSAGES_MAX_GAP at most.
 *
 * Time and memory are linear in the number of words without a gap (sorting
 * apart); up to 40 bytes a word, and some 200 more for each that is in a
 * shared run.  There are fewer passages than words in both texts together.
 */
Passage *
passages_find(const PassageText text[2], uint32_t min_words, uint32_t gap,
			  const RawEnv *env, uint32_t *npassages)
{
	/* of two runs around a gap, one has half of the words */
	uint32_t	length = gap > 0 ? min_words / 2 + min_words % 2 : min_words;
	PassageList list = {NULL, 0, FIRST_ROOM};
	bool	   *in_run[2];

	*npassages = 0;
	if (text[0].nwords < length || text[1].nwords < length)
		return NULL;

	list.passage = env->alloc(env->arg, FIRST_ROOM * sizeof(Passage));
	find_words_in_runs(text, length, env, in_run);
	for (int side = 0; side < 2; side++)
		find_runs(&list, text, in_run, side, length, env);
	for (int side = 0; side < 2; side++)
		env->free(env->arg, in_run[side]);

	sort_passages(&list, compare_shared, env);
	make_passages(&list, text, min_words, gap, env);
	if (gap > 0)
	{
		/* one lengthened later may be around one lengthened before */
		sort_passages(&list, compare_lengths, env);
		keep_outermost(&list, text, env);
		sort_passages(&list, compare_shared, env);
	}
	*npassages = list.n;
	return list.passage;
}

/*
 * Which words of text "side", of nwords, are in at least one passage; allocated
 * by "env", for the caller to free.
 */
bool *
passages_mark(const Passage *passages, uint32_t npassages, int side, uint32_t nwords,
			  const RawEnv *env)
{
	uint32_t   *end = raw_alloc_zero(env, (nwords + 1) * sizeof(uint32_t));
	bool	   *marks = env->alloc(env->arg, (nwords + 1) * sizeof(bool));
	uint32_t	reached = 0;

	for (uint32_t i = 0; i < npassages; i++)
	{
		uint32_t	begin = passages[i].begin[side];

		raw_check(env, i);
		if (end[begin] < begin + passages[i].length[side])
			end[begin] = begin + passages[i].length[side];
	}
	for (uint32_t i = 0; i < nwords; i++)
	{
		raw_check(env, i);
		if (reached < end[i])
			reached = end[i];
		marks[i] = i < reached;
	}
	env->free(env->arg, end);
	return marks;
}

/* How many that are. */
uint32_t
passages_covered(const Passage *passages, uint32_t npassages,
				 int side, uint32_t nwords, const RawEnv *env)
{
	bool	   *marks = passages_mark(passages, npassages, side, nwords, env);
	uint32_t	covered = 0;

	for (uint32_t i = 0; i < nwords; i++)
	{
		raw_check(env, i);
		covered += marks[i];
	}
	env->free(env->arg, marks);
	return covered;
}
