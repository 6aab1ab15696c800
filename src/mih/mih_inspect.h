/*-------------------------------------------------------------------------
 *
 * mih_inspect.h
 *	  What the functions that look into a mih index share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef MIH_INSPECT_H
#define MIH_INSPECT_H

#include "mih/mih_storage.h"

extern Relation mih_open_inspected(Oid relid, Relation *heap);
extern void mih_close_inspected(Relation index, Relation heap);

#endif							/* MIH_INSPECT_H */
