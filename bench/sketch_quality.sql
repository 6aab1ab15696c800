-- Recall and false pairs of sketches, on sets of news.
--
--     psql -d DATABASE -v data=FOLDER -f bench/sketch_quality.sql
--
-- FOLDER holds one folder a set, each with articles.jsonl.gz (objects with id
-- and text) and, if there is one, exact_pairs.tsv, whose first two columns are
-- ids of pairs that have something in common. Pairs looked at are these and all
-- whose sketches share 2 elements. The true values are those of the full sets
-- of word triples: sketches that sample all. Texts of at least 50 words count.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_DATA :data
SET client_min_messages = warning;
SET jit = off;
SET work_mem = '256MB';

CREATE EXTENSION IF NOT EXISTS simhash;

CREATE TEMPORARY TABLE line (set text, j jsonb);
\copy line FROM PROGRAM 'cd "$SIMHASH_DATA" && for f in */articles.jsonl.gz; do s=${f%/*}; zcat "$f" | sed "s/^/$s\x01/"; done' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')

CREATE TEMPORARY TABLE article AS
	SELECT set, j ->> 'id' AS id, row_number() OVER ()::int AS n,
		   to_textsketch(j ->> 'text') AS sketch, to_textsketch(j ->> 'text', 3, 1, 1) AS every
	FROM line;
DELETE FROM article WHERE sketch IS NULL OR textsketch_words(sketch) < 50;
CREATE UNIQUE INDEX ON article (n);

CREATE TEMPORARY TABLE listed (set text, id1 text, id2 text);
\copy listed FROM PROGRAM 'cd "$SIMHASH_DATA" && for f in */exact_pairs.tsv; do [ ! -f "$f" ] || sed 1d "$f" | cut -f 1-2 | sed "s/^/${f%/*}\t/"; done'

CREATE TEMPORARY TABLE element AS
	SELECT set, n, hash FROM article, unnest(textsketch_hashes(sketch)) hash;
CREATE TEMPORARY TABLE looked_at AS
	SELECT a.n AS a, b.n AS b FROM element a JOIN element b ON a.set = b.set AND a.hash = b.hash AND a.n < b.n
	GROUP BY 1, 2 HAVING count(*) >= 2
	UNION
	SELECT least(a.n, b.n), greatest(a.n, b.n)
	FROM listed l JOIN article a ON (a.set, a.id) = (l.set, l.id1) JOIN article b ON (b.set, b.id) = (l.set, l.id2);

CREATE TEMPORARY TABLE pair AS
	SELECT a.set, a.id AS id1, b.id AS id2, resemblance(a.sketch, b.sketch) AS r, overlap(a.sketch, b.sketch) AS o,
		   resemblance(a.every, b.every) AS j, overlap(a.every, b.every) AS c
	FROM looked_at JOIN article a ON a.n = looked_at.a JOIN article b ON b.n = looked_at.b;

SELECT set, count(*) AS articles, round(avg(textsketch_words(sketch))) AS words,
	   round(avg(textsketch_elements(sketch))) AS elements, round(avg(pg_column_size(sketch))) AS bytes
FROM article GROUP BY set ORDER BY set;

\echo 'Pairs found, of those whose true value is as high; among the accepted, those whose true value is below .2 and .1'
SELECT rule, sum(1) FILTER (WHERE truth >= .5) AS "of .5 and above", round(avg(found::int) FILTER (WHERE truth >= .5), 3) AS found,
	   sum(1) FILTER (WHERE truth >= .4) AS "of .4 and above", round(avg(found::int) FILTER (WHERE truth >= .4), 3) AS found,
	   sum(1) FILTER (WHERE found) AS accepted, count(*) FILTER (WHERE found AND truth < .2) AS "below .2",
	   count(*) FILTER (WHERE found AND truth < .1) AS "below .1"
FROM (SELECT 'resemblance >= .35' AS rule, j AS truth, r >= .35 AS found FROM pair
	  UNION ALL SELECT 'overlap >= .35', c, o >= .35 FROM pair
	  UNION ALL SELECT 'overlap >= .25', c, o >= .25 FROM pair) p
GROUP BY rule ORDER BY rule DESC;

