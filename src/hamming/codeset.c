/*-------------------------------------------------------------------------
 *
 * codeset.c
 *	  The different codes among some rows.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/codeset.h"

#include <string.h>

/* A row, and the half of a word of its code that it is sorted by. */
typedef struct SortItem
{
	uint32_t	key;
	uint32_t	row;
} SortItem;

#define RADIX_SORT sort_items
#define RADIX_ITEM SortItem
#define RADIX_KEY(item) ((item).key)
#include "base/radix.h"

/*
 * Sort rows, whose codes are the same in all halves of words before "half".
 * Their codes are random bits: the first half nearly always decides, unless
 * codes are equal.
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): a level half a word */
sort_rows(SortItem *items, SortItem *scratch, uint32_t n,
		  const uint64_t *codes, int words, int half, const RawEnv *env)
{
	uint32_t	first = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		raw_check(env, i);
		items[i].key = (uint32_t) (codes[(size_t) items[i].row * words + half / 2] >> (half % 2 == 0 ? 32 : 0));
	}
	sort_items(env, items, scratch, n);

	if (half + 1 == 2 * words)
		return;
	for (uint32_t i = 1; i <= n; i++)
	{
		raw_check(env, i);
		if (i < n && items[i].key == items[first].key)
			continue;
		if (i - first > 1)
			sort_rows(items + first, scratch, i - first, codes, words, half + 1, env);
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

	for (uint32_t i = 0; i < nrows; i++)
		items[i].row = i;
	sort_rows(items, scratch, nrows, codes, words, 0, env);
	env->free(env->arg, scratch);

	set->words = words;
	set->nrows = nrows;
	set->ncodes = 0;
	set->codes = env->alloc(env->arg, nrows * size + 1);
	set->rows = env->alloc(env->arg, (size_t) nrows * sizeof(uint32_t) + 1);
	set->code_of_row = env->alloc(env->arg, (size_t) nrows * sizeof(uint32_t) + 1);
	for (uint32_t i = 0; i < nrows; i++)
	{
		const uint64_t *code = codes + (size_t) items[i].row * words;
		uint64_t   *last = set->codes + (size_t) set->ncodes * words;

		raw_check(env, i);
		if (set->ncodes == 0 || memcmp(last - words, code, size) != 0)
		{
			memcpy(last, code, size);
			set->rows[set->ncodes++] = 0;
		}
		set->rows[set->ncodes - 1]++;
		set->code_of_row[items[i].row] = set->ncodes - 1;
	}
	env->free(env->arg, items);
	env->free(env->arg, codes);
}

void
codeset_free(CodeSet *set, const RawEnv *env)
{
	env->free(env->arg, set->codes);
	env->free(env->arg, set->rows);
	env->free(env->arg, set->code_of_row);
}
