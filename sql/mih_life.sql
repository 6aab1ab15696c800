--
-- mih: the life of an index. Whatever happens to it, it answers what a
-- sequential scan answers, and mih_check() finds nothing wrong.
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
-- disabled plans look dear enough to be compiled
SET jit = off;

-- so many bits, from a seed: random
CREATE FUNCTION random_bits(seed bigint, bits int) RETURNS simhash LANGUAGE SQL IMMUTABLE
BEGIN ATOMIC
	SELECT string_agg(lpad(to_hex(hashint8extended(seed, w)), 16, '0'), '' ORDER BY w)::simhash
	FROM generate_series(1, bits / 64) w;
END;

-- clustered: one of 300 centers, some of its bits flipped
CREATE FUNCTION near_bits(i int, bits int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bytes bytea = random_bits(i % 300, bits)::bytea;
	place int;
BEGIN
	FOR k IN 1 .. abs(hashint4(i)) % (bits / 8) LOOP
		place := abs(hashint4(i * 128 + k)) % bits;
		bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
	END LOOP;
	RETURN bytes::simhash;
END $$;

-- What a table answers: rows within radii of some fingerprints, distances of
-- nearest neighbours, NULLs.
CREATE FUNCTION answers(tab regclass, bits int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text = '';
	part text;
	query simhash;
BEGIN
	FOR i IN 1 .. 3 LOOP
		query := near_bits(i * 17, bits);
		FOREACH part IN ARRAY ARRAY[
			format('SELECT string_agg(id::text, '','' ORDER BY id) FROM %s WHERE simhash_dwithin(fp, $1, %s)', tab, bits / 20),
			format('SELECT string_agg(id::text, '','' ORDER BY id) FROM %s WHERE simhash_dwithin(fp, $1, %s)', tab, bits / 6),
			format('SELECT string_agg(d::text, '','' ORDER BY d) FROM (SELECT fp <-> $1 AS d FROM %s ORDER BY fp <-> $1 LIMIT 20) n', tab),
			format('SELECT count(*)::text FROM %s WHERE fp IS NULL', tab)]
		LOOP
			EXECUTE part INTO part USING query;
			result := result || '; ' || coalesce(part, '');
		END LOOP;
	END LOOP;
	RETURN result;
END $$;

-- Compares the two ways to answer; all columns should be as the title says.
CREATE FUNCTION verify(tab regclass, index regclass, bits int DEFAULT 64, OUT equal boolean, OUT leaked bigint, OUT used boolean)
LANGUAGE plpgsql AS $$
DECLARE
	scans bigint;
	by_scan text;
	line text;
BEGIN
	SET LOCAL enable_indexscan = off;
	SET LOCAL enable_bitmapscan = off;
	SET LOCAL enable_seqscan = on;
	by_scan := answers(tab, bits);
	SET LOCAL enable_indexscan = on;
	SET LOCAL enable_seqscan = off;
	SET LOCAL enable_sort = off;
	equal := answers(tab, bits) = by_scan;
	used := false;
	FOR line IN EXECUTE format('EXPLAIN SELECT fp FROM %s ORDER BY fp <-> %L', tab, random_bits(1, bits)) LOOP
		used := used OR line LIKE '%Index Scan using%';
	END LOOP;
	SET LOCAL enable_bitmapscan = on;
	SET LOCAL enable_indexscan = off;
	equal := equal AND answers(tab, bits) = by_scan;
	RESET enable_indexscan;
	RESET enable_bitmapscan;
	RESET enable_seqscan;
	RESET enable_sort;
	leaked := mih_check(index);
END $$;

--
-- Insertion, into an index that was made empty: rows become pending, and runs
-- when there are more than the limit.
--
CREATE TEMP TABLE life (id int, fp simhash, note text);
CREATE INDEX life_fp ON life USING mih (fp) WITH (pending_limit = 8);
SELECT * FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp');

INSERT INTO life SELECT i, CASE WHEN i % 100 <> 0 THEN near_bits(i, 64) END FROM generate_series(1, 400) i;
SELECT bits, bands, runs, rows, nulls, dead, pending FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp');

INSERT INTO life SELECT i, CASE WHEN i % 100 <> 0 THEN near_bits(i, 64) END FROM generate_series(401, 20000) i;
SELECT runs BETWEEN 1 AND 6 AS runs, rows, nulls, dead, pending < 2000 AS pending FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp');

--
-- VACUUM marks rows dead; of a fifth and more, it writes the store anew.
-- (Nobody else's snapshot can see into a temporary table.)
--
DELETE FROM life WHERE id % 10 = 3;
VACUUM life;
SELECT rows, nulls, dead FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp');

DELETE FROM life WHERE id % 3 = 1 OR id % 200 = 0;
VACUUM life;
SELECT runs, rows, nulls, dead, free_pages > 0 AS free_pages FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp');

-- Pages that became free are used again: the index stays as large.
SELECT pages FROM mih_stats('life_fp') \gset
INSERT INTO life SELECT i, CASE WHEN i % 100 <> 0 THEN near_bits(i, 64) END FROM generate_series(20001, 23000) i;
SELECT pages - :pages AS more_pages FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp');

-- Nothing left: then the width is free to choose, too.
DELETE FROM life;
VACUUM life;
SELECT bits, runs, rows, nulls, dead, pages - free_pages AS used_pages FROM mih_stats('life_fp');
INSERT INTO life SELECT i, near_bits(i, 256) FROM generate_series(1, 3000) i;
VACUUM life;
SELECT bits, bands, runs > 0 AS runs, rows FROM mih_stats('life_fp');
SELECT * FROM verify('life', 'life_fp', 256);
DROP TABLE life;

--
-- Updates: HOT ones concern no index, others add a row.
--
CREATE TABLE updated (id int, fp simhash(64), note int) WITH (fillfactor = 50, autovacuum_enabled = off);
INSERT INTO updated SELECT i, near_bits(i, 64), 0 FROM generate_series(1, 3000) i;
CREATE INDEX updated_fp ON updated USING mih (fp) WITH (pending_limit = 8);
SELECT runs, rows, pending FROM mih_stats('updated_fp');
UPDATE updated SET note = 1 WHERE id % 5 = 0;
SELECT runs, rows, pending FROM mih_stats('updated_fp');
UPDATE updated SET fp = near_bits(id + 7, 64) WHERE id % 5 = 0;
UPDATE updated SET fp = NULL WHERE id % 50 = 0;
SELECT rows, nulls FROM mih_stats('updated_fp');
SELECT * FROM verify('updated', 'updated_fp');
VACUUM updated;
SELECT * FROM verify('updated', 'updated_fp');

-- what is rolled back leaves rows that nobody sees
BEGIN;
INSERT INTO updated SELECT i, near_bits(i, 64), 0 FROM generate_series(3001, 5000) i;
SELECT * FROM verify('updated', 'updated_fp');
ROLLBACK;
SELECT * FROM verify('updated', 'updated_fp');
BEGIN;
SAVEPOINT s;
INSERT INTO updated SELECT i, near_bits(i, 64), 0 FROM generate_series(3001, 5000) i;
ROLLBACK TO s;
INSERT INTO updated SELECT i, near_bits(i, 64), 0 FROM generate_series(3001, 3100) i;
COMMIT;
SELECT * FROM verify('updated', 'updated_fp');

-- Other ways to make the index
REINDEX INDEX updated_fp;
SELECT * FROM verify('updated', 'updated_fp');
REINDEX INDEX CONCURRENTLY updated_fp;
SELECT * FROM verify('updated', 'updated_fp');
DROP INDEX updated_fp;
CREATE INDEX CONCURRENTLY updated_fp ON updated USING mih (fp) WITH (pending_limit = 8);
SELECT * FROM verify('updated', 'updated_fp');
VACUUM FULL updated;
SELECT * FROM verify('updated', 'updated_fp');
ALTER TABLE updated ALTER COLUMN fp TYPE simhash;
SELECT * FROM verify('updated', 'updated_fp');
CLUSTER updated USING updated_fp;
TRUNCATE updated;
SELECT bits, runs, rows, pages FROM mih_stats('updated_fp');
INSERT INTO updated VALUES (1, random_bits(1, 128), 0);
SELECT bits, runs, rows FROM mih_stats('updated_fp');
DROP TABLE updated;

-- VACUUM by several workers: each has an index
CREATE TABLE parallel (id int, fp simhash(64)) WITH (autovacuum_enabled = off);
INSERT INTO parallel SELECT i, near_bits(i, 64) FROM generate_series(1, 5000) i;
CREATE INDEX parallel_a ON parallel USING mih (fp) WITH (pending_limit = 8);
CREATE INDEX parallel_b ON parallel USING mih (fp) WITH (bands = 8, pending_limit = 8);
CREATE INDEX parallel_c ON parallel USING mih (fp) WITH (bands = 0);
DELETE FROM parallel WHERE id % 2 = 0;
SET min_parallel_index_scan_size = 0;
VACUUM (PARALLEL 2) parallel;
RESET min_parallel_index_scan_size;
SELECT * FROM verify('parallel', 'parallel_a');
SELECT mih_check('parallel_b'), mih_check('parallel_c');
DROP TABLE parallel;

-- Unlogged and temporary tables
CREATE UNLOGGED TABLE unlogged (id int, fp simhash);
CREATE INDEX unlogged_fp ON unlogged USING mih (fp) WITH (pending_limit = 8);
INSERT INTO unlogged SELECT i, near_bits(i, 64) FROM generate_series(1, 3000) i;
SELECT * FROM verify('unlogged', 'unlogged_fp');
ALTER TABLE unlogged SET LOGGED;
SELECT * FROM verify('unlogged', 'unlogged_fp');
ALTER TABLE unlogged SET UNLOGGED;
SELECT * FROM verify('unlogged', 'unlogged_fp');
DROP TABLE unlogged;

BEGIN;
CREATE TEMP TABLE transient (id int, fp simhash) ON COMMIT DELETE ROWS;
CREATE INDEX transient_fp ON transient USING mih (fp);
INSERT INTO transient SELECT i, near_bits(i, 64) FROM generate_series(1, 1000) i;
SELECT * FROM verify('transient', 'transient_fp');
COMMIT;
SELECT * FROM verify('transient', 'transient_fp');
DROP TABLE transient;

-- An expression, and a part of the rows
CREATE TABLE part (id int, body text);
CREATE INDEX part_fp ON part USING mih (to_simhash(body, 128)) WHERE id % 2 = 0;
INSERT INTO part SELECT i, 'word ' || i || ' of ' || i / 10 FROM generate_series(1, 1000) i;
SELECT rows, mih_check('part_fp') FROM mih_stats('part_fp');
SET enable_seqscan = off;
SELECT id FROM part WHERE id % 2 = 0 AND simhash_dwithin(to_simhash(body, 128), to_simhash('word 500 of 50', 128), 0);
RESET enable_seqscan;
DROP TABLE part;

--
-- More rows than memory sorts at a time
--
CREATE TABLE large (id int, fp simhash(64));
INSERT INTO large SELECT i, overlay(random_bits(i % 50000, 64)::bytea PLACING '\x00ff' FROM 1 + i % 3)::simhash
FROM generate_series(1, 150000) i;
SET maintenance_work_mem = '1MB';
CREATE INDEX large_fp ON large USING mih (fp);
SELECT runs, rows, pending, round(bytes_per_row) AS bytes_per_row FROM mih_stats('large_fp');
SELECT * FROM verify('large', 'large_fp');
RESET maintenance_work_mem;
DROP TABLE large;

--
-- Options
--
CREATE TABLE option (id int, fp simhash);
INSERT INTO option SELECT i, near_bits(i, 128) FROM generate_series(1, 2000) i;
CREATE INDEX option_none ON option USING mih (fp) WITH (bands = 0, pending_limit = 8);
CREATE INDEX option_few ON option USING mih (fp) WITH (bands = 4, pending_limit = 8);
CREATE INDEX option_many ON option USING mih (fp) WITH (bands = 16, pending_limit = 8);
CREATE INDEX option_limit ON option USING mih (fp) WITH (pending_limit = 10000);
SELECT index, (mih_stats(index)).bands, (mih_stats(index)).runs, mih_check(index) AS leaked
FROM unnest(ARRAY['option_none', 'option_few', 'option_many', 'option_limit']::regclass[]) index;

-- take effect with the next run
ALTER INDEX option_few SET (bands = 8);
ALTER INDEX option_none RESET (bands);
INSERT INTO option SELECT i, near_bits(i, 128) FROM generate_series(2001, 6000) i;
SELECT index, (mih_stats(index)).bands, (mih_stats(index)).runs > 0 AS runs, mih_check(index) AS leaked
FROM unnest(ARRAY['option_none', 'option_few', 'option_many', 'option_limit']::regclass[]) index;

CREATE INDEX ON option USING mih (fp) WITH (bands = -2);
CREATE INDEX ON option USING mih (fp) WITH (bands = 130);
CREATE INDEX ON option USING mih (fp) WITH (bands = 7);
CREATE INDEX ON option USING mih (fp) WITH (bands = 2);
CREATE INDEX ON option USING mih (fp) WITH (bands = 18);
CREATE INDEX ON option USING mih (fp) WITH (bands = many);
CREATE INDEX ON option USING mih (fp) WITH (pending_limit = 4);
CREATE INDEX ON option USING mih (fp) WITH (pending_limit = -1);
CREATE INDEX ON option USING mih (fp) WITH (fillfactor = 90);
ALTER INDEX option_few SET (bands = 5);
DROP TABLE option;

-- the number of bands is checked as soon as the width is known
CREATE TABLE narrow (fp simhash(64));
CREATE INDEX ON narrow USING mih (fp) WITH (bands = 10);
DROP TABLE narrow;

--
-- What an index refuses
--
CREATE TEMP TABLE mixed (id int, fp simhash);
INSERT INTO mixed VALUES (1, NULL), (2, random_bits(1, 64)), (3, random_bits(1, 128));
CREATE INDEX mixed_fp ON mixed USING mih (fp);
DELETE FROM mixed WHERE id = 3;
CREATE INDEX mixed_fp ON mixed USING mih (fp);
\set VERBOSITY default
INSERT INTO mixed VALUES (4, random_bits(1, 256));
\set VERBOSITY terse
INSERT INTO mixed VALUES (5, random_bits(5, 64)), (6, NULL);
SELECT bits, rows, nulls FROM mih_stats('mixed_fp');
-- one index for each width
DROP INDEX mixed_fp;
CREATE INDEX mixed_64 ON mixed USING mih (fp) WHERE bit_length(fp) = 64;
CREATE INDEX mixed_128 ON mixed USING mih (fp) WHERE bit_length(fp) = 128;
INSERT INTO mixed VALUES (7, random_bits(7, 128));
SELECT mih_check('mixed_64'), mih_check('mixed_128');

CREATE UNIQUE INDEX ON mixed USING mih (fp);
CREATE INDEX ON mixed USING mih (fp, id);
CREATE INDEX ON mixed USING mih (fp, fp);
CREATE INDEX ON mixed USING mih (fp) INCLUDE (id);
-- the message alone, as 19 tells the place in the statement too
DO $$
BEGIN
	CREATE INDEX ON mixed USING mih (fp DESC);
EXCEPTION WHEN feature_not_supported THEN
	RAISE EXCEPTION '%', SQLERRM;
END $$;
CREATE INDEX ON mixed USING mih (id);
ALTER TABLE mixed ADD EXCLUDE USING mih (fp WITH =);
DROP TABLE mixed;

-- an operator class of another type
CREATE OPERATOR CLASS mih_int4 FOR TYPE int4 USING mih AS OPERATOR 3 =, FUNCTION 1 btint4cmp(int4, int4);
CREATE OPERATOR CLASS mih_int4 FOR TYPE int4 USING mih AS OPERATOR 3 =;
SELECT amvalidate(oid) FROM pg_opclass WHERE opcname = 'mih_int4';
CREATE TABLE other (i int);
CREATE INDEX ON other USING mih (i mih_int4);
DROP TABLE other;
DROP OPERATOR FAMILY mih_int4 USING mih;

--
-- Looking inside
--
SELECT mih_stats(NULL), mih_check(NULL);
CREATE TABLE looked (id int PRIMARY KEY, fp simhash(64));
CREATE INDEX looked_fp ON looked USING mih (fp);
CREATE INDEX looked_gist ON looked USING gist (fp);
\set VERBOSITY default
SELECT mih_stats('looked');
\set VERBOSITY terse
SELECT mih_stats('looked_pkey');
SELECT mih_check('looked_gist');
SELECT mih_check(0);

-- What has no rows of its own doesn't pass for sound: an index of partitions,
-- by whatever name, and a parent's, beside those of the tables that inherit.
CREATE TABLE "in parts" (id int, fp simhash(64)) PARTITION BY RANGE (id);
CREATE TABLE in_part_1 PARTITION OF "in parts" FOR VALUES FROM (0) TO (10);
CREATE TABLE in_part_2 PARTITION OF "in parts" FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);
CREATE TABLE in_part_21 PARTITION OF in_part_2 FOR VALUES FROM (10) TO (20);
CREATE INDEX "in parts' fp" ON "in parts" USING mih (fp);
INSERT INTO "in parts" SELECT i, hashint8extended(i, 0)::simhash FROM generate_series(1, 15) i;
\set VERBOSITY default
SELECT mih_stats('"in parts'' fp"');
SELECT mih_check('"in parts'' fp"');
\set VERBOSITY terse
SELECT mih_check('in_part_2_fp_idx');
SELECT relid::regclass, s.rows, mih_check(relid)
FROM pg_partition_tree('public."in parts'' fp"'), mih_stats(relid) s WHERE isleaf;
DROP TABLE "in parts";
CREATE TABLE inherited () INHERITS (looked);
\set VERBOSITY default
SELECT rows, mih_check('looked_fp') FROM mih_stats('looked_fp');
\set VERBOSITY terse
DROP TABLE inherited;
SELECT rows, mih_check('looked_fp') FROM mih_stats('looked_fp');

-- by the owner, and by those who monitor
CREATE ROLE regress_mih_owner;
CREATE ROLE regress_mih_monitor IN ROLE pg_monitor;
CREATE ROLE regress_mih_other;
ALTER TABLE looked OWNER TO regress_mih_owner;
SET ROLE regress_mih_owner;
SELECT rows, mih_check('looked_fp') FROM mih_stats('looked_fp');
SET ROLE regress_mih_monitor;
SELECT rows, mih_check('looked_fp') FROM mih_stats('looked_fp');
SET ROLE regress_mih_other;
SELECT mih_stats('looked_fp');
SELECT mih_check('looked_fp');
RESET ROLE;
DROP TABLE looked;
DROP ROLE regress_mih_owner, regress_mih_monitor, regress_mih_other;

-- A function that isn't as immutable as it says gives the table rows that the
-- index lacks.
CREATE TABLE lie (id int);
CREATE FUNCTION lying(i int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN public.random_bits(i + coalesce(nullif(current_setting('regress.lie', true), ''), '0')::int, 64);
END $$;
INSERT INTO lie VALUES (1), (2);
CREATE INDEX lie_fp ON lie USING mih (lying(id));
SELECT mih_check('lie_fp');
SET regress.lie = 1;
SELECT mih_check('lie_fp');
RESET regress.lie;
DROP TABLE lie;

-- what CREATE INDEX is doing; not where a bigint is passed by reference, which
-- PostgreSQL's function, as of 15, takes for the phase
SELECT phase, CASE WHEN typbyval THEN pg_indexam_progress_phasename(pg_am.oid, phase)
	ELSE (ARRAY['initializing', 'writing rows', 'writing lists'])[phase] END AS name
FROM pg_am, pg_type, generate_series(1, 4) phase WHERE amname = 'mih' AND typname = 'int8';
CREATE TABLE phase (id int);
CREATE FUNCTION telling(i int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RAISE NOTICE '%', (SELECT CASE WHEN typbyval THEN phase ELSE 'building index: writing rows' END
		FROM pg_stat_progress_create_index, pg_type WHERE pid = pg_backend_pid() AND typname = 'int8');
	RETURN public.random_bits(i, 64);
END $$;
INSERT INTO phase VALUES (1);
CREATE INDEX ON phase USING mih (telling(id));
DROP TABLE phase;

-- A scan that wants no column isn't index-only: rows may be dead by then.
CREATE TABLE counted AS SELECT i AS id, repeat('x', 500) AS body, random_bits(i, 64) AS fp FROM generate_series(1, 3000) AS i;
CREATE INDEX counted_fp ON counted USING mih (fp);
VACUUM ANALYZE counted;
SELECT count(*) FROM counted;
SET enable_seqscan = off;
SELECT count(*) FROM counted;
SELECT count(*) FROM counted WHERE fp = random_bits(7, 64);
RESET enable_seqscan;
DROP TABLE counted;

DROP FUNCTION telling, lying, verify, answers, near_bits, random_bits;
