--
-- textsketch: the type, the measures, and bad input
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- Text form and accessors.
SELECT to_textsketch('The Committee on Foreign Relations meets on Tuesday') AS sketch;
SELECT textsketch_words(s), textsketch_shingles(s), textsketch_elements(s), textsketch_theta(s),
	textsketch_shingle(s), textsketch_sampling(s), textsketch_window(s), textsketch_hashes(s)
FROM to_textsketch('The Committee on Foreign Relations meets on Tuesday', 3, 6, 8) s;

-- No word, no sketch; a word is one.
SELECT to_textsketch('') IS NULL AS empty, to_textsketch(' ... !') IS NULL AS no_word,
	to_textsketch(NULL) IS NULL AS "null", to_textsketch('a', NULL) IS NULL AS null_parameter,
	textsketch_elements(to_textsketch('word')) AS word;

-- Texts of i words, each another: 96 elements at least where there are so
-- many shingles; then one of twelve and those of the windows.
CREATE FUNCTION pg_temp.words(first int, last int, prefix text DEFAULT 'w') RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT string_agg(prefix || i, ' ' ORDER BY i) FROM generate_series(first, last) i $$;
SELECT n, textsketch_shingles(s) AS shingles,
	count(*) FILTER (WHERE hash < textsketch_theta(s)) AS below_theta,
	textsketch_elements(s) - count(*) FILTER (WHERE hash < textsketch_theta(s)) AS of_windows,
	round(2 ^ 32 / textsketch_theta(s)) AS one_of
FROM unnest(array[1, 3, 4, 5, 18, 98, 99, 100, 101, 300, 1000, 3000, 10000]) n,
	to_textsketch(pg_temp.words(1, n)) s, unnest(textsketch_hashes(s)) hash
GROUP BY n, s ORDER BY n;

-- Typography and case don't matter.
SELECT to_textsketch('"We''re done," Smith & Sons said.') = to_textsketch('WERE done: smith and sons said') AS same;

-- A sampling of 1 keeps all.
SELECT textsketch_elements(s), textsketch_theta(s) FROM to_textsketch(pg_temp.words(1, 500), 4, 1, 16) s;

-- Long texts: more elements than there is room for at first; many words, few
-- of them distinct.
SELECT textsketch_elements(s), textsketch_words(s) FROM to_textsketch(pg_temp.words(1, 300000), 4, 1, 16) s;
SELECT textsketch_elements(s), textsketch_words(s) FROM to_textsketch(repeat(pg_temp.words(1, 1000) || ' ', 300), 4, 1, 16) s;
SELECT textsketch_elements(s), textsketch_words(s) FROM to_textsketch(repeat('again and ', 1000000)) s;

--
-- Measures
--

-- Of the text of words 1 to 1000, what words i to j are.
CREATE TEMP TABLE cut AS
SELECT first, last, to_textsketch(pg_temp.words(1, 1000)) AS a, to_textsketch(pg_temp.words(first, last)) AS b
FROM (VALUES (1, 1000), (1, 500), (301, 400), (1, 25), (501, 1500), (951, 1950), (2001, 3000)) v (first, last);

SELECT first, last, round(resemblance(a, b)::numeric, 2) AS resemblance, round(containment(b, a)::numeric, 2) AS containment,
	round(containment(a, b)::numeric, 2) AS "of the whole", round(overlap(a, b)::numeric, 2) AS overlap
FROM cut ORDER BY first, last;

SELECT bool_and(resemblance(a, b) = resemblance(b, a)) AS resemblance, bool_and(overlap(a, b) = overlap(b, a)) AS overlap,
	bool_and(a <-> b = 1 - resemblance(a, b)) AS distance, bool_and(b <-> a = a <-> b) AS symmetric,
	bool_and(shared_elements(a, b) = (SELECT count(*) FROM unnest(textsketch_hashes(a)) x JOIN unnest(textsketch_hashes(b)) y ON x = y)) AS shared,
	bool_and((a <% b) = (b %> a)) AS commute
FROM cut;

-- Against full sets of shingles: the error is that of a sample of 96 or
-- more. Texts with a part of the words changed at random.
CREATE TEMP TABLE edited AS
SELECT n, part, i, array_agg('w' || w ORDER BY w) AS a,
	array_agg(CASE WHEN hashint8extended(w, i) % 1000 / 1000.0 + 1 < 1 + part AND hashint8extended(w, i) > 0 THEN 'x' || w ELSE 'w' || w END ORDER BY w) AS b
FROM unnest(array[300, 800, 2500]) n, unnest(array[0, 0.05, 0.1, 0.2, 0.3]) part, generate_series(1, 10) i, generate_series(1, n) w
GROUP BY n, part, i;

