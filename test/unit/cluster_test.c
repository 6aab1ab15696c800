/*-------------------------------------------------------------------------
 *
 * cluster_test.c
 *	  Pairs, sets and clusters against definitions that look at every pair.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "clusters/cluster.h"
#include "hamming/hamming.h"
#include "hamming/hamming_pairs.h"
#include "env.h"
#include "tap.h"

#define MAX_ROWS	1500

/* Kinds of data. */
enum
{
	UNIFORM, CLUSTERED, EQUAL, SKEWED, CHAIN, KINDS
};
static const char *const kind_name[] = {"uniform", "clustered", "equal", "skewed", "chain"};

static uint64_t *
make_codes(uint32_t n, int words, int kind, int radius)
{
	uint64_t   *codes = test_alloc(NULL, 8 * (size_t) n * words + 1);

	for (uint32_t i = 0; i < n; i++)
	{
		uint64_t   *code = codes + (size_t) i * words;
		uint64_t   *other = codes + (size_t) random_below(i + 1) * words;
		uint32_t	flips = 0;

		for (int j = 0; j < words; j++)
		{
			code[j] = random_word();
			if (kind == SKEWED)
				/* NOLINTNEXTLINE(misc-redundant-expression): each is another one */
				code[j] &= random_word() & random_word() & random_word();
		}
		if (i > 0 && kind == CLUSTERED && random_below(4) != 0)
			flips = random_below(2 * (uint32_t) radius + 2);
		else if (i > 0 && kind == EQUAL && random_below(20) != 0)
			flips = random_below(10) == 0;
		else if (i > 0 && kind == CHAIN && random_below(50) != 0)
		{
			other = code - words;
			flips = (uint32_t) radius;
		}
		else
			continue;
		memcpy(code, other, 8 * (size_t) words);
		for (; flips > 0; flips--)
			code[random_below(words)] ^= UINT64_C(1) << random_below(64);
	}
	return codes;
}

static int
compare_codes(const uint64_t *a, const uint64_t *b, int words)
{
	for (int j = 0; j < words; j++)
	{
		if (a[j] != b[j])
			return a[j] < b[j] ? -1 : 1;
	}
	return 0;
}

/* Rows get the code they had, codes ascend, counts add up. */
static bool
test_codeset(int words, int kind)
{
	for (int round = 0; round < 4; round++)
	{
		uint32_t	n = round == 0 ? 0 : 1 + random_below(MAX_ROWS);
		uint64_t   *codes = make_codes(n, words, kind, 3);
		uint64_t   *copy = malloc(8 * (size_t) n * words + 1);
		static uint32_t rows[MAX_ROWS];
		CodeSet		set;
		bool		good = true;

		memcpy(copy, codes, 8 * (size_t) n * words);
		memset(rows, 0, sizeof(rows));
		codeset_build(&set, codes, n, words, &env);
		for (uint32_t i = 0; i < n; i++)
		{
			good = good && set.code_of_row[i] < set.ncodes &&
				compare_codes(copy + (size_t) i * words,
							  set.codes + (size_t) set.code_of_row[i] * words, words) == 0;
			rows[set.code_of_row[i]]++;
		}
		for (uint32_t i = 0; i < set.ncodes; i++)
			good = good && rows[i] == set.rows[i] && rows[i] > 0 &&
				(i == 0 || compare_codes(set.codes + (size_t) (i - 1) * words,
										 set.codes + (size_t) i * words, words) < 0);
		codeset_free(&set, &env);
		free(copy);
		if (!good || set.nrows != n || allocated != 0)
			return false;
	}
	return true;
}

/* What pairs_find() reports, as a matrix of distance + 1. */
typedef struct Seen
{
	uint32_t	n;
	uint16_t   *distance;
	bool		good;
} Seen;

static void
see_pair(void *arg, uint32_t a, uint32_t b, int distance)
{
	Seen	   *seen = arg;

	if (a >= b || b >= seen->n || seen->distance[(size_t) a * seen->n + b] != 0)
		seen->good = false;
	else
		seen->distance[(size_t) a * seen->n + b] = (uint16_t) (distance + 1);
}

