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

--
-- A search of GIN by a sketch that isn't known when planning: PostgreSQL prices
-- one key, so that the functions decide by the sketches' size
--
RESET enable_bitmapscan;
CREATE FUNCTION words(start int, count int) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT string_agg('w' || hashint8(i), ' ' ORDER BY i) FROM generate_series(start, start + count - 1) i $$;
CREATE TABLE sketched AS SELECT i AS id, to_textsketch(words(i * 40, 40)) AS sketch FROM generate_series(1, 3000) i;
CREATE INDEX sketched_idx ON sketched USING gin (sketch);
VACUUM ANALYZE sketched;
CREATE TABLE short AS SELECT * FROM sketched LIMIT 20;
CREATE TABLE book AS SELECT 1 AS id, to_textsketch(words(1, 60000)) AS sketch;
ANALYZE short;
SELECT textsketch_elements(sketch) > 5000 AS large FROM book;
-- sketches like those of the table, and one of which nothing is known
EXPLAIN (COSTS OFF) SELECT * FROM short q JOIN sketched s ON textsketch_contained(s.sketch, q.sketch, 0.5);
EXPLAIN (COSTS OFF) SELECT * FROM book q JOIN sketched s ON textsketch_contained(s.sketch, q.sketch, 0.5);
-- a single row's size is known too; all spellings
ANALYZE book;
SELECT call, EXISTS (SELECT FROM pg_temp.plan('SELECT * FROM book q JOIN sketched s ON textsketch_' || call) line WHERE line ~ 'Index') AS by_index
FROM unnest(ARRAY['resembles(s.sketch, q.sketch, 0.5)', 'contained(s.sketch, q.sketch, 0.5)', 'contained(q.sketch, s.sketch, 0.5)',
	'overlaps(q.sketch, s.sketch, 1.0 / q.id)', 'shares(s.sketch, q.sketch, 3)']) call;
-- unless there's to be no scan; a constant has PostgreSQL's price
SET enable_seqscan = off;
SELECT count(*) FROM pg_temp.plan('SELECT * FROM book q JOIN sketched s ON textsketch_contained(s.sketch, q.sketch, 0.5)') line WHERE line ~ 'Index';
RESET enable_seqscan;
SELECT count(*) FROM book, pg_temp.plan(format('SELECT * FROM sketched s WHERE textsketch_contained(s.sketch, %L, 0.5)', sketch)) line WHERE line ~ 'Index';
SELECT count(*) FROM book q JOIN sketched s ON textsketch_contained(s.sketch, q.sketch, 0.5);
-- the other way round, many rows by one in the index, nothing is to be gained
DROP INDEX sketched_idx;
CREATE INDEX book_idx ON book USING gin (sketch);
EXPLAIN (COSTS OFF) SELECT * FROM book s JOIN short q ON textsketch_contained(q.sketch, s.sketch, 0.5);

DROP TABLE sketched, short, book;
DROP FUNCTION words;
