/*-------------------------------------------------------------------------
 *
 * mih_validate.c
 *	  Is an operator class one that the access method mih can serve?
 *
 *-------------------------------------------------------------------------
 */
#include "mih/mih_storage.h"

#include "access/amvalidate.h"
#include "access/htup_details.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "base/identity.h"

/*
 * A scan computes distances itself, so it isn't enough that an operator takes
 * the right types: it has to be the one that the strategy means.
 */
static const struct
{
	const char *symbol;
	char		purpose;
}			strategies[] = {
	[SIMHASH_SIMILAR_STRATEGY] = {"simhash_similar", AMOP_SEARCH},
	[SIMHASH_CONTAINED_STRATEGY] = {"simhash_contained", AMOP_SEARCH},
	[SIMHASH_EQUAL_STRATEGY] = {"simhash_eq", AMOP_SEARCH},
	[SIMHASH_DISTANCE_STRATEGY] = {"simhash_distance", AMOP_ORDER},
};

static bool
operator_valid(Form_pg_amop amop, Oid self)
{
	int			strategy = amop->amopstrategy;

	if (strategy < 1 || strategy >= (int) lengthof(strategies) ||
		amop->amoppurpose != strategies[strategy].purpose ||
		!own_function(get_opcode(amop->amopopr), self, strategies[strategy].symbol))
		return false;
	return strategies[strategy].purpose == AMOP_SEARCH ||
		opfamily_can_sort_type(amop->amopsortfamily, FLOAT8OID);
}

/*
 * As amvalidate functions do, tells all that is wrong, and returns whether
 * nothing is.
 */
bool
mih_validate(Oid opclass)
{
	HeapTuple	tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	Form_pg_opclass form;
	CatCList   *operators;
	CatCList   *functions;
	const char *name;
	Oid			handler;
	bool		result = true;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator class %u", opclass);
	form = (Form_pg_opclass) GETSTRUCT(tuple);
	name = NameStr(form->opcname);
	handler = access_method_handler(form->opcmethod);
	operators = SearchSysCacheList1(AMOPSTRATEGY, ObjectIdGetDatum(form->opcfamily));
	functions = SearchSysCacheList1(AMPROCNUM, ObjectIdGetDatum(form->opcfamily));

	for (int i = 0; i < operators->n_members; i++)
	{
		Form_pg_amop amop = (Form_pg_amop) GETSTRUCT(&operators->members[i]->tuple);

		if (!operator_valid(amop, handler))
		{
			ereport(INFO,
					(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
					 errmsg("operator family of operator class \"%s\" of access method \"mih\" contains operator %s, which is not what strategy number %d means",
							name, format_operator(amop->amopopr), amop->amopstrategy)));
			result = false;
		}
	}
	if (functions->n_members > 0)
	{
		ereport(INFO,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("operator family of operator class \"%s\" of access method \"mih\" contains support functions, of which it has none",
						name)));
		result = false;
	}

	if (!own_type(form->opcintype, handler, "simhash_in") || OidIsValid(form->opckeytype))
	{
		ereport(INFO,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("operator class \"%s\" of access method \"mih\" is not of fingerprints", name)));
		result = false;
	}

	ReleaseCatCacheList(functions);
	ReleaseCatCacheList(operators);
	ReleaseSysCache(tuple);
	return result;
}

/*
 * An error, if the indexed column isn't of fingerprints: operator classes can
 * be made for any type.
 */
void
mih_check_type(Relation index)
{
	Oid			type = index->rd_opcintype[0];

	if (!own_type(type, index->rd_amhandler, "simhash_in"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("access method \"mih\" cannot index type %s",
						format_type_be(type)),
				 errhint("It indexes fingerprints, by operator class simhash_mih_ops.")));
}
