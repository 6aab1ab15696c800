-- The texts that round.sql measures, from :folder: see run.

SET client_min_messages = warning;
CREATE EXTENSION simhash;
DO $$
BEGIN
	CREATE EXTENSION pg_trgm;
EXCEPTION WHEN OTHERS THEN
	RAISE WARNING 'pg_trgm is left out: %', SQLERRM;
END $$;

-- ms is elapsed, cpu the processor time of the process.
CREATE TABLE measured (kind text, call text, ms float8, cpu float8);

-- The processor time of this process so far, elapsed time where it isn't told.
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1)::float8 / 1e6,
					extract(epoch FROM clock_timestamp())::float8 * 1e3)
$$;
CREATE TABLE kind (kind text, bytes bigint, words bigint);

-- A table for a kind of text, uncompressed unless another method is named.
CREATE PROCEDURE make(kind text, query text, compression text DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE %I (body text)', kind);
	IF compression IS NULL THEN
		EXECUTE format('ALTER TABLE %I ALTER body SET STORAGE EXTERNAL', kind);
	ELSE
		EXECUTE format('ALTER TABLE %I ALTER body SET COMPRESSION %s', kind, compression);
	END IF;
	EXECUTE format('INSERT INTO %I %s', kind, query);
	EXECUTE format('ANALYZE %I', kind);
	EXECUTE format('INSERT INTO kind SELECT %L, sum(octet_length(body)), sum(textsketch_words(to_textsketch(body))) FROM %I',
				   kind, kind);
EXCEPTION WHEN feature_not_supported THEN
	RAISE WARNING '% is left out: %', kind, SQLERRM;
END $$;

-- What texts.pl generates, and what is given: a JSON object a line.
CREATE PROCEDURE load(kind text, file text) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMPORARY TABLE line (n bigint GENERATED ALWAYS AS IDENTITY, j text);
	EXECUTE format('COPY line (j) FROM %L WITH (FORMAT csv, DELIMITER E''\x01'', QUOTE E''\x02'', ENCODING ''UTF8'')',
				   file);
	CALL make(kind, 'SELECT j::jsonb ->> ''text'' FROM line ORDER BY n');
	DROP TABLE line;
END $$;

CALL load('articles', :'folder' || '/corpus.jsonl');
CALL make('some articles', 'SELECT body FROM articles LIMIT 500');
CALL load('ascii', :'folder' || '/ascii.jsonl');
CALL load('latin', :'folder' || '/latin.jsonl');
CALL load('cyrillic', :'folder' || '/cyrillic.jsonl');
CALL load('arabic', :'folder' || '/arabic.jsonl');
CALL load('chinese', :'folder' || '/chinese.jsonl');

-- The same text in pieces of n words, one stored in several ways.
CREATE TABLE word AS
	SELECT row_number() OVER () - 1 AS n, w
	FROM (SELECT regexp_split_to_table(body, '\s+') AS w FROM articles) x LIMIT 3200000;
CALL make('20 words', 'SELECT string_agg(w, '' '' ORDER BY n) FROM word GROUP BY n / 20');
CALL make('200 words', 'SELECT string_agg(w, '' '' ORDER BY n) FROM word GROUP BY n / 200');
CALL make('2000 words', 'SELECT string_agg(w, '' '' ORDER BY n) FROM word GROUP BY n / 2000');
CALL make('200000 words', 'SELECT string_agg(w, '' '' ORDER BY n) FROM word GROUP BY n / 200000');
DROP TABLE word;
CALL make('2000 words, pglz', 'SELECT body FROM "2000 words"', 'pglz');
CALL make('200000 words, pglz', 'SELECT body FROM "200000 words"', 'pglz');
CALL make('2000 words, lz4', 'SELECT body FROM "2000 words"', 'lz4');
CALL make('200000 words, lz4', 'SELECT body FROM "200000 words"', 'lz4');
VACUUM ANALYZE;
