/*-------------------------------------------------------------------------
 *
 * mih_pages.c
 *	  Pages of a mih index: the metapage, new pages and free ones, and the
 *	  checks that every page goes through when it is read.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/generic_xlog.h"
#include "access/xloginsert.h"
#include "commands/tablespace.h"
#include "miscadmin.h"
#include "storage/indexfsm.h"
#include "storage/lmgr.h"

#define SPECIAL_SPACE	(BLCKSZ - MAXALIGN(sizeof(MihOpaque)))

/* The index holds what no version of this file could have written. */
void
mih_corrupted(Relation index, BlockNumber block, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("index \"%s\" is corrupted at block %u: %s",
					RelationGetRelationName(index), block, what),
			 errhint("Please REINDEX it.")));
}

void
mih_init_page(Page page, uint16 kind, uint64 number, uint32 place)
{
	MihOpaque  *opaque;

	PageInit(page, BLCKSZ, sizeof(MihOpaque));
	opaque = MihPageOpaque(page);
	opaque->number = number;
	opaque->place = place;
	opaque->kind = kind;
	opaque->page_id = MIH_PAGE_ID;
}

/* Is it a page of ours, live or free? */
static bool
page_is_ours(Page page)
{
	PageHeader	header = (PageHeader) page;

	return header->pd_special == SPECIAL_SPACE &&
		header->pd_lower >= MAXALIGN(SizeOfPageHeaderData) &&
		header->pd_lower <= header->pd_upper &&
		header->pd_upper <= header->pd_special &&
		MihPageOpaque(page)->page_id == MIH_PAGE_ID;
}

/*
 * Is it free to be used?  If not, it is a page of ours, or an error.
 */
bool
mih_page_is_free(Page page)
{
	return PageIsNew(page) ||
		(page_is_ours(page) && MihPageOpaque(page)->kind == MIH_FREE);
}

/*
 * Is the page, which the caller has locked, still the one that the number's
 * owner has there?  If not, it has been freed, and perhaps used again.  An
 * error if it can't be either.
 */
bool
mih_page_is(Relation index, Buffer buffer, uint16 kind, uint64 number, uint32 place)
{
	Page		page = BufferGetPage(buffer);

	if (PageIsNew(page))
		return false;
	if (!page_is_ours(page))
		mih_corrupted(index, BufferGetBlockNumber(buffer), "not a page of a mih index");
	if (MihPageOpaque(page)->number != number)
		return false;
	if (MihPageOpaque(page)->kind != kind || MihPageOpaque(page)->place != place)
		mih_corrupted(index, BufferGetBlockNumber(buffer), "a page in another's place");
	return true;
}

/*
 * Check a block number that was read from a page: what points beyond the end
 * of the index might have it made longer.  *nblocks is how many blocks there
 * are at least, 0 at first: an index never gets shorter, and to ask takes time.
 */
void
mih_check_block(Relation index, BlockNumber block, BlockNumber *nblocks)
{
	if (block < *nblocks)
		return;
	*nblocks = RelationGetNumberOfBlocks(index);
	if (block >= *nblocks)
		mih_corrupted(index, block, "beyond the end of the index");
}

/*
 * ---------- the metapage
 */

/* The metapage of an empty index. */
void
mih_init_meta(Page page)
{
	MihMeta    *meta = (MihMeta *) PageGetContents(page);

	mih_init_page(page, MIH_META, 0, 0);
	memset(meta, 0, MIH_META_SIZE(0));
	meta->magic = MIH_MAGIC;
	meta->version = MIH_VERSION;
	meta->codes.number = 1;
	meta->nulls.number = 2;
	meta->next_number = 3;
	meta->codes.root = meta->codes.tail = InvalidBlockNumber;
	meta->nulls.root = meta->nulls.tail = InvalidBlockNumber;

	/* What it holds is no hole, as far as it will ever reach. */
	((PageHeader) page)->pd_lower = (char *) meta + MIH_META_SIZE(MIH_MAX_RUNS) - (char *) page;
}

