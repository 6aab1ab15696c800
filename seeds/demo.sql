-- The demo: five articles on one event among sixty others, of which one is a
-- reprint of another. "make demo" runs it on a server of its own; to run it in
-- an empty database of yours, from the project's folder:
--
--     psql -X -d DATABASE -f seeds/demo.sql

\set QUIET on
\pset pager off
\pset footer off
SET client_min_messages = warning;
SET timezone = 'UTC';

CREATE EXTENSION IF NOT EXISTS simhash;
\ir newsroom.sql

\echo
\echo 'THE NEWSROOM. 65 articles are loaded; each has a fingerprint of 256 bits, computed'
\echo 'from its text by the generated column "fp". Five are on one event, John Kerry\'s'
\echo 'visit to Moscow in December 2015, and two of those are the same AP story:'
\echo 'one spun ("and" is "&", synonyms swapped), one cut to 45 per cent.'
\echo

\set ECHO queries

SELECT article.id, published::date, outlet.name AS outlet, left(title, 40) AS title,
	   left(fp::text, 8) || '...' AS fp
FROM article JOIN outlet ON outlet.id = outlet_id
WHERE article.id <= 4
ORDER BY article.id;

\set ECHO none
\echo
\echo 'DISTANCE. a <-> b counts the bits in which two fingerprints differ. Unrelated texts'
\echo 'are about half of the 256 bits apart, give or take 8; other words on the same event'
\echo 'are only a little nearer. 0 and 1, the two AP copies, stand out:'
\echo

\set ECHO queries

SELECT a.id, b.id, a.fp <-> b.fp
FROM article a, article b
WHERE a.id <= 4 AND b.id <= 4
ORDER BY a.id, b.id
\crosstabview

\set ECHO none
\echo
\echo 'NEAREST NEIGHBOURS. Who else printed what the Gulf daily printed (article 1)? The'
\echo 'nearest fingerprints among all other articles, with outlet and date. The first is'
\echo 'the reprint; after it comes a gap, and then chance:'
\echo

\set ECHO queries

SELECT a.id, a.fp <-> q.fp AS distance, similarity(a.fp, q.fp)::numeric(3,2),
	   outlet.name AS outlet, a.published::date, left(a.title, 44) AS title
FROM article a JOIN outlet ON outlet.id = outlet_id, article q
WHERE q.id = 1 AND a.id <> q.id
ORDER BY a.fp <-> q.fp, a.id
LIMIT 5;

\set ECHO none
\echo
\echo 'THE OPERATOR %. a % b is true when the estimated similarity reaches a threshold.'
\echo 'Its default of 0.72 finds reprints, lightly edited or not. A copy of half an'
\echo 'article shares half of its features, which makes a cosine of sqrt(1/2) = 0.71, and'
\echo 'the estimate varies by some 0.06: 0.6 would find 94 of 100 of them, 0.55 finds 99.'
\echo 'Unrelated texts hardly ever come as near as that. So the demo sets 0.55:'
\echo

\set ECHO queries

SET simhash.similarity_threshold = 0.55;

SELECT simhash_radius(256, 0.72) AS default_radius, simhash_radius(256, 0.55) AS radius;

SELECT a.id, a.fp <-> q.fp AS distance, outlet.name AS outlet, a.published, a.title
FROM article a JOIN outlet ON outlet.id = outlet_id, article q
WHERE q.id = 1 AND a.id <> q.id AND a.fp % q.fp
ORDER BY distance;

\set ECHO none
\echo
\echo 'ALL DUPLICATES. The table joined with itself, beside the ground truth: four pairs'
\echo 'of copies were put into the newsroom, and these are the pairs that % finds:'
\echo

\set ECHO queries

SELECT a.id AS a, b.id AS b, a.fp <-> b.fp AS distance, known.relation AS truth,
	   left(a.title, 30) AS title_a, left(b.title, 30) AS title_b
FROM article a JOIN article b ON a.fp % b.fp AND a.id < b.id
	 LEFT JOIN known_pair known ON (known.a, known.b) = (a.id, b.id)
ORDER BY distance;

\set ECHO none
\echo
\echo 'CLUSTERS. simhash_cluster is a window function: it numbers the groups of articles'
\echo 'that are connected within a radius. Who had it first, and when did the others follow?'
\echo

\set ECHO queries

WITH clustered AS (
	SELECT simhash_cluster(fp, simhash_radius(256, 0.55)) OVER () AS cluster,
		   published, title, outlet.name AS outlet
	FROM article JOIN outlet ON outlet.id = outlet_id
)
SELECT count(*) AS copies,
	   (array_agg(outlet ORDER BY published))[1] AS first_outlet,
	   min(published) AS first_published,
	   max(published) - min(published) AS span,
	   left((array_agg(title ORDER BY published))[1], 36) AS title
FROM clustered
GROUP BY cluster
HAVING count(*) > 1
ORDER BY first_published;

\set ECHO none
\echo
\echo 'THE INDEX. A GiST index serves <-> and %, and gives exactly the answers of a scan.'
\echo 'PostgreSQL rightly scans a table of 65 rows; for its plan with an index to be seen,'
\echo 'sequential scans are discouraged here. Never do so in earnest.'
\echo

\set ECHO queries

CREATE INDEX article_fp ON article USING gist (fp);

SET enable_seqscan = off;

EXPLAIN (COSTS OFF)
SELECT id, title FROM article
ORDER BY fp <-> (SELECT fp FROM article WHERE id = 1)
LIMIT 5;

