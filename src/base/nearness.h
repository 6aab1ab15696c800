/*-------------------------------------------------------------------------
 *
 * nearness.h
 *	  What the planner is told of conditions that two values are near each
 *	  other: fingerprints within a radius, sketches that have so much in
 *	  common.
 *
 * How many rows such a condition leaves, and how a function f(a, b, limit)
 * uses an index, is the same for every type but for what a Nearness tells.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_NEARNESS_H
#define SIMHASH_NEARNESS_H

#include "postgres.h"

#include "access/stratnum.h"
#include "fmgr.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "utils/selfuncs.h"

typedef struct Nearness Nearness;

/* A condition; a room's own has more behind. */
typedef struct NearClause
{
	const Nearness *type;
	Oid			self;			/* the running function, see identity.h */
	Oid			function;		/* that computes it: is it leakproof? */
	Node	   *a;				/* a value of the type */
	Node	   *b;				/* another, or what is asked of the first */
} NearClause;

/* A call f(a, b, limit) of which an index has one of the first two. */
typedef struct NearCall
{
	SupportRequestIndexCondition *request;
	Oid			self;
	Oid			function;
	Node	   *indexed;
	Node	   *other;
	Node	   *limit;
} NearCall;

/* How a value of a column is to a constant. */
typedef enum NearResult
{
	NEAR_NOT,					/* the condition doesn't hold */
	NEAR_HOLDS,					/* it holds */
	NEAR_EQUAL					/* it holds, as the value is the constant */
} NearResult;

struct Nearness
{
	const char *input;			/* the type's input function */
	Size		clause_size;

	/*
	 * Describe the condition of an operator, or of a function, with these
	 * arguments; false if it isn't of the extension.  The clause has its
	 * first three members already.
	 */
	bool		(*of_operator) (NearClause *clause, PlannerInfo *root, List *args);
	bool		(*of_call) (NearClause *clause, PlannerInfo *root, List *args);

	/*
	 * Take in a constant that is one of the operands; false if it isn't of a
	 * type of ours.
	 */
	bool		(*constant) (NearClause *clause, const Const *operand, bool is_a);

	/* Settle what hangs on the variables compared, of which each may be NULL. */
	void		(*settle) (NearClause *clause, VariableStatData *a, VariableStatData *b);

	/* The part of pairs of values that aren't equal for which it holds, by a model. */
	double		(*chance) (const NearClause *clause);

	/*
	 * The same by the statistics of a variable: of all rows, or of those that
	 * have none of the most common values ("rest"); negative if they don't
	 * tell.  And how many pairs they rest on, 0 if there are none.
	 */
	double		(*part) (const NearClause *clause, VariableStatData *var, bool rest,
						 double *pairs);

	/* How a value is to the constant that was taken in. */
	NearResult	(*test) (const NearClause *clause, Datum value);

	/* The index condition that a call amounts to, or NULL. */
	Node	   *(*index_condition) (const NearCall *call);
};

/* A RESTRICT, JOIN or SUPPORT function of a type, of which "body" is one below. */
#define NEAR_FUNCTION(name, body, nearness) \
PG_FUNCTION_INFO_V1(name); \
\
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	return body(fcinfo, &(nearness)); \
}

extern Datum near_restrict(PG_FUNCTION_ARGS, const Nearness *type);
extern Datum near_join(PG_FUNCTION_ARGS, const Nearness *type);
extern Datum near_support(PG_FUNCTION_ARGS, const Nearness *type);

/* The value of an expression, an integer or a float8, if it is a constant. */
extern bool near_limit(Node *node, double *limit);

/*
 * The index condition
 *
 *		indexed OPERATOR constructor(args)
 *
 * of the operator that has the strategy and, as the constructor, the function
 * of that symbol; NULL if the index has no such operator, or the user may not
 * call what stands there.
 */
extern Node *near_index_condition(const NearCall *call, StrategyNumber strategy,
								  const char *operator, const char *constructor, List *args);

#endif							/* SIMHASH_NEARNESS_H */
