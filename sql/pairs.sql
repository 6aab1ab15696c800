--
-- simhash_pairs, simhash_components: what a self-join finds, and
-- simhash_cluster
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA pairs_test;
RESET client_min_messages;
SET search_path = pairs_test, public;
SET jit = off;

CREATE TABLE article (id bigint, fp simhash);
INSERT INTO article VALUES
	(7, '0000000000000000'), (3, '0000000000000001'), (5, NULL), (1, '0000000000000001'),
	(9, '0000000000000301'), (4, 'ffffffffffffffff');

-- each pair once, a before b, equal fingerprints too; NULLs are in no pair
SELECT * FROM simhash_pairs('SELECT id, fp FROM article', 2) ORDER BY a, b;

-- numbers from 0, in the order of the ids
SELECT * FROM simhash_components('SELECT id, fp FROM article', 2);
SELECT * FROM simhash_components('SELECT id, fp FROM article', 2, NULL::bigint, 2);
SELECT * FROM simhash_components('SELECT id, fp FROM article', 1, NULL::bigint, 2, 'star');

--
-- Exactness: every width, data that are uniform, clustered and full of
-- duplicates, rows in any order
--

CREATE FUNCTION random_bytes(bits int) RETURNS bytea LANGUAGE SQL VOLATILE AS $$
	SELECT decode(string_agg(lpad(to_hex((random() * 65535)::int), 4, '0'), ''), 'hex')
	FROM generate_series(1, bits / 16)
$$;

-- Each row is new with probability "new", else an earlier one with up to
-- "flips" bits flipped.
CREATE PROCEDURE fill(count int, bits int, new float8, flips int) LANGUAGE plpgsql AS $$
DECLARE
	bytes bytea;
	place int;
BEGIN
	TRUNCATE article;
	FOR i IN 1 .. count LOOP
		bytes := NULL;
		IF random() >= new THEN
			place := 1 + floor(random() * (i - 1));
			SELECT fp::bytea INTO bytes FROM article WHERE id = place;
		END IF;
		IF bytes IS NULL THEN
			bytes := random_bytes(bits);
		ELSE
			FOR k IN 1 .. random() * flips LOOP
				place := floor(random() * bits);
				bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
			END LOOP;
		END IF;
		INSERT INTO article SELECT i, CASE WHEN random() < .97 THEN bytes::simhash END;
	END LOOP;
END $$;

-- Rows that are in one of two sets, but not in the other, or not as often.
CREATE FUNCTION differences(one text, other text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	result bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM (((%1$s) EXCEPT ALL (%2$s)) UNION ALL ((%2$s) EXCEPT ALL (%1$s))) x',
				   one, other) INTO result;
	RETURN result;
END $$;

SELECT setseed(.25);
CREATE TABLE result (bits int, data text, method text, pairs bigint, mismatches bigint);
DO $$
DECLARE
	query text := 'SELECT id, fp FROM article ORDER BY hashint8(id)';
	self_join text := 'SELECT x.id, y.id, (x.fp <-> y.fp)::int FROM article x JOIN article y ON x.id < y.id AND x.fp <-> y.fp <= %s';
	kind record;
	radius int;
	pairs bigint;
BEGIN
	FOR kind IN SELECT 64 * w AS bits, data, new, flips FROM generate_series(1, 16) w,
				(VALUES ('uniform', 1, 0), ('clustered', .2, .1), ('duplicates', .05, .01)) v (data, new, flips)
	LOOP
		CALL fill(80, kind.bits, kind.new, (kind.bits * kind.flips)::int);
		FOREACH radius IN ARRAY ARRAY[0, 3, kind.bits / 10, kind.bits * 2 / 5] LOOP
			EXECUTE 'SELECT count(*) FROM simhash_pairs($1, $2)' INTO pairs USING query, radius;
			INSERT INTO result
			SELECT kind.bits, kind.data, 'pairs', pairs,
				differences(format('SELECT * FROM simhash_pairs(%L, %s)', query, radius), format(self_join, radius));
			INSERT INTO result
			SELECT kind.bits, kind.data, method, 0,
				differences(format('SELECT * FROM simhash_components(%L, %s, NULL::bigint, %s, %L)', query, radius, minpoints, method),
							format('SELECT id, simhash_cluster(fp, %s, %s, %L) OVER (ORDER BY id) FROM article WHERE fp IS NOT NULL', radius, minpoints, method))
			FROM (VALUES (1), (3)) m (minpoints), (VALUES ('dbscan'), ('star')) v (method);
		END LOOP;
	END LOOP;
