--
-- copy_edges, textsketch_union_agg: who took it from whom, and of all that
-- another one wrote
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA edges_test;
RESET client_min_messages;
SET search_path = edges_test, public;
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
SET jit = off;

-- Words so many of a vocabulary, by a number.
CREATE FUNCTION words(seed bigint, count int, vocabulary int DEFAULT 5000) RETURNS text LANGUAGE SQL IMMUTABLE AS $$
	SELECT string_agg('w' || (hashint8extended(seed, i) & 1048575) % vocabulary, ' ' ORDER BY i)
	FROM generate_series(1, count) i
$$;

CREATE TABLE article (id bigint PRIMARY KEY, outlet text, published timestamptz, rank int, body text, sketch textsketch);

-- A story of its own for each case; ids run against time where they can.
INSERT INTO article (id, outlet, published, rank, body) VALUES
	-- a copy of a copy: both have the first as their source
	(13, 'Agency', '2020-01-01 08:00', NULL, words(1, 300)),
	(12, 'Bugle', '2020-01-01 10:30', NULL, words(1, 300) || ' a word more'),
	(11, 'Courier', '2020-01-03 09:00', NULL, words(1, 290)),
	-- the first has too little of it: the source is the second
	(20, 'Agency', '2020-02-01 08:00', NULL, words(2, 40)),
	(21, 'Bugle', '2020-02-01 09:00', NULL, words(2, 40) || ' ' || words(22, 300)),
	(22, 'Courier', '2020-02-01 10:00', NULL, words(22, 300)),
	-- times tie: unknown, whichever id is the smaller
	(30, 'Agency', '2020-03-01', NULL, words(3, 300)),
	(31, 'Bugle', '2020-03-01', NULL, words(3, 300)),
	(32, 'Courier', '2020-03-01', NULL, words(3, 280)),
	-- times lack
	(40, 'Agency', NULL, NULL, words(4, 300)),
	(41, 'Bugle', '2020-04-01 09:00', NULL, words(4, 300)),
	(42, 'Courier', 'infinity', NULL, words(4, 200)),
	-- an undated one beside one of a known source
	(45, 'Agency', '2020-04-02 08:00', NULL, words(45, 300)),
	(46, 'Bugle', '2020-04-02 09:00', NULL, words(45, 300)),
	(47, 'Courier', NULL, NULL, words(45, 300)),
	-- a tie that rank settles
	(50, 'Bugle', '2020-05-01', NULL, words(5, 300)),
	(51, 'Agency', '2020-05-01', 1, words(5, 300)),
	(52, 'Courier', '2020-05-01', 2, words(5, 300)),
	-- minutes apart, the agency's clock being late
	(60, 'Bugle', '2020-06-01 08:00', NULL, words(6, 300)),
	(61, 'Agency', '2020-06-01 08:04', 1, words(6, 300)),
	(62, 'Courier', '2020-06-01 12:00', NULL, words(6, 300)),
	-- one outlet alone; and outlets that aren't known
	(70, 'Bugle', '2020-07-01 08:00', NULL, words(7, 300)),
	(71, 'Bugle', '2020-07-01 09:00', NULL, words(7, 300)),
	(72, NULL, '2020-07-02 08:00', NULL, words(72, 300)),
	(73, NULL, '2020-07-02 09:00', NULL, words(72, 300)),
	-- far apart
	(80, 'Agency', '2020-08-01 08:00', NULL, words(8, 300)),
	(81, 'Bugle', '2020-10-01 08:00', NULL, words(8, 300)),
	-- an earlier brief that a later article contains is no copy, nor is that one
	(90, 'Agency', '2020-09-01 08:00', NULL, words(9, 60)),
	(91, 'Bugle', '2020-09-01 09:00', NULL, words(9, 60) || ' ' || words(92, 600)),
	-- nothing to compare
	(95, 'Bugle', '2020-09-02 09:00', NULL, NULL);
UPDATE article SET sketch = to_textsketch(body);

CREATE FUNCTION edges(threshold float8 DEFAULT .35, within interval DEFAULT NULL, tolerance interval DEFAULT '0', tens int DEFAULT NULL)
RETURNS TABLE (source bigint, copy bigint, share numeric, delay interval, known boolean) LANGUAGE sql AS $$
	SELECT source, copy, round(share::numeric, 2), delay, known
	FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article', threshold, within, tolerance)
	WHERE copy / 10 = coalesce(tens, copy / 10)
	ORDER BY copy
$$;
SELECT * FROM edges();

-- within an interval, which takes no undated one away
SELECT * FROM edges(within => '2 days', tens => 8);
SELECT * FROM edges(within => '1 hour', tens => 1);
SELECT * FROM edges(within => '1 hour', tens => 4);

-- so many minutes are a tie, which rank settles if it can; the earliest source
-- is sought within them
SELECT * FROM edges(tolerance => '5 minutes', tens => 6);
SELECT * FROM edges(tolerance => '3 minutes', tens => 6);
SELECT * FROM edges(tolerance => '1 day', tens => 1);

