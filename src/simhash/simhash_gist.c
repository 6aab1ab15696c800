/*-------------------------------------------------------------------------
 *
 * simhash_gist.c
 *	  GiST operator class for simhash.
 *
 * A key of the tree stands for a set of fingerprints by two masks: AND, the
 * bits that all of them have, and OR, the bits that any of them has.  A bit
 * where the two differ is undecided.  A query bit that contradicts a decided
 * bit is a difference to every fingerprint below, so
 *
 *		popcount((q & ~OR) | (~q & AND))
 *
 * is a lower bound of the distance to all of them, and the distance itself
 * where AND equals OR.  Searches by radius and by nearest neighbour are
 * therefore exact.
 *
 * The stored form of the keys is described in doc/gist.md.  Byte order plays
 * no part in it.
 *
 * What an index holds may be of several widths.  No two of them can be
 * held against each other, yet an insertion must not fail: a set of several
 * widths gets the mixed key, which excludes nothing.
 *
 * A leaf could give its fingerprint back, but there is no fetch function, and
 * so no index-only scan: GiST keeps no pin on the page whose entries it has
 * read, so that VACUUM may remove a row, and mark its page all-visible, before
 * the scan comes to it.  An index-only scan would return the row.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "access/gist.h"
#include "access/stratnum.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "base/payload.h"
#include "hamming/hamming.h"

PG_FUNCTION_INFO_V1(simhash_gist_key_in);
PG_FUNCTION_INFO_V1(simhash_gist_key_out);
PG_FUNCTION_INFO_V1(simhash_gist_consistent);
PG_FUNCTION_INFO_V1(simhash_gist_distance);
PG_FUNCTION_INFO_V1(simhash_gist_compress);
PG_FUNCTION_INFO_V1(simhash_gist_union);
PG_FUNCTION_INFO_V1(simhash_gist_same);
PG_FUNCTION_INFO_V1(simhash_gist_penalty);
PG_FUNCTION_INFO_V1(simhash_gist_picksplit);
PG_FUNCTION_INFO_V1(simhash_gist_sortsupport);

/*
 * A stored key is a varlena: one byte that tells the version of the format
 * (4 high bits) and the form of the key (4 low bits), then the masks.
 */
typedef struct varlena GistKey;

/* Nothing compresses a key or moves it out of line: its storage is external. */
#define DatumGetGistKey(datum)	((GistKey *) DatumGetPointer(datum))

#define KEY_HDRSZ	1
#define KEY_POINT	0x10		/* one fingerprint: both masks in one */
#define KEY_BOUNDS		0x11		/* the AND mask, the OR mask */
#define KEY_MIXED	0x12		/* several widths: no masks */

/*
 * The parts of a stored key, to be read with memcpy() or through hamming.h.
 * The width is 0 for the mixed key.  The masks of a point are one address.
 */
typedef struct KeyView
{
	int			words;
	const unsigned char *and_mask;
	const unsigned char *or_mask;
} KeyView;

#define KEY_IS_POINT(view)	((view)->and_mask == (view)->or_mask)

/* A key under construction; no set of fingerprints is empty. */
typedef struct Bounds
{
	int			words;
	uint64		and_mask[SIMHASH_MAX_WORDS];
	uint64		or_mask[SIMHASH_MAX_WORDS];
} Bounds;

/*
 * ---------- keys
 */

/* The index holds a key that no version of this file could have written. */
pg_noreturn static void
key_damaged(int form, uint32 size)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("damaged key of form %d and %u bytes in a GiST index on type simhash",
					form, size),
			 errdetail("It is a byte of form, and one or two masks of the bytes of a simhash, or none."),
			 errhint("Please REINDEX it.")));
}

/*
 * Read a key, whose form and length are checked: whoever gets a view relies on
 * its having no more words than a fingerprint.
 */
