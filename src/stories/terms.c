/*-------------------------------------------------------------------------
 *
 * terms.c
 *	  The terms of an article: words and pairs of adjacent words.
 *
 *-------------------------------------------------------------------------
 */
#include "stories/terms.h"

#include <string.h>

#include "text/shingles.h"

#define FIRST_SLOTS 4096

/* Hashes are of good quality, but the lowest bit tells words and pairs apart. */
#define FIRST_SLOT(table, hash) ((uint32_t) ((hash) >> 32) & ((table)->nslots - 1))

void
terms_init(TermTable *table, const RawEnv *env)
{
	table->env = env;
	table->nused = 0;
	table->nslots = FIRST_SLOTS;
	table->slots = env->alloc(env->arg, sizeof(Term) * FIRST_SLOTS);
	table->used = env->alloc(env->arg, sizeof(uint32_t) * FIRST_SLOTS / 2);
	memset(table->slots, 0, sizeof(Term) * FIRST_SLOTS);
}

void
terms_free(TermTable *table)
{
	table->env->free(table->env->arg, table->slots);
	table->env->free(table->env->arg, table->used);
}

/* Forget the terms, for the next article. */
void
terms_clear(TermTable *table)
{
	for (uint32_t i = 0; i < table->nused; i++)
		table->slots[table->used[i]].count = 0;
	table->nused = 0;
}

/* The slot of a term, or the empty one that it may have. */
static uint32_t
find_slot(const TermTable *table, uint64_t hash)
{
	uint32_t	slot = FIRST_SLOT(table, hash);

	while (table->slots[slot].count != 0 && table->slots[slot].hash != hash)
		slot = (slot + 1) & (table->nslots - 1);
	return slot;
}

static void
enlarge(TermTable *table)
{
	const RawEnv *env = table->env;
	TermTable	old = *table;

	table->nslots = old.nslots * 2;
	table->slots = env->alloc(env->arg, sizeof(Term) * table->nslots);
	table->used = env->alloc(env->arg, sizeof(uint32_t) * table->nslots / 2);
	memset(table->slots, 0, sizeof(Term) * table->nslots);
	for (uint32_t i = 0; i < old.nused; i++)
	{
		const Term *term = &old.slots[old.used[i]];
		uint32_t	slot = find_slot(table, term->hash);

		table->slots[slot] = *term;
		table->used[i] = slot;
	}
	terms_free(&old);
}

void
terms_add(TermTable *table, uint64_t hash, uint32_t times)
{
	uint32_t	slot = find_slot(table, hash);

	if (table->slots[slot].count == 0)
	{
		if (table->nused == table->nslots / 2)
		{
			enlarge(table);
			slot = find_slot(table, hash);
		}
		table->slots[slot].hash = hash;
		table->used[table->nused++] = slot;
	}
	table->slots[slot].count += times;
}

/* Begin to read a title or a body. */
void
term_reader_begin(TermReader *reader, bool title)
{
	reader->title = title;
	reader->nwords = 0;
	reader->before[0] = 0;
	reader->before[1] = 0;
	reader->run = 0;
}

int
term_reader_word(TermReader *reader, uint64_t word, bool solo, ReadTerm terms[2], uint32_t *times)
{
	uint64_t	pair = shingle_extend(shingle_extend(0, reader->before[0]), word);
	int			n = 0;

	*times = reader->title || reader->nwords < TERMS_LEAD_WORDS ? 2 : 1;
	if (!solo)
	{
		terms[n++] = (ReadTerm) {word & ~UINT64_C(1), 1};
		if (reader->nwords > 0)
			terms[n++] = (ReadTerm) {pair | 1, 2};
		reader->run = 0;
	}
	else if (reader->run == 0)
	{
		terms[n++] = (ReadTerm) {word & ~UINT64_C(1), 1};
		reader->run = 1;
	}
	else
	{
		terms[n++] = (ReadTerm) {pair & ~UINT64_C(1), 2};
		if (reader->run == 2)
		{
			uint64_t	first = shingle_extend(shingle_extend(0, reader->before[1]), reader->before[0]);

			terms[n++] = (ReadTerm) {shingle_extend(first, word) | 1, 3};
		}
		reader->run = 2;
	}
	reader->before[1] = reader->before[0];
	reader->before[0] = word;
	if (reader->nwords < TERMS_LEAD_WORDS)
		reader->nwords++;
	return n;
}

void
terms_key_add(TermsKey *key, uint64_t hash, uint32_t times)
{
	uint64_t	mixed = (hash ^ hash >> 29) * SHINGLE_MULTIPLIER;

	key->part[0] += hash * times;
	key->part[1] += (mixed ^ mixed >> 32) * times;
}
