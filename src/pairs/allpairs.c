/*-------------------------------------------------------------------------
 *
 * allpairs.c
 *	  What the functions over the rows of a query share.
 *
 *-------------------------------------------------------------------------
 */
#include "pairs/allpairs.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "nodes/execnodes.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/compat.h"

void
allpairs_check_nulls(FunctionCallInfo fcinfo, const char *function, int id_type)
{
	for (int i = 0; i < PG_NARGS(); i++)
	{
		if (i != id_type && PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("arguments of %s must not be null", function)));
	}
}

Oid
allpairs_id_type(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	return TupleDescAttr(result->setDesc, 0)->atttypid;
}

Oid
allpairs_own_type(FunctionCallInfo fcinfo, const char *name)
{
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name), ObjectIdGetDatum(schema));

	if (!OidIsValid(type))
		elog(ERROR, "type %s is not in the schema of the extension", name);
	return type;
}