static inline KeyView
key_view(const GistKey *key)
{
	const unsigned char *payload = (const unsigned char *) VARDATA_ANY(key);
	uint32		size = VARSIZE_ANY_EXHDR(key);
	int			form = size > 0 ? payload[0] : 0;
	uint32		bytes = size - KEY_HDRSZ;
	KeyView		view;

	view.and_mask = view.or_mask = payload + KEY_HDRSZ;
	if (form == KEY_BOUNDS && bytes % 2 == 0)
	{
		bytes /= 2;
		view.or_mask += bytes;
	}
	else if (form != KEY_POINT)
	{
		view.words = 0;
		if (unlikely(form != KEY_MIXED || bytes != 0))
			key_damaged(form, size);
		return view;
	}
	view.words = binary_simhash_bits(bytes) / SIMHASH_WORD_BITS;
	if (unlikely(view.words == 0))
		key_damaged(form, size);
	return view;
}

/* A new key of the given form, its masks not yet set. */
static GistKey *
key_alloc(int form, int mask_bytes)
{
	Size		size = VARHDRSZ + KEY_HDRSZ + mask_bytes;
	GistKey    *key = palloc(size);

	SET_VARSIZE(key, size);
	*(unsigned char *) VARDATA(key) = form;
	return key;
}

/* Word i of a mask as the machine loads it: for bitwise work. */
static inline uint64
raw_word(const unsigned char *mask, int i)
{
	uint64		word;

	memcpy(&word, mask + i * sizeof(word), sizeof(word));
	return word;
}

/*
 * Word i of a mask, its bits in the order of the fingerprint whatever the
 * machine, so that pages are split alike everywhere.
 */
static inline uint64
key_word(const unsigned char *mask, int i)
{
	return pg_ntoh64(raw_word(mask, i));
}

static void
bounds_init(Bounds *bounds, const KeyView *view)
{
	Size		bytes = view->words * sizeof(uint64);

	bounds->words = view->words;
	memcpy(bounds->and_mask, view->and_mask, bytes);
	memcpy(bounds->or_mask, view->or_mask, bytes);
}

/* Extend the bounds by what the key stands for. */
static void
bounds_add(Bounds *bounds, const KeyView *view)
{
	if (bounds->words != view->words)
	{
		bounds->words = 0;
		return;
	}
	for (int i = 0; i < bounds->words; i++)
	{
		bounds->and_mask[i] &= raw_word(view->and_mask, i);
		bounds->or_mask[i] |= raw_word(view->or_mask, i);
	}
}

/* The number of bits that the masks of the bounds leave undecided. */
static inline int
bounds_undecided(const Bounds *bounds)
{
	return hamming_distance(bounds->and_mask, bounds->or_mask, bounds->words);
}

/* The key of the bounds, for as long as they live and don't change. */
static inline KeyView
bounds_view(const Bounds *bounds)
{
	KeyView		view = {bounds->words,
		(const unsigned char *) bounds->and_mask,
	(const unsigned char *) bounds->or_mask};

	return view;
}

/* The stored key of the bounds.  Equal bounds have equal keys. */
static Datum
bounds_key(const Bounds *bounds)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): n > 0 */
	Size		bytes = bounds->words * sizeof(uint64);
	GistKey    *key;

	if (bounds->words == 0)
		key = key_alloc(KEY_MIXED, 0);
	else if (memcmp(bounds->and_mask, bounds->or_mask, bytes) == 0)
	{
		key = key_alloc(KEY_POINT, bytes);
		memcpy(VARDATA(key) + KEY_HDRSZ, bounds->and_mask, bytes);
	}
	else
	{
		key = key_alloc(KEY_BOUNDS, 2 * bytes);
		memcpy(VARDATA(key) + KEY_HDRSZ, bounds->and_mask, bytes);
		memcpy(VARDATA(key) + KEY_HDRSZ + bytes, bounds->or_mask, bytes);
	}
	return PointerGetDatum(key);
}

/*
 * The distance from "query" to the nearest fingerprint that the masks allow:
 * to the query with the decided bits forced upon it.  Not inlined, as its
 * array would burden the many calls for leaves.
 */
