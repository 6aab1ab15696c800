--
-- textsketch_pairs: what a self-join finds
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA sketch_pairs_test;
RESET client_min_messages;
SET search_path = sketch_pairs_test, public;
SET jit = off;

-- Words so many of a vocabulary, by a number.
CREATE FUNCTION words(seed bigint, count int, vocabulary int) RETURNS text LANGUAGE SQL IMMUTABLE AS $$
	SELECT string_agg('w' || (hashint8extended(seed, i) & 1048575) % vocabulary, ' ' ORDER BY i)
	FROM generate_series(1, count) i
$$;

-- Articles of 20 to 1,500 words, so that thetas differ; copies of them, cut
-- and edited; some with a text that is in all of theirs; repeats; NULLs.
CREATE TABLE article (id bigint, body text, sketch textsketch);
INSERT INTO article
SELECT i, words(i, 20 + i * i % 1500, 5000) FROM generate_series(1, 120) i;
INSERT INTO article
SELECT 1000 + id, substr(body, 1, length(body) / (1 + id % 4)::int) FROM article WHERE id <= 80;
INSERT INTO article
SELECT 2000 + id, replace(body, 'w' || id % 10, 'x' || id) FROM article WHERE id <= 80;
INSERT INTO article
SELECT 3000 + id, words(0, 60 + id::int % 3 * 200, 5000) || ' ' || substr(body, 1, 600) FROM article WHERE id <= 80;
INSERT INTO article
SELECT 4000 + id, body FROM article WHERE id <= 10;
INSERT INTO article
SELECT 5000 + i, words(-i, 1 + i % 5, 3) FROM generate_series(1, 20) i;
INSERT INTO article VALUES (6000, NULL), (6001, '');
UPDATE article SET sketch = to_textsketch(body);

CREATE TABLE truth AS
SELECT x.id AS a, y.id AS b, resemblance(x.sketch, y.sketch) AS resemblance,
	containment(x.sketch, y.sketch) AS containment_ab, containment(y.sketch, x.sketch) AS containment_ba
FROM article x JOIN article y ON x.id < y.id;

CREATE FUNCTION mismatches(threshold float8, measure text, memory text) RETURNS TABLE (pairs bigint, mismatches bigint)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('maintenance_work_mem', memory, true);
	CREATE TEMP TABLE found ON COMMIT DROP AS
	SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article ORDER BY hashint8(id)', threshold, measure);
	CREATE TEMP TABLE expected ON COMMIT DROP AS
	SELECT * FROM truth
	WHERE CASE measure WHEN 'resemblance' THEN resemblance ELSE greatest(containment_ab, containment_ba) END >= threshold;
	RETURN QUERY SELECT (SELECT count(*) FROM found),
		(SELECT count(*) FROM ((TABLE found EXCEPT ALL TABLE expected) UNION ALL (TABLE expected EXCEPT ALL TABLE found)) x);
	DROP TABLE found, expected;
END $$;

-- in one block for each range of thetas, and in blocks of 512 kB
SELECT measure, threshold, memory, pairs > 0 AS pairs, mismatches
FROM (VALUES ('resemblance'), ('containment')) m (measure),
	(VALUES (.001), (.1), (.35), (.5), (.9), (1)) t (threshold),
	(VALUES ('64MB'), ('1MB')) l (memory),
	mismatches(threshold, measure, memory)
ORDER BY measure, threshold, memory;

-- measure "shares": elements of windows count too
CREATE FUNCTION share_mismatches(n int, memory text) RETURNS TABLE (pairs bigint, mismatches bigint)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('maintenance_work_mem', memory, true);
	CREATE TEMP TABLE found ON COMMIT DROP AS
	SELECT a, b FROM textsketch_pairs('SELECT id, sketch FROM article ORDER BY hashint8(id)', n, 'shares');
	CREATE TEMP TABLE expected ON COMMIT DROP AS
	SELECT x.id AS a, y.id AS b FROM article x JOIN article y ON x.id < y.id AND shared_elements(x.sketch, y.sketch) >= n;
	RETURN QUERY SELECT (SELECT count(*) FROM found),
		(SELECT count(*) FROM ((TABLE found EXCEPT ALL TABLE expected) UNION ALL (TABLE expected EXCEPT ALL TABLE found)) x);
	DROP TABLE found, expected;