/* Has the store all of its pages, or none? */
static bool
array_is_sound(const MihArray *array)
{
	return (array->root == InvalidBlockNumber) == (array->npages == 0) &&
		(array->tail == InvalidBlockNumber) == (array->npages == 0);
}

/* Raises an error, if the page isn't a sound metapage. */
static void
check_meta(Relation index, Page page)
{
	MihMeta    *meta = (MihMeta *) PageGetContents(page);
	uint64		covered = 0;

	if (PageIsNew(page) || !page_is_ours(page) ||
		MihPageOpaque(page)->kind != MIH_META || meta->magic != MIH_MAGIC)
		mih_corrupted(index, MIH_META_BLOCK, "not a metapage");
	if (meta->version != MIH_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("index \"%s\" has version %d of the page format, not %d",
						RelationGetRelationName(index), meta->version, MIH_VERSION),
				 errhint("Please REINDEX it.")));
	if (meta->words > SIMHASH_MAX_WORDS || meta->nruns > MIH_MAX_RUNS ||
		(meta->words == 0 && (meta->nruns > 0 || meta->codes.npages > 0)) ||
		!array_is_sound(&meta->codes) || !array_is_sound(&meta->nulls))
		mih_corrupted(index, MIH_META_BLOCK, "impossible counts");
	for (uint32 i = 0; i < meta->nruns; i++)
	{
		const MihRun *run = &meta->runs[i];

		if (run->first != covered || run->count == 0 ||
			!mih_bands_valid(meta->words * SIMHASH_WORD_BITS, run->bands))
			mih_corrupted(index, MIH_META_BLOCK, "impossible runs");
		covered += run->count;
	}
	if (covered > (uint64) meta->codes.npages * mih_rows_per_page(meta->words))
		mih_corrupted(index, MIH_META_BLOCK, "runs of rows that it doesn't have");
}

/*
 * The metapage, locked, and its contents, which are the page's own.
 */
Buffer
mih_lock_meta(Relation index, int lockmode, MihMeta **meta)
{
	Buffer		buffer = ReadBuffer(index, MIH_META_BLOCK);

	LockBuffer(buffer, lockmode);
	check_meta(index, BufferGetPage(buffer));
	*meta = (MihMeta *) PageGetContents(BufferGetPage(buffer));
	return buffer;
}

/*
 * A copy of the metapage's contents in the current memory context; for a scan
 * by a snapshot, or NULL.
 */
MihMeta *
mih_read_meta(Relation index, Snapshot snapshot)
{
	MihMeta    *meta;
	MihMeta    *copy;
	Buffer		buffer = mih_lock_meta(index, BUFFER_LOCK_SHARE, &meta);

	simhash_test_old_snapshot(snapshot, index, BufferGetPage(buffer));
	copy = palloc(MIH_META_SIZE(meta->nruns));
	memcpy(copy, meta, MIH_META_SIZE(meta->nruns));
	UnlockReleaseBuffer(buffer);
	return copy;
}

/* Is it the number of a store or run that the metapage knows? */
bool
mih_is_live(const MihMeta *meta, uint64 number)
{
	if (number == meta->codes.number || number == meta->nulls.number)
		return true;
	for (uint32 i = 0; i < meta->nruns; i++)
		if (meta->runs[i].number == number)
			return true;
	return false;
}

/*
 * To be called after a page of a store or run turned out not to be its any
 * more: an error, if the metapage still knows the number.  The caller holds no
 * buffer lock, and reads the metapage anew afterwards.
 */
void
mih_confirm_stale(Relation index, uint64 number)
{
	MihMeta    *meta = mih_read_meta(index, NULL);

	if (mih_is_live(meta, number))
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("index \"%s\" is corrupted: a page of number " UINT64_FORMAT " is missing",
						RelationGetRelationName(index), number),
				 errhint("Please REINDEX it.")));
	pfree(meta);
}

