/*-------------------------------------------------------------------------
 *
 * codeset.c
 *	  The different codes among some rows.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/codeset.h"

#include <string.h>

typedef struct SortItem
{
	uint64_t	key;
	uint32_t	row;
} SortItem;

/* Sort by key, stably, a byte at a time; scratch has room for n items. */
static void
radix_sort(SortItem *items, SortItem *scratch, uint32_t n, const RawEnv *env)
{
	uint32_t	start[8][256];
	SortItem   *from = items;
	SortItem   *to = scratch;

	memset(start, 0, sizeof(start));
	for (uint32_t i = 0; i < n; i++)
		for (int digit = 0; digit < 8; digit++)
			start[digit][(items[i].key >> (8 * digit)) & 0xff]++;

	for (int digit = 0; digit < 8; digit++)
	{
		uint32_t   *next = start[digit];
		uint32_t	sum = 0;
		SortItem   *swap;

		/* A byte that is the same everywhere sorts nothing. */
		if (next[(items[0].key >> (8 * digit)) & 0xff] == n)
			continue;

		env->check(env->arg);
		for (int value = 0; value < 256; value++)
		{
			uint32_t	count = next[value];

			next[value] = sum;
			sum += count;
		}
		for (uint32_t i = 0; i < n; i++)
			to[next[(from[i].key >> (8 * digit)) & 0xff]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(SortItem));
}

static void
insertion_sort(SortItem *items, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
	{
		SortItem	item = items[i];
		uint32_t	j = i;

		for (; j > 0 && items[j - 1].key > item.key; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

/*
 * Sort rows, whose codes are the same in all words before "word".  Their
 * codes are random bits: the first word nearly always decides, unless codes
 * are equal.
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): a level a word */
sort_rows(SortItem *items, SortItem *scratch, uint32_t n,
		  const uint64_t *codes, int words, int word, const RawEnv *env)
{
	uint32_t	first = 0;

	for (uint32_t i = 0; i < n; i++)
		items[i].key = codes[(size_t) items[i].row * words + word];
	if (n <= 64)
		insertion_sort(items, n);
	else
		radix_sort(items, scratch, n, env);

	if (word + 1 == words)
		return;
	for (uint32_t i = 1; i <= n; i++)
	{
		raw_check(env, i);
		if (i < n && items[i].key == items[first].key)
			continue;
		if (i - first > 1)
			sort_rows(items + first, scratch, i - first, codes, words, word + 1, env);
		first = i;
	}
}

void
codeset_build(CodeSet *set, uint64_t *codes, uint32_t nrows, int words,
			  const RawEnv *env)
{
	const size_t size = 8 * (size_t) words;
	SortItem   *items = env->alloc(env->arg, (size_t) nrows * sizeof(SortItem) + 1);
	SortItem   *scratch = env->alloc(env->arg, (size_t) nrows * sizeof(SortItem) + 1);
	uint32_t   *order;

	for (uint32_t i = 0; i < nrows; i++)
		items[i].row = i;
	if (nrows > 0)
		sort_rows(items, scratch, nrows, codes, words, 0, env);
	env->free(env->arg, scratch);

	order = env->alloc(env->arg, (size_t) nrows * sizeof(uint32_t) + 1);
	for (uint32_t i = 0; i < nrows; i++)
		order[i] = items[i].row;
	env->free(env->arg, items);

	set->words = words;
	set->nrows = nrows;
	set->ncodes = 0;
	set->codes = env->alloc(env->arg, nrows * size + 1);
	set->rows = env->alloc(env->arg, (size_t) nrows * sizeof(uint32_t) + 1);
	set->code_of_row = env->alloc(env->arg, (size_t) nrows * sizeof(uint32_t) + 1);
	for (uint32_t i = 0; i < nrows; i++)
	{
		const uint64_t *code = codes + (size_t) order[i] * words;
		uint64_t   *last = set->codes + (size_t) set->ncodes * words;

		raw_check(env, i);
		if (set->ncodes == 0 || memcmp(last - words, code, size) != 0)
		{
			memcpy(last, code, size);
			set->rows[set->ncodes++] = 0;
		}
		set->rows[set->ncodes - 1]++;
		set->code_of_row[order[i]] = set->ncodes - 1;
	}
	env->free(env->arg, order);
	env->free(env->arg, codes);
}

void
codeset_free(CodeSet *set, const RawEnv *env)
{
	env->free(env->arg, set->codes);
	env->free(env->arg, set->rows);
	env->free(env->arg, set->code_of_row);
}
