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

/* The name and version of a module can be told since 18. */
#if PG_VERSION_NUM >= 180000
#define SIMHASH_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "simhash", .version = "1.0")
#else
#define SIMHASH_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif							/* SIMHASH_COMPAT_H */