CREATE FUNCTION pg_temp.shingles(words text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS
	$$ SELECT DISTINCT s
	   FROM (SELECT w || ' ' || lead(w, 1) OVER o || ' ' || lead(w, 2) OVER o || ' ' || lead(w, 3) OVER o AS s
			 FROM unnest(words) WITH ORDINALITY AS u (w, i) WINDOW o AS (ORDER BY i)) x
	   WHERE s IS NOT NULL $$;

SELECT n, round(sqrt(avg((c - exact) ^ 2))::numeric, 3) < 0.05 AS error_small,
	max(abs(c - exact)) < 0.2 AS worst_small, abs(avg(c - exact)) < 0.02 AS unbiased
FROM (SELECT n, containment(to_textsketch(array_to_string(a, ' ')), to_textsketch(array_to_string(b, ' '))) AS c,
		(SELECT avg((y.s IS NOT NULL)::int) FROM pg_temp.shingles(a) x (s) LEFT JOIN pg_temp.shingles(b) y (s) ON x.s = y.s)::float8 AS exact
	FROM edited) e
GROUP BY n ORDER BY n;

-- A few common phrases are no evidence; short texts have little to give.
CREATE TEMP TABLE short AS
SELECT i, to_textsketch(pg_temp.words(1, i)) AS a FROM generate_series(1, 30) i;
SELECT count(*) AS pairs,
	bool_and(resemblance(x.a, y.a) BETWEEN 0 AND 1 AND containment(x.a, y.a) BETWEEN 0 AND 1 AND overlap(x.a, y.a) BETWEEN 0 AND 1) AS in_range,
	bool_and((resemblance(x.a, y.a) = 1) = (x.i = y.i)) AS self,
	bool_and((containment(x.a, y.a) = 1) = (x.i <= y.i)) FILTER (WHERE x.i >= 4) AS cut
FROM short x, short y;
-- against a long text, whose theta leaves few elements of the short one
SELECT bool_and(v BETWEEN 0 AND 1) AS in_range, count(*) FILTER (WHERE v = 0) > 0 AS none_below_theta
FROM short, to_textsketch(pg_temp.words(1, 5000)) long, unnest(array[resemblance(a, long), containment(a, long), containment(long, a), overlap(a, long)]) v;
-- One element of a brief in a long text is none, a second one bears it out; a
-- text of one shingle has no second one.
SELECT count(*) FILTER (WHERE n = 1) > 10 AS one, max(c) FILTER (WHERE n = 1) AS one_is, count(*) FILTER (WHERE n >= 2 AND c = 1) > 10 AS two,
	bool_and(o = greatest(c, r)) AS overlap
FROM generate_series(1, 1000, 10) first, generate_series(20, 45, 5) length, to_textsketch(pg_temp.words(1, 5000)) long,
	to_textsketch(pg_temp.words(first, first + length - 1)) brief,
	LATERAL (SELECT shared_elements(brief, long), containment(brief, long), containment(long, brief), overlap(brief, long)) m (n, c, r, o);
SELECT containment(a, b) AS headline, containment(b, a) AS reverse, overlap(a, b), resemblance(a, b), containment(a, a) AS itself, resemblance(a, a) AS itself
FROM to_textsketch('one two three four') a, to_textsketch('one two three four five six seven eight') b;

--
-- Operators and settings, and the functions with a threshold
--
SHOW simhash.resemblance_threshold;
SHOW simhash.containment_threshold;
SELECT first, last, a % b AS "%", a <% b AS "<%", b <% a AS "reverse" FROM cut ORDER BY first, last;
SET simhash.resemblance_threshold = 0.05;
SET simhash.containment_threshold = 0.9;
SELECT first, last, a % b AS "%", a <% b AS "<%", b <% a AS "reverse" FROM cut ORDER BY first, last;
RESET simhash.resemblance_threshold;
RESET simhash.containment_threshold;
SET simhash.resemblance_threshold = 0;
SET simhash.containment_threshold = 1.1;
SET simhash.containment_threshold = 'NaN';

SELECT count(*) AS thresholds,
	bool_and(textsketch_resembles(a, b, t) = (resemblance(a, b) >= t)) AS resembles,
	bool_and(textsketch_contained(a, b, t) = (containment(a, b) >= t)) AS contained,
	bool_and(textsketch_overlaps(a, b, t) = (overlap(a, b) >= t)) AS overlaps,
	bool_and(textsketch_shares(a, b, (t * 100)::int) = (shared_elements(a, b) >= (t * 100)::int)) AS shares,
	bool_and((a @@ textsketch_query('resembles', b, t)) = textsketch_resembles(a, b, t)) AS q_resembles,
	bool_and((a @@ textsketch_query('contained', b, t)) = textsketch_contained(a, b, t)) AS q_contained,
	bool_and((textsketch_query('contains', b, t) @@ a) = textsketch_contained(b, a, t)) AS q_contains,
	bool_and((a @@ textsketch_query('overlaps', b, t)) = textsketch_overlaps(b, a, t)) AS q_overlaps,
	bool_and((a @@ textsketch_query('shares', b, round(t * 100))) = textsketch_shares(b, a, (t * 100)::int)) AS q_shares
FROM cut, generate_series(0.01, 1, 0.01) threshold (x), float8(x) t;

--
-- Equality, order, hash
--
SELECT count(DISTINCT a) AS whole, count(DISTINCT b) AS cuts FROM cut;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT b FROM cut UNION SELECT a FROM cut) u;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) FROM (SELECT b FROM cut UNION SELECT a FROM cut) u;
RESET enable_hashagg;
RESET enable_sort;
SELECT bool_and(((x.b < y.b) <> (x.b >= y.b)) AND ((x.b > y.b) <> (x.b <= y.b)) AND ((x.b = y.b) <> (x.b <> y.b))) AS trichotomy
FROM cut x, cut y;
SELECT count(*) FROM cut x JOIN cut y ON x.b = y.b;
-- other parameters are another value, and no error
SELECT to_textsketch('a b c d', 2) = to_textsketch('a b c d', 3) AS equal;

