/*-------------------------------------------------------------------------
 *
 * idlist.h
 *	  The ids of rows, of any type that has an order.
 *
 * Functions of a type that are called here are its input and output, and those
 * of operator classes: PostgreSQL's own sorts, hash tables and output call them
 * in the same way, without a look at privileges, as none but superusers make
 * base types and operator classes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef IDLIST_H
#define IDLIST_H

#include "postgres.h"

#include "utils/sortsupport.h"

typedef struct IdList
{
	const char *function;		/* which messages name */
	Oid			type;
	int16		length;
	bool		by_value;
	SortSupportData order;		/* of the type's default btree class */

	MemoryContext context;		/* of ids[] */
	MemoryContext values;		/* of what ids[] points to */
	Datum	   *ids;
	uint32		n;
	uint32		room;
	bool		ascending;		/* so far, without repeats */
} IdList;

/*
 * An empty list in "context", which is within simhash.memory_limit.  An error
 * if the type has no order.  Text is in the order of the database's collation.
 */
extern void idlist_init(IdList *list, const char *function, Oid type, MemoryContext context);

/* Add a copy of an id; an error if it is null. */
extern void idlist_add(IdList *list, Datum id, bool isnull);

/*
 * Add the first column of a row of an id and a value; without a value the id is
 * checked, but not kept, and the result is false.
 */
static inline bool
idlist_add_of(IdList *list, const Datum *values, const bool *isnull)
{
	if (isnull[0] || !isnull[1])
		idlist_add(list, values[0], isnull[0]);
	return !isnull[1];
}

/*
 * Sort the ids.  Returns order[]: the id that is now number k was number
 * order[k]; allocated in the list's context.  NULL if nothing changed.  While
 * it runs, 20 bytes an id are in use beside the list.
 */
extern uint32 *idlist_sort(IdList *list);

/* Put the ids of another list of the type behind these. */
extern void idlist_append(IdList *list, const IdList *other);

/* Is id number k equal to another, which is not null? */
extern bool idlist_equal(IdList *list, uint32 k, Datum id);

/* An error if an id of a sorted list occurs twice. */
extern void idlist_check_unique(IdList *list);

#endif							/* IDLIST_H */
