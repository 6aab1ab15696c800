--
-- The planner: simhash_dwithin() by index, and row estimates without statistics
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SET jit = off;

CREATE TABLE article (id int, fp simhash(64));
INSERT INTO article SELECT i, hashint8extended(i, 1)::simhash FROM generate_series(1, 50000) i;
CREATE INDEX article_fp_idx ON article USING gist (fp);
CREATE TABLE query (id int, fp simhash, radius int);
INSERT INTO query SELECT i, hashint8extended(i * 10, 1)::simhash, i % 3 FROM generate_series(1, 20) i;
-- without statistics of the fingerprints: what they tell is another test's
ALTER TABLE article ALTER fp SET STATISTICS 0;
ALTER TABLE query ALTER fp SET STATISTICS 0;
ANALYZE article, query;
SET enable_bitmapscan = off;

-- either argument may be the indexed one, the rest a constant
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 3);
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin('0123456789abcdef', fp, 3);

-- a parameter, unknown when planning
PREPARE dwithin AS SELECT id FROM article WHERE simhash_dwithin(fp, $1, $2);
PREPARE dwithin_const AS SELECT id FROM article WHERE simhash_dwithin($1, fp, 3);
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE dwithin('0123456789abcdef', 3);
EXPLAIN (COSTS OFF) EXECUTE dwithin_const('0123456789abcdef');
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS OFF) EXECUTE dwithin('0123456789abcdef', 3);
RESET plan_cache_mode;

-- nested loops, either way round, and a radius for each row
EXPLAIN (COSTS OFF)
SELECT * FROM query q JOIN article a ON simhash_dwithin(a.fp, q.fp, 3);
EXPLAIN (COSTS OFF)
SELECT * FROM query q JOIN article a ON simhash_dwithin(q.fp, a.fp, 3);
EXPLAIN (COSTS OFF)
SELECT * FROM query q JOIN article a ON simhash_dwithin(q.fp, a.fp, q.radius);
SELECT count(*), count(*) FILTER (WHERE q.id * 10 = a.id)
FROM query q JOIN article a ON simhash_dwithin(q.fp, a.fp, q.radius);

-- the operators, and a ball that is computed
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE fp % '0123456789abcdef';
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE fp <@ '<0123456789abcdef,3>';
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE '<0123456789abcdef,3>' @> fp;
EXPLAIN (COSTS OFF)
SELECT * FROM query q JOIN article a ON a.fp <@ simhash_ball(q.fp, 3);

-- a radius at which nearly all of the index would be read is left to a scan of
-- the table
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 12);
EXPLAIN (COSTS OFF)
SELECT * FROM query q JOIN article a ON simhash_dwithin(a.fp, q.fp, 12);
-- unless the pages of the index are cheap, those of the table many, or the index
-- may serve another condition too
SET random_page_cost = 1;
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 12);
RESET random_page_cost;
CREATE TABLE wide AS SELECT id, fp, repeat('x', 500) AS headline FROM article LIMIT 5000;
CREATE INDEX wide_fp_idx ON wide USING gist (fp);
VACUUM ANALYZE wide;
EXPLAIN (COSTS OFF) SELECT id FROM wide WHERE simhash_dwithin(fp, '0123456789abcdef', 12);
DROP INDEX article_fp_idx;
CREATE INDEX article_two_idx ON article USING gist (fp, (simhash(id::bigint)));
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 12);
DROP INDEX article_two_idx;
CREATE INDEX article_fp_idx ON article USING gist (fp);
DROP TABLE wide;

-- a radius that is none is the function's affair
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', -1);
SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', -1);
-- without what 19 says of the scan that isn't needed
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ 'Replaces: Scan' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END $$;
SELECT pg_temp.plan($$SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', NULL)$$);
SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef0123456789abcdef', 3);

-- no other index is meant, nor a column on both sides
CREATE TABLE others AS SELECT * FROM article;
CREATE INDEX others_btree_idx ON others (fp);
CREATE INDEX others_hash_idx ON others USING hash (fp);
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, fp, 3);
SET enable_seqscan = off;
SELECT count(*) AS others FROM others WHERE simhash_dwithin(fp, hashint8extended(5, 1)::simhash, 0);
DROP INDEX others_hash_idx;
SELECT count(*) AS others FROM others WHERE simhash_dwithin(fp, hashint8extended(5, 1)::simhash, 0);
RESET enable_seqscan;
DROP TABLE others;

