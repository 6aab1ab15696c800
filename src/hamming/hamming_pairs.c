/*-------------------------------------------------------------------------
 *
 * hamming_pairs.c
 *	  All pairs of codes within a Hamming radius.
 *
 * Multi-index hashing (Norouzi, Punjani, Fleet 2014, "Fast exact search in
 * Hamming space with multi-index hashing"), on two levels.  If a code is
 * divided into m parts and r = m * a + b, 0 <= b < m, two codes within r
 * differ by at most a in one of the first b + 1 parts or by at most a - 1 in
 * one of the others: if neither were so, they would differ by at least
 * (b + 1)(a + 1) + (m - b - 1) a = r + 1 (section 3.1).
 *
 * So some word of the two is within the word's share of the radius, and in
 * that word some band is within the band's share of that.  For each band the
 * codes are sorted into buckets by its bits, the words of a bucket are
 * compared with those of every bucket that differs by so few bits, and where
 * the words are near enough the codes are.  Hardly any are by chance: the work
 * on wide codes is done on single words.
 *
 * A pair can meet in several bands.  It is reported in the first of them
 * only, which is known from the two codes alone, so that no set of pairs seen
 * has to be kept.
 *
 *-------------------------------------------------------------------------
 */
#include "hamming/hamming_pairs.h"

#include <string.h>

#include "hamming/hamming.h"

/*
 * What things cost, in nanoseconds, on one core with the AVX-512 kernel.  Only
 * the ratios matter, and they not much: fitted by hand to what bench/pairs.c
 * prints, so that the number of bands that it finds fastest costs least.
 */
#define COST_VISIT		1.0		/* looking at a pair of buckets */
#define COST_JOIN		8.0	/* joining two that are not empty */
#define COST_QUERY		1.5		/* a word of one, held against the other */
#define COST_VERIFY		20.0	/* comparing codes of which a word is near */
#define COST_SORT		7.0	/* putting a code into its bucket */

/* Comparing two codes: the first words usually tell them apart. */
static double
cost_compare(int words)
{
	return words == 1 ? 0.08 : 0.35 + 0.04 * words;
}

/* No more codes than this are held against each other at once. */
#define TILE			64

/* Call check() after this many comparisons. */
#define CHECK_INTERVAL	1000000

#define MAX_BANDS		(64 * HAMMING_MAX_WORDS)

/*
 * A table of buckets should be no larger than the codes, nor than a cache.
 * Of bands that are wider only the first bits are looked at.
 */
#define MAX_BAND_BITS	20

/*
 * Bits first to first + width - 1 of a word, as a number.  Codes meet in a
 * band if they differ by at most "radius" in these bits, and by at most
 * "word_radius" in the word.
 */
typedef struct Band
{
	int			word;
	int			word_radius;
	int			first;
	int			width;
	int			radius;
} Band;

typedef struct Finder
{
	const uint64_t *codes;
	int			words;
	int			radius;
	const RawEnv *env;
	PairCallback callback;
	void	   *callback_arg;

	Band		band[MAX_BANDS];
	int			nbands;

	/*
	 * What is compared: the codes as they come, or, in the order of
	 * band[current], one word of each.
	 */
	int			current;
	const uint64_t *keys;
	int			key_words;
	int			key_radius;
	const uint32_t *number;		/* of the codes; NULL: as they come */

	uint64_t	unchecked;		/* comparisons since check() */

	/* Matches of a pair of tiles. */
	uint32_t	query[TILE * TILE];
	uint32_t	match[TILE * TILE];
	uint16_t	distance[TILE * TILE];
} Finder;


/*
 * Bands.
 */

static inline uint32_t
band_value(const Band *band, uint64_t word)
{
	return (uint32_t) ((word << band->first) >> (64 - band->width));
}

/* The number of ways to choose k of n, as far as a double can tell. */
static double
choose(int n, int k)
{
	double		ways = 1;

	for (int i = 1; i <= k; i++)
		ways = ways * (n - k + i) / i;
	return ways;
}

/* The numbers of n bits of which at most "radius" are set. */
static double
ball_size(int n, int radius)
{
	double		size = 0;

	for (int k = 0; k <= radius; k++)
		size += choose(n, k);
	return size;
}

/*
 * The share of the radius that falls to part i of several; -1 if the part is
 * not needed at all, nor those behind it.
 */
static int
part_radius(int radius, int parts, int i)
{
	return radius / parts - (i > radius % parts);
}

/*
 * Divide each word that is needed into "wanted" bands, if so many are of use;
 * returns the number of bands in all.  The wider bands of a word come first,
 * as they can best afford the larger radius.
 */
