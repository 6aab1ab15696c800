/*-------------------------------------------------------------------------
 *
 * textsketch_value.c
 *	  Sketches, and conditions on them, as bytes and as text.
 *
 * What comes from outside is checked so far that no reader of it has to ask
 * again: sizes, ranges, the order of elements, and what ties them to theta.
 * What was stored may be damaged, and is checked so far that it harms no
 * reader: sizes and ranges.
 *
 *-------------------------------------------------------------------------
 */
#include "textsketch/textsketch_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * ---------- bytes
 */

static void
put16(unsigned char *bytes, uint16_t value)
{
	bytes[0] = value >> 8;
	bytes[1] = value & 0xFF;
}

static void
put32(unsigned char *bytes, uint32_t value)
{
	put16(bytes, value >> 16);
	put16(bytes + 2, value & 0xFFFF);
}

static void
put64(unsigned char *bytes, uint64_t value)
{
	put32(bytes, value >> 32);
	put32(bytes + 4, value & UINT32_MAX);
}

static uint16_t
get16(const unsigned char *bytes)
{
	return (uint16_t) (bytes[0] << 8 | bytes[1]);
}

static uint32_t
get32(const unsigned char *bytes)
{
	return (uint32_t) get16(bytes) << 16 | get16(bytes + 2);
}

static uint64_t
get64(const unsigned char *bytes)
{
	return (uint64_t) get32(bytes) << 32 | get32(bytes + 4);
}

static void
write_header(unsigned char *payload, SketchParams params, uint32_t nwords, uint32_t nshingles,
			 uint32_t last)
{
	payload[0] = TEXTSKETCH_VERSION;
	payload[1] = params.shingle;
	put16(payload + 2, params.sampling);
	put16(payload + 4, params.window);
	put16(payload + 6, 0);
	put32(payload + 8, nwords);
	put32(payload + 12, nshingles);
	put32(payload + 16, last);
}

/*
 * Write the TEXTSKETCH_SIZE(nelements) bytes of a sketch.  "last" is the
 * largest hash below theta; the elements are sorted and distinct.
 */
void
textsketch_write(unsigned char *payload, SketchParams params, uint32_t nwords,
				 uint32_t nshingles, uint32_t last, const uint32_t *elements, size_t nelements)
{
	write_header(payload, params, nwords, nshingles, last);
	for (size_t i = 0; i < nelements; i++)
		put32(payload + TEXTSKETCH_SIZE(i), elements[i]);
}

/* Read the payload of a sketch, which is checked and must stay. */
void
textsketch_view_payload(const unsigned char *payload, size_t size, TextsketchView *view)
{
	view->data = payload;
	view->params.shingle = payload[1];
	view->params.sampling = get16(payload + 2);
	view->params.window = get16(payload + 4);
	view->nwords = get32(payload + 8);
	view->nshingles = get32(payload + 12);
	view->last = get32(payload + 16);
	view->elements = payload + TEXTSKETCH_HDRSZ;
	view->nelements = (size - TEXTSKETCH_HDRSZ) / sizeof(uint32_t);
}

/*
 * What is wrong with the length and the header of a sketch's payload, or NULL.
 * As much as every reader relies on to stay within the payload and divide by
 * no zero: takes no time, and so is asked of stored sketches each time.
 */
const char *
textsketch_damage(const unsigned char *payload, size_t size)
{
	TextsketchView view;

	if (size < TEXTSKETCH_SIZE(1) || size % sizeof(uint32_t) != 0)
		return "Its length is wrong.";
	if (payload[0] != TEXTSKETCH_VERSION)
		return "Its version is unknown.";
	textsketch_view_payload(payload, size, &view);
	if (!TEXTSKETCH_VALID_SHINGLE(view.params.shingle) ||
		!TEXTSKETCH_VALID_SAMPLING(view.params.sampling) ||
		!TEXTSKETCH_VALID_WINDOW(view.params.window) || get16(payload + 6) != 0)
		return "Its parameters are out of range.";
	if (view.nshingles < 1 || view.nwords < view.nshingles)
		return "It has more shingles than words, or none.";
	if (view.nelements > view.nshingles)
		return "It has more elements than shingles.";
	if (view.last < sketch_sampled(view.params.sampling))
		return "Its theta is below that of its sampling.";
	return NULL;
}

/*
 * What is wrong with bytes that come from outside, or NULL if they are the
 * payload of a sketch that some text may have.
 */
