/*-------------------------------------------------------------------------
 *
 * hashtable.h
 *	  Hash tables with open addressing, for entries that have numbers.
 *
 * Entries lie in arrays of the user's, in the order in which they came, so
 * that no result hangs on the table, which has but their numbers: in the first
 * slot from that of an entry's hash on that was free.  At least half of the
 * slots are free.
 *
 * Hashes are given by a text, and whoever writes it may choose words whose
 * hashes have any bits that he likes: with slots told by such bits, they all
 * meet, and to enter n of them takes n^2 / 2 looks (Crosby and Wallach 2003,
 * "Denial of service via algorithmic complexity attacks").  So slots are told
 * by a function that is drawn at random for each process, from a family that
 * is strongly universal: any two different hashes have each pair of slots by
 * the same chance.  It is pair-multiply-shift (Thorup 2015, "High speed hashing
 * for integers and strings", section 3; after Dietzfelbinger 1996, "Universal
 * hashing and k-wise independent random variables via integer arithmetic
 * without primes"), of the halves of a hash, which with 64 bits holds for up
 * to 2^33 slots.  Then to enter n hashes, whichever they are, takes O(n log n)
 * looks on average (Patrascu and Thorup 2016, "On the k-independence required
 * by linear probing and minwise independence", table I); those of texts by
 * nobody's design take O(n).
 *
 * Every look but the first is counted as a step of work, so that whatever the
 * looks add up to can be interrupted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HASHTABLE_H
#define HASHTABLE_H

#include "base/rawenv.h"

typedef struct HashTable
{
	const RawEnv *env;
	uint64_t	secret[3];
	uint32_t   *slots;			/* the number of an entry + 1, or 0 */
	size_t		nslots;			/* a power of two */
	unsigned	shift;			/* 64 - log2(nslots) */
	uint32_t	steps;			/* looks behind the first ones, see raw_step() */
} HashTable;

/*
 * An empty table for up to "room" entries, a power of two.  For more of them,
 * free it and make another.
 */
static inline void
hashtable_init(HashTable *table, size_t room, const RawEnv *env)
{
	table->env = env;
	memcpy(table->secret, env->secret, sizeof(table->secret));
	table->nslots = 2 * room;
	table->shift = 64;
	for (size_t n = table->nslots; n > 1; n >>= 1)
		table->shift--;
	table->slots = raw_alloc_zero(env, table->nslots * sizeof(uint32_t));
	table->steps = 0;
}

static inline void
hashtable_free(HashTable *table)
{
	table->env->free(table->env->arg, table->slots);
}

/* The slot where to look first for what has a hash. */
static inline size_t
hashtable_first(const HashTable *table, uint64_t hash)
{
	return ((table->secret[0] + (uint32_t) hash) * (table->secret[1] + (hash >> 32)) +
			table->secret[2]) >> table->shift;
}

/* The slot where to look next. */
static inline size_t
hashtable_next(HashTable *table, size_t slot)
{
	raw_step(table->env, &table->steps);
	return (slot + 1) & (table->nslots - 1);
}

/* Enter an entry, which isn't there. */
static inline void
hashtable_enter(HashTable *table, uint64_t hash, uint32_t number)
{
	size_t		slot = hashtable_first(table, hash);

	while (table->slots[slot] != 0)
		slot = hashtable_next(table, slot);
	table->slots[slot] = number + 1;
}


/*
 * A table whose entries are but hashes, with a count each, numbered in the
 * order in which they first came.
 */
typedef struct HashCounts
{
	HashTable	table;
	uint32_t	n;
	uint32_t	room;			/* a power of two */
	uint64_t   *hashes;			/* of the i-th */
	uint32_t   *counts;			/* the user's; 0 at first */
} HashCounts;

#define HASHCOUNTS_NONE UINT32_MAX

/* Begin with room for so many hashes, a power of two; there may come more. */
static inline void
hashcounts_init(HashCounts *counts, uint32_t room, const RawEnv *env)
{
	hashtable_init(&counts->table, room, env);
	counts->n = 0;
	counts->room = room;
	counts->hashes = env->alloc(env->arg, room * sizeof(uint64_t));
	counts->counts = env->alloc(env->arg, room * sizeof(uint32_t));
}

/* Free all but the counts, which are the user's then. */
static inline void
hashcounts_free_hashes(HashCounts *counts)
{
	const RawEnv *env = counts->table.env;

	env->free(env->arg, counts->hashes);
	hashtable_free(&counts->table);
}

static inline void
hashcounts_free(HashCounts *counts)
{
	const RawEnv *env = counts->table.env;

	env->free(env->arg, counts->counts);
	hashcounts_free_hashes(counts);
}

/* Forget all hashes.  The last one that came is the first to be removed. */
static inline void
hashcounts_clear(HashCounts *counts)
{
	HashTable  *table = &counts->table;

	for (; counts->n > 0; counts->n--)
	{
		size_t		slot = hashtable_first(table, counts->hashes[counts->n - 1]);

		raw_check(table->env, counts->n);
		while (table->slots[slot] != counts->n)
			slot = hashtable_next(table, slot);
		table->slots[slot] = 0;
	}
}

/* The slot of a hash, or the free one that it may have. */
static inline size_t
hashcounts_slot(HashCounts *counts, uint64_t hash)
{
	HashTable  *table = &counts->table;
	size_t		slot = hashtable_first(table, hash);
	uint32_t	entry;

	while ((entry = table->slots[slot]) != 0 && counts->hashes[entry - 1] != hash)
		slot = hashtable_next(table, slot);
	return slot;
}

/* The number of a hash, or HASHCOUNTS_NONE. */
static inline uint32_t
hashcounts_find(HashCounts *counts, uint64_t hash)
{
	return counts->table.slots[hashcounts_slot(counts, hash)] - 1;
}

/* Make twice the room. */
RAW_RARE static void
hashcounts_enlarge(HashCounts *counts)
{
	const RawEnv *env = counts->table.env;
	size_t		room = (size_t) counts->room * 2;

	counts->hashes = raw_enlarge(env, counts->hashes, counts->n * sizeof(uint64_t), room * sizeof(uint64_t));
	counts->counts = raw_enlarge(env, counts->counts, counts->n * sizeof(uint32_t), room * sizeof(uint32_t));
	hashtable_free(&counts->table);
	hashtable_init(&counts->table, room, env);
	for (uint32_t i = 0; i < counts->n; i++)
	{
		raw_check(env, i);
		hashtable_enter(&counts->table, counts->hashes[i], i);
	}
	counts->room = (uint32_t) room;
}

/* The number of a hash, which becomes a new one if it isn't there. */
static inline uint32_t
hashcounts_number(HashCounts *counts, uint64_t hash)
{
	size_t		slot = hashcounts_slot(counts, hash);

	if (counts->table.slots[slot] != 0)
		return counts->table.slots[slot] - 1;
	if (counts->n == counts->room)
	{
		hashcounts_enlarge(counts);
		slot = hashcounts_slot(counts, hash);
	}
	counts->hashes[counts->n] = hash;
	counts->counts[counts->n] = 0;
	counts->table.slots[slot] = ++counts->n;
	return counts->n - 1;
}

/* Count a hash, "times" times. */
static inline void
hashcounts_add(HashCounts *counts, uint64_t hash, uint32_t times)
{
	uint32_t	number = hashcounts_number(counts, hash);

	counts->counts[number] += times;
}

#endif							/* HASHTABLE_H */
