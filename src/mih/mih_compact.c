/*-------------------------------------------------------------------------
 *
 * mih_compact.c
 *	  Writing a store anew without its dead rows.
 *
 * Insertions go on meanwhile.  What they append is copied too, until what is
 * left is little enough to be copied while they wait.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/generic_xlog.h"
#include "miscadmin.h"
#include "storage/indexfsm.h"
#include "utils/memutils.h"

/* Insertions may wait until so many pages are copied. */
#define FEW_PAGES	4

/* Copy the live rows of a page, which the caller has locked. */
static void
copy_rows(Page page, MihWriter *writer)
{
	uint32		count = mih_rows_count(page);
	const char *codes = mih_rows_codes(page);

	for (uint32 i = 0; i < count; i++)
		if (ItemPointerIsValid(mih_rows_tid(page, i)))
			mih_writer_add(writer, codes + i * writer->words * sizeof(uint64),
						   mih_rows_tid(page, i));
}

/* Copy pages from *pageno to end - 1. */
static void
copy_pages(MihReader *reader, uint32 *pageno, uint32 end, MihWriter *writer)
{
	PGAlignedBlock image;

	for (; *pageno < end; (*pageno)++)
	{
		Buffer		buffer = mih_read_rows(reader, *pageno, BUFFER_LOCK_SHARE);

		if (!BufferIsValid(buffer))
			mih_corrupted(reader->index, mih_rows_block(reader, *pageno), "rows are missing");
		memcpy(image.data, BufferGetPage(buffer), BLCKSZ);
		UnlockReleaseBuffer(buffer);
		copy_rows((Page) image.data, writer);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Copy the full pages, until there are only few that aren't copied. */
static void
catch_up(Relation index, bool nulls, uint32 *pageno, MihWriter *writer)
{
	for (;;)
	{
		MihMeta    *meta = mih_read_meta(index, NULL);
		MihArray   *array = nulls ? &meta->nulls : &meta->codes;
		MihReader  *reader;

		if (array->npages <= *pageno + FEW_PAGES)
		{
			pfree(meta);
			return;
		}
		reader = mih_open_store(index, array, writer->words, NULL);
		copy_pages(reader, pageno, array->npages - 1, writer);
		mih_close_store(reader);
		pfree(meta);
	}
}

/*
 * Copy the rest while nobody can append, and let the metapage know of the new
 * store instead of the old, and of the run instead of the old ones.  The old
 * store's last page is freed in the same record: whoever waits for it will see
 * that he has to ask the metapage again.
 */
static void
switch_stores(Relation index, bool nulls, uint32 pageno, MihWriter *writer,
			  const MihRun *run, MihArray *old)
{
	MihMeta    *meta;
	Buffer		meta_buffer = mih_lock_meta(index, BUFFER_LOCK_EXCLUSIVE, &meta);
	Buffer		tail_buffer;
	MihReader  *reader;
	MihArray	new;
	GenericXLogState *state;

	*old = nulls ? meta->nulls : meta->codes;
	reader = mih_open_store(index, old, writer->words, NULL);
	copy_pages(reader, &pageno, old->npages - 1, writer);
	tail_buffer = mih_read_rows(reader, old->npages - 1, BUFFER_LOCK_EXCLUSIVE);
	if (!BufferIsValid(tail_buffer))
		mih_corrupted(index, old->tail, "rows are missing");
	copy_rows(BufferGetPage(tail_buffer), writer);
	mih_writer_finish(writer, &new);

	state = GenericXLogStart(index);
	meta = (MihMeta *) PageGetContents(GenericXLogRegisterBuffer(state, meta_buffer, 0));
	if (nulls)
		meta->nulls = new;
	else
	{
		meta->codes = new;
		meta->nruns = 0;
		if (run->count > 0)
			meta->runs[meta->nruns++] = *run;
		/* An empty index may get codes of another width. */
		if (new.npages == 0)
			meta->words = 0;
	}
	mih_init_page(GenericXLogRegisterBuffer(state, tail_buffer, 0), MIH_FREE, 0, 0);
	GenericXLogFinish(state);

	UnlockReleaseBuffer(tail_buffer);
	UnlockReleaseBuffer(meta_buffer);
	mih_close_store(reader);
	RecordFreeIndexPage(index, old->tail);
}

/*
 * Write the store of codes, or of NULLs, anew without its dead rows.  The
 * caller has the merge lock, and the store isn't empty.
 */
void
mih_compact(Relation index, bool nulls, int memory)
{
	MihMeta    *meta = mih_read_meta(index, NULL);
	int			words = nulls ? 0 : meta->words;
	MihWriter  *writer = mih_open_writer(index, false, mih_new_number(index), words);
	uint32		pageno = 0;
	MihRun		run = {0};
	MihArray	old;

	catch_up(index, nulls, &pageno, writer);
	if (!nulls)
	{
		uint32		rows = writer->npages * writer->per_page;
		int			bands = mih_option_bands(index, words);

		/* The scans will want the lists at once. */
		if (bands > 0 && rows > mih_option_pending(index, words))
		{
			MihReader  *reader = mih_writer_reader(writer);

			mih_run_build(reader, false, mih_new_number(index), 0, rows, bands, memory, &run);
			mih_close_store(reader);
			catch_up(index, nulls, &pageno, writer);
		}
	}
	switch_stores(index, nulls, pageno, writer, &run, &old);

	mih_free_store(index, &old);
	if (!nulls)
		for (uint32 i = 0; i < meta->nruns; i++)
			mih_free_run(index, &meta->runs[i]);
	IndexFreeSpaceMapVacuum(index);
	pfree(meta);
}
