/*-------------------------------------------------------------------------
 *
 * verdict.h
 *	  What two articles are to each other: exact measures, and a verdict.
 *
 * The rules are doc/passages.md.  No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "passages/changes.h"
#include "passages/written.h"

/* Words of a replacement at most, in which one fact may stand for another. */
#define VERDICT_SWAP_WORDS 24

/* Words of an article: hashes, and what they are (written.h). */
typedef struct VerdictText
{
	PassageText text;
	const uint8_t *flags;		/* wanted by what says so */
} VerdictText;

typedef struct Measures
{
	uint32_t	words[2];
	uint32_t	shared[2];		/* in passages */
	uint32_t	longest;		/* words of the longest passage */
	uint32_t	longest_quoted; /* of those within quotations of both; and of others */
	uint32_t	longest_own;
	uint32_t	own[2];			/* words outside quotations */
	uint32_t	own_shared[2];	/* of these, in passages that are no quotations in both */
	uint32_t	in_order;		/* words that both have in the same order */
	uint32_t	kept;			/* kept or moved */
	uint32_t	changed;		/* words that were removed, added, or replaced */
	uint32_t	small;			/* of these, in changes of a few words */
	uint32_t	numbers;		/* short replacements of numbers, names */
	uint32_t	names;
	uint32_t	negations;		/* changes that turn a statement round */
	bool		same;			/* the same words in the same order */
} Measures;

typedef struct Comparison
{
	Passage    *passages;		/* or NULL */
	uint32_t	npassages;
	Change	   *changes;
	uint32_t	nchanges;
	Measures	measures;
} Comparison;

/* What a change changes: words of a kind that only one side has. */
typedef struct ChangedFacts
{
	uint32_t	numbers[2];
	uint32_t	names[2];
	uint32_t	negations[2];
} ChangedFacts;

extern uint32_t verdict_only_words(const VerdictText text[2], const Change *change, uint8_t flag,
								   int side, uint32_t *only, uint32_t most, const RawEnv *env);
extern void verdict_facts(const VerdictText text[2], const Change *change, ChangedFacts *facts,
						  const RawEnv *env);
extern bool verdict_is_swap(const Change *change);
extern void verdict_compare(const VerdictText text[2], Comparison *comparison, const RawEnv *env);
extern bool verdict_depends_on_writing(const Measures *measures);
extern bool verdict_tells_facts(const Measures *measures);
extern void verdict_read(const VerdictText text[2], Comparison *comparison, const RawEnv *env);
extern const char *verdict_of(const Measures *measures);

#endif							/* VERDICT_H */
