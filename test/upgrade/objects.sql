--
-- All objects of the extension with all that the catalogs say of them, in a
-- form that doesn't depend on object identifiers: two databases whose lists
-- are equal have the same extension
--
SET search_path = pg_catalog;

WITH member AS (
	SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
	FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
	WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'simhash'
)
SELECT name, obj_description(objid, classid::regclass::name) AS comment, definition
FROM member LEFT JOIN LATERAL (
	SELECT CASE prokind WHEN 'a' THEN NULL ELSE pg_get_functiondef(p.oid) END || ' / '
		|| concat_ws(' ', proacl, pg_get_function_arguments(p.oid)) AS definition
	FROM pg_proc p WHERE classid = 'pg_proc'::regclass AND p.oid = objid AND prokind <> 'a'
	UNION ALL
	SELECT concat_ws(' ', proparallel, aggtransfn::regprocedure, aggfinalfn::regprocedure, aggcombinefn::regprocedure,
		aggtranstype::regtype, aggtransspace, agginitval, aggfinalmodify, aggkind)
	FROM pg_aggregate JOIN pg_proc p ON p.oid = aggfnoid WHERE classid = 'pg_proc'::regclass AND aggfnoid = objid
	UNION ALL
	SELECT concat_ws(' ', typlen, typbyval, typtype, typcategory, typispreferred, typisdefined, typdelim, typalign, typstorage,
		typcollation, typinput::regprocedure, typoutput::regprocedure, typreceive::regprocedure, typsend::regprocedure,
		typmodin::regprocedure, typmodout::regprocedure, typanalyze::regprocedure)
	FROM pg_type t WHERE classid = 'pg_type'::regclass AND t.oid = objid
	UNION ALL
	SELECT concat_ws(' ', oprresult::regtype, oprcode::regprocedure, oprcom::regoperator, oprnegate::regoperator,
		oprrest::regprocedure, oprjoin::regprocedure, oprcanhash, oprcanmerge)
	FROM pg_operator o WHERE classid = 'pg_operator'::regclass AND o.oid = objid
	UNION ALL
	SELECT concat_ws(' ', castcontext, castmethod, castfunc::regprocedure)
	FROM pg_cast c WHERE classid = 'pg_cast'::regclass AND c.oid = objid
	UNION ALL
	SELECT concat_ws(' ', opcintype::regtype, opcdefault, opckeytype::regtype,
		(SELECT string_agg(concat_ws(' ', amopstrategy, amoppurpose, amopopr::regoperator, amoplefttype::regtype, amoprighttype::regtype,
				(SELECT opfname FROM pg_opfamily f WHERE f.oid = amopsortfamily)), ', ' ORDER BY amopstrategy, amopopr::regoperator::text)
			FROM pg_amop WHERE amopfamily = opcfamily),
		(SELECT string_agg(concat_ws(' ', amprocnum, amproc::regprocedure, amproclefttype::regtype), ', ' ORDER BY amprocnum, amproc::regprocedure::text)
			FROM pg_amproc WHERE amprocfamily = opcfamily))
	FROM pg_opclass c WHERE classid = 'pg_opclass'::regclass AND c.oid = objid
	UNION ALL
	SELECT concat_ws(' ', amtype, amhandler::regprocedure)
	FROM pg_am a WHERE classid = 'pg_am'::regclass AND a.oid = objid
) AS d ON true
ORDER BY name;
