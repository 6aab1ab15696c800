-- The articles and the gold of a set, from files in :folder.
SET client_min_messages = warning;
SET timezone = 'UTC';
DROP TABLE IF EXISTS line, gold_line, article, gold, result, similarity CASCADE;
CREATE TABLE line (row int GENERATED ALWAYS AS IDENTITY, j jsonb);
\set copy '\\copy line (j) FROM ''' :folder '/articles.jsonl'' WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'', ENCODING ''UTF8'')'
:copy

CREATE TABLE article AS
	SELECT row, j ->> 'id' AS id, j ->> 'label' AS label, coalesce(j ->> 'title', '') AS title, j ->> 'text' AS body,
		   coalesce(j ->> 'lang', '') AS language,
		   CASE WHEN j ->> 'date' ~ '^(19|20)\d\d-\d\d-\d\d' THEN (j ->> 'date')::timestamptz END AS published
	FROM line WHERE j ->> 'text' <> '';
CREATE INDEX ON article (id);

-- pairs by name of column: the header tells which
CREATE TABLE gold_line (n int GENERATED ALWAYS AS IDENTITY, line text);
\set copy '\\copy gold_line (line) FROM ''' :folder '/gold.tsv'' WITH (FORMAT csv, DELIMITER E''\\x01'', QUOTE E''\\x02'', ENCODING ''UTF8'')'
:copy
CREATE TABLE gold AS
	WITH field AS (
		SELECT l.n, h.name, v.value
		FROM gold_line header,
			 string_to_table(header.line, E'\t') WITH ORDINALITY AS h (name, i),
			 gold_line l, string_to_table(l.line, E'\t') WITH ORDINALITY AS v (value, i)
		WHERE header.n = 1 AND l.n > 1 AND v.i = h.i
	), pair AS (
		SELECT n, max(value) FILTER (WHERE name = 'id1') AS id1, max(value) FILTER (WHERE name = 'id2') AS id2,
			   max(value) FILTER (WHERE name LIKE 'gold%' OR name LIKE 'overall%') AS gold,
			   coalesce(max(value) FILTER (WHERE name = 'mojibake'), '0') AS broken
		FROM field GROUP BY n
	)
	SELECT a.row AS a, b.row AS b, a.language, CASE gold WHEN 'OK' THEN true WHEN 'BAD' THEN false ELSE gold::float8 <= 2 END AS same
	FROM pair JOIN article a ON a.id = id1 JOIN article b ON b.id = id2
	WHERE a.language = b.language AND broken = '0';

CREATE TABLE result (method text, threshold float8, row int, cluster int);
CREATE TABLE similarity (method text, a int, b int, similarity float8);
