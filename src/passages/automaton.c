/*-------------------------------------------------------------------------
 *
 * automaton.c
 *	  The suffix automaton of a sequence of words.
 *
 * The sequence may be in several parts, which no run crosses.
 *
 *-------------------------------------------------------------------------
 */
#include "passages/automaton.h"

#define FIRST_ROOM 256

/* Words are hashes; a secret factor spreads the states over them. */
static inline uint64_t
edge_hash(const Automaton *automaton, uint32_t from, uint64_t word)
{
	return word + from * automaton->factor;
}

/* The edge of a word from a state, or NULL. */
static inline AutomatonEdge *
find_edge(Automaton *automaton, uint32_t from, uint64_t word)
{
	HashTable  *table = &automaton->table;
	size_t		slot = hashtable_first(table, edge_hash(automaton, from, word));
	uint32_t	entry;

	raw_step(table->env, &table->steps);
	while ((entry = table->slots[slot]) != 0)
	{
		AutomatonEdge *edge = &automaton->edges[entry - 1];

		if (edge->from == from && edge->word == word)
			return edge;
		slot = hashtable_next(table, slot);
	}
	return NULL;
}

/* Twice the room for edges. */
static void
enlarge_edges(Automaton *automaton)
{
	automaton->edges_room *= 2;
	automaton->edges = raw_enlarge(automaton->env, automaton->edges,
								   automaton->nedges * sizeof(AutomatonEdge),
								   automaton->edges_room * sizeof(AutomatonEdge));
	hashtable_free(&automaton->table);
	hashtable_init(&automaton->table, automaton->edges_room, automaton->env);
	for (uint32_t i = 0; i < automaton->nedges; i++)
	{
		const AutomatonEdge *edge = &automaton->edges[i];

		raw_check(automaton->env, i);
		hashtable_enter(&automaton->table, edge_hash(automaton, edge->from, edge->word), i);
	}
}

static void
add_edge(Automaton *automaton, uint32_t from, uint64_t word, uint32_t to)
{
	AutomatonState *state = &automaton->states[from];

	raw_step(automaton->env, &automaton->table.steps);
	if (automaton->nedges == automaton->edges_room)
		enlarge_edges(automaton);
	automaton->edges[automaton->nedges] = (AutomatonEdge) {word, from, to, state->edges};
	state->edges = automaton->nedges;
	hashtable_enter(&automaton->table, edge_hash(automaton, from, word), automaton->nedges++);
}

static uint32_t
add_state(Automaton *automaton, uint32_t length, uint32_t link, uint32_t first_end)
{
	if (automaton->nstates == automaton->states_room)
	{
		automaton->states_room *= 2;
		automaton->states = raw_enlarge(automaton->env, automaton->states,
										automaton->nstates * sizeof(AutomatonState),
										automaton->states_room * sizeof(AutomatonState));
	}
	automaton->states[automaton->nstates] =
		(AutomatonState) {length, link, first_end, AUTOMATON_NONE};
	return automaton->nstates++;
}

/*
 * The state of the longest run of "from" with "word" behind it, to which
 * there is an edge.  Where that edge leads to a state of longer runs too, these
 * no longer end at the same places, and the shorter ones get a state of their
 * own.
 */
static uint32_t
follow_edge(Automaton *automaton, uint32_t from, uint64_t word, uint32_t to)
{
	uint32_t	length = automaton->states[from].length + 1;
	uint32_t	split;
	AutomatonEdge *edge;

	if (automaton->states[to].length == length)
		return to;

	split = add_state(automaton, length, automaton->states[to].link,
					  automaton->states[to].first_end);
	automaton->states[to].link = split;
	for (uint32_t i = automaton->states[to].edges; i != AUTOMATON_NONE;)
	{
		AutomatonEdge copied = automaton->edges[i];

		add_edge(automaton, split, copied.word, copied.to);
		i = copied.next;
	}
	for (; from != AUTOMATON_NONE; from = automaton->states[from].link)
	{
		edge = find_edge(automaton, from, word);
		if (edge == NULL || edge->to != to)
			break;
		edge->to = split;
	}
	return split;
}

/*
 * Begin with no words.  All memory comes from "env", which must stay.
 */
void
automaton_init(Automaton *automaton, const RawEnv *env)
{
	automaton->env = env;
	automaton->nstates = 0;
	automaton->states_room = FIRST_ROOM;
	automaton->states = env->alloc(env->arg, FIRST_ROOM * sizeof(AutomatonState));
	automaton->nedges = 0;
	automaton->edges_room = FIRST_ROOM;
	automaton->edges = env->alloc(env->arg, FIRST_ROOM * sizeof(AutomatonEdge));
	hashtable_init(&automaton->table, FIRST_ROOM, env);
	automaton->factor = env->secret[3];
	automaton->last = add_state(automaton, 0, AUTOMATON_NONE, 0);
}

void
automaton_free(Automaton *automaton)
{
	const RawEnv *env = automaton->env;

	env->free(env->arg, automaton->states);
	env->free(env->arg, automaton->edges);
	hashtable_free(&automaton->table);
}

/*
 * Add the next word, whose place is told by "end": the number of words up to
 * and with it, which must grow.  Less than 2^29 words can be added.
 */
void
automaton_add(Automaton *automaton, uint64_t word, uint32_t end)
{
	uint32_t	from = automaton->last;
	AutomatonEdge *edge = find_edge(automaton, from, word);

	/* in the second part and later, a run may be known already */
	if (edge != NULL)
	{
		automaton->last = follow_edge(automaton, from, word, edge->to);
		return;
	}

	automaton->last = add_state(automaton, automaton->states[from].length + 1,
								AUTOMATON_ROOT, end);
	do
	{
		add_edge(automaton, from, word, automaton->last);
		from = automaton->states[from].link;
		edge = from == AUTOMATON_NONE ? NULL : find_edge(automaton, from, word);
	} while (from != AUTOMATON_NONE && edge == NULL);
	if (edge != NULL)
	{
		uint32_t	link = follow_edge(automaton, from, word, edge->to);

		automaton->states[automaton->last].link = link;
	}
}

/* End a part of the sequence: no run crosses into the next one. */
void
automaton_break(Automaton *automaton)
{
	automaton->last = AUTOMATON_ROOT;
}

/*
 * Read the next word of another sequence.  *match is zero before the first
 * one.
 */
void
automaton_step(Automaton *automaton, AutomatonMatch *match, uint64_t word)
{
	const AutomatonEdge *edge = find_edge(automaton, match->state, word);

	while (edge == NULL && match->state != AUTOMATON_ROOT)
	{
		match->state = automaton->states[match->state].link;
		match->length = automaton->states[match->state].length;
		edge = find_edge(automaton, match->state, word);
	}
	if (edge != NULL)
	{
		match->state = edge->to;
		match->length++;
	}
}
