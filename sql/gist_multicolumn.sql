--
-- GiST: fingerprint and date in one index, with btree_gist
--
SELECT count(*) = 0 AS without_btree_gist FROM pg_available_extensions WHERE name = 'btree_gist' \gset
\if :without_btree_gist
\echo 'skipped: btree_gist is not available'
\quit
\endif

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE EXTENSION IF NOT EXISTS btree_gist;
RESET client_min_messages;
SET jit = off;

CREATE TABLE dated AS
	SELECT i AS id, hashint8extended(i / 3, 1)::simhash AS fp, date '2024-01-01' + i % 300 AS published
	FROM generate_series(1, 3000) i;
INSERT INTO dated VALUES (3001, NULL, '2024-03-01'), (3002, '0123456789abcdef', NULL);
CREATE INDEX dated_idx ON dated USING gist (published, fp);
INSERT INTO dated
	SELECT 3002 + i, hashint8extended(i / 3, 1)::simhash AS fp, date '2024-01-01' + i % 300
	FROM generate_series(1, 3000) i;
ANALYZE dated;

-- rows within a radius, of some weeks, near each of several fingerprints
CREATE FUNCTION found() RETURNS text LANGUAGE SQL AS $$
	SELECT string_agg(found, '; ')
	FROM generate_series(1, 1000, 150) i,
		LATERAL (SELECT hashint8extended(i, 1)::simhash AS q) query,
		LATERAL (SELECT concat_ws(' ', i, count(*), sum(id)) AS found FROM dated
				 WHERE fp <@ simhash_ball(q, 22) AND published BETWEEN '2024-02-01' AND '2024-07-01') rows
$$;

SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF)
SELECT count(*) FROM dated
WHERE fp <@ '<0123456789abcdef,22>' AND published BETWEEN '2024-02-01' AND '2024-07-01';
SELECT found() AS indexed \gset
SET enable_seqscan = on;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SELECT found() AS scanned \gset
SELECT :'indexed' = :'scanned' AS same;
SELECT :'indexed' AS found;

-- the nearest of one day
SET enable_indexscan = on;
SET enable_seqscan = off;
SET enable_sort = off;
EXPLAIN (COSTS OFF)
SELECT id, fp <-> '0123456789abcdef' FROM dated
WHERE published = '2024-03-01' ORDER BY fp <-> '0123456789abcdef';
SELECT array_agg(fp <-> '0123456789abcdef') AS indexed
FROM (SELECT fp FROM dated
	  WHERE published = '2024-03-01' ORDER BY fp <-> '0123456789abcdef') nearest \gset
SELECT array_agg(fp <-> '0123456789abcdef' ORDER BY fp <-> '0123456789abcdef') AS scanned
FROM dated WHERE published = '2024-03-01' \gset
SELECT :'indexed' = :'scanned' AS same;
RESET ALL;

-- one source prints an article once
CREATE TABLE printed (source int, fp simhash(64),
	EXCLUDE USING gist (source WITH =, fp WITH %));
INSERT INTO printed VALUES (1, '0123456789abcdef'), (2, '0123456789abcdef');
INSERT INTO printed VALUES (2, '0123456789abcdee');
SELECT * FROM printed ORDER BY source;

DROP TABLE dated, printed;
DROP FUNCTION found;
