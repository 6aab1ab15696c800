/* sources: src/textsketch/textsketch_value.c */
/* share: 22 */
/* options: -max_len=1400 */
/*-------------------------------------------------------------------------
 *
 * textsketch_text_fuzz.c
 *	  libFuzzer target: the literals of textsketch and textsketch_query.
 *
 * A literal must be read exactly if a plain reading of the grammar and of the
 * rules for values finds it right, and give the same numbers.  What is read,
 * written and read again, must be the same.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include <stdio.h>

#include "textsketch_plain.h"
#include "../unit/env.h"

PLAIN_BEGIN

/* What a plain reading gives: the payload. */
typedef struct Payload
{
	size_t		size;
	unsigned char bytes[8192];
} Payload;

static Payload plain;

/* Digits at *next, which is moved behind them; false if they are too large. */
static bool
plain_digits(const char **next, const char *digits, uint64_t *number)
{
	size_t		n = strspn(*next, digits);
	char		significant[17];
	size_t		zeros = strspn(*next, "0");

	if (n == 0 || n - zeros >= sizeof(significant))
		return false;
	memcpy(significant, *next + zeros, n - zeros);
	significant[n - zeros] = '\0';
	*number = strtoull(significant, NULL, digits[10] == 'a' ? 16 : 10);
	*next += n;
	return true;
}

static void
append(uint64_t number, int nbytes)
{
	while (nbytes-- > 0)
		plain.bytes[plain.size++] = (unsigned char) (number >> 8 * nbytes);
}

/* A field by its name, appended as so many bytes. */
static bool
plain_field(const char **next, const char *name, const char *digits, int nbytes)
{
	uint64_t	number;
	size_t		length = strlen(name);

	if (strlen(*next) < length || memcmp(*next, name, length) != 0)
		return false;
	*next += length;
	if (!plain_digits(next, digits, &number))
		return false;
	if (name[1] == 't')
		number--;				/* theta */
	append(number, nbytes);
	return nbytes == 8 || number >> 8 * nbytes == 0;
}

static bool
plain_read(const char *next)
{
	const char *decimal = "0123456789";
	const char *hexadecimal = "0123456789abcdef";

	plain.size = 0;
	append(1, 1);
	if (!plain_field(&next, "shingle=", decimal, 1) ||
		!plain_field(&next, " sampling=", decimal, 2) ||
		!plain_field(&next, " window=", decimal, 2))
		return false;
	append(0, 2);
	if (!plain_field(&next, " words=", decimal, 4) ||
		!plain_field(&next, " shingles=", decimal, 4) ||
		!plain_field(&next, " theta=", hexadecimal, 4) ||
		!plain_field(&next, " {", hexadecimal, 4))
		return false;
	while (*next == ',')
	{
		if (!plain_field(&next, ",", hexadecimal, 4))
			return false;
	}
	return next[0] == '}' && next[1] == '\0' && plain_sketch_right(plain.bytes, plain.size);
}

/* Read by textsketch_value.c, in memory of exactly the room that it asks for. */
static bool
read_literal(const char *literal, bool query, unsigned char **payload, size_t *size)
{
	size_t		room = TEXTSKETCH_READ_ROOM(strlen(literal)) + (query ? TEXTSKETCH_QUERY_HDRSZ : 0);

	*payload = malloc(room);
	return (query ? textsketch_read_query(literal, *payload, size, &env) :
			textsketch_read(literal, *payload, size, &env)) == NULL;
}

/* The text form of a payload that was read, read again. */
static void
check_written(const TextsketchView *view, const char *condition, bool query,
			  const unsigned char *payload, size_t size)
{
	size_t		length = strlen(condition);
	char	   *literal = malloc(length + TEXTSKETCH_TEXT_ROOM(view->nelements));
	unsigned char *again;
	size_t		size_again;

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): the sketch comes behind it */
	memcpy(literal, condition, length);
	require(textsketch_write_text(view, literal + length, &env) == strlen(literal + length));
	require(read_literal(literal, query, &again, &size_again));
	require(size == size_again && memcmp(again, payload, size) == 0);
	free(again);
	free(literal);
}

static void
check_sketch(const char *literal)
{
	unsigned char *payload;
	size_t		size;
	TextsketchView view;
	bool		right = read_literal(literal, false, &payload, &size);

	require(right == plain_read(literal));
	if (right)
	{
		require(size == plain.size && memcmp(payload, plain.bytes, size) == 0);
		textsketch_view_payload(payload, size, &view);
		check_written(&view, "", false, payload, size);
	}
	free(payload);
}

static bool
plain_read_query(const char *literal, int *mode, double *threshold)
{
	static const char *const modes[] = {"resembles ", "contained ", "contains ", "overlaps ", "shares "};
	char	   *end;

	for (*mode = 0; *mode < 5; (*mode)++)
	{
		size_t		length = strlen(modes[*mode]);

		if (strncmp(literal, modes[*mode], length) != 0)
			continue;
		*threshold = strtod(literal + length - 1, &end);
		return plain_threshold_right(*mode, *threshold) && *end == ' ' && plain_read(end + 1);
	}
	return false;
}

static void
check_query(const char *literal)
{
	unsigned char *payload;
	size_t		size;
	TextsketchQueryView view;
	int			mode;
	double		threshold;
	bool		right = read_literal(literal, true, &payload, &size);

	require(right == plain_read_query(literal, &mode, &threshold));
	if (right)
	{
		char		condition[64];

		textsketch_view_query(payload, size, &view);
		require(view.mode == (TextsketchMode) mode && view.threshold == threshold);
		require(size == plain.size + 12 && memcmp(payload + 12, plain.bytes, plain.size) == 0);
		require(textsketch_query_invalid(payload, size) == NULL);
		snprintf(condition, sizeof(condition), "%s %.17g ", textsketch_mode_name(view.mode), threshold);
		check_written(&view.sketch, condition, true, payload, size);
	}
	free(payload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *literal;

	/* the plain reading has room for as many elements */
	if (size > 2048)
		return 0;
	literal = input_string(data, size);
	check_sketch(literal);
	check_query(literal);
	free(literal);
	return 0;
}

PLAIN_END
