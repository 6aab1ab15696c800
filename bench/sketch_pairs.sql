-- textsketch_pairs on many articles, beside the nested loop with a GIN index.
--
--     psql -d DATABASE -v articles=FILE -v copies=16 -v loop=1 -f bench/sketch_pairs.sql
--
-- FILE is gzipped, with an object a line that has a text. Each article counts
-- once as it is, and "copies" times with a tenth to a half of its words
-- changed, as in sketch_gin.sql. As a superuser, who can read how much memory
-- the server process took.
--
-- "ms" is the time that passed, "cpu_ms" the processor time of the server
-- process, "peak_mb" by how much its memory grew at most. With "loop" the nested loop
-- is run for 200 articles; "all_s" is its time for all of them, calculated.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_ARTICLES :articles
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
DROP SCHEMA IF EXISTS bench_pairs CASCADE;
CREATE SCHEMA bench_pairs;
SET search_path = bench_pairs, public;

CREATE TEMPORARY TABLE line (j jsonb);
\copy line FROM PROGRAM 'zcat "$SIMHASH_ARTICLES"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')
CREATE TABLE article AS
	SELECT row_number() OVER () AS id, to_textsketch(
		CASE WHEN copy = 0 THEN body
			 ELSE replace(replace(body, ' ' || substr('tasowicbpfhm', 1 + copy % 12, 1),
									' ' || substr('tasowicbpfhm', 1 + copy % 12, 1) || copy),
							' ' || substr('dlnertasow', 1 + copy % 10, 1),
							' ' || substr('dlnertasow', 1 + copy % 10, 1) || copy) END) AS sketch
	FROM generate_series(0, :copies) copy, (SELECT j ->> 'text' AS body FROM line) x;
DELETE FROM article WHERE sketch IS NULL;
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
SET maintenance_work_mem = '64MB';
SELECT count(*) AS rows, round(avg(textsketch_elements(sketch))) AS elements,
	pg_size_pretty(pg_table_size('article')) AS "table"
FROM article;
SELECT measure, threshold, result AS pairs, ms, cpu_ms, kb / 1024 AS peak_mb
FROM (VALUES (1, 'resemblance', .35), (2, 'resemblance', .7), (3, 'containment', .35), (4, 'containment', .7)) v (i, measure, threshold),
	measure(format('SELECT count(*) FROM textsketch_pairs(%L, %s, %L)', 'SELECT id, sketch FROM article', threshold, measure))
ORDER BY i;

\if :{?loop}
SET maintenance_work_mem = '1GB';
CREATE INDEX ON article USING gin (sketch);
SET enable_seqscan = off;
SELECT 'nested loop, resemblance .35' AS method, result AS found, ms, round(ms / 1000.0 / 200 * (SELECT count(*) FROM article)) AS all_s
FROM measure('SELECT count(*) FROM (SELECT * FROM article ORDER BY id LIMIT 200) x
	JOIN article y ON textsketch_resembles(y.sketch, x.sketch, .35) AND y.id <> x.id');
\endif
DROP SCHEMA bench_pairs CASCADE;
