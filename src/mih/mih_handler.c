/*-------------------------------------------------------------------------
 *
 * mih_handler.c
 *	  The access method mih: what PostgreSQL asks of it, and its options.
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/reloptions.h"
#include "commands/progress.h"
#include "commands/vacuum.h"
#include "utils/guc.h"

PG_FUNCTION_INFO_V1(mih_handler);

/*
 * ---------- options
 */

#define DEFAULT_BANDS		(-1)
#define DEFAULT_PENDING		512 /* kB */

/* Given by PostgreSQL when the library is loaded; doesn't change. */
static relopt_kind mih_relopt_kind;

/* To be called when the library is loaded. */
void
mih_init(void)
{
	mih_relopt_kind = add_reloption_kind();
	add_int_reloption(mih_relopt_kind, "bands",
					  "Number of bands, each with a sorted list; 0: none, -1: as many as serve the width",
					  DEFAULT_BANDS, -1, MIH_BANDS_LIMIT, ShareUpdateExclusiveLock);
	add_int_reloption(mih_relopt_kind, "pending_limit",
					  "Size in kilobytes of rows without lists, from which on an insertion makes lists of them",
					  DEFAULT_PENDING, 8, MAX_KILOBYTES, ShareUpdateExclusiveLock);
}

static bytea *
mih_options(Datum reloptions, bool validate)
{
	static const relopt_parse_elt table[] = {
		{.optname = "bands", .opttype = RELOPT_TYPE_INT, .offset = offsetof(MihOptions, bands)},
		{.optname = "pending_limit", .opttype = RELOPT_TYPE_INT,
		.offset = offsetof(MihOptions, pending_limit)},
	};
	MihOptions *options = (MihOptions *) build_reloptions(reloptions, validate, mih_relopt_kind,
														  sizeof(MihOptions),
														  table, lengthof(table));

	if (validate && options != NULL && options->bands > 0 && options->bands % 2 != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"bands\" must be an even number, not %d", options->bands),
				 errhint("0 means no bands, -1 as many as serve the width of the fingerprints.")));
	return (bytea *) options;
}

static int
option_bands(Relation index)
{
	MihOptions *options = (MihOptions *) index->rd_options;

	return options == NULL ? DEFAULT_BANDS : options->bands;
}

/*
 * The number of bands that a run of codes of so many words gets now, 0 for
 * none.  A number that the width doesn't allow means the nearest that it does:
 * the width may have been unknown when the option was set.
 */
int
mih_option_bands(Relation index, int words)
{
	int			bits = words * SIMHASH_WORD_BITS;
	int			bands = option_bands(index);

	if (bands == DEFAULT_BANDS)
		return mih_bands_default(bits);
	if (bands == 0)
		return 0;
	return Max(MIH_MIN_BANDS(bits), Min(MIH_MAX_BANDS(bits), bands));
}

/* An error, if the width doesn't allow the number of bands that was asked for. */
void
mih_check_bands(Relation index, int words)
{
	int			bits = words * SIMHASH_WORD_BITS;
	int			bands = option_bands(index);

	if (bands > 0 && !mih_bands_valid(bits, bands))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"bands\" must be from %d to %d for fingerprints of %d bits, not %d",
						MIH_MIN_BANDS(bits), MIH_MAX_BANDS(bits), bits, bands),
				 errhint("0 means no bands, -1 as many as serve the width.")));
}

/* The number of rows that may be pending. */
uint32
mih_option_pending(Relation index, int words)
{
	MihOptions *options = (MihOptions *) index->rd_options;
	uint32		limit = options == NULL ? DEFAULT_PENDING : options->pending_limit;
	uint32		pages = Max(1, limit / (BLCKSZ / 1024));

	return Min(pages, PG_INT32_MAX / mih_rows_per_page(words)) * mih_rows_per_page(words);
}

/*
 * ---------- the handler
 */

static char *
mih_phase_name(int64 phase)
{
	switch (phase)
	{
		case PROGRESS_CREATEIDX_SUBPHASE_INITIALIZE:
			return "initializing";
		case MIH_PHASE_ROWS:
			return "writing rows";
		case MIH_PHASE_LISTS:
			return "writing lists";
		default:
			return NULL;
	}
}

/*
 * Rows are collected ahead of the visit to the heap.  By then VACUUM may have
 * removed a tuple and another have taken its place, which an MVCC snapshot
 * doesn't see; hence no index-only scans, and no constraints.
 */
Datum
mih_handler(PG_FUNCTION_ARGS)
{
	IndexAmRoutine *routine = makeNode(IndexAmRoutine);

	(void) fcinfo;

	/* What isn't named is false, 0 or NULL. */
	routine->amstrategies = SIMHASH_DISTANCE_STRATEGY;
	routine->amcanorderbyop = true;
	routine->amoptionalkey = true;
	routine->amsearchnulls = true;
	routine->amusemaintenanceworkmem = true;
	routine->amparallelvacuumoptions = VACUUM_OPTION_PARALLEL_BULKDEL | VACUUM_OPTION_PARALLEL_CLEANUP;
	routine->amkeytype = InvalidOid;

	routine->ambuild = mih_build;
	routine->ambuildempty = mih_buildempty;
	routine->aminsert = mih_insert;
	routine->ambulkdelete = mih_bulkdelete;
	routine->amvacuumcleanup = mih_vacuumcleanup;
	routine->amcostestimate = mih_costestimate;
	routine->amoptions = mih_options;
	routine->ambuildphasename = mih_phase_name;
	routine->amvalidate = mih_validate;
	routine->ambeginscan = mih_beginscan;
	routine->amrescan = mih_rescan;
	routine->amgettuple = mih_gettuple;
	routine->amgetbitmap = mih_getbitmap;
	routine->amendscan = mih_endscan;

	PG_RETURN_POINTER(routine);
}
