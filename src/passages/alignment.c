/*-------------------------------------------------------------------------
 *
 * alignment.c
 *	  Which words of a text stand in the same order in another.
 *
 * The longest common subsequence takes time that is the product of the
 * lengths, and for texts isn't what a reader sees.  So what is unique is
 * aligned first (Heckel 1978, "A technique for isolating differences between
 * files"; as "patience diff" by Cohen 2003): runs of words that each text has
 * just once, of which the most that stand in the same order in both are taken;
 * then again in the gaps between them, by words.  Small rests are aligned by
 * the greedy algorithm of Myers 1986 ("An O(ND) difference algorithm and its
 * variations"), up to a number of differences.  So time is near linear.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/alignment.h"

#define FIRST_ROOM 64

/* Words of a run that is looked for first. */
#define ANCHOR_WORDS 4

/* So often gaps are searched for what is unique in them; each takes O(n). */
#define DEPTH_MAX 12

/* Gaps of so many words of both texts are left to Myers at once. */
#define SMALL_GAP 48

/* Differences that are sought in a gap: in one of so many words, and in larger ones. */
#define MYERS_WORDS 1024
#define MYERS_MAX 64
#define MYERS_MAX_LARGE 16

typedef struct Aligner
{
	const PassageText *text;
	const RawEnv *env;
	AlignedRun *runs;
	uint32_t	nruns;
	uint32_t	room;
	uint32_t   *reached;		/* of Myers: by differences and diagonal */
	uint32_t	steps;
} Aligner;

/* A part of each text. */
typedef struct Gap
{
	uint32_t	begin[2];
	uint32_t	end[2];
} Gap;

static inline bool
same_word(const Aligner *aligner, uint32_t i, uint32_t j)
{
	return aligner->text[0].words[i] == aligner->text[1].words[j];
}

/* Add a run, which may go on from the one before. */
static void
add_run(Aligner *aligner, uint32_t i, uint32_t j, uint32_t length)
{
	if (length == 0)
		return;
	if (aligner->nruns > 0)
	{
		AlignedRun *last = &aligner->runs[aligner->nruns - 1];

		if (last->begin[0] + last->length == i && last->begin[1] + last->length == j)
		{
			last->length += length;
			return;
		}
	}
	if (aligner->nruns == aligner->room)
	{
		aligner->runs = raw_enlarge(aligner->env, aligner->runs, aligner->room * sizeof(AlignedRun),
									2 * (size_t) aligner->room * sizeof(AlignedRun));
		aligner->room *= 2;
	}
	aligner->runs[aligner->nruns++] = (AlignedRun) {{i, j}, length};
}

/* Words at the begin of a gap that are the same, which are taken off. */
static uint32_t
trim_begin(Aligner *aligner, Gap *gap)
{
	uint32_t	n = 0;

	while (gap->begin[0] < gap->end[0] && gap->begin[1] < gap->end[1] &&
		   same_word(aligner, gap->begin[0], gap->begin[1]))
	{
		raw_step(aligner->env, &aligner->steps);
		gap->begin[0]++;
		gap->begin[1]++;
		n++;
	}
	return n;
}

/* The same at its end. */
static uint32_t
trim_end(Aligner *aligner, Gap *gap)
{
	uint32_t	n = 0;

	while (gap->begin[0] < gap->end[0] && gap->begin[1] < gap->end[1] &&
		   same_word(aligner, gap->end[0] - 1, gap->end[1] - 1))
	{
		raw_step(aligner->env, &aligner->steps);
		gap->end[0]--;
		gap->end[1]--;
		n++;
	}
	return n;
}


/*
 * The greedy algorithm of Myers.  With d differences, on diagonal k = x - y,
 * which is between -d and d and as even as d, reached[] tells how far x comes;
 * those of d begin at d (d + 1) / 2.  Diagonals beyond the corners of the gap,
 * -m and n, are left out.
 */

static inline uint32_t *
reached_by(const Aligner *aligner, int d, int k)
{
	return &aligner->reached[d * (d + 1) / 2 + (k + d) / 2];
}

/* The outermost diagonal on the side of which the gap has so many words. */
static inline int
outermost(int d, int words)
{
	return d <= words ? d : words - ((d - words) & 1);
}

/* Does the way to diagonal k with d differences, more than 0, leave out a word of b? */
static inline bool
from_above(const Aligner *aligner, const Gap *gap, int d, int k)
{
	if (k - 1 < -outermost(d - 1, (int) (gap->end[1] - gap->begin[1])))
		return true;
	if (k + 1 > outermost(d - 1, (int) (gap->end[0] - gap->begin[0])))
		return false;
	return *reached_by(aligner, d - 1, k - 1) < *reached_by(aligner, d - 1, k + 1);
}

/* How far x comes before words that are the same. */
static inline uint32_t
step_to(const Aligner *aligner, const Gap *gap, int d, int k)
{
	if (d == 0)
		return 0;
	if (from_above(aligner, gap, d, k))
		return *reached_by(aligner, d - 1, k + 1);
	return *reached_by(aligner, d - 1, k - 1) + 1;
}

