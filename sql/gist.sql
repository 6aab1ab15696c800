--
-- GiST: an index returns what a sequential scan returns
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
-- disabled plans look dear enough to be compiled
SET jit = off;

SELECT amvalidate(oid) FROM pg_opclass
WHERE opcname = 'simhash_ops' AND opcmethod = (SELECT oid FROM pg_am WHERE amname = 'gist');

-- the key type is for the index alone
SELECT '00'::simhash_gist_key;

--
-- Every width, kind of data and way of building the index; each again after
-- deletions and VACUUM.
--

-- so many bits, from a seed: random
CREATE FUNCTION random_bits(seed bigint, bits int) RETURNS text LANGUAGE SQL IMMUTABLE AS $$
	SELECT string_agg(lpad(to_hex(hashint8extended(seed, w)), 16, '0'), '' ORDER BY w)
	FROM generate_series(1, bits / 64) w
$$;

-- clustered: one of 16 centers, up to 5 bits flipped; skewed: few bits vary,
-- and not evenly; equal: one fingerprint, over and over
CREATE FUNCTION make_fingerprint(kind text, i int, bits int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bytes bytea;
	place int;
BEGIN
	CASE kind
		WHEN 'random' THEN
			RETURN random_bits(i, bits);
		WHEN 'clustered' THEN
			bytes := decode(random_bits(i % 16, bits), 'hex');
			FOR k IN 1 .. i / 16 % 6 LOOP
				place := abs(hashint4(i * 8 + k) % bits);
				bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
			END LOOP;
			RETURN encode(bytes, 'hex');
		WHEN 'skewed' THEN
			bytes := decode(random_bits(0, bits), 'hex');
			place := CASE WHEN i % 10 = 0 THEN abs(hashint4(i)) % bits ELSE bits - 1 - i % 3 END;
			RETURN encode(set_bit(bytes, place, 1 - get_bit(bytes, place)), 'hex');
		WHEN 'equal' THEN
			RETURN random_bits(0, bits);
	END CASE;
END $$;

CREATE TABLE fingerprints ();
CREATE TABLE result (bits int, kind text, build text, phase text, checks int, mismatches int);

-- the plan of a query must name the index
CREATE FUNCTION uses_index(query text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan::text LIKE '%"Index Name": "fingerprints_fp_idx"%';
END $$;

-- Compare the index of table fingerprints with the distances of all rows, for
-- queries at, near and far from what it holds: all radii to 12 and to the
-- width in steps, %, =, and all rows by distance.
CREATE PROCEDURE check_index(kind text, bits int, build text, phase text) LANGUAGE plpgsql AS $$
DECLARE
	query simhash;
	checks_here int;
	mismatches_here int;
	expected int[];
	actual int[];
	expected_distances float8[];
	actual_distances float8[];
	checks int := 0;
	mismatches int := 0;
BEGIN
	FOR query IN
		SELECT make_fingerprint(kind, 1, bits)
		UNION ALL SELECT make_fingerprint('clustered', 83, bits)
	LOOP
		SET LOCAL enable_seqscan = on;
		SET LOCAL enable_indexscan = off;
		SET LOCAL enable_bitmapscan = off;
		CREATE TEMP TABLE distance ON COMMIT DROP AS
			SELECT id, fp, fp <-> query AS d FROM fingerprints;
		SET LOCAL enable_seqscan = off;
		SET LOCAL enable_indexscan = on;
		SET LOCAL enable_sort = off;

		-- all radii in one statement: the rows found, by a checksum
		SELECT count(*), count(*) FILTER (WHERE indexed IS DISTINCT FROM scanned)
		INTO checks_here, mismatches_here
		FROM (SELECT generate_series(0, 12) UNION SELECT generate_series(0, bits, bits / 8)) radii (radius),
			LATERAL (SELECT (count(*), sum(id), sum(id * id)) AS indexed
					 FROM fingerprints WHERE fp <@ simhash_ball(query, radius)) i,
			LATERAL (SELECT (count(*), sum(id), sum(id * id)) AS scanned
					 FROM distance WHERE d <= radius) s;
		checks := checks + checks_here;
		mismatches := mismatches + mismatches_here;

		SELECT array_agg(id ORDER BY id) INTO expected FROM distance WHERE d = 0;
		SELECT array_agg(id ORDER BY id) INTO actual FROM fingerprints WHERE fp = query;
		checks := checks + 1;
		mismatches := mismatches + (actual IS DISTINCT FROM expected)::int;

		SELECT array_agg(id ORDER BY id) INTO expected FROM distance
			WHERE d <= simhash_radius(bits, current_setting('simhash.similarity_threshold')::float8);
		SELECT array_agg(id ORDER BY id) INTO actual FROM fingerprints WHERE fp % query;
		checks := checks + 1;
		mismatches := mismatches + (actual IS DISTINCT FROM expected)::int;

		SELECT array_agg(id ORDER BY id), array_agg(d ORDER BY d) INTO expected, expected_distances
			FROM distance;
		SELECT array_agg(id ORDER BY id), array_agg(d ORDER BY place) INTO actual, actual_distances
			FROM (SELECT id, fp <-> query AS d, row_number() OVER () AS place
				  FROM (SELECT * FROM fingerprints ORDER BY fp <-> query) nearest) numbered;
		checks := checks + 1;
		mismatches := mismatches +
			((actual, actual_distances) IS DISTINCT FROM (expected, expected_distances))::int;
		DROP TABLE distance;
	END LOOP;

	IF NOT uses_index(format('SELECT FROM fingerprints WHERE fp <@ simhash_ball(%L, %s)', query, bits)) OR
		NOT uses_index(format('SELECT FROM fingerprints WHERE fp %% %L', query)) OR
		NOT uses_index(format('SELECT FROM fingerprints WHERE fp = %L', query)) OR
		NOT uses_index(format('SELECT FROM fingerprints ORDER BY fp <-> %L', query))
	THEN
		RAISE EXCEPTION 'the index is not used';
	END IF;
	INSERT INTO result VALUES (bits, kind, build, phase, checks, mismatches);
END $$;

-- 2000 rows of 1024 bits make a tree of three levels, the others of two.  They
-- come in no order: neighbours are not inserted one after the other.
SELECT statement FROM
	unnest(ARRAY[64, 128, 256, 1024]) bits,
	unnest(ARRAY['random', 'clustered', 'skewed', 'equal']) kind,
	unnest(ARRAY['sorted', 'inserted']) build,
	unnest(ARRAY[
		'DROP TABLE fingerprints',
		'CREATE TABLE fingerprints (id int, fp simhash)',
		CASE build WHEN 'inserted' THEN 'CREATE INDEX ON fingerprints USING gist (fp)' END,
		format('INSERT INTO fingerprints SELECT i, make_fingerprint(%L, i, %s)
				FROM generate_series(1, %s) i ORDER BY hashint4(i)', kind, bits, CASE bits WHEN 1024 THEN 2000 ELSE 700 END),
		CASE build WHEN 'sorted' THEN 'CREATE INDEX ON fingerprints USING gist (fp)' END,
		format('CALL check_index(%L, %s, %L, ''built'')', kind, bits, build),
		'DELETE FROM fingerprints WHERE id % 3 = 0 OR id BETWEEN 100 AND 200',
		format('CALL check_index(%L, %s, %L, ''rows deleted'')', kind, bits, build),
		'VACUUM fingerprints',
		format('INSERT INTO fingerprints SELECT i, make_fingerprint(%L, i + 17, %s)
				FROM generate_series(1001, 1100) i', kind, bits),
		format('CALL check_index(%L, %s, %L, ''vacuumed, rows added'')', kind, bits, build)
	]) WITH ORDINALITY step (statement, place)
WHERE statement IS NOT NULL
ORDER BY bits, kind, build, place
\set ECHO none
\gexec
\set ECHO all

SELECT bits, kind, sum(checks) AS checks, sum(mismatches) AS mismatches
FROM result GROUP BY bits, kind ORDER BY bits, kind;
SELECT * FROM result WHERE mismatches > 0;

--
-- Mixed widths: no condition holds between them, and there is no distance
--
CREATE TABLE mixed (id int, fp simhash);
CREATE INDEX mixed_fp_idx ON mixed USING gist (fp);
INSERT INTO mixed SELECT i, random_bits(i, 64 << i % 5)::simhash FROM generate_series(1, 2000) i;
INSERT INTO mixed SELECT i, NULL FROM generate_series(2001, 2300) i;
CREATE INDEX mixed_sorted_idx ON mixed USING gist (fp);

-- each value is found by =, and by nothing else
CREATE PROCEDURE check_equal() LANGUAGE plpgsql AS $$
DECLARE
	row record;
	n int := 0;
BEGIN
	SET LOCAL enable_seqscan = off;
	FOR row IN SELECT m.id, (SELECT array_agg(id) FROM mixed WHERE fp = m.fp) AS found
			   FROM mixed m WHERE m.fp IS NOT NULL
	LOOP
		n := n + 1;
		IF row.found IS DISTINCT FROM ARRAY[row.id] THEN
			RAISE EXCEPTION 'row % not found by =', row.id;
		END IF;
	END LOOP;
	RAISE NOTICE '% rows found by =', n;
END $$;

SET enable_seqscan = off;
SET enable_bitmapscan = off;
BEGIN;
DROP INDEX mixed_sorted_idx;
EXPLAIN (COSTS OFF) SELECT id FROM mixed WHERE fp = '0123456789abcdef';
CALL check_equal();
ROLLBACK;
BEGIN;
DROP INDEX mixed_fp_idx;
EXPLAIN (COSTS OFF) SELECT id FROM mixed WHERE fp = '0123456789abcdef';
CALL check_equal();
ROLLBACK;

SELECT count(*) FROM mixed WHERE fp IS NULL;

-- by whatever plan; a distance is an error by an index too, unless a condition
-- leaves such rows out
CREATE FUNCTION by_plan(setting text, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	plan text;
BEGIN
	PERFORM set_config(name, (name = setting)::text, true)
	FROM unnest(ARRAY['enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan']) name;
	PERFORM set_config('simhash.similarity_threshold', '0.3', true);
	EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM mixed WHERE %s', condition) INTO plan;
	IF (plan ~ 'Seq Scan') <> (setting = 'enable_seqscan') THEN
		RAISE 'unexpected plan for %: %', condition, plan;
	END IF;
	EXECUTE format('SELECT concat_ws('' '', count(*), sum(bit_length(fp))) FROM mixed WHERE %s', condition) INTO result;
	RETURN result;
END $$;
VACUUM ANALYZE mixed;
SELECT c AS condition, by_plan('enable_seqscan', c) AS rows, by_plan('enable_seqscan', c) = ALL (array_agg(by_plan(setting, c))) AS same
FROM unnest(ARRAY['fp <@ ''<0123456789abcdef,24>''', 'fp % ''0123456789abcdef''', 'simhash_dwithin(random_bits(7, 256)::simhash, fp, 110)',
		'simhash_ball(random_bits(7, 1024)::simhash, 2000) @> fp', 'fp <@ simhash_ball(repeat(''0'', 48)::simhash, 2000)']) c,
	unnest(ARRAY['enable_indexscan', 'enable_bitmapscan']) setting
GROUP BY c ORDER BY c COLLATE "C";
SELECT count(*), bool_and(bit_length(a.fp) = bit_length(b.fp)) AS of_one_width
FROM mixed a JOIN mixed b ON simhash_dwithin(a.fp, b.fp, 20) WHERE a.id <= 50;
SELECT count(*) FROM (SELECT FROM mixed WHERE fp <@ '<0123456789abcdef,24>' ORDER BY fp <-> '0123456789abcdef') nearest;
SELECT id FROM mixed ORDER BY fp <-> '0123456789abcdef' LIMIT 1;
DROP FUNCTION by_plan;

-- but not over rows that are gone
DELETE FROM mixed WHERE bit_length(fp) <> 64;
SELECT count(*) FROM mixed WHERE fp <@ '<0123456789abcdef,64>';
SELECT count(*) FROM (SELECT FROM mixed WHERE fp IS NOT NULL ORDER BY fp <-> '0123456789abcdef') nearest;

-- a table that is emptied by VACUUM takes other widths
DELETE FROM mixed;
VACUUM mixed;
INSERT INTO mixed SELECT i, random_bits(i, 128)::simhash FROM generate_series(1, 500) i;
SELECT count(*) FROM mixed WHERE fp <@ simhash_ball(random_bits(1, 128)::simhash, 128);
DROP TABLE mixed;

--
-- NULLs come last by distance, and are found
--
CREATE TABLE with_nulls AS
	SELECT i AS id, CASE WHEN i % 2 = 0 THEN random_bits(i, 64)::simhash END AS fp
	FROM generate_series(1, 1000) i;
CREATE INDEX ON with_nulls USING gist (fp);
SELECT count(*) FROM with_nulls WHERE fp IS NULL;
SELECT count(*) FROM with_nulls WHERE fp IS NOT NULL;
SELECT count(*), count(fp), array_agg(fp IS NULL ORDER BY place) = array_agg(place > 500 ORDER BY place) AS nulls_last
FROM (SELECT fp, row_number() OVER () AS place
	  FROM (SELECT fp FROM with_nulls ORDER BY fp <-> '0123456789abcdef') nearest) numbered;
SELECT count(*) FROM with_nulls WHERE fp <@ NULL;
SELECT count(*) FROM (SELECT FROM with_nulls ORDER BY fp <-> NULL) unordered;
DROP TABLE with_nulls;

--
-- No index-only scan, though every column is in the index and every page all
-- visible: it would return what VACUUM has just removed (test/isolation,
-- gist_scan)
--
CREATE TABLE covered (fp simhash(256));
INSERT INTO covered SELECT random_bits(i, 256)::simhash FROM generate_series(1, 500) i;
CREATE INDEX ON covered USING gist (fp);
VACUUM covered;
EXPLAIN (COSTS OFF)
SELECT count(*) FROM covered WHERE fp <@ simhash_ball(random_bits(1, 256)::simhash, 256);
EXPLAIN (COSTS OFF)
SELECT fp FROM covered ORDER BY fp <-> random_bits(7, 256)::simhash LIMIT 1;
SELECT fp = random_bits(7, 256)::simhash AS same
FROM (SELECT fp FROM covered ORDER BY fp <-> random_bits(7, 256)::simhash LIMIT 1) nearest;
SELECT count(*) FROM
	(SELECT fp FROM covered WHERE fp <@ simhash_ball(random_bits(1, 256)::simhash, 256)) found
	NATURAL JOIN (SELECT random_bits(i, 256)::simhash AS fp FROM generate_series(1, 500) i) inserted;
DROP TABLE covered;

--
-- % reads its setting when it scans, and again at each rescan
--
CREATE TABLE near (distance int, fp simhash);
INSERT INTO near SELECT d, (repeat('0', 64 - d) || repeat('1', d))::bit(64)::simhash
FROM generate_series(0, 64) d;
CREATE INDEX ON near USING gist (fp);
PREPARE by_setting AS SELECT max(distance) FROM near WHERE fp % '0000000000000000';
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_setting;
EXECUTE by_setting;
SET simhash.similarity_threshold = 0.9;
EXECUTE by_setting;
SELECT simhash_radius(64, 0.9);
RESET plan_cache_mode;

SET enable_material = off;
SELECT threshold, max(distance), simhash_radius(64, threshold::float8)
FROM (SELECT set_config('simhash.similarity_threshold', t::text, false) AS threshold
	  FROM unnest(ARRAY[1, 0.5, 0, 0.8]) t OFFSET 0) setting
	JOIN near ON fp % (CASE WHEN threshold <> '' THEN '0000000000000000' END)::simhash
GROUP BY threshold ORDER BY threshold;
RESET simhash.similarity_threshold;
RESET enable_material;
DROP TABLE near;

--
-- Exclusion constraints
--
CREATE TABLE distinct_only (fp simhash, EXCLUDE USING gist (fp WITH =));
INSERT INTO distinct_only SELECT random_bits(i, 64)::simhash FROM generate_series(1, 500) i;
INSERT INTO distinct_only VALUES (random_bits(77, 64)::simhash);
INSERT INTO distinct_only VALUES (random_bits(77, 128)::simhash), (NULL), (NULL);
INSERT INTO distinct_only VALUES (random_bits(77, 128)::simhash);
INSERT INTO distinct_only VALUES (random_bits(78, 64)::simhash) ON CONFLICT DO NOTHING;
SELECT count(*) FROM distinct_only;

CREATE TABLE dissimilar (fp simhash(64), EXCLUDE USING gist (fp WITH %));
INSERT INTO dissimilar VALUES ('0000000000000000'), ('ffffffffffffffff');
INSERT INTO dissimilar VALUES ('000000000000ffff');
INSERT INTO dissimilar VALUES ('0000000000007fff');
SELECT * FROM dissimilar;
DROP TABLE distinct_only, dissimilar;

RESET enable_seqscan;
RESET enable_indexscan;
RESET enable_bitmapscan;
DROP TABLE fingerprints, result;
DROP PROCEDURE check_index, check_equal;
DROP FUNCTION make_fingerprint, random_bits, uses_index;
