--
-- simhash_cluster: the clusters of a plain definition
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA cluster_test;
RESET client_min_messages;
SET search_path = cluster_test, public;
SET jit = off;

-- numbers from 0, in the order in which clusters begin
SELECT id, fp, simhash_cluster(fp, 2) OVER (ORDER BY id)
FROM (VALUES (1, '0000000000000000'::simhash),
			 (2, 'ffffffffffffffff'),
			 (3, NULL),
			 (4, '0000000000000003'),
			 (5, 'fffffffffffffffe'),
			 (6, '0000ffff00000000'),
			 (7, '000000000000000f')) v (id, fp);

-- a chain of small steps is one cluster, but three stars
SELECT id, fp,
	simhash_cluster(fp, 1) OVER (ORDER BY id) AS connected,
	simhash_cluster(fp, 1, method => 'star') OVER (ORDER BY id) AS star
FROM (VALUES (1, '0000000000000000'::simhash),
			 (2, '0000000000000001'),
			 (3, '0000000000000003'),
			 (4, '0000000000000007'),
			 (5, '000000000000000f'),
			 (6, '000000000000001f'),
			 (7, '000000000000003f')) v (id, fp);

-- minpoints counts the row itself and rows with an equal fingerprint
SELECT id, fp,
	simhash_cluster(fp, 2, 2) OVER w AS two,
	simhash_cluster(fp, 2, 3) OVER w AS three,
	simhash_cluster(fp, 2, 4) OVER w AS four,
	simhash_cluster(fp, 2, 3, 'star') OVER w AS stars_of_three
FROM (VALUES (1, '0000000000000000'::simhash),
			 (2, 'ffffffffffffffff'),
			 (3, 'ffffffffffffffff'),
			 (4, '00000000ffffffff'),
			 (5, 'fffffffffffffffc')) v (id, fp)
WINDOW w AS (ORDER BY id);

--
-- The definitions, by looking at every pair of rows.  An anchor is a core, or
-- the center of a star.
--

CREATE TABLE article (id int, fp simhash);
CREATE TABLE pair (a int, b int, distance float8);

CREATE FUNCTION number_clusters(members jsonb) RETURNS TABLE (id int, cluster int) LANGUAGE SQL AS $$
	WITH member AS (
		SELECT key::int AS id, value::int AS anchor FROM jsonb_each_text(members)
	), first_row AS (
		SELECT anchor, row_number() OVER (ORDER BY min(id)) - 1 AS number FROM member GROUP BY anchor
	)
	SELECT id, number::int FROM member JOIN first_row USING (anchor)
$$;

-- Each row that isn't an anchor hangs on the nearest; of several, on that of
-- the smallest fingerprint.  "anchors" gives each anchor its cluster.
CREATE FUNCTION hang(anchors jsonb) RETURNS jsonb LANGUAGE SQL AS $$
	SELECT jsonb_object_agg(id, cluster) FROM (
		SELECT DISTINCT ON (x.id) x.id, anchors ->> anchor.id::text AS cluster
		FROM article x JOIN pair ON a = x.id JOIN article anchor ON anchor.id = b
		WHERE anchors ? anchor.id::text
		ORDER BY x.id, anchor.id <> x.id AND anchors ? x.id::text, distance, anchor.fp
	) hung
$$;

CREATE FUNCTION slow_dbscan(minpoints int) RETURNS TABLE (id int, cluster int) LANGUAGE SQL AS $$
	WITH RECURSIVE core AS (
		SELECT a AS id FROM pair GROUP BY a HAVING count(*) >= minpoints
	), reached (id, start) AS (
		SELECT id, id FROM core
		UNION
		SELECT b, start FROM reached JOIN pair ON a = reached.id WHERE b IN (SELECT id FROM core)
	), anchors AS (
		SELECT jsonb_object_agg(id, start) AS anchors
		FROM (SELECT id, min(start) AS start FROM reached GROUP BY id) least
	)
	SELECT number_clusters.* FROM anchors, number_clusters(hang(anchors))
$$;

CREATE FUNCTION slow_star(minpoints int) RETURNS TABLE (id int, cluster int) LANGUAGE plpgsql AS $$
DECLARE
	anchors jsonb := '{}';
	center int;
