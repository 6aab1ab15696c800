-- Recall and false pairs of the fingerprint at the default threshold, on sets
-- of news with known pairs.
--
--     psql -d DATABASE -v data=FOLDER -f bench/recall.sql
--
-- FOLDER holds one folder a set, each with articles.jsonl.gz (objects with id
-- and text) and exact_pairs.tsv (id1, id2, exact Jaccard of word triples; pairs
-- that are not listed share next to nothing). Articles of at least 50 words
-- count. A false pair is one within the radius whose Jaccard is below .2.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_DATA :data
SET client_min_messages = warning;

CREATE EXTENSION IF NOT EXISTS simhash;

CREATE TEMPORARY TABLE line (set text, j jsonb);
\copy line FROM PROGRAM 'cd "$SIMHASH_DATA" && for f in */exact_pairs.tsv; do s=${f%/*}; zcat "$s/articles.jsonl.gz" | sed "s/^/$s\x01/"; done' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')

CREATE TEMPORARY TABLE article AS
	SELECT set, j ->> 'id' AS id, row_number() OVER () AS n,
		   to_simhash(j ->> 'text', 64) AS fp64, to_simhash(j ->> 'text', 128) AS fp128,
		   to_simhash(j ->> 'text', 256) AS fp256, to_simhash(j ->> 'text', 512) AS fp512
	FROM line WHERE array_length(regexp_split_to_array(j ->> 'text', '\s+'), 1) >= 50;

CREATE TEMPORARY TABLE listed (set text, id1 text, id2 text, jaccard float8);
\copy listed FROM PROGRAM 'cd "$SIMHASH_DATA" && for f in */exact_pairs.tsv; do sed 1d "$f" | cut -f 1-3 | sed "s/^/${f%/*}\t/"; done'

CREATE TEMPORARY TABLE truth AS
	SELECT a.n AS a, b.n AS b, jaccard,
		   a.fp64 <-> b.fp64 AS d64, a.fp128 <-> b.fp128 AS d128,
		   a.fp256 <-> b.fp256 AS d256, a.fp512 <-> b.fp512 AS d512
	FROM listed l JOIN article a ON (a.set, a.id) = (l.set, l.id1)
		 JOIN article b ON (b.set, b.id) = (l.set, l.id2);

\echo 'Pairs found within simhash_radius(bits, simhash.similarity_threshold)'
SELECT band, count(*) AS pairs,
	   round(avg((d64 <= simhash_radius(64, t))::int), 3) AS "64 bits",
	   round(avg((d128 <= simhash_radius(128, t))::int), 3) AS "128 bits",
	   round(avg((d256 <= simhash_radius(256, t))::int), 3) AS "256 bits",
	   round(avg((d512 <= simhash_radius(512, t))::int), 3) AS "512 bits"
FROM (SELECT *, CASE WHEN jaccard >= .8 THEN 'J >= .8' WHEN jaccard >= .6 THEN 'J .6-.8'
					 WHEN jaccard >= .4 THEN 'J .4-.6' WHEN jaccard >= .2 THEN 'J .2-.4'
					 ELSE 'J < .2' END AS band,
			 current_setting('simhash.similarity_threshold')::float8 AS t
	  FROM truth) p
GROUP BY band ORDER BY min(jaccard) DESC;

\echo 'Radius that keeps 98 of 100 pairs'
SELECT band, count(*) AS pairs,
	   percentile_disc(.98) WITHIN GROUP (ORDER BY d64) AS "64 bits",
	   percentile_disc(.98) WITHIN GROUP (ORDER BY d128) AS "128 bits",
	   percentile_disc(.98) WITHIN GROUP (ORDER BY d256) AS "256 bits",
	   percentile_disc(.98) WITHIN GROUP (ORDER BY d512) AS "512 bits"
FROM (SELECT *, CASE WHEN jaccard >= .8 THEN 'J >= .8' WHEN jaccard >= .6 THEN 'J .6-.8'
					 WHEN jaccard >= .4 THEN 'J .4-.6' END AS band
	  FROM truth WHERE jaccard >= .4) p
GROUP BY band ORDER BY min(jaccard) DESC;

\echo 'False pairs: unrelated, and within the radius all the same'
WITH near AS (
	SELECT bits, within, a.n AS a, b.n AS b
	FROM article a JOIN article b ON a.n < b.n,
		 LATERAL (VALUES (64, a.fp64 % b.fp64), (128, a.fp128 % b.fp128),
						 (256, a.fp256 % b.fp256), (512, a.fp512 % b.fp512)) v (bits, within)
	WHERE a.fp64 % b.fp64 OR a.fp128 % b.fp128 OR a.fp256 % b.fp256 OR a.fp512 % b.fp512
), related AS (
	SELECT least(a, b) AS a, greatest(a, b) AS b FROM truth WHERE jaccard >= .2
)
SELECT bits, count(*) FILTER (WHERE n.a IS NOT NULL AND related.a IS NULL) AS false_pairs,
	   (SELECT count(*) * (count(*) - 1) / 2 FROM article) AS pairs
FROM (VALUES (64), (128), (256), (512)) w (bits)
	 LEFT JOIN (SELECT * FROM near WHERE within) n USING (bits)
	 LEFT JOIN related USING (a, b)
GROUP BY bits ORDER BY bits;
