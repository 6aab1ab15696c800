/* sources: src/textsketch/textsketch_value.c src/textsketch/textsketch_measure.c */
/* share: 12 */
/* options: -max_len=300 */
/*-------------------------------------------------------------------------
 *
 * textsketch_bytes_fuzz.c
 *	  libFuzzer target: textsketch and textsketch_query in binary form.
 *
 * An input is the binary form of a query as it stands, or tells how to make a
 * query and a sketch, alike but not the same, and then to damage them.  Each
 * must be accepted exactly if a plain reading says so.  What is accepted is
 * given to all that reads sketches: text form and back, measures by
 * looking up each element, and what an index counts, which must not
 * miss a sketch that the query holds for.  What is only not so damaged that
 * a stored value would be refused must not take a reader out of its bytes.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include <math.h>

#include "textsketch/textsketch_measure.h"
#include "textsketch_plain.h"
#include "../unit/env.h"

PLAIN_BEGIN

#define MAX_ELEMENTS 160
#define MAX_SIZE (TEXTSKETCH_QUERY_HDRSZ + TEXTSKETCH_SIZE(MAX_ELEMENTS))

/* A payload in memory of exactly its size, so that reading past it is caught. */
static unsigned char *
copy_of(const unsigned char *bytes, size_t size)
{
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): none is meant, too */
	unsigned char *copy = malloc(size);

	memcpy(copy, bytes, size);
	return copy;
}

static bool
plain_query_right(const unsigned char *payload, size_t size)
{
	uint64_t	bits;
	double		threshold;

	if (size < 12 || payload[0] > 4 || plain_number(payload + 1, 3) != 0)
		return false;
	bits = plain_number(payload + 4, 8);
	memcpy(&threshold, &bits, sizeof(threshold));
	return plain_threshold_right(payload[0], threshold) && plain_sketch_right(payload + 12, size - 12);
}

/*
 * ---------- readers
 */

static int
compare_elements(const void *a, const void *b)
{
	uint64_t	x = plain_number(a, 4);
	uint64_t	y = plain_number(b, 4);

	return (x > y) - (x < y);
}

/* How many elements below theta, of those that "other" has too if there is one. */
static uint32_t
plain_count(const TextsketchView *view, uint64_t theta, const TextsketchView *other)
{
	uint32_t	n = 0;

	for (uint32_t i = 0; i < view->nelements && textsketch_element(view, i) < theta; i++)
		n += other == NULL || bsearch(view->elements + 4 * i, other->elements, other->nelements,
									  4, compare_elements) != NULL;
	return n;
}

/* doc/sketch.md, "Measures": of a row a against a query's b. */
static double
plain_contained(uint32_t a, uint32_t all, uint32_t x, uint32_t shared)
{
	if (x == 0 || x < (a < 4 ? a : 4) || shared < (all < 2 ? all : 2))
		return 0;
	return (double) x / a;
}

static double
plain_measure(TextsketchMode mode, const TextsketchCommon *n)
{
	uint32_t	most = n->a > n->b ? n->a : n->b;
	double		contained = plain_contained(n->a, n->all_a, n->both, n->shared);
	double		contains = plain_contained(n->b, n->all_b, n->both, n->shared);

	switch (mode)
	{
		case TEXTSKETCH_RESEMBLES:
			if (n->both == 0 || n->both < (most < 4 ? most : 4))
				return 0;
			return (double) n->both / (n->a + n->b - n->both);
		case TEXTSKETCH_CONTAINED:
			return contained;
		case TEXTSKETCH_CONTAINS:
			return contains;
		case TEXTSKETCH_OVERLAPS:
			return contained > contains ? contained : contains;
		case TEXTSKETCH_SHARES:
			return n->shared;
	}
	return 0;
}

