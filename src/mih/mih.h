/*-------------------------------------------------------------------------
 *
 * mih.h
 *	  Multi-index hashing (Norouzi, Punjani, Fleet 2012) as an index access
 *	  method: what its files share.
 *
 * An index holds
 *
 * - the store: an append-only array of rows, each a code and the pointer of
 *	 its heap tuple.  The number of a row in it is its row number, and never
 *	 changes while the store lives.  A scan by the kernels over the store
 *	 answers every question; all else is there to be faster.
 * - the null store: the same for rows whose column is NULL; a store of codes
 *	 of no words.
 * - runs: for a range of row numbers, m lists of (key, row number) sorted by
 *	 key, one list for each band of the code (see mih_probe.h).  What lies
 *	 behind the last run is pending and always scanned.
 *
 * Nothing in a list is ever changed.  A new run replaces runs and pending rows
 * by one update of the metapage; the pages of the old ones are freed.
 * VACUUM marks rows of the store dead in place; a store of which many are dead
 * is written anew.  Every store and every run has a number of its own, never
 * used again in this index, and all of its pages bear it: a scan that reads
 * by an old metapage meets a page of another number, and starts again.
 *
 * doc/mih.md describes the page format and the protocols.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_H
#define MIH_H

#include "simhash/simhash.h"

#include "access/amapi.h"
#include "storage/bufmgr.h"
#include "storage/itemptr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "mih/mih_probe.h"

/*
 * ---------- pages
 */

/* What a page is. */
#define MIH_META		1		/* block 0 */
#define MIH_MAP_ROOT	2		/* the blocks of a store's MAP pages */
#define MIH_MAP			3		/* the blocks of a store's ROWS pages */
#define MIH_ROWS		4		/* rows of a store */
#define MIH_RUN			5		/* a run's header: where its lists are */
#define MIH_INNER		6		/* inner page of a list */
#define MIH_LEAF		7		/* entries of a list */
#define MIH_FREE		8

#define MIH_META_BLOCK	0

/*
 * The special space of every page.  "place" tells of what its owner the page
 * is, so that a wrong pointer is noticed: the page's number in the store for
 * ROWS and MAP, mih_list_place() for INNER and LEAF, else 0.
 */
typedef struct MihOpaque
{
	uint64		number;			/* of the store or run, 0 for META and FREE */
	uint32		place;
	uint16		kind;
	uint16		page_id;		/* MIH_PAGE_ID; the page's last two bytes */
} MihOpaque;

#define MIH_PAGE_ID		0x5348

#define MihPageOpaque(page) \
	((MihOpaque *) ((char *) (page) + BLCKSZ - MAXALIGN(sizeof(MihOpaque))))
#define mih_list_place(list, level)	((uint32) (list) | (uint32) (level) << 16)

/* What there is room for on a page, between header and special space. */
#define MIH_PAGE_ROOM	(BLCKSZ - MAXALIGN(SizeOfPageHeaderData) - MAXALIGN(sizeof(MihOpaque)))

/* A store of which META holds all that must be known to read it. */
typedef struct MihArray
{
	uint64		number;
	BlockNumber root;			/* MAP_ROOT; invalid if there are no pages */
	BlockNumber tail;			/* the last ROWS page */
	uint32		npages;			/* ROWS pages; all but the last are full */
	uint32		dead;			/* dead rows, as of the last VACUUM */
} MihArray;

/* A run covers rows first to first + count - 1 of the store. */
typedef struct MihRun
{
	uint64		number;
	uint32		first;
	uint32		count;
	BlockNumber header;
	uint32		pages;			/* with the header */
	uint32		bands;			/* number of lists, at least 2 */
	uint32		unused;
} MihRun;

/*
 * The contents of META.  Runs are in the order of rows: the first starts at
 * row 0, each of the others where the one before it ends.
 */
typedef struct MihMeta
{
	uint32		magic;
	uint16		version;
	uint16		words;			/* width of the codes, 0: none known yet */
	uint64		next_number;
	MihArray	codes;
	MihArray	nulls;
	uint32		nruns;
	uint32		unused;
	MihRun		runs[FLEXIBLE_ARRAY_MEMBER];
} MihMeta;

#define MIH_MAGIC		0x6d696873
#define MIH_VERSION		1
#define MIH_MAX_RUNS	((MIH_PAGE_ROOM - offsetof(MihMeta, runs)) / sizeof(MihRun))
#define MIH_META_SIZE(nruns)	(offsetof(MihMeta, runs) + (nruns) * sizeof(MihRun))

/* The number of rows that runs cover: those from there on are pending. */
static inline uint32
mih_covered(const MihMeta *meta)
{
	const MihRun *last = &meta->runs[meta->nruns - 1];

	return meta->nruns == 0 ? 0 : last->first + last->count;
}

/*
 * MAP_ROOT and MAP hold block numbers, ROWS codes from the page's start upward
 * and pointers from the special space downward.  A dead row's pointer is
 * invalid.
 */
#define MIH_MAP_ENTRIES	(MIH_PAGE_ROOM / sizeof(BlockNumber))

static inline uint32
mih_rows_per_page(int words)
{
	return MIH_PAGE_ROOM / (words * sizeof(uint64) + sizeof(ItemPointerData));
}

static inline uint32
mih_rows_count(Page page)
{
	PageHeader	header = (PageHeader) page;

	return (header->pd_special - header->pd_upper) / sizeof(ItemPointerData);
}

/* The codes of a ROWS page, one after the other. */
static inline char *
mih_rows_codes(Page page)
{
	return PageGetContents(page);
}

/* The heap tuple of row i of the page. */
static inline ItemPointer
mih_rows_tid(Page page, uint32 i)
{
	return (ItemPointer) MihPageOpaque(page) - 1 - i;
}

