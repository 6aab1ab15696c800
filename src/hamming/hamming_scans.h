/*-------------------------------------------------------------------------
 *
 * hamming_scans.h
 *	  Template: scans over vectors of SCAN_LANES words.
 *
 * Scans look at several codes at once and ask only whether any of them can be
 * within the radius, by a lower bound of the distance in which a few words at
 * the end may be left out; the plain loop then sees to that group.  Matches
 * are rare wherever speed matters.
 *
 * A kernel defines these, for a vector v of its processor, and includes it:
 *
 *	  SCAN_TARGET				what its functions are compiled for
 *	  SCAN_NATIVE				has it an instruction to count bits?
 *	  SCAN_VECTOR, SCAN_LANES	the vector, and its words
 *	  set_all(word)				a vector of that word, which may be an int
 *	  load(p)					the words at p
 *	  load_partial(p, n)		the first n < SCAN_LANES of them, and zeros
 *	  load_query(p, words)		a code of so many words, or four of them, as often
 *								as there is room
 *	  word_distances(query, v)	by word
 *	  pair_distances(query, p)	to the codes of two words at p, as many as there are
 *								lanes, in some order
 *	  part_distances(query, p, stride)	of four words to those at p, p + stride and
 *								so on, as many as there are lanes, in some order
 *	  add(a, b), least(a, b)
 *	  any_within(v, radius)		is any of these distances at most the radius?
 *
 *-------------------------------------------------------------------------
 */

/* Codes of one word, four vectors at a time. */
SCAN_TARGET
static inline size_t
scan_one(const char *q, const char *codes, size_t n, int words,
		 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const SCAN_VECTOR query = set_all(load_word(q, 0));
	const SCAN_VECTOR limit = set_all(radius);
	const size_t vector = 8 * SCAN_LANES;
	size_t		i;

	for (i = 0; i + 4 * SCAN_LANES <= n; i += 4 * SCAN_LANES)
	{
		const char *p = codes + 8 * i;
		SCAN_VECTOR x = least(word_distances(query, load(p)),
							  word_distances(query, load(p + vector)));
		SCAN_VECTOR y = least(word_distances(query, load(p + 2 * vector)),
							  word_distances(query, load(p + 3 * vector)));

		if (any_within(least(x, y), limit))
			found = scan_range(q, codes, i, i + 4 * SCAN_LANES, words, radius, SCAN_NATIVE,
							   match, distance, found);
	}

	/* What is left: all that there are in a small bucket. */
	if (i < n)
	{
		SCAN_VECTOR x = set_all(65);
		size_t		k;

		for (k = i; k + SCAN_LANES <= n; k += SCAN_LANES)
			x = least(x, word_distances(query, load(codes + 8 * k)));
		if (k < n)
			x = least(x, word_distances(query, load_partial(codes + 8 * k, n - k)));
		if (any_within(x, limit))
			found = scan_range(q, codes, i, n, words, radius, SCAN_NATIVE,
							   match, distance, found);
	}
	return found;
}

/* Codes of two words, four vectors at a time. */
SCAN_TARGET
static inline size_t
scan_two(const char *q, const char *codes, size_t n, int words,
		 int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const SCAN_VECTOR query = load_query(q, 2);
	const SCAN_VECTOR limit = set_all(radius);
	size_t		i;

	for (i = 0; i + 2 * SCAN_LANES <= n; i += 2 * SCAN_LANES)
	{
		const char *p = codes + 16 * i;

		if (any_within(least(pair_distances(query, p),
							 pair_distances(query, p + 16 * SCAN_LANES)), limit))
			found = scan_range(q, codes, i, i + 2 * SCAN_LANES, words, radius, SCAN_NATIVE,
							   match, distance, found);
	}
	return scan_range(q, codes, i, n, words, radius, SCAN_NATIVE, match, distance, found);
}

/* Codes of three words, one at a time. */
SCAN_TARGET
static inline size_t
scan_three(const char *q, const char *codes, size_t n, int words,
		   int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	return scan_range(q, codes, 0, n, words, radius, SCAN_NATIVE, match, distance, found);
}

/*
 * Codes of four words or more, as many at a time as there are lanes and four
 * words at a time, until none of them can be within the radius any more.
 */
SCAN_TARGET
static inline size_t
scan_many(const char *q, const char *codes, size_t n, int words,
		  int radius, uint32_t *match, uint16_t *distance, size_t found)
{
	const SCAN_VECTOR limit = set_all(radius);
	const size_t stride = 8 * (size_t) words;
	size_t		i;

	for (i = 0; i + SCAN_LANES <= n; i += SCAN_LANES)
	{
		const char *p = codes + i * stride;
		SCAN_VECTOR sums = set_all(0);
		bool		within = true;

		for (int j = 0; j + 4 <= words && within; j += 4)
		{
			sums = add(sums, part_distances(load_query(q + 8 * j, 4), p + 8 * j, stride));
			within = any_within(sums, limit);
		}
		if (within)
			found = scan_range(q, codes, i, i + SCAN_LANES, words, radius, SCAN_NATIVE,
							   match, distance, found);
	}
	return scan_range(q, codes, i, n, words, radius, SCAN_NATIVE, match, distance, found);
}
