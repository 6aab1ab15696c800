--
-- Partitioned tables: pruning, indexes, joins and aggregates partition by partition
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SET jit = off;
SET datestyle = iso;
SET max_parallel_workers_per_gather = 0;

-- The same rows in one table, in partitions by month, and by fingerprint.
CREATE TABLE whole (id int, published date, outlet int, fp simhash(64));
INSERT INTO whole
	SELECT i, date '2024-01-01' + i % 91, i % 5, simhash(hashint8extended(i % 700, 1) # (1::bigint << i % 40))
	FROM generate_series(1, 3000) i;
CREATE TABLE by_month (LIKE whole) PARTITION BY RANGE (published);
CREATE TABLE january PARTITION OF by_month FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE february PARTITION OF by_month FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE march PARTITION OF by_month FOR VALUES FROM ('2024-03-01') TO ('2024-04-01');
CREATE TABLE by_fp (LIKE whole) PARTITION BY HASH (fp);
CREATE TABLE by_fp_0 PARTITION OF by_fp FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE by_fp_1 PARTITION OF by_fp FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE by_fp_2 PARTITION OF by_fp FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO by_month TABLE whole;
INSERT INTO by_fp TABLE whole;
CREATE INDEX ON by_month USING gist (fp);
CREATE INDEX ON by_fp USING gist (fp);
ANALYZE whole, by_month, by_fp;
-- Fingerprints are spread evenly.
SELECT tableoid::regclass AS partition, count(*) > 800 AS a_third FROM by_fp GROUP BY 1 ORDER BY 1;

SET enable_seqscan = off;
SET enable_bitmapscan = off;
-- Equality finds its partition; a date leaves out the others; each has its index.
EXPLAIN (COSTS OFF) SELECT id FROM by_fp WHERE fp = '0123456789abcdef';
EXPLAIN (COSTS OFF)
SELECT id FROM by_month WHERE simhash_dwithin(fp, '0123456789abcdef', 3) AND published BETWEEN '2024-02-10' AND '2024-03-10';
-- The nearest of each partition, merged.
EXPLAIN (COSTS OFF) SELECT id FROM by_month ORDER BY fp <-> '0123456789abcdef' LIMIT 3;
SELECT (SELECT array_agg(d) FROM (SELECT fp <-> '0123456789abcdef' AS d FROM by_month ORDER BY d LIMIT 20) n) =
	(SELECT array_agg(d) FROM (SELECT fp <-> '0123456789abcdef' AS d FROM whole ORDER BY d LIMIT 20) n) AS same;
SELECT q.id, count(*) AS whole,
	(SELECT count(*) FROM by_month m WHERE simhash_dwithin(m.fp, q.fp, 4)) AS by_month,
	(SELECT count(*) FROM by_fp f WHERE simhash_dwithin(f.fp, q.fp, 4)) AS by_fp
FROM whole q, whole w WHERE q.id <= 5 AND w.fp <-> q.fp <= 4 GROUP BY q.id, q.fp ORDER BY q.id;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- Joins and aggregates partition by partition: equal fingerprints are in one
-- partition of by_fp, copies of one month in one of by_month.
SET enable_partitionwise_join = on;
SET enable_partitionwise_aggregate = on;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF)
SELECT count(*) FROM by_fp a JOIN by_fp b ON a.fp = b.fp AND a.id < b.id;
RESET enable_nestloop;
RESET enable_mergejoin;
EXPLAIN (COSTS OFF) SELECT fp, count(*) FROM by_fp GROUP BY fp;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT outlet, simhash_agg(fp::text) FROM by_month GROUP BY outlet;
RESET enable_sort;
SELECT NOT EXISTS (
	SELECT outlet, simhash_agg(fp::text, id::float8) FROM by_month GROUP BY outlet
	EXCEPT SELECT outlet, simhash_agg(fp::text, id::float8) FROM whole GROUP BY outlet) AS same_aggregates,
	(SELECT count(*) FROM by_fp a JOIN by_fp b ON a.fp = b.fp AND a.id < b.id) =
	(SELECT count(*) FROM whole a JOIN whole b ON a.fp = b.fp AND a.id < b.id) AS same_copies;

-- All pairs by bands: a table that is partitioned by the band is joined with
-- itself partition by partition.
CREATE TABLE band (id int, band bigint, fp simhash(64)) PARTITION BY HASH (band);
CREATE TABLE band_0 PARTITION OF band FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE band_1 PARTITION OF band FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO band SELECT id, unnest(simhash_bands(fp, 3)), fp FROM whole;
ANALYZE band;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF)
SELECT a.id, b.id FROM band a JOIN band b ON a.band = b.band AND a.id < b.id
WHERE simhash_dwithin(a.fp, b.fp, 3);
SELECT count(*), count(DISTINCT (a.id, b.id)),
	(SELECT count(*) FROM whole a JOIN whole b ON a.fp <-> b.fp <= 3 AND a.id < b.id) AS by_distance
FROM band a JOIN band b ON a.band = b.band AND a.id < b.id
WHERE simhash_dwithin(a.fp, b.fp, 3) AND a.band = simhash_band(a.fp, simhash_first_band(a.fp, b.fp, 4), 4);
RESET enable_nestloop;
RESET enable_mergejoin;

-- Clusters are numbered over what the query yields.
SELECT count(*) AS clusters, sum(n) AS rows FROM (
	SELECT count(*) AS n FROM (
		SELECT simhash_cluster(fp, 3, 2) OVER (PARTITION BY date_trunc('month', published)) AS cluster, published FROM by_month) c
	WHERE cluster IS NOT NULL GROUP BY date_trunc('month', published), cluster
	EXCEPT ALL
	SELECT count(*) AS n FROM (
		SELECT simhash_cluster(fp, 3, 2) OVER (PARTITION BY date_trunc('month', published)) AS cluster, published FROM whole) c
	WHERE cluster IS NOT NULL GROUP BY date_trunc('month', published), cluster) different;

-- Moved from one partition to another by an update, a row is found there.
UPDATE by_fp SET fp = '0123456789abcdef' WHERE id = 1;
SELECT id FROM by_fp WHERE fp = '0123456789abcdef';

DROP TABLE whole, by_month, by_fp, band;
