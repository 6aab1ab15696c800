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

#include "simhash/simhash_planner.h"

extern PGDLLEXPORT Datum simhash_similar(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_contained(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_eq(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum simhash_distance(PG_FUNCTION_ARGS);

/*
 * A scan computes distances itself, so it isn't enough that an operator takes
 * the right types: it has to be the one that the strategy means.
 */
static const struct
{
	PGFunction	function;
	char		purpose;
}			strategies[] = {
	[SIMHASH_SIMILAR_STRATEGY] = {simhash_similar, AMOP_SEARCH},
	[SIMHASH_CONTAINED_STRATEGY] = {simhash_contained, AMOP_SEARCH},
	[SIMHASH_EQUAL_STRATEGY] = {simhash_eq, AMOP_SEARCH},
	[SIMHASH_DISTANCE_STRATEGY] = {simhash_distance, AMOP_ORDER},
};

static bool
operator_valid(Form_pg_amop amop)
{
	int			strategy = amop->amopstrategy;

	if (strategy < 1 || strategy >= (int) lengthof(strategies) ||
		amop->amoppurpose != strategies[strategy].purpose ||
		!simhash_function_is(get_opcode(amop->amopopr), strategies[strategy].function))
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
	bool		equality = false;
	bool		result = true;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator class %u", opclass);
	form = (Form_pg_opclass) GETSTRUCT(tuple);
	name = NameStr(form->opcname);
	operators = SearchSysCacheList1(AMOPSTRATEGY, ObjectIdGetDatum(form->opcfamily));
	functions = SearchSysCacheList1(AMPROCNUM, ObjectIdGetDatum(form->opcfamily));

	for (int i = 0; i < operators->n_members; i++)
	{
		Form_pg_amop amop = (Form_pg_amop) GETSTRUCT(&operators->members[i]->tuple);

		if (!operator_valid(amop))
		{
			ereport(INFO,
					(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
					 errmsg("operator family of operator class \"%s\" of access method \"mih\" contains operator %s, which is not what strategy number %d means",
							name, format_operator(amop->amopopr), amop->amopstrategy)));
			result = false;
		}
		if (amop->amopstrategy == SIMHASH_EQUAL_STRATEGY &&
			amop->amoplefttype == form->opcintype)
			equality = true;
	}
	if (functions->n_members > 0)
	{
		ereport(INFO,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("operator family of operator class \"%s\" of access method \"mih\" contains support functions, of which it has none",
						name)));
		result = false;
	}

	/* By it a type is known to be that of fingerprints. */
	if (!equality || OidIsValid(form->opckeytype))
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
	Oid			operator = get_opfamily_member(index->rd_opfamily[0], type, type,
											   SIMHASH_EQUAL_STRATEGY);

	if (!OidIsValid(operator) || !simhash_function_is(get_opcode(operator), simhash_eq))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("access method \"mih\" cannot index type %s",
						format_type_be(type)),
				 errhint("It indexes fingerprints, by operator class simhash_mih_ops.")));
}
