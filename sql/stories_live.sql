--
-- Stories kept as news arrives, by doc/keep_stories.sql: stable ids, merges,
-- and the same stories as a clustering of all at once
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA stories_live;
RESET client_min_messages;
SET search_path = stories_live, public;
SET timezone = 'UTC';
SET jit = off;
SET client_min_messages = warning;

CREATE TABLE article (id int PRIMARY KEY, event int, title text, body text, published timestamptz);
\getenv srcdir PG_ABS_SRCDIR
\set recipe :srcdir /doc/keep_stories.sql
\set ECHO none
\i :recipe
\set ECHO all

-- Two hundred days of news: an event has 40 words of its own, and each article
-- on it has a third of these, among some of 300 that all have. Reports come for
-- four days, on every seventh event for fifty.
CREATE FUNCTION pick(seed text, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
	$$ SELECT abs(hashtextextended(seed, 42) % n)::int $$;
CREATE TABLE news AS
	SELECT e * 100 + a AS id, e AS event, format('own%sx%s', e, pick(format('t %s %s', e, a), 40)) AS title,
		(SELECT string_agg(CASE WHEN pick(format('k %s %s %s', e, a, w), 3) = 0 THEN format('own%sx%s', e, pick(format('o %s %s %s', e, a, w), 40))
								ELSE 'common' || pick(format('c %s %s %s', e, a, w), 300) END, ' ')
		 FROM generate_series(1, 60) w) AS body,
		timestamptz '2020-01-01' + pick(format('e %s', e), 150) * interval '1 day'
			+ pick(format('p %s %s', e, a), CASE WHEN e % 7 = 0 THEN 1200 ELSE 96 END) * interval '1 hour' AS published
	FROM generate_series(1, 80) e, generate_series(1, 8) a
	WHERE a <= 1 + pick(format('s %s', e), 8);
SELECT count(*), count(DISTINCT event) AS events FROM news;

-- The replay: a run every two days. An article that had settled when a run
-- began may change its story by a merge only.
CREATE TABLE run (day date, assigned int, begun int, merged int, moved int);
DO $$
DECLARE
	now timestamptz;
BEGIN
	FOR day IN 2 .. 210 BY 2 LOOP
		now := timestamptz '2020-01-01' + day * interval '1 day';
		INSERT INTO article (id, event, title, body, published)
			SELECT * FROM news WHERE published <= now AND published > now - interval '2 days';
		CREATE TEMP TABLE before AS SELECT id, story FROM article WHERE published <= now - interval '30 days';
		INSERT INTO run SELECT now, a.*,
			(SELECT count(*) FROM article JOIN before b USING (id)
			 JOIN story s ON s.id = b.story WHERE article.story <> b.story AND article.story IS DISTINCT FROM s.merged_into)
			FROM assign_stories(now) a;
		DROP TABLE before;
	END LOOP;
END $$;

SELECT count(*) AS articles, count(story) AS with_story FROM article;
SELECT sum(begun) - sum(merged) = (SELECT count(*) FROM story WHERE merged_into IS NULL) AS add_up,
	sum(moved) AS moved FROM run;

-- no article is left in a story that was merged
SELECT count(*) FROM article JOIN story ON story.id = article.story WHERE merged_into IS NOT NULL;

-- Beside a clustering of everything at once, and beside the events: of the
-- pairs that are together in one, how many are in the other (F1)?
CREATE VIEW compared AS
	SELECT id, event, story, story_cluster(title, body, published) OVER (ORDER BY published, id) AS batch FROM article;
CREATE FUNCTION f1(a text, b text, OUT f1 numeric) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT 2.0 * count(*) FILTER (WHERE x.%1$I = y.%1$I AND x.%2$I = y.%2$I)
			/ (count(*) FILTER (WHERE x.%1$I = y.%1$I) + count(*) FILTER (WHERE x.%2$I = y.%2$I))
		FROM c x JOIN c y ON x.id < y.id', a, b) INTO f1;
END $$;
CREATE TEMP TABLE c AS SELECT * FROM compared;
SELECT f1('story', 'batch') > .95 AS as_batch, f1('story', 'event') > .9 AS as_events, f1('batch', 'event') > .9 AS batch_as_events,
	(SELECT count(*) FROM c WHERE story IS NULL) AS missing;

-- a run with nothing new does nothing
SELECT * FROM assign_stories(timestamptz '2020-07-29');
SELECT * FROM assign_stories(timestamptz '2020-07-29');

-- Two stories that a later article connects: the first one's id stays, and all
-- articles of the second one follow, but what had settled isn't moved.
TRUNCATE article, story RESTART IDENTITY;
INSERT INTO article (id, event, title, body, published)
	SELECT id, event, title, body, '2021-01-01' FROM news WHERE event > 40;
INSERT INTO article (id, title, body, published) VALUES
	(1, 'A', 'alpha beta gamma delta epsilon zeta eta theta iota kappa', '2021-01-02'),
	(2, 'B', 'one two three four five six seven eight nine ten', '2021-01-03');
SELECT begun > 2 AS begun, merged FROM assign_stories('2021-01-04');
-- of the second story, an article from before the context; and in the largest one,
-- an article that an editor put there
INSERT INTO article (id, title, published, body, story)
	SELECT 6, 'B, in autumn', timestamptz '2020-10-01', 'one two three four', story FROM article WHERE id = 2;
INSERT INTO article (id, title, published, body, story)
	SELECT 7, 'Own', timestamptz '2020-12-01', 'uno due tre quattro cinque sei sette otto',
		(SELECT story FROM article WHERE event > 40 GROUP BY story ORDER BY count(*) DESC, story LIMIT 1);
SELECT id, story = (SELECT story FROM article WHERE id = 1) AS as_1, story = (SELECT story FROM article WHERE id = 2) AS as_2,
	EXISTS (SELECT FROM article other WHERE event > 40 AND other.story = article.story) AS in_largest
FROM article WHERE id < 10 ORDER BY id;
INSERT INTO article (id, title, body, published) VALUES
	(8, 'Of its own', 'uno due tre quattro cinque sei sette otto nove', '2020-12-15'),
	(3, 'C', 'alpha beta gamma delta epsilon zeta one two three four five six', '2021-01-04'),
	(4, 'D', 'alpha beta gamma delta epsilon eta one two three four five eight', '2021-01-04');
SELECT begun, merged FROM assign_stories('2021-01-05');
SELECT id, story = (SELECT story FROM article WHERE id = 1) AS as_1, story = (SELECT story FROM article WHERE id = 2) AS as_2,
	EXISTS (SELECT FROM article other WHERE event > 40 AND other.story = article.story) AS in_largest
FROM article WHERE id < 10 ORDER BY id;
SELECT count(*) FROM story a JOIN story b ON a.merged_into = b.id WHERE a.id > b.id;

-- a body that is missing has no story
INSERT INTO article (id, published) VALUES (5, '2021-01-05');
SELECT assigned, begun, merged FROM assign_stories('2021-01-05');


DROP SCHEMA stories_live CASCADE;