const char *
textsketch_invalid(const unsigned char *payload, size_t size)
{
	const char *damage = textsketch_damage(payload, size);
	TextsketchView view;
	uint32_t	nbelow = 0;

	if (damage != NULL)
		return damage;
	textsketch_view_payload(payload, size, &view);
	for (uint32_t i = 0; i < view.nelements; i++)
	{
		if (i > 0 && textsketch_element(&view, i) <= textsketch_element(&view, i - 1))
			return "Its elements are not in ascending order.";
		if (textsketch_element(&view, i) <= view.last)
			nbelow++;
	}
	if (view.last > sketch_sampled(view.params.sampling) &&
		(view.last < UINT32_MAX ? nbelow != SKETCH_FLOOR : nbelow > SKETCH_FLOOR))
		return "Its theta does not fit the number of its elements.";
	if (view.last == sketch_sampled(view.params.sampling) && view.last < UINT32_MAX &&
		nbelow < SKETCH_FLOOR)
		return "Its theta does not fit the number of its elements.";
	return NULL;
}

/*
 * ---------- text
 */

static char *
put_hex(char *text, uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		*text++ = "0123456789abcdef"[value >> shift & 0xF];
	return text;
}

/*
 * Write the text form to "text", which has room for
 * TEXTSKETCH_TEXT_ROOM(view->nelements) bytes; returns its length.  Theta is
 * as in the definition, up to 2^32.
 */
size_t
textsketch_write_text(const TextsketchView *view, char *text, const RawEnv *env)
{
	char	   *next = text;

	next += sprintf(next, "shingle=%d sampling=%d window=%d words=%lu shingles=%lu theta=%llx ",
					view->params.shingle, view->params.sampling, view->params.window,
					(unsigned long) view->nwords, (unsigned long) view->nshingles,
					(unsigned long long) view->last + 1);
	for (uint32_t i = 0; i < view->nelements; i++)
	{
		raw_check(env, i);
		*next++ = i > 0 ? ',' : '{';
		next = put_hex(next, textsketch_element(view, i));
	}
	*next++ = '}';
	*next = '\0';
	return next - text;
}

/* Read digits up to "limit"; *next is moved behind them. */
static bool
read_number(const char **next, int base, uint64_t limit, uint64_t *value)
{
	const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
	const char *begin = *next;

	*value = 0;
	for (const char *digit; **next != '\0' && (digit = strchr(digits, **next)) != NULL; (*next)++)
	{
		*value = *value * base + (digit - digits);
		if (*value > limit)
			return false;
	}
	return *next > begin;
}

/* Read a name and the number that follows it. */
static bool
read_field(const char **next, const char *name, int base, uint64_t limit, uint64_t *value)
{
	size_t		length = strlen(name);

	if (strncmp(*next, name, length) != 0)
		return false;
	*next += length;
	return read_number(next, base, limit, value);
}

/*
 * Read the text form to "payload", which has room for
 * TEXTSKETCH_READ_ROOM(strlen(literal)) bytes, and how many they are to
 * *size.  Returns what is wrong with it, or NULL.
 */
const char *
textsketch_read(const char *literal, unsigned char *payload, size_t *size, const RawEnv *env)
{
	const char *next = literal;
	const char *syntax = "Its form is \"shingle=K sampling=S window=W words=N shingles=N theta=HEX {HEX,...}\".";
	uint64_t	shingle,
				sampling,
				window,
				nwords,
				nshingles,
				theta,
				element;
	size_t		n = 0;

	if (!read_field(&next, "shingle=", 10, SKETCH_MAX_SHINGLE, &shingle) ||
		!read_field(&next, " sampling=", 10, SKETCH_MAX_SAMPLING, &sampling) ||
		!read_field(&next, " window=", 10, SKETCH_MAX_WINDOW, &window) ||
		!read_field(&next, " words=", 10, UINT32_MAX, &nwords) ||
		!read_field(&next, " shingles=", 10, UINT32_MAX, &nshingles) ||
		!read_field(&next, " theta=", 16, UINT64_C(1) << 32, &theta) ||
		theta == 0 || strncmp(next, " {", 2) != 0)
		return syntax;

	write_header(payload, (SketchParams) {(int) shingle, (int) sampling, (int) window},
				 (uint32_t) nwords, (uint32_t) nshingles, (uint32_t) (theta - 1));
	next++;
	do
	{
		raw_check(env, n);
		next++;
		if (!read_number(&next, 16, UINT32_MAX, &element))
			return syntax;
		put32(payload + TEXTSKETCH_SIZE(n), (uint32_t) element);
		n++;
	} while (*next == ',');
	if (strcmp(next, "}") != 0)
		return syntax;

	*size = TEXTSKETCH_SIZE(n);
	return textsketch_invalid(payload, *size);
}

