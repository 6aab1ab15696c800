/*-------------------------------------------------------------------------
 *
 * cluster.c
 *	  Clusters of codes: connected by density, or stars.
 *
 * Both methods choose anchors (cores, centers), for which they count the rows
 * around each code, and then hang every other code on its nearest anchor.
 *
 *-------------------------------------------------------------------------
 */
#include "clusters/cluster.h"

#include <string.h>

#include "hamming/hamming.h"
#include "hamming/hamming_pairs.h"

/* Pairs of a log are allocated in pieces of this many. */
#define LOG_PIECE		65536

/* A log holds this many pairs a code, and at least so many. */
#define LOG_PER_CODE	4
#define LOG_MIN			(16 * LOG_PIECE)

#define NO_DISTANCE		UINT16_MAX

typedef struct LoggedPair
{
	uint32_t	a;
	uint32_t	b;
	uint16_t	distance;
} LoggedPair;

typedef struct LogPiece
{
	struct LogPiece *next;
	uint32_t	npairs;
	LoggedPair	pair[LOG_PIECE];
} LogPiece;

typedef struct Clustering
{
	const CodeSet *set;
	int			radius;
	uint32_t	minpoints;
	const RawEnv *env;

	uint32_t   *degree;			/* rows within the radius of each code, of 2^31 at most */

	/* The pairs found, unless they were too many. */
	LogPiece   *log;
	uint64_t	nlogged;
	bool		log_complete;

	/* Anchors, and for other codes the nearest anchor. */
	bool	   *anchor;
	uint32_t   *parent;			/* sets of anchors; becomes the labels */
	uint32_t   *nearest;
	uint16_t   *nearest_distance;
} Clustering;


/*
 * Union-find, with path halving (Tarjan, van Leeuwen 1984).  The smallest
 * member stands for its set.
 */

void
sets_init(uint32_t *parent, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		parent[i] = i;
}

uint32_t
sets_find(uint32_t *parent, uint32_t member)
{
	while (parent[member] != member)
	{
		parent[member] = parent[parent[member]];
		member = parent[member];
	}
	return member;
}

