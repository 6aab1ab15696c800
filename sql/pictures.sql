--
-- compare_html, story_svg, outlet_svg: pictures as text
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE SCHEMA pictures_test;
RESET client_min_messages;
SET search_path = pictures_test, public;
SET timezone = 'America/New_York';

-- a passage, edited at one place; what is far from it is left out in print
\pset format unaligned
\pset tuples_only on
CREATE FUNCTION body(html text) RETURNS text LANGUAGE sql AS $$ SELECT regexp_replace(html, '^.*<body>\n', '') $$;
SELECT body(compare_html(
	'Orlby, Monday. The ferry of Orlby will be sold to a company from the mainland next month, the mayor said on Monday. ' || repeat('All else was as before. ', 20),
	E'No news?\n\nThe ferry of Orlby will be given to a company from the mainland next month, the mayor said. Few were glad.',
	'Ferry sold', 'Ferry given away', 'Bugle', 'Courier'));
SELECT body(compare_html('nothing in common', 'at all'));
SELECT body(compare_html('', ''));
SELECT compare_html('a', NULL) IS NULL;

-- whatever is in a text or a name, no tag and no attribute comes of it
CREATE TABLE nasty (s text);
INSERT INTO nasty VALUES ('<script>alert(1)</script>'), ('" onload="alert(1)'), (''' onclick=''x'), ('</style><img src=x>'), ('&lt;b&gt; &amp;'), ('%s %1$s %%'), (E'\x01\x1b]]>'), ('</title></text>');
SELECT count(*) AS pages, count(*) FILTER (WHERE html ~ '<(script|img)\y|" onload|'' onclick|</style><|[\x01-\x08\x1b]') AS broken
FROM nasty, LATERAL (SELECT 'one two ' || s || ' three four five six seven eight nine ' || s || ' ten') t (t),
	LATERAL (VALUES (compare_html(t, 'x ' || t || s, s, s, s, s)),
		(story_svg(format('VALUES (%L, %L, now(), %L, NULL, NULL::float8), (%L, %L, now(), %L, %L, .5)', s, s, s, '2', s, s, s))),
		(outlet_svg(format('VALUES (%L, %L, 1.0)', s, s)))) p (html);
-- a story: copies, a tie, an undated article, another time zone
CREATE TABLE article (id text, outlet text, published timestamptz, title text, source text, share float8);
INSERT INTO article VALUES
	('1', 'Agency', '2020-01-01 08:00+00', 'Ferry sold', NULL, NULL),
	('2', 'The Bugle of Orlby and of all Islands', '2020-01-01 12:00+00', 'Ferry & bridge', '1', .9),
	('3', 'Courier', '2020-01-02 08:00+00', 'Ferry', '1', .4),
	('4', 'Agency', '2020-01-01 20:00+00', 'Ferry sold, new', '1', 1),
	('5', 'Daily', NULL, 'Ferry?', '3', 1),
	('6', NULL, '2020-01-02 08:00+00', NULL, '3', 7);
SELECT story_svg('TABLE article');
SELECT story_svg('TABLE article') = story_svg('SELECT * FROM article ORDER BY id DESC') AS same;
SELECT story_svg('SELECT * FROM article WHERE id = ''5''') LIKE '%no date%' AS undated;
SELECT story_svg('SELECT * FROM article WHERE false') LIKE '<svg%</svg>%' AS empty;
SELECT outlet_svg('SELECT s.outlet, c.outlet, count(*)::float8 FROM article c JOIN article s ON s.id = c.source WHERE s.outlet <> c.outlet GROUP BY 1, 2');
SELECT outlet_svg('SELECT NULL, NULL, NULL::float8') LIKE '<svg%</svg>%' AS empty;
SELECT outlet_svg('VALUES (''a'', ''b'', ''Infinity''::float8), (''a'', ''c'', ''NaN''), (''a'', ''d'', -1)') LIKE '%path%' AS drawn;
SELECT story_svg('SELECT 1');
SELECT outlet_svg(NULL);

SET client_min_messages = warning;
DROP SCHEMA pictures_test CASCADE;