static pg_noinline int
distance_to_bounds(const KeyView *view, const unsigned char *query)
{
	uint64		nearest[SIMHASH_MAX_WORDS];

	for (int i = 0; i < view->words; i++)
		nearest[i] = (raw_word(query, i) | raw_word(view->and_mask, i)) &
			raw_word(view->or_mask, i);
	return hamming_distance(query, nearest, view->words);
}

/*
 * A lower bound of the distances between "query" and what the key stands
 * for, all of one width; the distance itself for a point.
 */
static inline int
lower_bound(const KeyView *view, const unsigned char *query)
{
	if (KEY_IS_POINT(view))
		return hamming_distance(query, view->and_mask, view->words);
	return distance_to_bounds(view, query);
}

/*
 * The number of bits that are decided in "key", but would not be if "added"
 * were joined to it; both of one width.
 */
static inline int
growth(const KeyView *key, const KeyView *added)
{
	uint64		before[SIMHASH_MAX_WORDS];
	uint64		after[SIMHASH_MAX_WORDS];

	for (int i = 0; i < key->words; i++)
	{
		uint64		and_word = raw_word(key->and_mask, i);
		uint64		or_word = raw_word(key->or_mask, i);

		before[i] = and_word ^ or_word;
		after[i] = (and_word & raw_word(added->and_mask, i)) ^
			(or_word | raw_word(added->or_mask, i));
	}
	return hamming_distance(before, after, key->words);
}

/*
 * The key type has no input: its values live in indexes only.
 */
Datum
simhash_gist_key_in(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot accept a value of type %s", "simhash_gist_key")));
	PG_RETURN_VOID();			/* keep compiler quiet */
}

/* For looking into an index: the fingerprint, AND..OR, or mixed. */
Datum
simhash_gist_key_out(PG_FUNCTION_ARGS)
{
	GistKey    *key = DatumGetGistKey(PG_GETARG_DATUM(0));
	KeyView		view = key_view(key);
	int			bytes = view.words * (int) sizeof(uint64);
	char		hex[2 * (2 * SIMHASH_MAX_BYTES) + 3];
	char	   *end = hex;

	if (view.words == 0)
		PG_RETURN_CSTRING(pstrdup("mixed"));

	end += hex_encode((const char *) view.and_mask, bytes, end);
	if (!KEY_IS_POINT(&view))
	{
		*end++ = '.';
		*end++ = '.';
		end += hex_encode((const char *) view.or_mask, bytes, end);
	}
	*end = '\0';
	PG_RETURN_CSTRING(pstrdup(hex));
}

/*
 * ---------- search
 */

/*
 * The radius of % among "bits" bits.  It is kept in fn_extra with what it
 * was computed from: the setting may change between two scans of one plan.
 */
typedef struct SimilarRadius
{
	double		threshold;
	int			bits;
	int			radius;
} SimilarRadius;

static int
similar_radius(FmgrInfo *flinfo, int bits)
{
	SimilarRadius *cache = flinfo->fn_extra;

	if (cache == NULL)
		cache = flinfo->fn_extra = MemoryContextAllocZero(flinfo->fn_mcxt,
														  sizeof(SimilarRadius));
	if (cache->bits != bits || cache->threshold != simhash_similarity_threshold)
	{
		cache->threshold = simhash_similarity_threshold;
		cache->bits = bits;
		cache->radius = simhash_radius_at(cache->threshold, bits);
	}
	return cache->radius;
}

/*
 * The query argument, brought back from TOAST if need be: a shortcut for what
 * is called once for each entry and hardly ever has to do anything.
 */
static inline struct varlena *
query_argument(Datum datum)
{
	struct varlena *query = (struct varlena *) DatumGetPointer(datum);

	if (VARATT_IS_COMPRESSED(query) || VARATT_IS_EXTERNAL(query))
		query = PG_DETOAST_DATUM_PACKED(datum);
	return query;
}

/*
 * May the set of the key hold what the query asks for?  No condition holds
 * between different widths.
 */
