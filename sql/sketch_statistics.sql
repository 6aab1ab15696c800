--
-- Statistics of sketches: what ANALYZE finds out, and the row estimates that
-- come of it
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SET jit = off;

CREATE FUNCTION estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;

-- so many words from a place on in an endless text of a number
CREATE FUNCTION words(text_number int, place int, count int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg('w' || (hashint8(text_number * 100000::bigint + i) & 65535), ' ' ORDER BY i)
	FROM generate_series(place, place + count - 1) i
$$;

-- 300 texts of 160 words, whole, cut to a half, and followed by other words; all
-- with a boilerplate of 30 words, which is a third of what a copy shares
CREATE TABLE article AS
	SELECT i AS id, to_textsketch(words(0, 0, 30) || ' ' || CASE i % 3
		WHEN 0 THEN words(i / 3, 0, 160)
		WHEN 1 THEN words(i / 3, 40, 80)
		ELSE words(i / 3, 0, 100) || ' ' || words(1000 + i, 0, 60) END) AS sketch
	FROM generate_series(1, 900) i;
ANALYZE article;

-- The sums for 15 rows, for a constant, for a parameter and by a join, are within
-- a factor of 4 of the truth.
CREATE FUNCTION compare(condition text, threshold text, OUT how text, OUT constant boolean, OUT parameter boolean, OUT "join" boolean,
	OUT detail text)
LANGUAGE plpgsql AS $$
DECLARE
	found float8;
	estimated float8;
	generic float8;
	joined float8;
BEGIN
	how := condition || ' ' || threshold;
	CREATE TEMP TABLE query AS SELECT id, sketch FROM article WHERE id % 59 = 3 LIMIT 15;
	ANALYZE query;
	EXECUTE format('SELECT count(*) FROM query q, article a WHERE textsketch_%s(a.sketch, q.sketch, %s)', condition, threshold) INTO found;
	EXECUTE format('SELECT sum(estimate(format(''SELECT FROM article WHERE textsketch_%s(sketch, %%L, %s)'', sketch))) FROM query',
		condition, threshold) INTO estimated;
	EXECUTE format('PREPARE compared(textsketch) AS SELECT FROM article WHERE textsketch_%s(sketch, $1, %s)', condition, threshold);
	PERFORM set_config('plan_cache_mode', 'force_generic_plan', true);
	generic := 15 * estimate('EXECUTE compared(NULL)');
	DEALLOCATE compared;
	joined := estimate(format('SELECT FROM article a JOIN query q ON textsketch_%s(a.sketch, q.sketch, %s)', condition, threshold));
	constant := estimated BETWEEN found / 4 AND found * 4;
	parameter := generic BETWEEN found / 4 AND found * 4;
	"join" := joined BETWEEN found / 4 AND found * 4;
	IF NOT (constant AND parameter AND "join") THEN
		detail := format('found %s, estimated %s, %s, %s', found, estimated, generic, joined);
	END IF;
	DROP TABLE query;
END $$;
SELECT c.* FROM unnest(ARRAY['resembles', 'contained', 'overlaps']) condition, unnest(ARRAY['0.01', '0.05', '0.1', '0.2', '0.35', '0.5', '0.8', '1']) threshold,
	LATERAL compare(condition, threshold) c;
SELECT c.* FROM unnest(ARRAY['1', '2', '4', '8', '12', '24', '50']) threshold, LATERAL compare('shares', threshold) c;

-- By operators, both ways round, and by a query.
CREATE TEMP TABLE short AS SELECT sketch FROM article WHERE id = 400;
SELECT estimate(format('SELECT FROM article WHERE sketch %% %L', sketch)) BETWEEN 1 AND 12 AS resembles,
	estimate(format('SELECT FROM article WHERE %L <%% sketch', sketch)) BETWEEN 1 AND 12 AS contains,
	estimate(format('SELECT FROM article WHERE sketch @@ textsketch_query(''shares'', %L, 1)', sketch)) > 500 AS query,
	estimate(format('SELECT FROM article a, article b WHERE a.sketch @@ textsketch_query(''shares'', b.sketch, 1)')) > 200000 AS query_join
FROM short;
SELECT estimate('SELECT FROM article a JOIN article b ON a.sketch % b.sketch') BETWEEN 900 AND 5000 AS similar;

-- Several parameters in one column, one-word texts, one value, nothing.
CREATE TABLE kinds AS
	SELECT CASE WHEN i % 5 = 0 THEN to_textsketch(words(i, 0, 30), 2) ELSE to_textsketch(words(i % 40, 0, 100)) END AS params,
		to_textsketch('word' || i % 50) AS one_word, to_textsketch('the same text again') AS one_value, NULL::textsketch AS nothing
	FROM generate_series(1, 500) i;
ANALYZE kinds;
SELECT estimate('SELECT FROM kinds WHERE textsketch_resembles(params, to_textsketch(words(7, 0, 100)), 0.5)') BETWEEN 3 AND 40 AS params,
	estimate('SELECT FROM kinds WHERE textsketch_resembles(params, to_textsketch(words(7, 0, 30), 2), 0.5)') < 20 AS rare_params,
	estimate('SELECT FROM kinds WHERE textsketch_resembles(one_word, to_textsketch(''word7''), 0.5)') BETWEEN 3 AND 40 AS one_word,
	estimate('SELECT FROM kinds WHERE textsketch_resembles(one_value, to_textsketch(''the same text again''), 0.5)') AS one_value,
	estimate('SELECT FROM kinds WHERE textsketch_resembles(one_value, to_textsketch(''another text''), 0.5)') AS another_value,
	estimate('SELECT FROM kinds WHERE textsketch_resembles(nothing, to_textsketch(''another text''), 0.5)') AS nothing;

-- Statistics that are not there, or make no sense, are passed over.
PREPARE sharing(textsketch) AS SELECT FROM article WHERE textsketch_shares(sketch, $1, 1);
SET plan_cache_mode = force_generic_plan;
SELECT estimate('EXECUTE sharing(NULL)') > 500 AS estimate;
UPDATE pg_statistic SET stanumbers2 = '{1,1}' WHERE starelid = 'article'::regclass AND stakind2 = 27412;
UPDATE pg_statistic SET stanumbers3 = '{1,1}' WHERE starelid = 'article'::regclass AND stakind3 = 27412;
UPDATE pg_statistic SET stanumbers4 = '{1,1}' WHERE starelid = 'article'::regclass AND stakind4 = 27412;
DISCARD PLANS;
SELECT estimate('EXECUTE sharing(NULL)') BETWEEN 1 AND 100 AS estimate;
RESET plan_cache_mode;

-- Who may not see the rows is told nothing of their values.
ANALYZE kinds;
CREATE ROLE regress_simhash_reader;
GRANT SELECT ON kinds TO regress_simhash_reader;
ALTER TABLE kinds ENABLE ROW LEVEL SECURITY;
CREATE POLICY none ON kinds USING (nothing IS NOT NULL);
SET ROLE regress_simhash_reader;
SELECT estimate('SELECT FROM kinds WHERE textsketch_resembles(one_value, to_textsketch(''the same text again''), 0.5)') =
	estimate('SELECT FROM kinds WHERE textsketch_resembles(one_value, to_textsketch(''another text''), 0.5)') AS same;
RESET ROLE;

DROP TABLE article, kinds, short;
DROP ROLE regress_simhash_reader;
DROP FUNCTION compare, words, estimate;
