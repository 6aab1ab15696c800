--
-- What an outlet repeats: learned by an aggregate, taken out of a text
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- Pages of an outlet: a line above, an article of its own, lines below.
CREATE TEMP TABLE page AS
SELECT i AS id, i % 3 AS outlet, format(E'Home | News | Sport %s\n\n%s\n\nSign up for our newsletter and get the best of the %s in your inbox every morning.\nShare\n%s',
	'Ostrevik', body, o.name, CASE WHEN i % 2 = 0 THEN 'More from the ' || o.name ELSE 'Comments' END) AS page, body
FROM generate_series(1, 60) i,
	LATERAL (SELECT string_agg('w' || hashint8extended(i, j) % 5000, ' ' ORDER BY j) || '.' AS body FROM generate_series(1, 90) j) b,
	LATERAL (SELECT (ARRAY['Courier', 'Herald', 'Gazette'])[i % 3 + 1] AS name) o;

CREATE TEMP TABLE learned AS
SELECT outlet, boilerplate_agg(page) AS furniture FROM page GROUP BY outlet;

SELECT outlet, split_part(furniture::text, ':', 1) AS articles, length(furniture::text) AS length FROM learned ORDER BY outlet;
-- nothing but the article is left
SELECT count(*), bool_and(btrim(without_boilerplate(page, furniture), E'\n') = body) AS clean
FROM page JOIN learned USING (outlet);
-- what is cut out, where
SELECT start, length, substr(page, start, length) FROM page JOIN learned USING (outlet), boilerplate_passages(page, furniture)
WHERE id = 7 ORDER BY start;
-- the rest is the text without it
SELECT count(*), bool_and(rest = without_boilerplate(page, furniture)) AS same
FROM page JOIN learned USING (outlet), LATERAL (
	SELECT string_agg(substr(page, i, 1), '' ORDER BY i) AS rest FROM generate_series(1, length(page)) i
	WHERE NOT EXISTS (SELECT FROM boilerplate_passages(page, furniture) p WHERE i >= start AND i < start + length)) r;

-- another order of the rows, parallel or in parts: the same, or what either has
SELECT bool_and(l.furniture = o.furniture) FROM learned l
JOIN (SELECT outlet, boilerplate_agg(page ORDER BY hashint8(id)) AS furniture FROM page GROUP BY outlet) o USING (outlet);
SELECT bool_and(without_boilerplate(page, a || b) = without_boilerplate(page, l.furniture)) AS same, min(split_part((a || b)::text, ':', 1)) AS articles
FROM page JOIN learned l USING (outlet)
JOIN (SELECT outlet, boilerplate_agg(page) FILTER (WHERE id <= 30) AS a, boilerplate_agg(page) FILTER (WHERE id > 30) AS b FROM page GROUP BY outlet) p USING (outlet);
CREATE TABLE stored_page AS SELECT * FROM page;
ALTER TABLE stored_page SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT boilerplate_agg(page) FROM stored_page;
SELECT boilerplate_agg(page) = (SELECT boilerplate_agg(page) FROM page) AS parallel FROM stored_page;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE stored_page;

-- a report that ran in several versions is no furniture, among others and alone
WITH version AS (
	SELECT 'flood ' || i || ' ' || regexp_replace(p.page, 'w\d+ ', 'changed' || i || ' ', 'n') AS page FROM page p, generate_series(1, 6) i WHERE id = 3
), learned AS (
	SELECT boilerplate_agg(page) AS furniture FROM (SELECT page FROM version UNION ALL SELECT page FROM page WHERE outlet = 0) a
)
SELECT bool_and(position(substr(body, 200) IN without_boilerplate(page.page, furniture)) > 0) AS kept FROM page, learned WHERE id = 3;
SELECT boilerplate_agg(body || i) FROM page, generate_series(1, 6) i WHERE id = 3;

-- as many articles as are asked for
SELECT n, split_part(boilerplate_agg(page, n)::text, ':', 2) = '' AS nothing FROM page, generate_series(19, 21) n WHERE outlet = 1 GROUP BY n ORDER BY n;

-- joined lines, other case and punctuation; parts of lines
SELECT without_boilerplate(t, furniture) FROM learned,
	(VALUES ('The mayor resigned. SIGN UP, for our newsletter (and get the best) of the Courier in your inbox every morning! "She left on Monday", he said.'),
			(E'First line\nshare\nsecond line, share it\nShare'), ('Share'), (''), ('no furniture here'), ('...')) v (t)
WHERE outlet = 0;
-- texts without spaces, and letters of several bytes
SELECT without_boilerplate('川の水位が上がった。' || f || '市長は辞任した。', boilerplate_agg(x.a || f)) AS ja
FROM (SELECT '無料会員登録をしてニュースレターを毎朝受け取る。' AS f) f,
	LATERAL (SELECT string_agg(chr(19968 + (hashint8extended(i, j) % 5000)::int), '') AS a FROM generate_series(1, 6) i, generate_series(1, 60) j GROUP BY i) x GROUP BY f;

-- NULLs: an outlet that isn't known takes nothing away
SELECT without_boilerplate('a text', NULL), without_boilerplate(NULL, '0:') IS NULL AS no_text, without_boilerplate('a text', '0:');
SELECT boilerplate_agg(page) IS NULL AS none FROM page WHERE false;
SELECT boilerplate_agg(NULL::text) IS NULL AS none FROM page;
SELECT boilerplate_agg(page, NULL) FROM page;
SELECT boilerplate_agg(page, 1) FROM page;
SELECT boilerplate_agg(page, CASE WHEN id > 30 THEN 3 ELSE 2 END) FROM page;

-- the type
SELECT '3:'::boilerplate, '17:00000000000000ff,ffffffffffffffff'::boilerplate;
SELECT '3:00000000000000FF'::boilerplate = '3:00000000000000ff' AS same, '3:'::boilerplate < '3:00000000000000ff' AS less,
	'4:0000000000000001'::boilerplate || '5:0000000000000001,0000000000000002' AS both;
SELECT count(DISTINCT furniture) FROM learned;
SELECT l::boilerplate FROM (VALUES ('')) v (l);
SELECT '5'::boilerplate;
SELECT '5:12'::boilerplate;
SELECT '5:00000000000000ff,00000000000000fe'::boilerplate;
SELECT '5:00000000000000ff,'::boilerplate;
SELECT '4294967296:'::boilerplate;
SELECT ('5:' || repeat('g', 200))::boilerplate;
SELECT ('5:g' || repeat('ä', 200))::boilerplate;

-- memory
SET simhash.memory_limit = '64kB';
SELECT boilerplate_agg(page) FROM page;
SELECT length(without_boilerplate(repeat('word ', 100000), '0:'));
RESET simhash.memory_limit;
DROP TABLE page, learned;