-- nothing is looked for by schema
CREATE SCHEMA elsewhere;
ALTER EXTENSION simhash SET SCHEMA elsewhere;
EXPLAIN (COSTS OFF)
SELECT id FROM article WHERE elsewhere.simhash_dwithin(fp, '0123456789abcdef', 3);
SET search_path = pg_catalog;
EXPLAIN (COSTS OFF)
SELECT a.id FROM public.query q JOIN public.article a ON elsewhere.simhash_dwithin(a.fp, q.fp, 3);
RESET search_path;
ALTER EXTENSION simhash SET SCHEMA public;
DROP SCHEMA elsewhere;

--
-- Row estimates without statistics.  Of unrelated fingerprints,
-- P(Binomial(n, 1/2) <= r) lie within r, and the row itself; of 50000 of 64 bits
-- the former is
--    r         20      21      24      28      32      40      64
--    rows      92.249  203.67  1498.5  9543.3  27484   49181   50000
--
CREATE FUNCTION estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;

SELECT radius,
	estimate(format('SELECT FROM article WHERE fp <@ simhash_ball(%L, %s)', q, radius)) AS "<@",
	estimate(format('SELECT FROM article WHERE simhash_ball(%L, %s) @> fp', q, radius)) AS "@>",
	estimate(format('SELECT FROM article WHERE simhash_dwithin(fp, %L, %s)', q, radius)) AS dwithin
FROM unnest(ARRAY[0, 3, 20, 24, 28, 32, 40, 64, 1000]) radius,
	(SELECT hashint8extended(0, 7)::simhash) query (q);

-- % as the setting stands: 64 bits, radius 15 and 21
SELECT estimate('SELECT FROM article WHERE fp % ''0123456789abcdef''');
SET simhash.similarity_threshold = 0.5;
SELECT estimate('SELECT FROM article WHERE fp % ''0123456789abcdef''');
RESET simhash.similarity_threshold;

-- unknown radius or center: no error, a row or more, not more than there are
SELECT estimate(query) BETWEEN 1 AND 50000 * 20 AS sane, query FROM unnest(ARRAY[
	'SELECT FROM article WHERE fp <@ (SELECT simhash_ball(fp, radius) FROM query LIMIT 1)',
	'SELECT FROM article WHERE fp <@ ''<0123456789abcdef0123456789abcdef,3>''',
	'SELECT FROM article WHERE fp <@ simhash_ball(fp, id)',
	'SELECT FROM article WHERE simhash_dwithin(fp, fp, id)',
	'SELECT FROM article WHERE simhash(id::bigint) <@ simhash_ball(''0123456789abcdef'', 3)',
	'SELECT FROM query a JOIN query b ON a.fp <@ simhash_ball(b.fp, b.radius)',
	'SELECT FROM query a WHERE EXISTS (SELECT FROM article b WHERE b.fp <@ simhash_ball(a.fp, a.radius))'
]) query;

-- joins: pairs within the radius, by any spelling; 20 x 50000 rows
SELECT radius,
	estimate(format('SELECT FROM query q JOIN article a ON a.fp <@ simhash_ball(q.fp, %s)', radius)) AS "<@",
	estimate(format('SELECT FROM query q JOIN article a ON simhash_dwithin(q.fp, a.fp, %s)', radius)) AS dwithin
FROM unnest(ARRAY[0, 3, 20, 24, 32, 64]) radius;
SELECT estimate('SELECT FROM query q JOIN article a ON q.fp % a.fp') AS "%",
	estimate('SELECT FROM query q WHERE EXISTS (SELECT FROM article a WHERE simhash_dwithin(q.fp, a.fp, 24))') AS semijoin,
	estimate('SELECT FROM query q WHERE NOT EXISTS (SELECT FROM article a WHERE simhash_dwithin(q.fp, a.fp, 24))') AS antijoin;

-- an estimator can be given to operators on other types
CREATE OPERATOR ==% (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, RESTRICT = simhash_sel, JOIN = simhash_joinsel);
CREATE OPERATOR ==@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, RESTRICT = textsketch_sel, JOIN = textsketch_joinsel);
CREATE OPERATOR ==@@ (LEFTARG = text, RIGHTARG = name, FUNCTION = texteqname, RESTRICT = textsketch_sel, JOIN = textsketch_joinsel);
ANALYZE query;
SELECT count(*) FROM query WHERE id ==% 5;
SELECT count(*) FROM query a JOIN query b ON a.id ==% b.id;
SELECT count(*) FROM query WHERE id ==@ 5;
SELECT count(*) FROM query a JOIN query b ON a.id ==@ b.id;
SELECT count(*) FROM query WHERE id::text ==@@ '5';

DROP OPERATOR ==% (int, int), ==@ (int, int), ==@@ (text, name);
DROP TABLE article, query;
DROP FUNCTION estimate;