\echo 'The same by set'
SELECT set, rule, sum(1) FILTER (WHERE truth >= .5) AS "of .5 and above", round(avg(found::int) FILTER (WHERE truth >= .5), 3) AS found,
	   count(*) FILTER (WHERE found) AS accepted, count(*) FILTER (WHERE found AND truth < .2) AS "below .2"
FROM (SELECT set, 'resemblance >= .35' AS rule, j AS truth, r >= .35 AS found FROM pair
	  UNION ALL SELECT set, 'overlap >= .35', c, o >= .35 FROM pair) p
GROUP BY set, rule ORDER BY set, rule DESC;

\echo 'Error of the estimates, of pairs of which the sketches have any'
SELECT count(*) FILTER (WHERE r > 0) AS pairs, round(sqrt(avg((r - j) ^ 2) FILTER (WHERE r > 0))::numeric, 3) AS resemblance,
	   count(*) FILTER (WHERE o > 0) AS pairs, round(sqrt(avg((o - c) ^ 2) FILTER (WHERE o > 0))::numeric, 3) AS overlap
FROM pair;


\echo 'Briefs: 20 to 49 words of each third article. Articles that contain them at .35, and how many elements they share'
CREATE TEMPORARY TABLE brief AS
	SELECT set, id, to_textsketch(body) AS sketch, to_textsketch(body, 3, 1, 1) AS every
	FROM (SELECT set, j ->> 'id' AS id, row_number() OVER () AS n, regexp_split_to_array(j ->> 'text', '\s+') AS words FROM line) l,
		LATERAL (SELECT array_to_string(words[cardinality(words) / 2:cardinality(words) / 2 + 19 + n::int % 30], ' ') AS body) b
	WHERE n % 3 = 0 AND cardinality(words) >= 100;
DELETE FROM brief WHERE NOT textsketch_words(sketch) BETWEEN 20 AND 49;
CREATE INDEX ON article USING gin (sketch);
ANALYZE article;
WITH candidate AS (
	SELECT containment(b.sketch, a.sketch) AS c, containment(b.every, a.every) AS truth, shared_elements(b.sketch, a.sketch) AS shared
	FROM brief b JOIN article a ON textsketch_shares(b.sketch, a.sketch, 1)
)
SELECT least(shared, 5) AS shared, count(*) AS pairs, count(*) FILTER (WHERE truth < .2) AS "below .2", count(*) FILTER (WHERE truth >= .5) AS "of .5 and above",
	   count(*) FILTER (WHERE c >= .35) AS accepted, count(*) FILTER (WHERE c >= .35 AND truth < .2) AS "accepted below .2",
	   count(*) FILTER (WHERE c >= .35 AND truth >= .5) AS "accepted of .5 and above"
FROM candidate GROUP BY ROLLUP (least(shared, 5)) ORDER BY 1;

\echo 'Families, where a set has families.tsv (family, kind, id): pairs within one, and accepted pairs that are in none, at overlap .35'
CREATE TEMPORARY TABLE family (set text, family text, kind text, id text);
\copy family FROM PROGRAM 'cd "$SIMHASH_DATA" && for f in */families.tsv; do [ ! -f "$f" ] || sed 1d "$f" | cut -f 1-3 | sed "s/^/${f%/*}\t/"; done'
WITH related AS (
	SELECT x.set, x.kind, least(a.n, b.n) AS a, greatest(a.n, b.n) AS b, overlap(a.sketch, b.sketch) >= .35 AS found
	FROM family x JOIN family y USING (set, family) JOIN article a ON (a.set, a.id) = (x.set, x.id)
		 JOIN article b ON (b.set, b.id) = (y.set, y.id)
	WHERE x.id < y.id
)
SELECT set, kind, count(*) AS pairs, count(*) FILTER (WHERE found) AS found FROM related GROUP BY set, kind
UNION ALL
SELECT set, 'in no family', count(*), count(*) FILTER (WHERE o >= .35)
FROM pair WHERE set IN (SELECT set FROM family)
	AND NOT EXISTS (SELECT FROM family x JOIN family y USING (set, family)
					WHERE x.set = pair.set AND (x.id, y.id) = (id1, id2))
GROUP BY set
ORDER BY set, kind;
