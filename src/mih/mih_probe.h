/*-------------------------------------------------------------------------
 *
 * mih_probe.h
 *	  Multi-index hashing (Norouzi, Punjani, Fleet 2012): how codes are cut
 *	  into bands, and what a search has to look at in each of them.
 *
 * The n bits of a code are divided into pairs of neighbouring bands.  For
 * each band there is a list of all codes, sorted by a key of 32 bits: the
 * bits of the band, followed by as many bits of the pair's other band as have
 * room.  With m bands, pair p covers bits [p * n / P, (p + 1) * n / P), where
 * P = m / 2; lists 2p and 2p + 1 belong to it.
 *
 * Two codes that differ by at most r bits differ by few in some pair, and
 * there by fewer in one of its bands (the pigeonhole principle, applied
 * twice).  A search therefore looks in each list for keys that differ from
 * the query's by at most head_radius bits within the band and by at most
 * "radius" bits in all.  Every code within r is found in at least one list.
 *
 * What is found in a list is a candidate.  How near its keys are, and in which
 * pairs of bands it was not found, makes a lower bound of its distance, which
 * rules most out, before the code itself is looked at, if the lists are
 * searched for a radius that is a little larger than r: the slack.
 *
 * No PostgreSQL header is needed.  Codes are bytes, bit 0 the most significant
 * bit of the first, and need no alignment.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_PROBE_H
#define MIH_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rawenv.h"

/* Bands are 8 to 32 bits wide, and their number is even. */
#define MIH_MIN_BANDS(bits)		((bits) / 32)
#define MIH_MAX_BANDS(bits)		((bits) / 8)

/* The most that any width can have. */
#define MIH_BANDS_LIMIT			128

/*
 * What a list is made of, in the order of keys, then rows.  On inner pages the
 * row is a block.
 */
typedef struct MihEntry
{
	uint32_t	key;
	uint32_t	row;
} MihEntry;

/*
 * Where the bits of a list's keys come from: "width" bits of the code from
 * bit "first" on, which are the band, then "more_width" bits from "more" on.
 * If these are fewer than 32, the rest of the key is zeros.
 */
typedef struct MihBand
{
	int			first;
	int			width;
	int			more;
	int			more_width;
} MihBand;

/* Can codes of so many bits have so many bands?  0, for none, is no number. */
extern bool mih_bands_valid(int bits, int nbands);

/* The number of bands that serves a width well. */
extern int	mih_bands_default(int bits);

/* List number "list" of nbands. */
extern MihBand mih_band(int bits, int nbands, int list);

/* The key of a code of "bits" bits. */
extern uint32_t mih_key(const MihBand *band, int bits, const void *code);

/*
 * What a search asks of one list.  Wanted are the keys for which
 *
 *		popcount((key ^ query) & head) <= head_radius  and
 *		popcount(key ^ query) <= radius
 */
typedef struct MihProbe
{
	uint32_t	query;			/* the query's key */
	uint32_t	head;			/* the bits of the key that are the band's */
	uint32_t	used;			/* the bits of the key that are used */
	int			head_radius;	/* -1: this list isn't needed */
	int			radius;
} MihProbe;

/*
 * Say how to find the codes within "radius" >= 0 of a query: fills
 * probe[0 .. nbands - 1].  A slack is part of the radius.
 */
extern void mih_probes(int bits, int nbands, const void *query, int radius,
					   MihProbe *probe);

/*
 * Move *key to the smallest wanted key that is not below it.  Returns false,
 * if there is none.
 */
extern bool mih_probe_next(const MihProbe *probe, uint32_t *key);

/*
 * A candidate, in one number: the row, the list that it was found in, and the
 * number of bits by which its key differs from the query's.
 */
#define MIH_CANDIDATE(row, list, distance) \
	((uint64_t) (row) << 32 | (uint64_t) (list) << 16 | (uint64_t) (distance))
#define MIH_CANDIDATE_ROW(candidate)	((uint32_t) ((candidate) >> 32))

/*
 * Those of n entries of a list whose keys are wanted become candidates in
 * candidate[], which has room for n.  Returns how many they are.
 */
extern size_t mih_probe_entries(const MihProbe *probe, int list, const MihEntry *entry,
								size_t n, uint64_t *candidate);

/*
 * For an inner page, whose entries are the lowest keys of the pages below it and
 * their blocks: write the numbers of those entries below which there may be a
 * wanted key to place[], which has room for n, and return how many they are.  "high" is the highest key that may be
 * below the last.
 */
extern size_t mih_probe_inner(const MihProbe *probe, const MihEntry *entry, size_t n,
							  uint32_t high, uint32_t *place);

/*
 * Of n candidates, found in all lists by probes with that slack, keep the rows
 * that may be within the radius (that without slack): writes them to row[] in
 * ascending order, each once, and returns how many they are.  candidate[] is
 * sorted; scratch[] and row[] have room for n.  Of env only check() is used.
 */
extern size_t mih_choose_rows(const MihProbe *probe, int slack, uint64_t *candidate,
							  uint64_t *scratch, size_t n, uint32_t *row,
							  const RawEnv *env);

#endif							/* MIH_PROBE_H */
