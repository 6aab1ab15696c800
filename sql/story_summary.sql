--
-- story_summary: what the stories of a query are about
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA summary_test;
RESET client_min_messages;
SET search_path = summary_test, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- Of each story, the second article has something of both others.
CREATE TABLE article (id int, story int, outlet varchar(20), published timestamp, title text, body text);
INSERT INTO article VALUES
	(1, 10, 'Courier', '2020-03-01 10:00', 'Flood in Ostrevik', 'The river Velm broke its banks at Ostrevik and the lower town is under water.'),
	(2, 10, 'Gazette', '2020-03-01 08:00', 'Ostrevik flooded', 'After the river Velm broke its banks, the mayor of Ostrevik asked for boats.'),
	(3, 10, 'Courier', '2020-03-02 09:00', 'Boats for Ostrevik', 'Soldiers brought boats, for which the mayor of Ostrevik had asked in vain.'),
	(4, 20, 'Gazette', NULL, 'Cheese thieves jailed', 'Three thieves who rolled away wheels of mountain cheese were jailed.'),
	(5, 20, 'Tribune', NULL, 'Wheels of cheese', 'The court heard that wheels of mountain cheese were sold at a fair, by thieves.'),
	(6, 20, NULL, NULL, 'In court', 'The court heard of a fair, of a van, and of a farmer with a good nose.'),
	(7, 30, 'Tribune', '2020-05-05', 'The bridge toll', 'Drivers will pay a toll on the new bridge from Monday.'),
	(8, NULL, 'Tribune', '2020-05-06', 'No story', 'This article has none.'),
	(9, 40, 'Tribune', '2020-05-06', NULL, NULL),
	(10, 50, 'Tribune', 'infinity', 'Otters', 'The otters at the zoo have names, by public vote.'),
	(11, 50, 'Gazette', 'infinity', 'Otters', 'The otters: at the zoo have names ("by public vote").');
-- and others, from which words that all have are learnt
INSERT INTO article
	SELECT 100 + i, 100 + i, 'Filler', '2020-04-01', NULL, format('The report %s of the court and the mayor is number x%s.', chr(96 + i % 26), i)
	FROM generate_series(1, 20) i;

SELECT story, articles, lead, title, sources, first_published AS first, last_published AS last
FROM story_summary('SELECT story, id, title, body, outlet, published FROM article')
WHERE lead < 100 ORDER BY story;

SELECT lead, terms FROM story_summary('SELECT story, id, title, body, outlet, published FROM article')
WHERE lead < 100 ORDER BY story;

-- every term is in the title or the body of the lead, as written
SELECT count(*), count(*) FILTER (WHERE strpos(concat_ws(E'\n', a.title, a.body), term) > 0) AS found
FROM story_summary('SELECT story, id, title, body, outlet, published FROM article') s, unnest(terms) AS term, article a
WHERE a.id = lead;

-- the order of rows with a time changes nothing, and neither does memory that
-- they don't fit
SET work_mem = '64kB';
SELECT count(*), count(DISTINCT s) AS different
FROM generate_series(1, 3) seed, story_summary(format('SELECT story, id, title, repeat('' '', 3000) || body, outlet, published FROM article WHERE isfinite(published) ORDER BY hashint4extended(id, %s)', seed)) s;
RESET work_mem;

-- ids of any type; of several copies the lead is the first
SELECT lead, pg_typeof(lead), articles FROM story_summary($$SELECT story, 'a' || id, title, body, outlet, published FROM article WHERE story = 50$$, NULL::text);
SELECT lead, pg_typeof(lead) FROM story_summary($$SELECT story, format('00000000-0000-0000-0000-%s', lpad(id::text, 12, '0'))::uuid, title, body, outlet, published FROM article WHERE id = 7$$, NULL::uuid);

-- a relation and its columns in place of the query
SELECT count(*), bool_and(s = t) AS same
FROM story_summary('SELECT story, id, title, body, outlet, published FROM article') s
FULL JOIN story_summary('article', 'story', 'id', 'title', 'body', 'outlet', 'published') t USING (story);
SELECT lead, pg_typeof(lead) FROM story_summary('article', 'story', 'outlet', 'title', 'body', 'outlet', 'published', NULL::text) WHERE story = 40;
SELECT * FROM story_summary('article', 'story', 'id', 'title', 'body', 'outlet', 'outlet');

-- more articles of a term than weights of 32 bits can be added of
SELECT story, articles, lead, terms
FROM story_summary($$
	SELECT CASE WHEN i <= 132072 THEN 1 ELSE 2 END, i, NULL,
		CASE WHEN i <= 1000 THEN 'flood ostrevik' WHEN i <= 132072 THEN 'ostrevik' ELSE 'w' || i % 3 END,
		NULL, timestamptz '0001-01-01' + i * interval '4 days'
	FROM generate_series(1, 441000) i$$)
WHERE story = 1;

-- all sources of a story, that of the first article first
SELECT articles, cardinality(sources), sources[1:2] FROM story_summary($$
	SELECT 1, i, NULL, NULL, CASE WHEN i % 3 > 0 THEN 'source ' || i % 2000 END, timestamptz '2020-01-01' - i * interval '1 s'
	FROM generate_series(1, 30000) i$$);

-- nothing
SELECT * FROM story_summary('SELECT story, id, title, body, outlet, published FROM article WHERE false');
SELECT lead, story, articles, sources, title, terms FROM story_summary('VALUES (1, NULL::int, NULL, NULL, NULL, NULL::date)');

-- with story_cluster
SELECT articles, lead, terms FROM story_summary($$
	SELECT story_cluster(title, body, published) OVER (), id, title, body, outlet, published FROM article $$)
WHERE articles > 1 ORDER BY lead;

--
-- Errors
--

\set VERBOSITY default
SELECT * FROM story_summary('SELECT story, id, title FROM article');
SELECT * FROM story_summary('SELECT story, id, title, body, outlet, outlet FROM article');
\set VERBOSITY terse
SELECT * FROM story_summary('SELECT title, id, title, body, outlet, published FROM article');
SELECT * FROM story_summary('SELECT story, title, title, body, outlet, published FROM article');
SELECT * FROM story_summary('DELETE FROM article');
SELECT * FROM story_summary('WITH gone AS (DELETE FROM article RETURNING *) SELECT story, id, title, body, outlet, published FROM gone');
SELECT * FROM story_summary('SELECT 1; SELECT 2');
SELECT * FROM story_summary('EXPLAIN SELECT 1');
SELECT * FROM story_summary('SELECT story, id, title, body, outlet, published FROM article FOR UPDATE');
SELECT * FROM story_summary('');
SELECT * FROM story_summary('SELECT * FROM nothing');
SELECT * FROM story_summary(NULL);
SELECT count(*) FROM article;

SET client_min_messages = warning;
DROP SCHEMA summary_test CASCADE;