END $$;
SELECT data, method, count(*) AS tests, count(DISTINCT bits) AS widths, sum(pairs) > 0 AS pairs, sum(mismatches) AS mismatches
FROM result GROUP BY data, method ORDER BY data, method;

-- two queries, or two relations: what the join of both finds. The same id may be
-- in both, and each form is found by arguments as they are written.
CREATE TABLE across (bits int, radius int, pairs bigint, mismatches bigint);
DO $$
DECLARE
	width int;
	radius int;
	side text[];
BEGIN
	FOREACH width IN ARRAY ARRAY[64, 256, 1024] LOOP
		CALL fill(120, width, .2, width / 20);
		FOREACH side SLICE 1 IN ARRAY ARRAY[['id < 20', 'id >= 20'], ['id >= 20', 'id < 20'], ['id % 2 = 0', 'true'], ['true', 'id = 7']] LOOP
			FOREACH radius IN ARRAY ARRAY[0, width / 10, width] LOOP
				INSERT INTO across
				SELECT width, radius, (SELECT count(*) FROM simhash_pairs(mine, theirs, radius)),
					differences(format('SELECT * FROM simhash_pairs(%L, %L, %s)', mine, theirs, radius),
						format('SELECT x.id, y.id, (x.fp <-> y.fp)::int FROM (%s) x (id, fp) JOIN (%s) y (id, fp) ON x.fp <-> y.fp <= %s', mine, theirs, radius))
				FROM (VALUES (format('SELECT id, fp FROM article WHERE %s ORDER BY hashint8(id)', side[1]),
							  format('SELECT id, fp FROM article WHERE %s', side[2]))) v (mine, theirs);
			END LOOP;
		END LOOP;
	END LOOP;
END $$;
SELECT bits, count(*) AS tests, sum(pairs) > 0 AS pairs, sum(mismatches) AS mismatches FROM across GROUP BY bits ORDER BY bits;
TRUNCATE article;
INSERT INTO article SELECT i, lpad(to_hex(i / 2), 16, '0')::simhash FROM generate_series(1, 6) i;
CREATE VIEW mine AS SELECT id, md5(id::text)::uuid AS name, fp FROM article WHERE id <= 3;
CREATE VIEW theirs AS SELECT id, md5(id::text)::uuid AS name, fp FROM article WHERE id >= 3;
SELECT * FROM simhash_pairs('SELECT id, fp FROM mine', 'SELECT id, fp FROM theirs', 0) ORDER BY a, b;
SELECT * FROM simhash_pairs('mine', 'id', 'fp', 'theirs', 'id', 'fp', 0) ORDER BY a, b;
SELECT pg_typeof(a), count(*) FROM simhash_pairs('SELECT name, fp FROM mine', 'SELECT name, fp FROM theirs', 0, NULL::uuid) GROUP BY 1;
SELECT pg_typeof(a), count(*) FROM simhash_pairs('mine', 'name', 'fp', 'theirs', 'name', 'fp', 0, NULL::uuid) GROUP BY 1;
SELECT pg_typeof(a), count(*) FROM simhash_pairs('mine', 'name', 'fp', 0, NULL::uuid) GROUP BY 1;
SELECT pg_typeof(a), count(*) FROM simhash_pairs('mine', 'id', 'fp', 0) GROUP BY 1;
SELECT pg_typeof(a), count(*) FROM simhash_pairs('SELECT name, fp FROM mine', 0, NULL::uuid) GROUP BY 1;
SELECT * FROM simhash_pairs('SELECT id, fp FROM mine WHERE false', 'SELECT id, fp FROM theirs', 0);
SELECT * FROM simhash_pairs('SELECT id, fp FROM mine', 'SELECT id, fp FROM theirs WHERE false', 0);
SELECT * FROM simhash_pairs('SELECT id, fp FROM mine', 'SELECT 1, fp FROM theirs', 0);
SELECT * FROM simhash_pairs('SELECT id, fp FROM mine', 'SELECT id, repeat(''0'', 32)::simhash FROM theirs', 0);
SELECT * FROM simhash_pairs('SELECT id, fp FROM mine', NULL, 0);
DROP VIEW mine, theirs;

