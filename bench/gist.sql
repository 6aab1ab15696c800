-- Latency of a GiST index on simhash per radius, against a sequential scan.
--
--   psql -v rows=1000000 -v bits=64 -v build=sorted -f bench/gist.sql
--
-- rows: how many, bits: their width, build: sorted or inserted.  Prints the
-- time and size of the index and, per radius, the median time in ms of a query
-- by the index (an index scan, not an index-only one) and by a sequential
-- scan, without parallel workers, with all data in memory.  The fingerprints
-- are uniform and the queries members of the table.  The counts of both ways
-- are compared.
\set ON_ERROR_STOP on
\pset footer off
\set QUIET on
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET max_parallel_maintenance_workers = 0;
SET maintenance_work_mem = '1GB';
SET jit = off;

\if :{?rows} \else \set rows 1000000 \endif
\if :{?bits} \else \set bits 64 \endif
\if :{?build} \else \set build sorted \endif
SELECT :'build' = 'inserted' AS inserted \gset

-- a fingerprint of so many bits from a seed
CREATE OR REPLACE FUNCTION pg_temp.fingerprint(seed bigint, bits int) RETURNS simhash
LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
	SELECT string_agg(lpad(to_hex(hashint8extended(seed, w)), 16, '0'), '' ORDER BY w)::simhash
	FROM generate_series(1, bits / 64) w
$$;

DROP TABLE IF EXISTS bench_gist;
CREATE TABLE bench_gist (fp simhash);
SELECT :bits = 64 AS narrow \gset
\if :narrow
INSERT INTO bench_gist
SELECT hashint8extended(g, 1)::simhash FROM generate_series(1, :rows) g;
\else
INSERT INTO bench_gist
SELECT pg_temp.fingerprint(g, :bits) FROM generate_series(1, :rows) g;
\endif

SELECT clock_timestamp() AS started \gset
\if :inserted
ALTER TABLE bench_gist RENAME TO bench_gist_rows;
CREATE TABLE bench_gist (fp simhash);
CREATE INDEX bench_gist_index ON bench_gist USING gist (fp);
INSERT INTO bench_gist SELECT fp FROM bench_gist_rows;
DROP TABLE bench_gist_rows;
\else
CREATE INDEX bench_gist_index ON bench_gist USING gist (fp);
\endif
SELECT clock_timestamp() AS finished \gset
VACUUM ANALYZE bench_gist;

SELECT :rows AS rows, :bits AS bits, :'build' AS build,
	round(extract(epoch FROM :'finished'::timestamptz - :'started'::timestamptz), 1) AS "build s",
	pg_relation_size('bench_gist') / 1000000 AS "table MB",
	pg_relation_size('bench_gist_index') / 1000000 AS "index MB";

-- The median time in ms of so many runs at each of 5 members of the table, and
-- the rows found in all.
CREATE FUNCTION pg_temp.bench(query text, how text, runs int, radius int,
	OUT ms numeric, OUT n bigint)
LANGUAGE plpgsql AS $$
DECLARE
	center simhash;
	started timestamptz;
	times float8[];
	result bigint;
BEGIN
	PERFORM set_config('enable_seqscan', (how = 'scan')::text, true);
	PERFORM set_config('enable_indexscan', (how = 'index')::text, true);
	PERFORM set_config('enable_indexonlyscan', 'off', true);
	PERFORM set_config('enable_bitmapscan', 'off', true);
	n := 0;
	FOR center IN SELECT fp FROM bench_gist LIMIT 5 LOOP
		EXECUTE query USING center, radius INTO result;	-- warms up
		FOR run IN 1 .. runs LOOP
			started := clock_timestamp();
			EXECUTE query USING center, radius INTO result;
			times := times || extract(epoch FROM clock_timestamp() - started)::float8 * 1000;
		END LOOP;
		n := n + result;
	END LOOP;
	SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t)::numeric, 2) INTO ms FROM unnest(times) t;
END $$;

SELECT radius, i.ms AS "index ms", s.ms AS "scan ms", i.n AS found,
	CASE WHEN i.n = s.n THEN 'same' ELSE 'DIFFERENT' END AS "as scan"
FROM unnest(ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16]) radii (radius),
	LATERAL pg_temp.bench('SELECT count(*) FROM bench_gist WHERE fp <@ simhash_ball($1, $2)', 'index', 5, radius) i,
	LATERAL pg_temp.bench('SELECT count(*) FROM bench_gist WHERE fp <@ simhash_ball($1, $2)', 'scan', 1, radius) s;

SELECT '10 nearest' AS query, i.ms AS "index ms", s.ms AS "scan ms"
FROM pg_temp.bench('SELECT count(*) FROM (SELECT FROM bench_gist ORDER BY fp <-> $1 LIMIT 10) n', 'index', 1, 0) i,
	pg_temp.bench('SELECT count(*) FROM (SELECT FROM bench_gist ORDER BY fp <-> $1 LIMIT 10) n', 'scan', 1, 0) s;

DROP TABLE bench_gist;