/*
 * A run's header holds one MihList for each list.  A list is a B-tree: LEAF
 * pages hold MihEntry, INNER pages MihInner.  The level of a leaf is 0, that
 * of the root "height".
 */
typedef struct MihList
{
	BlockNumber root;
	uint32		height;
} MihList;

typedef struct MihInner
{
	uint32		key;			/* of the first entry below */
	BlockNumber block;
} MihInner;

#define MIH_LEAF_ENTRIES	(MIH_PAGE_ROOM / sizeof(MihEntry))
#define MIH_INNER_ENTRIES	(MIH_PAGE_ROOM / sizeof(MihInner))
#define MIH_MAX_HEIGHT		4

StaticAssertDecl(MIH_PAGE_ROOM / sizeof(MihList) >= MIH_BANDS_LIMIT,
				 "header of a run too small for the lists");

/* The number of entries of a page that is filled from the start. */
#define mih_page_entries(page, type) \
	((uint32) ((((PageHeader) (page))->pd_lower - MAXALIGN(SizeOfPageHeaderData)) / sizeof(type)))

/*
 * ---------- options
 */

typedef struct MihOptions
{
	int32		vl_len_;
	int			bands;			/* -1: as many as serve the width */
	int			pending_limit;	/* kB of the store */
} MihOptions;

/* mih_handler.c */
extern void mih_init(void);
extern int	mih_option_bands(Relation index, int words);
extern uint32 mih_option_pending(Relation index, int words);

/*
 * ---------- reading: mih_pages.c, mih_store.c, mih_run.c
 */

extern MihMeta *mih_read_meta(Relation index, Snapshot snapshot);
extern void mih_confirm_stale(Relation index, uint64 number);

/*
 * A reader of a store.  Block numbers are copied from MAP pages when they are
 * needed first.
 */
typedef struct MihReader
{
	Relation	index;
	MihArray	array;
	int			words;
	uint32		per_page;		/* rows a page */
	BufferAccessStrategy strategy;	/* NULL: none */
	Snapshot	snapshot;		/* of a scan, or NULL: pages may be too new for it */
	BlockNumber nblocks;		/* for mih_check_block() */
	BlockNumber *root;			/* contents of MAP_ROOT, NULL: not yet read */
	BlockNumber **map;			/* contents of the MAP pages, or NULL */
} MihReader;

extern MihReader *mih_open_store(Relation index, const MihArray *array, int words,
								 BufferAccessStrategy strategy);
extern Buffer mih_pin_rows(MihReader *reader, uint32 pageno);
extern bool mih_lock_rows(MihReader *reader, uint32 pageno, Buffer buffer, int lockmode);
extern Buffer mih_read_rows(MihReader *reader, uint32 pageno, int lockmode);
extern BlockNumber mih_rows_block(MihReader *reader, uint32 pageno);
extern void mih_close_store(MihReader *reader);

/*
 * A reader of a run's lists.  If it is stale after a call, the run is no more:
 * see mih_confirm_stale().
 */
typedef struct MihRunReader
{
	Relation	index;
	Snapshot	snapshot;		/* of a scan, or NULL */
	MihRun		run;
	BlockNumber nblocks;		/* for mih_check_block() */
	MihList    *lists;			/* contents of the header */
	bool		stale;			/* met a page that isn't the run's */
} MihRunReader;

/* A leaf, and where on it the first wanted key is expected. */
typedef struct MihLeaf
{
	BlockNumber block;
	uint32		place;
} MihLeaf;

/* "count" leaves, with room for "room". */
typedef struct MihLeaves
{
	MihLeaf    *leaf;
	uint32		count;
	uint32		room;
} MihLeaves;

extern MihRunReader *mih_open_run(Relation index, const MihRun *run, Snapshot snapshot);
extern void mih_find_leaves(MihRunReader *reader, int list, const MihProbe *probe,
							MihLeaves *leaves);
extern bool mih_lock_list(MihRunReader *reader, int list, int level, Buffer buffer);
extern void mih_close_run(MihRunReader *reader);

/*
 * ---------- the access method's functions
 */

/* mih_scan.c */
extern IndexScanDesc mih_beginscan(Relation index, int nkeys, int norderbys);
extern void mih_rescan(IndexScanDesc scan, ScanKey keys, int nkeys,
					   ScanKey orderbys, int norderbys);
extern bool mih_gettuple(IndexScanDesc scan, ScanDirection direction);
extern int64 mih_getbitmap(IndexScanDesc scan, TIDBitmap *tbm);
extern void mih_endscan(IndexScanDesc scan);

/* mih_cost.c */
extern void mih_costestimate(struct PlannerInfo *root, struct IndexPath *path,
							 double loop_count, Cost *startup_cost, Cost *total_cost,
							 Selectivity *selectivity, double *correlation, double *pages);

/* mih_build.c */
extern IndexBuildResult *mih_build(Relation heap, Relation index,
								   struct IndexInfo *info);
extern void mih_buildempty(Relation index);

/* mih_insert.c */
extern bool mih_insert(Relation index, Datum *values, bool *isnull, ItemPointer tid,
					   Relation heap, IndexUniqueCheck check, bool unchanged,
					   struct IndexInfo *info);

/* mih_vacuum.c */
extern IndexBulkDeleteResult *mih_bulkdelete(IndexVacuumInfo *info,
											 IndexBulkDeleteResult *stats,
											 IndexBulkDeleteCallback callback,
											 void *callback_state);
extern IndexBulkDeleteResult *mih_vacuumcleanup(IndexVacuumInfo *info,
												IndexBulkDeleteResult *stats);

#endif							/* MIH_H */