-- more rows than in a tile, so that bands are used; a result that goes to disk
CALL fill(2000, 128, .3, 12);
SET work_mem = '64kB';
SELECT radius, count(*) > 0 AS pairs,
	differences(format('SELECT * FROM simhash_pairs(%L, %s)', 'SELECT id, fp FROM article', radius),
				format('SELECT x.id, y.id, (x.fp <-> y.fp)::int FROM article x JOIN article y ON x.id < y.id AND simhash_dwithin(x.fp, y.fp, %s)', radius)) AS mismatches
FROM generate_series(0, 16, 8) radius GROUP BY radius ORDER BY radius;
SELECT count(*) FROM simhash_pairs('SELECT id, fp FROM article', 128);
SELECT n * (n - 1) / 2 AS all FROM (SELECT count(fp) AS n FROM article) x;
RESET work_mem;

-- without chains every member of a star is within the radius of one of them
SELECT bool_and(EXISTS (
	SELECT FROM article center WHERE NOT EXISTS (
		SELECT FROM unnest(members) m JOIN article ON article.id = m WHERE article.fp <-> center.fp > 9)
	AND center.id = ANY (members))) AS stars
FROM (SELECT cluster, array_agg(id) AS members
	  FROM simhash_components('SELECT id, fp FROM article', 9, NULL::bigint, 1, 'star')
	  GROUP BY cluster) c;

-- what doesn't fit in memory can be done in parts, each with each
CALL fill(1000, 64, .3, 6);
SELECT count(*) > 0 AS pairs,
	differences($$SELECT * FROM simhash_pairs('SELECT id, fp FROM article', 6)$$,
				$$SELECT pair.*
				  FROM generate_series(0, 3) i, generate_series(i, 3) j,
					simhash_pairs(format('SELECT id, fp FROM article WHERE id %% 4 IN (%s, %s)', i, j), 6) pair
				  WHERE i = j OR pair.a % 4 <> pair.b % 4$$) AS mismatches
FROM simhash_pairs('SELECT id, fp FROM article', 6);

--
-- Ids of other types, in the order of their types
--

TRUNCATE article;
INSERT INTO article SELECT i, ((i % 4)::bigint)::simhash FROM generate_series(1, 12) i;
SELECT a, b FROM simhash_pairs('SELECT id::int, fp FROM article', 0, NULL::int) ORDER BY a, b LIMIT 3;
SELECT pg_typeof(a), pg_typeof(b), count(*), bool_and(a < b) AS ordered
FROM simhash_pairs('SELECT (''id '' || id) COLLATE "C", fp FROM article', 0, NULL::text) GROUP BY 1, 2;
SELECT pg_typeof(a), count(*), bool_and(a < b) AS ordered
FROM simhash_pairs('SELECT md5(id::text)::uuid, fp FROM article', 0, NULL::uuid) GROUP BY 1;
SELECT pg_typeof(a), count(*), bool_and(a < b) AS ordered
FROM simhash_pairs('SELECT ARRAY[id % 3, id], fp FROM article', 0, NULL::bigint[]) GROUP BY 1;
SELECT array_agg(id ORDER BY id), cluster
FROM simhash_components('SELECT (''2016-01-01''::date + id::int), fp FROM article', 0, NULL::date) GROUP BY cluster ORDER BY cluster;
-- an id that is toasted, and a fingerprint cast implicitly from a domain
CREATE DOMAIN fingerprint AS simhash(64);
SELECT length(a), right(a, 2), right(b, 2)
FROM simhash_pairs('SELECT repeat(''x'', 10000) || (10 + id), fp::fingerprint FROM article', 0, NULL::text) ORDER BY a, b LIMIT 3;
-- ids of a domain are so from the start: no cast to it checks what it asks for
CREATE DOMAIN positive AS bigint CHECK (value > 0);
SELECT pg_typeof(a), count(*)
FROM simhash_pairs('SELECT id::positive, fp FROM article', 0, NULL::positive) GROUP BY 1;
SELECT a, b FROM simhash_pairs('SELECT -id::bigint, fp FROM article', 0, NULL::positive);
SELECT * FROM pairs_components('SELECT 0, -1', NULL::positive);
CREATE TABLE toasted (id text, fp simhash(64));
ALTER TABLE toasted ALTER id SET STORAGE external;
INSERT INTO toasted SELECT repeat('x', 10000) || (10 + id), fp FROM article;
SELECT length(a), right(a, 2), right(b, 2)
FROM simhash_pairs('TABLE toasted', 0, NULL::text) ORDER BY a, b LIMIT 3;

