/*-------------------------------------------------------------------------
 *
 * automaton.h
 *	  The suffix automaton of a sequence of words: which runs of words occur
 *	  in it, and where first.
 *
 * It is the smallest automaton that accepts every run of the sequence
 * (Blumer, Blumer, Haussler, Ehrenfeucht, Chen, Seiferas 1985, "The smallest
 * automaton recognizing the subwords of a text"), built from left to right in
 * time and memory linear in the number of words, however they repeat.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef AUTOMATON_H
#define AUTOMATON_H

#include <stddef.h>
#include <stdint.h>

#include "base/hashtable.h"

/*
 * A state stands for all runs that end at the same places of the sequence.
 * The longest of them is "length" words long; the others are its ends, down
 * to the longest run of the state "link", which ends at more places.
 */
typedef struct AutomatonState
{
	uint32_t	length;
	uint32_t	link;
	uint32_t	first_end;		/* the first place where its runs end */
	uint32_t	edges;			/* a list, by AutomatonEdge.next */
} AutomatonState;

/* Edges are also found by (from, word), through a hash table. */
typedef struct AutomatonEdge
{
	uint64_t	word;
	uint32_t	from;
	uint32_t	to;
	uint32_t	next;
} AutomatonEdge;

#define AUTOMATON_ROOT	0		/* the state of the run of no words */
#define AUTOMATON_NONE	UINT32_MAX

typedef struct Automaton
{
	const RawEnv *env;
	AutomatonState *states;
	uint32_t	nstates;
	uint32_t	states_room;
	AutomatonEdge *edges;
	uint32_t	nedges;
	uint32_t	edges_room;		/* a power of two */
	HashTable	table;			/* of the edges */
	uint64_t	factor;			/* of a state in the hash of its edges */
	uint32_t	last;			/* the state of all words added so far */
} Automaton;

/*
 * Words that were read by automaton_step(): the longest run that ends with
 * the word read last and occurs in the automaton's sequence.
 */
typedef struct AutomatonMatch
{
	uint32_t	state;
	uint32_t	length;			/* 0 if that word does not occur at all */
} AutomatonMatch;

extern void automaton_init(Automaton *automaton, const RawEnv *env);
extern void automaton_add(Automaton *automaton, uint64_t word, uint32_t end);
extern void automaton_break(Automaton *automaton);
extern void automaton_step(Automaton *automaton, AutomatonMatch *match, uint64_t word);
extern void automaton_free(Automaton *automaton);

/* Where the run of a match of one word or more ends first. */
static inline uint32_t
automaton_first_end(const Automaton *automaton, const AutomatonMatch *match)
{
	return automaton->states[match->state].first_end;
}

#endif							/* AUTOMATON_H */
