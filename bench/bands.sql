-- All pairs within 3 of 64 bits as a join on bands: time and size by rows.
--
--     psql -d DATABASE [-v rows=500000] -f bench/bands.sql
--
-- Runs with rows, twice and four times as many. A fifth are originals, the others
-- copies of one with 0 to 3 bits flipped. "plain" is a join of one table of bands
-- with itself, "parted" that of one partitioned by the band into eight, partition
-- by partition, "parallel" the latter with two workers. All count the same pairs.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET jit = off;
SET work_mem = '256MB';
SET max_parallel_maintenance_workers = 0;
\if :{?rows} \else \set rows 500000 \endif

CREATE EXTENSION IF NOT EXISTS simhash;

CREATE TEMPORARY TABLE result (rows bigint, "fingerprints MB" numeric, "bands MB" numeric, "fill s" numeric,
	pairs bigint, "plain s" numeric, "parted s" numeric, "parallel s" numeric, same boolean);

-- The seconds that a count takes, and what it counts.
CREATE FUNCTION pg_temp.time_pairs(bands text, workers int, OUT s numeric, OUT n bigint) LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz := clock_timestamp();
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', workers::text, true);
	PERFORM set_config('enable_partitionwise_join', 'on', true);
	PERFORM set_config('enable_partitionwise_aggregate', 'on', true);
	EXECUTE format('SELECT count(*) FROM %s a JOIN %s b ON a.band = b.band AND a.id < b.id
		WHERE simhash_dwithin(a.fp, b.fp, 3) AND a.band = simhash_band(a.fp, simhash_first_band(a.fp, b.fp, 4), 4)',
		bands, bands) INTO n;
	s := round(extract(epoch FROM clock_timestamp() - started), 2);
END $$;

CREATE PROCEDURE pg_temp.measure(total bigint) LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz;
	filled numeric;
BEGIN
	CREATE TABLE bench_fp AS
		SELECT i AS id, (hashint8extended(i % (total / 5), 1)
			# CASE WHEN i < total / 5 THEN 0 ELSE (1::bigint << (hashint8extended(i, 2) & 63)::int)
				| CASE WHEN i % 2 = 0 THEN 1::bigint << (hashint8extended(i, 3) & 63)::int ELSE 0 END
				| CASE WHEN i % 3 = 0 THEN 1::bigint << (hashint8extended(i, 4) & 63)::int ELSE 0 END END)::simhash AS fp
		FROM generate_series(0, total - 1) i;
	started := clock_timestamp();
	CREATE TABLE bench_band AS SELECT id, unnest(simhash_bands(fp, 3)) AS band, fp FROM bench_fp;
	filled := round(extract(epoch FROM clock_timestamp() - started), 2);
	CREATE TABLE bench_parted (LIKE bench_band) PARTITION BY HASH (band);
	FOR i IN 0 .. 7 LOOP
		EXECUTE format('CREATE TABLE bench_parted_%s PARTITION OF bench_parted FOR VALUES WITH (MODULUS 8, REMAINDER %s)', i, i);
	END LOOP;
	INSERT INTO bench_parted TABLE bench_band;
	ANALYZE bench_band, bench_parted;
	INSERT INTO result
		SELECT total, pg_relation_size('bench_fp') / 1000000, pg_relation_size('bench_band') / 1000000, filled,
			plain.n, plain.s, parted.s, parallel.s, plain.n = parted.n AND plain.n = parallel.n
		FROM pg_temp.time_pairs('bench_band', 0) plain, pg_temp.time_pairs('bench_parted', 0) parted,
			pg_temp.time_pairs('bench_parted', 2) parallel;
	DROP TABLE bench_fp, bench_band, bench_parted;
END $$;

CALL pg_temp.measure(:rows);
CALL pg_temp.measure(2 * :rows);
CALL pg_temp.measure(4 * :rows);
TABLE result;