--
-- Equal fingerprints by the hundred thousand cost components nothing
--

SELECT count(*), min(cluster), max(cluster)
FROM simhash_components('SELECT i, repeat(''5'', 64)::simhash FROM generate_series(1, 100000) i', 40);
-- their pairs are 5e9: the query can be cancelled
SET statement_timeout = '200ms';
SELECT count(*) FROM simhash_pairs('SELECT i, repeat(''5'', 64)::simhash FROM generate_series(1, 100000) i', 40);
RESET statement_timeout;
\set VERBOSITY default

--
-- Nothing
--

SELECT * FROM simhash_pairs('SELECT id, fp FROM article WHERE false', 3);
SELECT * FROM simhash_pairs('SELECT id, NULL::simhash FROM article', 3);
SELECT * FROM simhash_components('SELECT id, fp FROM article WHERE false', 3);
SELECT * FROM simhash_components('SELECT 1, ''0000000000000000''::simhash', 2147483647);

--
-- The query: with the caller's rights, what the statement sees, nothing else
--

CREATE ROLE simhash_pairs_reader;
GRANT USAGE ON SCHEMA pairs_test TO simhash_pairs_reader;
SET ROLE simhash_pairs_reader;
SELECT * FROM simhash_pairs('SELECT id, fp FROM article', 3);
RESET ROLE;
GRANT SELECT (id, fp) ON article TO simhash_pairs_reader;
SET ROLE simhash_pairs_reader;
SELECT count(*) FROM simhash_pairs('SELECT id, fp FROM article', 0);
RESET ROLE;
DROP OWNED BY simhash_pairs_reader;
DROP ROLE simhash_pairs_reader;

BEGIN;
INSERT INTO article VALUES (13, (0::bigint)::simhash);
SELECT count(*) FROM simhash_pairs('SELECT id, fp FROM article', 0);
ROLLBACK;

