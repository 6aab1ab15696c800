/*-------------------------------------------------------------------------
 *
 * mih_store.c
 *	  The stores of a mih index: append-only arrays of rows.
 *
 * A page of rows is found through a map of two levels: MAP_ROOT holds the
 * blocks of MAP pages, these the blocks of ROWS pages.  All pages of a kind
 * but the last are full.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/generic_xlog.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/*
 * Row numbers are 32 bits, and the map has two levels.
 */
static void
check_room(Relation index, int words, uint32 npages)
{
	uint64		most = Min((uint64) MIH_MAP_ENTRIES * MIH_MAP_ENTRIES,
						   PG_UINT32_MAX / mih_rows_per_page(words));

	if (npages >= most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("index \"%s\" can hold no more rows", RelationGetRelationName(index)),
				 errdetail("It has %u pages of rows.", npages),
				 errhint("Partition the table.")));
}

/* All codes of an index have one width. */
void
mih_check_width(Relation index, int words, int words_of_code)
{
	if (words != words_of_code)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_LENGTH_MISMATCH),
				 errmsg("index \"%s\" is of fingerprints of %d bits, not %d",
						RelationGetRelationName(index),
						words * SIMHASH_WORD_BITS, words_of_code * SIMHASH_WORD_BITS),
				 errhint("Declare the column's width, such as simhash(%d), or use partial indexes, one for each width.",
						 words * SIMHASH_WORD_BITS)));
}

/* Put a row behind those of a page that has room for it. */
static void
page_add(Page page, int words, const void *code, ItemPointer tid)
{
	PageHeader	header = (PageHeader) page;

	/* A NULL has no words. */
	if (words > 0)
		memcpy((char *) page + header->pd_lower, code, words * sizeof(uint64));
	header->pd_lower += words * sizeof(uint64);
	*mih_rows_tid(page, mih_rows_count(page)) = *tid;
	header->pd_upper -= sizeof(ItemPointerData);
}

static void
map_add(Page page, BlockNumber block)
{
	PageHeader	header = (PageHeader) page;

	*(BlockNumber *) ((char *) page + header->pd_lower) = block;
	header->pd_lower += sizeof(BlockNumber);
}

#define map_blocks(page)	((BlockNumber *) PageGetContents(page))

/*
 * Check what a ROWS page says of itself: "least" rows at least.
 */
static void
check_rows(Relation index, Buffer buffer, int words, uint32 least)
{
	Page		page = BufferGetPage(buffer);
	PageHeader	header = (PageHeader) page;
	uint32		count = mih_rows_count(page);

	if (count < least || count > mih_rows_per_page(words) ||
		header->pd_lower != MAXALIGN(SizeOfPageHeaderData) + count * words * sizeof(uint64) ||
		header->pd_upper != header->pd_special - count * sizeof(ItemPointerData))
		mih_corrupted(index, BufferGetBlockNumber(buffer), "impossible number of rows");
}

/*
 * ---------- appending
 */

/*
 * Append to the page, if it is the store's last and has room.  *full tells
 * that it hasn't; neither, that it is no more the store's.
 */
static bool
append_to_tail(Relation index, const MihArray *array, int words,
			   const void *code, ItemPointer tid, bool *full)
{
	Buffer		buffer;
	BlockNumber nblocks = 0;
	bool		done = false;

	*full = false;
	mih_check_block(index, array->tail, &nblocks);
	buffer = ReadBuffer(index, array->tail);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (mih_page_is(index, buffer, MIH_ROWS, array->number, array->npages - 1))
	{
		check_rows(index, buffer, words, 1);
		*full = mih_rows_count(BufferGetPage(buffer)) == mih_rows_per_page(words);
		if (!*full)
		{
			GenericXLogState *state = GenericXLogStart(index);

			page_add(GenericXLogRegisterBuffer(state, buffer, 0), words, code, tid);
			GenericXLogFinish(state);
			done = true;
		}
	}
	UnlockReleaseBuffer(buffer);
	return done;
}

