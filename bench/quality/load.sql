-- Articles and their fingerprints: see run.

SET client_min_messages = warning;
CREATE EXTENSION simhash;

CREATE TEMPORARY TABLE line (n bigint GENERATED ALWAYS AS IDENTITY, j text);
COPY line (j) FROM :'file' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ENCODING 'UTF8');

CREATE TABLE article AS
	SELECT row_number() OVER (ORDER BY n)::int AS id, body
	FROM (SELECT n, j::jsonb ->> 'text' AS body FROM line) x
	WHERE textsketch_words(to_textsketch(body)) >= 50;

CREATE TABLE truth (a int, b int, jaccard float8);
CREATE TABLE clickhouse (id int, hash bigint);