\set VERBOSITY terse
SELECT * FROM simhash_pairs('SELECT id FROM article', 3);
SELECT * FROM simhash_pairs('SELECT id, fp, fp FROM article', 3);
SELECT * FROM simhash_pairs('SELECT fp, id FROM article', 3);
SELECT * FROM simhash_pairs('SELECT id::text, fp FROM article', 3);
SELECT * FROM simhash_pairs('SELECT id, fp::text FROM article', 3);
SELECT * FROM simhash_components('SELECT id, fp FROM article', 3, NULL::uuid);
SELECT * FROM simhash_pairs('SELECT NULL::bigint, fp FROM article', 3);
SELECT * FROM simhash_pairs('SELECT NULL::bigint, NULL::simhash FROM article', 3);
SELECT * FROM simhash_pairs('SELECT id / 2, fp FROM article ORDER BY id', 3);
SELECT * FROM simhash_pairs('SELECT ''id'' || id / 2, fp FROM article ORDER BY id', 3, NULL::text);
SELECT * FROM simhash_components('SELECT id / 2, fp FROM article ORDER BY id DESC', 3);
SELECT * FROM simhash_pairs('SELECT 1, ''0000000000000000''::simhash UNION SELECT 2, ''00000000000000000000000000000000''', 3);
SELECT * FROM simhash_pairs('', 3);
SELECT * FROM simhash_pairs('SELECT id, fp FROM nowhere', 3);
SELECT * FROM simhash_pairs('SELECT id, fp FROM article; SELECT id, fp FROM article', 3);
SELECT * FROM simhash_pairs('DELETE FROM article RETURNING id, fp', 3);
SELECT * FROM simhash_pairs('WITH gone AS (DELETE FROM article RETURNING *) SELECT * FROM gone', 3);
SELECT * FROM simhash_pairs('SELECT id, fp FROM article FOR UPDATE', 3);
SELECT * FROM simhash_pairs('SELECT id, fp INTO another FROM article', 3);
SELECT * FROM simhash_pairs('EXPLAIN SELECT id, fp FROM article', 3);
SELECT * FROM simhash_pairs('SELECT id, fp FROM article', -1);
SELECT * FROM simhash_pairs('SELECT id, fp FROM article', NULL);
SELECT * FROM simhash_pairs(NULL, 3);
SELECT * FROM simhash_pairs('SELECT id, fp FROM article', 3, NULL::json);
SELECT * FROM simhash_components('SELECT id, fp FROM article', -1);
SELECT * FROM simhash_components('SELECT id, fp FROM article', 3, NULL::bigint, 0);
SELECT * FROM simhash_components('SELECT id, fp FROM article', 3, NULL::bigint, NULL);
SELECT * FROM simhash_components('SELECT id, fp FROM article', 3, NULL::bigint, 1, 'kmeans');
SELECT count(*) FROM article;

--
-- pairs_components: what pairs connect
--

SELECT * FROM pairs_components('VALUES (7, 3), (9, 4), (3, 1), (5, 5), (4, 9), (2, 9)');
SELECT * FROM pairs_components('VALUES (''b'', ''c''), (''x'', ''a''), (''c'', ''d'')', NULL::text);
SELECT * FROM pairs_components('SELECT 1, 2 WHERE false');

-- pairs of simhash_pairs and their components are those of simhash_components
CALL fill(1500, 128, .3, 12);
SELECT radius, count(DISTINCT cluster) > 1 AS clusters,
	differences(format('SELECT * FROM simhash_components(%L, %s)', 'SELECT id, fp FROM article', radius),
				format('SELECT * FROM pairs_components(%L)',
					   format('SELECT a, b FROM simhash_pairs(%L, %s) UNION ALL SELECT id, id FROM article WHERE fp IS NOT NULL',
							  'SELECT id, fp FROM article', radius))) AS mismatches
FROM generate_series(0, 16, 8) radius, simhash_components('SELECT id, fp FROM article', radius)
GROUP BY radius ORDER BY radius;

-- clusters of pairs that a sketch confirms: 1 and 2 are a copy with changes, 3
-- has a fingerprint near that of 2, as it might have by chance
CREATE TABLE news (id bigint, body text, fp simhash(256), sketch textsketch);
INSERT INTO news
SELECT id, body, to_simhash(body), to_textsketch(body)
FROM (SELECT id, string_agg(CASE WHEN id = 2 AND i % 40 = 0 THEN 'changed' ELSE 'word' || (hashint8(i * (id / 3 + 1)) & 65535) END, ' ' ORDER BY i) AS body
	  FROM generate_series(1, 5) id, generate_series(1, 300) i GROUP BY id) x;
UPDATE news SET fp = set_bit((SELECT fp FROM news WHERE id = 2)::bytea, 9, 1)::simhash WHERE id = 3;
SELECT * FROM simhash_components('SELECT id, fp FROM news', 62);
SELECT * FROM pairs_components($$
	SELECT pair.a, pair.b
	FROM simhash_pairs('SELECT id, fp FROM news', 62) pair
	JOIN news x ON x.id = pair.a JOIN news y ON y.id = pair.b
	WHERE textsketch_resembles(x.sketch, y.sketch, .35)$$);

