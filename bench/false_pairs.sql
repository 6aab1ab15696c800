-- False pairs by width, radius and number of articles.
--
--     psql -d DATABASE -v data=FOLDER -f bench/false_pairs.sql
--
-- FOLDER/news_scale/articles.jsonl.gz holds articles (objects with a text). All
-- pairs of their fingerprints within each radius are counted. A pair is a copy if
-- the sketches of the two say that a tenth of the longer text or more, or a third
-- of the shorter one, is in both; else it is false. False pairs grow with the
-- square of the articles; so the last columns are the ones before times the square
-- of how many more articles there are.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_DATA :data
SET client_min_messages = warning;
SET jit = off;

CREATE EXTENSION IF NOT EXISTS simhash;

CREATE TEMPORARY TABLE line (j jsonb);
\copy line FROM PROGRAM 'zcat "$SIMHASH_DATA/news_scale/articles.jsonl.gz"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')

CREATE TEMPORARY TABLE article AS
	SELECT row_number() OVER () AS id, to_simhash(body, 64) AS fp64, to_simhash(body, 128) AS fp128,
		to_simhash(body) AS fp256, to_simhash(body, 512) AS fp512, to_textsketch(body) AS sketch
	FROM (SELECT j ->> 'text' AS body FROM line) l WHERE to_simhash(body, 64) IS NOT NULL;
ALTER TABLE article ADD PRIMARY KEY (id);
ANALYZE article;

CREATE TEMPORARY TABLE pair AS
	SELECT bits, distance, resemblance(x.sketch, y.sketch) >= .1 OR overlap(x.sketch, y.sketch) >= .35 AS copy
	FROM (VALUES (64, 16), (128, 36), (256, 90), (512, 190)) w (bits, radius),
		LATERAL simhash_pairs(format('SELECT id, fp%s FROM article', bits), radius) p
		JOIN article x ON x.id = p.a JOIN article y ON y.id = p.b;

\echo 'Pairs within the radius; false ones in so many articles'
WITH counted AS (
	SELECT bits, radius, count(*) FILTER (WHERE copy) AS copies, count(*) FILTER (WHERE NOT copy) AS false_pairs
	FROM (VALUES (64, ARRAY[0, 3, 6, 8, 10, 12, 14]), (128, ARRAY[16, 20, 24, 28, 31]),
				 (256, ARRAY[40, 62, 70, 80, 90]), (512, ARRAY[124, 160, 175, 190])) w (bits, radii)
		CROSS JOIN unnest(radii) radius JOIN pair USING (bits)
	WHERE distance <= radius
	GROUP BY bits, radius
), archive AS (SELECT count(*)::float8 AS rows FROM article)
SELECT bits, radius, rows AS articles, copies, false_pairs, round(false_pairs * (1e5 / rows) ^ 2) AS "100,000",
	round(false_pairs * (1e6 / rows) ^ 2) AS "1 million", round(false_pairs * (1e7 / rows) ^ 2) AS "10 million"
FROM counted, archive ORDER BY bits, radius;
