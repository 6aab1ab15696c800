--
-- The extension's own objects are recognised whatever becomes of them, and
-- others are not taken for them
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SET jit = off;

CREATE TABLE article AS
	SELECT i AS id, hashint8extended(i, 1)::simhash(64) AS fp,
		to_textsketch((SELECT string_agg('w' || hashint8(i * 1000 + j), ' ') FROM generate_series(1, 40) j)) AS sketch
	FROM generate_series(1, 3000) i;
CREATE INDEX article_gist ON article USING gist (fp);
CREATE INDEX article_gin ON article USING gin (sketch);
VACUUM ANALYZE article;
CREATE TABLE other AS SELECT id, fp FROM article;
CREATE INDEX other_mih ON other USING mih (fp);
ANALYZE other;

-- which indexes a plan has, and how many rows it expects
CREATE FUNCTION plan(query text, OUT indexes text, OUT rows float8) LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	rows := plan -> 0 -> 'Plan' ->> 'Plan Rows';
	SELECT string_agg(DISTINCT i[1], ' ') INTO indexes FROM regexp_matches(plan::text, '"Index Name": "(\w+)"', 'g') i;
END $$;
-- the schema that the extension's functions are called in, wherever one is
CREATE FUNCTION call(name text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%I.%I', pronamespace::regnamespace, proname)
	FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	WHERE prosrc = name LIMIT 1
$$;
-- what asks for fingerprints and sketches near a constant, a parameter, a column
CREATE FUNCTION plans(OUT question text, OUT indexes text, OUT rows float8) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL plan_cache_mode = force_generic_plan;
	SET LOCAL search_path = public;
	EXECUTE format('PREPARE near_fp(simhash, int) AS SELECT id FROM article WHERE %s(fp, $1, $2)', call('simhash_dwithin'));
	EXECUTE format('PREPARE near_sketch(textsketch) AS SELECT id FROM article WHERE %s(sketch, $1, 0.5)', call('textsketch_contained'));
	FOR question IN SELECT unnest(ARRAY[
		'SELECT id FROM article WHERE ' || call('simhash_dwithin') || '(fp, ''0123456789abcdef'', 3)',
		'SELECT id FROM other WHERE ' || call('simhash_dwithin') || '(''0123456789abcdef'', fp, 3)',
		'EXECUTE near_fp(NULL, NULL)',
		'SELECT id FROM article WHERE ' || call('textsketch_resembles') || '(sketch, (SELECT sketch FROM article LIMIT 1), 0.5)',
		'SELECT id FROM article WHERE ' || call('textsketch_shares') || '((SELECT sketch FROM article LIMIT 1), sketch, 3)',
		'EXECUTE near_sketch(NULL)',
		'SELECT a.id FROM other q JOIN article a ON ' || call('simhash_dwithin') || '(q.fp, a.fp, 2) WHERE q.id < 5'])
	LOOP
		SELECT p.indexes, p.rows FROM plan(question) p INTO indexes, rows;
		question := CASE WHEN question ~ 'JOIN' THEN 'join' ELSE regexp_replace(question, '.*WHERE (\w+\.)*(\w+)\(.*', '\2') END;
		RETURN NEXT;
	END LOOP;
	DEALLOCATE near_fp;
	DEALLOCATE near_sketch;
END $$;
CREATE TABLE usual AS SELECT row_number() OVER () AS n, * FROM plans();
SELECT question, indexes, rows FROM usual ORDER BY n;

-- What differs from that; nothing should.
CREATE FUNCTION differs() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s: %s %s', p.question, p.indexes, p.rows)
	FROM (SELECT row_number() OVER () AS n, * FROM plans()) p JOIN usual u USING (n)
	WHERE (p.indexes, p.rows) IS DISTINCT FROM (u.indexes, u.rows)
$$;

-- settings of a function's own, or another's rights, put PostgreSQL's code before it
DO $$
DECLARE
	function regprocedure;
BEGIN
	FOR function IN SELECT objid FROM pg_depend d JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid
		JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
		WHERE extname = 'simhash' AND deptype = 'e' AND prokind = 'f' AND prosrc ~ '^(simhash_(ball_construct|contain|similar|eq$|dwithin|sel|joinsel|distance)|textsketch_(query|match|similar|contain|resembles|overlaps|shares|sel|joinsel|support))'
	LOOP
		EXECUTE format('ALTER FUNCTION %s SET search_path = ''''', function);
		IF function::text !~ 'support|sel\(' THEN
			EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', function);
		END IF;
	END LOOP;
END $$;
SELECT differs();
-- an access method knows its operators and its type
SELECT amvalidate(oid) FROM pg_opclass WHERE opcname = 'simhash_mih_ops';
CREATE INDEX other_again ON other USING mih (fp);
SELECT estimate.rows < 50 AS "<@", (plan('SELECT FROM other WHERE fp <@ simhash_ball(''0123456789abcdef'', 3)')).indexes
FROM plan('SELECT FROM other WHERE fp <@ simhash_ball(''0123456789abcdef'', 3)') estimate;
DROP INDEX other_again;
DO $$
DECLARE
	function regprocedure;
BEGIN
	FOR function IN SELECT oid FROM pg_proc WHERE proconfig = '{"search_path=\"\""}' AND probin LIKE '%simhash' LOOP
		EXECUTE format('ALTER FUNCTION %s RESET ALL', function);
		EXECUTE format('ALTER FUNCTION %s SECURITY INVOKER', function);
	END LOOP;
END $$;

-- siblings in other schemas than the function, under other names, and each with
-- a stranger in its old place
CREATE SCHEMA elsewhere;
BEGIN;
ALTER FUNCTION simhash_ball(simhash, int) SET SCHEMA elsewhere;
ALTER FUNCTION textsketch_query(text, textsketch, float8) SET SCHEMA elsewhere;
CREATE FUNCTION simhash_ball(simhash, int) RETURNS simhash_ball LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE ''a stranger''; END';
CREATE FUNCTION textsketch_query(text, textsketch, float8) RETURNS textsketch_query LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE ''a stranger''; END';
SELECT differs();
PREPARE near AS SELECT id FROM article WHERE simhash_dwithin(fp, $1, $2);
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL enable_bitmapscan = off;
EXPLAIN (COSTS OFF, VERBOSE) EXECUTE near(NULL, NULL);
DEALLOCATE near;
SET LOCAL enable_bitmapscan = on;
ALTER FUNCTION elsewhere.simhash_ball(simhash, int) RENAME TO a_ball;
ALTER FUNCTION elsewhere.textsketch_query(text, textsketch, float8) RENAME TO a_query;
SELECT differs();
EXPLAIN (COSTS OFF) SELECT a.id FROM other q JOIN article a ON simhash_dwithin(q.fp, a.fp, 2) WHERE q.id < 5;
ROLLBACK;
BEGIN;
ALTER OPERATOR <@ (simhash, simhash_ball) SET SCHEMA elsewhere;
ALTER OPERATOR @@ (textsketch, textsketch_query) SET SCHEMA elsewhere;
ALTER OPERATOR FAMILY simhash_ops USING gist RENAME TO fingerprints;
ALTER OPERATOR CLASS simhash_ops USING gist SET SCHEMA elsewhere;
ALTER FUNCTION simhash_contained(simhash, simhash_ball) SET SCHEMA elsewhere;
ALTER FUNCTION textsketch_matches(textsketch, textsketch_query) RENAME TO matching;
SELECT differs();
ALTER TYPE simhash_ball SET SCHEMA elsewhere;
ALTER TYPE elsewhere.simhash_ball RENAME TO ball;
ALTER TYPE textsketch_query SET SCHEMA elsewhere;
SELECT differs();
ROLLBACK;
BEGIN;
ALTER FUNCTION simhash_dwithin(simhash, simhash, int) SET SCHEMA elsewhere;
ALTER FUNCTION textsketch_contained(textsketch, textsketch, float8) SET SCHEMA elsewhere;
ALTER FUNCTION textsketch_resembles(textsketch, textsketch, float8) RENAME TO alike;
SELECT differs();
ROLLBACK;
DROP SCHEMA elsewhere;

-- a condition that the user may not call is none
CREATE ROLE regress_simhash_caller;
GRANT SELECT ON article, other, usual TO regress_simhash_caller;
BEGIN;
REVOKE EXECUTE ON FUNCTION simhash_ball(simhash, int), textsketch_matches(textsketch, textsketch_query) FROM PUBLIC;
SET LOCAL ROLE regress_simhash_caller;
SELECT differs();
SELECT count(*) FROM article WHERE simhash_dwithin(fp, (SELECT fp FROM article WHERE id = 5), 0);
ROLLBACK;
DROP OWNED BY regress_simhash_caller;
DROP ROLE regress_simhash_caller;

-- The same symbol of another library is another's, and no library is loaded to
-- find out; the same library may be named with its folder or without.
CREATE FUNCTION by_library(name text, library text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE pg_proc SET probin = library WHERE prosrc = name;
	RETURN QUERY SELECT differs();
	UPDATE pg_proc SET probin = '$libdir/simhash' WHERE prosrc = name;
END $$;
SELECT name, library, by_library(name, library) AS differs
FROM unnest(ARRAY['simhash_ball_construct', 'simhash_contained', 'textsketch_query_construct', 'textsketch_matches']) name,
	unnest(ARRAY['simhash', '$libdir/another', '/another/simhash']) library;
DROP FUNCTION by_library;

--
-- Nothing is read of a constant, or of a column's statistics, whose type isn't
-- ours: estimators, and even our symbols, can be given to any operator
--
CREATE TABLE strange AS SELECT n AS id, 'text ' || n AS body, ARRAY['text ' || n] AS words,
	hashint8extended(n, 1)::simhash AS fp, simhash_ball(hashint8extended(n, 1)::simhash, 3) AS ball,
	to_textsketch('the text of number ' || n) AS sketch,
	textsketch_query('resembles', to_textsketch('the text of number ' || n), 0.5) AS query
	FROM generate_series(1, 1000) i, LATERAL (SELECT CASE WHEN i % 2 = 0 THEN 5 ELSE i % 10 END AS n) number;
ANALYZE strange;
CREATE TABLE operand AS SELECT * FROM (VALUES ('int', 'id', '5'), ('text', 'body', 'x'), ('text', 'body', 'text 5'), ('text[]', 'words', '{x}'),
	('simhash', 'fp', '0123456789abcdef'), ('simhash_ball', 'ball', '<0123456789abcdef,3>'),
	('textsketch', 'sketch', to_textsketch('a text')::text),
	('textsketch_query', 'query', textsketch_query('resembles', to_textsketch('the text of number 5'), 0.5)::text)) v (type, col, literal);
CREATE TABLE symbol AS SELECT repeat('=', row_number() OVER ()::int) || '%' AS operator, symbol FROM unnest(ARRAY['int4eq',
	'simhash_similar', 'simhash_contained', 'simhash_contains', 'simhash_eq', 'textsketch_similar', 'textsketch_contained_op',
	'textsketch_contains_op', 'textsketch_matches', 'textsketch_matched_by']) symbol;
CREATE SCHEMA odd;
DO $$
DECLARE
	pair record;
BEGIN
	FOR pair IN SELECT operator, symbol, l.type AS l, r.type AS r, CASE WHEN symbol LIKE 'text%' THEN 'textsketch' ELSE 'simhash' END AS room
		FROM symbol, (SELECT DISTINCT type FROM operand) l, (SELECT DISTINCT type FROM operand) r
	LOOP
		EXECUTE format('CREATE FUNCTION odd.%s(%s, %s) RETURNS bool STRICT LANGUAGE %s AS ', pair.symbol, pair.l, pair.r,
			CASE WHEN pair.symbol = 'int4eq' THEN 'internal' ELSE 'c' END)
			|| CASE WHEN pair.symbol = 'int4eq' THEN '''int4eq''' ELSE format('''$libdir/simhash'', %L', pair.symbol) END;
		EXECUTE format('CREATE OPERATOR odd.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = odd.%s, RESTRICT = %s_sel, JOIN = %5$s_joinsel)',
			pair.operator, pair.l, pair.r, pair.symbol, pair.room);
	END LOOP;
END $$;
-- a column with a constant of every type on each side, and joins; are there rows
-- expected, and no more than there are?
SELECT symbol, count(*) AS conditions, count(*) FILTER (WHERE rows BETWEEN 1 AND most) AS sane
FROM symbol, operand l, operand r, LATERAL (VALUES
	(format('SELECT FROM strange WHERE %s OPERATOR(odd.%s) %L::%s', l.col, operator, r.literal, r.type), 1000),
	(format('SELECT FROM strange WHERE %L::%s OPERATOR(odd.%s) %s', l.literal, l.type, operator, r.col), 1000),
	(format('SELECT FROM strange a, strange b WHERE a.%s OPERATOR(odd.%s) b.%s', l.col, operator, r.col), 1000000)) q (query, most),
	LATERAL plan(query)
GROUP BY symbol ORDER BY symbol;

-- functions with our support: of our symbols, and of none
CREATE FUNCTION odd.dwithin(text, text, text) RETURNS bool AS '$libdir/simhash', 'simhash_dwithin' LANGUAGE c STRICT SUPPORT simhash_dwithin_support;
CREATE FUNCTION odd.dwithin(int, int) RETURNS bool AS '$libdir/simhash', 'simhash_dwithin' LANGUAGE c STRICT SUPPORT simhash_dwithin_support;
CREATE FUNCTION odd.shares(text, text, text) RETURNS bool AS '$libdir/simhash', 'textsketch_shares' LANGUAGE c STRICT SUPPORT textsketch_support;
CREATE FUNCTION odd.shares(int, int) RETURNS bool AS '$libdir/simhash', 'textsketch_shares' LANGUAGE c STRICT SUPPORT textsketch_support;
CREATE FUNCTION odd.plain(int, int) RETURNS bool LANGUAGE plpgsql SUPPORT simhash_dwithin_support AS 'BEGIN RETURN $1 < $2; END';
CREATE INDEX ON strange (body);
CREATE INDEX ON strange (id);
SELECT call, rows BETWEEN 1 AND 1000 AS sane
FROM unnest(ARRAY['dwithin(body, ''a'', ''b'')', 'dwithin(''text 5'', body, body)', 'dwithin(id, 5)',
	'shares(body, ''a'', ''b'')', 'shares(''text 5'', body, body)', 'shares(id, 5)', 'plain(id, 5)']) call,
	LATERAL plan('SELECT FROM strange WHERE odd.' || call);
SELECT count(*) FROM strange WHERE odd.plain(id, 5);

-- a domain is its type, a NULL finds nothing
CREATE DOMAIN fingerprint AS simhash;
CREATE DOMAIN short_sketch AS textsketch CHECK (textsketch_words(VALUE) < 100);
CREATE DOMAIN near_ball AS simhash_ball;
CREATE TABLE domains AS SELECT fp::fingerprint, sketch::short_sketch FROM strange;
CREATE INDEX domains_fp ON domains USING gist (fp);
ANALYZE domains;
SELECT operand, array_agg(DISTINCT p.rows) AS rows FROM (SELECT fp, sketch FROM strange WHERE id = 5 LIMIT 1) q,
	unnest(ARRAY['strange', 'domains']) tab, LATERAL (VALUES
	('% simhash', format('fp %% %L::simhash', fp)), ('% simhash', format('fp %% %L::fingerprint', fp)),
	('<@', format('fp <@ %L::simhash_ball', simhash_ball(fp, 3))), ('<@', format('fp <@ %L::near_ball', simhash_ball(fp, 3))),
	('% textsketch', format('sketch %% %L::textsketch', sketch)), ('% textsketch', format('sketch %% %L::short_sketch', sketch)),
	('NULL', 'fp % NULL'), ('NULL', 'fp <@ NULL'), ('NULL', 'sketch % NULL'), ('NULL', 'simhash_dwithin(fp, NULL, 3)')) o (operand, condition),
	LATERAL plan(format('SELECT FROM %s WHERE %s', tab, condition)) p GROUP BY operand ORDER BY operand;
SET enable_seqscan = off;
SELECT (plan('SELECT FROM domains WHERE simhash_dwithin(fp, ''0123456789abcdef''::fingerprint, 3)')).indexes;
RESET enable_seqscan;

DROP TABLE article, other, usual, strange, operand, symbol, domains;
DROP DOMAIN fingerprint, short_sketch, near_ball;
DROP FUNCTION plan, plans, differs, call;
SET client_min_messages = warning;
DROP SCHEMA odd CASCADE;

-- functions over a query and their types in different schemas
BEGIN;
CREATE SCHEMA elsewhere;
ALTER FUNCTION simhash_pairs(text, integer) SET SCHEMA elsewhere;
ALTER FUNCTION textsketch_pairs(text, double precision, text) SET SCHEMA elsewhere;
SELECT * FROM elsewhere.simhash_pairs('SELECT i, repeat(''5'', 64)::simhash FROM generate_series(1, 2) i', 3);
SELECT a, b FROM elsewhere.textsketch_pairs('SELECT i, to_textsketch(''a flood in ostrevik took the bridge'') FROM generate_series(1, 2) i', 0.5);
ROLLBACK;
