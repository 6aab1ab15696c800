-- What a fingerprint costs inside the server, beside md5() of the same texts.
--
--     psql -d DATABASE -v texts=FILE.jsonl.gz -f bench/throughput/server.sql
--
-- FILE holds a JSON object with "text" a line. One process, texts uncompressed
-- in the table; five rounds in turn, medians.

\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\setenv SIMHASH_TEXTS :texts
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE EXTENSION IF NOT EXISTS simhash;
CREATE TEMPORARY TABLE line (j jsonb);
\copy line FROM PROGRAM 'zcat "$SIMHASH_TEXTS"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8')
CREATE TEMPORARY TABLE article (body text);
ALTER TABLE article ALTER body SET STORAGE EXTERNAL;
INSERT INTO article SELECT j ->> 'text' FROM line;

CREATE TEMPORARY TABLE measured (call text, n int, ms float8);
DO $$
DECLARE
	call text;
	start timestamptz;
BEGIN
	FOR round IN 0..5 LOOP
		FOREACH call IN ARRAY ARRAY['length(body)', 'md5(body)', 'to_simhash(body, 64)',
			'to_simhash(body, 128)', 'to_simhash(body, 256)', 'to_simhash(body, 512)']
		LOOP
			start := clock_timestamp();
			EXECUTE format('SELECT count(%s) FROM article', call);
			INSERT INTO measured SELECT call, round, 1000 * extract(epoch FROM clock_timestamp() - start)
			WHERE round > 0;
		END LOOP;
	END LOOP;
END
$$;

SELECT call, round(median::numeric) AS ms, round((bytes / 1e3 / median)::numeric) AS "MB/s",
	   round((md5 / median)::numeric, 2) AS "speed, md5 = 1"
FROM (SELECT call, percentile_cont(.5) WITHIN GROUP (ORDER BY ms) AS median FROM measured GROUP BY call) m,
	 (SELECT percentile_cont(.5) WITHIN GROUP (ORDER BY ms) AS md5 FROM measured WHERE call = 'md5(body)') r,
	 (SELECT sum(octet_length(body)) AS bytes FROM article) b
ORDER BY median;