-- a day without hours is a tie with all of the day
SELECT source, copy, delay, known
FROM copy_edges('SELECT id, sketch, published::date, outlet, rank FROM article WHERE id IN (11, 12, 13)') ORDER BY copy;

-- a higher threshold
SELECT * FROM edges(1, tens => 2);

-- nothing but ids and texts
SELECT count(*), bool_or(known) AS known, count(delay) AS delays
FROM copy_edges('SELECT id, sketch, NULL::date, NULL, NULL::int FROM article');

-- in place of the query, and ids of any type
CREATE VIEW named AS SELECT *, md5(id::text)::uuid AS name FROM article;
SELECT count(*) > 10 AS edges FROM copy_edges('article', 'id', 'sketch', 'published', 'outlet', 'rank', .35, NULL, '0');
SELECT count(*) FROM (
	SELECT source, copy, share, delay, known FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article')
	EXCEPT ALL SELECT * FROM copy_edges('article', 'id', 'sketch', 'published', 'outlet', 'rank', .35, NULL, '0')) x;
SELECT pg_typeof(source), count(*) FROM copy_edges('named', 'name', 'sketch', 'published', 'outlet', 'rank', .35, NULL, NULL, NULL::uuid) WHERE known GROUP BY 1;
SELECT pg_typeof(copy), count(*) FROM copy_edges('SELECT name, sketch, published, outlet, rank FROM named', .35, NULL, NULL, NULL::uuid) WHERE known GROUP BY 1;

-- what the definition says, of many articles of few texts, times, outlets and ranks
CREATE TABLE many AS
SELECT i AS id, 'outlet ' || (hashint8(i) & 3) AS outlet, CASE WHEN hashint8(-i) & 7 > 0 THEN '2020-01-01'::timestamptz + (hashint8(i * 7) & 15) * interval '1 hour' END AS published,
	nullif(hashint8(i * 3) & 3, 0) AS rank,
	to_textsketch(words(i % 10, 20 + (hashint8(i * 11) & 127)) || ' ' || words((i + 1) % 10, 20 + (hashint8(i * 13) & 127))) AS sketch
FROM generate_series(1, 300) i;
CREATE FUNCTION expected(tolerance interval, within interval) RETURNS TABLE (source int, copy int, share float4, known boolean) LANGUAGE sql AS $$
	WITH candidate AS (
		SELECT c.id AS copy, s.id AS source, containment(c.sketch, s.sketch)::float4 AS share, s.published AS at, coalesce(s.rank, 9) AS rank,
			CASE WHEN c.published IS NULL OR s.published IS NULL THEN 'unknown'
				WHEN c.published - s.published NOT BETWEEN -within AND within THEN 'apart'
				WHEN c.published - s.published > tolerance THEN 'before'
				WHEN c.published - s.published < -tolerance THEN 'after'
				WHEN coalesce(s.rank, 9) < coalesce(c.rank, 9) THEN 'before'
				WHEN coalesce(s.rank, 9) > coalesce(c.rank, 9) THEN 'after'
				ELSE 'unknown' END AS relation
		FROM many c JOIN many s ON c.id <> s.id AND c.outlet <> s.outlet AND containment(c.sketch, s.sketch) >= .35
	), earliest AS (
		SELECT copy, min(at) AS first FROM candidate WHERE relation = 'before' GROUP BY copy
	), known AS (
		SELECT DISTINCT ON (copy) source, copy, share FROM candidate JOIN earliest USING (copy)
		WHERE relation = 'before' AND at <= first + tolerance
		ORDER BY copy, rank, at, share DESC, source
	), unknown AS (
		SELECT DISTINCT ON (copy) source, copy, share FROM candidate
		WHERE relation = 'unknown' AND copy NOT IN (SELECT copy FROM known)
		ORDER BY copy, share DESC, source
	)
	SELECT source, copy, share, true FROM known
	UNION ALL
	SELECT source, copy, share, false FROM unknown u
	WHERE NOT EXISTS (SELECT FROM unknown v WHERE v.copy = u.source AND v.source = u.copy AND u.copy < v.copy)
