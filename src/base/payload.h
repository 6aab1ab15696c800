/*-------------------------------------------------------------------------
 *
 * payload.h
 *	  Equality, order, hash and binary form of values that are the bytes of
 *	  their payload, as of all types of the extension: each value has one form
 *	  in bytes.
 *
 * The order is by length, then by bytes.  Nothing of a type is known here, and
 * bytes of any length will do, so what compares never raises an error over a
 * damaged value: who looks for it, or deletes it, has to compare.
 *
 *-------------------------------------------------------------------------
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/sortsupport.h"

/* The binary form of a value, which is its payload: a bytea of its own. */
extern bytea *payload_bytea(const struct varlena *value);

/*
 * The beginning of a literal for a message about it, in the current memory
 * context: a long one is most likely a text, or a column of another kind.
 */
extern char *clip_literal(const char *literal);

/* <0, 0 or >0. */
extern int	payload_compare(Datum x, Datum y);

/*
 * Sort by "full", or first, where that is asked for, by what "abbreviate"
 * makes of a datum: unsigned integers in the same order.
 */
extern void payload_sort_by(SortSupport ssup, int (*full) (Datum x, Datum y, SortSupport ssup),
							Datum (*abbreviate) (Datum original, SortSupport ssup));

#endif							/* PAYLOAD_H */
