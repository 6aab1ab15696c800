-- The GIN class of textsketch on many articles: size, build, latency; and on
-- the articles as they are, beside pg_trgm.
--
--     psql -d DATABASE -v articles=FILE -v copies=16 -f bench/sketch_gin.sql
--
-- FILE is gzipped, with an object a line that has a text. Each article counts
-- once as it is, and "copies" times with a tenth to a half of its words
-- changed: those that begin with some letters. Of the copies the sketches are
-- kept alone. With -v trgm=1 pg_trgm is measured too.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_ARTICLES :articles
SET client_min_messages = warning;
SET maintenance_work_mem = '1GB';
SET max_parallel_maintenance_workers = 0;
SET jit = off;
SELECT setseed(0.5) AS seed \gset

CREATE EXTENSION IF NOT EXISTS simhash;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TEMPORARY TABLE line (j jsonb);
\copy line FROM PROGRAM 'zcat "$SIMHASH_ARTICLES"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')

DROP TABLE IF EXISTS bench_article, bench_sketch;
CREATE TABLE bench_article AS
	SELECT row_number() OVER ()::int AS id, j ->> 'text' AS body FROM line;
DROP TABLE line;

CREATE TABLE bench_sketch (id int, copy int, sketch textsketch);
\timing on
\echo 'Sketches'
INSERT INTO bench_sketch
	SELECT id, copy, to_textsketch(
		CASE WHEN copy = 0 THEN body
			 ELSE replace(replace(body, ' ' || substr('tasowicbpfhm', 1 + copy % 12, 1),
									' ' || substr('tasowicbpfhm', 1 + copy % 12, 1) || copy),
							' ' || substr('dlnertasow', 1 + copy % 10, 1),
							' ' || substr('dlnertasow', 1 + copy % 10, 1) || copy) END)
	FROM generate_series(0, :copies) copy, bench_article;
\echo 'GIN index on them'
CREATE INDEX bench_sketch_idx ON bench_sketch USING gin (sketch);
\timing off
VACUUM ANALYZE bench_sketch;

SELECT count(*) AS articles, pg_size_pretty(pg_table_size('bench_sketch')) AS "table",
	   pg_size_pretty(pg_relation_size('bench_sketch_idx')) AS index,
	   round(1e6 * pg_relation_size('bench_sketch_idx') / count(*) / 1024 ^ 2) AS "MB a million",
	   round(avg(textsketch_elements(sketch))) AS elements, round(avg(pg_column_size(sketch))) AS bytes
FROM bench_sketch;

-- Queries: articles as they are, the second half of articles, passages of 30
-- words.
CREATE TEMPORARY TABLE query AS
	SELECT id, body, substr(body, length(body) / 2) AS half,
		   array_to_string((regexp_split_to_array(body, '\s+'))[100:130], ' ') AS passage
	FROM bench_article WHERE length(body) > 1000 ORDER BY random() LIMIT 60;

CREATE FUNCTION pg_temp.latency(condition text, argument text)
RETURNS TABLE (found numeric, own numeric, mean_ms numeric, worst_ms numeric) LANGUAGE plpgsql AS $$
DECLARE
	q record;
	begun timestamptz;
	times float8[];
	ids int[];
	total int := 0;
	hits int := 0;
BEGIN
	FOR q IN EXECUTE format('SELECT id, %s AS argument FROM query', argument) LOOP
		begun := clock_timestamp();
		EXECUTE condition INTO ids USING q.argument;
		times := times || extract(epoch FROM clock_timestamp() - begun)::float8 * 1000;
		total := total + coalesce(cardinality(ids), 0);
		hits := hits + (q.id = ANY (ids))::int;
	END LOOP;
	RETURN QUERY SELECT round(total / 60.0, 1), round(hits / 60.0, 2),
		(SELECT round(avg(t)::numeric, 2) FROM unnest(times) t),
		(SELECT round(max(t)::numeric, 2) FROM unnest(times) t);
END $$;

\echo 'Latency, warm (the second run counts)'
CREATE TEMPORARY VIEW latency AS
SELECT what, l.*
FROM (VALUES
	('like this, resemblance .35', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_resembles(sketch, $1, 0.35)', 'to_textsketch(body)'),
	('has this half, containment .35', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_contained($1, sketch, 0.35)', 'to_textsketch(half)'),
	('has this half, containment .7', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_contained($1, sketch, 0.7)', 'to_textsketch(half)'),
	('cut from this, containment .35', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_contained(sketch, $1, 0.35)', 'to_textsketch(body)'),
	('overlap .35', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_overlaps(sketch, $1, 0.35)', 'to_textsketch(body)'),
	('quote of 30 words, 2 elements', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_shares(sketch, $1, 2)', 'to_textsketch(passage)'),
	('any quotes, 4 elements', 'SELECT array_agg(id) FROM bench_sketch WHERE textsketch_shares(sketch, $1, 4)', 'to_textsketch(body)')
) v (what, condition, argument), pg_temp.latency(condition, argument) l;
SELECT count(*) AS warmed FROM latency \gset
SELECT * FROM latency;

\echo 'The articles as they are: sketches and pg_trgm'
DELETE FROM bench_sketch WHERE copy > 0;
DROP INDEX bench_sketch_idx;
VACUUM FULL bench_sketch;
\timing on
\echo 'GIN index on sketches'
CREATE INDEX bench_sketch_idx ON bench_sketch USING gin (sketch);
\if :{?trgm}
\echo 'GIN index of pg_trgm'
CREATE INDEX bench_article_idx ON bench_article USING gin (body gin_trgm_ops);
\endif
\timing off
VACUUM ANALYZE bench_sketch, bench_article;
SELECT relname, pg_size_pretty(pg_relation_size(oid)) AS size
FROM pg_class WHERE relname IN ('bench_sketch_idx', 'bench_article_idx');
SELECT count(*) AS warmed FROM latency \gset
SELECT * FROM latency;
\if :{?trgm}
SET pg_trgm.word_similarity_threshold = 0.6;
SELECT passage FROM query WHERE passage <> '' LIMIT 1 \gset
\echo 'pg_trgm: a quote of 30 words at word_similarity .6, which takes a minute or so'
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT id FROM bench_article WHERE :'passage' <% body;
\endif
DROP TABLE bench_article, bench_sketch;