/* A row that the query holds for must have as many elements as the index asks for. */
static void
check_search(const TextsketchView *row, const TextsketchQueryView *query)
{
	bool		all = query->mode == TEXTSKETCH_SHARES;
	uint32_t	found = plain_count(&query->sketch, all ? TWO_32 : query->sketch.last + UINT64_C(1), row);
	uint32_t	needed;
	uint32_t	needed_short;

	textsketch_search_needs(query, &needed, &needed_short);
	require(needed >= 1 && needed_short >= 1 && needed_short <= needed);
	require(found >= (textsketch_is_short(row) ? needed_short : needed));
}

static void
check_pair(const TextsketchView *row, const TextsketchQueryView *query)
{
	const TextsketchView *sketch = &query->sketch;
	uint64_t	theta = row->last < sketch->last ? row->last + UINT64_C(1) : sketch->last + UINT64_C(1);
	TextsketchCommon common;

	if (!textsketch_comparable(row, sketch))
		return;
	textsketch_count_common(row, sketch, &common);
	require(common.a == plain_count(row, theta, NULL));
	require(common.b == plain_count(sketch, theta, NULL));
	require(common.both == plain_count(row, theta, sketch));
	require(common.shared == plain_count(row, TWO_32, sketch));
	require(common.all_a == row->nelements && common.all_b == sketch->nelements);
	for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
	{
		double		measure = textsketch_measure(mode, &common);

		require(measure == plain_measure(mode, &common));
		require(mode == TEXTSKETCH_SHARES || (measure >= 0 && measure <= 1));
	}
	if (textsketch_measure(query->mode, &common) >= query->threshold)
		check_search(row, query);
}

/* Stored bytes that are refused for no damage: whatever comes out. */
static void
read_damaged(const unsigned char *row, size_t row_size, const unsigned char *payload, size_t size)
{
	TextsketchView view;
	TextsketchQueryView query;
	TextsketchCommon common;
	uint32_t	needed;
	uint32_t	needed_short;
	char	   *text;

	if (textsketch_damage(row, row_size) != NULL || textsketch_query_damage(payload, size) != NULL)
		return;
	textsketch_view_payload(row, row_size, &view);
	textsketch_view_query(payload, size, &query);
	text = malloc(TEXTSKETCH_TEXT_ROOM(view.nelements));
	textsketch_write_text(&view, text, &env);
	free(text);
	require(textsketch_mode_name(query.mode) != NULL);
	require(textsketch_count_upto(&view, view.last) <= view.nelements);
	textsketch_is_short(&view);
	textsketch_search_needs(&query, &needed, &needed_short);
	if (!textsketch_comparable(&view, &query.sketch))
		return;
	textsketch_count_common(&view, &query.sketch, &common);
	for (int mode = 0; mode < TEXTSKETCH_NMODES; mode++)
		textsketch_measure(mode, &common);
}

static void
check_text(const TextsketchView *view)
{
	size_t		size = TEXTSKETCH_SIZE(view->nelements);
	char	   *text = malloc(TEXTSKETCH_TEXT_ROOM(view->nelements));
	size_t		length = textsketch_write_text(view, text, &env);
	unsigned char *again = malloc(TEXTSKETCH_READ_ROOM(length));
	size_t		size_again;

	require(strlen(text) == length);
	require(textsketch_read(text, again, &size_again, &env) == NULL);
	require(size_again == size && memcmp(again, view->data, size) == 0);
	free(again);
	free(text);
}

/*
 * ---------- inputs
 */

