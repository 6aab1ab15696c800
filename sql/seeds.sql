--
-- What the extension is for, on articles: copies are found, and nothing else.
-- seeds/README.md says what the articles are.
--

-- Their quotes and dashes have no place in other encodings.
SELECT getdatabaseencoding() <> 'UTF8' AS skip_test \gset
\if :skip_test
\quit
\endif

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

CREATE SCHEMA newsroom;
SET search_path = newsroom, public;

\getenv srcdir PG_ABS_SRCDIR
\set seeds :srcdir /seeds
\set newsroom :seeds /newsroom.sql
\set ECHO none
\i :newsroom
\set ECHO all
\set ON_ERROR_STOP off

SELECT count(*), count(fp), min(bit_length(fp)), max(bit_length(fp)) FROM article;

-- The five arrived byte for byte.
SELECT id, octet_length(body) FROM article WHERE id < 100 ORDER BY id;

-- All pairs, with what is known of them.
CREATE VIEW pair AS
	SELECT a.id AS a, b.id AS b, a.fp <-> b.fp AS distance,
		   coalesce(relation, 'none') AS relation
	FROM article a JOIN article b ON a.id < b.id
		 LEFT JOIN known_pair ON (known_pair.a, known_pair.b) = (a.id, b.id);

SELECT relation, count(*) FROM pair GROUP BY relation ORDER BY relation;

-- Typography doesn't move a bit.
SELECT a, b, distance FROM pair WHERE relation = 'retyped';

-- Of the five, the two AP copies are the nearest pair by far: the next one is
-- farther by 20 bits at least, three standard deviations.
WITH matrix AS (
	SELECT * FROM pair WHERE b <= 4
)
SELECT m.a, m.b,
	   (SELECT min(distance) FROM matrix WHERE relation = 'story') - m.distance >= 20 AS by_far
FROM matrix m
ORDER BY m.distance
LIMIT 1;

-- The nearest neighbour of a copy, among all articles, is what it was copied
-- from, and the other way round.
CREATE VIEW nearest AS
	SELECT q.id, n.id AS nearest, outlet.name AS outlet, n.published::date
	FROM article q,
		 LATERAL (SELECT * FROM article WHERE id <> q.id ORDER BY fp <-> q.fp LIMIT 1) n
		 JOIN outlet ON outlet.id = n.outlet_id;

SET timezone = 'UTC';
SELECT nearest.*
FROM nearest
WHERE EXISTS (SELECT FROM known_pair WHERE id IN (a, b) AND relation <> 'story')
ORDER BY id;

-- The default threshold finds reprints.
SHOW simhash.similarity_threshold;
SELECT a, b, relation
FROM pair JOIN article x ON x.id = a JOIN article y ON y.id = b
WHERE x.fp % y.fp AND relation IN ('retyped', 'reprint')
ORDER BY a, b;

-- At 0.55 those cut to half are found too, and no pair that is not a copy.
SET simhash.similarity_threshold = 0.55;

CREATE VIEW found AS
	SELECT x.id AS a, y.id AS b
	FROM article x JOIN article y ON x.fp % y.fp AND x.id < y.id;

CREATE VIEW mistake AS
	(SELECT 'missed' AS what, a, b FROM known_pair WHERE relation <> 'story'
	 EXCEPT SELECT 'missed', a, b FROM found)
	UNION ALL
	(SELECT 'not a copy', a, b FROM found
	 EXCEPT SELECT 'not a copy', a, b FROM known_pair WHERE relation <> 'story');

SELECT * FROM found ORDER BY a, b;
SELECT * FROM mistake;

-- All the same thing: the operator, the function, the ball, the distance.
SELECT count(*) FILTER (WHERE x.fp % y.fp) AS similar,
	   count(*) FILTER (WHERE simhash_dwithin(x.fp, y.fp, r)) AS dwithin,
	   count(*) FILTER (WHERE x.fp <@ simhash_ball(y.fp, r)) AS ball,
	   count(*) FILTER (WHERE x.fp <-> y.fp <= r) AS distance
FROM article x JOIN article y ON x.id < y.id, simhash_radius(256, 0.55) r;

