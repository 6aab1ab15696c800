/*-------------------------------------------------------------------------
 *
 * literal.h
 *	  The widths there are, and the text and binary forms of simhash and
 *	  simhash_ball, read without a server: no error is raised here, and no
 *	  memory is allocated.
 *
 *-------------------------------------------------------------------------
 */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SIMHASH_WORD_BITS	64
#define SIMHASH_MIN_BITS	64
#define SIMHASH_MAX_BITS	1024
#define SIMHASH_MAX_WORDS	(SIMHASH_MAX_BITS / SIMHASH_WORD_BITS)
#define SIMHASH_MAX_BYTES	(SIMHASH_MAX_BITS / 8)

#define SIMHASH_VALID_BITS(bits) \
	((bits) >= SIMHASH_MIN_BITS && (bits) <= SIMHASH_MAX_BITS && \
	 (bits) % SIMHASH_WORD_BITS == 0)

/* Bytes of a simhash_ball before its center: the radius. */
#define SIMHASH_BALL_HDRSZ	4

/* The value of a hexadecimal digit. */
static inline int
literal_digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/*
 * Read the hexadecimal digits that "literal" begins with, to "bytes", which
 * has room for SIMHASH_MAX_BYTES.  Returns how many bits they are, 0 if a
 * simhash can't have as many.
 */
static inline int
literal_read_digits(const char *literal, unsigned char *bytes)
{
	size_t		ndigits = strspn(literal, "0123456789abcdefABCDEF");

	if (ndigits > SIMHASH_MAX_BITS / 4 || !SIMHASH_VALID_BITS((int) ndigits * 4))
		return 0;
	for (size_t i = 0; i < ndigits / 2; i++)
		bytes[i] = literal_digit(literal[2 * i]) << 4 | literal_digit(literal[2 * i + 1]);
	return (int) ndigits * 4;
}

/*
 * Read a simhash to "bytes", which has room for SIMHASH_MAX_BYTES.  Returns
 * its width in bits, 0 if the literal is none.
 */
static inline int
literal_read_simhash(const char *literal, unsigned char *bytes)
{
	int			bits = literal_read_digits(literal, bytes);

	return literal[bits / 4] == '\0' ? bits : 0;
}

/*
 * Read <center,radius>: the center to "center", which has room for
 * SIMHASH_MAX_BYTES.  Returns the center's width in bits, 0 if the literal is
 * no simhash_ball.
 */
static inline int
literal_read_ball(const char *literal, unsigned char *center, int32_t *radius)
{
	int			bits;
	const char *p;
	int64_t		value = 0;

	if (literal[0] != '<')
		return 0;
	bits = literal_read_digits(literal + 1, center);
	if (bits == 0)
		return 0;

	p = literal + 1 + bits / 4;
	if (p[0] != ',' || p[1] < '0' || p[1] > '9')
		return 0;
	for (p++; *p >= '0' && *p <= '9' && value <= INT32_MAX; p++)
		value = value * 10 + (*p - '0');
	if (value > INT32_MAX || p[0] != '>' || p[1] != '\0')
		return 0;
	*radius = (int32_t) value;
	return bits;
}

/*
 * The width in bits of a simhash whose binary form has so many bytes, 0 if
 * there is none.
 */
static inline int
binary_simhash_bits(size_t size)
{
	/* what is less than the least wraps around: asked for each row of a scan */
	return size - SIMHASH_MIN_BITS / 8 <= SIMHASH_MAX_BYTES - SIMHASH_MIN_BITS / 8 &&
		size % (SIMHASH_WORD_BITS / 8) == 0 ? (int) size * 8 : 0;
}

/* The radius that the binary form of a simhash_ball begins with. */
static inline int32_t
binary_ball_radius(const unsigned char *ball)
{
	return (int32_t) ((uint32_t) ball[0] << 24 | (uint32_t) ball[1] << 16 |
					  (uint32_t) ball[2] << 8 | (uint32_t) ball[3]);
}

/*
 * The width in bits of the center of a simhash_ball whose binary form is
 * "size" bytes, 0 if they are none.
 */
static inline int
binary_ball_bits(const unsigned char *ball, size_t size)
{
	if (size < SIMHASH_BALL_HDRSZ || binary_ball_radius(ball) < 0)
		return 0;
	return binary_simhash_bits(size - SIMHASH_BALL_HDRSZ);
}

#endif							/* LITERAL_H */
