--
-- Shared passages: doc/passages.md
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- What is returned, as text.
CREATE FUNCTION pg_temp.passages(a text, b text, min_words int, gap int DEFAULT 0)
RETURNS TABLE (in_a text, in_b text, words int, similarity numeric) LANGUAGE sql AS $$
	SELECT substr(a, a_start, a_length), substr(b, b_start, b_length), words, similarity::numeric(4, 3)
	FROM shared_passages(a, b, min_words, gap);
$$;

-- A passage is cut out as written, from its first word to its last one.
SELECT * FROM shared_passages(
	'He said: "We aren''t playing ''Let''s Make a Deal'' here," and left.',
	'"WE AREN''T PLAYING, let''s make a deal here" - so he said', 8);
SELECT * FROM pg_temp.passages(
	'He said: "We aren''t playing ''Let''s Make a Deal'' here," and left.',
	'"WE AREN''T PLAYING, let''s make a deal, here & now" - so he said', 8);

-- "&" and "and" are the same word, as are "U.S." and "US".
SELECT * FROM pg_temp.passages('the U.S. and Russia try & narrow the gaps', 'The US & Russia try and narrow the gaps.', 8);

-- Longest first; then in the order of the first text, then of the second one.
SELECT * FROM pg_temp.passages('a b c, d e f g, h i j', 'h i j. x. a b c. y. d e f g', 3);

-- Eight words are the default.
SELECT words FROM shared_passages('a b c d e f g', 'a b c d e f g');
SELECT words FROM shared_passages('a b c d e f g h', 'a b c d e f g h');

-- What occurs several times in one text is paired with its first place in the
-- other.
SELECT * FROM shared_passages('a b c', 'a b c. x. a b c. y. a b c', 3);
SELECT * FROM shared_passages('a b c. x. a b c', 'a b c. y. a b c', 3);
-- A part of a passage is one by itself where it stands alone.
SELECT * FROM shared_passages('a b c d e f', 'a b c d e f. x. c d e', 3);
-- Passages may overlap.
SELECT * FROM pg_temp.passages('a b c d e', 'a b c d. x. b c d e', 3);
SELECT count(*), min(words), max(words) FROM shared_passages(repeat('x ', 1000), repeat('x ', 900));

-- It is the same with the texts exchanged.
SELECT count(*) FROM (
	SELECT a_start, a_length, b_start, b_length, words FROM shared_passages('a b c. x. a b c d', 'a b c. y. d a b c', 3)
	EXCEPT
	SELECT b_start, b_length, a_start, a_length, words FROM shared_passages('a b c. y. d a b c', 'a b c. x. a b c d', 3)) AS different;

-- Gaps: a changed word, one too many, one too few; at most so many words.
SELECT * FROM pg_temp.passages('a b c d e f g', 'a b c X e f g', 6, 1);
SELECT * FROM pg_temp.passages('a b c d e f', 'a b c X d e f', 6, 1);
SELECT * FROM pg_temp.passages('a b c X d e f', 'a b c d e f', 6, 1);
SELECT * FROM pg_temp.passages('a b c d e f', 'a b c X Y d e f', 6, 1);
SELECT * FROM pg_temp.passages('a b c d e f', 'a b c X Y d e f', 6, 2);
SELECT * FROM pg_temp.passages('a b c d e f', 'a b c X Y d e f', 3, 1);
-- A gap must lead to more words than it has.
SELECT * FROM pg_temp.passages('a b c d 1 e 2', 'a b c d X e Y', 4, 1);
SELECT * FROM pg_temp.passages('a b c d 1 e f 2', 'a b c d X e f Y', 4, 1);
-- In both directions, over and over.
SELECT * FROM pg_temp.passages('a b 1 c d 2 e f g h 3 i j k 4 l m', 'a b X c d e f g h Y Z i j k l m', 8, 2);

-- Bad input, and none.
SELECT * FROM shared_passages('a', 'a', 0);
SELECT * FROM shared_passages('a', 'a', -1);
SELECT * FROM shared_passages('a', 'a', 1, -1);
SELECT * FROM shared_passages('a', 'a', 1, 33);
SELECT * FROM shared_passages(NULL, 'a', 1);
SELECT * FROM shared_passages('a', 'a', NULL);
SELECT * FROM shared_passages('', '', 1);
SELECT * FROM shared_passages('a', '...', 1);
SELECT * FROM shared_passages('a', 'a', 1, 32);
SELECT * FROM shared_passages('a', 'a', 2147483647, 32);
SELECT passage_coverage('a', 'a', 0);
SELECT passage_coverage(NULL, 'a');
SELECT passage_coverage('', '', 1);