/*
 * Append the row as the first of a new page, which the metapage, the map and
 * the page tell in one record.  The caller has locked the metapage.
 */
static void
append_page(Relation index, Buffer meta_buffer, bool nulls, int words,
			const void *code, ItemPointer tid)
{
	MihMeta    *meta = (MihMeta *) PageGetContents(BufferGetPage(meta_buffer));
	MihArray	array = nulls ? meta->nulls : meta->codes;
	bool		first = array.npages == 0;
	bool		new_map = array.npages % MIH_MAP_ENTRIES == 0;
	uint32		map_place = array.npages / MIH_MAP_ENTRIES;
	Buffer		rows_buffer;
	Buffer		map_buffer;
	Buffer		root_buffer = InvalidBuffer;
	BlockNumber nblocks = 0;
	GenericXLogState *state;
	Page		page;

	check_room(index, words, array.npages);
	rows_buffer = mih_new_buffer(index, false);
	if (first)
		root_buffer = mih_new_buffer(index, false);
	else
	{
		mih_check_block(index, array.root, &nblocks);
		root_buffer = ReadBuffer(index, array.root);
		LockBuffer(root_buffer, BUFFER_LOCK_EXCLUSIVE);
		if (!mih_page_is(index, root_buffer, MIH_MAP_ROOT, array.number, 0) ||
			mih_page_entries(BufferGetPage(root_buffer), BlockNumber) != mih_map_pages(array.npages))
			mih_corrupted(index, array.root, "not the map of a store");
	}
	if (new_map)
		map_buffer = mih_new_buffer(index, false);
	else
	{
		BlockNumber block = map_blocks(BufferGetPage(root_buffer))[map_place];

		UnlockReleaseBuffer(root_buffer);
		root_buffer = InvalidBuffer;
		mih_check_block(index, block, &nblocks);
		map_buffer = ReadBuffer(index, block);
		LockBuffer(map_buffer, BUFFER_LOCK_EXCLUSIVE);
		if (!mih_page_is(index, map_buffer, MIH_MAP, array.number, map_place) ||
			mih_page_entries(BufferGetPage(map_buffer), BlockNumber) != array.npages % MIH_MAP_ENTRIES)
			mih_corrupted(index, block, "not the map of a store");
	}

	state = GenericXLogStart(index);

	page = GenericXLogRegisterBuffer(state, rows_buffer, GENERIC_XLOG_FULL_IMAGE);
	mih_init_page(page, MIH_ROWS, array.number, array.npages);
	page_add(page, words, code, tid);

	page = GenericXLogRegisterBuffer(state, map_buffer, new_map ? GENERIC_XLOG_FULL_IMAGE : 0);
	if (new_map)
		mih_init_page(page, MIH_MAP, array.number, map_place);
	map_add(page, BufferGetBlockNumber(rows_buffer));

	if (BufferIsValid(root_buffer))
	{
		page = GenericXLogRegisterBuffer(state, root_buffer, first ? GENERIC_XLOG_FULL_IMAGE : 0);
		if (first)
		{
			mih_init_page(page, MIH_MAP_ROOT, array.number, 0);
			array.root = BufferGetBlockNumber(root_buffer);
		}
		map_add(page, BufferGetBlockNumber(map_buffer));
	}

	array.tail = BufferGetBlockNumber(rows_buffer);
	array.npages++;
	meta = (MihMeta *) PageGetContents(GenericXLogRegisterBuffer(state, meta_buffer, 0));
	if (nulls)
		meta->nulls = array;
	else
	{
		meta->codes = array;
		meta->words = words;
	}
	GenericXLogFinish(state);

	UnlockReleaseBuffer(rows_buffer);
	UnlockReleaseBuffer(map_buffer);
	if (BufferIsValid(root_buffer))
		UnlockReleaseBuffer(root_buffer);
}

/*
 * Append a row to the store of codes, or to that of NULLs if the code is NULL.
 * Returns true, if it took a new page.
 */
