/*-------------------------------------------------------------------------
 *
 * joined.c
 *	  Passages that lie near each other in both texts, as one.
 *
 * What was rewritten has many short passages, which say little one by one.
 * Those with a gap of a paragraph at most, in both texts, are of one source:
 * joined, they are what a reader would mark (Potthast and others 2010, "An
 * evaluation framework for plagiarism detection", where it is called
 * granularity how often a detection is in parts).
 *
 *-------------------------------------------------------------------------
 */
#include "passages/joined.h"

/*
 * Joined passages that the next one is held against: the last ones.  More are
 * near in one text and apart in the other only where texts repeat themselves.
 */
#define OPEN_MAX 64

/* By the group that they are in, then by their place in a or in b. */
static int
compare_groups(const Passage *p, const Passage *q, int side)
{
	if (p->number != q->number)
		return p->number < q->number ? -1 : 1;
	if (p->begin[side] != q->begin[side])
		return p->begin[side] < q->begin[side] ? -1 : 1;
	return p->begin[!side] < q->begin[!side] ? -1 : p->begin[!side] > q->begin[!side];
}

static int
compare_in_a(const void *a, const void *b)
{
	return compare_groups(a, b, 0);
}

static int
compare_in_b(const void *a, const void *b)
{
	return compare_groups(a, b, 1);
}

static int
compare_shared(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;

	if (p->shared != q->shared)
		return p->shared > q->shared ? -1 : 1;
	for (int side = 0; side < 2; side++)
	{
		if (p->begin[side] != q->begin[side])
			return p->begin[side] < q->begin[side] ? -1 : 1;
	}
	return 0;
}

static inline uint32_t
end_of(const Passage *passage, int side)
{
	return passage->begin[side] + passage->length[side];
}

/* Are two passages, in one text, no more than so many words apart? */
static bool
is_near(const Passage *p, const Passage *q, int side, uint32_t within)
{
	return p->begin[side] <= (uint64_t) end_of(q, side) + within &&
		q->begin[side] <= (uint64_t) end_of(p, side) + within;
}

/* Make a passage reach over another one. */
static void
reach_over(Passage *passage, const Passage *other)
{
	for (int side = 0; side < 2; side++)
	{
		uint32_t	end = end_of(passage, side);

		if (end < end_of(other, side))
			end = end_of(other, side);
		if (passage->begin[side] > other->begin[side])
			passage->begin[side] = other->begin[side];
		passage->length[side] = end - passage->begin[side];
	}
}

/*
 * The groups of passages that are to be joined, which are in the order of a:
 * what each group reaches over, in group[] at the number of its last passage;
 * the others have the number of a later one that they belong to.
 */
static Passage *
find_groups(const Passage *passages, uint32_t npassages, uint32_t within, const RawEnv *env)
{
	Passage    *group = env->alloc(env->arg, npassages * sizeof(Passage));
	uint32_t	open[OPEN_MAX];
	uint32_t	nopen = 0;

	for (uint32_t i = 0; i < npassages; i++)
	{
		uint32_t	k = nopen;

		raw_check(env, i);
		group[i] = passages[i];
		group[i].number = i;
		while (k > 0)
		{
			Passage    *other = &group[open[--k]];

			if (!is_near(other, &group[i], 0, within) || !is_near(other, &group[i], 1, within))
				continue;
			/* which may now be near others */
			reach_over(&group[i], other);
			other->number = i;
			memmove(&open[k], &open[k + 1], (--nopen - k) * sizeof(uint32_t));
			k = nopen;
		}
		if (nopen == OPEN_MAX)
			memmove(open, open + 1, --nopen * sizeof(uint32_t));
		open[nopen++] = i;
	}
	return group;
}

/*
 * How many words of a text are in the passages of each group, in words[] by its
 * number.  Passages are sorted by groups and places.
 */
static void
count_words(uint32_t *words, const Passage *passages, uint32_t npassages, int side,
			const RawEnv *env)
{
	uint32_t	reached = 0;

	for (uint32_t i = 0; i < npassages; i++)
	{
		const Passage *passage = &passages[i];
		uint32_t	end = end_of(passage, side);

		raw_check(env, i);
		if (i == 0 || passage->number != passages[i - 1].number)
			reached = words[passage->number] = 0;
		if (reached < passage->begin[side])
			reached = passage->begin[side];
		/* of one with gaps, what is shared is somewhere in it */
		if (end > reached)
		{
			words[passage->number] += end - reached < passage->shared ? end - reached : passage->shared;
			reached = end;
		}
	}
}

/*
 * Join passages that are no more than "within" words apart in both texts, in
 * any order, over and over.  Returns how many are left, those of most shared
 * words first.
 */
uint32_t
passages_join(Passage *passages, uint32_t npassages, uint32_t within, const RawEnv *env)
{
	Passage    *group;
	uint32_t   *words[2];
	uint32_t	n = 0;

	if (npassages == 0)
		return 0;
	for (uint32_t i = 0; i < npassages; i++)
	{
		raw_check(env, i);
		passages[i].number = 0;
	}
	env->sort(passages, npassages, sizeof(Passage), compare_in_a);
	group = find_groups(passages, npassages, within, env);
	for (uint32_t i = npassages; i-- > 0;)
	{
		raw_check(env, i);
		group[i].number = group[group[i].number].number;
		passages[i].number = group[i].number;
	}
	for (int side = 0; side < 2; side++)
	{
		words[side] = env->alloc(env->arg, npassages * sizeof(uint32_t));
		env->sort(passages, npassages, sizeof(Passage), side == 0 ? compare_in_a : compare_in_b);
		count_words(words[side], passages, npassages, side, env);
	}
	for (uint32_t i = 0; i < npassages; i++)
	{
		raw_check(env, i);
		if (group[i].number != i)
			continue;
		passages[n] = group[i];
		passages[n++].shared = words[words[1][i] < words[0][i]][i];
	}
	env->free(env->arg, words[0]);
	env->free(env->arg, words[1]);
	env->free(env->arg, group);
	env->sort(passages, n, sizeof(Passage), compare_shared);
	return n;
}
