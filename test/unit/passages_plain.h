/*-------------------------------------------------------------------------
 *
 * passages_plain.h
 *	  Shared passages by the definition of doc/passages.md, which looks at
 *	  every run, and what that page promises.  Words are not 0.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PASSAGES_PLAIN_H
#define PASSAGES_PLAIN_H

#include <stdlib.h>
#include <string.h>

#include "passages/passages.h"

/* Passages that are looked at, at most, of texts of n words each. */
#define PLAIN_PASSAGES_MAX(n) (2 * (n) * (n))

/* The first place in "text" of words[0 .. length - 1], or -1. */
static int
first_place(const PassageText *text, const uint64_t *words, uint32_t length)
{
	for (uint32_t i = 0; i + length <= text->nwords; i++)
	{
		if (memcmp(text->words + i, words, length * sizeof(uint64_t)) == 0)
			return (int) i;
	}
	return -1;
}

/* All runs of text "side" that the other has, and not with a word more. */
static uint32_t
slow_runs(const PassageText text[2], int side, uint32_t least, Passage *found)
{
	const PassageText *own = &text[side];
	uint32_t	n = 0;

	for (uint32_t i = 0; i < own->nwords; i++)
	{
		for (uint32_t length = least; i + length <= own->nwords; length++)
		{
			int			place = first_place(&text[!side], own->words + i, length);

			if (place < 0)
				break;
			if (i > 0 && first_place(&text[!side], own->words + i - 1, length + 1) >= 0)
				continue;
			if (i + length < own->nwords &&
				first_place(&text[!side], own->words + i, length + 1) >= 0)
				continue;
			found[n].begin[side] = i;
			found[n].begin[!side] = (uint32_t) place;
			found[n].length[0] = found[n].length[1] = found[n].shared = length;
			found[n].side = (uint32_t) side;
			n++;
		}
	}
	return n;
}

static bool by_both_lengths;

static int
compare(const void *a, const void *b)
{
	const Passage *p = a;
	const Passage *q = b;
	uint32_t	size_p = by_both_lengths ? p->length[0] + p->length[1] : p->shared;
	uint32_t	size_q = by_both_lengths ? q->length[0] + q->length[1] : q->shared;

	if (size_p != size_q)
		return size_p > size_q ? -1 : 1;
	for (int side = 0; side < 2; side++)
	{
		if (p->begin[side] != q->begin[side])
			return p->begin[side] < q->begin[side] ? -1 : 1;
	}
	return p->side < q->side ? -1 : p->side > q->side;
}

/* Is p inside of q in one text? */
static bool
inside(const Passage *p, const Passage *q, int side)
{
	return p->begin[side] >= q->begin[side] &&
		p->begin[side] + p->length[side] <= q->begin[side] + q->length[side];
}

static bool
inside_of_one(const Passage *p, const Passage *kept, uint32_t nkept, int side)
{
	for (uint32_t i = 0; i < nkept; i++)
	{
		if (inside(p, &kept[i], side))
			return true;
	}
	return false;
}

/* The word at a distance from a place, in a direction; 0 outside. */
static uint64_t
word_at(const PassageText *text, int64_t place, int64_t distance, int direction)
{
	int64_t		i = direction > 0 ? place + distance : place - 1 - distance;

	return i >= 0 && i < text->nwords ? text->words[i] : 0;
}

/* Lengthen in one direction, 1 or -1. */
static void
slow_lengthen(const PassageText text[2], Passage *p, uint32_t gap, int direction)
{
	bool		crossed;

	do
	{
		int64_t		i = p->begin[0] + (direction > 0 ? p->length[0] : 0);
		int64_t		j = p->begin[1] + (direction > 0 ? p->length[1] : 0);

		crossed = false;
		for (uint32_t both = 1; both <= 2 * gap && !crossed; both++)
		{
			for (uint32_t x = 0; x <= both && !crossed; x++)
			{
				uint32_t	y = both - x;
				uint32_t	run = 0;

				if (x > gap || y > gap)
					continue;
				while (word_at(&text[0], i, x + run, direction) != 0 &&
					   word_at(&text[0], i, x + run, direction) ==
					   word_at(&text[1], j, y + run, direction))
					run++;
				if (run <= x || run <= y)
					continue;
				crossed = true;
				p->length[0] += x + run;
				p->length[1] += y + run;
				p->shared += run;
				if (direction < 0)
				{
					p->begin[0] -= x + run;
					p->begin[1] -= y + run;
				}
			}
		}
	} while (crossed);
}

