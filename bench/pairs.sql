-- All pairs within a radius: simhash_pairs and simhash_components, beside the
-- nested loop in SQL with an index (mih, GiST, and pgvector's HNSW where it is
-- installed).
--
--     psql -d DATABASE -v rows=1000000 -v bits=64 -v radius=3 -f bench/pairs.sql
--
-- A database with the extension, where the user may create tables, as a
-- superuser (who can read how much memory the server process took). Of the rows
-- one in five is new, the others are one of a tenth as many, with up to 3 bits
-- flipped of each 64.
--
-- "ms" is the time that passed, "cpu_ms" the processor time of the server
-- process, "bytes_a_row" by how much its memory grew at most. The nested loops
-- are run for so many rows as "sample" says (default 2000), and their time for
-- all rows is calculated: "all_s"; with 0 they are left out. HNSW finds what it finds, "found" tells how
-- much of it: it is asked for the 20 nearest, of which those within the radius
-- count.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\if :{?sample}
\else
	\set sample 2000
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
DROP SCHEMA IF EXISTS bench_pairs CASCADE;
CREATE SCHEMA bench_pairs;
SET search_path = bench_pairs, public;

-- word w of row g
CREATE FUNCTION word(g bigint, w int, rows bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN g % 5 = 0 THEN hashint8extended(g, w)
		ELSE hashint8extended(-1 - (hashint8extended(g, 0) & 1073741823) % (rows / 10), w)
			# (CASE WHEN g % 4 > 0 THEN 1::bigint << (hashint8extended(g, 100 + w) & 63)::int ELSE 0 END)
			# (CASE WHEN g % 4 > 1 THEN 1::bigint << (hashint8extended(g, 200 + w) & 63)::int ELSE 0 END)
			# (CASE WHEN g % 4 > 2 THEN 1::bigint << (hashint8extended(g, 300 + w) & 63)::int ELSE 0 END)
		END
$$;
SELECT CASE WHEN :bits = 64 THEN format('word(g, 1, %s)', :rows)
	ELSE (SELECT string_agg(format('int8send(word(g, %s, %s))', w, :rows), ' || ') FROM generate_series(1, :bits / 64) w)
	END AS code \gset
CREATE TABLE article (id bigint, fp simhash);
INSERT INTO article SELECT g, (:code)::simhash FROM generate_series(1, :rows) g;
VACUUM (FREEZE, ANALYZE) article;

-- Time and memory of a query that gives a number.
CREATE FUNCTION process(OUT cpu_ms float8, OUT peak_kb float8) LANGUAGE sql AS $$
	SELECT 10 * (split_part(stat, ' ', 12)::float8 + split_part(stat, ' ', 13)::float8),
		substring(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)')::float8
	FROM regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', '') stat
$$;
CREATE FUNCTION measure(query text, OUT result bigint, OUT ms int, OUT cpu_ms int, OUT kb int) LANGUAGE plpgsql AS $$
DECLARE
	before record;
	after record;
	begun timestamptz;
BEGIN
	SELECT * INTO before FROM process();
	begun := clock_timestamp();
	EXECUTE query INTO result;
	ms := 1000 * extract(epoch FROM clock_timestamp() - begun);
	SELECT * INTO after FROM process();
	cpu_ms := after.cpu_ms - before.cpu_ms;
	kb := after.peak_kb - before.peak_kb;
END $$;

-- A new process; the pages of the table in memory, and counted as its own.
\c
SET client_min_messages = warning;
SET search_path = bench_pairs, public;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET simhash.memory_limit = '4GB';
SELECT count(fp) AS warm FROM article \gset

\echo Rows :rows, bits :bits, radius :radius
SELECT method, result, ms, cpu_ms, round(1024.0 * kb / :rows) AS bytes_a_row
FROM (VALUES
	(1, 'read the rows', 'SELECT count(*) FROM (SELECT id, fp FROM article OFFSET 0) x'),
	(2, 'simhash_components: clusters', format('SELECT max(cluster) + 1 FROM simhash_components(%L, %s)', 'SELECT id, fp FROM article', :radius)),
	(3, 'simhash_pairs: pairs', format('SELECT count(*) FROM simhash_pairs(%L, %s)', 'SELECT id, fp FROM article', :radius)),
	(4, 'simhash_pairs, again', format('SELECT count(*) FROM simhash_pairs(%L, %s)', 'SELECT id, fp FROM article', :radius))
) v (i, method, query), measure(query) ORDER BY i;

-- Nested loops: the first rows each with all rows.
SELECT :sample > 0 AS loops \gset
\if :loops
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE VIEW nested AS
SELECT count(*) FROM (SELECT * FROM article ORDER BY id LIMIT :sample) x
JOIN article y ON simhash_dwithin(y.fp, x.fp, :radius) AND y.id <> x.id;
CREATE TABLE loops (method text, index_s numeric, index_mb bigint, result bigint, ms int);

SELECT clock_timestamp() AS begun \gset
CREATE INDEX article_index ON article USING mih (fp);
SELECT extract(epoch FROM clock_timestamp() - :'begun'::timestamptz) AS index_s,
	pg_relation_size('article_index') / 1024 ^ 2 AS mb \gset
INSERT INTO loops SELECT 'mih', :index_s, :mb, result, ms FROM measure('TABLE nested');
DROP INDEX article_index;

SELECT clock_timestamp() AS begun \gset
CREATE INDEX article_index ON article USING gist (fp);
SELECT extract(epoch FROM clock_timestamp() - :'begun'::timestamptz) AS index_s,
	pg_relation_size('article_index') / 1024 ^ 2 AS mb \gset
-- at larger radii it may not be done: a tenth of the sample
INSERT INTO loops SELECT 'gist', :index_s, :mb, result * 10, ms * 10
FROM measure(replace(pg_get_viewdef('nested'), 'LIMIT ' || :sample, 'LIMIT ' || :sample / 10));
DROP INDEX article_index;

SELECT count(*) > 0 AS pgvector FROM pg_available_extensions WHERE name = 'vector' \gset
\if :pgvector
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE vectors AS SELECT id, fp::bit(:bits) AS fp FROM article;
SELECT clock_timestamp() AS begun \gset
CREATE INDEX vectors_index ON vectors USING hnsw (fp bit_hamming_ops);
SELECT extract(epoch FROM clock_timestamp() - :'begun'::timestamptz) AS index_s,
	pg_relation_size('vectors_index') / 1024 ^ 2 AS mb \gset
INSERT INTO loops SELECT 'hnsw', :index_s, :mb, result, ms FROM measure(format('
	SELECT count(*) FROM (SELECT * FROM vectors ORDER BY id LIMIT %s) x
	CROSS JOIN LATERAL (SELECT id, y.fp <~> x.fp AS distance FROM vectors y ORDER BY y.fp <~> x.fp LIMIT 20) y
	WHERE y.id <> x.id AND distance <= %s', :sample, :radius));
\endif

\echo Nested loops over :sample rows
SELECT method, round(index_s, 1) AS index_s, index_mb, result AS found, ms,
	round(ms / 1000.0 * :rows / :sample) AS all_s
FROM loops;
\endif
DROP SCHEMA bench_pairs CASCADE;