SELECT * FROM pairs_components('VALUES (1, NULL::int)');
SELECT * FROM pairs_components('VALUES (NULL, ''a'')', NULL::text);
SELECT * FROM pairs_components('VALUES (1)');
SELECT * FROM pairs_components('VALUES (1, ''a''::text)');
SELECT * FROM pairs_components(NULL);
SELECT * FROM pairs_components('VALUES (B''1'', B''0'')', NULL::bit(1));
-- ids that come again take nothing: more pairs than would fit in memory
SET simhash.memory_limit = '1MB';
SELECT count(*), count(DISTINCT cluster) FROM pairs_components('SELECT i % 10000, i % 100 FROM generate_series(1, 100000) i', NULL::int);

RESET maintenance_work_mem;

--
-- Casts and functions of the query: by the executor, row by row
--

-- nothing that is called can close what the rows are read from
CREATE TYPE letter AS ENUM ('a', 'b');
CREATE FUNCTION letter_code(letter) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'CLOSE ALL';
	RETURN ascii($1::text);
END $$;
CREATE CAST (letter AS bigint) WITH FUNCTION letter_code(letter) AS IMPLICIT;
SELECT * FROM simhash_pairs($$SELECT x, repeat('0123456789abcdef', 4)::simhash FROM unnest(ARRAY['a', 'b']::letter[]) x$$, 3);
SELECT * FROM pairs_components($$SELECT x, x FROM unnest(ARRAY['b', 'a']::letter[]) x$$);

-- who may not call a cast's function doesn't do so by us
CREATE TYPE secret AS ENUM ('x', 'y');
CREATE FUNCTION reveal(secret) RETURNS bigint LANGUAGE SQL SECURITY DEFINER AS 'SELECT 42 + ascii($1::text)';
REVOKE ALL ON FUNCTION reveal(secret) FROM PUBLIC;
CREATE CAST (secret AS bigint) WITH FUNCTION reveal(secret) AS IMPLICIT;
CREATE ROLE simhash_pairs_reader;
GRANT USAGE ON SCHEMA pairs_test TO simhash_pairs_reader;
SET ROLE simhash_pairs_reader;
SELECT * FROM pairs_components('SELECT ''x''::secret, ''y''::secret');
RESET ROLE;
GRANT EXECUTE ON FUNCTION reveal(secret) TO simhash_pairs_reader;
SET ROLE simhash_pairs_reader;
SELECT * FROM pairs_components('SELECT ''x''::secret, ''y''::secret');
RESET ROLE;
DROP OWNED BY simhash_pairs_reader;
DROP ROLE simhash_pairs_reader;

-- workers read rows, unless a cast isn't safe for them: this one writes
CREATE TABLE many AS SELECT i, 'x'::secret AS hidden FROM generate_series(1, 2000) i;
CREATE TABLE seen (value secret);
CREATE FUNCTION process() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE plpgsql AS 'BEGIN RETURN pg_backend_pid(); END';
CREATE OR REPLACE FUNCTION reveal(secret) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO seen VALUES ($1);
	RETURN pg_backend_pid();
END $$;
ANALYZE many;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
SELECT bool_and(id <> pg_backend_pid()) AS by_workers FROM pairs_components('SELECT process(), process() FROM many');
SELECT bool_and(id = pg_backend_pid()) AS by_ourselves FROM pairs_components('SELECT process(), hidden FROM many');
SELECT count(*) FROM seen;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
RESET parallel_leader_participation;

