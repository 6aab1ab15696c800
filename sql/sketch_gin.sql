--
-- The GIN operator class of textsketch: the index changes no answer
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SET jit = off;

-- Families: a text of words at random, and cuts and edits of it. Short texts
-- too, down to a word; one text of all; NULLs.
CREATE FUNCTION pg_temp.word(i int, seed int) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT 'w' || abs(hashint8extended(i, seed) % 5000) $$;
CREATE FUNCTION pg_temp.txt(family int, first int, last int, edit int) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT string_agg(CASE WHEN edit > 0 AND i % edit = 0 THEN 'x' || i || 'y' || edit ELSE pg_temp.word(i, family) END, ' ' ORDER BY i)
	   FROM generate_series(first, last) i $$;

CREATE TABLE sketched (id serial, sketch textsketch);
INSERT INTO sketched (sketch)
SELECT to_textsketch(pg_temp.txt(family, first, last, edit))
FROM generate_series(1, 30) family,
	(VALUES (1, 900, 0), (1, 900, 40), (1, 900, 12), (1, 900, 6), (100, 500, 0), (300, 400, 0), (300, 340, 0), (300, 319, 0), (300, 308, 0), (301, 305, 0), (301, 302, 0), (1, 2500, 0)) v (first, last, edit);
INSERT INTO sketched (sketch)
SELECT to_textsketch(string_agg(pg_temp.txt(family, 1, 200, 0), ' ')) FROM generate_series(1, 30) family;
INSERT INTO sketched (sketch) VALUES (NULL), (NULL);

CREATE INDEX sketched_idx ON sketched USING gin (sketch);
-- so few bits that many elements meet in a key
CREATE TABLE crowded AS SELECT * FROM sketched;
CREATE INDEX crowded_idx ON crowded USING gin (sketch textsketch_ops (bits = 9));
ANALYZE sketched, crowded;