EXPLAIN (COSTS OFF)
SELECT id, title FROM article
WHERE fp % (SELECT fp FROM article WHERE id = 1);

RESET enable_seqscan;

\set ECHO none
\echo
\echo 'CUT FROM. Article 1 has less than half of 0. A fingerprint of fixed width can only'
\echo 'guess at that; a sketch of the text, some 500 bytes, tells how much of one text is in'
\echo 'the other. An index finds, among all articles, those that have most of article 1:'
\echo

\set ECHO queries

ALTER TABLE article
	ADD sketch textsketch(4, 12, 16) GENERATED ALWAYS AS (to_textsketch(body)) STORED,
	ADD quotes textsketch(4, 6, 8) GENERATED ALWAYS AS (to_textsketch(body, 4, 6, 8)) STORED;
CREATE INDEX article_sketch ON article USING gin (sketch);
CREATE INDEX article_quotes ON article USING gin (quotes);
ANALYZE article;

SELECT a.id, containment(q.sketch, a.sketch)::numeric(3,2) AS of_1_in_it,
	   containment(a.sketch, q.sketch)::numeric(3,2) AS of_it_in_1,
	   outlet.name AS outlet, left(a.title, 44) AS title
FROM article a JOIN outlet ON outlet.id = outlet_id, article q
WHERE q.id = 1 AND a.id <> q.id AND textsketch_contained(q.sketch, a.sketch, 0.85);

\set ECHO none
\echo
\echo 'THE VERDICT. compare_articles(a, b) reads two texts and says what they are to each'
\echo 'other; doc/passages.md has the rules. Each pair of the five (a from the left, b from'
\echo 'the top):'
\echo

\set ECHO queries

SELECT a.id, b.id, verdict
FROM article a JOIN article b ON a.id < b.id, compare_articles(a.body, b.body)
WHERE b.id <= 4
ORDER BY a.id, b.id
\crosstabview

\set ECHO none
\echo
\echo 'WHO SAID IT FIRST. Passages of eight words and more that several articles have,'
\echo 'copies left aside: quotes, and the titles of a minister. The outlet that was first'
\echo 'comes first. The index on "quotes" tells which pairs are worth reading:'
\echo

\set ECHO queries

WITH found AS (
	SELECT a.id AS a, b.id AS b, words, substr(a.body, a_start, a_length) AS passage
	FROM article a JOIN article b ON textsketch_shares(b.quotes, a.quotes, 1) AND a.id < b.id
		AND NOT textsketch_overlaps(a.quotes, b.quotes, 0.35),
		 shared_passages(a.body, b.body)
), printed AS (
	SELECT DISTINCT ON (key, id) to_simhash(passage) AS key, id, words, passage
	FROM found, unnest(ARRAY[a, b]) AS id
)
SELECT words, left(regexp_replace(min(passage), '\s+', ' ', 'g'), 56) AS passage,
	   string_agg(article.id || ' ' || outlet.name, E'\n' ORDER BY published, article.id) AS outlets
FROM printed JOIN article USING (id) JOIN outlet ON outlet.id = outlet_id
GROUP BY key, words
ORDER BY words DESC, passage;

\set ECHO none
\echo
\echo 'STORIES. What has the same event in it, in other words? story_cluster weighs the terms'
\echo 'of all articles, and the time between them. The five are one story, and nothing is'
\echo 'with them; other reports on Kerry, Syria and Moscow, some of that very week, stay'
\echo 'apart. story_summary tells what each story is about, in the words of its most'
\echo 'central article:'
\echo

\set ECHO queries

CREATE TEMPORARY VIEW told AS
	SELECT story_cluster(title, body, published) OVER (ORDER BY published) AS story,
		   article.id, title, body, outlet.name AS outlet, published
	FROM article JOIN outlet ON outlet.id = outlet_id;

SELECT articles AS n, first_published::date AS first, left(title, 36) AS lead,
	   array_to_string(terms, ', ') AS terms,
	   array_to_string(sources, E'\n') AS outlets
FROM story_summary('SELECT * FROM told')
WHERE articles > 1
ORDER BY articles DESC, first_published;

SELECT id, published::date, left(title, 64) AS title, in_story
FROM (SELECT *, count(*) OVER (PARTITION BY story) AS in_story FROM told) t
WHERE body ~ 'Kerry' AND published BETWEEN '2015-11-15' AND '2016-01-15'
ORDER BY published;

\set ECHO none
\if :{?html}
\else
	\set html compare.html
\endif
\ir compare.sql
\echo
\echo 'SIDE BY SIDE. The two AP copies, with the passages that they share marked, are in a'
\echo 'page for your browser:' :html
\echo
\echo 'TO GO ON, install the extension into your PostgreSQL and load the same newsroom:'
\echo
\echo '    make && sudo make install            # PG_CONFIG=... chooses among several'
\echo '    createdb newsroom'
\echo '    psql -d newsroom -c "CREATE EXTENSION simhash"'
\echo '    psql -d newsroom -f seeds/newsroom.sql'
\echo
\echo 'or begin with a table of your own:'
\echo
\echo '    ALTER TABLE article ADD fp simhash(256)'
\echo '        GENERATED ALWAYS AS (to_simhash(body)) STORED;'
\echo '    CREATE INDEX ON article USING mih (fp);'
\echo
\echo 'README.md continues from there.'