/* How many differences a gap has; -1 if more than "most". */
static int
count_differences(Aligner *aligner, const Gap *gap, int most)
{
	uint32_t	n = gap->end[0] - gap->begin[0];
	uint32_t	m = gap->end[1] - gap->begin[1];

	for (int d = 0; d <= most; d++)
	{
		int			last = outermost(d, (int) n);

		for (int k = -outermost(d, (int) m); k <= last; k += 2)
		{
			uint32_t	x = step_to(aligner, gap, d, k);
			uint32_t	y = x - (uint32_t) k;

			raw_step(aligner->env, &aligner->steps);
			/* those beyond the end lead nowhere, but have their place */
			while (x < n && y < m && same_word(aligner, gap->begin[0] + x, gap->begin[1] + y))
			{
				raw_step(aligner->env, &aligner->steps);
				x++;
				y++;
			}
			*reached_by(aligner, d, k) = x;
			if (x == n && y == m)
				return d;
		}
	}
	return -1;
}

static void
align_small(Aligner *aligner, const Gap *gap)
{
	uint32_t	words = gap->end[0] - gap->begin[0] + gap->end[1] - gap->begin[1];
	int			most = words > MYERS_WORDS ? MYERS_MAX_LARGE : MYERS_MAX;
	int			k = (int) (gap->end[0] - gap->begin[0]) - (int) (gap->end[1] - gap->begin[1]);
	AlignedRun	runs[MYERS_MAX + 1];
	int			d;

	if (k > most || -k > most)
		return;
	if (aligner->reached == NULL)
		aligner->reached = aligner->env->alloc(aligner->env->arg,
											   (MYERS_MAX + 1) * (MYERS_MAX + 2) / 2 * sizeof(uint32_t));
	d = count_differences(aligner, gap, most);
	if (d < 0)
		return;

	/* the way back */
	for (int left = d; left >= 0; left--)
	{
		uint32_t	end = *reached_by(aligner, left, k);
		uint32_t	begin = step_to(aligner, gap, left, k);

		runs[left] = (AlignedRun) {{gap->begin[0] + begin, gap->begin[1] + begin - (uint32_t) k},
		end - begin};
		if (left > 0)
			k += from_above(aligner, gap, left, k) ? 1 : -1;
	}
	for (int i = 0; i <= d; i++)
		add_run(aligner, runs[i].begin[0], runs[i].begin[1], runs[i].length);
}


/*
 * What is unique.
 */

typedef struct Anchor
{
	uint32_t	begin[2];
	uint32_t	before;			/* the number of the anchor before it, in the longest way */
} Anchor;

#define NO_ANCHOR UINT32_MAX

/* The hash of a run of words. */
static inline uint64_t
anchor_hash(const uint64_t *words, uint32_t length)
{
	uint64_t	hash = words[0];

	for (uint32_t i = 1; i < length; i++)
		hash = (hash ^ hash >> 32) * UINT64_C(0x9FB21C651E98DF25) + words[i];
	return hash;
}

/* Where a hash occurs in each text, and whether repeatedly. */
typedef struct Occurrence
{
	uint32_t	place[2];
	uint32_t	count[2];
} Occurrence;

/*
 * The runs of "length" words that a gap has once in each text, in the order of
 * the first one: their number, and in *found those that there are, for the
 * caller to free.
 */
static uint32_t
find_unique(Aligner *aligner, const Gap *gap, uint32_t length, Anchor **found)
{
	const RawEnv *env = aligner->env;
	uint32_t	places = gap->end[0] - gap->begin[0] - length + 1;
	uint32_t	room = 64;
	uint32_t	n = 0;
	HashCounts	hashes;
	Occurrence *occurrence;
	Anchor	   *anchors;

	while (room < places)
		room *= 2;
	hashcounts_init(&hashes, room, env);
	occurrence = raw_alloc_zero(env, places * sizeof(Occurrence));
	for (int side = 0; side < 2; side++)
	{
		const uint64_t *words = aligner->text[side].words;

		for (uint32_t i = gap->begin[side]; i + length <= gap->end[side]; i++)
		{
			uint64_t	hash = anchor_hash(words + i, length);
			uint32_t	number = side == 0 ? hashcounts_number(&hashes, hash) :
				hashcounts_find(&hashes, hash);

			raw_step(env, &aligner->steps);
			if (number == HASHCOUNTS_NONE)
				continue;
			occurrence[number].place[side] = i;
			occurrence[number].count[side]++;
		}
	}

	/* numbers are in the order of what came first */
	anchors = env->alloc(env->arg, (hashes.n + 1) * sizeof(Anchor));
	for (uint32_t i = 0; i < hashes.n; i++)
	{
		raw_step(env, &aligner->steps);
		if (occurrence[i].count[0] == 1 && occurrence[i].count[1] == 1)
			anchors[n++] = (Anchor) {{occurrence[i].place[0], occurrence[i].place[1]}, NO_ANCHOR};
	}
	env->free(env->arg, occurrence);
	hashcounts_free(&hashes);
	*found = anchors;
	return n;
}

