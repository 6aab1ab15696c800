/*-------------------------------------------------------------------------
 *
 * changes.c
 *	  What was kept, removed, added, replaced and moved between two texts.
 *
 * In four steps: align the texts; leave out runs that are no longer than the
 * changes around them; among what is removed and what is added, find the runs
 * that were moved; say the rest.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/changes.h"

#define FIRST_ROOM 64

/* Words of passages that are looked at for moves, at most, for one of the texts. */
#define MOVE_WORK 16

/* Words between two runs, in the text where they are more. */
static uint32_t
change_between(const AlignedRun *before, const AlignedRun *behind)
{
	uint32_t	in_a = behind->begin[0] - before->begin[0] - before->length;
	uint32_t	in_b = behind->begin[1] - before->begin[1] - before->length;

	return in_a > in_b ? in_a : in_b;
}

/*
 * Leave out runs that are no longer than the changes on both of their sides,
 * as the semantic cleanup of Fraser's diff-match-patch does (2006): what is
 * left of a sentence is no news.  Where one is left out, the change before the
 * next is longer, and those before are looked at again.
 */
static uint32_t
drop_chance_runs(AlignedRun *runs, uint32_t nruns, const PassageText text[2], const RawEnv *env)
{
	const AlignedRun begin = {{0, 0}, 0};
	const AlignedRun end = {{text[0].nwords, text[1].nwords}, 0};
	uint32_t	kept = 0;

	for (uint32_t i = 0; i < nruns; i++)
	{
		const AlignedRun *next = i + 1 < nruns ? &runs[i + 1] : &end;

		raw_check(env, i);
		runs[kept++] = runs[i];
		while (kept > 0)
		{
			const AlignedRun *run = &runs[kept - 1];

			if (run->length > change_between(kept > 1 ? run - 1 : &begin, run) ||
				run->length > change_between(run, next))
				break;
			kept--;
		}
	}
	return kept;
}


/*
 * Moves.
 */

/*
 * Words that are kept become what is in no other place, so that no passage is
 * found across them.
 */
static PassageText
changed_words(const PassageText *text, int side, const bool *taken, const RawEnv *env)
{
	uint64_t   *words = env->alloc(env->arg, (text->nwords + 1) * sizeof(uint64_t));

	for (uint32_t i = 0; i < text->nwords; i++)
	{
		raw_check(env, i);
		words[i] = taken[i] ? 2 * (uint64_t) i + (unsigned) side : text->words[i];
	}
	return (PassageText) {words, text->nwords};
}

typedef struct MoveList
{
	AlignedRun *move;
	uint32_t	n;
	uint32_t	room;
	uint64_t	work;			/* words that may still be looked at */
} MoveList;

static void
add_move(MoveList *list, AlignedRun run, bool *taken[2], const RawEnv *env)
{
	if (list->n == list->room)
	{
		list->room *= 2;
		list->move = raw_enlarge(env, list->move, list->n * sizeof(AlignedRun),
								 list->room * sizeof(AlignedRun));
	}
	list->move[list->n++] = run;
	for (int side = 0; side < 2; side++)
		memset(taken[side] + run.begin[side], true, run.length);
}

/* Add what is left of a passage by others before it. */
static void
add_moves(MoveList *list, const Passage *passage, bool *taken[2], const RawEnv *env)
{
	uint32_t	begin = 0;

	for (uint32_t i = 0; i <= passage->shared && list->work > 0; i++, list->work--)
	{
		raw_check(env, i);
		if (i < passage->shared && !taken[0][passage->begin[0] + i] &&
			!taken[1][passage->begin[1] + i])
			continue;
		if (i - begin >= CHANGES_MIN_MOVED)
			add_move(list, (AlignedRun) {{passage->begin[0] + begin, passage->begin[1] + begin},
					 i - begin}, taken, env);
		begin = i + 1;
	}
}

/* Find moves among the words that aren't taken, which those then are. */
static void
find_moves(MoveList *list, const PassageText text[2], bool *taken[2], const RawEnv *env)
{
	const PassageText changed[2] = {
		changed_words(&text[0], 0, taken[0], env),
		changed_words(&text[1], 1, taken[1], env)
	};
	uint32_t	npassages;
	Passage    *passages = passages_find(changed, CHANGES_MIN_MOVED, 0, env, &npassages);

	*list = (MoveList) {env->alloc(env->arg, FIRST_ROOM * sizeof(AlignedRun)), 0, FIRST_ROOM,
	MOVE_WORK * ((uint64_t) text[0].nwords + text[1].nwords)};
	for (uint32_t i = 0; i < npassages; i++)
		add_moves(list, &passages[i], taken, env);
	if (passages != NULL)
		env->free(env->arg, passages);
	for (int side = 0; side < 2; side++)
		env->free(env->arg, (void *) changed[side].words);
}


/*
 * What is said.
 */

typedef struct ChangeList
{
	Change	   *change;
	uint32_t	n;
	uint32_t	room;
} ChangeList;

