--
-- What the archive of archive.sql answers: the same after as before
--
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET search_path = public, lib;
\pset format unaligned

\echo values, to the byte
SELECT md5(string_agg(article::text, E'\n' ORDER BY id)) FROM article;
SELECT md5(string_agg(value::text, E'\n' ORDER BY id)) FROM value;
SELECT md5(string_agg(encode(lib.simhash_send(any_width) || lib.simhash_ball_send(ball) || lib.textsketch_send(sketch) || lib.textsketch_query_send(query), 'hex'), E'\n' ORDER BY id)) FROM value;

\echo stored values are what would be computed now
SELECT count(*) FROM article WHERE fp IS DISTINCT FROM lib.to_simhash(body) OR narrow IS DISTINCT FROM lib.to_simhash(body, 64, 3)
	OR sketch IS DISTINCT FROM lib.to_textsketch(body);
SELECT id FROM value v JOIN article a USING (id) WHERE v.ball::text <> lib.simhash_ball(fp, id % 300)::text;

\echo objects
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname;
SELECT count(*), bool_and(indisvalid) FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE relname = 'article';
SELECT stxname FROM pg_statistic_ext ORDER BY 1;
SELECT count(*), max(bits) FROM copy;
SELECT md5(string_agg(cluster::text, ' ' ORDER BY id)) FROM cluster;
SELECT string_agg(n::text, ' ') FROM nearest(10) AS n;
SELECT tableoid::regclass, count(*), sum(id) FROM part GROUP BY 1 ORDER BY 1;
SELECT count(*), count(DISTINCT fp) FROM checked;
SHOW simhash.similarity_threshold;

-- The answers of each index against those of none
CREATE FUNCTION pg_temp.by_index(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	rows text[];
	indexes text := '';
	name text;
	plan text;
	answer text;
	expected text;
BEGIN
	SET LOCAL jit = off;
	SET LOCAL enable_indexscan = off;
	SET LOCAL enable_bitmapscan = off;
	SET LOCAL enable_indexonlyscan = off;
	EXECUTE 'SELECT count(*) || ''/'' || coalesce(sum(id), 0) FROM article WHERE ' || condition INTO expected;
	RESET enable_indexscan;
	RESET enable_bitmapscan;
	RESET enable_indexonlyscan;
	SET LOCAL enable_seqscan = off;
	-- with one index at a time
	FOR name IN SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'article'::regclass AND NOT indisprimary ORDER BY indexrelid::regclass::text LOOP
		BEGIN
			EXECUTE (SELECT coalesce(string_agg(format('DROP INDEX %s;', indexrelid::regclass), ''), '')
				FROM pg_index WHERE indrelid = 'article'::regclass AND NOT indisprimary AND indexrelid <> name::regclass);
			EXECUTE 'EXPLAIN (FORMAT json) SELECT id FROM article WHERE ' || condition INTO plan;
			EXECUTE 'SELECT count(*) || ''/'' || coalesce(sum(id), 0) FROM article WHERE ' || condition INTO answer;
			RAISE SQLSTATE 'TT000';
		EXCEPTION WHEN SQLSTATE 'TT000' THEN NULL;
		END;
		IF plan ~ format('"Index Name": "%s"', name) AND plan ~ '"Index Cond"' THEN
			indexes := indexes || ' ' || name || CASE WHEN answer = expected THEN '' ELSE ' DIFFERS: ' || answer END;
		END IF;
	END LOOP;
	RESET enable_seqscan;
	RETURN expected || ' by' || indexes;
END $$;

\echo answers by index
SELECT condition, pg_temp.by_index(condition) FROM (VALUES
	('fp = (SELECT fp FROM article WHERE id = 7)'),
	('fp >= repeat(''8'', 64)::lib.simhash'),
	('fp OPERATOR(lib.<@) (SELECT lib.simhash_ball(fp, 60) FROM article WHERE id = 7)'),
	('fp OPERATOR(lib.<@) (SELECT lib.simhash_ball(fp, 3) FROM article WHERE id = 7)'),
	('fp OPERATOR(lib.%) (SELECT fp FROM article WHERE id = 7)'),
	('fp IS NULL'),
	('narrow OPERATOR(lib.<@) (SELECT lib.simhash_ball(narrow, 20) FROM article WHERE id = 7)'),
	('sketch = (SELECT sketch FROM article WHERE id = 7)'),
	('sketch OPERATOR(lib.%) (SELECT sketch FROM article WHERE id = 7)'),
	('sketch OPERATOR(lib.@@) (SELECT lib.textsketch_query(''contained'', sketch, 0.2) FROM article WHERE id = 7)'),
	('lib.to_simhash(lower(body), 128) = (SELECT lib.to_simhash(lower(body), 128) FROM article WHERE id = 17) AND id > 10')) AS c (condition);

\echo written to and read again
BEGIN;
INSERT INTO article (id, published, body) SELECT 5000 + id, published, body FROM article WHERE id < 200;
DELETE FROM article WHERE id BETWEEN 100 AND 300;
SELECT condition, pg_temp.by_index(condition) FROM (VALUES
	('fp OPERATOR(lib.<@) (SELECT lib.simhash_ball(fp, 60) FROM article WHERE id = 7)'),
	('sketch OPERATOR(lib.%) (SELECT sketch FROM article WHERE id = 7)')) AS c (condition);
ROLLBACK;