END $$;
SELECT n, memory, pairs > 0 AS pairs, mismatches
FROM (VALUES (1), (2), (5), (40)) t (n), (VALUES ('64MB'), ('1MB')) l (memory), share_mismatches(n, memory)
ORDER BY n, memory;

-- two queries: what the join of both finds, whichever is larger; the same id may
-- be in both
CREATE FUNCTION across_mismatches(mine text, theirs text, threshold float8, measure text, memory text)
RETURNS TABLE (pairs bigint, mismatches bigint)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('maintenance_work_mem', memory, true);
	CREATE TEMP TABLE found ON COMMIT DROP AS
	SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article WHERE ' || mine,
		'SELECT id, sketch FROM article WHERE ' || theirs || ' ORDER BY hashint8(id)', threshold, measure);
	CREATE TEMP TABLE expected (LIKE found) ON COMMIT DROP;
	EXECUTE format('INSERT INTO expected SELECT a, b, resemblance, containment_ab, containment_ba FROM (
		SELECT x.id AS a, y.id AS b, resemblance(x.sketch, y.sketch) AS resemblance,
			containment(x.sketch, y.sketch) AS containment_ab, containment(y.sketch, x.sketch) AS containment_ba,
			shared_elements(x.sketch, y.sketch) AS shared
		FROM (SELECT * FROM article WHERE %s) x, (SELECT * FROM article WHERE %s) y) p
		WHERE CASE %L WHEN ''resemblance'' THEN resemblance WHEN ''shares'' THEN shared
			ELSE greatest(containment_ab, containment_ba) END >= %L', mine, theirs, measure, threshold);
	RETURN QUERY SELECT (SELECT count(*) FROM found),
		(SELECT count(*) FROM ((TABLE found EXCEPT ALL TABLE expected) UNION ALL (TABLE expected EXCEPT ALL TABLE found)) x);
	DROP TABLE found, expected;
END $$;
SELECT measure, threshold, mine, sum(pairs) > 0 AS pairs, sum(mismatches) AS mismatches
FROM (VALUES ('resemblance', .001), ('resemblance', .35), ('resemblance', .9), ('containment', .1), ('containment', .35),
		('containment', 1), ('shares', 1), ('shares', 6)) m (measure, threshold),
	(VALUES ('id < 1000', 'id >= 1000'), ('id >= 1000', 'id < 1000'), ('id % 2 = 0', 'true')) s (mine, theirs),
	(VALUES ('64MB'), ('1MB')) l (memory),
	across_mismatches(mine, theirs, threshold, measure, memory)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- 3,000 sketches in blocks, the sort on disk; a common text in all short ones
TRUNCATE article;
INSERT INTO article
SELECT i, NULL, to_textsketch(words(i % 500, 20 + 7 * (i % 50), 3000) || ' ' || words(i, i % 40, 3000) ||
							  CASE WHEN i % 3 = 0 THEN words(0, 50, 3000) ELSE '' END)
FROM generate_series(1, 3000) i;
SET maintenance_work_mem = '1MB';
SET work_mem = '64kB';
SELECT count(*) AS pairs,
	count(*) FILTER (WHERE textsketch_resembles(x.sketch, y.sketch, .6)) AS right,
	bool_and(pair.a < pair.b) AS ordered
FROM textsketch_pairs('SELECT id, sketch FROM article', .6) pair
JOIN article x ON x.id = pair.a JOIN article y ON y.id = pair.b;
RESET maintenance_work_mem;
RESET work_mem;
SELECT count(*) AS pairs FROM article x JOIN article y ON x.id < y.id
WHERE x.id % 500 = y.id % 500 AND resemblance(x.sketch, y.sketch) >= .6;

-- ids of other types; sketches of other parameters
SELECT pg_typeof(a), bool_and(a < b) AS ordered, count(*) > 0 AS pairs
FROM textsketch_pairs('SELECT md5(id::text)::uuid, sketch FROM article', .9, 'containment', NULL::uuid) GROUP BY 1;
SELECT a, b, resemblance, containment_ab, containment_ba
FROM textsketch_pairs($$
	SELECT v.id, to_textsketch(body, 2, 1, 16)
	FROM (VALUES ('whole', 'one two three four five six seven eight nine ten'),
				 ('part', 'three four five six seven eight'),
				 ('none', 'a b c d e f g h')) v (id, body)$$, .5, 'resemblance', NULL::text);