bool
mih_append(Relation index, const Simhash *code, ItemPointer tid)
{
	bool		nulls = code == NULL;
	int			words = nulls ? 0 : SIMHASH_WORDS(code);
	const void *payload = nulls ? NULL : SIMHASH_DATA(code);
	MihArray	seen = {0};
	bool		full = false;

	for (;;)
	{
		/* If we know that the last page is full, there must be a new one. */
		Buffer		buffer;
		MihMeta    *meta;
		MihArray	array;

		buffer = mih_lock_meta(index, full ? BUFFER_LOCK_EXCLUSIVE : BUFFER_LOCK_SHARE, &meta);
		if (!nulls && meta->words != 0)
			mih_check_width(index, meta->words, words);
		array = nulls ? meta->nulls : meta->codes;

		if (full && array.number == seen.number && array.npages == seen.npages)
		{
			append_page(index, buffer, nulls, words, payload, tid);
			UnlockReleaseBuffer(buffer);
			return true;
		}
		UnlockReleaseBuffer(buffer);

		if (array.npages == 0)
			full = true;
		else
		{
			if (append_to_tail(index, &array, words, payload, tid, &full))
				return false;
			if (!full)
				mih_confirm_stale(index, array.number);
		}
		seen = array;
		CHECK_FOR_INTERRUPTS();
	}
}

/*
 * ---------- reading
 */

/*
 * A reader of a store as the metapage tells it.  "words" is the width of the
 * codes, 0 for the null store; "strategy" may be NULL.  It lives in the current
 * memory context.
 */
MihReader *
mih_open_store(Relation index, const MihArray *array, int words, BufferAccessStrategy strategy)
{
	MihReader  *reader = palloc0(sizeof(MihReader));

	reader->index = index;
	reader->array = *array;
	reader->words = words;
	reader->per_page = mih_rows_per_page(words);
	reader->strategy = strategy;
	if (array->npages > 0)
		reader->map = palloc0(mih_map_pages(array->npages) * sizeof(BlockNumber *));
	return reader;
}

/*
 * A copy of the first n blocks that a page of the map holds, NULL if the page
 * isn't the store's any more.
 */
static BlockNumber *
read_map(MihReader *reader, BlockNumber block, uint16 kind, uint32 place, uint32 n)
{
	Buffer		buffer;
	BlockNumber *blocks = NULL;

	mih_check_block(reader->index, block, &reader->nblocks);
	buffer = ReadBuffer(reader->index, block);
	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	simhash_test_old_snapshot(reader->snapshot, reader->index, BufferGetPage(buffer));
	if (mih_page_is(reader->index, buffer, kind, reader->array.number, place))
	{
		if (mih_page_entries(BufferGetPage(buffer), BlockNumber) < n)
			mih_corrupted(reader->index, block, "too few blocks in the map of a store");
		blocks = MemoryContextAlloc(GetMemoryChunkContext(reader), n * sizeof(BlockNumber));
		memcpy(blocks, map_blocks(BufferGetPage(buffer)), n * sizeof(BlockNumber));
	}
	UnlockReleaseBuffer(buffer);
	for (uint32 i = 0; blocks != NULL && i < n; i++)
		mih_check_block(reader->index, blocks[i], &reader->nblocks);
	return blocks;
}

/*
 * The block of page "pageno" of the store, which has so many; invalid if the
 * store is no more.
 */
BlockNumber
mih_rows_block(MihReader *reader, uint32 pageno)
{
	uint32		place = pageno / MIH_MAP_ENTRIES;
	uint32		nmaps = mih_map_pages(reader->array.npages);

	Assert(pageno < reader->array.npages);
	if (reader->map[place] == NULL)
	{
		if (reader->root == NULL)
			reader->root = read_map(reader, reader->array.root, MIH_MAP_ROOT, 0, nmaps);
		if (reader->root == NULL)
			return InvalidBlockNumber;
		reader->map[place] = read_map(reader, reader->root[place], MIH_MAP, place,
									  Min(reader->array.npages - place * MIH_MAP_ENTRIES,
										  MIH_MAP_ENTRIES));
		if (reader->map[place] == NULL)
			return InvalidBlockNumber;
	}
	return reader->map[place][pageno % MIH_MAP_ENTRIES];
}

