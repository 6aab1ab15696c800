/*-------------------------------------------------------------------------
 *
 * mih_list.c
 *	  The lists of a run: B-trees that are written once, from sorted entries,
 *	  and read by a cursor.
 *
 * The leaves have no links to each other: a cursor knows the way to the next
 * by the inner pages.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "miscadmin.h"
#include "utils/memutils.h"

StaticAssertDecl(sizeof(MihEntry) == sizeof(MihInner), "leaves and inner pages differ");

/*
 * ---------- writing
 */

struct MihListWriter
{
	Relation	index;
	bool		building;
	uint64		number;
	int			list;
	Page		leaf;
	uint32		count;			/* entries on the leaf */
	MihInner   *written;		/* the leaves that are written */
	uint32		nwritten;
	uint32		maxwritten;
};

/* Begin a list of the run of that number, in the current memory context. */
MihListWriter *
mih_open_list(Relation index, bool building, uint64 number, int list)
{
	MihListWriter *writer = palloc0(sizeof(MihListWriter));

	writer->index = index;
	writer->building = building;
	writer->number = number;
	writer->list = list;
	writer->leaf = palloc(BLCKSZ);
	writer->maxwritten = 256;
	writer->written = palloc(writer->maxwritten * sizeof(MihInner));
	return writer;
}

static void
write_leaf(MihListWriter *writer)
{
	MihInner   *written;

	if (writer->nwritten == writer->maxwritten)
	{
		writer->maxwritten *= 2;
		writer->written = repalloc_huge(writer->written, writer->maxwritten * sizeof(MihInner));
	}
	((PageHeader) writer->leaf)->pd_lower += writer->count * sizeof(MihEntry);
	written = &writer->written[writer->nwritten++];
	written->key = ((MihEntry *) PageGetContents(writer->leaf))->key;
	written->block = mih_write_page(writer->index, writer->building, writer->leaf);
	writer->count = 0;
	CHECK_FOR_INTERRUPTS();
}

/* Add entries, which are in order and follow those added before. */
void
mih_list_add(MihListWriter *writer, const MihEntry *entry, size_t n)
{
	while (n > 0)
	{
		size_t		some = Min(n, MIH_LEAF_ENTRIES - writer->count);

		if (writer->count == 0)
			mih_init_page(writer->leaf, MIH_LEAF, writer->number, mih_list_place(writer->list, 0));
		memcpy((MihEntry *) PageGetContents(writer->leaf) + writer->count, entry,
			   some * sizeof(MihEntry));
		writer->count += some;
		entry += some;
		n -= some;
		if (writer->count == MIH_LEAF_ENTRIES)
			write_leaf(writer);
	}
}

/*
 * Write the rest of a list that isn't empty, and say where its root is.  Adds
 * the number of its pages to *pages.  The writer is freed.
 */
void
mih_list_finish(MihListWriter *writer, MihList *list, uint32 *pages)
{
	PGAlignedBlock image;
	Page		page = (Page) image.data;

	if (writer->count > 0)
		write_leaf(writer);
	*pages += writer->nwritten;

	/* Each level of inner pages takes the place of the one below. */
	list->height = 0;
	while (writer->nwritten > 1)
	{
		uint32		nabove = 0;

		list->height++;
		for (uint32 i = 0; i < writer->nwritten; i += MIH_INNER_ENTRIES)
		{
			uint32		n = Min(writer->nwritten - i, MIH_INNER_ENTRIES);
			MihInner	above;

			mih_init_page(page, MIH_INNER, writer->number,
						  mih_list_place(writer->list, list->height));
			memcpy(PageGetContents(page), writer->written + i, n * sizeof(MihInner));
			((PageHeader) page)->pd_lower += n * sizeof(MihInner);
			above.key = writer->written[i].key;
			above.block = mih_write_page(writer->index, writer->building, page);
			writer->written[nabove++] = above;
		}
		writer->nwritten = nabove;
		*pages += nabove;
	}
	list->root = writer->written[0].block;

	pfree(writer->leaf);
	pfree(writer->written);
	pfree(writer);
}

/*
 * ---------- reading
 */

/*
 * Begin to read the lists of a run as the metapage tells it, in the current
 * memory context.  If the cursor is stale then or later, the run is no more:
 * see mih_confirm_stale().
 */
