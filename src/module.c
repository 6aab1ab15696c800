/*-------------------------------------------------------------------------
 *
 * module.c
 *	  The module: what happens when the library is loaded.
 *
 *-------------------------------------------------------------------------
 */
#include "simhash/simhash.h"

#include "utils/guc.h"

#include "base/memory_limit.h"
#include "hamming/hamming.h"
#include "mih/mih.h"
#include "text/scan.h"
#include "textsketch/textsketch.h"

SIMHASH_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	memory_limit_init();
	hamming_init();
	scan_init();
	simhash_ops_init();
	textsketch_ops_init();
	mih_init();

	MarkGUCPrefixReserved("simhash");
}
