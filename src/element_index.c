/*-------------------------------------------------------------------------
 *
 * element_index.c
 *	  An inverted index of sets of elements, in memory.
 *
 *-------------------------------------------------------------------------
 */
#include "element_index.h"

#include <string.h>

/*
 * Elements are hashes already, but all of them are below some theta: mix them,
 * and take the highest bits (Knuth, The Art of Computer Programming, 6.4).
 */
static inline uint32_t
slot(uint32_t element, int bits)
{
	return (element * UINT32_C(0x9e3779b1)) >> (32 - bits);
}


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
element_counts_add(ElementCounts *counts, const uint32_t *elements, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		counts->counts[slot(elements[i], counts->bits)]++;
}

/*
 * The k + 1 smallest of n different keys to the front (Hoare 1961, "Algorithm
 * 65: Find", in the form of Wirth 1976).
 */
static void
select_smallest(uint64_t *keys, int64_t n, int64_t k)
{
	int64_t		low = 0;
	int64_t		high = n - 1;

	while (low < high)
	{
		uint64_t	pivot = keys[k];
		int64_t		i = low;
		int64_t		j = high;

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
					  uint32_t n, uint32_t keep, uint64_t *keys)
{
	if (keep == 0 || keep >= n)
		return;
	for (uint32_t i = 0; i < n; i++)
		keys[i] = (uint64_t) counts->counts[slot(elements[i], counts->bits)] << 32 | elements[i];
	select_smallest(keys, n, (int64_t) keep - 1);
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
	index->nsets = 0;
	index->sets_room = sets_room;
	index->nentries = 0;
	index->entries_room = entries_room;
	index->entries = env->alloc(env->arg, (size_t) entries_room * sizeof(ElementEntry) + 1);
	index->start = NULL;
	index->hits = env->alloc(env->arg, (size_t) sets_room * sizeof(uint32_t) + 1);
	index->found = env->alloc(env->arg, (size_t) sets_room * sizeof(uint32_t) + 1);
	memset(index->hits, 0, (size_t) sets_room * sizeof(uint32_t));
}

void
element_index_add(ElementIndex *index, const uint32_t *elements, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		ElementEntry *entry = &index->entries[index->nentries++];

		entry->element = elements[i];
		entry->set = index->nsets;
	}
	index->nsets++;
}

/*
 * Sort the entries by bucket, in place: each that isn't in its bucket goes to
 * the next free place of that, and what was there is looked at next (McIlroy,
 * Bostic, McIlroy 1993, "Engineering radix sort").
 */
void
element_index_build(ElementIndex *index, const RawEnv *env)
{
	uint32_t	buckets;
	uint32_t   *next;
	uint32_t	sum = 0;

	/* One or two entries a bucket. */
	index->bits = 1;
	while (index->bits < 31 && (UINT32_C(2) << index->bits) <= index->nentries)
		index->bits++;
	buckets = UINT32_C(1) << index->bits;

	index->start = env->alloc(env->arg, ((size_t) buckets + 1) * sizeof(uint32_t));
	next = env->alloc(env->arg, (size_t) buckets * sizeof(uint32_t));
	memset(index->start, 0, ((size_t) buckets + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < index->nentries; i++)
		index->start[slot(index->entries[i].element, index->bits)]++;
	for (uint32_t b = 0; b <= buckets; b++)
	{
		uint32_t	count = index->start[b];

		index->start[b] = sum;
		if (b < buckets)
			next[b] = sum;
		sum += count;
	}

	env->check(env->arg);
	for (uint32_t b = 0; b < buckets; b++)
	{
		while (next[b] < index->start[b + 1])
		{
			ElementEntry entry = index->entries[next[b]];
			uint32_t	home;

			while ((home = slot(entry.element, index->bits)) != b)
			{
				ElementEntry other = index->entries[next[home]];

				index->entries[next[home]++] = entry;
				entry = other;
			}
			index->entries[next[b]++] = entry;
		}
	}
	env->free(env->arg, next);
}

uint32_t
element_index_search(ElementIndex *index, const uint32_t *elements, uint32_t n,
					 uint32_t limit, uint32_t least)
{
	uint32_t	nfound = 0;
	uint32_t	nenough = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	bucket = slot(elements[i], index->bits);
		uint32_t	end = index->start[bucket + 1];

		for (uint32_t k = index->start[bucket]; k < end; k++)
		{
			ElementEntry *entry = &index->entries[k];

			if (entry->element != elements[i] || entry->set >= limit)
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