MihCursor *
mih_open_cursor(Relation index, const MihRun *run)
{
	MihCursor  *cursor = palloc0(sizeof(MihCursor));
	Buffer		buffer = ReadBuffer(index, run->header);

	cursor->index = index;
	cursor->run = *run;
	cursor->buffer = InvalidBuffer;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if (mih_page_is(index, buffer, MIH_RUN, run->number, 0))
	{
		Page		page = BufferGetPage(buffer);

		if (mih_page_entries(page, MihList) != run->bands)
			mih_corrupted(index, run->header, "not the header of a run");
		cursor->lists = palloc(run->bands * sizeof(MihList));
		memcpy(cursor->lists, PageGetContents(page), run->bands * sizeof(MihList));
	}
	else
		cursor->stale = true;
	UnlockReleaseBuffer(buffer);

	if (!cursor->stale)
	{
		for (uint32 i = 0; i < run->bands; i++)
			if (cursor->lists[i].height > MIH_MAX_HEIGHT)
				mih_corrupted(index, run->header, "a list is too high");
		mih_cursor_list(cursor, 0);
	}
	return cursor;
}

/* Let go of the leaf.  The cursor may be moved on from there. */
void
mih_cursor_unlock(MihCursor *cursor)
{
	if (BufferIsValid(cursor->buffer))
		UnlockReleaseBuffer(cursor->buffer);
	cursor->buffer = InvalidBuffer;
	cursor->entry = NULL;
	cursor->nentries = 0;
}

/* Go to a list of the run. */
void
mih_cursor_list(MihCursor *cursor, int list)
{
	mih_cursor_unlock(cursor);
	cursor->list = list;
	for (int level = 0; level <= MIH_MAX_HEIGHT; level++)
		cursor->path[level].block = InvalidBlockNumber;
}

/*
 * A page of the list, pinned and locked; InvalidBuffer if the run is no more.
 */
static Buffer
read_page(MihCursor *cursor, BlockNumber block, int level)
{
	Buffer		buffer = ReadBuffer(cursor->index, block);
	Page		page = BufferGetPage(buffer);

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	if (!mih_page_is(cursor->index, buffer, level == 0 ? MIH_LEAF : MIH_INNER,
					 cursor->run.number, mih_list_place(cursor->list, level)))
	{
		UnlockReleaseBuffer(buffer);
		cursor->stale = true;
		return InvalidBuffer;
	}
	if (mih_page_entries(page, MihEntry) == 0 ||
		mih_page_entries(page, MihEntry) > MIH_LEAF_ENTRIES)
		mih_corrupted(cursor->index, block, "impossible number of entries");
	return buffer;
}

/* Take a copy of an inner page, unless it's there.  False if stale. */
static bool
read_inner(MihCursor *cursor, BlockNumber block, int level)
{
	Buffer		buffer;
	Page		page;

	if (cursor->path[level].block == block)
		return true;
	mih_cursor_unlock(cursor);
	buffer = read_page(cursor, block, level);
	if (!BufferIsValid(buffer))
		return false;

	page = BufferGetPage(buffer);
	if (cursor->path[level].entries == NULL)
		cursor->path[level].entries = MemoryContextAlloc(GetMemoryChunkContext(cursor),
														 MIH_INNER_ENTRIES * sizeof(MihInner));
	cursor->path[level].block = block;
	cursor->path[level].count = mih_page_entries(page, MihInner);
	cursor->path[level].position = 0;
	memcpy(cursor->path[level].entries, PageGetContents(page),
		   cursor->path[level].count * sizeof(MihInner));
	UnlockReleaseBuffer(buffer);
	return true;
}

/* Lock a leaf, unless it is locked, and stand before it.  False if stale. */
static bool
read_leaf(MihCursor *cursor, BlockNumber block)
{
	Page		page;

	if (!BufferIsValid(cursor->buffer) || BufferGetBlockNumber(cursor->buffer) != block)
	{
		mih_cursor_unlock(cursor);
		cursor->buffer = read_page(cursor, block, 0);
		if (!BufferIsValid(cursor->buffer))
			return false;
	}
	page = BufferGetPage(cursor->buffer);
	cursor->entry = (const MihEntry *) PageGetContents(page);
	cursor->nentries = mih_page_entries(page, MihEntry);
	return true;
}