-- There is room beyond that radius: 15 bits to the nearest pair that
-- is not a copy.
SELECT simhash_radius(256, 0.55) AS radius,
	   max(distance) FILTER (WHERE relation IN ('retyped', 'reprint', 'cut'))
			<= simhash_radius(256, 0.55) AS copies_within,
	   min(distance) FILTER (WHERE relation IN ('story', 'none'))
			> simhash_radius(256, 0.55) + 15 AS others_well_without
FROM pair;

-- An index gives the same answers.
CREATE INDEX article_fp ON article USING gist (fp);
ANALYZE article;
SET enable_seqscan = off;
SET enable_sort = off;

PREPARE nearest(simhash) AS
	SELECT id, fp <-> $1 <= simhash_radius(256, 0.55) AS copy
	FROM article ORDER BY fp <-> $1 LIMIT 2;
PREPARE copies(simhash) AS
	SELECT count(*), min(id), max(id) FROM article WHERE fp % $1;
SET plan_cache_mode = force_generic_plan;
SELECT fp AS gulf FROM article WHERE id = 1 \gset

EXPLAIN (COSTS OFF) EXECUTE nearest(:'gulf');
EXECUTE nearest(:'gulf');
EXPLAIN (COSTS OFF) EXECUTE copies(:'gulf');
EXECUTE copies(:'gulf');
SELECT * FROM found ORDER BY a, b;
SELECT * FROM mistake;

RESET enable_seqscan;
RESET enable_sort;

-- Clusters: the four pairs, with who was first, and everybody else alone.
WITH clustered AS (
	SELECT article.id, published, name,
		   simhash_cluster(fp, simhash_radius(256, 0.55)) OVER (ORDER BY article.id) AS cluster
	FROM article JOIN outlet ON outlet.id = outlet_id
)
SELECT array_agg(id ORDER BY published) AS articles,
	   (array_agg(name ORDER BY published))[1] AS first_outlet,
	   max(published) - min(published) AS span
FROM clustered
GROUP BY cluster
HAVING count(*) > 1
ORDER BY min(id);

SELECT count(DISTINCT cluster), count(*)
FROM (SELECT simhash_cluster(fp, simhash_radius(256, 0.55)) OVER () AS cluster FROM article) s;

--
-- What was cut from what: the sketches
--
ALTER TABLE article ADD sketch textsketch GENERATED ALWAYS AS (to_textsketch(body)) STORED;

-- The second AP copy is cut from the first.
SELECT round(resemblance(a.sketch, b.sketch)::numeric, 2) AS resemblance, round(containment(b.sketch, a.sketch)::numeric, 2) AS of_001_in_000,
	   round(containment(a.sketch, b.sketch)::numeric, 2) AS of_000_in_001
FROM article a, article b WHERE a.id = 0 AND b.id = 1;

-- All copies are found at the default thresholds, those cut too, and nothing
-- else comes near.
CREATE VIEW reuse AS
	SELECT a.id AS a, b.id AS b, relation, resemblance(a.sketch, b.sketch), overlap(a.sketch, b.sketch)
	FROM article a JOIN article b ON a.id < b.id LEFT JOIN known_pair k ON (k.a, k.b) = (a.id, b.id);
SELECT a, b, relation, resemblance >= 0.35 AS resembles, overlap >= 0.85 AS cut FROM reuse WHERE overlap >= 0.1 ORDER BY a, b;
SELECT count(*) FROM known_pair WHERE relation <> 'story';

-- By index: what has most of this, what this was cut from.
CREATE INDEX article_sketch ON article USING gin (sketch);
ANALYZE article;
SET enable_seqscan = off;
SELECT sketch AS gulf FROM article WHERE id = 1 \gset
SELECT id FROM article WHERE textsketch_contained(:'gulf', sketch, 0.8) ORDER BY id;
SELECT id FROM article WHERE textsketch_contained(sketch, :'gulf', 0.35) ORDER BY id;
SELECT a.id AS a, b.id AS b FROM article a JOIN article b ON a.sketch <% b.sketch AND a.id <> b.id ORDER BY 1, 2;
SELECT a.id AS a, b.id AS b FROM article a JOIN article b ON a.sketch % b.sketch AND a.id < b.id ORDER BY 1, 2;
RESET enable_seqscan;

SET client_min_messages = warning;
DROP SCHEMA newsroom CASCADE;