BEGIN
	LOOP
		SELECT article.id INTO center FROM article JOIN pair ON a = article.id
		WHERE NOT EXISTS (SELECT FROM pair covering WHERE covering.a = article.id AND anchors ? covering.b::text)
		GROUP BY article.id, fp HAVING count(*) >= minpoints
		ORDER BY count(*) DESC, fp, article.id LIMIT 1;
		EXIT WHEN center IS NULL;
		anchors := anchors || jsonb_build_object(center, center);
	END LOOP;
	RETURN QUERY SELECT * FROM number_clusters(hang(anchors));
END $$;

--
-- Every width, several radii and minpoints, both methods, on articles that
-- were copied, copies that were copied, some of them unchanged, and NULLs
--

CREATE FUNCTION random_bytes(bits int) RETURNS bytea LANGUAGE SQL VOLATILE AS $$
	SELECT decode(string_agg(lpad(to_hex((random() * 65535)::int), 4, '0'), ''), 'hex')
	FROM generate_series(1, bits / 16)
$$;

CREATE PROCEDURE fill(count int, bits int, radius int) LANGUAGE plpgsql AS $$
DECLARE
	bytes bytea;
	place int;
BEGIN
	TRUNCATE article, pair;
	FOR i IN 1 .. count LOOP
		bytes := NULL;
		IF random() < .8 THEN
			place := 1 + floor(random() * (i - 1));
			SELECT fp::bytea INTO bytes FROM article WHERE id = place;
		END IF;
		IF bytes IS NULL THEN
			bytes := random_bytes(bits);
		ELSIF random() < .7 THEN
			FOR k IN 1 .. random() * radius * 1.5 LOOP
				place := floor(random() * bits);
				bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
			END LOOP;
		END IF;
		INSERT INTO article SELECT i, CASE WHEN random() < .95 THEN bytes::simhash END;
	END LOOP;
	INSERT INTO pair SELECT x.id, y.id, x.fp <-> y.fp FROM article x, article y WHERE x.fp <-> y.fp <= radius;
END $$;

SELECT setseed(.5);
CREATE TABLE result (bits int, method text, minpoints int, clusters int, noise int, mismatches int);
DO $$
DECLARE
	bits int;
	part float8;
	radius int;
	minpoints int;
BEGIN
	FOREACH bits IN ARRAY ARRAY[64, 128, 192, 256, 1024] LOOP
		FOREACH part IN ARRAY ARRAY[0, .05, .12, .2] LOOP
			radius := bits * part;
			CALL fill(120, bits, radius);
			FOREACH minpoints IN ARRAY ARRAY[1, 2, 3, 6] LOOP
				INSERT INTO result
				SELECT bits, method, minpoints, max(found.cluster) + 1,
					count(*) FILTER (WHERE found.cluster IS NULL AND fp IS NOT NULL),
					count(*) FILTER (WHERE found.cluster IS DISTINCT FROM expected.cluster)
				FROM (SELECT id, fp, 'dbscan' AS method, simhash_cluster(fp, radius, minpoints) OVER (ORDER BY id) AS cluster FROM article
					  UNION ALL
					  SELECT id, fp, 'star', simhash_cluster(fp, radius, minpoints, 'star') OVER (ORDER BY id) FROM article) found
				LEFT JOIN (SELECT 'dbscan' AS method, * FROM slow_dbscan(minpoints)
						   UNION ALL
						   SELECT 'star', * FROM slow_star(minpoints)) expected USING (method, id)
				GROUP BY method;
			END LOOP;
		END LOOP;
	END LOOP;
END $$;

SELECT bits, method, minpoints, count(*) AS tests, sum(clusters) > 0 AS clusters,
	sum(noise) > 0 AS noise, sum(mismatches) AS mismatches
FROM result GROUP BY bits, method, minpoints ORDER BY bits, method, minpoints;

--
-- The order of rows numbers the clusters, and does nothing else
--

CALL fill(200, 64, 9);
SELECT method, minpoints, count(DISTINCT members) AS different
FROM (VALUES ('dbscan', 1), ('dbscan', 3), ('star', 1), ('star', 3)) v (method, minpoints),
	generate_series(1, 10) seed,
	LATERAL (
		SELECT array_agg(ids::text ORDER BY ids) AS members FROM (
			SELECT array_agg(id ORDER BY id) AS ids FROM (
				SELECT id, simhash_cluster(fp, 9, minpoints, method) OVER (ORDER BY hashint8extended(id, seed)) AS cluster
				FROM article
			) numbered GROUP BY cluster
		) grouped
	) shuffled
