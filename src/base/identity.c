/*-------------------------------------------------------------------------
 *
 * identity.c
 *	  Recognising the extension's own objects.
 *
 *-------------------------------------------------------------------------
 */
#include "base/identity.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Where PostgreSQL looks by default, which 18 leaves out now and then. */
#define DEFAULT_FOLDER	"$libdir/"

/* A column of pg_proc that is a text; NULL if it is NULL. */
static char *
text_column(HeapTuple function, AttrNumber column)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(PROCOID, function, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static const char *
library(HeapTuple function)
{
	const char *name = text_column(function, Anum_pg_proc_probin);
	size_t		length = strlen(DEFAULT_FOLDER);

	return name && strncmp(name, DEFAULT_FOLDER, length) == 0 ? name + length : name;
}

/* Are both of one library? */
static bool
same_library(HeapTuple function, Oid self)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(self));
	const char *theirs = library(function);
	const char *ours;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", self);
	ours = library(tuple);
	ReleaseSysCache(tuple);
	return theirs != NULL && ours != NULL && strcmp(theirs, ours) == 0;
}

bool
own_function(Oid function, Oid self, const char *symbol)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId &&
		strcmp(text_column(tuple, Anum_pg_proc_prosrc), symbol) == 0 &&
		same_library(tuple, self);
	ReleaseSysCache(tuple);
	return result;
}

bool
own_type(Oid type, Oid self, const char *input)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(getBaseType(type)));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = own_function(((Form_pg_type) GETSTRUCT(tuple))->typinput, self, input);
	ReleaseSysCache(tuple);
	return result;
}

Oid
own_operator(Oid opfamily, StrategyNumber strategy, Oid left, Oid self, const char *symbol)
{
	CatCList   *members = SearchSysCacheList1(AMOPSTRATEGY, ObjectIdGetDatum(opfamily));
	Oid			result = InvalidOid;

	for (int i = 0; i < members->n_members; i++)
	{
		Form_pg_amop amop = (Form_pg_amop) GETSTRUCT(&members->members[i]->tuple);

		if (amop->amopstrategy == strategy && amop->amoplefttype == left &&
			own_function(get_opcode(amop->amopopr), self, symbol))
			result = amop->amopopr;
	}
	ReleaseCatCacheList(members);
	return result;
}

/* What own_constructor() looks for. */
typedef struct Constructor
{
	Oid			type;
	List	   *args;
	Oid			self;
	const char *symbol;
} Constructor;

static bool
is_constructor(Oid function, const Constructor *wanted)
{
	Oid		   *types;
	int			ntypes;
	bool		result;

	if (!own_function(function, wanted->self, wanted->symbol))
		return false;
	result = get_func_signature(function, &types, &ntypes) == wanted->type &&
		ntypes == list_length(wanted->args);
	for (int i = 0; result && i < ntypes; i++)
		result = types[i] == exprType(list_nth(wanted->args, i));
	pfree(types);
	return result;
}

/* Of the functions that bear a name, in whatever schema. */
static Oid
constructor_named(const char *name, const Constructor *wanted)
{
	CatCList   *namesakes = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	Oid			result = InvalidOid;

	for (int i = 0; i < namesakes->n_members && !OidIsValid(result); i++)
	{
		Oid			function = ((Form_pg_proc) GETSTRUCT(&namesakes->members[i]->tuple))->oid;

		if (is_constructor(function, wanted))
			result = function;
	}
	ReleaseCatCacheList(namesakes);
	return result;
}

/* Of the functions that depend on the type, as all do that make it. */
static Oid
constructor_depending(const Constructor *wanted)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	Oid			result = InvalidOid;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(TypeRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(wanted->type));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2, keys);
	while (!OidIsValid(result) && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == ProcedureRelationId && is_constructor(form->objid, wanted))
			result = form->objid;
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return result;
}

/*
 * A constructor bears the name of its type, unless one of them was renamed:
 * so it is found in the cache.  Who it is isn't told by the name.
 */
Oid
own_constructor(Oid type, List *args, Oid self, const char *symbol)
{
	const Constructor wanted = {type, args, self, symbol};
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			result = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		result = constructor_named(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname), &wanted);
		ReleaseSysCache(tuple);
	}
	return OidIsValid(result) ? result : constructor_depending(&wanted);
}

Oid
access_method_handler(Oid method)
{
	HeapTuple	tuple = SearchSysCache1(AMOID, ObjectIdGetDatum(method));
	Oid			result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for access method %u", method);
	result = ((Form_pg_am) GETSTRUCT(tuple))->amhandler;
	ReleaseSysCache(tuple);
	return result;
}