SELECT * FROM textsketch_pairs('SELECT 1, to_textsketch(''a b c d e'') UNION ALL SELECT 2, to_textsketch(''a b c d e'', 3)', .5);

-- a relation and its columns in place of the query
SELECT count(*) FROM (
	SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', .6)
	EXCEPT ALL SELECT * FROM textsketch_pairs('article', 'id', 'sketch', .6, 'resemblance')) x;
SELECT count(*) > 0 AS pairs FROM textsketch_pairs('article', 'id', 'sketch', .6, 'resemblance');
CREATE VIEW named AS SELECT md5(id::text) AS name, sketch FROM article WHERE id <= 1500;
SELECT pg_typeof(a), count(*) > 0 AS pairs
FROM textsketch_pairs('named', 'name', 'sketch', .9, 'containment', NULL::text) GROUP BY 1;
SELECT * FROM textsketch_pairs('article', 'id', 'sketch', 0, 'containment');
SELECT * FROM textsketch_pairs('article', 'id', 'body', .9, 'containment');

-- two of both, and each form as it is written
CREATE VIEW mine AS SELECT id, md5(id::text) AS name, sketch FROM article WHERE id <= 40;
CREATE VIEW theirs AS SELECT id, md5(id::text) AS name, sketch FROM article WHERE id > 500 AND id <= 1500;
SELECT count(*) > 0 AS pairs, bool_and(a <= 40 AND b > 500) AS across
FROM textsketch_pairs('SELECT id, sketch FROM mine', 'SELECT id, sketch FROM theirs', .5);
SELECT count(*) FROM (
	SELECT * FROM textsketch_pairs('SELECT id, sketch FROM mine', 'SELECT id, sketch FROM theirs', .5)
	EXCEPT ALL SELECT * FROM textsketch_pairs('mine', 'id', 'sketch', 'theirs', 'id', 'sketch', .5, 'resemblance')) x;
SELECT pg_typeof(a), count(*) > 0 AS pairs
FROM textsketch_pairs('SELECT name, sketch FROM mine', 'SELECT name, sketch FROM theirs', 3, 'shares', NULL::text) GROUP BY 1;
SELECT pg_typeof(a), count(*) > 0 AS pairs
FROM textsketch_pairs('mine', 'name', 'sketch', 'theirs', 'name', 'sketch', .5, 'containment', NULL::text) GROUP BY 1;
SELECT a, b, resemblance FROM textsketch_pairs('SELECT 7, to_textsketch(''a b c d e'')', 'SELECT 7, to_textsketch(''a b c d e'')', .5);

-- nothing
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM mine', 'SELECT id, sketch FROM theirs WHERE false', .5);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM mine WHERE false', 'SELECT id, sketch FROM theirs', .5, 'containment');
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article WHERE false', .5);
SELECT * FROM textsketch_pairs('SELECT id, NULL::textsketch FROM article', .5);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article WHERE id = 1', .5);

-- errors
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', 0);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', 1.1);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', 'NaN');
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', NULL);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', .5, 'distance');
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', .5, 'shares');
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM mine', 'SELECT id, body FROM article', .5);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM mine', 'SELECT 1, sketch FROM theirs', .5);
SELECT * FROM textsketch_pairs('SELECT 1, to_textsketch(''a b c d e'')', 'SELECT 2, to_textsketch(''a b c d e'', 3)', .5);
SELECT * FROM textsketch_pairs('SELECT id, sketch FROM article', .5, 'resemblance', NULL::uuid);
SELECT * FROM textsketch_pairs('SELECT id FROM article', .5);
SELECT * FROM textsketch_pairs('SELECT id, body FROM article', .5);
SELECT * FROM textsketch_pairs('SELECT id / 2, sketch FROM article', .5);
SELECT * FROM textsketch_pairs('SELECT NULL::int, sketch FROM article', .5);
SELECT * FROM textsketch_pairs('DELETE FROM article RETURNING id, sketch', .5);

SET client_min_messages = warning;
DROP SCHEMA sketch_pairs_test CASCADE;