GROUP BY method, minpoints ORDER BY method, minpoints;

CREATE VIEW numbered AS
SELECT id, fp, method, simhash_cluster(fp, 9, 1, method) OVER (PARTITION BY method) AS cluster
FROM article, (VALUES ('dbscan'), ('star')) v (method);

-- some member of a star has all others within the radius; not so in a chain
SELECT method, bool_and(apart = 0) AS stars FROM (
	SELECT method, cluster, min(apart) AS apart FROM (
		SELECT x.method, x.cluster, count(*) FILTER (WHERE x.fp <-> y.fp > 9) AS apart
		FROM numbered x JOIN numbered y USING (method, cluster)
		GROUP BY x.method, x.cluster, x.id
	) members GROUP BY method, cluster
) clusters GROUP BY method ORDER BY method;

--
-- Thousands of equal fingerprints
--

SELECT cluster, two, count(*), min(id), max(id) FROM (
	SELECT id, simhash_cluster(fp, 3) OVER (ORDER BY id) AS cluster,
		simhash_cluster(fp, 3, 20001) OVER (ORDER BY id) AS two
	FROM (SELECT id, CASE WHEN id % 2 = 0 THEN '00000000000000000000000000000000'::simhash
					 WHEN id % 10001 = 0 THEN '00000000000000000000000000000007'
					 ELSE 'ffffffffffffffffffffffffffffffff' END AS fp
		  FROM generate_series(1, 40000) id) equal
) numbered GROUP BY cluster, two ORDER BY cluster, two;

--
-- Partitions
--

SELECT id % 3 AS part, array_agg(cluster ORDER BY id) FROM (
	SELECT id, simhash_cluster(fp, 0) OVER (PARTITION BY id % 3 ORDER BY id) AS cluster
	FROM (SELECT id, ((id % 5)::bigint << 32)::simhash AS fp FROM generate_series(1, 30) id) v
) numbered GROUP BY id % 3 ORDER BY part;

-- each with a width and a radius of its own
SELECT bits, simhash_cluster(fp, radius) OVER (PARTITION BY bits)
FROM (VALUES (64, '0000000000000000'::simhash, 0), (64, '0000000000000001', 0),
			 (128, '00000000000000000000000000000000', 1), (128, '00000000000000000000000000000001', 1)) v (bits, fp, radius)
ORDER BY bits, fp;

-- the frame doesn't matter
SELECT array_agg(cluster) FROM (
	SELECT simhash_cluster(fp, 64) OVER (ORDER BY fp ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS cluster
	FROM (VALUES ('0000000000000000'::simhash), ('ffffffffffffffff')) v (fp)
) x;

-- nothing, and nothing but NULL
SELECT simhash_cluster(fp, 3) OVER () FROM article WHERE false;
SELECT simhash_cluster(NULL, 3) OVER () FROM generate_series(1, 2);

-- huge radii
SELECT simhash_cluster(fp, 2147483647, 2147483647) OVER (), simhash_cluster(fp, 2147483647) OVER ()
FROM (VALUES ('0000000000000000'::simhash), ('ffffffffffffffff')) v (fp);

--
-- Errors
--

SELECT simhash_cluster(fp, -1) OVER () FROM article;
SELECT simhash_cluster(fp, 3, 0) OVER () FROM article;
SELECT simhash_cluster(fp, NULL) OVER () FROM article;
SELECT simhash_cluster(fp, 3, NULL) OVER () FROM article;
SELECT simhash_cluster(fp, 3, 1, NULL) OVER () FROM article;
\set VERBOSITY default
SELECT simhash_cluster(fp, 3, 1, 'kmeans') OVER () FROM article;
SELECT simhash_cluster(fp, 3) OVER ()
FROM (VALUES ('0000000000000000'::simhash), (NULL), ('00000000000000000000000000000000')) v (fp);
\set VERBOSITY terse
SELECT simhash_cluster(fp, 3) FROM article;

SET client_min_messages = warning;
DROP SCHEMA cluster_test CASCADE;
