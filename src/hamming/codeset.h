/*-------------------------------------------------------------------------
 *
 * codeset.h
 *	  The different codes among some rows: a hundred thousand copies of one
 *	  code are 5e9 pairs that nobody wants to see one by one.
 *
 * No PostgreSQL header is needed.  Codes here are arrays of uint64_t of the
 * machine's order, word 0 the most significant, 1 to HAMMING_MAX_WORDS words.
 *
 *-------------------------------------------------------------------------
 */
#ifndef CODESET_H
#define CODESET_H

#include <stdint.h>

#include "base/rawenv.h"

/*
 * The different codes among some rows, in ascending order, so that the number
 * of a code (0 to ncodes - 1) also stands for its place in that order.
 */
typedef struct CodeSet
{
	int			words;
	uint32_t	nrows;
	uint32_t	ncodes;
	uint64_t   *codes;			/* words * ncodes */
	uint32_t   *rows;			/* how many rows have the code; ncodes */
	uint32_t   *code_of_row;	/* nrows */
} CodeSet;

/*
 * Group nrows < UINT32_MAX codes.  "codes" was allocated by env->alloc; it is
 * freed here.  While it runs, up to 16 * words + 16 bytes a row are in use, the
 * argument among them; what stays is 4 bytes a row and 8 * words + 4 bytes for
 * every row of room in the set.
 */
extern void codeset_build(CodeSet *set, uint64_t *codes, uint32_t nrows,
						  int words, const RawEnv *env);
extern void codeset_free(CodeSet *set, const RawEnv *env);

#endif							/* CODESET_H */