/*
 * A number for a new store or run.  It is logged before the first page that
 * bears it, so that it isn't given again after a crash.
 */
uint64
mih_new_number(Relation index)
{
	MihMeta    *meta;
	Buffer		buffer = mih_lock_meta(index, BUFFER_LOCK_EXCLUSIVE, &meta);
	GenericXLogState *state = GenericXLogStart(index);
	uint64		number;

	meta = (MihMeta *) PageGetContents(GenericXLogRegisterBuffer(state, buffer, 0));
	number = meta->next_number++;
	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
	return number;
}

/*
 * ---------- new and free pages
 */

/*
 * A page to be written, exclusively locked, its contents of no meaning.  The
 * map of free space isn't crash-safe, and may offer a page twice: only the
 * page itself knows.  Locks are not waited for, as the caller may have others.
 */
Buffer
mih_new_buffer(Relation index, bool building)
{
	Buffer		buffer;
	bool		lock_extension = !RELATION_IS_LOCAL(index) && !building;

	while (!building)
	{
		BlockNumber block = GetFreeIndexPage(index);

		if (block == InvalidBlockNumber)
			break;
		buffer = ReadBuffer(index, block);
		if (ConditionalLockBuffer(buffer))
		{
			if (mih_page_is_free(BufferGetPage(buffer)))
				return buffer;
			LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
		}
		ReleaseBuffer(buffer);
	}

	if (lock_extension)
		LockRelationForExtension(index, ExclusiveLock);
	buffer = ReadBuffer(index, P_NEW);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (lock_extension)
		UnlockRelationForExtension(index, ExclusiveLock);
	return buffer;
}

/*
 * Put an image of a page on a new one, and return its block.
 */
BlockNumber
mih_write_page(Relation index, bool building, Page page)
{
	Buffer		buffer = mih_new_buffer(index, building);
	BlockNumber block = BufferGetBlockNumber(buffer);

	START_CRIT_SECTION();
	memcpy(BufferGetPage(buffer), page, BLCKSZ);
	MarkBufferDirty(buffer);
	if (!building && RelationNeedsWAL(index))
		log_newpage_buffer(buffer, true);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
	return block;
}

/*
 * Free a page, if it still bears the number.
 */
void
mih_free_page(Relation index, BlockNumber block, uint64 number)
{
	Buffer		buffer = ReadBuffer(index, block);
	Page		page = BufferGetPage(buffer);
	bool		free;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	free = !PageIsNew(page) && page_is_ours(page) && MihPageOpaque(page)->number == number &&
		MihPageOpaque(page)->kind != MIH_META;
	if (free)
	{
		GenericXLogState *state = GenericXLogStart(index);

		page = GenericXLogRegisterBuffer(state, buffer, 0);
		mih_init_page(page, MIH_FREE, 0, 0);
		GenericXLogFinish(state);
	}
	UnlockReleaseBuffer(buffer);
	if (free)
		RecordFreeIndexPage(index, block);
}

/*
 * ---------- the merge lock
 *
 * As in GIN, a heavyweight lock on the metapage: it is held for long, and
 * waiting for it can be interrupted.  Whoever holds such a lock may not acquire
 * another, but for the extension of the index, and so not look into a catalog.
 * Temporary files ask the catalogs where to go; it is done before.
 */

void
mih_merge_lock(Relation index, LOCKMODE mode)
{
	PrepareTempTablespaces();
	LockPage(index, MIH_META_BLOCK, mode);
}

bool
mih_merge_lock_conditional(Relation index)
{
	PrepareTempTablespaces();
	return ConditionalLockPage(index, MIH_META_BLOCK, ExclusiveLock);
}

void
mih_merge_unlock(Relation index, LOCKMODE mode)
{
	UnlockPage(index, MIH_META_BLOCK, mode);
}