/* Make a sketch of elements that ascend from a seed; returns its size. */
static size_t
make_sketch(Input *input, unsigned char *payload)
{
	static const int samplings[] = {1, 2, 12, 12, 100, 65535, 0, 3};
	uint32_t	elements[MAX_ELEMENTS];
	SketchParams params;
	uint32_t	n = 0;
	uint32_t	wanted = take(input);
	uint32_t	theta = take(input);
	uint32_t	span = UINT32_C(1) << take(input) % 26;
	uint32_t	element = take_number(input, 1 + theta / 16 % 4);

	/* mostly a few, which is faster */
	wanted = wanted % 4 != 0 ? wanted % 16 : wanted / 4 % 4 == 0 ? 95 : 80 + wanted % 80;
	params.shingle = 1 + take(input) % 16;
	params.sampling = samplings[params.shingle % 8];
	params.window = 1 + theta / 4;
	random_state = element;
	while (n <= wanted && n < MAX_ELEMENTS)
	{
		elements[n++] = element;
		element += 1 + random_below(65536) % span;
		/* the others were kept for their windows: above theta */
		if (n == 96 && theta % 2 != 0)
			element = element / 4 + (UINT32_C(1) << 31);
	}
	element = params.sampling > 0 ? sketch_sampled(params.sampling) : 0;
	if (theta % 4 == 1)
		element = elements[n < 96 ? n - 1 : 95];
	else if (theta % 4 == 2)
		element = UINT32_MAX;
	textsketch_write(payload, params, n + theta % 2, n, element, elements, n);
	return TEXTSKETCH_SIZE(n);
}

/* Leave out some of the elements, from the last one on. */
static size_t
thin_out(unsigned char *payload, size_t size, uint32_t rate)
{
	for (size_t i = size - 4; i > TEXTSKETCH_HDRSZ; i -= 4)
	{
		if (random_below(256) < rate)
		{
			memmove(payload + i, payload + i + 4, size - i - 4);
			size -= 4;
		}
	}
	return size;
}

/* Overwrite bytes as the rest of the input says. */
static void
damage(Input *input, unsigned char *payload, size_t size)
{
	while (input->left > 0 && size > 0)
	{
		size_t		place = take_number(input, 2) % size;

		payload[place] = take(input);
	}
}

static void
make_condition(Input *input, unsigned char *payload)
{
	int			mode = take(input);
	double		threshold = take(input) / 255.0;
	uint64_t	bits;

	if (mode % 8 == TEXTSKETCH_SHARES)
		threshold = rint(threshold * 100);
	textsketch_write_condition(payload, mode % 8, threshold);
	if (mode >= 248)
	{
		bits = take_number(input, 8);
		memcpy(payload + 4, &bits, sizeof(bits));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char bytes[MAX_SIZE];
	static unsigned char row_bytes[MAX_SIZE];
	Input		input = {data, size};
	int			kind = take(&input);
	size_t		row_size;
	unsigned char *payload;
	unsigned char *row;
	TextsketchQueryView query;
	TextsketchView view;

	if (kind % 8 == 0)
	{
		if (input.left > MAX_SIZE)
			return 0;
		memcpy(bytes, input.next, input.left);
		size = input.left;
		row_size = size > 12 ? size - 12 : 0;
		memcpy(row_bytes, bytes + 12, row_size);
	}
	else
	{
		make_condition(&input, bytes);
		size = 12 + make_sketch(&input, bytes + 12);
		row_size = size - 12;
		memcpy(row_bytes, bytes + 12, row_size);
		if (kind % 8 > 2)
			row_size = thin_out(row_bytes, row_size, take(&input));
		if (kind % 8 == 4)
			damage(&input, bytes, size);
		else
			damage(&input, row_bytes, row_size);
	}

	row = copy_of(row_bytes, row_size);
	require((textsketch_invalid(row, row_size) == NULL) == plain_sketch_right(row, row_size));
	if (plain_sketch_right(row, row_size))
	{
		textsketch_view_payload(row, row_size, &view);
		/* now and then, as it takes long */
		if (kind / 8 % 4 == 0)
			check_text(&view);
	}
	payload = copy_of(bytes, size);
	require((textsketch_query_invalid(payload, size) == NULL) == plain_query_right(payload, size));
	if (plain_query_right(payload, size))
	{
		textsketch_view_query(payload, size, &query);
		check_pair(&query.sketch, &query);
		if (plain_sketch_right(row, row_size))
			check_pair(&view, &query);
	}
	read_damaged(row, row_size, payload, size);
	free(payload);
	free(row);
	return 0;
}

PLAIN_END
