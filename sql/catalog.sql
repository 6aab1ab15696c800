--
-- The catalogs: what the extension creates is described and labelled
--
-- In the manner of PostgreSQL's own opr_sanity and type_sanity: each query
-- lists what breaks a rule, and most give no row.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'simhash';

CREATE TEMP VIEW function AS
SELECT p.* FROM pg_proc p JOIN member ON classid = 'pg_proc'::regclass AND objid = p.oid;

CREATE TEMP VIEW operator AS
SELECT o.* FROM pg_operator o JOIN member ON classid = 'pg_operator'::regclass AND objid = o.oid;

-- Every object is described. Exempt are functions that are reached through
-- another object (a type, an operator, an aggregate ...), array types, and
-- the pieces of operator classes.
SELECT pg_describe_object(classid, objid, 0) AS not_described
FROM member m
WHERE obj_description(objid, classid::regclass::name) IS NULL
	AND classid NOT IN ('pg_amop'::regclass, 'pg_amproc'::regclass, 'pg_opfamily'::regclass)
	AND NOT (classid = 'pg_proc'::regclass
		AND EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = m.classid AND d.refobjid = m.objid))
	AND NOT (classid = 'pg_type'::regclass
		AND EXISTS (SELECT FROM pg_type t WHERE t.oid = m.objid AND t.typelem <> 0 AND t.typlen = -1))
ORDER BY 1;

-- All functions are immutable, strict and parallel safe but these.
SELECT oid::regprocedure AS function, provolatile AS volatility, proisstrict AS strict, proparallel AS parallel
FROM function
WHERE prokind <> 'a' AND (provolatile <> 'i' OR NOT proisstrict OR proparallel <> 's')
ORDER BY proname, pronargs, 1;

-- Aggregates work in parallel.
SELECT a.aggfnoid::regprocedure AS aggregate, a.aggtransfn::regprocedure, a.aggcombinefn::regproc,
	a.aggfinalfn::regproc, a.aggtranstype::regtype, p.proparallel AS parallel
FROM pg_aggregate a JOIN function p ON p.oid = a.aggfnoid
ORDER BY p.proname, p.pronargs;

-- Only what never tells its arguments apart by an error is leakproof.
SELECT oid::regprocedure AS leakproof FROM function WHERE proleakproof ORDER BY 1::text;

-- No function runs with its owner's rights or changes a setting.
SELECT oid::regprocedure FROM function WHERE prosecdef OR proconfig IS NOT NULL;

-- Do two functions differ, at a place that calls of both must fill, in that one
-- wants a number there and the other a string? A number that is written there
-- tells them apart.
CREATE FUNCTION pg_temp.told_apart(a oidvector, b oidvector, places int) RETURNS boolean LANGUAGE sql
	RETURN EXISTS (SELECT FROM generate_series(0, places - 1) i
		WHERE (a[i] IN ('integer'::regtype, 'double precision'::regtype) AND b[i] IN ('text'::regtype, 'name'::regtype))
			OR (b[i] IN ('integer'::regtype, 'double precision'::regtype) AND a[i] IN ('text'::regtype, 'name'::regtype)));

-- No call fits two functions of one name that differ in defaults only.
SELECT a.oid::regprocedure, b.oid::regprocedure
FROM function a JOIN function b ON a.proname = b.proname AND a.oid < b.oid
WHERE a.pronargs - a.pronargdefaults <= b.pronargs AND b.pronargs - b.pronargdefaults <= a.pronargs
	AND a.proargtypes[0] = b.proargtypes[0] AND a.prokind = 'f' AND a.proname NOT LIKE 'simhash_agg%'
	AND NOT pg_temp.told_apart(a.proargtypes, b.proargtypes, greatest(a.pronargs - a.pronargdefaults, b.pronargs - b.pronargdefaults));

-- A literal without a type is taken for a text before a relation: no call of so
-- many arguments fits both.
SELECT a.oid::regprocedure, b.oid::regprocedure
FROM function a JOIN function b ON a.proname = b.proname
WHERE a.pronargs - a.pronargdefaults <= b.pronargs AND b.pronargs - b.pronargdefaults <= a.pronargs
	AND a.proargtypes[0] = 'text'::regtype AND b.proargtypes[0] = 'regclass'::regtype
	AND NOT pg_temp.told_apart(a.proargtypes, b.proargtypes, greatest(a.pronargs - a.pronargdefaults, b.pronargs - b.pronargdefaults));

-- Types: aligned and stored as documented, with all four I/O functions where
-- a user can send them.
SELECT t.oid::regtype AS type, typlen, typalign, typstorage, typinput::regproc, typoutput::regproc,
	typreceive::regproc, typsend::regproc, typmodin::regproc, typmodout::regproc
FROM pg_type t JOIN member ON classid = 'pg_type'::regclass AND objid = t.oid
WHERE t.typelem = 0 AND t.typname IN ('boilerplate', 'simhash', 'simhash_ball', 'textsketch', 'textsketch_query')
ORDER BY t.typname;