static void
add_change(ChangeList *list, ChangeKind kind, const uint32_t begin[2], uint32_t in_old,
		   uint32_t in_new, const RawEnv *env)
{
	if (list->n == list->room)
	{
		list->room *= 2;
		list->change = raw_enlarge(env, list->change, list->n * sizeof(Change),
								   list->room * sizeof(Change));
	}
	list->change[list->n++] = (Change) {kind, {begin[0], begin[1]}, {in_old, in_new}};
}

/* The first word from "i" to "end" that is or isn't taken, or "end". */
static uint32_t
skip_words(const bool *taken, bool is, uint32_t i, uint32_t end, const RawEnv *env)
{
	for (; i < end && taken[i] != is; i++)
		raw_check(env, i);
	return i;
}

/*
 * Say what a gap between two runs is.  *move is the next move, in the order of
 * the new text.
 */
static void
add_gap(ChangeList *list, const uint32_t begin[2], const uint32_t end[2],
		bool *const taken[2], const AlignedRun **move, const RawEnv *env)
{
	uint32_t	at[2] = {begin[0], begin[1]};

	/* nothing moved: the usual case */
	if (skip_words(taken[0], true, begin[0], end[0], env) == end[0] &&
		skip_words(taken[1], true, begin[1], end[1], env) == end[1])
	{
		uint32_t	in_old = end[0] - begin[0];
		uint32_t	in_new = end[1] - begin[1];

		if (in_old > 0 || in_new > 0)
			add_change(list, in_new == 0 ? CHANGE_REMOVED : in_old == 0 ? CHANGE_ADDED : CHANGE_REPLACED,
					   begin, in_old, in_new, env);
		return;
	}
	while ((at[0] = skip_words(taken[0], false, at[0], end[0], env)) < end[0])
	{
		uint32_t	behind = skip_words(taken[0], true, at[0], end[0], env);

		add_change(list, CHANGE_REMOVED, at, behind - at[0], 0, env);
		at[0] = behind;
	}
	while (at[1] < end[1])
	{
		if (taken[1][at[1]])
		{
			const AlignedRun *run = (*move)++;

			add_change(list, CHANGE_MOVED, run->begin, run->length, run->length, env);
			at[1] += run->length;
		}
		else
		{
			uint32_t	behind = skip_words(taken[1], true, at[1], end[1], env);

			add_change(list, CHANGE_ADDED, at, 0, behind - at[1], env);
			at[1] = behind;
		}
	}
}

static int
compare_in_new(const void *a, const void *b)
{
	const AlignedRun *p = a;
	const AlignedRun *q = b;

	return p->begin[1] < q->begin[1] ? -1 : p->begin[1] > q->begin[1];
}

/*
 * The changes from text[0] to text[1], whose runs words_align() found; these
 * may be left out here.  They come in the order of the new text; what is removed is
 * where it is missed.  Every word of each text is in one of them.  Moves needn't
 * be looked for where no passage is as long.
 * They are allocated by "env", for the caller to free.
 */
Change *
changes_find(const PassageText text[2], AlignedRun *runs, uint32_t nruns, bool with_moves,
			 const RawEnv *env, uint32_t *nchanges)
{
	ChangeList	list = {env->alloc(env->arg, FIRST_ROOM * sizeof(Change)), 0, FIRST_ROOM};
	bool	   *taken[2];
	bool	   *moved[2];
	MoveList	moves = {NULL, 0, 0, 0};
	const AlignedRun *move;
	uint32_t	at[2] = {0, 0};

	nruns = drop_chance_runs(runs, nruns, text, env);
	for (int side = 0; side < 2; side++)
	{
		taken[side] = raw_alloc_zero(env, text[side].nwords + 1);
		moved[side] = raw_alloc_zero(env, text[side].nwords + 1);
		for (uint32_t i = 0; i < nruns; i++)
		{
			raw_check(env, i);
			memset(taken[side] + runs[i].begin[side], true, runs[i].length);
		}
	}
	if (with_moves)
		find_moves(&moves, text, taken, env);
	if (moves.n > 1)
		env->sort(moves.move, moves.n, sizeof(AlignedRun), compare_in_new);
	for (uint32_t i = 0; i < moves.n; i++)
	{
		raw_check(env, i);
		for (int side = 0; side < 2; side++)
			memset(moved[side] + moves.move[i].begin[side], true, moves.move[i].length);
	}

	move = moves.move;
	for (uint32_t i = 0; i < nruns; i++)
	{
		add_gap(&list, at, runs[i].begin, moved, &move, env);
		add_change(&list, CHANGE_KEPT, runs[i].begin, runs[i].length, runs[i].length, env);
		for (int side = 0; side < 2; side++)
			at[side] = runs[i].begin[side] + runs[i].length;
	}
	add_gap(&list, at, (const uint32_t[2]) {text[0].nwords, text[1].nwords}, moved, &move, env);

	for (int side = 0; side < 2; side++)
	{
		env->free(env->arg, taken[side]);
		env->free(env->arg, moved[side]);
	}
	if (moves.move != NULL)
		env->free(env->arg, moves.move);
	*nchanges = list.n;
	return list.change;
}