void
sets_unite(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = sets_find(parent, a);
	b = sets_find(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}


/*
 * Counting neighbours, and remembering the pairs.
 */

static void
log_free(Clustering *clustering)
{
	while (clustering->log != NULL)
	{
		LogPiece   *piece = clustering->log;

		clustering->log = piece->next;
		clustering->env->free(clustering->env->arg, piece);
	}
}

static void
log_pair(Clustering *clustering, uint32_t a, uint32_t b, int distance)
{
	LogPiece   *piece = clustering->log;
	uint64_t	most = (uint64_t) clustering->set->ncodes * LOG_PER_CODE;

	if (most < LOG_MIN)
		most = LOG_MIN;
	if (most > UINT32_MAX)
		most = UINT32_MAX;		/* as neighbours_from_log() counts them */
	if (clustering->nlogged >= most)
	{
		clustering->log_complete = false;
		log_free(clustering);
		return;
	}
	if (piece == NULL || piece->npairs == LOG_PIECE)
	{
		piece = clustering->env->alloc(clustering->env->arg, sizeof(LogPiece));
		piece->next = clustering->log;
		piece->npairs = 0;
		clustering->log = piece;
	}
	piece->pair[piece->npairs].a = a;
	piece->pair[piece->npairs].b = b;
	piece->pair[piece->npairs].distance = (uint16_t) distance;
	piece->npairs++;
	clustering->nlogged++;
}

static void
count_neighbours(void *arg, uint32_t a, uint32_t b, int distance)
{
	Clustering *clustering = arg;

	clustering->degree[a] += clustering->set->rows[b];
	clustering->degree[b] += clustering->set->rows[a];
	if (clustering->log_complete)
		log_pair(clustering, a, b, distance);
}

/* Call back for every pair, from the log or by finding them. */
static void
for_each_pair(Clustering *clustering, PairCallback callback)
{
	const CodeSet *set = clustering->set;

	if (!clustering->log_complete)
	{
		pairs_find(set->codes, set->ncodes, set->words, clustering->radius,
				   PAIRS_AUTO, clustering->env, callback, clustering);
		return;
	}
	for (LogPiece *piece = clustering->log; piece != NULL; piece = piece->next)
	{
		clustering->env->check(clustering->env->arg);
		for (uint32_t i = 0; i < piece->npairs; i++)
			callback(clustering, piece->pair[i].a, piece->pair[i].b, piece->pair[i].distance);
	}
}


/*
 * Hanging codes on anchors.
 */

/* The nearest anchor is that of smallest (distance, code). */
static void
consider_anchor(Clustering *clustering, uint32_t code, uint32_t anchor, int distance)
{
	uint16_t	nearest = clustering->nearest_distance[code];

	if (distance < nearest ||
		(distance == nearest && anchor < clustering->nearest[code]))
	{
		clustering->nearest[code] = anchor;
		clustering->nearest_distance[code] = (uint16_t) distance;
	}
}

/* Centers of stars are never within the radius of each other. */
static void
attach(void *arg, uint32_t a, uint32_t b, int distance)
{
	Clustering *clustering = arg;

	if (clustering->anchor[a] && clustering->anchor[b])
		sets_unite(clustering->parent, a, b);
	else if (clustering->anchor[a])
		consider_anchor(clustering, b, a, distance);
	else if (clustering->anchor[b])
		consider_anchor(clustering, a, b, distance);
}


/*
 * Choosing the centers of stars.
 */

typedef struct RankedCode
{
	uint32_t	rank;
	uint32_t	code;
} RankedCode;

#define RADIX_SORT sort_by_rank
#define RADIX_ITEM RankedCode
#define RADIX_KEY(item) ((item).rank)
#include "base/radix.h"

/*
 * The codes in the order of visits: most rows around them first, then by code.
 * Returns order[], allocated, with place[] behind it: where each code is.
 */
static uint32_t *
order_by_degree(const Clustering *clustering)
{
	const RawEnv *env = clustering->env;
	uint32_t	n = clustering->set->ncodes;
	RankedCode *ranked = env->alloc(env->arg, n * sizeof(RankedCode));
	RankedCode *scratch = env->alloc(env->arg, n * sizeof(RankedCode));
	uint32_t   *order = (uint32_t *) scratch;

	for (uint32_t i = 0; i < n; i++)
		ranked[i] = (RankedCode) {~clustering->degree[i], i};
	sort_by_rank(env, ranked, scratch, n);
	for (uint32_t k = 0; k < n; k++)
	{
		order[k] = ranked[k].code;
		order[n + ranked[k].code] = k;
	}
	env->free(env->arg, ranked);
	return order;
}

/*
 * For each code, which of its neighbours come after it in the order of
 * visits: neighbour[start[i]] to neighbour[start[i + 1] - 1].  The log must
 * be complete.  Returns neighbour[], allocated; start[] has ncodes + 1
 * entries.
 */
static uint32_t *
neighbours_from_log(Clustering *clustering, const uint32_t *place, uint32_t *start)
{
	const RawEnv *env = clustering->env;
	uint32_t	n = clustering->set->ncodes;
	uint32_t   *neighbour;
	uint32_t	sum = 0;

	neighbour = env->alloc(env->arg, clustering->nlogged * sizeof(uint32_t) + 1);
	memset(start, 0, ((size_t) n + 1) * sizeof(uint32_t));

	for (LogPiece *piece = clustering->log; piece != NULL; piece = piece->next)
	{
		env->check(env->arg);
		for (uint32_t i = 0; i < piece->npairs; i++)
		{
			LoggedPair *pair = &piece->pair[i];

			start[place[pair->a] < place[pair->b] ? pair->a : pair->b]++;
		}
	}
	for (uint32_t i = 0; i <= n; i++)
	{
		sum += start[i];
		start[i] = sum;
	}

	/* Filled from behind, each start[i] ends up where it belongs. */
	for (LogPiece *piece = clustering->log; piece != NULL; piece = piece->next)
	{
		env->check(env->arg);
		for (uint32_t i = 0; i < piece->npairs; i++)
		{
			LoggedPair *pair = &piece->pair[i];

			if (place[pair->a] < place[pair->b])
				neighbour[--start[pair->a]] = pair->b;
			else
				neighbour[--start[pair->b]] = pair->a;
		}
	}
	return neighbour;
}

/* Mark all codes within the radius of a code, by looking at every code. */
static void
cover_by_scan(const Clustering *clustering, uint32_t center, bool *covered)
{
	const CodeSet *set = clustering->set;
	const uint64_t *query = set->codes + (size_t) center * set->words;
	uint32_t	match[4096];
	uint16_t	distance[4096];

	for (uint32_t first = 0, n; first < set->ncodes; first += n)
	{
		size_t		found;

		n = set->ncodes - first < 4096 ? set->ncodes - first : 4096;
		found = hamming_scan(query, set->codes + (size_t) first * set->words, n,
							 set->words, clustering->radius, match, distance);
		for (size_t i = 0; i < found; i++)
			covered[first + match[i]] = true;
	}
	clustering->env->check(clustering->env->arg);
}

/*
 * Visit the codes in order; each one that no center covers becomes a center.
 *
 * Without the log there were very many pairs for the number of codes, and so
 * centers cover many codes each and are few: they can be held against all
 * codes, except those without a neighbour.
 */
static void
choose_centers(Clustering *clustering)
{
	const CodeSet *set = clustering->set;
	const RawEnv *env = clustering->env;
	uint32_t	n = set->ncodes;
	uint32_t   *order = order_by_degree(clustering);
	const uint32_t *place = order + n;
	uint32_t   *start = env->alloc(env->arg, ((size_t) n + 1) * sizeof(uint32_t));
	bool	   *covered = env->alloc(env->arg, n * sizeof(bool));
	uint32_t   *neighbour = NULL;

	if (clustering->log_complete)
		neighbour = neighbours_from_log(clustering, place, start);

	memset(covered, 0, n * sizeof(bool));
	for (uint32_t k = 0; k < n; k++)
	{
		uint32_t	code = order[k];

		if (clustering->degree[code] < clustering->minpoints)
			break;
		if (covered[code])
			continue;
		clustering->anchor[code] = true;
		if (neighbour != NULL)
		{
			for (uint32_t i = start[code]; i < start[code + 1]; i++)
				covered[neighbour[i]] = true;
		}
		else if (clustering->degree[code] > set->rows[code])
			cover_by_scan(clustering, code, covered);
	}

	if (neighbour != NULL)
		env->free(env->arg, neighbour);
	env->free(env->arg, covered);
	env->free(env->arg, start);
	env->free(env->arg, order);
}

static void
choose_cores(Clustering *clustering)
{
	for (uint32_t i = 0; i < clustering->set->ncodes; i++)
		clustering->anchor[i] = clustering->degree[i] >= clustering->minpoints;
}


/*
 * Clustering.
 */

static void
unite(void *arg, uint32_t a, uint32_t b, int distance)
{
	(void) distance;
	sets_unite(arg, a, b);
}

/* Every code is a core. */
static void
connect_codes(const CodeSet *set, int radius, const RawEnv *env, uint32_t *label)
{
	sets_init(label, set->ncodes);
	pairs_find(set->codes, set->ncodes, set->words, radius, PAIRS_AUTO, env,
			   unite, label);
	for (uint32_t i = 0; i < set->ncodes; i++)
		label[i] = sets_find(label, i);
}

/* Anchors first, then what hangs on them. */
static void
cluster_around_anchors(Clustering *clustering, ClusterMethod method, uint32_t *label)
{
	const CodeSet *set = clustering->set;
	uint32_t	n = set->ncodes;

	memcpy(clustering->degree, set->rows, n * sizeof(uint32_t));
	pairs_find(set->codes, n, set->words, clustering->radius, PAIRS_AUTO,
			   clustering->env, count_neighbours, clustering);

	memset(clustering->anchor, 0, n * sizeof(bool));
	if (method == CLUSTER_STAR)
		choose_centers(clustering);
	else
		choose_cores(clustering);

	for (uint32_t i = 0; i < n; i++)
		clustering->nearest_distance[i] = NO_DISTANCE;
	sets_init(label, n);
	for_each_pair(clustering, attach);

	for (uint32_t i = 0; i < n; i++)
	{
		if (clustering->anchor[i])
			label[i] = sets_find(label, i);
		else if (clustering->nearest_distance[i] != NO_DISTANCE)
			label[i] = sets_find(label, clustering->nearest[i]);
		else
			label[i] = CLUSTER_NOISE;
	}
}

void
cluster_codes(const CodeSet *set, int radius, uint32_t minpoints,
			  ClusterMethod method, const RawEnv *env, uint32_t *label)
{
	Clustering	clustering;
	size_t		n = set->ncodes;

	if (n == 0)
		return;
	if (method == CLUSTER_DBSCAN && minpoints <= 1)
	{
		connect_codes(set, radius, env, label);
		return;
	}

	clustering.set = set;
	clustering.radius = radius;
	clustering.minpoints = minpoints;
	clustering.env = env;
	clustering.log = NULL;
	clustering.nlogged = 0;
	clustering.log_complete = true;
	clustering.parent = label;
	clustering.degree = env->alloc(env->arg, n * sizeof(uint32_t));
	clustering.anchor = env->alloc(env->arg, n * sizeof(bool));
	clustering.nearest = env->alloc(env->arg, n * sizeof(uint32_t));
	clustering.nearest_distance = env->alloc(env->arg, n * sizeof(uint16_t));

	cluster_around_anchors(&clustering, method, label);

	log_free(&clustering);
	env->free(env->arg, clustering.degree);
	env->free(env->arg, clustering.anchor);
	env->free(env->arg, clustering.nearest);
	env->free(env->arg, clustering.nearest_distance);
}

uint32_t
cluster_number(const CodeSet *set, const uint32_t *label,
			   const RawEnv *env, int32_t *number)
{
	uint32_t	nclusters = 0;
	int32_t    *number_of_label;

	number_of_label = env->alloc(env->arg, (size_t) set->ncodes * sizeof(int32_t) + 1);
	for (uint32_t i = 0; i < set->ncodes; i++)
		number_of_label[i] = -1;

	for (uint32_t row = 0; row < set->nrows; row++)
	{
		uint32_t	cluster = label[set->code_of_row[row]];

		if (cluster != CLUSTER_NOISE && number_of_label[cluster] < 0)
			number_of_label[cluster] = (int32_t) nclusters++;
		number[row] = cluster != CLUSTER_NOISE ? number_of_label[cluster] : -1;
	}
	env->free(env->arg, number_of_label);
	return nclusters;
}
