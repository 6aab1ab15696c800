-- One round of measurements: see run.

SET client_min_messages = warning;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;

-- Time calls over a kind of text: counted, or into a new table.
CREATE OR REPLACE PROCEDURE measure(kind text, calls text[], suffix text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
	call text;
	start timestamptz;
	cpu_start float8;
BEGIN
	IF to_regclass(quote_ident(kind)) IS NULL THEN
		RETURN;
	END IF;
	FOREACH call IN ARRAY calls LOOP
		start := clock_timestamp();
		cpu_start := cpu();
		EXECUTE format(CASE WHEN suffix IS NULL THEN 'SELECT count(%s) FROM %I'
					   ELSE 'CREATE TABLE made AS SELECT %s FROM %I' END, call, kind);
		INSERT INTO measured VALUES (concat_ws(', ', kind, suffix), call,
									 1000 * extract(epoch FROM clock_timestamp() - start), cpu() - cpu_start);
		DROP TABLE IF EXISTS made;
	END LOOP;
END $$;

SET max_parallel_workers_per_gather = 0;
DO $$
DECLARE
	kind text;
BEGIN
	CALL measure('articles', ARRAY['length(body)', 'hashtext(body)', 'md5(body)', 'to_simhash(body, 64)',
		'to_simhash(body, 128)', 'to_simhash(body, 256)', 'to_simhash(body, 512)', 'to_textsketch(body)']);
	CALL measure('some articles', ARRAY['md5(body)', 'to_tsvector(''english'', body)']);
	IF to_regproc('show_trgm') IS NOT NULL THEN
		CALL measure('some articles', ARRAY['show_trgm(body)']);
	END IF;
	FOREACH kind IN ARRAY ARRAY['ascii', 'latin', 'cyrillic', 'arabic', 'chinese',
		'20 words', '200 words', '2000 words', '200000 words', '2000 words, pglz', '2000 words, lz4',
		'200000 words, pglz', '200000 words, lz4']
	LOOP
		CALL measure(kind, ARRAY['md5(body)', 'to_simhash(body, 256)', 'to_textsketch(body)']);
	END LOOP;
END $$;

CALL measure('articles', ARRAY['md5(body)', 'to_simhash(body, 256)', 'to_textsketch(body)'], 'one process');
SET max_parallel_workers_per_gather = 1;
CALL measure('articles', ARRAY['md5(body)', 'to_simhash(body, 256)', 'to_textsketch(body)'], 'two processes');
