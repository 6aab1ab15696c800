/*-------------------------------------------------------------------------
 *
 * average_link.c
 *	  Clusters by average link on a sparse graph.
 *
 * A merged cluster's average with a third one lies between those of its parts:
 * it never is higher than both.  Hence
 *
 * - no cluster reaches beyond what is connected by pairs at or above the
 *   threshold, and pairs that lead out of there can be dropped;
 * - what is known as the best partner of a cluster stays an upper bound when
 *   that partner is merged, and need be found anew only when the bound comes
 *   up (the "generic algorithm" of Muellner 2011, arXiv:1109.2378, section
 *   3.1).  As averages are rounded down, which may break a tie otherwise, each
 *   merged cluster is also offered to its neighbors.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/average_link.h"

#include <string.h>

#include "clusters/cluster.h"

#define NO_CLUSTER UINT32_MAX

/* A neighbor of a cluster, as it was when the link was made. */
typedef struct Link
{
	uint32_t	cluster;
	uint64_t	sum;			/* of the similarities, below 2^24, of all pairs in memory */
} Link;

/* A candidate for the next merge, better ones first. */
typedef struct Candidate
{
	uint32_t	average;
	uint32_t	cluster;
	uint32_t	partner;
} Candidate;

typedef struct Linker
{
	const RawEnv *env;
	uint32_t   *merged;			/* union-find, by smallest member */
	uint32_t   *size;			/* of a cluster */
	Link	  **links;
	uint32_t   *nlinks;
	Candidate  *best;			/* of a cluster; average 0 for none */
	uint32_t   *place;			/* of a cluster among the links at hand */
	Candidate  *heap;
	size_t		nheap;
	size_t		heap_room;
} Linker;

/*
 * Candidates in order
 */

static inline bool
better(const Candidate *a, const Candidate *b)
{
	uint32_t	a_first = a->cluster < a->partner ? a->cluster : a->partner;
	uint32_t	b_first = b->cluster < b->partner ? b->cluster : b->partner;

	if (a->average != b->average)
		return a->average > b->average;
	if (a_first != b_first)
		return a_first < b_first;
	return (a->cluster ^ a->partner ^ a_first) < (b->cluster ^ b->partner ^ b_first);
}

static void
heap_push(Linker *linker, Candidate candidate)
{
	size_t		i = linker->nheap++;

	if (i == linker->heap_room)
	{
		linker->heap_room *= 2;
		linker->heap = raw_enlarge(linker->env, linker->heap, sizeof(Candidate) * i,
								   sizeof(Candidate) * linker->heap_room);
	}
	while (i > 0 && better(&candidate, &linker->heap[(i - 1) / 2]))
	{
		linker->heap[i] = linker->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	linker->heap[i] = candidate;
}

static Candidate
heap_pop(Linker *linker)
{
	Candidate	top = linker->heap[0];
	Candidate	last = linker->heap[--linker->nheap];
	size_t		i = 0;
	size_t		child;

	while ((child = 2 * i + 1) < linker->nheap)
	{
		if (child + 1 < linker->nheap &&
			better(&linker->heap[child + 1], &linker->heap[child]))
			child++;
		if (!better(&linker->heap[child], &last))
			break;
		linker->heap[i] = linker->heap[child];
		i = child;
	}
	linker->heap[i] = last;
	return top;
}

/*
 * The graph
 */

/* Connect the articles of pairs at or above the threshold. */
static uint32_t *
connect(const SimilarPairs *pairs, uint32_t threshold, const RawEnv *env)
{
	uint32_t   *component = env->alloc(env->arg, sizeof(uint32_t) * pairs->narticles);

	sets_init(component, pairs->narticles);
	for (uint32_t i = 0; i < pairs->narticles; i++)
	{
		env->check(env->arg);
		for (uint32_t j = 0; j < pairs->nneighbors[i]; j++)
		{
			const Neighbor *neighbor = &pairs->neighbors[i][j];

			if (neighbor->similarity >= threshold)
				sets_unite(component, i, neighbor->article);
		}
	}
	return component;
}

/* The links of each article to others that it may meet in a cluster. */
static void
make_links(Linker *linker, const SimilarPairs *pairs, uint32_t *component)
{
	const RawEnv *env = linker->env;
	uint32_t	n = pairs->narticles;

	memset(linker->nlinks, 0, sizeof(uint32_t) * n);
	for (int round = 0; round < 2; round++)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			uint32_t	set = sets_find(component, i);

			env->check(env->arg);
			for (uint32_t j = 0; j < pairs->nneighbors[i]; j++)
			{
				const Neighbor *neighbor = &pairs->neighbors[i][j];
				uint32_t	other = neighbor->article;

				if (sets_find(component, other) != set)
					continue;
				if (round == 1)
				{
					/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): round 0 counted it */
					linker->links[i][linker->nlinks[i]] = (Link) {other, neighbor->similarity};
					linker->links[other][linker->nlinks[other]] = (Link) {i, neighbor->similarity};
				}
				linker->nlinks[i]++;
				linker->nlinks[other]++;
			}
		}
		if (round == 0)
		{
			for (uint32_t i = 0; i < n; i++)
			{
				linker->links[i] = NULL;
				if (linker->nlinks[i] > 0)
					linker->links[i] = env->alloc(env->arg, sizeof(Link) * linker->nlinks[i]);
				linker->nlinks[i] = 0;
			}
		}
	}
}

/*
 * Put two lists of links to one, in which each neighbor that is still a
 * cluster occurs once, and neither "self" nor what was merged into it does.
 */