Datum
simhash_gist_consistent(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = (StrategyNumber) PG_GETARG_UINT16(2);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	KeyView		key = key_view(DatumGetGistKey(entry->key));
	const unsigned char *query;
	int			words;
	int			radius;

	*recheck = false;

	switch (strategy)
	{
		case SIMHASH_SIMILAR_STRATEGY:
		case SIMHASH_EQUAL_STRATEGY:
			{
				Simhash    *fp = simhash_checked(query_argument(PG_GETARG_DATUM(1)));

				query = SIMHASH_DATA(fp);
				words = SIMHASH_WORDS(fp);
				radius = strategy == SIMHASH_EQUAL_STRATEGY ? 0 :
					similar_radius(fcinfo->flinfo, SIMHASH_BITS(fp));
				break;
			}
		case SIMHASH_CONTAINED_STRATEGY:
			{
				SimhashBall *ball = simhash_ball_checked(query_argument(PG_GETARG_DATUM(1)));

				query = SIMHASH_BALL_CENTER(ball);
				words = SIMHASH_BALL_BITS(ball) / SIMHASH_WORD_BITS;
				radius = simhash_ball_radius(ball);
				break;
			}
		default:
			elog(ERROR, "unrecognized simhash strategy number: %d", strategy);
	}

	if (key.words != words)
		PG_RETURN_BOOL(key.words == 0);
	PG_RETURN_BOOL(lower_bound(&key, query) <= radius);
}

/*
 * The distance of the key from the query, for ORDER BY <->: exact on a leaf,
 * a lower bound above.  From another width it is an error.  It is the operator
 * that raises it, when it rechecks the row: here the row may be a dead one,
 * over which a sequential scan would not stumble.  Such rows come first, so
 * the error comes where a sort would raise it.
 */
Datum
simhash_gist_distance(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	Simhash    *query = simhash_checked(query_argument(PG_GETARG_DATUM(1)));
	bool	   *recheck = (bool *) PG_GETARG_POINTER(4);
	KeyView		key = key_view(DatumGetGistKey(entry->key));

	*recheck = key.words != SIMHASH_WORDS(query);
	if (*recheck)
		PG_RETURN_FLOAT8(0.0);
	PG_RETURN_FLOAT8(lower_bound(&key, SIMHASH_DATA(query)));
}

/*
 * ---------- storage
 */

/* A fingerprint becomes a point; inner keys are stored as they are. */
Datum
simhash_gist_compress(PG_FUNCTION_ARGS)
{
	GISTENTRY  *entry = (GISTENTRY *) PG_GETARG_POINTER(0);
	GISTENTRY  *result;
	Simhash    *fp;
	GistKey    *key;

	if (!entry->leafkey)
		PG_RETURN_POINTER(entry);

	fp = DatumGetSimhash(entry->key);
	key = key_alloc(KEY_POINT, SIMHASH_BYTES(fp));
	memcpy(VARDATA(key) + KEY_HDRSZ, SIMHASH_DATA(fp), SIMHASH_BYTES(fp));

	result = palloc(sizeof(GISTENTRY));
	gistentryinit(*result, PointerGetDatum(key),
				  entry->rel, entry->page, entry->offset, false);
	PG_RETURN_POINTER(result);
}

/*
 * ---------- insertion
 */

Datum
simhash_gist_union(PG_FUNCTION_ARGS)
{
	GistEntryVector *entries = (GistEntryVector *) PG_GETARG_POINTER(0);
	KeyView		view = key_view(DatumGetGistKey(entries->vector[0].key));
	Bounds		bounds;

	bounds_init(&bounds, &view);
	for (int i = 1; i < entries->n; i++)
	{
		view = key_view(DatumGetGistKey(entries->vector[i].key));
		bounds_add(&bounds, &view);
	}
	PG_RETURN_DATUM(bounds_key(&bounds));
}

Datum
simhash_gist_same(PG_FUNCTION_ARGS)
{
	GistKey    *a = DatumGetGistKey(PG_GETARG_DATUM(0));
	GistKey    *b = DatumGetGistKey(PG_GETARG_DATUM(1));
	bool	   *result = (bool *) PG_GETARG_POINTER(2);

	*result = VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
	PG_RETURN_POINTER(result);
}

