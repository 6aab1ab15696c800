/*-------------------------------------------------------------------------
 *
 * simhash.h
 *	  The layout of the types, and what every room of the extension may use.
 *
 * A simhash is a fingerprint of n bits, n a multiple of 64 from 64 to 1024
 * (Charikar 2002, "Similarity estimation techniques from rounding
 * algorithms", section 3).  As a datum it is a varlena whose payload is the
 * n/8 bytes of the fingerprint and nothing else: bit 0 is the most
 * significant bit of the first byte.  Where the fingerprint is computed as
 * n/64 words of 64 bits, the payload is the words in order, each with its
 * most significant byte first, so that the bytes do not depend on the
 * machine, memcmp() is the order of the type, and the text form is the bytes
 * in hexadecimal.
 *
 * Short varlena headers make the payload unaligned: it is read with memcpy()
 * or through hamming.h only.
 *
 * What is stored may be damaged, so the length of a value is checked where it
 * becomes ours, by the very functions that make a datum a Simhash or a
 * SimhashBall.  From there on everyone trusts it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_H
#define SIMHASH_H

#include "postgres.h"

#include "fmgr.h"

#include "base/compat.h"
#include "base/literal.h"

typedef struct varlena Simhash;

#define PG_GETARG_SIMHASH(n)	DatumGetSimhash(PG_GETARG_DATUM(n))
#define PG_RETURN_SIMHASH(p)	PG_RETURN_POINTER(p)

#define SIMHASH_DATA(fp)		((unsigned char *) VARDATA_ANY(fp))
#define SIMHASH_BYTES(fp)		((int) VARSIZE_ANY_EXHDR(fp))
#define SIMHASH_BITS(fp)		(SIMHASH_BYTES(fp) * 8)
#define SIMHASH_WORDS(fp)		(SIMHASH_BYTES(fp) / 8)

/*
 * A simhash_ball is the set of all fingerprints within a radius of a center:
 * a varlena of 4 bytes of radius, most significant first, and the center's
 * payload.
 */
typedef struct varlena SimhashBall;

#define PG_GETARG_SIMHASH_BALL(n)	DatumGetSimhashBall(PG_GETARG_DATUM(n))

#define SIMHASH_BALL_CENTER(ball)	(SIMHASH_DATA(ball) + SIMHASH_BALL_HDRSZ)
#define SIMHASH_BALL_BYTES(ball)	(SIMHASH_BYTES(ball) - SIMHASH_BALL_HDRSZ)
#define SIMHASH_BALL_BITS(ball)		(SIMHASH_BALL_BYTES(ball) * 8)

/* Strategy numbers, the same in every index access method. */
#define SIMHASH_SIMILAR_STRATEGY	1	/* % */
#define SIMHASH_CONTAINED_STRATEGY	2	/* <@ simhash_ball */
#define SIMHASH_EQUAL_STRATEGY		3	/* = */
#define SIMHASH_DISTANCE_STRATEGY	4	/* <->, for ORDER BY */

/* simhash_io.c */
extern Simhash *simhash_alloc(int bits);
extern Simhash *simhash_from_words(const uint64 *words, int nwords);
extern void simhash_to_words(const Simhash *fp, uint64 *words);
extern void simhash_check_bits(int bits);
pg_noreturn extern void simhash_damaged(Size bytes);

/* simhash_ops.c */
extern double simhash_similarity_threshold; /* setting */
extern void simhash_ops_init(void);
extern int	simhash_radius_at(double similarity, int bits);
pg_noreturn extern void simhash_width_mismatch(int bits_a, int bits_b);

/* simhash_ball.c */
extern void simhash_check_radius(int32 radius);
extern int32 simhash_ball_radius(const SimhashBall *ball);
pg_noreturn extern void simhash_ball_damaged(Size bytes);

/* A value that is detoasted, checked. */
static inline Simhash *
simhash_checked(struct varlena *value)
{
	if (unlikely(binary_simhash_bits(VARSIZE_ANY_EXHDR(value)) == 0))
		simhash_damaged(VARSIZE_ANY_EXHDR(value));
	return value;
}

static inline SimhashBall *
simhash_ball_checked(struct varlena *value)
{
	if (unlikely(binary_ball_bits(SIMHASH_DATA(value), VARSIZE_ANY_EXHDR(value)) == 0))
		simhash_ball_damaged(VARSIZE_ANY_EXHDR(value));
	return value;
}

static inline Simhash *
DatumGetSimhash(Datum datum)
{
	return simhash_checked(PG_DETOAST_DATUM_PACKED(datum));
}

static inline SimhashBall *
DatumGetSimhashBall(Datum datum)
{
	return simhash_ball_checked(PG_DETOAST_DATUM_PACKED(datum));
}

#endif							/* SIMHASH_H */