--
-- Bad input
--
SELECT to_textsketch('a', 0);
SELECT to_textsketch('a', 17);
SELECT to_textsketch('a', 4, 0);
SELECT to_textsketch('a', 4, 65536);
SELECT to_textsketch('a', 4, 12, 0);
SELECT to_textsketch('a', 4, 12, 257);

SELECT resemblance(to_textsketch('a', 4), to_textsketch('a', 3));
SELECT containment(to_textsketch('a', 4, 12), to_textsketch('a', 4, 6));
SELECT shared_elements(to_textsketch('a', 4, 12), to_textsketch('a', 4, 6));
SELECT to_textsketch('a') <-> to_textsketch('a', "window" => 8);
-- But what can't be compared meets no condition.
SELECT a % b AS "%", a <% b AS "<%", a %> b AS "%>", textsketch_resembles(a, b, 0.01) AS resembles, textsketch_contained(a, b, 0.01) AS contained,
	textsketch_overlaps(a, b, 0.01) AS overlaps, textsketch_shares(a, b, 1) AS shares, b @@ textsketch_query('shares', a, 1) AS "@@",
	textsketch_query('overlaps', b, 0.01) @@ a AS "@@ ", NOT a % b AS "not"
FROM to_textsketch('a') a, (VALUES (to_textsketch('a')), (to_textsketch('a', 3)), (to_textsketch('a', 4, 11)), (to_textsketch('a', 4, 12, 17))) v (b);

SELECT textsketch_resembles(a, a, 0) FROM to_textsketch('a') a;
SELECT textsketch_resembles(a, a, 1.01) FROM to_textsketch('a') a;
SELECT textsketch_resembles(a, a, 'NaN') FROM to_textsketch('a') a;
SELECT textsketch_contained(a, a, -1) FROM to_textsketch('a') a;
SELECT textsketch_overlaps(a, a, 'Infinity') FROM to_textsketch('a') a;
SELECT textsketch_shares(a, a, 0) FROM to_textsketch('a') a;
SELECT textsketch_query('shares', a, 1.5) FROM to_textsketch('a') a;
SELECT textsketch_query('shares', a, 'NaN') FROM to_textsketch('a') a;
SELECT textsketch_query('resemble', a, 0.5) FROM to_textsketch('a') a;
SELECT textsketch_query('', a, 0.5) FROM to_textsketch('a') a;
SELECT textsketch_resembles(a, NULL, 0.5) IS NULL, resemblance(NULL, a) IS NULL FROM to_textsketch('a') a;

