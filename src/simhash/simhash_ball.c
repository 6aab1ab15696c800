/*-------------------------------------------------------------------------
 *
 * simhash_ball.c
 *	  The type simhash_ball, and the tests whether a fingerprint lies in one.
 *
 * A ball makes "within a radius" an operator between two values, the only
 * form of condition that an index can answer.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "base/payload.h"
#include "hamming/hamming.h"

PG_FUNCTION_INFO_V1(simhash_ball_in);
PG_FUNCTION_INFO_V1(simhash_ball_out);
PG_FUNCTION_INFO_V1(simhash_ball_recv);
PG_FUNCTION_INFO_V1(simhash_ball_send);
PG_FUNCTION_INFO_V1(simhash_ball_construct);
PG_FUNCTION_INFO_V1(simhash_contained);
PG_FUNCTION_INFO_V1(simhash_contains);
PG_FUNCTION_INFO_V1(simhash_dwithin);

/*
 * The ball of all fingerprints within "radius" of the "bits" bits at
 * "center"; in the current memory context.
 */
static SimhashBall *
make_ball(const void *center, int bits, int32 radius)
{
	SimhashBall *ball = simhash_alloc(bits + 8 * SIMHASH_BALL_HDRSZ);
	uint32		be_radius = pg_hton32((uint32) radius);

	memcpy(SIMHASH_DATA(ball), &be_radius, SIMHASH_BALL_HDRSZ);
	memcpy(SIMHASH_BALL_CENTER(ball), center, bits / 8);
	return ball;
}

/* The radius of a ball: 0 or more, and above the width where all is within. */
int32
simhash_ball_radius(const SimhashBall *ball)
{
	return binary_ball_radius(SIMHASH_DATA(ball));
}

/* Raise an error unless "radius" can be one. */
void
simhash_check_radius(int32 radius)
{
	if (radius < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("radius must not be negative: %d", radius)));
}

/* A stored simhash_ball of so many bytes can't be one. */
void
simhash_ball_damaged(Size bytes)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("damaged simhash_ball of %zu bytes", bytes),
			 errdetail("It has a radius of %d bytes, not negative, and the bytes of a simhash.",
					   SIMHASH_BALL_HDRSZ)));
}

/* The text form is <center,radius>, as of a circle. */
Datum
simhash_ball_in(PG_FUNCTION_ARGS)
{
	char	   *literal = PG_GETARG_CSTRING(0);
	unsigned char center[SIMHASH_MAX_BYTES];
	int32		radius;
	int			bits = literal_read_ball(literal, center, &radius);

	if (bits == 0)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"simhash_ball", clip_literal(literal)),
				 errdetail("A simhash_ball is <center,radius>: a simhash in hexadecimal digits and a number of bits.")));
	PG_RETURN_POINTER(make_ball(center, bits, radius));
}

Datum
simhash_ball_out(PG_FUNCTION_ARGS)
{
	SimhashBall *ball = PG_GETARG_SIMHASH_BALL(0);
	char		hex[SIMHASH_MAX_BYTES * 2 + 1];

	hex[hex_encode((char *) SIMHASH_BALL_CENTER(ball), SIMHASH_BALL_BYTES(ball), hex)] = '\0';
	PG_RETURN_CSTRING(psprintf("<%s,%d>", hex, simhash_ball_radius(ball)));
}

/* The binary form is the payload: the radius in network order, the center. */
Datum
simhash_ball_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			bytes = buf->len - buf->cursor;
	const unsigned char *ball = (const unsigned char *) pq_getmsgbytes(buf, Max(bytes, SIMHASH_BALL_HDRSZ));
	int			bits = binary_ball_bits(ball, bytes);

	if (bits == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid external simhash_ball: radius %d, center of %d bytes",
						binary_ball_radius(ball), bytes - SIMHASH_BALL_HDRSZ)));
	PG_RETURN_POINTER(make_ball(ball + SIMHASH_BALL_HDRSZ, bits, binary_ball_radius(ball)));
}

Datum
simhash_ball_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(payload_bytea(PG_GETARG_SIMHASH_BALL(0)));
}

/* simhash_ball(center simhash, radius int) */
Datum
simhash_ball_construct(PG_FUNCTION_ARGS)
{
	Simhash    *center = PG_GETARG_SIMHASH(0);
	int32		radius = PG_GETARG_INT32(1);

	simhash_check_radius(radius);
	PG_RETURN_POINTER(make_ball(SIMHASH_DATA(center), SIMHASH_BITS(center), radius));
}

/*
 * Are the bytes of a center within the radius of a fingerprint?  Never where
 * widths differ; that is no error, as an index may lead to such a row or not.
 */
static bool
within(const Simhash *fp, const unsigned char *center, int center_bytes, int32 radius)
{
	return center_bytes == SIMHASH_BYTES(fp) &&
		hamming_distance(center, SIMHASH_DATA(fp), SIMHASH_WORDS(fp)) <= radius;
}

static bool
ball_contains(const SimhashBall *ball, const Simhash *fp)
{
	return within(fp, SIMHASH_BALL_CENTER(ball), SIMHASH_BALL_BYTES(ball), simhash_ball_radius(ball));
}

/* fp <@ ball */
Datum
simhash_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ball_contains(PG_GETARG_SIMHASH_BALL(1), PG_GETARG_SIMHASH(0)));
}

/* ball @> fp */
Datum
simhash_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(ball_contains(PG_GETARG_SIMHASH_BALL(0), PG_GETARG_SIMHASH(1)));
}

/* simhash_dwithin(a, b, radius): a <@ simhash_ball(b, radius) */
Datum
simhash_dwithin(PG_FUNCTION_ARGS)
{
	Simhash    *center = PG_GETARG_SIMHASH(1);
	int32		radius = PG_GETARG_INT32(2);

	simhash_check_radius(radius);
	PG_RETURN_BOOL(within(PG_GETARG_SIMHASH(0), SIMHASH_DATA(center), SIMHASH_BYTES(center), radius));
}
