--
-- mih: an index returns what a sequential scan returns
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
-- disabled plans look dear enough to be compiled
SET jit = off;

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