-- no row is kept: here would be 1.5 GB of them
CREATE FUNCTION within_memory(i int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
	IF i % 100 = 50 AND (SELECT sum(total_bytes) FROM pg_backend_memory_contexts) > 64 << 20 THEN
		RAISE 'too much memory at row %', i;
	END IF;
	RETURN i;
END $$;
SELECT count(*) FROM story_summary($$
	SELECT NULL::bigint, within_memory(i), NULL, repeat(repeat('x', 1500), 1000 + i % 3), NULL, NULL::date
	FROM generate_series(1, 1000) i$$);

--
-- A relation and its columns in place of the query
--

CREATE TABLE "Press" ("Id" int, "a fp" simhash(64), other uuid);
INSERT INTO "Press" SELECT i, ((i % 4)::bigint)::simhash, md5(i::text)::uuid FROM generate_series(1, 12) i;
SELECT count(*) AS pairs,
	differences($$SELECT * FROM simhash_pairs('"Press"', 'Id', 'a fp', 1)$$,
				$$SELECT * FROM simhash_pairs('SELECT "Id", "a fp" FROM "Press"', 1)$$) AS mismatches,
	differences($$SELECT * FROM simhash_pairs('"Press"', 'other', 'a fp', 1, NULL::uuid)$$,
				$$SELECT * FROM simhash_pairs('SELECT other, "a fp" FROM "Press"', 1, NULL::uuid)$$) AS mismatches_uuid
FROM simhash_pairs('"Press"', 'Id', 'a fp', 1);
SELECT differences($$SELECT * FROM simhash_components('"Press"', 'Id', 'a fp', 0, 2, 'star')$$,
				   $$SELECT * FROM simhash_components('SELECT "Id", "a fp" FROM "Press"', 0, NULL::bigint, 2, 'star')$$) AS mismatches,
	differences($$SELECT * FROM simhash_components('"Press"', 'other', 'a fp', 0, NULL::uuid, 3, 'dbscan')$$,
				$$SELECT * FROM simhash_components('SELECT other, "a fp" FROM "Press"', 0, NULL::uuid, 3)$$) AS mismatches_uuid;
SELECT id, cluster FROM simhash_components('"Press"'::regclass, 'Id', 'a fp', 0, 3, 'dbscan') WHERE id <= 5;

-- what depends on a relation keeps it, and follows its names
CREATE VIEW near AS SELECT * FROM simhash_pairs('"Press"', 'Id', 'a fp', 0);
CREATE MATERIALIZED VIEW connected AS SELECT * FROM pairs_components('near', 'a', 'b');
DROP TABLE "Press";
DROP VIEW near;
ALTER TABLE "Press" RENAME TO press;
ALTER TABLE press SET SCHEMA public;
SET search_path = pg_catalog;
REFRESH MATERIALIZED VIEW pairs_test.connected;
SELECT count(*), count(DISTINCT cluster) FROM pairs_test.connected;
SET search_path = pairs_test, public;
ALTER TABLE public.press SET SCHEMA pairs_test;
SELECT differences('TABLE connected', $$SELECT * FROM pairs_components('near', 'a', 'b', NULL::bigint)$$) AS mismatches;

-- with the rights of the caller, also in another's view
CREATE ROLE simhash_pairs_reader;
GRANT USAGE ON SCHEMA pairs_test TO simhash_pairs_reader;
GRANT SELECT ON near TO simhash_pairs_reader;
SET ROLE simhash_pairs_reader;
SELECT count(*) FROM near;
RESET ROLE;
GRANT SELECT ("Id", "a fp") ON press TO simhash_pairs_reader;
SET ROLE simhash_pairs_reader;
SELECT count(*) FROM near;
RESET ROLE;
DROP OWNED BY simhash_pairs_reader;
DROP ROLE simhash_pairs_reader;

-- mistakes
\set VERBOSITY default
SELECT * FROM simhash_pairs('press', 0);
SELECT * FROM simhash_pairs('press', 'Id', 'fp', 0);
\set VERBOSITY terse
SELECT * FROM simhash_pairs('nowhere', 'Id', 'a fp', 0);
SELECT * FROM simhash_pairs(0, 'Id', 'a fp', 0);
SELECT * FROM simhash_pairs('press', 'Id', 'other', 0);
SELECT * FROM simhash_pairs('press', NULL, 'a fp', 0);
SELECT * FROM simhash_pairs(NULL::regclass, 'Id', 'a fp', 0);
SELECT * FROM simhash_components('press', 'Id', 'a fp', 0, 0, 'star');
SELECT * FROM pairs_components('press', 'Id', 'a fp');

SET client_min_messages = warning;
DROP SCHEMA pairs_test CASCADE;
