--
-- mih: an index returns what a sequential scan returns
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
-- disabled plans look dear enough to be compiled
SET jit = off;
SET datestyle = iso;

SELECT opcname, amvalidate(oid) FROM pg_opclass
WHERE opcmethod = (SELECT oid FROM pg_am WHERE amname = 'mih');

--
-- Every radius, for every width and kind of data
--

-- so many bits, from a seed: random
CREATE FUNCTION random_bits(seed bigint, bits int) RETURNS text LANGUAGE SQL IMMUTABLE AS $$
	SELECT string_agg(lpad(to_hex(hashint8extended(seed, w)), 16, '0'), '' ORDER BY w)
	FROM generate_series(1, bits / 64) w
$$;

-- clustered: one of 50 centers, up to an eighth of the bits flipped; skewed: a
-- few bits vary, and not evenly; equal: one fingerprint, over and over
CREATE FUNCTION make_fingerprint(kind text, i int, bits int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bytes bytea;
	place int;
BEGIN
	CASE kind
		WHEN 'random' THEN
			RETURN random_bits(i, bits);
		WHEN 'clustered' THEN
			bytes := decode(random_bits(i % 50, bits), 'hex');
			FOR k IN 1 .. abs(hashint4(i)) % (bits / 8) LOOP
				place := abs(hashint4(i * 128 + k)) % bits;
				bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
			END LOOP;
			RETURN encode(bytes, 'hex');
		WHEN 'skewed' THEN
			bytes := decode(random_bits(0, bits), 'hex');
			FOR k IN 1 .. i % 10 / 3 LOOP
				place := CASE WHEN i % 7 = 0 THEN abs(hashint4(i * 4 + k)) % bits ELSE bits - 1 - i % 3 END;
				bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
			END LOOP;
			RETURN encode(bytes, 'hex');
		WHEN 'equal' THEN
			RETURN random_bits(0, bits);
	END CASE;
END $$;

CREATE TABLE fingerprints ();
CREATE TABLE result (bits int, kind text, phase text, checks int, mismatches int);

-- the plan of a query must name the index
CREATE FUNCTION uses_index(query text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan::text LIKE '%"Index Name": "fingerprints_fp_idx"%';
END $$;

-- Compare the index of table fingerprints with the distances of all rows:
-- every radius, %, =, the nearest, and all rows by distance; for a query among
-- the rows, and one near a part of them.
CREATE PROCEDURE check_index(kind text, bits int, phase text) LANGUAGE plpgsql AS $$
DECLARE
	query simhash;
	checks_here int;
	mismatches_here int;
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
			SELECT id, (fp <-> query)::int AS d FROM fingerprints;
		CREATE TEMP TABLE expected ON COMMIT DROP AS
			SELECT radius, coalesce(sum(n) OVER upto, 0) AS n, coalesce(sum(s) OVER upto, 0) AS s,
				coalesce(sum(ss) OVER upto, 0) AS ss
			FROM generate_series(0, bits) radius
				LEFT JOIN (SELECT d, count(*) AS n, sum(id) AS s, sum(id::bigint * id) AS ss
						   FROM distance GROUP BY d) shell ON d = radius
			WINDOW upto AS (ORDER BY radius);

		SET LOCAL enable_seqscan = off;
		SET LOCAL enable_bitmapscan = on;
		SELECT count(*), count(*) FILTER (WHERE (e.n, e.s, e.ss) IS DISTINCT FROM (i.n, i.s, i.ss))
		INTO checks_here, mismatches_here
		FROM expected e,
			LATERAL (SELECT count(*) AS n, coalesce(sum(id), 0) AS s, coalesce(sum(id::bigint * id), 0) AS ss
					 FROM fingerprints WHERE fp <@ simhash_ball(query, radius)) i;
		checks := checks + checks_here;
		mismatches := mismatches + mismatches_here;

		-- the other kind of scan
		SET LOCAL enable_bitmapscan = off;
		SET LOCAL enable_indexscan = on;
		SELECT count(*), count(*) FILTER (WHERE (e.n, e.s, e.ss) IS DISTINCT FROM (i.n, i.s, i.ss))
		INTO checks_here, mismatches_here
		FROM (SELECT * FROM expected WHERE radius < 10 OR radius % 16 = 7) e,
			LATERAL (SELECT count(*) AS n, coalesce(sum(id), 0) AS s, coalesce(sum(id::bigint * id), 0) AS ss
					 FROM fingerprints WHERE fp <@ simhash_ball(query, radius)) i;
		checks := checks + checks_here;
		mismatches := mismatches + mismatches_here;

		SELECT count(*), sum((e.n <> i.n)::int) INTO checks_here, mismatches_here
		FROM (SELECT n FROM expected WHERE radius = 0) e, (SELECT count(*) AS n FROM fingerprints WHERE fp = query) i;
		checks := checks + checks_here;
		mismatches := mismatches + mismatches_here;

		SELECT count(*), sum((e.n <> i.n)::int) INTO checks_here, mismatches_here
		FROM (SELECT n FROM expected
			  WHERE radius = simhash_radius(bits, current_setting('simhash.similarity_threshold')::float8)) e,
			 (SELECT count(*) AS n FROM fingerprints WHERE fp % query) i;
		checks := checks + checks_here;
		mismatches := mismatches + mismatches_here;

		-- by distance: each row once, and the distances in order
		SET LOCAL enable_sort = off;
		SELECT count(*), sum(((e.n, e.s, e.d) IS DISTINCT FROM (i.n, i.s, i.d))::int)
		INTO checks_here, mismatches_here
		FROM unnest(ARRAY[1, 10, 150, 1000000]) nearest,
			LATERAL (SELECT count(*) AS n, count(*) AS s, array_agg(d ORDER BY d) AS d
					 FROM (SELECT d FROM distance ORDER BY d LIMIT nearest) ordered) e,
			LATERAL (SELECT count(*) AS n, count(DISTINCT id) AS s, array_agg(d ORDER BY place) AS d
					 FROM (SELECT id, (fp <-> query)::int AS d, row_number() OVER () AS place
						   FROM (SELECT * FROM fingerprints ORDER BY fp <-> query LIMIT nearest) ordered) numbered) i;
		checks := checks + checks_here;
		mismatches := mismatches + mismatches_here;
		RESET enable_sort;
		DROP TABLE distance, expected;
	END LOOP;

	SET LOCAL enable_sort = off;
	IF NOT uses_index(format('SELECT FROM fingerprints WHERE fp <@ simhash_ball(%L, %s)', query, bits)) OR
		NOT uses_index(format('SELECT FROM fingerprints WHERE fp %% %L', query)) OR
		NOT uses_index(format('SELECT FROM fingerprints WHERE fp = %L', query)) OR
		NOT uses_index(format('SELECT FROM fingerprints ORDER BY fp <-> %L', query))
	THEN
		RAISE EXCEPTION 'the index is not used';
	END IF;
	INSERT INTO result VALUES (bits, kind, phase, checks, mismatches);
END $$;

-- There are as many rows as it takes for lists to be used at all: fewer, the
-- wider the fingerprints.
SELECT statement FROM
	(VALUES (64, 12000), (128, 9000), (256, 6000), (512, 4000)) width (bits, n),
	unnest(ARRAY['random', 'clustered', 'skewed', 'equal']) kind,
	unnest(ARRAY[
		'DROP TABLE fingerprints',
		'CREATE TABLE fingerprints (id int, fp simhash)',
		format('INSERT INTO fingerprints SELECT i, make_fingerprint(%L, i, %s) FROM generate_series(1, %s) i',
			   kind, bits, n),
		'CREATE INDEX ON fingerprints USING mih (fp) WITH (pending_limit = 8)',
		format('CALL check_index(%L, %s, ''built'')', kind, bits),
		'DELETE FROM fingerprints WHERE id % 3 = 0 OR id BETWEEN 100 AND 200',
		'VACUUM fingerprints',
		format('INSERT INTO fingerprints SELECT i, make_fingerprint(%L, i + 17, %s)
				FROM generate_series(20001, 20900) i', kind, bits),
		'INSERT INTO fingerprints SELECT i, NULL FROM generate_series(1, 50) i',
		'DELETE FROM fingerprints WHERE fp IS NULL',
		format('CALL check_index(%L, %s, ''vacuumed, rows added'')', kind, bits)
	]) WITH ORDINALITY step (statement, place)
ORDER BY bits, kind, place
\set ECHO none
\gexec
\set ECHO all

SELECT bits, kind, sum(checks) AS checks, sum(mismatches) AS mismatches
FROM result GROUP BY bits, kind ORDER BY bits, kind;
SELECT * FROM result WHERE mismatches > 0;
DROP TABLE fingerprints, result;
DROP PROCEDURE check_index;
DROP FUNCTION make_fingerprint, uses_index;

--
-- The rest is asked of 20000 fingerprints of 256 bits, in twos and threes that
-- resemble each other.
--
CREATE FUNCTION near_bits(i int) RETURNS simhash LANGUAGE SQL IMMUTABLE AS $$
	SELECT set_bit(set_bit(random_bits(i / 3, 256)::simhash::bit(256), i % 3, 1), 255 - i % 5, 0)::simhash
$$;
CREATE TABLE article AS
	SELECT i AS id, date '2024-01-01' + i % 100 AS day,
		CASE WHEN i % 100 > 0 THEN near_bits(i) END AS fp
	FROM generate_series(1, 20000) i;
CREATE INDEX article_fp ON article USING mih (fp) WITH (pending_limit = 64);
CREATE INDEX article_day ON article (day);
INSERT INTO article SELECT i, '2024-02-01', near_bits(i) FROM generate_series(20001, 20100) i;
VACUUM ANALYZE article;

-- the plan without what PostgreSQL 18 says of disabled nodes
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line NOT LIKE '%Disabled%' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END $$;

-- how many pages a query reads
CREATE FUNCTION pg_temp.pages(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || query INTO plan;
	RETURN (plan->0->'Plan'->>'Shared Hit Blocks')::int + (plan->0->'Plan'->>'Shared Read Blocks')::int;
END $$;

-- the planner takes the index by itself, and a search reads a small part of it
SELECT pg_temp.plan($$SELECT id FROM article WHERE simhash_dwithin(fp, near_bits(30), 10)$$);
SELECT pg_temp.plan($$SELECT id FROM article ORDER BY fp <-> near_bits(30) LIMIT 3$$);
SELECT pg_temp.pages($$SELECT id FROM article WHERE fp = near_bits(30)$$) < 10 AS few_pages_equal,
	pg_temp.pages($$SELECT id FROM article WHERE simhash_dwithin(fp, near_bits(30), 10)$$) < 60 AS few_pages_within,
	pg_temp.pages($$SELECT id FROM article ORDER BY fp <-> near_bits(30) LIMIT 3$$) < 150 AS few_pages_nearest;
SELECT id FROM article WHERE simhash_dwithin(fp, near_bits(30), 10) ORDER BY id;
SELECT id, fp <-> near_bits(30) AS distance FROM article ORDER BY fp <-> near_bits(30) LIMIT 3;

-- NULLs: found, counted, and last by distance
SET enable_seqscan = off;
SELECT pg_temp.plan('SELECT count(*) FROM article WHERE fp IS NULL');
SELECT count(*) FROM article WHERE fp IS NULL;
SELECT pg_temp.plan('SELECT count(*) FROM article WHERE fp IS NOT NULL');
SELECT count(*) FROM article WHERE fp IS NOT NULL;
SELECT count(*) FROM article WHERE fp IS NULL AND fp % near_bits(30);
SELECT count(*) FROM article WHERE fp IS NOT NULL AND fp <@ simhash_ball(near_bits(31), 8);
SELECT count(*) FROM article WHERE fp <@ NULL;
SELECT count(*) FROM article WHERE fp % NULL;
SET enable_sort = off;
SELECT count(*), count(fp), bool_and((fp IS NULL) = (place > 19900)) AS nulls_last
FROM (SELECT fp, row_number() OVER () AS place
	  FROM (SELECT fp FROM article ORDER BY fp <-> near_bits(30)) nearest) numbered;
SELECT count(*) FROM (SELECT FROM article ORDER BY fp <-> NULL) unordered;

-- several conditions on the column, and several orders
CREATE FUNCTION pg_temp.same(indexed text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
	one text;
	two text;
BEGIN
	SET LOCAL enable_seqscan = off;
	SET LOCAL enable_indexscan = on;
	SET LOCAL enable_sort = off;
	IF NOT EXISTS (SELECT FROM pg_temp.plan(indexed) plan WHERE plan LIKE '%article_fp%') THEN
		RAISE EXCEPTION 'the index is not used: %', indexed;
	END IF;
	EXECUTE format('SELECT string_agg(r::text, '';'') FROM (%s) r', indexed) INTO one;
	SET LOCAL enable_seqscan = on;
	SET LOCAL enable_indexscan = off;
	SET LOCAL enable_bitmapscan = off;
	SET LOCAL enable_sort = on;
	EXECUTE format('SELECT string_agg(r::text, '';'') FROM (%s) r', indexed) INTO two;
	RETURN one = two;
END $$;
SELECT pg_temp.same(query) AS same, query FROM unnest(ARRAY[
	$$SELECT count(*), sum(id) FROM article WHERE fp <@ simhash_ball(near_bits(30), 120) AND fp <@ simhash_ball(near_bits(99), 120)$$,
	$$SELECT count(*), sum(id) FROM article WHERE fp <@ simhash_ball(near_bits(30), 3) AND fp <@ simhash_ball(near_bits(99), 130)$$,
	$$SELECT count(*), sum(id) FROM article WHERE fp <@ simhash_ball(near_bits(30), 256) AND fp = near_bits(31)$$,
	$$SELECT count(*), sum(id) FROM article WHERE fp = near_bits(30) AND fp <@ simhash_ball(near_bits(33), 0)$$,
	$$SELECT fp <-> near_bits(30) AS d FROM article WHERE fp <@ simhash_ball(near_bits(30), 110) ORDER BY fp <-> near_bits(30)$$,
	$$SELECT fp <-> near_bits(99) AS d FROM article WHERE fp <@ simhash_ball(near_bits(30), 110) ORDER BY fp <-> near_bits(99)$$,
	$$SELECT fp <-> near_bits(30) AS d FROM article WHERE fp <@ simhash_ball(near_bits(30), 110)
	  AND fp <@ simhash_ball(near_bits(99), 125) ORDER BY fp <-> near_bits(30)$$,
	$$SELECT fp <-> near_bits(30) AS d FROM article WHERE fp IS NOT NULL ORDER BY fp <-> near_bits(30)$$,
	$$SELECT fp <-> near_bits(30) AS d, fp <-> near_bits(99) AS dd FROM article
	  ORDER BY fp <-> near_bits(30), fp <-> near_bits(99)$$,
	$$SELECT fp <-> near_bits(30) AS d, fp <-> NULL AS dd FROM article ORDER BY fp <-> NULL, fp <-> near_bits(30)$$
]) query;

-- work_mem is kept to: results go to disk
SET work_mem = 64;
SELECT pg_temp.same($$SELECT fp <-> near_bits(30) AS d FROM article ORDER BY fp <-> near_bits(30)$$);
SELECT pg_temp.same($$SELECT count(*), sum(id) FROM article WHERE fp <@ simhash_ball(near_bits(30), 256)$$);
RESET work_mem;

-- with an index on another column
SET enable_seqscan = off;
SET enable_indexscan = off;
SELECT pg_temp.plan($$SELECT id FROM article WHERE day = '2024-02-01' AND fp <@ simhash_ball(near_bits(30), 100)$$);
SELECT pg_temp.plan($$SELECT id FROM article WHERE fp <@ simhash_ball(near_bits(30), 100) OR fp <@ simhash_ball(near_bits(99), 1)$$);
SELECT count(*), sum(id) FROM article WHERE day = '2024-02-01' AND fp <@ simhash_ball(near_bits(30), 110);
SELECT count(*), sum(id) FROM article WHERE fp <@ simhash_ball(near_bits(30), 100) OR fp <@ simhash_ball(near_bits(99), 1);
SET enable_bitmapscan = off;
SET enable_seqscan = on;
SELECT count(*), sum(id) FROM article WHERE day = '2024-02-01' AND fp <@ simhash_ball(near_bits(30), 110);
SELECT count(*), sum(id) FROM article WHERE fp <@ simhash_ball(near_bits(30), 100) OR fp <@ simhash_ball(near_bits(99), 1);
RESET enable_seqscan;
RESET enable_indexscan;
RESET enable_bitmapscan;
RESET enable_sort;

-- joins: the index is scanned again for each row, at a radius of its own
CREATE TABLE query AS SELECT i AS id, near_bits(i * 50 + 1) AS fp, i % 4 * 2 AS radius FROM generate_series(1, 60) i;
ANALYZE query;
SET enable_bitmapscan = off;
SELECT pg_temp.plan($$SELECT count(*) FROM query q JOIN article a ON simhash_dwithin(a.fp, q.fp, q.radius)$$);
RESET enable_bitmapscan;
SELECT count(*), sum(a.id) FROM query q JOIN article a ON simhash_dwithin(a.fp, q.fp, q.radius);
SELECT pg_temp.plan($$SELECT q.id, n.id FROM query q, LATERAL (SELECT a.id FROM article a ORDER BY a.fp <-> q.fp LIMIT 2) n$$);
SELECT count(*), sum(d) FROM query q,
	LATERAL (SELECT a.fp <-> q.fp AS d FROM article a ORDER BY a.fp <-> q.fp LIMIT 2) n;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT count(*), sum(a.id) FROM query q JOIN article a ON simhash_dwithin(a.fp, q.fp, q.radius);
SELECT count(*), sum(d) FROM query q,
	LATERAL (SELECT a.fp <-> q.fp AS d FROM article a ORDER BY a.fp <-> q.fp LIMIT 2) n;
RESET enable_indexscan;
RESET enable_bitmapscan;

-- a cursor: rows behind those that were sought first are found, though the
-- index changes meanwhile
SET enable_seqscan = off;
SET enable_sort = off;
BEGIN;
DECLARE nearest CURSOR FOR SELECT id, fp <-> near_bits(30) AS d FROM article ORDER BY fp <-> near_bits(30);
FETCH 4 FROM nearest;
SAVEPOINT inserted;
INSERT INTO article SELECT i, '2024-03-01', near_bits(30) FROM generate_series(30001, 31000) i;
FETCH 2 FROM nearest;
ROLLBACK TO inserted;
MOVE 19890 FROM nearest;
FETCH 4 FROM nearest;
MOVE BACKWARD ALL FROM nearest;
FETCH 1 FROM nearest;
COMMIT;

-- % reads its setting when it scans, and again at each rescan
CREATE TABLE near (distance int, fp simhash);
INSERT INTO near SELECT d, (repeat('0', 64 - d) || repeat('1', d))::bit(64)::simhash FROM generate_series(0, 64) d;
CREATE INDEX ON near USING mih (fp);
SET enable_bitmapscan = off;
PREPARE by_setting AS SELECT max(distance) FROM near WHERE fp % '0000000000000000';
PREPARE by_radius AS SELECT max(distance) FROM near WHERE simhash_dwithin(fp, '0000000000000000', $1);
SET plan_cache_mode = force_generic_plan;
SELECT pg_temp.plan('EXECUTE by_setting');
EXECUTE by_setting;
SET simhash.similarity_threshold = 0.9;
EXECUTE by_setting;
SELECT simhash_radius(64, 0.9);
SELECT pg_temp.plan('EXECUTE by_radius(3)');
EXECUTE by_radius(3);
EXECUTE by_radius(64);
EXECUTE by_radius(1000000);
EXECUTE by_radius(NULL);
EXECUTE by_radius(-1);
RESET plan_cache_mode;
RESET simhash.similarity_threshold;

-- other widths: no condition holds, by index and bitmap scan as of a table; a
-- distance is an error, but of no rows
SET simhash.similarity_threshold = 0;
CREATE TEMP TABLE plain AS SELECT * FROM near;
SELECT t.*, p.* FROM
	(SELECT count(*) FILTER (WHERE fp = near_bits(1)), count(*) FILTER (WHERE fp % near_bits(1)), count(*) FILTER (WHERE fp <@ simhash_ball(near_bits(1), 1000)) FROM plain) p,
	(SELECT (SELECT count(*) FROM near WHERE fp = near_bits(1)), (SELECT count(*) FROM near WHERE fp % near_bits(1)), (SELECT count(*) FROM near WHERE fp <@ simhash_ball(near_bits(1), 1000))) t;
SELECT count(*) FROM plain p JOIN near n ON simhash_dwithin(n.fp, repeat(p.fp::text, 1 + p.distance % 2)::simhash, 0);
SET enable_indexscan = off;
SET enable_bitmapscan = on;
SELECT (SELECT count(*) FROM near WHERE fp % near_bits(1)) AS similar, (SELECT count(*) FROM near WHERE fp <@ simhash_ball(near_bits(1), 1000)) AS within;
SET enable_indexscan = on;
SET enable_bitmapscan = off;
RESET simhash.similarity_threshold;
DROP TABLE plain;
SELECT distance FROM near ORDER BY fp <-> near_bits(1);
SELECT distance FROM near WHERE fp <@ simhash_ball(near_bits(1), 1000) ORDER BY fp <-> near_bits(1);
TRUNCATE near;
SELECT max(distance) FROM near WHERE fp % near_bits(1);
INSERT INTO near VALUES (NULL, NULL);
SELECT count(*) FROM (SELECT FROM near ORDER BY fp <-> near_bits(1)) found;

RESET ALL;
DROP TABLE article, query, near;
DROP FUNCTION near_bits, random_bits;
