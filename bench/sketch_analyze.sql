-- How long ANALYZE of a column of sketches takes where all rows are near to
-- each other.
--
--     psql -d DATABASE -f bench/sketch_analyze.sql
--
-- Each table has 20,000 rows or, of the last two, 30,000, which is the sample of
-- the default statistics target. "less the number" is without what ANALYZE takes
-- for a column of numbers of the same table.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
SET client_min_messages = warning;
SET jit = off;
CREATE EXTENSION IF NOT EXISTS simhash;

-- so many words from a place on in an endless text
CREATE FUNCTION pg_temp.words(place int, count int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg('w' || (hashint4(i) & 65535), ' ' ORDER BY i) FROM generate_series(place, place + count - 1) i
$$;

CREATE TEMPORARY TABLE windows AS
	SELECT i, to_textsketch(pg_temp.words(i, 300)) AS sketch FROM generate_series(1, 20000) i;
CREATE TEMPORARY TABLE full_sampling AS
	SELECT i, to_textsketch(pg_temp.words(i, 100), 4, 1, 1) AS sketch FROM generate_series(1, 20000) i;
CREATE TEMPORARY TABLE all_equal AS
	SELECT i, to_textsketch(body) AS sketch FROM pg_temp.words(1, 36) body, generate_series(1, 30000) i;
CREATE TEMPORARY TABLE hundreds_near AS
	SELECT i, to_textsketch(pg_temp.words(1000 * (hashint4(i) & 127), 33) || ' ' || pg_temp.words(1000000 + 10 * i, 4)) AS sketch
	FROM generate_series(1, 30000) i;
CREATE TEMPORARY TABLE unrelated AS
	SELECT i, to_textsketch(pg_temp.words(100 * i, 100)) AS sketch FROM generate_series(1, 20000) i;

CREATE FUNCTION pg_temp.milliseconds(tab text, col text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	best float8 := 'Infinity';
	start timestamptz;
BEGIN
	FOR i IN 1 .. 3 LOOP
		start := clock_timestamp();
		EXECUTE format('ANALYZE %I (%I)', tab, col);
		best := least(best, 1000 * extract(epoch FROM clock_timestamp() - start));
	END LOOP;
	RETURN best;
END $$;

\echo 'ANALYZE, the best of three, in ms'
SELECT tab AS "table", round(pg_temp.milliseconds(tab, 'sketch')) AS ms, round(pg_temp.milliseconds(tab, 'sketch') - pg_temp.milliseconds(tab, 'i')) AS "less the number"
FROM unnest(ARRAY['windows', 'full_sampling', 'all_equal', 'hundreds_near', 'unrelated']) tab;