static int
make_bands(Band *band, int wanted, uint32_t ncodes, int words, int radius)
{
	int			max_width = 8;
	int			nbands = 0;

	if (wanted <= 0)
		return 0;
	while (max_width < MAX_BAND_BITS && (UINT32_C(1) << (max_width + 1)) <= ncodes)
		max_width++;

	for (int word = 0; word < words; word++)
	{
		int			word_radius = part_radius(radius, words, word);
		int			parts = wanted;
		int			first = 0;

		if (word_radius < 0)
			break;
		if (parts > word_radius + 1)
			parts = word_radius + 1;
		if (parts > 64)
			parts = 64;

		for (int i = 0; i < parts; i++)
		{
			int			width = 64 / parts + (i < 64 % parts);
			Band	   *next = &band[nbands++];

			next->word = word;
			next->word_radius = word_radius;
			next->first = first;
			next->width = width < max_width ? width : max_width;
			next->radius = part_radius(word_radius, parts, i);
			if (next->radius > next->width)
				next->radius = next->width;
			first += width;
		}
	}
	return nbands;
}

/*
 * The time that a band takes, if its buckets are joined "masks" times, which
 * makes "comparisons" comparisons of words in all.
 */
static double
band_cost(const Band *band, uint32_t ncodes, int words,
		  double masks, double comparisons)
{
	double		buckets = UINT32_C(1) << band->width;
	double		joined = buckets < ncodes ? buckets : ncodes;
	double		meet = joined / buckets;	/* that both are not empty, roughly */
	double		near;

	/* Of the words compared, those within their radius: 2^64 are possible. */
	near = ball_size(64, band->word_radius) / (masks * (18446744073709551616.0 / buckets));
	if (words == 1)
		near = 0;
	else if (near > 1)
		near = 1;

	return COST_SORT * ncodes +
		masks * 0.5 * (buckets * COST_VISIT +
					   meet * (joined * COST_JOIN + ncodes * COST_QUERY)) +
		comparisons * (cost_compare(1) + near * COST_VERIFY);
}

static double
all_cost(uint32_t ncodes, int words)
{
	double		pairs = 0.5 * ncodes * (double) ncodes;

	return pairs * (cost_compare(words) + COST_QUERY / TILE);
}

/* The buckets that a code is compared with in a band. */
static double
band_masks(const Band *band)
{
	return ball_size(band->width, band->radius);
}

int
pairs_plan(uint32_t ncodes, int words, int radius, double *cost)
{
	Band		band[MAX_BANDS];
	int			best = PAIRS_ALL;

	if (radius > 64 * words)
		radius = 64 * words;

	*cost = all_cost(ncodes, words);
	for (int wanted = 1; wanted <= radius / words + 1 && wanted <= 16; wanted++)
	{
		int			nbands = make_bands(band, wanted, ncodes, words, radius);
		double		sum = 0;

		for (int i = 0; i < nbands && sum < *cost; i++)
		{
			double		masks = band_masks(&band[i]);
			double		buckets = UINT32_C(1) << band[i].width;

			sum += band_cost(&band[i], ncodes, words, masks,
							 masks * 0.5 * ncodes * (ncodes / buckets));
		}
		if (sum < *cost)
		{
			*cost = sum;
			best = wanted;
		}
	}
	return best;
}


/*
 * Finding.
 */

/* Let the caller interrupt us, now and then. */
static inline void
count_work(Finder *finder, uint64_t comparisons)
{
	finder->unchecked += comparisons;
	if (finder->unchecked >= CHECK_INTERVAL)
	{
		finder->unchecked = 0;
		finder->env->check(finder->env->arg);
	}
}

static inline int
count_bits(uint64_t x)
{
	const uint64_t zero = 0;

	return hamming_distance(&x, &zero, 1);
}

/*
 * Do two codes, whose keys differ in these bits of the current word, meet in a
 * band of it before the current one?
 */
static bool
met_in_word(const Finder *finder, uint64_t differ)
{
	int			word = finder->band[finder->current].word;

	for (int i = finder->current; i-- > 0 && finder->band[i].word == word;)
	{
		if (count_bits(band_value(&finder->band[i], differ)) <= finder->band[i].radius)
			return true;
	}
	return false;
}

/* Do two codes meet in a band of a word before the current one? */
static bool
met_in_words(const Finder *finder, const uint64_t *x, const uint64_t *y)
{
	int			word = finder->band[finder->current].word;

	for (int i = 0; finder->band[i].word < word; i++)
	{
		const Band *band = &finder->band[i];
		uint64_t	differ = x[band->word] ^ y[band->word];

		if (count_bits(band_value(band, differ)) <= band->radius &&
			count_bits(differ) <= band->word_radius)
			return true;
	}
	return false;
}

/*
 * Report the codes at places x and y of the current order, if they're near and
 * haven't met before.  Near copies meet in most bands: what the keys tell comes
 * first, as the codes lie anywhere.
 */
