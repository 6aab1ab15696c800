-- Estimated rows against actual ones, by data and radius.
--
--     psql -d DATABASE [-v rows=1000000] [-v data=FOLDER] -f bench/estimates.sql
--
-- Each set of data is a table of fingerprints after ANALYZE. 100 of its rows are
-- looked for, each by itself, by a constant (an EXPLAIN for each), by a parameter
-- (the generic plan's one estimate), and all together by a join. Of each query
-- the estimate is held against the rows that there are: the factor by which the
-- one is larger than the other, in the median, in 9 of 10 queries and at worst.
--
-- uniform: random bits. clustered: a fifth are originals, the others copies of
-- one of them, with 0 to 8 bits in 64 flipped. skewed: of rows / 10 originals, the
-- k-th has copies in proportion to 1 / k (Zipf's law), a few percent of all rows
-- the first.
-- real: to_simhash of the articles in FOLDER/news_scale/articles.jsonl.gz
-- (objects with a text), if FOLDER is given.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET jit = off;
\if :{?rows} \else \set rows 1000000 \endif
\if :{?data} \else \set data '' \endif
\setenv SIMHASH_DATA :data
\setenv HAS_DATA :data

CREATE EXTENSION IF NOT EXISTS simhash;

CREATE FUNCTION pg_temp.fingerprint(seed bigint, bits int) RETURNS simhash
LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
	SELECT string_agg(lpad(to_hex(hashint8extended(seed, w)), 16, '0'), '' ORDER BY w)::simhash
	FROM generate_series(1, bits / 64) w
$$;

-- a fingerprint with so many bits flipped, some of them twice
CREATE FUNCTION pg_temp.flip(bytes bytea, seed bigint, count int) RETURNS simhash LANGUAGE plpgsql AS $$
DECLARE
	place bigint;
BEGIN
	FOR k IN 1 .. count LOOP
		place := (hashint8extended(seed, k) & 1048575) % (8 * length(bytes));
		bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
	END LOOP;
	RETURN bytes::simhash;
END $$;

CREATE TEMPORARY TABLE result (set text, bits int, query int, constant boolean, radius int,
	estimated float8, actual float8);
CREATE TEMPORARY TABLE analyzed (set text, bits int, rows bigint, ms numeric);

CREATE FUNCTION pg_temp.plan_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
END $$;

-- Measures the table bench_estimates (fp).
CREATE PROCEDURE pg_temp.measure(set text, bits int, radii int[]) LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz := clock_timestamp();
	r int;
	generic float8;
BEGIN
	ANALYZE bench_estimates;
	INSERT INTO analyzed SELECT set, bits, count(*),
		round((extract(epoch FROM clock_timestamp() - started) * 1000)::numeric) FROM bench_estimates;
	CREATE TEMPORARY TABLE query AS
		SELECT row_number() OVER ()::int AS id, fp
		FROM (SELECT fp FROM bench_estimates WHERE fp IS NOT NULL
			  ORDER BY hash_record_extended(ROW(fp, ctid), 7) LIMIT 100) q;
	ANALYZE query;
	SET LOCAL enable_indexscan = off;
	CREATE TEMPORARY TABLE near AS
		SELECT q.id, (q.fp <-> b.fp)::int AS d, count(*) AS n
		FROM query q, bench_estimates b GROUP BY 1, 2;
	SET LOCAL plan_cache_mode = force_generic_plan;
	FOREACH r IN ARRAY radii LOOP
		EXECUTE format('PREPARE generic(simhash) AS SELECT FROM bench_estimates WHERE simhash_dwithin(fp, $1, %s)', r);
		generic := pg_temp.plan_rows('EXECUTE generic(NULL)');
		INSERT INTO result
			SELECT set, bits, q.id, c, r,
				CASE WHEN c THEN pg_temp.plan_rows(format(
					'SELECT FROM bench_estimates WHERE simhash_dwithin(fp, %L, %s)', q.fp, r)) ELSE generic END,
				(SELECT sum(n) FROM near WHERE near.id = q.id AND d <= r)
			FROM query q, (VALUES (true), (false)) constant (c);
		INSERT INTO result
			SELECT set, bits, NULL, NULL, r,
				pg_temp.plan_rows(format('SELECT FROM bench_estimates b, query q WHERE simhash_dwithin(b.fp, q.fp, %s)', r)),
				(SELECT sum(n) FROM near WHERE d <= r);
		DEALLOCATE generic;
	END LOOP;
	DROP TABLE query, near;
	DROP TABLE bench_estimates;
END $$;

CREATE TABLE bench_estimates AS
	SELECT hashint8extended(i, 1)::simhash AS fp FROM generate_series(1, :rows) i;
CALL pg_temp.measure('uniform', 64, ARRAY[0, 1, 3, 6, 10, 14, 16, 18, 20]);

CREATE TABLE bench_estimates AS
	SELECT pg_temp.flip(int8send(hashint8extended(i % (:rows / 5), 1)), i,
		CASE WHEN i < :rows / 5 THEN 0 ELSE i % 9 END) AS fp FROM generate_series(0, :rows - 1) i;
CALL pg_temp.measure('clustered', 64, ARRAY[0, 1, 3, 6, 10, 14, 16, 18, 20]);

CREATE TABLE bench_estimates AS
	SELECT pg_temp.flip(int8send(hashint8extended(floor((:rows / 10) ^ u)::bigint, 1)), i, i % 9) AS fp
	FROM generate_series(0, :rows - 1) i, LATERAL (SELECT (hashint8(i) & 1048575) / 1048576.0::float8) h (u);
CALL pg_temp.measure('skewed', 64, ARRAY[0, 1, 3, 6, 10, 14, 16, 18, 20]);

CREATE TABLE bench_estimates AS
	SELECT pg_temp.flip(pg_temp.fingerprint(i % (:rows / 20), 256)::bytea, i,
		CASE WHEN i < :rows / 20 THEN 0 ELSE i % 33 END) AS fp FROM generate_series(0, :rows / 4 - 1) i;
CALL pg_temp.measure('clustered', 256, ARRAY[0, 3, 6, 10, 20, 40, 62, 80, 100]);

\getenv has HAS_DATA
SELECT :'has' <> '' AS has \gset
\if :has
CREATE TEMPORARY TABLE line (j jsonb);
\copy line FROM PROGRAM 'zcat "$SIMHASH_DATA/news_scale/articles.jsonl.gz"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')
CREATE TABLE bench_estimates AS SELECT to_simhash(j ->> 'text', 64) AS fp FROM line;
CALL pg_temp.measure('real', 64, ARRAY[0, 1, 3, 6, 10, 14, 16, 18, 20]);
CREATE TABLE bench_estimates AS SELECT to_simhash(j ->> 'text', 256) AS fp FROM line;
CALL pg_temp.measure('real', 256, ARRAY[0, 3, 6, 10, 20, 40, 62, 80, 100]);

-- Sketches of the same: sums over 100 rows, for constants and by a join.
CREATE TABLE bench_estimates AS
	SELECT row_number() OVER ()::int AS id, to_textsketch(j ->> 'text') AS sketch FROM line WHERE j ->> 'text' <> '';
SELECT clock_timestamp() AS started \gset
ANALYZE bench_estimates;
INSERT INTO analyzed SELECT 'sketches', NULL, count(*),
	round((extract(epoch FROM clock_timestamp() - :'started'::timestamptz) * 1000)::numeric) FROM bench_estimates;
CREATE TEMPORARY TABLE query AS SELECT id, sketch FROM bench_estimates WHERE id % 119 = 5 LIMIT 100;
ANALYZE query;
CREATE TEMPORARY TABLE near AS
	SELECT resemblance(b.sketch, q.sketch) AS r, containment(b.sketch, q.sketch) AS c,
		overlap(b.sketch, q.sketch) AS o, shared_elements(b.sketch, q.sketch) AS s
	FROM bench_estimates b, query q WHERE shared_elements(b.sketch, q.sketch) > 0;
\echo 'Sketches of real articles: rows of 100 queries'
SELECT condition, threshold,
	(SELECT count(*) FROM near WHERE
		CASE condition WHEN 'resembles' THEN r WHEN 'contained' THEN c WHEN 'overlaps' THEN o ELSE s END >= threshold) AS "rows",
	(SELECT sum(pg_temp.plan_rows(format('SELECT FROM bench_estimates WHERE textsketch_%s(sketch, %L, %s)',
		condition, sketch, threshold))) FROM query) AS "constant",
	pg_temp.plan_rows(format('SELECT FROM bench_estimates b, query q WHERE textsketch_%s(b.sketch, q.sketch, %s)',
		condition, threshold)) AS "join"
FROM (SELECT condition, threshold FROM unnest(ARRAY['resembles', 'contained', 'overlaps']) condition,
		unnest(ARRAY[0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1]) threshold
	UNION ALL SELECT 'shares', unnest(ARRAY[1, 2, 4, 8, 16, 64])) c
ORDER BY condition, threshold;
DROP TABLE bench_estimates, query, near;
\else
\echo 'No real articles: give their folder as -v data=FOLDER'
\endif

\echo 'ANALYZE, in ms'
TABLE analyzed;

\echo 'Rows a query, and the factor between estimate and actual rows'
SELECT r.set, r.bits, radius,
	round(avg(actual) FILTER (WHERE constant)::numeric, 1) AS "rows",
	round(avg(estimated) FILTER (WHERE constant)::numeric, 1) AS "estimated",
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY f) FILTER (WHERE constant)::numeric, 1) AS "constant: median",
	round(percentile_cont(0.9) WITHIN GROUP (ORDER BY f) FILTER (WHERE constant)::numeric, 1) AS "9 of 10",
	round(max(f) FILTER (WHERE constant)::numeric, 1) AS "worst",
	round(percentile_cont(0.5) WITHIN GROUP (ORDER BY f) FILTER (WHERE NOT constant)::numeric, 1) AS "parameter: median",
	round(percentile_cont(0.9) WITHIN GROUP (ORDER BY f) FILTER (WHERE NOT constant)::numeric, 1) AS "9 of 10",
	round(max(f) FILTER (WHERE NOT constant)::numeric, 1) AS "worst",
	round(max(f) FILTER (WHERE constant IS NULL)::numeric, 1) AS "join"
FROM (SELECT *, greatest(estimated / greatest(actual, 1), actual / greatest(estimated, 1)) AS f FROM result) r
GROUP BY r.set, r.bits, radius ORDER BY min(array_position(ARRAY['uniform', 'clustered', 'skewed', 'real'], r.set)), bits, radius;
