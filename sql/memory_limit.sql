--
-- simhash.memory_limit: one limit for all work in memory over rows and texts
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA memory_test;
RESET client_min_messages;
SET search_path = memory_test, public;
SET jit = off;

SELECT to_simhash('the library is loaded', 64);

-- What a query comes to: its number of rows, or the error; and what of the
-- limited memory is left behind it.
CREATE FUNCTION outcome(query text, OUT result text, OUT left_behind bigint) LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	BEGIN
		EXECUTE format('SELECT count(q) FROM (%s) q', query) INTO n;
		result := n;
	EXCEPTION WHEN configuration_limit_exceeded THEN
		result := sqlerrm;
	END;
	SELECT count(*) FROM pg_backend_memory_contexts WHERE ident = 'within simhash.memory_limit' INTO left_behind;
END $$;

CREATE TABLE call (name text, query text);
INSERT INTO call VALUES
	('cluster', $$SELECT simhash_cluster(hashint8(i)::bigint::simhash, 0) OVER () FROM generate_series(1, 20000) i$$),
	('cluster, star', $$SELECT simhash_cluster((hashint8(i) & 255)::bigint::simhash, 1, 2, 'star') OVER () FROM generate_series(1, 2000) i$$),
	('stories', $$SELECT story_cluster(NULL, 'a b c ' || i, NULL) OVER () FROM generate_series(1, 100) i$$),
	('stories, lexemes', $$SELECT story_cluster(to_tsvector('simple', 'a b c ' || i), NULL) OVER () FROM generate_series(1, 100) i$$),
	('summary', $$SELECT * FROM story_summary('SELECT i % 10, i, ''a b c'', ''d e f '' || i, ''s'' || i, NULL::date FROM generate_series(1, 100) i')$$),
	('pairs', $$SELECT * FROM simhash_pairs('SELECT i, hashint8(i / 2 * 2)::bigint::simhash FROM generate_series(1, 20000) i', 0)$$),
	('pairs, text', $$SELECT * FROM simhash_pairs('SELECT repeat(''x'', 1000) || i, hashint8(i / 2 * 2)::bigint::simhash FROM generate_series(1, 1000) i', 0, NULL::text)$$),
	('components', $$SELECT * FROM simhash_components('SELECT i, hashint8(i / 2 * 2)::bigint::simhash FROM generate_series(1, 20000) i', 0)$$),
	('components, star', $$SELECT * FROM simhash_components('SELECT i, (hashint8(i) & 255)::bigint::simhash FROM generate_series(1, 2000) i', 1, NULL::bigint, 2, 'star')$$),
	('pairs_components', $$SELECT * FROM pairs_components('SELECT i, i + 1 FROM generate_series(1, 20000) i')$$),
	('sketch pairs', $$SELECT * FROM textsketch_pairs('SELECT i, to_textsketch(''a b c '' || i / 2) FROM generate_series(1, 20000) i', .9)$$),
	('passages', $$SELECT * FROM shared_passages(repeat('a b c d e f g h i j ', 1000), repeat('f g h i j a b c d e ', 1000))$$),
	('coverage', $$SELECT passage_coverage(repeat('a b c d e f g h i j ', 1000), repeat('f g h i j a b c d e ', 1000))$$),
	('compared', $$SELECT article_verdict(repeat('a b c d e f g h i j ', 1000), repeat('f g h i j a b c d e ', 1000))$$),
	('fingerprint', $$SELECT to_simhash(repeat('a b c d e f g h i j ', 4000))$$),
	('sketch', $$SELECT to_textsketch(string_agg('w' || i, ' '), 4, 1) FROM generate_series(1, 20000) i$$);

-- nothing is left after an error, and the next call is none the worse
SET simhash.memory_limit = 64;
SELECT name, result, left_behind FROM call, outcome(query);
RESET simhash.memory_limit;
SELECT name, result, left_behind FROM call, outcome(query);

-- advice
\set SHOW_CONTEXT never
SET simhash.memory_limit = '128kB';
SELECT count(*) FROM simhash_pairs('SELECT i, i::simhash FROM generate_series(1, 20000::bigint) i', 0);

-- usual articles get a fingerprint and a sketch within any limit
SET simhash.memory_limit = 64;
SELECT count(to_simhash(body)), count(to_textsketch(body))
FROM (SELECT string_agg('word' || i || 'of' || a, ' ') AS body FROM generate_series(1, 1000) i, generate_series(1, 20) a GROUP BY a) x;

-- a limit is for a call: of many none takes from the others
SET simhash.memory_limit = '256kB';
SELECT count(DISTINCT p) AS partitions, max(c)
FROM (SELECT i % 500 AS p, simhash_cluster((i % 1000)::bigint::simhash, 0) OVER (PARTITION BY i % 500) AS c FROM generate_series(1, 10000) i) x;

-- sorts, and results, are on disk beyond work_mem, and not within the limit;
-- blocks of sketches are as small as it
SET simhash.memory_limit = '512kB';
SET maintenance_work_mem = '64MB';
SELECT count(*) FROM textsketch_pairs($$
	SELECT i, to_textsketch((SELECT string_agg('w' || (hashint8extended(i / 2, j) & 65535), ' ') FROM generate_series(1, 200) j))
	FROM generate_series(1, 3000) i$$, .9);
SELECT count(*) FROM simhash_pairs('SELECT i, (i % 2)::simhash FROM generate_series(1, 1000::bigint) i', 0);
SET simhash.memory_limit = '4MB';
SELECT count(*), min(cardinality(sources))
FROM story_summary('SELECT i / 2, i, ''title'', repeat(''body '' || i, 1000), ''source '' || i, NULL::date FROM generate_series(0, 999) i');
RESET maintenance_work_mem;

-- of whom it can be lowered, and who can't raise it: test/t/020_security.pl
CREATE ROLE simhash_limited;
SET ROLE simhash_limited;
SET simhash.memory_limit = '2GB';
SET simhash.memory_limit = '1MB';
SHOW simhash.memory_limit;
RESET ROLE;
GRANT SET ON PARAMETER simhash.memory_limit TO simhash_limited;
SET ROLE simhash_limited;
SET simhash.memory_limit = '1MB';
SHOW simhash.memory_limit;
RESET ROLE;
REVOKE SET ON PARAMETER simhash.memory_limit FROM simhash_limited;
DROP ROLE simhash_limited;
\set VERBOSITY sqlstate
SET simhash.memory_limit = 63;
\set VERBOSITY default

SET client_min_messages = warning;
DROP SCHEMA memory_test CASCADE;