/*
 * The penalty of adding a key to the set of another is the number of bits
 * that become undecided.  Widths are kept apart as long as there is a choice.
 */
#define PENALTY_INTO_MIXED	(2.0f * SIMHASH_MAX_BITS)
#define PENALTY_NEW_MIXED	(4.0f * SIMHASH_MAX_BITS)

Datum
simhash_gist_penalty(PG_FUNCTION_ARGS)
{
	GISTENTRY  *original = (GISTENTRY *) PG_GETARG_POINTER(0);
	GISTENTRY  *new = (GISTENTRY *) PG_GETARG_POINTER(1);
	/* cppcheck-suppress invalidPointerCast; a Pointer is any pointer */
	float	   *penalty = (float *) PG_GETARG_POINTER(2);
	KeyView		original_key = key_view(DatumGetGistKey(original->key));
	KeyView		new_key = key_view(DatumGetGistKey(new->key));

	if (original_key.words != new_key.words)
		*penalty = original_key.words == 0 ? PENALTY_INTO_MIXED : PENALTY_NEW_MIXED;
	else
		*penalty = growth(&original_key, &new_key);
	PG_RETURN_POINTER(penalty);
}

/*
 * ---------- order
 */

/* The parity of the number of bits set. */
static inline int
word_parity(uint64 x)
{
	x ^= x >> 32;
	x ^= x >> 16;
	x ^= x >> 8;
	x ^= x >> 4;
	return (0x6996 >> (x & 15)) & 1;
}

/*
 * Compare the ranks of two fingerprints in the reflected Gray code, in which
 * neighbours differ in one bit: twice as few pages are read as after sorting
 * by value.  A bit of the rank is the parity of the bits of the code up to
 * it, hence at the first bit that differs the order is that of the bits, or
 * the reverse if the common bits before it are odd in number.
 */
static int
gray_compare(const unsigned char *a, const unsigned char *b, int words)
{
	int			parity = 0;

	for (int i = 0; i < words; i++)
	{
		uint64		x = key_word(a, i);
		uint64		y = key_word(b, i);

		if (x != y)
		{
			int			common = 63 - pg_leftmost_one_pos64(x ^ y);

			if (common > 0)
				parity ^= word_parity(x >> (64 - common));
			return ((x > y) ^ parity) ? 1 : -1;
		}
		parity ^= word_parity(x);
	}
	return 0;
}

/* Mixed keys first, then by width, then by the masks in Gray order. */
static int
key_compare(const KeyView *a, const KeyView *b)
{
	int			cmp;

	if (a->words != b->words)
		return a->words < b->words ? -1 : 1;
	cmp = gray_compare(a->and_mask, b->and_mask, a->words);
	if (cmp == 0)
		cmp = gray_compare(a->or_mask, b->or_mask, a->words);
	return cmp;
}

static int
sort_full(Datum x, Datum y, SortSupport ssup)
{
	KeyView		a = key_view(DatumGetGistKey(x));
	KeyView		b = key_view(DatumGetGistKey(y));

	(void) ssup;
	return key_compare(&a, &b);
}

/* The width in 4 bits, and the Gray rank of the first word. */
static Datum
sort_abbreviate(Datum original, SortSupport ssup)
{
	KeyView		key = key_view(DatumGetGistKey(original));
	uint64		rank = key_word(key.and_mask, 0);

	(void) ssup;
	for (int shift = 1; shift < 64; shift *= 2)
		rank ^= rank >> shift;
	rank = rank >> 4 | (uint64) (key.words - 1) << 60;

	return (Datum) (rank >> (64 - 8 * sizeof(Datum)));
}

/* For the sorted build, which sorts leaf keys: points only. */
Datum
simhash_gist_sortsupport(PG_FUNCTION_ARGS)
{
	payload_sort_by((SortSupport) PG_GETARG_POINTER(0), sort_full, sort_abbreviate);
	PG_RETURN_VOID();
}

/*
 * ---------- page split
 *
 * A sorted build splits the entries of four pages at a time, over and over:
 * none of the ways to split takes more than O(n log n), and all of them are
 * deterministic.
 */