static bool
pairs_right(const uint64_t *codes, uint32_t n, int words, int radius, int bands)
{
	Seen		seen = {n, calloc((size_t) n * n + 1, sizeof(uint16_t)), true};

	pairs_find(codes, n, words, radius, bands, &env, see_pair, &seen);
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = a + 1; b < n; b++)
		{
			int			d = hamming_distance(codes + (size_t) a * words,
											 codes + (size_t) b * words, words);

			if (seen.distance[(size_t) a * n + b] != (d <= radius ? d + 1 : 0))
				seen.good = false;
		}
	free(seen.distance);
	return seen.good;
}

/* Every number of bands from none to more than there can be. */
static void
test_pairs(int words, int kind)
{
	const int	radii[] = {-1, 0, 1, 2, 3, 5, 10, 6 * words, 10 * words, 15 * words};
	bool		good = true;
	int			tried = 0;

	for (size_t r = 0; r < sizeof(radii) / sizeof(radii[0]); r++)
	{
		int			radius = radii[r];
		uint32_t	n = 80 + random_below(200);
		uint64_t   *codes = make_codes(n, words, kind, radius < 0 ? 0 : radius);

		for (int bands = PAIRS_AUTO; bands <= radius / words + 2; bands++)
		{
			/* The widest bands, probed far, take long. */
			if (bands > 0 && radius / words / bands > 4)
				continue;
			good = good && pairs_right(codes, n, words, radius, bands);
			tried++;
		}
		test_free(NULL, codes);
	}
	ok(good && allocated == 0, "pairs: %d words, %s, %d radii and bands", words, kind_name[kind], tried);
}

/* All codes are the same distance apart, or all bits matter. */
static void
test_pair_edges(void)
{
	uint64_t	codes[64 * 2];
	const int	radii[] = {127, 128, 129, INT32_MAX};

	for (int i = 0; i < 64; i++)
	{
		/* cppcheck-suppress uninitvar; the first half is set by then */
		codes[2 * i] = i < 32 ? random_word() : ~codes[2 * (i - 32)];
		codes[2 * i + 1] = i < 32 ? random_word() : ~codes[2 * (i - 32) + 1];
	}
	for (size_t i = 0; i < sizeof(radii) / sizeof(radii[0]); i++)
		ok(pairs_right(codes, 64, 2, radii[i], PAIRS_AUTO), "pairs: radius %d of 128 bits", radii[i]);
	ok(pairs_right(codes, 0, 2, 3, PAIRS_AUTO), "pairs: no code");
	ok(pairs_right(codes, 1, 2, 3, PAIRS_AUTO), "pairs: one code");
}

/*
 * The definitions of cluster.h, from a matrix of distances between rows.
 * cluster[] becomes a row that stands for the cluster, or -1.
 */
static void
slow_cluster(const uint64_t *codes, uint32_t n, int words, int radius,
			 uint32_t minpoints, ClusterMethod method, int *cluster)
{
	static uint16_t distance[MAX_ROWS][MAX_ROWS];
	static uint32_t degree[MAX_ROWS];
	static bool anchor[MAX_ROWS];
	bool		again = true;

	for (uint32_t i = 0; i < n; i++)
	{
		degree[i] = 0;
		for (uint32_t j = 0; j < n; j++)
		{
			distance[i][j] = (uint16_t) hamming_distance(codes + (size_t) i * words,
														 codes + (size_t) j * words, words);
			degree[i] += distance[i][j] <= radius;
		}
		anchor[i] = method == CLUSTER_DBSCAN && degree[i] >= minpoints;
		cluster[i] = -1;
	}

	/* Stars: the row of most neighbours, then the smallest code, that is left. */
	while (method == CLUSTER_STAR)
	{
		int			best = -1;

		for (uint32_t i = 0; i < n; i++)
		{
			bool		covered = false;

			for (uint32_t j = 0; j < n && !covered; j++)
				covered = (anchor[j] && distance[i][j] <= radius);
			if (covered || degree[i] < minpoints)
				continue;
			if (best < 0 || degree[i] > degree[best] ||
				(degree[i] == degree[best] &&
				 compare_codes(codes + (size_t) i * words, codes + (size_t) best * words, words) < 0))
				best = (int) i;
		}
		if (best < 0)
			break;
		anchor[best] = true;
	}

	/* Anchors within the radius of each other are one. */
	for (uint32_t i = 0; i < n; i++)
		cluster[i] = anchor[i] ? (int) i : -1;
	while (again)
	{
		again = false;
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				if (anchor[i] && anchor[j] && distance[i][j] <= radius && cluster[j] < cluster[i])
				{
					cluster[i] = cluster[j];
					again = true;
				}
	}
	for (uint32_t i = 0; i < n; i++)
	{
		int			best = -1;

		if (anchor[i])
			continue;
		for (uint32_t j = 0; j < n; j++)
		{
			if (!anchor[j] || distance[i][j] > radius)
				continue;
			if (best < 0 || distance[i][j] < distance[i][best] ||
				(distance[i][j] == distance[i][best] &&
				 compare_codes(codes + (size_t) j * words, codes + (size_t) best * words, words) < 0))
				best = (int) j;
		}
		if (best >= 0)
			cluster[i] = cluster[best];
	}
}

