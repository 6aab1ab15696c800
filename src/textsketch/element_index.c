/*-------------------------------------------------------------------------
 *
 * element_index.c
 *	  An inverted index of sets of elements, in memory.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/element_index.h"

#include <string.h>

/*
 * Elements are hashes already, but all of them are below some theta: mix them,
 * so that the highest bits tell them apart (Knuth, The Art of Computer
 * Programming, 6.4).  What is equal mixed was equal before, as the factor is
 * odd.
 *
 * Elements that share a counter do no harm.  Those that share a bucket would,
 * and whoever writes sketches could choose them: so the index has a factor
 * that nobody knows.  Then any two elements meet by a chance of 2 in as many
 * as there are buckets at most (Dietzfelbinger, Hagerup, Katajainen, Penttonen
 * 1997, "A reliable randomized algorithm for the closest-pair problem",
 * section 2.2).
 */
#define COUNTS_FACTOR	UINT32_C(0x9e3779b1)

static inline uint32_t
mix(uint32_t element, uint32_t factor)
{
	return element * factor;
}

#define RADIX_SORT sort_entries
#define RADIX_ITEM ElementEntry
#define RADIX_KEY(item) ((item).mixed)
#include "base/radix.h"

/* So many elements ahead of the one that is looked up. */
#define PREFETCH_AHEAD	8


/*
 * Rare elements.
 */

void
element_counts_init(ElementCounts *counts, int bits, const RawEnv *env)
{
	size_t		size = sizeof(uint32_t) << bits;

	counts->bits = bits;
	counts->counts = env->alloc(env->arg, size);
	memset(counts->counts, 0, size);
}

void
element_counts_add(ElementCounts *counts, const uint32_t *elements, uint32_t n,
				   const RawEnv *env)
{
	for (uint32_t i = 0; i < n; i++)
	{
		raw_check(env, i);
		counts->counts[mix(elements[i], COUNTS_FACTOR) >> (32 - counts->bits)]++;
	}
}

/*
 * The k + 1 smallest of n different keys to the front (Hoare 1961, "Algorithm
 * 65: Find", in the form of Wirth 1976).
 */
static void
select_smallest(uint64_t *keys, int64_t n, int64_t k, const RawEnv *env)
{
	int64_t		low = 0;
	int64_t		high = n - 1;

	while (low < high)
	{
		uint64_t	pivot = keys[k];
		int64_t		i = low;
		int64_t		j = high;

		env->check(env->arg);
		while (i <= j)
		{
			while (keys[i] < pivot)
				i++;
			while (pivot < keys[j])
				j--;
			if (i <= j)
			{
				uint64_t	swap = keys[i];

				keys[i++] = keys[j];
				keys[j--] = swap;
			}
		}
		if (j < k)
			low = i;
		if (k < i)
			high = j;
	}
}

void
element_counts_rarest(const ElementCounts *counts, uint32_t *elements,
					  uint32_t n, uint32_t keep, uint64_t *keys, const RawEnv *env)
{
	if (keep == 0 || keep >= n)
		return;
	for (uint32_t i = 0; i < n; i++)
	{
		raw_check(env, i);
		keys[i] = (uint64_t) counts->counts[mix(elements[i], COUNTS_FACTOR) >> (32 - counts->bits)] << 32 | elements[i];
	}
	select_smallest(keys, n, (int64_t) keep - 1, env);
	for (uint32_t i = 0; i < n; i++)
		elements[i] = (uint32_t) keys[i];
}


/*
 * The index.
 */

void
element_index_init(ElementIndex *index, uint32_t sets_room, uint32_t entries_room,
				   const RawEnv *env)
{
	index->factor = (uint32_t) env->secret[0] | 1;
	index->nsets = 0;
	index->sets_room = sets_room;
	index->nentries = 0;
	index->entries_room = entries_room;
	index->entries = env->alloc(env->arg, (size_t) entries_room * sizeof(ElementEntry) + 1);
	index->start = NULL;
	index->looked_at = 0;
	index->hits = env->alloc(env->arg, (size_t) sets_room * sizeof(uint32_t) + 1);
	index->found = env->alloc(env->arg, (size_t) sets_room * sizeof(uint32_t) + 1);
	memset(index->hits, 0, (size_t) sets_room * sizeof(uint32_t));
}

