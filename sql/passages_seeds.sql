--
-- Passages and verdicts on articles, and the quotes that several have.
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

CREATE SCHEMA newsroom_passages;
SET search_path = newsroom_passages, public;

\getenv srcdir PG_ABS_SRCDIR
\set seeds :srcdir /seeds
\set newsroom :seeds /newsroom.sql
\set ECHO none
\i :newsroom
\set ECHO all
\set ON_ERROR_STOP off

CREATE VIEW pair AS
	SELECT a.id AS a, b.id AS b, a.body AS body_a, b.body AS body_b,
		   coalesce(relation, 'none') AS relation
	FROM article a JOIN article b ON a.id < b.id
		 LEFT JOIN known_pair ON (known_pair.a, known_pair.b) = (a.id, b.id);

-- The quotes that the five share, cut out as written (lines joined).
SELECT a, b, words, similarity,
	regexp_replace(substr(body_a, a_start, a_length), '\s+', ' ', 'g') AS in_a,
	regexp_replace(substr(body_b, b_start, b_length), '\s+', ' ', 'g') AS in_b
FROM pair, shared_passages(body_a, body_b)
WHERE a < 5 AND b < 5 AND (a, b) <> (0, 1)
ORDER BY a, b, words DESC, a_start;

-- Of two copies the passages are many; with small gaps, a few that hold nearly
-- all of the shorter one.
SELECT gap, count(*), max(words), sum(b_length) * 100 / length(body_b) AS percent
FROM pair, generate_series(0, 3) AS gap, shared_passages(body_a, body_b, 8, gap)
WHERE (a, b) = (0, 1)
GROUP BY gap, body_b
ORDER BY gap;
-- "&" and "and" are no gap.
SELECT words, substr(body_a, a_start, a_length) ~ 'Putin & Foreign Minister' AS in_a,
	substr(body_b, b_start, b_length) ~ 'Putin and Foreign Minister' AS in_b
FROM pair, shared_passages(body_a, body_b)
WHERE (a, b) = (0, 1) AND substr(body_a, a_start, a_length) ~ 'Putin (&|and) Foreign';

-- Both parts have the same words.
SELECT count(*) > 50 AS enough, count(*) FILTER (WHERE part_a <> part_b) AS different
FROM pair, shared_passages(body_a, body_b, 5) AS p,
	to_simhash(substr(body_a, a_start, a_length), 1024, 4) AS part_a,
	to_simhash(substr(body_b, b_start, b_length), 1024, 4) AS part_b
WHERE relation <> 'none';

-- The verdict on each pair that is known.
CREATE TABLE verdict AS
	SELECT a, b, relation, compared.*
	FROM pair, compare_articles(body_a, body_b) AS compared;

SELECT a, b, relation, shared_words, longest_passage, verdict
FROM verdict
WHERE relation <> 'none'
ORDER BY a, b;

-- On all others, at most that they share a quote: here, the titles of a
-- minister.
SELECT verdict, count(*) FROM verdict WHERE relation = 'none' GROUP BY verdict ORDER BY count(*);
SELECT DISTINCT substr(body_a, a_start, a_length) COLLATE "C" AS passage
FROM pair, shared_passages(body_a, body_b)
WHERE relation = 'none'
ORDER BY passage;

-- Every article is identical with itself.
SELECT count(*) FROM article, compare_articles(body, body) AS c
WHERE (c.verdict, c.distance, c.similarity, c.resemblance, c.containment_a_in_b, c.containment_b_in_a)
	IS DISTINCT FROM ('identical', 0, 1, 1, 1, 1);

-- With the articles exchanged, the verdict is exchanged, and so are the
-- containments.
SELECT count(*) AS different
FROM verdict v JOIN pair USING (a, b), compare_articles(body_b, body_a) AS c
WHERE (v.distance, v.resemblance, v.containment_a_in_b, v.shared_words, v.longest_passage,
	CASE v.verdict WHEN 'b is cut from a' THEN 'a is cut from b' ELSE v.verdict END)
	IS DISTINCT FROM
	(c.distance, c.resemblance, c.containment_b_in_a, c.shared_words, c.longest_passage, c.verdict);

--
-- Quotes: the recipe of doc/passages.md
--
ALTER TABLE article ADD quotes textsketch
	GENERATED ALWAYS AS (to_textsketch(body, 4, 6, 8)) STORED;
CREATE INDEX article_quotes ON article USING gin (quotes);
ANALYZE article;
SET enable_seqscan = off;

CREATE VIEW quote AS
	WITH found AS (
		SELECT a.id AS a, b.id AS b, words, substr(a.body, a_start, a_length) AS passage
		FROM article a JOIN article b ON textsketch_shares(b.quotes, a.quotes, 1) AND a.id < b.id
			AND NOT textsketch_overlaps(a.quotes, b.quotes, 0.35),
			 shared_passages(a.body, b.body)
	), printed AS (
		SELECT DISTINCT ON (key, id) to_simhash(passage) AS key, id, words, passage
		FROM found, unnest(ARRAY[a, b]) AS id
	)
	SELECT words, min(regexp_replace(passage, '\s+', ' ', 'g') COLLATE "C") AS passage,
		   (array_agg(outlet.name ORDER BY published, article.id))[1] AS first,
		   (array_agg(outlet.name ORDER BY published, article.id))[2:] AS later
	FROM printed JOIN article USING (id) JOIN outlet ON outlet.id = outlet_id
	GROUP BY key, words;

-- The plan of a query, without what 18 says of scans that are switched off.
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ 'Disabled: true' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END $$;

SELECT pg_temp.plan('SELECT a.id, b.id
FROM article a JOIN article b ON textsketch_shares(b.quotes, a.quotes, 1) AND a.id <> b.id');

SELECT * FROM quote ORDER BY words DESC, passage COLLATE "C";

-- No pair with a passage of eleven words or more lacks a common element.
SELECT count(*) > 4 AS enough, count(*) FILTER (WHERE NOT textsketch_shares(x.quotes, y.quotes, 1)) AS missed
FROM verdict JOIN article x ON x.id = a JOIN article y ON y.id = b
WHERE longest_passage >= 11;

RESET enable_seqscan;
SET client_min_messages = warning;
DROP SCHEMA newsroom_passages CASCADE;