static uint32_t
gather(Linker *linker, uint32_t self, const Link *links, uint32_t nlinks, Link *out, uint32_t nout)
{
	for (uint32_t i = 0; i < nlinks; i++)
	{
		uint32_t	cluster = sets_find(linker->merged, links[i].cluster);

		if (cluster == self)
			continue;
		if (linker->place[cluster] == NO_CLUSTER)
		{
			linker->place[cluster] = nout;
			out[nout].cluster = cluster;
			out[nout].sum = links[i].sum;
			nout++;
		}
		else
			out[linker->place[cluster]].sum += links[i].sum;
	}
	return nout;
}

static void
forget_places(Linker *linker, const Link *links, uint32_t nlinks)
{
	for (uint32_t i = 0; i < nlinks; i++)
		linker->place[links[i].cluster] = NO_CLUSTER;
}

static Candidate
candidate_of(const Linker *linker, uint32_t cluster, const Link *link)
{
	Candidate	candidate;

	candidate.cluster = cluster;
	candidate.partner = link->cluster;
	candidate.average = (uint32_t) (link->sum /
									((uint64_t) linker->size[cluster] * linker->size[link->cluster]));
	return candidate;
}

/* Find the best partner of a cluster, and make it a candidate. */
static void
find_best(Linker *linker, uint32_t cluster, uint32_t threshold)
{
	Candidate	best = {0, cluster, NO_CLUSTER};

	for (uint32_t i = 0; i < linker->nlinks[cluster]; i++)
	{
		Candidate	candidate = candidate_of(linker, cluster, &linker->links[cluster][i]);

		if (better(&candidate, &best))
			best = candidate;
	}
	linker->best[cluster] = best;
	if (best.average >= threshold && best.average > 0)
		heap_push(linker, best);
}

/* Bring the links of a cluster up to date. */
static void
refresh(Linker *linker, uint32_t cluster)
{
	Link	   *links = linker->links[cluster];
	uint32_t	n = gather(linker, cluster, links, linker->nlinks[cluster], links, 0);

	forget_places(linker, links, n);
	linker->nlinks[cluster] = n;
}

static void
merge(Linker *linker, uint32_t a, uint32_t b, uint32_t threshold)
{
	const RawEnv *env = linker->env;
	uint32_t	self = a < b ? a : b;
	uint32_t	other = a < b ? b : a;
	Link	   *links = env->alloc(env->arg, sizeof(Link) *
								   ((size_t) linker->nlinks[a] + linker->nlinks[b]));
	uint32_t	n;

	sets_unite(linker->merged, a, b);
	linker->size[self] += linker->size[other];
	n = gather(linker, self, linker->links[a], linker->nlinks[a], links, 0);
	n = gather(linker, self, linker->links[b], linker->nlinks[b], links, n);
	forget_places(linker, links, n);

	env->free(env->arg, linker->links[a]);
	env->free(env->arg, linker->links[b]);
	linker->links[other] = NULL;
	linker->nlinks[other] = 0;
	linker->links[self] = links;
	linker->nlinks[self] = n;

	for (uint32_t i = 0; i < n; i++)
	{
		Candidate	offer = candidate_of(linker, self, &links[i]);
		uint32_t	neighbor = offer.partner;

		offer.partner = self;
		offer.cluster = neighbor;
		if (offer.average >= threshold && better(&offer, &linker->best[neighbor]))
		{
			linker->best[neighbor] = offer;
			heap_push(linker, offer);
		}
	}
	find_best(linker, self, threshold);
}

/* Merge clusters until no candidate is left. */
static void
merge_all(Linker *linker, uint32_t threshold)
{
	while (linker->nheap > 0)
	{
		Candidate	top = heap_pop(linker);
		const Candidate *best = &linker->best[top.cluster];

		linker->env->check(linker->env->arg);

		/* merged since, or another one is the best now */
		if (sets_find(linker->merged, top.cluster) != top.cluster ||
			best->partner != top.partner || best->average != top.average)
			continue;

		refresh(linker, top.cluster);
		find_best(linker, top.cluster, threshold);
		best = &linker->best[top.cluster];
		if (best->partner == top.partner && best->average == top.average)
			merge(linker, top.cluster, top.partner, threshold);
	}
}

void
average_link(const SimilarPairs *pairs, uint32_t threshold, const RawEnv *env, uint32_t *label)
{
	uint32_t	n = pairs->narticles;
	uint32_t   *component = connect(pairs, threshold, env);
	Linker		linker;

	linker.env = env;
	linker.merged = label;
	sets_init(label, n);
	linker.size = env->alloc(env->arg, sizeof(uint32_t) * n);
	linker.place = env->alloc(env->arg, sizeof(uint32_t) * n);
	linker.nlinks = env->alloc(env->arg, sizeof(uint32_t) * n);
	linker.links = env->alloc(env->arg, sizeof(Link *) * n);
	linker.best = env->alloc(env->arg, sizeof(Candidate) * n);
	linker.heap_room = (size_t) n + 1;
	linker.nheap = 0;
	linker.heap = env->alloc(env->arg, sizeof(Candidate) * linker.heap_room);

	make_links(&linker, pairs, component);
	env->free(env->arg, component);
	memset(linker.place, 0xFF, sizeof(uint32_t) * n);
	for (uint32_t i = 0; i < n; i++)
		linker.size[i] = 1;
	for (uint32_t i = 0; i < n; i++)
		find_best(&linker, i, threshold);
	merge_all(&linker, threshold);

	for (uint32_t i = 0; i < n; i++)
	{
		label[i] = sets_find(label, i);
		if (linker.links[i] != NULL)
			env->free(env->arg, linker.links[i]);
	}
	env->free(env->arg, linker.heap);
	env->free(env->arg, linker.best);
	env->free(env->arg, linker.links);
	env->free(env->arg, linker.nlinks);
	env->free(env->arg, linker.place);
	env->free(env->arg, linker.size);
}
