/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  What differs between the PostgreSQL versions that are supported.
 *
 * PostgreSQL 15 is the oldest, 18 the newest version tested.  No other file
 * asks for PG_VERSION_NUM.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SIMHASH_COMPAT_H
#define SIMHASH_COMPAT_H

/* The macros of varlenas have had a header of their own since 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * Soft input errors came with 16.  Before, an input function's error is an
 * error.
 */
#if PG_VERSION_NUM < 160000
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* Since 18 it stands before the declaration, and is C11's. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* What an autovacuum worker is asked by has had this name since 17. */
#if PG_VERSION_NUM < 170000
#define AmAutoVacuumWorkerProcess()	IsAutoVacuumWorkerProcess()
#endif

/* Since 18 it is told whether ANALYZE calls. */
#if PG_VERSION_NUM >= 180000
#define simhash_vacuum_delay_point()	vacuum_delay_point(false)
#else
#define simhash_vacuum_delay_point()	vacuum_delay_point()
#endif

/* Since 16 the caller says whether it wants a copy. */
#if PG_VERSION_NUM >= 160000
#define simhash_tuplesort_getdatum(state, value, isnull) \
	tuplesort_getdatum(state, true, true, value, isnull, NULL)
#else
#define simhash_tuplesort_getdatum(state, value, isnull) \
	tuplesort_getdatum(state, true, value, isnull, NULL)
#endif

/* Since 18, EXPLAIN tells how often an index was searched. */
#if PG_VERSION_NUM >= 180000
#define simhash_count_search(scan) \
	do { \
		if ((scan)->instrument) \
			(scan)->instrument->nsearches++; \
	} while (0)
#else
#define simhash_count_search(scan)	((void) (scan))
#endif

/* Since 18, what is disabled counts more than any cost. */
#if PG_VERSION_NUM >= 180000
#define simhash_disable_path(indexpath)	((indexpath)->path.disabled_nodes = 2)
#else
#define simhash_disable_path(indexpath)	((void) 0)
#endif

/*
 * Up to 16, old_snapshot_threshold lets VACUUM remove rows that a snapshot
 * sees: a scan by a snapshot as old has to stop at a page that was changed
 * since.  To be asked of every page that is read, locked; of a snapshot that
 * is NULL, none is too old.
 */
#if PG_VERSION_NUM < 170000
#define simhash_test_old_snapshot(snapshot, index, page) TestForOldSnapshot(snapshot, index, page)
#else
#define simhash_test_old_snapshot(snapshot, index, page) ((void) (snapshot))
#endif

/* Since 16, one function knows the owners of all objects. */
#if PG_VERSION_NUM >= 160000
#define simhash_relation_ownercheck(relid, role) object_ownercheck(RelationRelationId, relid, role)
#else
#define simhash_relation_ownercheck(relid, role) pg_class_ownercheck(relid, role)
#endif

/* And one what all roles may do. */
#if PG_VERSION_NUM >= 160000
#define simhash_may_execute(function, role) \
	(object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK)
#else
#define simhash_may_execute(function, role) \
	(pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK)
#endif

/* Since 17, maintenance finds PostgreSQL's own functions only. */
#if PG_VERSION_NUM >= 170000
#define simhash_restrict_search_path() RestrictSearchPath()
#else
#define simhash_restrict_search_path() ((void) 0)
#endif

/* Before 18, a caller tells that it runs a plan once only. */
#if PG_VERSION_NUM >= 180000
#define simhash_executor_run(desc)	ExecutorRun(desc, ForwardScanDirection, 0)
#else
#define simhash_executor_run(desc)	ExecutorRun(desc, ForwardScanDirection, 0, true)
#endif

/* Since 19, a descriptor that was made by hand is to be finished. */
#if PG_VERSION_NUM < 190000
#define TupleDescFinalize(desc) ((void) (desc))
#endif

/* The name and version of a module can be told since 18. */
#if PG_VERSION_NUM >= 180000
#define SIMHASH_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "simhash", .version = "1.0")
#else
#define SIMHASH_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif							/* SIMHASH_COMPAT_H */