-- Text forms that are none.
CREATE FUNCTION pg_temp.refused(type regtype, literal text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	EXECUTE format('SELECT %L::%s', literal, type);
	RETURN 'accepted';
EXCEPTION WHEN invalid_text_representation THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN detail;
END $$;
SELECT literal, pg_temp.refused('textsketch', literal)
FROM unnest(array[
	'', 'some text', 'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3} ',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {19f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000001 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=0 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=15555555 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=15555554 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=20000000 {9f5b1cc3}',
	'shingle=0 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=0 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=12 window=300 words=2 shingles=1 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=99999999999 shingles=1 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=3 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=0 theta=100000000 {9f5b1cc3}',
	'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {1,2}',
	'shingle=4 sampling=12 window=16 words=2 shingles=2 theta=100000000 {2,1}',
	'shingle=4 sampling=12 window=16 words=2 shingles=2 theta=100000000 {1,1}',
	'shingle=4 sampling=12 window=16 words=2 shingles=2 theta=100000000 {1,2}']) literal;
SELECT literal, pg_temp.refused('textsketch_query', literal)
FROM unnest(array['', 'shares', 'shares 1', 'shares x ', 'shares 0 x', 'resembles 1.5 x', 'resembles nan x', 'contains 0.5 x', 'is 1 x',
	'overlaps 0.35 shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3}']) literal;
SELECT 'some text'::textsketch;

--
-- The type modifier
--
SELECT format_type('textsketch'::regtype, textsketch_typmod_in(p)) AS type
FROM (VALUES ('{4,12,16}'::cstring[]), ('{1,1,1}'), ('{16,65535,256}'), ('{2,32768,129}')) v (p);
SELECT to_textsketch('a', 16, 65535, 256)::textsketch(16, 65535, 256);
SELECT to_textsketch('a')::textsketch(4, 12, 17);
SELECT 'shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3}'::textsketch(4, 11, 16);
SELECT NULL::textsketch(4, 12, 16);
SELECT NULL::textsketch(4);
SELECT NULL::textsketch(4, 12);
SELECT NULL::textsketch(4, 12, 16, 1);
SELECT NULL::textsketch(0, 12, 16);
SELECT NULL::textsketch(17, 12, 16);
SELECT NULL::textsketch(4, 0, 16);
SELECT NULL::textsketch(4, 65536, 16);
SELECT NULL::textsketch(4, 12, 0);
SELECT NULL::textsketch(4, 12, 257);
SELECT NULL::textsketch(x, 12, 16);

-- A column takes no other parameters, by whatever way they come.
CREATE TABLE typed (id int, body text, sketch textsketch(4, 12, 16) GENERATED ALWAYS AS (to_textsketch(body)) STORED, other textsketch(2, 1, 3), many textsketch(2, 1, 3)[]);
INSERT INTO typed (id, body, other, many) VALUES (1, 'one two', to_textsketch('one two', 2, 1, 3), ARRAY[to_textsketch('one two', 2, 1, 3), NULL]), (2, NULL, NULL, NULL);
INSERT INTO typed (id, other) VALUES (3, to_textsketch('one two'));
INSERT INTO typed (id, many) VALUES (3, ARRAY[to_textsketch('one two', 2, 1, 3), to_textsketch('one two')]);
UPDATE typed SET other = sketch;
COPY typed (id, other) FROM stdin;
3	shingle=4 sampling=12 window=16 words=2 shingles=1 theta=100000000 {9f5b1cc3}
\.
ALTER TABLE typed ALTER other TYPE textsketch(4, 12, 16);
ALTER TABLE typed ALTER other TYPE textsketch;
UPDATE typed SET other = sketch WHERE id = 1;
ALTER TABLE typed ALTER other TYPE textsketch(2, 1, 3);
ALTER TABLE typed ALTER other TYPE textsketch(4, 12, 16);
ALTER TABLE typed ADD stray textsketch(4, 6, 8) GENERATED ALWAYS AS (to_textsketch(body)) STORED;
CREATE DOMAIN quotes AS textsketch(4, 6, 8) NOT NULL;
SELECT to_textsketch('one two', 4, 6, 8)::quotes;
SELECT to_textsketch('one two')::quotes;
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attnum > 1 ORDER BY attnum;
SELECT id, textsketch_shingle(other), textsketch_shingle(many[1]) FROM typed ORDER BY id;
DROP TABLE typed;
DROP DOMAIN quotes;

-- Text and binary form come back as they were; the binary form is the payload.
CREATE TEMP TABLE kept (s textsketch, q textsketch_query);
CREATE TEMP TABLE back (LIKE kept);
INSERT INTO kept SELECT b, textsketch_query(mode, b, 1) FROM cut, unnest(array['resembles', 'contained', 'contains', 'overlaps', 'shares']) mode;
INSERT INTO back SELECT s::text::textsketch, q::text::textsketch_query FROM kept;
SELECT count(*), bool_and(textsketch_send(kept.s) = textsketch_send(back.s)) AS s, bool_and(textsketch_query_send(kept.q) = textsketch_query_send(back.q)) AS q
FROM kept JOIN back ON kept.s = back.s AND kept.q::text = back.q::text;
SELECT textsketch_send(to_textsketch('Hello, world'));
SELECT textsketch_query_send(textsketch_query('contains', to_textsketch('Hello, world'), 0.35));