-- The definition, slowly: every run of words of a that b has, with its first
-- place there, unless b has the run with one word more.
CREATE FUNCTION pg_temp.runs(a text[], b text[], shortest int)
RETURNS TABLE (a_begin int, b_begin int, words int) LANGUAGE sql AS $$
	WITH run AS (
		SELECT i, n, (SELECT min(j) FROM generate_series(1, cardinality(b) - n + 1) AS j
				WHERE b[j : j + n - 1] = a[i : i + n - 1]) AS j
		FROM generate_series(1, cardinality(a)) AS i, generate_series(shortest, cardinality(a)) AS n
		WHERE i + n - 1 <= cardinality(a)
	), shared AS (
		SELECT * FROM run WHERE j IS NOT NULL
	)
	SELECT i, j, n FROM shared
	WHERE NOT EXISTS (SELECT FROM shared AS longer
		WHERE longer.n = shared.n + 1 AND longer.i IN (shared.i, shared.i - 1));
$$;

-- ... and the same of b that a has.
CREATE FUNCTION pg_temp.slow_passages(a text[], b text[], shortest int)
RETURNS TABLE (a_begin int, b_begin int, words int) LANGUAGE sql AS $$
	SELECT * FROM pg_temp.runs(a, b, shortest)
	UNION
	SELECT b_begin, a_begin, words FROM pg_temp.runs(b, a, shortest)
	ORDER BY 3 DESC, 1, 2;
$$;

-- Random texts, the same in every run, of words of one letter: word i begins
-- with character 2 * i - 1.
CREATE FUNCTION pg_temp.letters(seed text, n int, alphabet int) RETURNS text[] LANGUAGE sql AS $$
	SELECT array_agg(chr(97 + ('x' || substr(md5(seed || i), 1, 4))::bit(16)::int % alphabet) ORDER BY i)
	FROM generate_series(1, n) AS i;
$$;

CREATE TEMP TABLE random_pair AS
	SELECT i, pg_temp.letters('a' || i, 10 + i % 17, 1 + i % 7) AS a,
		   pg_temp.letters('b' || i, 8 + i % 19, 1 + i % 7) AS b, 1 + i % 5 AS shortest
	FROM generate_series(1, 100) AS i;

-- Compiling such queries takes longer than running them.
SET jit = off;

CREATE TEMP TABLE slow AS
	SELECT r.i, s.*, row_number() OVER (PARTITION BY i) AS ordinality
	FROM random_pair r, pg_temp.slow_passages(a, b, shortest) s;

SELECT count(*) > 500 AS enough, count(*) FILTER (WHERE slow.words > 4) > 100 AS long_ones,
	count(*) FILTER (WHERE slow IS NULL OR fast IS NULL) AS different
FROM slow
FULL JOIN (SELECT r.i, p.*
		FROM random_pair r, shared_passages(array_to_string(a, ' '), array_to_string(b, ' '), shortest) WITH ORDINALITY p) AS fast
	ON (slow.i, slow.ordinality, slow.words, 2 * slow.a_begin - 1, 2 * slow.b_begin - 1, 2 * slow.words - 1, 2 * slow.words - 1)
		= (fast.i, fast.ordinality, fast.words, a_start, b_start, a_length, b_length);

-- What is cut out has the same words in both texts.
SELECT count(*) AS different
FROM random_pair, LATERAL (SELECT array_to_string(a, ', ') AS a, upper(array_to_string(b, ' - ')) AS b) AS t,
	shared_passages(t.a, t.b, shortest)
WHERE to_simhash(substr(t.a, a_start, a_length), 256, 1) <> to_simhash(substr(t.b, b_start, b_length), 256, 1)
	OR length(substr(t.a, a_start, a_length)) <> 3 * words - 2
	OR similarity <> 1;

-- How many words are covered.
SELECT count(*) AS different
FROM random_pair r, passage_coverage(array_to_string(a, ' '), array_to_string(b, ' '), shortest) AS c
WHERE a_words <> cardinality(a) OR b_words <> cardinality(b)
	OR a_shared <> (SELECT count(DISTINCT place) FROM slow, generate_series(a_begin, a_begin + words - 1) AS place WHERE slow.i = r.i)
	OR b_shared <> (SELECT count(DISTINCT place) FROM slow, generate_series(b_begin, b_begin + words - 1) AS place WHERE slow.i = r.i)
	OR longest <> (SELECT coalesce(max(words), 0) FROM slow WHERE slow.i = r.i);