/*
 * Of anchors in the order of a, keep the most that are in that of b too: the
 * longest increasing subsequence (Fredman 1975).  Returns how many.
 */
static uint32_t
keep_increasing(Aligner *aligner, Anchor *anchors, uint32_t n)
{
	const RawEnv *env = aligner->env;
	uint32_t   *last = env->alloc(env->arg, (n + 1) * sizeof(uint32_t));
	uint32_t	longest = 0;
	uint32_t	i;

	/* last[l]: of the ways of l + 1 anchors, where that ends that ends first */
	for (i = 0; i < n; i++)
	{
		uint32_t	low = 0;
		uint32_t	high = longest;

		raw_step(env, &aligner->steps);
		while (low < high)
		{
			uint32_t	middle = low + (high - low) / 2;

			if (anchors[last[middle]].begin[1] < anchors[i].begin[1])
				low = middle + 1;
			else
				high = middle;
		}
		anchors[i].before = low > 0 ? last[low - 1] : NO_ANCHOR;
		last[low] = i;
		if (low == longest)
			longest++;
	}

	i = longest > 0 ? last[longest - 1] : NO_ANCHOR;
	for (uint32_t l = longest; l > 0; l--)
	{
		raw_step(env, &aligner->steps);
		last[l - 1] = i;
		i = anchors[i].before;
	}
	for (uint32_t l = 0; l < longest; l++)
	{
		raw_step(env, &aligner->steps);
		anchors[l] = anchors[last[l]];
	}
	env->free(env->arg, last);
	return longest;
}

static void align_gap(Aligner *aligner, Gap gap, uint32_t length, int depth);

/* Align a gap around what is unique in it; false if nothing is. */
static bool
align_around(Aligner *aligner, const Gap *gap, uint32_t length, int depth)
{
	Anchor	   *anchors;
	uint32_t	n = find_unique(aligner, gap, length, &anchors);
	Gap			rest = *gap;

	n = keep_increasing(aligner, anchors, n);
	for (uint32_t k = 0; k < n; k++)
	{
		uint32_t	i = anchors[k].begin[0];
		uint32_t	j = anchors[k].begin[1];
		Gap			before;
		Gap			behind;

		/* within the run of another one, or hashes met by chance */
		if (i < rest.begin[0] || j < rest.begin[1] || !same_word(aligner, i, j))
			continue;
		before = (Gap) {{rest.begin[0], rest.begin[1]}, {i, j}};
		behind = (Gap) {{i, j}, {gap->end[0], gap->end[1]}};
		trim_begin(aligner, &behind);
		/* its run to the left is trimmed there */
		align_gap(aligner, before, length, depth + 1);
		add_run(aligner, i, j, behind.begin[0] - i);
		rest = behind;
	}
	aligner->env->free(aligner->env->arg, anchors);
	if (n > 0)
		align_gap(aligner, rest, length, depth + 1);
	return n > 0;
}

/*
 * Align a gap: by unique runs of "length" words, or else of one word, or else
 * word by word.
 */
static void
align_gap(Aligner *aligner, Gap gap, uint32_t length, int depth)
{
	uint32_t	i = gap.begin[0];
	uint32_t	j = gap.begin[1];
	uint32_t	behind;
	uint32_t	n;
	uint32_t	m;

	add_run(aligner, i, j, trim_begin(aligner, &gap));
	behind = trim_end(aligner, &gap);
	n = gap.end[0] - gap.begin[0];
	m = gap.end[1] - gap.begin[1];
	if (n > 0 && m > 0)
	{
		bool		done = false;

		if (n + m > SMALL_GAP && depth < DEPTH_MAX)
		{
			if (n >= length && m >= length)
				done = align_around(aligner, &gap, length, depth);
			if (!done && length > 1)
				done = align_around(aligner, &gap, 1, depth);
		}
		if (!done)
			align_small(aligner, &gap);
	}
	add_run(aligner, gap.end[0], gap.end[1], behind);
}

/*
 * The runs of words that stand in the same order in two texts, with a gap in
 * at least one of them between any two.  They are allocated by "env", for the
 * caller to free.
 */
AlignedRun *
words_align(const PassageText text[2], const RawEnv *env, uint32_t *nruns)
{
	Aligner		aligner = {text, env, NULL, 0, FIRST_ROOM, NULL, 0};
	Gap			all = {{0, 0}, {text[0].nwords, text[1].nwords}};

	aligner.runs = env->alloc(env->arg, FIRST_ROOM * sizeof(AlignedRun));
	align_gap(&aligner, all, ANCHOR_WORDS, 0);
	if (aligner.reached != NULL)
		env->free(env->arg, aligner.reached);
	*nruns = aligner.nruns;
	return aligner.runs;
}
