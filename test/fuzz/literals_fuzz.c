/* share: 50 */
/* options: -max_len=300 */
/*-------------------------------------------------------------------------
 *
 * literals_fuzz.c
 *	  libFuzzer target: simhash and simhash_ball, as literals and as bytes.
 *
 * What is read, written again, must be the literal, but for capitals and
 * leading zeros of a radius; what is refused must not be right by a plain
 * reading of the grammar.  The same bytes are taken for the binary forms,
 * which are right by a table of their lengths and by the radius's sign.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/literal.h"

PLAIN_BEGIN

/* How many hexadecimal digits a string begins with. */
static size_t
count_digits(const char *s)
{
	size_t		n = 0;

	while ((s[n] >= '0' && s[n] <= '9') || (s[n] >= 'a' && s[n] <= 'f') ||
		   (s[n] >= 'A' && s[n] <= 'F'))
		n++;
	return n;
}

/* The digits of "bits" bits are those that "literal" begins with. */
static void
check_digits(const char *literal, const unsigned char *bytes, int bits)
{
	require(SIMHASH_VALID_BITS(bits));
	for (int i = 0; i < bits / 4; i++)
	{
		char		c = literal[i];
		/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): the reader sets them */
		int			digit = i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 0xF;

		require((c >= 'A' && c <= 'F' ? c + 'a' - 'A' : c) == "0123456789abcdef"[digit]);
	}
}

static void
check_simhash(const char *literal)
{
	unsigned char bytes[SIMHASH_MAX_BYTES];
	int			bits = literal_read_simhash(literal, bytes);
	size_t		digits = count_digits(literal);
	bool		right = literal[digits] == '\0' && digits % 16 == 0 && digits > 0 && digits <= 256;

	require((bits != 0) == right);
	if (right)
	{
		require((size_t) bits == 4 * digits);
		check_digits(literal, bytes, bits);
	}
}

static void
check_ball(const char *literal)
{
	unsigned char center[SIMHASH_MAX_BYTES];
	int32_t		radius = -1;
	int			bits = literal_read_ball(literal, center, &radius);
	size_t		digits;
	const char *number;
	char		expected[16];

	if (literal[0] != '<')
	{
		require(bits == 0);
		return;
	}
	digits = count_digits(literal + 1);
	if (digits == 0 || digits % 16 != 0 || digits > 256 || literal[1 + digits] != ',')
	{
		require(bits == 0);
		return;
	}
	number = literal + 1 + digits + 1;
	if (bits == 0)
	{
		/* no number, one too large, or something behind it */
		size_t		n = strspn(number, "0123456789");

		require(n == 0 || strtoull(number, NULL, 10) > INT32_MAX || strcmp(number + n, ">") != 0);
		return;
	}
	require((size_t) bits == 4 * digits && radius >= 0);
	check_digits(literal + 1, center, bits);
	while (number[0] == '0' && number[1] != '>')
		number++;
	snprintf(expected, sizeof(expected), "%" PRId32 ">", radius);
	require(strcmp(number, expected) == 0);
}

/* Is "size" that of a simhash? */
static bool
is_width(size_t size)
{
	for (size_t words = 1; words <= 16; words++)
	{
		if (size == 8 * words)
			return true;
	}
	return false;
}

static void
check_binary(const uint8_t *bytes, size_t size)
{
	int			bits = binary_simhash_bits(size);
	uint64_t	radius = 0;
	bool		right = size >= 4 && is_width(size - 4) && bytes[0] < 128;

	require(is_width(size) ? (size_t) bits == 8 * size : bits == 0);

	bits = binary_ball_bits(bytes, size);
	require(right ? (size_t) bits == 8 * (size - 4) : bits == 0);
	if (right)
	{
		for (int i = 0; i < 4; i++)
			radius = radius * 256 + bytes[i];
		require((uint64_t) binary_ball_radius(bytes) == radius);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *literal = input_string(data, size);

	check_binary(data, size);
	check_simhash(literal);
	check_ball(literal);
	free(literal);
	return 0;
}

PLAIN_END