-- Long texts, and long words, across the pieces in which a text is read.
SELECT shared.*
FROM (SELECT string_agg(i || 'word' || repeat('x', i % 50), ' ') AS a FROM generate_series(1, 20000) AS i) AS t,
	shared_passages('Before. ' || a || ' and after', a || '. Something else', 8) AS shared;

-- More rows than work_mem holds.
SET work_mem = '64kB';
SELECT count(*), min(words), max(words) FROM shared_passages(repeat('x ', 20000), repeat('x ', 10000));
RESET work_mem;

--
-- compare_articles(): the verdict
--
CREATE TEMP TABLE numbered AS
	SELECT string_agg(CASE WHEN i <= 50 THEN i || 'a' END, ' ') AS t50,
		   string_agg(i || 'a', ' ') AS t100,
		   string_agg(i || CASE WHEN i % 10 = 0 THEN 'b' ELSE 'a' END, ' ') AS tenth_changed,
		   string_agg(i || CASE WHEN i BETWEEN 31 AND 38 THEN 'a' ELSE 'b' END, ' ') AS quote,
		   string_agg(i || CASE WHEN i BETWEEN 31 AND 37 THEN 'a' ELSE 'b' END, ' ') AS seven,
		   string_agg(i || CASE WHEN i BETWEEN 31 AND 60 THEN 'a' ELSE 'b' END, ' ') AS excerpt
	FROM generate_series(1, 100) AS i;

SELECT name, shared_words, longest_passage, verdict
FROM numbered, LATERAL (VALUES
	('identical', t100, t100),
	('other case', t100, upper(t100)),
	('a tenth changed', t100, tenth_changed),
	('half of it', t50, t100),
	('the double', t100, t50),
	('a third of it', t100, excerpt),
	('eight words', t100, quote),
	('seven words', t100, seven),
	('another order', t100, t50 || ' x ' || substr(t100, length(t50) + 2) || ' y ' || t50),
	('empty', '', ''),
	('an empty one', '', 'a b'),
	('no words', '?', '!'),
	('short, the same', 'Breaking news', 'breaking news!'),
	('short, another order', 'breaking news', 'news breaking'),
	('short, within', 'breaking news', t100 || ' breaking news'),
	('seven, within', '1a 2a 3a 4a 5a 6a 7a', t100),
	('eight, within', '1a 2a 3a 4a 5a 6a 7a 8a', t100)) AS v (name, a, b),
	compare_articles(a, b);

-- Its measures are those of the functions by themselves.
SELECT c.distance = to_simhash(a) <-> to_simhash(b) AS distance,
	c.similarity = similarity(to_simhash(a), to_simhash(b)) AS similarity,
	c.resemblance = resemblance(to_textsketch(a), to_textsketch(b)) AS resemblance,
	c.containment_a_in_b = containment(to_textsketch(a), to_textsketch(b)) AS a_in_b,
	c.containment_b_in_a = containment(to_textsketch(b), to_textsketch(a)) AS b_in_a,
	containment_a_in_b > containment_b_in_a AS a_is_cut
FROM (SELECT t50 AS a, t100 AS b FROM numbered) AS t, compare_articles(a, b) AS c;

SELECT * FROM compare_articles('a', NULL);

-- Its names are bound when the extension is created: no search_path leads it
-- elsewhere.
CREATE SCHEMA passages_trap;
CREATE FUNCTION passages_trap.passage_coverage(text, text, int DEFAULT 8, OUT a_words int, OUT b_words int,
	OUT a_shared int, OUT b_shared int, OUT longest int)
	LANGUAGE sql AS 'SELECT 1, 1, 1, 1, 1';
CREATE FUNCTION passages_trap.to_simhash(text) RETURNS simhash LANGUAGE sql AS 'SELECT NULL::public.simhash';
SELECT n.nspname AS simhash_schema FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'simhash' \gset
SET search_path = passages_trap, pg_catalog;
SELECT verdict, distance FROM :"simhash_schema".compare_articles('some words of mine', 'some words of yours');
RESET search_path;
DROP FUNCTION passages_trap.passage_coverage, passages_trap.to_simhash(text);
DROP SCHEMA passages_trap;
