/*-------------------------------------------------------------------------
 *
 * mih_storage.h
 *	  What the files that write an index share.
 *
 * Locks.  Who holds the merge lock alone may add and replace runs, mark rows
 * dead, write a store anew and free pages: VACUUM, and an insertion that makes
 * a run.  An insertion only appends to a store, under buffer locks: META
 * before a store's pages, and a store's last page alone.  Reading takes one
 * buffer lock at a time.
 *
 * Pages that the metapage doesn't lead to yet are of no concern to anyone
 * else.  They bear a number that isn't live, by which VACUUM knows them if an
 * error or a crash leaves them behind.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_STORAGE_H
#define MIH_STORAGE_H

#include "mih/mih.h"

#include "storage/lockdefs.h"

/*
 * ---------- mih_pages.c
 *
 * "building": CREATE INDEX is at work, nobody else knows the index, and it
 * will be logged as a whole at the end.
 */
extern void mih_init_page(Page page, uint16 kind, uint64 number, uint32 place);
extern bool mih_page_is(Relation index, Buffer buffer,
						uint16 kind, uint64 number, uint32 place);
extern void mih_check_block(Relation index, BlockNumber block, BlockNumber *nblocks);
pg_noreturn extern void mih_corrupted(Relation index, BlockNumber block, const char *what);
extern Buffer mih_new_buffer(Relation index, bool building);
extern BlockNumber mih_write_page(Relation index, bool building, Page page);
extern bool mih_page_is_free(Page page);
extern void mih_free_page(Relation index, BlockNumber block, uint64 number);

extern void mih_init_meta(Page page);
extern Buffer mih_lock_meta(Relation index, int lockmode, MihMeta **meta);
extern bool mih_is_live(const MihMeta *meta, uint64 number);
extern uint64 mih_new_number(Relation index);

/*
 * The merge lock, until it is released or the transaction ends.  In
 * ExclusiveLock mode it is that of mergers, in ShareLock mode it keeps them out.
 */
extern void mih_merge_lock(Relation index, LOCKMODE mode);
extern bool mih_merge_lock_conditional(Relation index);
extern void mih_merge_unlock(Relation index, LOCKMODE mode);

/*
 * ---------- mih_store.c
 */

/* How many MAP pages a store of so many ROWS pages has. */
#define mih_map_pages(npages)	(((npages) + MIH_MAP_ENTRIES - 1) / MIH_MAP_ENTRIES)

/* The pages of a store, of all kinds. */
static inline uint32
mih_array_pages(const MihArray *array)
{
	return array->npages == 0 ? 0 : array->npages + mih_map_pages(array->npages) + 1;
}

/*
 * A store under construction.  The blocks of the full pages are kept.
 */
typedef struct MihWriter
{
	Relation	index;
	bool		building;
	uint64		number;
	int			words;
	uint32		per_page;
	uint32		npages;			/* full pages, which are written */
	uint32		count;			/* rows on the page that isn't */
	Page		page;
	BlockNumber *blocks;
	uint32		maxblocks;
	BlockNumber *maps;			/* the MAP pages written */
	uint32		nmaps;
} MihWriter;

extern void mih_check_width(Relation index, int words, int words_of_code);
extern bool mih_append(Relation index, const Simhash *code, ItemPointer tid);
extern MihWriter *mih_open_writer(Relation index, bool building, uint64 number, int words);
extern void mih_writer_add(MihWriter *writer, const void *code, ItemPointer tid);
extern MihReader *mih_writer_reader(MihWriter *writer);
extern void mih_writer_finish(MihWriter *writer, MihArray *array);
extern bool mih_array_rows(MihReader *reader, uint64 *rows);
extern void mih_free_store(Relation index, const MihArray *array);

/*
 * ---------- mih_list.c
 */

typedef struct MihListWriter MihListWriter;

extern MihListWriter *mih_open_list(Relation index, bool building, uint64 number, int list);
extern void mih_list_add(MihListWriter *writer, const MihEntry *entry, size_t n);
extern void mih_list_finish(MihListWriter *writer, MihList *list, uint32 *pages);
extern void mih_free_run(Relation index, const MihRun *run);

/*
 * ---------- mih_run.c
 */
extern void mih_run_build(MihReader *reader, bool building, uint64 number,
						  uint32 first, uint32 count, int bands, int memory,
						  MihRun *run);
extern void mih_index_pending(Relation index, uint32 least, uint32 most, int memory);

/* Phases of CREATE INDEX, as pg_stat_progress_create_index names them. */
#define MIH_PHASE_ROWS	2
#define MIH_PHASE_LISTS	3

/* mih_handler.c */
extern void mih_check_bands(Relation index, int words);

/* mih_validate.c */
extern bool mih_validate(Oid opclass);
extern void mih_check_type(Relation index);

/* mih_vacuum.c */
extern void mih_count_pages(Relation index, BlockNumber *live, BlockNumber *blocks,
							BlockNumber *free);

/* mih_inspect.c */
extern Relation mih_open_inspected(Oid relid, Relation *heap);
extern void mih_close_inspected(Relation index, Relation heap);

/* mih_compact.c */
extern void mih_compact(Relation index, bool nulls, int memory);

#endif							/* MIH_STORAGE_H */