/*
 * Go to the first entry whose key isn't below "key", wherever the cursor
 * stands.  entry[0 .. nentries - 1] are then this one and those behind it on
 * the leaf, which stays locked until the cursor is moved, unlocked or closed.
 * Returns false if there is none, or the cursor is stale.
 */
bool
mih_cursor_seek(MihCursor *cursor, uint32 key)
{
	uint32		low,
				high;
	BlockNumber block;

	if (cursor->stale)
		return false;

	block = cursor->lists[cursor->list].root;
	for (int level = cursor->lists[cursor->list].height; level > 0; level--)
	{
		const MihInner *entries;

		if (!read_inner(cursor, block, level))
			return false;

		/* The last page below that begins before the key: equal keys may end it. */
		entries = cursor->path[level].entries;
		low = 1;
		high = cursor->path[level].count;
		while (low < high)
		{
			uint32		middle = low + (high - low) / 2;

			if (entries[middle].key < key)
				low = middle + 1;
			else
				high = middle;
		}
		cursor->path[level].position = low - 1;
		block = entries[low - 1].block;
	}

	if (!read_leaf(cursor, block))
		return false;
	low = 0;
	high = cursor->nentries;
	while (low < high)
	{
		uint32		middle = low + (high - low) / 2;

		if (cursor->entry[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	cursor->entry += low;
	cursor->nentries -= low;
	return cursor->nentries > 0 || mih_cursor_next(cursor);
}

/*
 * Go to the first entry of the next leaf, after mih_cursor_seek() found one;
 * the leaf may have been unlocked.  Returns false if there is none, or the
 * cursor is stale.
 */
bool
mih_cursor_next(MihCursor *cursor)
{
	int			height = cursor->lists[cursor->list].height;
	int			level = 1;

	while (level <= height &&
		   cursor->path[level].position + 1 >= cursor->path[level].count)
		level++;
	if (level > height)
	{
		mih_cursor_unlock(cursor);
		return false;
	}

	cursor->path[level].position++;
	for (; level > 1; level--)
		if (!read_inner(cursor, cursor->path[level].entries[cursor->path[level].position].block,
						level - 1))
			return false;
	return read_leaf(cursor, cursor->path[1].entries[cursor->path[1].position].block);
}

void
mih_close_cursor(MihCursor *cursor)
{
	mih_cursor_unlock(cursor);
	for (int level = 0; level <= MIH_MAX_HEIGHT; level++)
		if (cursor->path[level].entries != NULL)
			pfree(cursor->path[level].entries);
	if (cursor->lists != NULL)
		pfree(cursor->lists);
	pfree(cursor);
}

/*
 * ---------- freeing
 */

static void
free_tree(Relation index, uint64 number, int list, BlockNumber block, int level)
{
	if (level > 0)
	{
		Buffer		buffer = ReadBuffer(index, block);
		Page		page = BufferGetPage(buffer);
		MihInner   *entries = palloc(MIH_INNER_ENTRIES * sizeof(MihInner));
		uint32		count = 0;

		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		if (mih_page_is(index, buffer, MIH_INNER, number, mih_list_place(list, level)))
		{
			count = Min(mih_page_entries(page, MihInner), MIH_INNER_ENTRIES);
			memcpy(entries, PageGetContents(page), count * sizeof(MihInner));
		}
		UnlockReleaseBuffer(buffer);
		for (uint32 i = 0; i < count; i++)
			free_tree(index, number, list, entries[i].block, level - 1);
		pfree(entries);
	}
	mih_free_page(index, block, number);
	CHECK_FOR_INTERRUPTS();
}

/*
 * Free all pages of a run that the metapage no longer knows.
 */
void
mih_free_run(Relation index, const MihRun *run)
{
	MihCursor  *cursor = mih_open_cursor(index, run);

	if (!cursor->stale)
	{
		for (uint32 list = 0; list < run->bands; list++)
			free_tree(index, run->number, list,
					  cursor->lists[list].root, cursor->lists[list].height);
		mih_free_page(index, run->header, run->number);
	}
	mih_close_cursor(cursor);
}