/*
 * Page "pageno" of the store, pinned but not yet locked.  InvalidBuffer if the
 * store is no more; see mih_confirm_stale().
 */
Buffer
mih_pin_rows(MihReader *reader, uint32 pageno)
{
	BlockNumber block = mih_rows_block(reader, pageno);

	if (block == InvalidBlockNumber)
		return InvalidBuffer;
	if (pageno + 1 == reader->array.npages && block != reader->array.tail)
		mih_corrupted(reader->index, block, "not the last page of a store");
	return ReadBufferExtended(reader->index, MAIN_FORKNUM, block, RBM_NORMAL,
							  reader->strategy);
}

/*
 * Lock that page as told.  Returns false, and lets go of it, if the store is no
 * more.
 *
 * All pages are full but the last, which may have got rows, and others behind
 * it, since the metapage was read.
 */
bool
mih_lock_rows(MihReader *reader, uint32 pageno, Buffer buffer, int lockmode)
{
	LockBuffer(buffer, lockmode);
	simhash_test_old_snapshot(reader->snapshot, reader->index, BufferGetPage(buffer));
	if (!mih_page_is(reader->index, buffer, MIH_ROWS, reader->array.number, pageno))
	{
		UnlockReleaseBuffer(buffer);
		return false;
	}
	check_rows(reader->index, buffer, reader->words,
			   pageno + 1 < reader->array.npages ? reader->per_page : 1);
	return true;
}

/*
 * Both at once: page "pageno", UnlockReleaseBuffer() being the caller's, or
 * InvalidBuffer.
 */
Buffer
mih_read_rows(MihReader *reader, uint32 pageno, int lockmode)
{
	Buffer		buffer = mih_pin_rows(reader, pageno);

	if (BufferIsValid(buffer) && !mih_lock_rows(reader, pageno, buffer, lockmode))
		return InvalidBuffer;
	return buffer;
}

/*
 * Set *rows to the number of rows of the store, dead ones included.  Returns
 * false if the store is no more.
 */
bool
mih_array_rows(MihReader *reader, uint64 *rows)
{
	uint32		npages = reader->array.npages;
	Buffer		buffer;

	*rows = 0;
	if (npages == 0)
		return true;
	buffer = mih_read_rows(reader, npages - 1, BUFFER_LOCK_SHARE);
	if (!BufferIsValid(buffer))
		return false;
	*rows = (uint64) (npages - 1) * reader->per_page + mih_rows_count(BufferGetPage(buffer));
	UnlockReleaseBuffer(buffer);
	return true;
}

void
mih_close_store(MihReader *reader)
{
	if (reader->map != NULL)
	{
		for (uint32 i = 0; i < mih_map_pages(reader->array.npages); i++)
			if (reader->map[i] != NULL)
				pfree(reader->map[i]);
		pfree(reader->map);
	}
	if (reader->root != NULL)
		pfree(reader->root);
	pfree(reader);
}

/*
 * ---------- writing as a whole
 */

/*
 * A new store, which the metapage will know of when it is complete.  It lives
 * in the current memory context.
 */
MihWriter *
mih_open_writer(Relation index, bool building, uint64 number, int words)
{
	MihWriter  *writer = palloc0(sizeof(MihWriter));

	writer->index = index;
	writer->building = building;
	writer->number = number;
	writer->words = words;
	writer->per_page = mih_rows_per_page(words);
	writer->page = palloc(BLCKSZ);
	writer->maxblocks = 256;
	writer->blocks = palloc(writer->maxblocks * sizeof(BlockNumber));
	writer->maps = palloc(MIH_MAP_ENTRIES * sizeof(BlockNumber));
	return writer;
}

