-- How much of what is found between articles of one outlet is furniture, and
-- how fast it is learned and taken out.
--
--     psql -d DATABASE -v data=FOLDER -f bench/boilerplate.sql
--
-- FOLDER/news_scale/articles.jsonl.gz has objects with id, text and source, and
-- FOLDER/html_pages/pages.jsonl.gz with url, html and text, what a reader takes
-- for the article.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_DATA :data
SET client_min_messages = warning;
SET work_mem = '256MB';

CREATE EXTENSION IF NOT EXISTS simhash;

CREATE TEMPORARY TABLE line (j jsonb);
\copy line FROM PROGRAM 'zcat "$SIMHASH_DATA/news_scale/articles.jsonl.gz"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')

CREATE TEMPORARY TABLE article AS
	SELECT row_number() OVER () AS n, j ->> 'source' AS source, j ->> 'text' AS body FROM line;
ANALYZE article;

\timing on
\echo 'Learning'
CREATE TEMPORARY TABLE furniture AS
	SELECT source, boilerplate_agg(body) AS learned FROM article GROUP BY source HAVING count(*) >= 4;
\echo 'Taking out'
CREATE TEMPORARY TABLE clean AS
	SELECT n, source, body, without_boilerplate(body, learned) AS clean FROM article LEFT JOIN furniture USING (source);
\echo 'Sketches, for comparison'
CREATE TEMPORARY TABLE sketch AS
	SELECT n, source, to_textsketch(body) AS before, to_textsketch(clean) AS after FROM clean;
\timing off

SELECT count(*) AS outlets, round(avg(pg_column_size(learned))) AS bytes, max(pg_column_size(learned)) AS most FROM furniture;
SELECT sum(length(body)) AS characters, round(1 - sum(length(clean))::numeric / sum(length(body)), 4) AS furniture FROM clean;
\echo 'Pairs with containment of .35 or more'
SELECT name, count(*) FILTER (WHERE a.source = b.source) AS "of one outlet", count(*) FILTER (WHERE a.source <> b.source) AS "of two"
FROM (SELECT 'as they are' AS name, p.* FROM textsketch_pairs('SELECT n, before FROM sketch', .35, 'containment') p
	  UNION ALL
	  SELECT 'without furniture', p.* FROM textsketch_pairs('SELECT n, after FROM sketch', .35, 'containment') p) p
	 JOIN article a ON a.n = p.a JOIN article b ON b.n = p.b
GROUP BY name ORDER BY name;

TRUNCATE line;
\copy line FROM PROGRAM 'zcat "$SIMHASH_DATA/html_pages/pages.jsonl.gz"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')

-- Tags stripped, a line for each block, and nothing else.
CREATE TEMPORARY TABLE page AS
	SELECT row_number() OVER () AS n, regexp_replace(substring(j ->> 'url' FROM '//([^/]+)'), '^www\.', '') AS site, j ->> 'text' AS gold,
		regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(j ->> 'html',
			'<script\M.*?</script\s*>', ' ', 'gi'),
			'<style\M.*?</style\s*>', ' ', 'gi'),
			'<noscript\M.*?</noscript\s*>', ' ', 'gi'),
			'<!--.*?-->', ' ', 'g'),
			'</?(p|div|li|ul|ol|h[1-6]|br|tr|td|table|section|article|header|footer|nav|aside|form|option|title|blockquote)\M[^>]*>', E'\n', 'gi'),
			'<[^>]*>', '', 'g') AS page
	FROM line;
CREATE TEMPORARY TABLE two AS
	SELECT p.*, without_boilerplate(page, learned) AS clean FROM page p
	JOIN (SELECT site, boilerplate_agg(page, 2) AS learned FROM page GROUP BY site HAVING count(*) = 2) f USING (site);
\echo 'Pages of sites that have two'
SELECT count(*) AS pages, round(avg((to_simhash(page) <-> to_simhash(gold) <= 62)::int), 3) AS "within 62 bits",
	   round(avg((to_simhash(clean) <-> to_simhash(gold) <= 62)::int), 3) AS "without furniture"
FROM two;
\echo 'Sites whose two pages are within 62 bits'
SELECT count(*) AS sites, sum((to_simhash(a.page) <-> to_simhash(b.page) <= 62)::int) AS "as they are",
	   sum((to_simhash(a.clean) <-> to_simhash(b.clean) <= 62)::int) AS "without furniture"
FROM two a JOIN two b ON a.site = b.site AND a.n < b.n;
