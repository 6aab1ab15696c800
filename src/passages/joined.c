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

static int
compare_begins(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;

	for (int side = 0; side < 2; side++)
	{
		if (p->begin[side] != q->begin[side])
			return p->begin[side] < q->begin[side] ? -1 : 1;
	}
	return p->number < q->number ? -1 : p->number > q->number;
}

static int
compare_shared(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;

	if (p->shared != q->shared)
		return p->shared > q->shared ? -1 : 1;
	return compare_begins(a, b);
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

/*
 * Make a passage part of a joined one.  Passages come in the order of a, and
 * joined->number is how far words of a are counted.
 */
static void
join(Passage *joined, const Passage *passage)
{
	uint32_t	end = end_of(passage, 0);
	uint32_t	counted = passage->begin[0] > joined->number ? passage->begin[0] : joined->number;
	uint32_t	fresh = end > counted ? end - counted : 0;

	joined->shared += fresh < passage->shared ? fresh : passage->shared;
	if (joined->number < end)
		joined->number = end;
	for (int side = 0; side < 2; side++)
	{
		uint32_t	last = end_of(joined, side);

		if (last < end_of(passage, side))
			last = end_of(passage, side);
		if (joined->begin[side] > passage->begin[side])
			joined->begin[side] = passage->begin[side];
		joined->length[side] = last - joined->begin[side];
		/* a run that b has once may stand in a repeatedly */
		if (joined->shared > joined->length[side])
			joined->shared = joined->length[side];
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
	uint32_t	n = 0;

	if (npassages == 0)
		return 0;
	env->sort(passages, npassages, sizeof(Passage), compare_begins);
	for (uint32_t i = 0; i < npassages; i++)
	{
		Passage		passage = passages[i];
		uint32_t	k = n;

		raw_check(env, i);
		while (k > 0 && n - k < OPEN_MAX &&
			   !(is_near(&passages[k - 1], &passage, 0, within) &&
				 is_near(&passages[k - 1], &passage, 1, within)))
			k--;
		if (k > 0 && n - k < OPEN_MAX)
			join(&passages[k - 1], &passage);
		else
		{
			passage.number = end_of(&passage, 0);
			passages[n++] = passage;
		}
	}
	env->sort(passages, n, sizeof(Passage), compare_shared);
	return n;
}