$$;
SELECT tolerance, within, count(*) > 100 AS edges, count(*) FILTER (WHERE NOT known) > 5 AS unknown,
	(SELECT count(*) FROM (
		(SELECT source, copy, share, known FROM expected(tolerance, within) EXCEPT ALL SELECT source, copy, share::float4, known FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM many ORDER BY sketch', .35, within, tolerance))
		UNION ALL
		(SELECT source, copy, share::float4, known FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM many ORDER BY sketch', .35, within, tolerance) EXCEPT ALL SELECT source, copy, share, known FROM expected(tolerance, within))) x) AS mismatches
FROM (VALUES (interval '0', interval '100 days'), ('2 hours', '100 days'), ('0', '4 hours'), ('1 hour', '4 hours')) v (tolerance, within),
	copy_edges('SELECT id, sketch, published, outlet, rank FROM many', .35, within, tolerance)
GROUP BY 1, 2 ORDER BY 1, 2;

-- nothing, and errors
SELECT * FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article WHERE false');
SELECT * FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article', 0);
SELECT * FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article', NULL);
SELECT * FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article', .35, '-1 day');
SELECT * FROM copy_edges('SELECT id, sketch, published, outlet, rank FROM article', .35, NULL, '-1 second');
SELECT * FROM copy_edges('SELECT id, sketch FROM article');
SELECT * FROM copy_edges('SELECT id, sketch, published, outlet, body FROM article');
SELECT * FROM copy_edges('SELECT 1, sketch, published, outlet, rank FROM article');

--
-- textsketch_union_agg
--

-- Below theta it is the sketch of all shingles: those of one text, if shingles
-- are words; and its theta is that text's too.
CREATE TABLE part AS
SELECT texts, i, words(texts * 1000 + i, 5 + i * 13 % 300, 100 * texts) AS body FROM generate_series(1, 30) texts, generate_series(1, texts) i;
SELECT sampling, count(*) AS unions, bool_and(textsketch_theta(u) = textsketch_theta(t)) AS thetas,
	bool_and((SELECT array_agg(h) FROM unnest(textsketch_hashes(u)) h WHERE h < textsketch_theta(u))
		= (SELECT array_agg(h) FROM unnest(textsketch_hashes(t)) h WHERE h < textsketch_theta(t))) AS elements,
	bool_and(textsketch_words(u) = textsketch_words(t)) AS words, bool_and(u = u::text::textsketch) AS literals
FROM (
	SELECT sampling, texts, textsketch_union_agg(to_textsketch(body, 1, sampling, 16)) AS u, to_textsketch(string_agg(body, ' '), 1, sampling, 16) AS t
	FROM part, (VALUES (1), (2), (12), (100)) s (sampling) GROUP BY 1, 2) x
GROUP BY sampling ORDER BY sampling;

-- every part is contained in it whole, if it has an element below theta; order and
-- grouping make no difference
SELECT bool_and(containment(p.sketch, u.sketch) = ((textsketch_hashes(p.sketch))[1] < textsketch_theta(u.sketch))::int) AS whole,
	bool_and(shared_elements(p.sketch, u.sketch) = textsketch_elements(p.sketch)) AS shared
FROM (SELECT texts, to_textsketch(body) AS sketch FROM part) p
JOIN (SELECT texts, textsketch_union_agg(to_textsketch(body)) AS sketch FROM part GROUP BY texts) u USING (texts);
SELECT count(DISTINCT sketch) FROM (
	SELECT textsketch_union_agg(sketch ORDER BY id) FROM many
	UNION ALL SELECT textsketch_union_agg(sketch ORDER BY id DESC) FROM many
	UNION ALL SELECT textsketch_union_final(textsketch_union_combine(
		(SELECT textsketch_union_accum(textsketch_union_accum(NULL, a.sketch), b.sketch) FROM many a, many b WHERE a.id = 1 AND b.id = 2),
		s.state))
		FROM (SELECT textsketch_union_accum(NULL, textsketch_union_agg(sketch)) AS state FROM many WHERE id > 2) s) x (sketch);
BEGIN;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
EXPLAIN (COSTS off) SELECT textsketch_union_agg(sketch) FROM many;
CREATE TEMP TABLE united AS SELECT textsketch_union_agg(sketch) AS sketch FROM many;
ROLLBACK;
SELECT textsketch_union_agg(sketch) = (SELECT textsketch_union_agg(sketch) FROM many) AS alike FROM (SELECT sketch FROM many OFFSET 0) x;

-- the share of an outlet's texts that an agency wrote, in one piece or many
SELECT round(containment(to_textsketch(words(1, 150) || ' ' || words(2, 150)), textsketch_union_agg(to_textsketch(words(i, 150))))::numeric, 2) AS in_both
FROM generate_series(1, 2) i;

SELECT textsketch_union_agg(sketch) IS NULL AS none FROM many WHERE false;
SELECT textsketch_union_agg(NULL) IS NULL AS none;
SELECT textsketch_union_agg(s) = to_textsketch('a b c d e f') AS alike FROM (VALUES (NULL), (to_textsketch('a b c d e f'))) v (s);
SELECT textsketch_union_agg(to_textsketch('a b c d', k)) FROM generate_series(3, 4) k;
SELECT textsketch_union_combine(textsketch_union_accum(NULL, to_textsketch('a')), textsketch_union_accum(NULL, to_textsketch('a', 2)));
SELECT textsketch_union_final('\x0011');
SELECT textsketch_union_final(textsketch_union_accum(NULL, to_textsketch('a')) || '\x00');
SELECT textsketch_union_final(set_byte(textsketch_union_accum(NULL, to_textsketch('a')), 0, 9));

SET client_min_messages = warning;
DROP SCHEMA edges_test CASCADE;