void
element_index_add(ElementIndex *index, const uint32_t *elements, uint32_t n,
				  const RawEnv *env)
{
	for (uint32_t i = 0; i < n; i++)
	{
		ElementEntry *entry = &index->entries[index->nentries++];

		raw_check(env, i);
		entry->mixed = mix(elements[i], index->factor);
		entry->set = index->nsets;
	}
	index->nsets++;
}

/* Where the buckets of sorted entries begin. */
static void
make_buckets(ElementIndex *index, const RawEnv *env)
{
	uint32_t	buckets;
	uint32_t	i = 0;

	/* One or two entries a bucket. */
	index->bits = 1;
	while (index->bits < 31 && (UINT32_C(2) << index->bits) <= index->nentries)
		index->bits++;
	buckets = UINT32_C(1) << index->bits;

	index->start = env->alloc(env->arg, ((size_t) buckets + 1) * sizeof(uint32_t));
	for (uint32_t b = 0; b < buckets; b++)
	{
		raw_check(env, b);
		index->start[b] = i;
		while (i < index->nentries && index->entries[i].mixed >> (32 - index->bits) == b)
			i++;
	}
	index->start[buckets] = i;
}

void
element_index_build(ElementIndex *index, const RawEnv *env)
{
	ElementEntry *scratch = env->alloc(env->arg, (size_t) index->nentries * sizeof(ElementEntry) + 1);

	sort_entries(env, index->entries, scratch, index->nentries);
	env->free(env->arg, scratch);
	make_buckets(index, env);
}

void
element_index_prune(ElementIndex *index, uint32_t most, const RawEnv *env)
{
	ElementEntry *entries = index->entries;
	uint32_t	nkept = 0;
	uint32_t	end;

	for (uint32_t i = 0; i < index->nentries; i = end)
	{
		raw_check(env, i);
		end = i;
		while (end < index->nentries && entries[end].mixed == entries[i].mixed)
			end++;
		if (end - i > most)
			continue;
		memmove(entries + nkept, entries + i, (end - i) * sizeof(ElementEntry));
		nkept += end - i;
	}
	index->nentries = nkept;
	env->free(env->arg, index->start);
	make_buckets(index, env);
}

/* The place of the first entry that may be an element's. */
static inline uint32_t *
bucket_of(const ElementIndex *index, uint32_t element)
{
	return &index->start[mix(element, index->factor) >> (32 - index->bits)];
}

uint32_t
element_index_search(ElementIndex *index, const uint32_t *elements, uint32_t n,
					 uint32_t limit, uint32_t least, const RawEnv *env)
{
	uint32_t	nfound = 0;
	uint32_t	nenough = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	mixed = mix(elements[i], index->factor);
		const uint32_t *bucket = bucket_of(index, elements[i]);

		raw_check(env, i);
		if (i + 2 * PREFETCH_AHEAD < n)
			raw_prefetch(bucket_of(index, elements[i + 2 * PREFETCH_AHEAD]));
		if (i + PREFETCH_AHEAD < n)
			raw_prefetch(&index->entries[*bucket_of(index, elements[i + PREFETCH_AHEAD])]);

		index->looked_at += bucket[1] - bucket[0];
		for (uint32_t k = bucket[0]; k < bucket[1] && index->entries[k].mixed <= mixed; k++)
		{
			ElementEntry *entry = &index->entries[k];

			if (entry->mixed != mixed || entry->set >= limit)
				continue;
			if (index->hits[entry->set]++ == 0)
				index->found[nfound++] = entry->set;
		}
	}
	for (uint32_t i = 0; i < nfound; i++)
	{
		uint32_t	set = index->found[i];

		if (index->hits[set] >= least)
			index->found[nenough++] = set;
		index->hits[set] = 0;
	}
	return nenough;
}

void
element_index_free(ElementIndex *index, const RawEnv *env)
{
	env->free(env->arg, index->entries);
	env->free(env->arg, index->hits);
	env->free(env->arg, index->found);
	if (index->start != NULL)
		env->free(env->arg, index->start);
}
