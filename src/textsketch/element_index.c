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
 */
static inline uint32_t
mix(uint32_t element)
{
	return element * UINT32_C(0x9e3779b1);
}

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
		counts->counts[mix(elements[i]) >> (32 - counts->bits)]++;
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
		keys[i] = (uint64_t) counts->counts[mix(elements[i]) >> (32 - counts->bits)] << 32 | elements[i];
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
		entry->mixed = mix(elements[i]);
		entry->set = index->nsets;
	}
	index->nsets++;
}

static void
insertion_sort(ElementEntry *entries, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
	{
		ElementEntry entry = entries[i];
		uint32_t	j = i;

		for (; j > 0 && entries[j - 1].mixed > entry.mixed; j--)
			entries[j] = entries[j - 1];
		entries[j] = entry;
	}
}

/*
 * Sort by eight bits of what is mixed, from "shift" on, and within by those
 * behind, in place: each entry that isn't where its bits belong goes to the
 * next free place there, and what was there is looked at next (McIlroy,
 * Bostic, McIlroy 1993, "Engineering radix sort").
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): a level a byte */
sort_entries(ElementEntry *entries, uint32_t n, int shift, const RawEnv *env)
{
	uint32_t	end[256] = {0};
	uint32_t	next[256];
	uint32_t	sum = 0;

	if (n <= 32)
	{
		insertion_sort(entries, n);
		return;
	}

	for (uint32_t i = 0; i < n; i++)
		end[(entries[i].mixed >> shift) & 0xff]++;
	for (int digit = 0; digit < 256; digit++)
	{
		next[digit] = sum;
		sum += end[digit];
		end[digit] = sum;
	}
	for (uint32_t digit = 0; digit < 256; digit++)
	{
		while (next[digit] < end[digit])
		{
			ElementEntry entry = entries[next[digit]];
			uint32_t	home;

			raw_check(env, next[digit]);
			while ((home = (entry.mixed >> shift) & 0xff) != digit)
			{
				ElementEntry other = entries[next[home]];

				entries[next[home]++] = entry;
				entry = other;
			}
			entries[next[digit]++] = entry;
		}
	}

	if (shift == 0)
		return;
	for (uint32_t digit = 0; digit < 256; digit++)
	{
		uint32_t	first = digit == 0 ? 0 : end[digit - 1];

		if (end[digit] - first > 1)
			sort_entries(entries + first, end[digit] - first, shift - 8, env);
	}
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
	sort_entries(index->entries, index->nentries, 24, env);
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
	return &index->start[mix(element) >> (32 - index->bits)];
}

uint32_t
element_index_search(ElementIndex *index, const uint32_t *elements, uint32_t n,
					 uint32_t limit, uint32_t least, const RawEnv *env)
{
	uint32_t	nfound = 0;
	uint32_t	nenough = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	mixed = mix(elements[i]);
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