static uint32_t
slow_passages(const PassageText text[2], uint32_t min_words, uint32_t gap, Passage *found)
{
	uint32_t	least = gap > 0 ? (min_words + 1) / 2 : min_words;
	uint32_t	n = slow_runs(text, 0, least, found);
	uint32_t	kept = 0;

	n += slow_runs(text, 1, least, found + n);
	by_both_lengths = false;
	qsort(found, n, sizeof(Passage), compare);
	for (uint32_t i = 0; i < n; i++)
	{
		Passage		p = found[i];

		if (inside_of_one(&p, found, kept, (int) p.side))
			continue;
		if (gap > 0)
		{
			slow_lengthen(text, &p, gap, 1);
			slow_lengthen(text, &p, gap, -1);
		}
		if (p.shared >= min_words)
			found[kept++] = p;
	}
	if (gap > 0)
	{
		n = kept;
		kept = 0;
		by_both_lengths = true;
		qsort(found, n, sizeof(Passage), compare);
		for (uint32_t i = 0; i < n; i++)
		{
			Passage		p = found[i];

			if (!inside_of_one(&p, found, kept, 0) || !inside_of_one(&p, found, kept, 1))
				found[kept++] = p;
		}
		by_both_lengths = false;
		qsort(found, kept, sizeof(Passage), compare);
	}
	return kept;
}

static bool
same_passages(const Passage *p, const Passage *q, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		for (int side = 0; side < 2; side++)
		{
			if (p[i].begin[side] != q[i].begin[side] || p[i].length[side] != q[i].length[side])
				return false;
		}
		if (p[i].shared != q[i].shared)
			return false;
	}
	return true;
}

/* What the documentation promises, whatever the definition. */
static bool
promises_hold(const PassageText text[2], const Passage *p, uint32_t n,
			  uint32_t min_words, uint32_t gap)
{
	if (n > text[0].nwords + text[1].nwords)
		return false;
	for (uint32_t i = 0; i < n; i++)
	{
		if (p[i].shared < min_words || (i > 0 && p[i].shared > p[i - 1].shared))
			return false;
		if (gap == 0 && (p[i].length[0] != p[i].length[1] ||
						 memcmp(text[0].words + p[i].begin[0], text[1].words + p[i].begin[1],
								p[i].length[0] * sizeof(uint64_t)) != 0))
			return false;
		for (uint32_t k = 0; k < n; k++)
		{
			if (k != i && inside(&p[i], &p[k], 0) && inside(&p[i], &p[k], 1))
				return false;
		}
	}
	/* every word of a shared run is in a passage */
	for (int side = 0; side < 2; side++)
	{
		for (uint32_t i = 0; i + min_words <= text[side].nwords; i++)
		{
			Passage		run = {{i, i}, {min_words, min_words}, min_words, 0, 0};

			if (first_place(&text[!side], text[side].words + i, min_words) >= 0 &&
				!inside_of_one(&run, p, n, side))
				return false;
		}
	}
	return true;
}

static uint32_t
slow_covered(const Passage *p, uint32_t n, int side, uint32_t nwords)
{
	uint32_t	covered = 0;

	for (uint32_t i = 0; i < nwords; i++)
	{
		Passage		word = {{i, i}, {1, 1}, 1, 0, 0};

		covered += inside_of_one(&word, p, n, side);
	}
	return covered;
}

#endif							/* PASSAGES_PLAIN_H */
