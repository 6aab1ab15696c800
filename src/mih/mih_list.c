/*-------------------------------------------------------------------------
 *
 * mih_list.c
 *	  The lists of a run: B-trees that are written once, from sorted entries,
 *	  and read by searches.
 *
 * The leaves have no links to each other: which of them a search has to read
 * is known from the inner pages.
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
 * The entries of a level of a list, leaves being level 0.  All pages of a level
 * are full but the last.
 */
static uint32
level_entries(const MihRun *run, int level)
{
	uint32		entries = run->count;

	for (; level > 0; level--)
		entries = (entries + MIH_LEAF_ENTRIES - 1) / MIH_LEAF_ENTRIES;
	return entries;
}

/*
 * Begin to read the lists of a run as the metapage tells it, in the current
 * memory context; for a scan by a snapshot, or NULL.
 */
MihRunReader *
mih_open_run(Relation index, const MihRun *run, Snapshot snapshot)
{
	MihRunReader *reader = palloc0(sizeof(MihRunReader));
	Buffer		buffer;

	reader->index = index;
	reader->snapshot = snapshot;
	reader->run = *run;
	mih_check_block(index, run->header, &reader->nblocks);
	buffer = ReadBuffer(index, run->header);

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	simhash_test_old_snapshot(snapshot, index, BufferGetPage(buffer));
	if (mih_page_is(index, buffer, MIH_RUN, run->number, 0))
	{
		Page		page = BufferGetPage(buffer);

		if (mih_page_entries(page, MihList) != run->bands)
			mih_corrupted(index, run->header, "not the header of a run");
		reader->lists = palloc(run->bands * sizeof(MihList));
		memcpy(reader->lists, PageGetContents(page), run->bands * sizeof(MihList));
	}
	else
		reader->stale = true;
	UnlockReleaseBuffer(buffer);

	for (uint32 i = 0; !reader->stale && i < run->bands; i++)
	{
		uint32		height = reader->lists[i].height;

		if (height > MIH_MAX_HEIGHT || level_entries(run, height) > MIH_LEAF_ENTRIES ||
			(height > 0 && level_entries(run, height) == 1))
			mih_corrupted(index, run->header, "impossible height of a list");
		mih_check_block(index, reader->lists[i].root, &reader->nblocks);
	}
	return reader;
}

void
mih_close_run(MihRunReader *reader)
{
	if (reader->lists != NULL)
		pfree(reader->lists);
	pfree(reader);
}

/*
 * Share-lock a page of the list, leaves being level 0, which the caller has
 * pinned.  Returns false, and lets go of it, if the run is no more.
 */
bool
mih_lock_list(MihRunReader *reader, int list, int level, Buffer buffer)
{
	Page		page = BufferGetPage(buffer);
	uint32		entries = level_entries(&reader->run, level);
	uint32		count;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	simhash_test_old_snapshot(reader->snapshot, reader->index, page);
	if (!mih_page_is(reader->index, buffer, level == 0 ? MIH_LEAF : MIH_INNER,
					 reader->run.number, mih_list_place(list, level)))
	{
		UnlockReleaseBuffer(buffer);
		reader->stale = true;
		return false;
	}
	count = mih_page_entries(page, MihEntry);
	if ((count != MIH_LEAF_ENTRIES || entries < MIH_LEAF_ENTRIES) &&
		count != (entries - 1) % MIH_LEAF_ENTRIES + 1)
		mih_corrupted(reader->index, BufferGetBlockNumber(buffer),
					  "impossible number of entries");
	return true;
}

/*
 * Find the leaves below a page on which there may be wanted keys.  "high" is
 * the highest key that may be below the page.
 */
static void						/* NOLINTNEXTLINE(misc-no-recursion): the height is checked */
find_leaves(MihRunReader *reader, int list, const MihProbe *probe,
			BlockNumber block, int level, uint32 high, MihLeaves *leaves)
{
	Buffer		buffer;
	const MihEntry *entry;
	uint32		place[MIH_INNER_ENTRIES];
	MihEntry   *below;			/* wanted pages, and the highest keys there */
	uint32		count;
	uint32		nfound;

	if (level == 0)
	{
		if (leaves->count < leaves->room)
		{
			leaves->leaf[leaves->count].block = block;
			leaves->leaf[leaves->count++].place = 0;
		}
		return;
	}

	CHECK_FOR_INTERRUPTS();
	buffer = ReadBuffer(reader->index, block);
	if (!mih_lock_list(reader, list, level, buffer))
		return;
	entry = (const MihEntry *) PageGetContents(BufferGetPage(buffer));
	count = mih_page_entries(BufferGetPage(buffer), MihEntry);
	nfound = mih_probe_inner(probe, entry, count, high, place);
	if (level == 1)
	{
		nfound = Min(nfound, leaves->room - leaves->count);
		for (uint32 i = 0; i < nfound; i++)
		{
			MihLeaf    *leaf = &leaves->leaf[leaves->count++];
			uint32		low = entry[place[i]].key;
			uint32		next = place[i] + 1 < count ? entry[place[i] + 1].key : high;
			uint32		key = low;

			mih_check_block(reader->index, entry[place[i]].row, &reader->nblocks);
			leaf->block = entry[place[i]].row;
			leaf->place = 0;
			if (mih_probe_next(probe, &key) && key > low && key <= next)
				leaf->place = (uint64) (key - low) * (MIH_LEAF_ENTRIES - 1) / (next - low);
		}
		UnlockReleaseBuffer(buffer);
		return;
	}

	below = palloc(nfound * sizeof(MihEntry));
	for (uint32 i = 0; i < nfound; i++)
	{
		mih_check_block(reader->index, entry[place[i]].row, &reader->nblocks);
		below[i].row = entry[place[i]].row;
		below[i].key = place[i] + 1 < count ? entry[place[i] + 1].key : high;
	}
	UnlockReleaseBuffer(buffer);
	for (uint32 i = 0; i < nfound && leaves->count < leaves->room && !reader->stale; i++)
		find_leaves(reader, list, probe, below[i].row, level - 1, below[i].key, leaves);
	pfree(below);
}

/*
 * Add the leaves of a list on which there may be wanted keys, in the order of
 * keys, until there is no more room.
 */
void
mih_find_leaves(MihRunReader *reader, int list, const MihProbe *probe, MihLeaves *leaves)
{
	uint32		key = 0;

	if (mih_probe_next(probe, &key))
		find_leaves(reader, list, probe, reader->lists[list].root,
					reader->lists[list].height, PG_UINT32_MAX, leaves);
}

/*
 * ---------- freeing
 */

static void						/* NOLINTNEXTLINE(misc-no-recursion): the height is checked */
free_tree(MihRunReader *reader, int list, BlockNumber block, int level)
{
	Relation	index = reader->index;
	uint64		number = reader->run.number;

	mih_check_block(index, block, &reader->nblocks);
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
			free_tree(reader, list, entries[i].block, level - 1);
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
	MihRunReader *reader = mih_open_run(index, run, NULL);

	if (!reader->stale)
	{
		for (uint32 list = 0; list < run->bands; list++)
			free_tree(reader, list, reader->lists[list].root, reader->lists[list].height);
		mih_free_page(index, run->header, run->number);
	}
	mih_close_run(reader);
}