-- What can be a column can be one of every table: it has the order and the
-- equality of DISTINCT, joins, partitions and REPLICA IDENTITY FULL, by the
-- default classes of btree and hash, and goes out in both forms.  Exempt is
-- the key of GiST, which has no input.
SELECT t.oid::regtype AS type, b.opcname AS btree, h.opcname AS hash, o.oprcanhash AND o.oprcanmerge AS joins,
	f.amprocnum IS NOT NULL AS partitions
FROM pg_type t
JOIN member ON classid = 'pg_type'::regclass AND objid = t.oid
LEFT JOIN pg_opclass b ON b.opcintype = t.oid AND b.opcdefault AND b.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
LEFT JOIN pg_opclass h ON h.opcintype = t.oid AND h.opcdefault AND h.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'hash')
LEFT JOIN pg_amop a ON a.amopfamily = b.opcfamily AND a.amoplefttype = t.oid AND a.amoprighttype = t.oid AND a.amopstrategy = 3
LEFT JOIN pg_amop e ON e.amopfamily = h.opcfamily AND e.amopopr = a.amopopr
LEFT JOIN pg_operator o ON o.oid = e.amopopr
LEFT JOIN pg_amproc f ON f.amprocfamily = h.opcfamily AND f.amproclefttype = t.oid AND f.amprocnum = 2
WHERE t.typtype <> 'c' AND t.typcategory <> 'A'
ORDER BY t.typname;
SELECT t.oid::regtype AS without_a_form FROM pg_type t
JOIN member ON classid = 'pg_type'::regclass AND objid = t.oid
WHERE t.typtype <> 'c' AND t.typcategory <> 'A' AND (typinput = 0 OR typoutput = 0 OR typreceive = 0 OR typsend = 0);

-- Operators, with what they tell the planner.
SELECT o.oid::regoperator AS operator, c.oid::regoperator AS commutator, n.oid::regoperator AS negator,
	o.oprcode::regproc AS function, o.oprcanhash AS hash, o.oprcanmerge AS merge,
	NULLIF(o.oprrest, 0)::regproc AS restrict, NULLIF(o.oprjoin, 0)::regproc AS join
FROM operator o
LEFT JOIN pg_operator c ON c.oid = o.oprcom
LEFT JOIN pg_operator n ON n.oid = o.oprnegate
ORDER BY o.oprname, o.oprleft::regtype::text;

-- Commutators and negators are mutual, their arguments fit, both give boolean
-- where there is a negator; no shell is left.
SELECT o.oid::regoperator
FROM operator o
LEFT JOIN pg_operator c ON c.oid = o.oprcom
LEFT JOIN pg_operator n ON n.oid = o.oprnegate
WHERE o.oprcode = 0 OR o.oprresult = 0
	OR (o.oprcom <> 0 AND (c.oprcom <> o.oid OR c.oprleft <> o.oprright OR c.oprright <> o.oprleft))
	OR (o.oprnegate <> 0 AND (n.oprnegate <> o.oid OR n.oid = o.oid OR o.oprresult <> 'boolean'::regtype
		OR n.oprleft <> o.oprleft OR n.oprright <> o.oprright));

-- A boolean operator estimates its rows; one of another type doesn't.
SELECT o.oid::regoperator
FROM operator o
WHERE (o.oprresult = 'boolean'::regtype) IS DISTINCT FROM (o.oprrest <> 0)
	OR (o.oprresult = 'boolean'::regtype) IS DISTINCT FROM (o.oprjoin <> 0);

-- An operator's function is as volatile as its opposite's.
SELECT o.oid::regoperator, c.oid::regoperator
FROM operator o
JOIN pg_operator c ON c.oid IN (o.oprcom, o.oprnegate)
JOIN pg_proc p ON p.oid = o.oprcode
JOIN pg_proc q ON q.oid = c.oprcode
WHERE p.provolatile <> q.provolatile OR p.proleakproof <> q.proleakproof;

-- Casts: only the check of the width happens by itself.
SELECT castsource::regtype AS source, casttarget::regtype AS target, castfunc::regprocedure AS function,
	castcontext AS context, castmethod AS method
FROM pg_cast c JOIN member ON classid = 'pg_cast'::regclass AND objid = c.oid
ORDER BY 1::text, 2::text;

-- The access methods accept their operator classes.
SELECT am.amname, c.opcname, c.opcintype::regtype AS type, c.opcdefault AS is_default, amvalidate(c.oid)
FROM pg_opclass c
JOIN member ON classid = 'pg_opclass'::regclass AND objid = c.oid
JOIN pg_am am ON am.oid = c.opcmethod
ORDER BY 1, 2;

-- The extension may be moved to another schema.
SELECT extname, extrelocatable FROM pg_extension WHERE extname = 'simhash';

DROP VIEW operator, function, member;
