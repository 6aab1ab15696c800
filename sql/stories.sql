--
-- story_cluster: what it accepts, numbers, and refuses. That its stories are
-- those of the definition, test/t/006_stories.pl shows.
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA stories_test;
RESET client_min_messages;
SET search_path = stories_test, public;
SET timezone = 'UTC';
SET intervalstyle = postgres;

-- Ten events, each with twelve words of its own; three articles on each, a day
-- apart, of ten of these words and of five that all events have.
CREATE TABLE article AS
SELECT event * 10 + n AS id, event, 'Title ' || event AS title,
	(SELECT string_agg(word, ' ' ORDER BY hashint8extended(hashtext(word), event * 10 + n)) FROM (
		SELECT format('own%sx%s', event, w) AS word FROM generate_series(1, 12) w WHERE w % 12 <> n AND w % 12 <> n + 3
		UNION ALL
		SELECT 'common' || (event * 7 + n * 3 + w) % 40 FROM generate_series(1, 5) w) words) AS body,
	timestamptz '2020-01-01 12:00' + n * interval '1 day' AS published
FROM generate_series(1, 10) event, generate_series(1, 3) n;

-- each event is a story, and numbers follow the order of rows
SELECT event, array_agg(story ORDER BY id) AS stories, array_agg(reversed ORDER BY id) AS reversed FROM (
	SELECT id, event, story_cluster(title, body, published) OVER (ORDER BY id) AS story,
		story_cluster(title, body, published) OVER (ORDER BY id DESC) AS reversed
	FROM article) numbered
GROUP BY event ORDER BY event;

-- the same of lexemes; without positions there are no pairs of words, which
-- changes little here
SELECT count(DISTINCT story) AS stories, count(DISTINCT (event, story)) AS same,
	count(DISTINCT stripped) AS stripped, count(DISTINCT (event, stripped)) AS same_stripped
FROM (SELECT event, story_cluster(document, published) OVER () AS story,
		story_cluster(strip(document), published) OVER () AS stripped
	FROM article, LATERAL (SELECT setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', body) AS document) d) numbered;

-- without a title; without a time; with an infinite time, which is none
SELECT count(DISTINCT (event, untitled)) AS untitled, count(DISTINCT (event, undated)) AS undated,
	bool_and(undated = infinite) AS infinite
FROM (SELECT event, story_cluster(NULL, body, published) OVER () AS untitled,
		story_cluster(title, body, NULL) OVER () AS undated,
		story_cluster(title, body, CASE id % 2 WHEN 0 THEN timestamptz 'infinity' ELSE '-infinity' END) OVER () AS infinite
	FROM article) numbered;

-- a month is too far, and so are the first and the last time that there are;
-- but an article without a time is near to all
SELECT extract(day FROM apart) AS days_apart, count(DISTINCT (event, story)) AS parts FROM (
	SELECT event, apart, story_cluster(title, body, timestamptz '2020-01-01' + (id % 10) * apart) OVER (PARTITION BY apart) AS story
	FROM article, (VALUES (interval '1 day'), ('31 days')) v (apart)) numbered
GROUP BY apart ORDER BY apart;
SELECT count(DISTINCT (event, story)) AS parts FROM (
	SELECT event, story_cluster(title, body, CASE id % 10 WHEN 1 THEN timestamptz '4713-01-01 00:00 BC'
		ELSE '294276-12-31 23:59:59.999999' END) OVER () AS story
	FROM article WHERE id % 10 < 3) numbered;
SELECT count(DISTINCT (event, story)) AS parts FROM (
	SELECT event, story_cluster(title, body, CASE id % 10 WHEN 1 THEN timestamptz '4713-01-01 00:00 BC' END) OVER () AS story
	FROM article) numbered;

-- without a body, or one without a word: NULL, which takes no number
SELECT id, story_cluster('A title', body, '2020-01-01') OVER (ORDER BY id) AS story
FROM (VALUES (1, NULL), (2, 'some words'), (3, ''), (4, ' ... '), (5, 'other words')) v (id, body);
SELECT id, story_cluster(document, '2020-01-01') OVER (ORDER BY id) AS story
FROM (VALUES (1, NULL), (2, 'some words'::tsvector), (3, ''), (4, 'other words')) v (id, document);

-- copies, but for case and punctuation, are one story within three days
SELECT id, story_cluster('T', body, published) OVER (ORDER BY id) AS story
FROM (VALUES (1, 'Word for word.', timestamptz '2020-01-01'), (2, '"Word for word"', '2020-01-04'),
	(3, 'word for WORD', '2020-01-04 00:00:01'), (4, 'word for word', NULL), (5, 'word - for - word', NULL)) v (id, body, published);

-- partitions, each with a threshold of its own; frames don't matter
SELECT threshold, count(DISTINCT story) AS stories FROM (
	SELECT threshold, story_cluster(title, body, published, threshold)
		OVER (PARTITION BY threshold ORDER BY id ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS story
	FROM article, (VALUES (float8 '1e-300'), (.15), (1)) v (threshold)) numbered
GROUP BY threshold ORDER BY threshold;

-- nothing, one article, two
SELECT story_cluster(title, body, published) OVER () FROM article WHERE false;
SELECT story_cluster(title, body, published) OVER () FROM article LIMIT 1;
SELECT story_cluster(title, body, published) OVER (ORDER BY id) FROM article WHERE id IN (11, 21);

-- one article of a megabyte among the others
SELECT count(DISTINCT story) AS stories, count(*) FILTER (WHERE story IS NULL) AS nulls FROM (
	SELECT story_cluster(title, body, published) OVER () AS story FROM (
		SELECT title, body, published FROM article
		UNION ALL
		SELECT 'Long', (SELECT string_agg('w' || i % 70000, ' ') FROM generate_series(1, 160000) i), '2020-01-02') a) numbered;

-- thousands of copies
SELECT stories, count(*) FROM (
	SELECT count(DISTINCT story) AS stories FROM (
		SELECT id, story_cluster(title, body, published) OVER () AS story
		FROM article, generate_series(1, 1000)) numbered
	GROUP BY id) each
GROUP BY stories;

--
-- Errors
--

SELECT story_cluster(title, body, published, 0) OVER () FROM article;
SELECT story_cluster(title, body, published, 1.01) OVER () FROM article;
SELECT story_cluster(title, body, published, 'NaN') OVER () FROM article;
SELECT story_cluster(title, body, published, NULL) OVER () FROM article;
SELECT story_cluster(''::tsvector, published, 0) OVER () FROM article;
\set VERBOSITY default
SELECT story_cluster(title, body, published, -1) OVER () FROM article;
\set VERBOSITY terse
SELECT story_cluster(title, body, published) FROM article;

SET client_min_messages = warning;
DROP SCHEMA stories_test CASCADE;