typedef struct SplitItem
{
	KeyView		key;
	OffsetNumber offset;
	bool		right;
} SplitItem;

/* The two sides as far as they are filled: left, right. */
typedef struct SplitSides
{
	Bounds		bounds[2];
	int			counts[2];
} SplitSides;

/* Put one entry on a side, and extend the side's bounds. */
static void
split_put(SplitSides *sides, SplitItem *item, bool right)
{
	if (sides->counts[right]++ == 0)
		bounds_init(&sides->bounds[right], &item->key);
	else
		bounds_add(&sides->bounds[right], &item->key);
	item->right = right;
}

/* Neither side gets less than this part of the entries, if it can be helped. */
#define SPLIT_LEAST(n)	Max(1, (n) / 4)

static int
item_compare_width(const void *a, const void *b)
{
	const SplitItem *x = a;
	const SplitItem *y = b;

	if (x->key.words != y->key.words)
		return x->key.words < y->key.words ? -1 : 1;
	return (int) x->offset - (int) y->offset;
}

/* Entries of several widths are parted at a width, near the middle. */
static bool
split_by_width(SplitItem *items, int n, SplitSides *sides)
{
	int			cut = 0;
	int			i;

	for (i = 1; i < n && items[i].key.words == items[0].key.words; i++)
		;
	if (i == n)
		return false;

	qsort(items, n, sizeof(SplitItem), item_compare_width);
	for (i = 1; i < n; i++)
		if (items[i].key.words != items[i - 1].key.words &&
			(cut == 0 || abs(2 * i - n) < abs(2 * cut - n)))
			cut = i;
	for (i = 0; i < n; i++)
		split_put(sides, &items[i], i >= cut);
	return true;
}

/*
 * Counters of 64 bits in parallel: plane k holds bit k of each counter, and
 * adding a word ripples through few of them.
 */
#define COUNT_PLANES	16

typedef uint64 BitCounts[COUNT_PLANES];

StaticAssertDecl(BLCKSZ / sizeof(IndexTupleData) * 4 < (1 << COUNT_PLANES),
				 "bit counters too small for the entries of a page split");

static inline void
count_word(BitCounts counts, uint64 word)
{
	for (int k = 0; word != 0; k++)
	{
		uint64		carry = counts[k] & word;

		counts[k] ^= word;
		word = carry;
	}
}

static inline int
counted(const BitCounts counts, int bit)
{
	int			count = 0;

	for (int k = 0; k < COUNT_PLANES; k++)
		count |= (int) ((counts[k] >> bit) & 1) << k;
	return count;
}

/*
 * The bit that parts the entries most evenly, the first of several: bit
 * *best_bit (by value) of word *best_word.  Returns the number of entries on
 * its lesser side.
 */
static int
most_balanced_bit(const SplitItem *items, int n, int *best_word, int *best_bit)
{
	int			words = items[0].key.words;
	int			best = -1;

	*best_word = *best_bit = 0;
	for (int i = 0; i < words; i++)
	{
		BitCounts	ones = {0};
		BitCounts	undecided = {0};

		for (int item = 0; item < n; item++)
		{
			uint64		and_word = key_word(items[item].key.and_mask, i);
			uint64		or_word = key_word(items[item].key.or_mask, i);

			count_word(ones, and_word);
			count_word(undecided, and_word ^ or_word);
		}
		for (int bit = SIMHASH_WORD_BITS - 1; bit >= 0; bit--)
		{
			int			one = counted(ones, bit);
			int			zero = n - one - counted(undecided, bit);

			if (Min(one, zero) > best)
			{
				best = Min(one, zero);
				*best_word = i;
				*best_bit = bit;
			}
		}
	}
	return best;
}

/*
 * Entries where the most balanced bit is decided go to its side, the others
 * to the side that grows less by them.
 */
