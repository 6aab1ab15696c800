--
-- Stories in the newsroom: the five articles on one visit, from four newsrooms,
-- are one story, which fingerprints can't tell.  seeds/README.md says what the
-- articles are.
--

-- Their quotes and dashes have no place in other encodings.
SELECT getdatabaseencoding() <> 'UTF8' AS skip_test \gset
\if :skip_test
\quit
\endif

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

CREATE SCHEMA stories_seeds;
SET search_path = stories_seeds, public;

\getenv srcdir PG_ABS_SRCDIR
\set seeds :srcdir /seeds
\set newsroom :seeds /newsroom.sql
\set ECHO none
\i :newsroom
\set ECHO all
\set ON_ERROR_STOP off

-- Stories of several articles, beside what is known.  105 and 130 are two days'
-- reports of one market, alike in form and in words.
CREATE VIEW story AS
	SELECT id, story_cluster(title, body, published) OVER (ORDER BY id) AS texts,
		story_cluster(setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body), published) OVER (ORDER BY id) AS lexemes
	FROM article;

SELECT array_agg(id ORDER BY id) AS articles,
	(SELECT string_agg(DISTINCT relation, ', ' ORDER BY relation) FROM known_pair
	 WHERE a = ANY (array_agg(id)) AND b = ANY (array_agg(id))) AS known
FROM story GROUP BY texts HAVING count(*) > 1 ORDER BY 1;

SELECT array_agg(id ORDER BY id) AS articles FROM story GROUP BY lexemes HAVING count(*) > 1 ORDER BY 1;

-- every pair that is known is found
SELECT a, b, relation FROM known_pair JOIN story x ON x.id = a JOIN story y ON y.id = b
WHERE x.texts <> y.texts OR x.lexemes <> y.lexemes;

-- The five are together, and nothing is with them, at any threshold from .11 to
-- .2 and whatever the order of rows.
SELECT count(*) AS clusterings, count(DISTINCT five) AS different, min(five) AS five FROM (
	SELECT threshold, seed, array_agg(id ORDER BY id)::text AS five FROM (
		SELECT *, bool_or(id = 0) OVER (PARTITION BY threshold, seed, story) AS with_first FROM (
			SELECT threshold, seed, id, story_cluster(title, body, published, threshold)
				OVER (PARTITION BY threshold, seed ORDER BY hashint8extended(id, seed)) AS story
			FROM article, generate_series(.11, .2, .03) threshold, generate_series(1, 3) seed) numbered) marked
	WHERE with_first GROUP BY threshold, seed) clustered;

SET client_min_messages = warning;
DROP SCHEMA stories_seeds CASCADE;