-- Each question is asked of a table by a plan of one kind.
CREATE FUNCTION answer(query text, by_index bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	plan text;
BEGIN
	PERFORM set_config('enable_seqscan', (NOT by_index)::text, true), set_config('enable_bitmapscan', by_index::text, true);
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	IF (plan ~ 'Bitmap Index Scan') <> by_index THEN
		RAISE 'unexpected plan for %: %', query, plan;
	END IF;
	EXECUTE query INTO result;
	RETURN result;
END $$;

CREATE TABLE question AS
SELECT format('SELECT concat_ws('' '', count(*), sum(id), sum(id * id)) FROM %s WHERE ' || condition, tab, q, t, greatest(round(t * 30), 1)) AS query,
	tab, condition, t
FROM (SELECT id, sketch::text AS q FROM sketched WHERE sketch IS NOT NULL AND id IN (1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 25, 40, 77, 361)) q,
	unnest(array['sketched', 'crowded']) tab, unnest(array[0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 0.999, 1]) t,
	unnest(array[
		'textsketch_resembles(sketch, %2$L, %3$s)',
		'textsketch_contained(sketch, %2$L, %3$s)',
		'textsketch_contained(%2$L, sketch, %3$s)',
		'textsketch_overlaps(sketch, %2$L, %3$s)',
		'textsketch_shares(%2$L, sketch, %4$s)',
		'sketch @@ textsketch_query(''contained'', %2$L, %3$s)']) condition;

SELECT condition, tab, count(*) AS questions, count(DISTINCT by_seq) > 5 AS answers,
	count(*) FILTER (WHERE by_seq IS DISTINCT FROM by_index) AS wrong
FROM (SELECT *, answer(query, false) AS by_seq, answer(query, true) AS by_index FROM question) a
GROUP BY condition, tab ORDER BY condition, tab;

--
-- Several parameters in one column: what can't be compared doesn't match, by
-- whatever plan. Texts are the same, and so are many elements of theirs.
--
CREATE TABLE mixed (id serial, family int, params int, sketch textsketch);
INSERT INTO mixed (family, params, sketch)
SELECT family, params, to_textsketch(pg_temp.txt(family, first, last, 0), shingle, sampling, "window")
FROM generate_series(1, 6) family, (VALUES (1, 900), (1, 300), (200, 240), (300, 303)) v (first, last),
	(VALUES (1, 4, 12, 16), (2, 4, 6, 16), (3, 4, 12, 8), (4, 4, 1, 16), (5, 3, 12, 16)) p (params, shingle, sampling, "window");
CREATE INDEX mixed_idx ON mixed USING gin (sketch);
ANALYZE mixed;
SELECT condition, count(*) AS questions, sum(split_part(by_seq, ' ', 1)::int) > 20 AS rows, count(*) FILTER (WHERE by_seq <> by_index) AS "by index", count(*) FILTER (WHERE by_seq <> defined) AS wrong
FROM (SELECT condition, answer(query, false) AS by_seq, answer(query, true) AS by_index, defined
	FROM (SELECT condition, format('SELECT concat_ws('' '', count(*), sum(id)) FROM mixed WHERE ' || condition, q.sketch) AS query,
			(SELECT concat_ws(' ', count(*), sum(r.id)) FROM mixed r WHERE r.params = q.params AND
				CASE measure WHEN 'r' THEN resemblance(r.sketch, q.sketch) WHEN 'c' THEN containment(r.sketch, q.sketch) WHEN 'd' THEN containment(q.sketch, r.sketch)
					WHEN 'o' THEN overlap(r.sketch, q.sketch) ELSE shared_elements(r.sketch, q.sketch) / 3.0 END >= t) AS defined
		FROM mixed q, (VALUES
			('sketch %% %L', 'r', 0.35), ('sketch <%% %L', 'c', 0.35), ('sketch %%> %L', 'd', 0.35), ('%L <%% sketch', 'd', 0.35),
			('textsketch_resembles(sketch, %L, 0.1)', 'r', 0.1), ('textsketch_contained(sketch, %L, 0.1)', 'c', 0.1), ('textsketch_contained(%L, sketch, 0.9)', 'd', 0.9),
			('textsketch_overlaps(%L, sketch, 0.5)', 'o', 0.5), ('textsketch_shares(sketch, %L, 3)', 's', 1),
			('sketch @@ textsketch_query(''overlaps'', %L, 0.1)', 'o', 0.1), ('textsketch_query(''contains'', %L, 0.5) @@ sketch', 'd', 0.5)) c (condition, measure, t)
		WHERE q.family IN (1, 4)) query) answers
GROUP BY condition ORDER BY condition COLLATE "C";
-- in joins; and the negation holds of the others
SET enable_seqscan = off;
SELECT count(*), bool_and(a.params = b.params) AS comparable FROM mixed a JOIN mixed b ON a.sketch % b.sketch;
SET enable_bitmapscan = off;
SELECT count(*), bool_and(a.params = b.params) AS comparable FROM mixed a JOIN mixed b ON a.sketch % b.sketch;
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT count(*) FILTER (WHERE NOT a.sketch % b.sketch) AS "not", count(*) FILTER (WHERE a.sketch % b.sketch) AS similar, count(*) AS pairs FROM mixed a, mixed b;
SELECT a.sketch <-> b.sketch FROM mixed a, mixed b WHERE a.id = 1 AND b.params = 2;
DROP TABLE mixed;

-- The operators, at several settings.
CREATE FUNCTION by_setting(operator text, by_index bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	t float8;
BEGIN
	FOREACH t IN ARRAY array[0.05, 0.2, 0.35, 0.6, 0.9, 1] LOOP
		PERFORM set_config('simhash.resemblance_threshold', t::text, true), set_config('simhash.containment_threshold', t::text, true);
		result := concat_ws(' ', result, answer(format('SELECT count(*) FROM sketched WHERE sketch %s (SELECT sketch FROM sketched WHERE id = 5)', operator), by_index));
	END LOOP;
	RETURN result;
END $$;
CREATE UNIQUE INDEX sketched_id ON sketched (id);
SELECT operator, by_setting(operator, true) AS rows FROM unnest(array['%', '<%', '%>']) operator;
DROP INDEX sketched_idx;
CREATE FUNCTION plain(operator text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	n int;
	t float8;
BEGIN
	FOREACH t IN ARRAY array[0.05, 0.2, 0.35, 0.6, 0.9, 1] LOOP
		PERFORM set_config('simhash.resemblance_threshold', t::text, true), set_config('simhash.containment_threshold', t::text, true);
		EXECUTE format('SELECT count(*) FROM sketched a, sketched b WHERE b.id = 5 AND a.sketch %s b.sketch', operator) INTO n;
		result := concat_ws(' ', result, n);
	END LOOP;
	RETURN result;
END $$;
SELECT operator, plain(operator) AS rows FROM unnest(array['%', '<%', '%>']) operator;
RESET simhash.resemblance_threshold;
RESET simhash.containment_threshold;
CREATE INDEX sketched_idx ON sketched USING gin (sketch);

-- Rows that come and go, with the pending list and without.
SET enable_seqscan = off;
INSERT INTO sketched (sketch) SELECT to_textsketch(pg_temp.txt(7, 50, 850, 0));
SELECT count(*) FROM sketched WHERE sketch <% to_textsketch(pg_temp.txt(7, 1, 900, 0));
SELECT gin_clean_pending_list('sketched_idx') > 0 AS cleaned;
SELECT count(*) FROM sketched WHERE sketch <% to_textsketch(pg_temp.txt(7, 1, 900, 0));
DELETE FROM sketched WHERE id = (SELECT max(id) FROM sketched);
VACUUM sketched;
SELECT count(*) FROM sketched WHERE sketch <% to_textsketch(pg_temp.txt(7, 1, 900, 0));

--
-- Plans
--
SELECT sketch AS q FROM sketched WHERE id = 11 \gset
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE textsketch_resembles(sketch, :'q', 0.5);
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE textsketch_contained(sketch, :'q', 0.5);
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE textsketch_contained(:'q', sketch, 0.5);
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE textsketch_shares(:'q', sketch, 2);
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE textsketch_overlaps(:'q', sketch, 0.25);
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE :'q' %> sketch;
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE textsketch_query('shares', :'q', 2) @@ sketch;

-- parameters
PREPARE contained AS SELECT id FROM sketched WHERE textsketch_contained(sketch, $1, $2);
PREPARE shares AS SELECT id FROM sketched WHERE textsketch_shares(sketch, $1, $2);
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE contained(:'q', 0.5);
EXPLAIN (COSTS OFF) EXECUTE shares(:'q', 2);
EXECUTE contained(:'q', 0);
RESET plan_cache_mode;

-- The plan of a query, without what 18 says of scans that are switched off, and
-- 19 of those that aren't needed.
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ 'Disabled: true|Replaces: Scan' THEN
			RETURN NEXT line;
		END IF;
	END LOOP;
END $$;

-- nested loops, either way round, and a threshold for each row
SELECT pg_temp.plan('SELECT * FROM crowded q JOIN sketched s ON textsketch_contained(s.sketch, q.sketch, 0.9) WHERE q.id <= 10');
SELECT pg_temp.plan('SELECT * FROM crowded q JOIN sketched s ON textsketch_contained(q.sketch, s.sketch, 1.0 / q.id) WHERE q.id <= 10');
SELECT count(*), sum(s.id) FROM crowded q JOIN sketched s ON textsketch_contained(q.sketch, s.sketch, 1.0 / q.id) WHERE q.id <= 10;
SET enable_bitmapscan = off;
SELECT count(*), sum(s.id) FROM crowded q JOIN sketched s ON textsketch_contained(q.sketch, s.sketch, 1.0 / q.id) WHERE q.id <= 10;
RESET enable_bitmapscan;

-- a threshold that is none is the function's affair
SELECT pg_temp.plan(format('SELECT id FROM sketched WHERE textsketch_contained(sketch, %L, 1.5)', :'q'));
SELECT id FROM sketched WHERE textsketch_contained(sketch, :'q', 1.5);
SELECT pg_temp.plan(format('SELECT id FROM sketched WHERE textsketch_contained(sketch, %L, NULL)', :'q'));
SELECT id FROM sketched WHERE sketch % to_textsketch('w1', 3) OR id < 0;

-- nothing is looked for by schema
CREATE SCHEMA elsewhere;
ALTER EXTENSION simhash SET SCHEMA elsewhere;
EXPLAIN (COSTS OFF) SELECT id FROM sketched WHERE elsewhere.textsketch_shares(:'q', sketch, 2);
ALTER EXTENSION simhash SET SCHEMA public;
DROP SCHEMA elsewhere;

-- no other index is meant
DROP INDEX sketched_idx;
CREATE INDEX sketched_hash ON sketched USING hash (sketch);
SELECT count(*) FROM sketched WHERE textsketch_resembles(sketch, :'q', 1);
SELECT count(*) FROM sketched WHERE sketch = :'q';
DROP INDEX sketched_hash;

-- options
CREATE INDEX ON sketched USING gin (sketch textsketch_ops (bits = 7));
CREATE INDEX ON sketched USING gin (sketch textsketch_ops (bits = 31));
CREATE INDEX ON sketched USING gin (sketch textsketch_ops (words = 3));

-- Row estimates: few, and never none at all.
CREATE FUNCTION estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
SELECT condition, estimate(format('SELECT FROM sketched WHERE ' || condition, :'q')) BETWEEN 1 AND 10 AS few
FROM unnest(array['sketch %% %1$L', 'sketch <%% %1$L', '%1$L <%% sketch', 'textsketch_resembles(sketch, %1$L, 0.5)',
	'sketch @@ textsketch_query(''contains'', %1$L, 0.5)', 'textsketch_shares(sketch, %1$L, 4)']) condition;
SELECT estimate('SELECT FROM sketched WHERE sketch % NULL') AS "null",
	estimate('SELECT FROM sketched a JOIN sketched b ON a.sketch % b.sketch') BETWEEN 100 AND 2000 AS join,
	estimate('SELECT FROM sketched a WHERE EXISTS (SELECT FROM sketched b WHERE a.sketch <% b.sketch AND a.id <> b.id)') > 50 AS semijoin;

DROP TABLE sketched, crowded, question;
DROP FUNCTION answer, by_setting, plain, estimate;