static bool
split_by_bit(SplitItem *items, int n, SplitSides *sides)
{
	int			word;
	int			bit;

	if (most_balanced_bit(items, n, &word, &bit) < SPLIT_LEAST(n))
		return false;

	for (int i = 0; i < n; i++)
	{
		if (key_word(items[i].key.and_mask, word) >> bit & 1)
			split_put(sides, &items[i], true);
		else if (!(key_word(items[i].key.or_mask, word) >> bit & 1))
			split_put(sides, &items[i], false);
	}
	for (int i = 0; i < n; i++)
	{
		uint64		undecided = key_word(items[i].key.and_mask, word) ^
			key_word(items[i].key.or_mask, word);

		if (undecided >> bit & 1)
		{
			KeyView		left = bounds_view(&sides->bounds[0]);
			KeyView		right = bounds_view(&sides->bounds[1]);
			int			left_growth = growth(&left, &items[i].key);
			int			right_growth = growth(&right, &items[i].key);

			split_put(sides, &items[i],
					  left_growth > right_growth ||
					  (left_growth == right_growth &&
					   sides->counts[1] < sides->counts[0]));
		}
	}
	return true;
}

static int
item_compare(const void *a, const void *b)
{
	const SplitItem *x = a;
	const SplitItem *y = b;
	int			cmp = key_compare(&x->key, &y->key);

	return cmp != 0 ? cmp : (int) x->offset - (int) y->offset;
}

/*
 * Entries that no bit parts evenly, many of them equal perhaps, are put in
 * Gray order and cut where the two sides have the fewest undecided bits, in
 * the middle if that is all one.
 */
static void
split_by_order(SplitItem *items, int n, SplitSides *sides)
{
	int		   *undecided = palloc(n * sizeof(int));
	Bounds		bounds;
	int			cut = n / 2;

	qsort(items, n, sizeof(SplitItem), item_compare);

	/* undecided[i]: the sum of both sides if the right one starts at i */
	bounds_init(&bounds, &items[0].key);
	for (int i = 1; i < n; i++)
	{
		undecided[i] = bounds_undecided(&bounds);
		bounds_add(&bounds, &items[i].key);
	}
	bounds_init(&bounds, &items[n - 1].key);
	for (int i = n - 1; i > 0; i--)
	{
		bounds_add(&bounds, &items[i].key);
		undecided[i] += bounds_undecided(&bounds);
	}

	for (int i = SPLIT_LEAST(n); i <= n - SPLIT_LEAST(n); i++)
		if (undecided[i] < undecided[cut] ||
			(undecided[i] == undecided[cut] && abs(2 * i - n) < abs(2 * cut - n)))
			cut = i;
	for (int i = 0; i < n; i++)
		split_put(sides, &items[i], i >= cut);
	pfree(undecided);
}

Datum
simhash_gist_picksplit(PG_FUNCTION_ARGS)
{
	GistEntryVector *entries = (GistEntryVector *) PG_GETARG_POINTER(0);
	GIST_SPLITVEC *split = (GIST_SPLITVEC *) PG_GETARG_POINTER(1);
	int			n = entries->n - FirstOffsetNumber;
	SplitItem  *items = palloc(n * sizeof(SplitItem));
	SplitSides	sides;

	for (int i = 0; i < n; i++)
	{
		items[i].offset = FirstOffsetNumber + i;
		items[i].key = key_view(DatumGetGistKey(entries->vector[items[i].offset].key));
	}

	sides.counts[0] = sides.counts[1] = 0;
	if (!split_by_width(items, n, &sides) && !split_by_bit(items, n, &sides))
		split_by_order(items, n, &sides);

	split->spl_left = palloc(n * sizeof(OffsetNumber));
	split->spl_right = palloc(n * sizeof(OffsetNumber));
	split->spl_nleft = split->spl_nright = 0;
	for (int i = 0; i < n; i++)
	{
		if (items[i].right)
			split->spl_right[split->spl_nright++] = items[i].offset;
		else
			split->spl_left[split->spl_nleft++] = items[i].offset;
	}
	split->spl_ldatum = bounds_key(&sides.bounds[0]);
	split->spl_rdatum = bounds_key(&sides.bounds[1]);

	PG_RETURN_POINTER(split);
}