static void
report(Finder *finder, size_t x, size_t y, int distance)
{
	uint32_t	a = (uint32_t) x;
	uint32_t	b = (uint32_t) y;

	if (finder->number != NULL)
	{
		const uint64_t *code_a;
		const uint64_t *code_b;

		if (met_in_word(finder, finder->keys[x] ^ finder->keys[y]))
			return;
		a = finder->number[x];
		b = finder->number[y];
		if (finder->words > 1)
		{
			code_a = finder->codes + (size_t) a * finder->words;
			code_b = finder->codes + (size_t) b * finder->words;
			if (met_in_words(finder, code_a, code_b))
				return;
			distance = hamming_distance(code_a, code_b, finder->words);
			if (distance > finder->radius)
				return;
		}
	}
	finder->callback(finder->callback_arg, a < b ? a : b, a < b ? b : a, distance);
}

/* Compare keys x to x + nx - 1 with keys y to y + ny - 1. */
static void
join_tile(Finder *finder, size_t x, size_t nx, size_t y, size_t ny)
{
	size_t		found = hamming_join(finder->keys + x * finder->key_words, nx,
									 finder->keys + y * finder->key_words, ny,
									 finder->key_words, finder->key_radius,
									 finder->query, finder->match, finder->distance);

	for (size_t i = 0; i < found; i++)
		report(finder, x + finder->query[i], y + finder->match[i], finder->distance[i]);
	count_work(finder, nx * ny + found * 8);
}

static inline size_t
tile_size(size_t start, size_t end)
{
	return end - start < TILE ? end - start : TILE;
}

/* Compare keys x to x_end - 1 with keys y to y_end - 1. */
static void
join_two(Finder *finder, size_t x, size_t x_end, size_t y, size_t y_end)
{
	for (size_t i = x; i < x_end; i += TILE)
		for (size_t j = y; j < y_end; j += TILE)
			join_tile(finder, i, tile_size(i, x_end), j, tile_size(j, y_end));
}

/* Compare keys start to end - 1 with each other. */
static void
join_self(Finder *finder, size_t start, size_t end)
{
	for (size_t i = start; i < end; i += TILE)
	{
		size_t		tile_end = i + tile_size(i, end);

		for (size_t j = i; j + 1 < tile_end; j++)
			join_tile(finder, j, 1, j + 1, tile_end - j - 1);
		join_two(finder, i, tile_end, tile_end, end);
	}
}

/*
 * Join each bucket with the one whose value differs by "mask", once.
 * Bucket v is keys start[v] to start[v + 1] - 1.
 */
static void
join_buckets(Finder *finder, const uint32_t *start, uint32_t buckets, uint32_t mask)
{
	uint32_t	top = 1;

	if (mask == 0)
	{
		for (uint32_t v = 0; v < buckets; v++)
		{
			if (start[v + 1] - start[v] > 1)
				join_self(finder, start[v], start[v + 1]);
		}
		count_work(finder, buckets);
		return;
	}

	/* Of v and v ^ mask the smaller one lacks the highest bit of the mask. */
	while (top <= mask / 2)
		top *= 2;
	for (uint32_t half = 0; half < buckets; half += 2 * top)
	{
		for (uint32_t v = half; v < half + top; v++)
		{
			uint32_t	other = v ^ mask;

			if (start[v] < start[v + 1] && start[other] < start[other + 1])
				join_two(finder, start[v], start[v + 1], start[other], start[other + 1]);
		}
	}
	count_work(finder, buckets);
}

/* The next larger number with as many bits set (Hacker's Delight, 2-1). */
static uint32_t
next_mask(uint32_t mask)
{
	uint32_t	low = mask & -mask;
	uint32_t	ripple = mask + low;

	return ripple | (((mask ^ ripple) >> 2) / low);
}

/* Count how many codes each bucket has; start[] has buckets + 1 entries. */
static void
count_buckets(const Band *band, const uint64_t *codes, uint32_t ncodes, int words,
			  uint32_t *start)
{
	uint32_t	buckets = UINT32_C(1) << band->width;
	uint32_t	sum = 0;

	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): there is a band */
	memset(start, 0, (buckets + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < ncodes; i++)
		start[band_value(band, codes[(size_t) i * words + band->word])]++;
	for (uint32_t v = 0; v <= buckets; v++)
	{
		uint32_t	count = start[v];

		start[v] = sum;
		sum += count;
	}
}

/*
 * The comparisons that a band takes with the codes as they are: exact for
 * buckets by themselves, and projected from up to eight masks for each number
 * of differing bits.
 */
