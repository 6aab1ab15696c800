/*-------------------------------------------------------------------------
 *
 * mih_sort.h
 *	  Sorting the entries of lists.
 *
 * No PostgreSQL header is needed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_SORT_H
#define MIH_SORT_H

#include "mih/mih_probe.h"
#include "base/rawenv.h"

/*
 * Sort n entries by key, keeping the order of those of one key.  scratch[] has
 * room for n as well.  Of env only check() is used.
 */
extern void mih_sort_entries(const RawEnv *env, MihEntry *entry, MihEntry *scratch, size_t n);

#endif							/* MIH_SORT_H */