/*
 * ---------- conditions
 */

static const char *const mode_names[TEXTSKETCH_NMODES] = {
	"resembles", "contained", "contains", "overlaps", "shares"
};

/* The name of a mode, a constant. */
const char *
textsketch_mode_name(TextsketchMode mode)
{
	return mode_names[mode];
}

/* The mode of that name, or -1. */
int
textsketch_mode(const char *name, size_t length)
{
	for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
	{
		if (strlen(mode_names[mode]) == length && memcmp(mode_names[mode], name, length) == 0)
			return mode;
	}
	return -1;
}

/* Can a condition of that mode have the threshold? */
bool
textsketch_threshold_valid(TextsketchMode mode, double threshold)
{
	if (mode == TEXTSKETCH_SHARES)
		return threshold >= 1.0 && threshold <= INT32_MAX && threshold == rint(threshold);
	return threshold > 0.0 && threshold <= 1.0;
}

/* Write the TEXTSKETCH_QUERY_HDRSZ bytes that precede the sketch. */
void
textsketch_write_condition(unsigned char *payload, TextsketchMode mode, double threshold)
{
	uint64_t	bits;

	memcpy(&bits, &threshold, sizeof(bits));
	put32(payload, (uint32_t) mode << 24);
	put64(payload + 4, bits);
}

/* Read the payload of a query, which is checked and must stay. */
void
textsketch_view_query(const unsigned char *payload, size_t size, TextsketchQueryView *view)
{
	uint64_t	bits = get64(payload + 4);

	view->mode = payload[0];
	memcpy(&view->threshold, &bits, sizeof(bits));
	textsketch_view_payload(payload + TEXTSKETCH_QUERY_HDRSZ, size - TEXTSKETCH_QUERY_HDRSZ,
							&view->sketch);
}

/* What is wrong with the condition of a query. */
static const char *
condition_invalid(const unsigned char *payload, size_t size)
{
	uint64_t	bits;
	double		threshold;

	if (size < TEXTSKETCH_QUERY_HDRSZ)
		return "Its length is wrong.";
	if (payload[0] >= TEXTSKETCH_NMODES || memcmp(payload + 1, "\0\0\0", 3) != 0)
		return "Its mode is unknown.";
	bits = get64(payload + 4);
	memcpy(&threshold, &bits, sizeof(bits));
	if (!textsketch_threshold_valid(payload[0], threshold))
		return "Its threshold is out of range.";
	return NULL;
}

/* textsketch_damage() of a query. */
const char *
textsketch_query_damage(const unsigned char *payload, size_t size)
{
	const char *wrong = condition_invalid(payload, size);

	return wrong != NULL ? wrong :
		textsketch_damage(payload + TEXTSKETCH_QUERY_HDRSZ, size - TEXTSKETCH_QUERY_HDRSZ);
}

/* textsketch_invalid() of a query. */
const char *
textsketch_query_invalid(const unsigned char *payload, size_t size)
{
	const char *wrong = condition_invalid(payload, size);

	return wrong != NULL ? wrong :
		textsketch_invalid(payload + TEXTSKETCH_QUERY_HDRSZ, size - TEXTSKETCH_QUERY_HDRSZ);
}

/*
 * textsketch_read() for a query, "mode threshold sketch", which takes
 * TEXTSKETCH_QUERY_HDRSZ bytes more.
 */
const char *
textsketch_read_query(const char *literal, unsigned char *payload, size_t *size,
					  const RawEnv *env)
{
	size_t		length = strcspn(literal, " ");
	int			mode = textsketch_mode(literal, length);
	double		threshold;
	char	   *end;
	const char *wrong;

	if (mode < 0 || literal[length] != ' ')
		return "Its form is \"MODE THRESHOLD SKETCH\".";
	threshold = strtod(literal + length, &end);
	if (*end != ' ' || !textsketch_threshold_valid(mode, threshold))
		return "Its threshold is no number, or out of range.";
	textsketch_write_condition(payload, mode, threshold);
	wrong = textsketch_read(end + 1, payload + TEXTSKETCH_QUERY_HDRSZ, size, env);
	if (wrong == NULL)
		*size += TEXTSKETCH_QUERY_HDRSZ;
	return wrong;
}