static void
write_map(MihWriter *writer)
{
	BlockNumber *blocks = writer->blocks + writer->nmaps * MIH_MAP_ENTRIES;
	uint32		n = writer->npages - writer->nmaps * MIH_MAP_ENTRIES;
	PGAlignedBlock image;
	Page		page = (Page) image.data;

	mih_init_page(page, MIH_MAP, writer->number, writer->nmaps);
	for (uint32 i = 0; i < n; i++)
		map_add(page, blocks[i]);
	writer->maps[writer->nmaps++] = mih_write_page(writer->index, writer->building, page);
}

static void
write_rows(MihWriter *writer)
{
	if (writer->npages == writer->maxblocks)
	{
		writer->maxblocks *= 2;
		writer->blocks = repalloc_huge(writer->blocks, writer->maxblocks * sizeof(BlockNumber));
	}
	writer->blocks[writer->npages++] =
		mih_write_page(writer->index, writer->building, writer->page);
	writer->count = 0;
	if (writer->npages % MIH_MAP_ENTRIES == 0)
		write_map(writer);
}

void
mih_writer_add(MihWriter *writer, const void *code, ItemPointer tid)
{
	if (writer->count == 0)
	{
		check_room(writer->index, writer->words, writer->npages);
		mih_init_page(writer->page, MIH_ROWS, writer->number, writer->npages);
	}
	page_add(writer->page, writer->words, code, tid);
	if (++writer->count == writer->per_page)
		write_rows(writer);
}

/*
 * A reader of the full pages that have been written.
 */
MihReader *
mih_writer_reader(MihWriter *writer)
{
	MihArray	array = {
		.number = writer->number,
		.root = InvalidBlockNumber,
		.tail = writer->npages > 0 ? writer->blocks[writer->npages - 1] : InvalidBlockNumber,
		.npages = writer->npages
	};
	MihReader  *reader = mih_open_store(writer->index, &array, writer->words, NULL);

	for (uint32 i = 0; i < mih_map_pages(array.npages); i++)
	{
		uint32		first = i * MIH_MAP_ENTRIES;
		Size		size = Min(array.npages - first, MIH_MAP_ENTRIES) * sizeof(BlockNumber);

		reader->map[i] = palloc(size);
		memcpy(reader->map[i], writer->blocks + first, size);
	}
	return reader;
}

/*
 * Write what is left, and tell what the metapage is to know of the store.  The
 * writer is freed.
 */
void
mih_writer_finish(MihWriter *writer, MihArray *array)
{
	array->number = writer->number;
	array->dead = 0;
	array->root = array->tail = InvalidBlockNumber;

	if (writer->count > 0)
		write_rows(writer);
	array->npages = writer->npages;
	if (writer->npages > 0)
	{
		Page		page = writer->page;

		if (writer->npages % MIH_MAP_ENTRIES != 0)
			write_map(writer);
		array->tail = writer->blocks[writer->npages - 1];
		mih_init_page(page, MIH_MAP_ROOT, writer->number, 0);
		for (uint32 i = 0; i < writer->nmaps; i++)
			map_add(page, writer->maps[i]);
		array->root = mih_write_page(writer->index, writer->building, page);
	}
	pfree(writer->page);
	pfree(writer->blocks);
	pfree(writer->maps);
	pfree(writer);
}

/*
 * Free all pages of a store that the metapage no longer knows.
 */
void
mih_free_store(Relation index, const MihArray *array)
{
	MihReader  *reader = mih_open_store(index, array, 0, NULL);

	for (uint32 pageno = 0; pageno < array->npages; pageno++)
	{
		BlockNumber block = mih_rows_block(reader, pageno);

		if (block != InvalidBlockNumber)
			mih_free_page(index, block, array->number);
		CHECK_FOR_INTERRUPTS();
	}
	if (reader->root != NULL)
	{
		for (uint32 i = 0; i < mih_map_pages(array->npages); i++)
			mih_free_page(index, reader->root[i], array->number);
		mih_free_page(index, array->root, array->number);
	}
	mih_close_store(reader);
}