static double
count_comparisons(const Band *band, const uint32_t *start)
{
	uint32_t	buckets = UINT32_C(1) << band->width;
	double		total = 0;

	for (int k = 0; k <= band->radius; k++)
	{
		double		ways = choose(band->width, k);
		int			samples = ways < 8 ? (int) ways : 8;
		double		sum = 0;

		for (int i = 0; i < samples; i++)
		{
			/* k bits spread over the width, turned round by i eighths. */
			uint32_t	mask = 0;

			for (int bit = 0; bit < k; bit++)
				mask |= UINT32_C(1) << ((bit * band->width / k + i * band->width / samples) % band->width);
			for (uint32_t v = 0; v < buckets; v++)
				sum += (double) (start[v + 1] - start[v]) *
					(start[(v ^ mask) + 1] - start[v ^ mask]);
		}
		total += ways * 0.5 * sum / samples;
	}
	return total;
}

/*
 * Codes that lie close together, or whose bits are not even, crowd in few
 * buckets, and bands may take longer than to compare all with all.
 */
static bool
bands_pay(Finder *finder, const uint64_t *codes, uint32_t ncodes, uint32_t *start)
{
	double		limit = all_cost(ncodes, finder->words);
	double		sum = 0;

	for (int i = 0; i < finder->nbands; i++)
	{
		const Band *band = &finder->band[i];

		finder->env->check(finder->env->arg);
		count_buckets(band, codes, ncodes, finder->words, start);
		sum += band_cost(band, ncodes, finder->words, band_masks(band),
						 count_comparisons(band, start));
		if (sum > limit)
			return false;
	}
	return true;
}

/* Sort words of the codes by band[current], and join what may be near. */
static void
find_in_band(Finder *finder, uint32_t ncodes,
			 uint64_t *keys, uint32_t *number, uint32_t *start)
{
	const Band *band = &finder->band[finder->current];
	uint32_t	buckets = UINT32_C(1) << band->width;

	finder->env->check(finder->env->arg);
	finder->key_radius = band->word_radius;
	count_buckets(band, finder->codes, ncodes, finder->words, start);
	for (uint32_t i = 0; i < ncodes; i++)
	{
		uint64_t	key = finder->codes[(size_t) i * finder->words + band->word];
		uint32_t	place = start[band_value(band, key)]++;

		keys[place] = key;
		number[place] = i;
	}

	/* Each start has become the next one's. */
	memmove(start + 1, start, buckets * sizeof(uint32_t));
	start[0] = 0;

	for (int k = 0; k <= band->radius; k++)
	{
		uint32_t	mask = (UINT32_C(1) << k) - 1;

		for (; mask < buckets; mask = next_mask(mask))
		{
			join_buckets(finder, start, buckets, mask);
			if (mask == 0)
				break;
		}
	}
}

void
pairs_find(const uint64_t *codes, uint32_t ncodes, int words, int radius,
		   int bands, const RawEnv *env,
		   PairCallback callback, void *callback_arg)
{
	Finder	   *finder;
	uint32_t   *start = NULL;
	uint32_t	buckets = 0;
	double		cost;

	if (ncodes < 2 || radius < 0)
		return;
	if (radius > 64 * words)
		radius = 64 * words;

	finder = env->alloc(env->arg, sizeof(Finder));
	finder->codes = codes;
	finder->words = words;
	finder->radius = radius;
	finder->env = env;
	finder->callback = callback;
	finder->callback_arg = callback_arg;
	finder->current = 0;
	finder->unchecked = 0;
	finder->nbands = make_bands(finder->band,
								bands == PAIRS_AUTO ? pairs_plan(ncodes, words, radius, &cost) : bands,
								ncodes, words, radius);

	for (int i = 0; i < finder->nbands; i++)
	{
		if (buckets < UINT32_C(1) << finder->band[i].width)
			buckets = UINT32_C(1) << finder->band[i].width;
	}
	if (finder->nbands > 0)
		start = env->alloc(env->arg, (buckets + 1) * sizeof(uint32_t));
	if (bands == PAIRS_AUTO && !bands_pay(finder, codes, ncodes, start))
		finder->nbands = 0;

	if (finder->nbands == 0)
	{
		finder->keys = codes;
		finder->key_words = words;
		finder->key_radius = radius;
		finder->number = NULL;
		join_self(finder, 0, ncodes);
	}
	else
	{
		uint64_t   *keys = env->alloc(env->arg, sizeof(uint64_t) * (size_t) ncodes);
		uint32_t   *number = env->alloc(env->arg, sizeof(uint32_t) * (size_t) ncodes);

		finder->keys = keys;
		finder->key_words = 1;
		finder->number = number;
		for (; finder->current < finder->nbands; finder->current++)
			find_in_band(finder, ncodes, keys, number, start);
		env->free(env->arg, keys);
		env->free(env->arg, number);
	}
	if (start != NULL)
		env->free(env->arg, start);
	env->free(env->arg, finder);
}