static bool
test_cluster(int words, int kind, ClusterMethod method, int radius, uint32_t minpoints)
{
	static int	expected[MAX_ROWS];
	static int32_t number_of[MAX_ROWS];
	static int32_t number[MAX_ROWS];
	uint32_t	n = 1 + random_below(150);
	uint64_t   *codes = make_codes(n, words, kind, radius);
	uint32_t   *label;
	CodeSet		set;
	uint32_t	nclusters = 0;
	bool		good = true;

	slow_cluster(codes, n, words, radius, minpoints, method, expected);
	codeset_build(&set, codes, n, words, &env);
	label = malloc(set.ncodes * sizeof(uint32_t));
	cluster_codes(&set, radius, minpoints, method, &env, label);
	good = cluster_number(&set, label, &env, number) <= n;

	for (uint32_t i = 0; i < n; i++)
		number_of[i] = -1;
	for (uint32_t i = 0; i < n && good; i++)
	{
		if (expected[i] >= 0 && number_of[expected[i]] < 0)
			number_of[expected[i]] = (int32_t) nclusters++;
		good = number[i] == (expected[i] < 0 ? -1 : number_of[expected[i]]);
	}
	free(label);
	codeset_free(&set, &env);
	return good && allocated == 0;
}

static void
test_clusters(int words, int kind, ClusterMethod method)
{
	const uint32_t minpoints[] = {1, 2, 3, 5, 40, 100000};
	bool		good = true;

	for (size_t m = 0; m < sizeof(minpoints) / sizeof(minpoints[0]); m++)
		for (int round = 0; round < 8; round++)
			good = good && test_cluster(words, kind, method,
										round == 0 ? 0 : (int) random_below(15 * (uint32_t) words),
										minpoints[m]);
	ok(good, "%s: %d words, %s", method == CLUSTER_STAR ? "star" : "dbscan",
	   words, kind_name[kind]);
}

/* More pairs than are remembered: the same answer by the longer way. */
static void
test_crowd(void)
{
	const uint32_t n = 3000;
	uint64_t   *codes = test_alloc(NULL, 8 * n);
	uint32_t   *label = malloc(n * sizeof(uint32_t));
	CodeSet		set;
	uint32_t	anchor = 0;
	bool		good = true;

	/* Within 6 of zero, so within 12 of each other: 4.5e6 pairs. */
	for (uint32_t i = 0; i < n; i++)
	{
		codes[i] = 0;
		for (int flips = 0; i > 0 && flips < 6; flips++)
			codes[i] |= UINT64_C(1) << random_below(64);
	}
	codeset_build(&set, codes, n, 1, &env);
	checks = 0;
	cluster_codes(&set, 12, 3, CLUSTER_DBSCAN, &env, label);
	for (uint32_t i = 0; i < set.ncodes; i++)
		good = good && label[i] == label[0];
	ok(good, "dbscan: a crowd of codes is one cluster");
	ok(checks >= 2, "dbscan: a crowd of codes can be interrupted");

	/* All have the same degree: the smallest code is the center. */
	good = true;
	cluster_codes(&set, 12, 3, CLUSTER_STAR, &env, label);
	for (uint32_t i = 0; i < set.ncodes; i++)
		good = good && label[i] == anchor;
	ok(good, "star: a crowd of codes is one cluster");
	cluster_codes(&set, 12, n + 1, CLUSTER_STAR, &env, label);
	ok(label[0] == CLUSTER_NOISE && label[set.ncodes - 1] == CLUSTER_NOISE,
	   "star: too small a crowd is noise");
	free(label);
	codeset_free(&set, &env);
}

/* Stars without the log of pairs find the centers that they find with it. */
static void
test_star_limits(void)
{
	const uint32_t n = 4000;
	uint64_t   *codes = test_alloc(NULL, 8 * n);
	uint64_t   *copy = malloc(8 * n);
	uint32_t   *label = malloc(n * sizeof(uint32_t));
	CodeSet		set;
	bool		good = true;

	/* Two crowds that overlap. */
	for (uint32_t i = 0; i < n; i++)
	{
		codes[i] = i % 2 ? UINT64_C(0x3ff) : 0;
		for (int flips = 0; flips < 5; flips++)
			codes[i] ^= UINT64_C(1) << random_below(64);
	}
	memcpy(copy, codes, 8 * n);
	codeset_build(&set, codes, n, 1, &env);
	cluster_codes(&set, 11, 2, CLUSTER_STAR, &env, label);
	for (uint32_t i = 0; i < set.ncodes && good; i++)
	{
		int			best = 65;
		uint32_t	nearest = CLUSTER_NOISE;

		for (uint32_t j = 0; j < set.ncodes; j++)
		{
			int			d = hamming_distance(&set.codes[i], &set.codes[j], 1);

			if (label[j] == j && d <= 11)
			{
				good = good && (label[i] != i || i == j);
				if (d < best)
				{
					best = d;
					nearest = j;
				}
			}
		}
		good = nearest == label[i];
	}
	ok(good, "star: each member hangs on the nearest center, centers are apart");
	free(copy);
	free(label);
	codeset_free(&set, &env);
}

static void
test_memory(int words, ClusterMethod method, uint32_t minpoints, size_t limit)
{
	const uint32_t n = 200000;
	uint64_t   *codes = make_codes(n, words, CLUSTERED, 3);
	uint32_t   *label;
	int32_t    *number;
	CodeSet		set;

	allocated_peak = 0;
	label = test_alloc(NULL, n * sizeof(uint32_t));
	number = test_alloc(NULL, n * sizeof(int32_t));
	codeset_build(&set, codes, n, words, &env);
	cluster_codes(&set, 3, minpoints, method, &env, label);
	cluster_number(&set, label, &env, number);
	ok(allocated_peak <= n * limit + (UINT64_C(17) << 20),
	   "memory: %d words, minpoints %u: %.0f bytes a row",
	   words, minpoints, (double) allocated_peak / n);
	test_free(NULL, label);
	test_free(NULL, number);
	codeset_free(&set, &env);
}

int
main(void)
{
	const int	widths[] = {1, 2, 3, 4, 16};

	hamming_init();
	for (int kind = 0; kind < KINDS; kind++)
	{
		for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++)
		{
			ok(test_codeset(widths[w], kind), "code set: %d words, %s", widths[w], kind_name[kind]);
			test_pairs(widths[w], kind);
			test_clusters(widths[w], kind, CLUSTER_DBSCAN);
			test_clusters(widths[w], kind, CLUSTER_STAR);
		}
	}
	test_pair_edges();
	test_crowd();
	test_star_limits();
	for (int words = 1; words <= 16; words *= 4)
	{
		test_memory(words, CLUSTER_DBSCAN, 1, 16 * words + 40);
		test_memory(words, CLUSTER_DBSCAN, 3, 16 * words + 40);
		test_memory(words, CLUSTER_STAR, 2, 16 * words + 40);
	}
	return done_testing();
}
