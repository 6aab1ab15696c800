-- Pairs of articles that readers labelled, and pairs at random: see run.

\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE TABLE pair (set text, label text, half int, a text, b text);
CREATE TABLE document (set text, n bigint GENERATED ALWAYS AS IDENTITY, id text, body text);
CREATE TEMPORARY TABLE line (j text);

\copy pair FROM 'forms'
\if :have_data
	\copy line FROM 'counter_urdu' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')
	INSERT INTO document (set, id, body) SELECT 'counter_urdu', j::jsonb ->> 'id', j::jsonb ->> 'text' FROM line;
	TRUNCATE line;
	\copy line FROM 'scissors_paste' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')
	INSERT INTO document (set, id, body) SELECT 'scissors_paste', j::jsonb ->> 'id', j::jsonb ->> 'text' FROM line;
	TRUNCATE line;
	\copy line FROM 'news_scale' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')
	INSERT INTO document (set, id, body) SELECT 'news_scale', j::jsonb ->> 'id', j::jsonb ->> 'text' FROM line;
	CREATE INDEX ON document (set, id);

	CREATE TEMPORARY TABLE label (a text, b text, class text);
	\copy label FROM 'urdu_pairs' WITH (HEADER MATCH, FORMAT csv, DELIMITER E'\t')
	INSERT INTO pair
		SELECT 'counter_urdu', CASE class WHEN 'WD' THEN 'wholly derived' WHEN 'PD' THEN 'partially derived' ELSE 'non derived' END,
			   row_number() OVER (ORDER BY a.id) % 2, a.body, b.body
		FROM label JOIN document a ON a.id = label.a JOIN document b ON b.id = label.b
		WHERE a.set = 'counter_urdu' AND b.set = 'counter_urdu';

	CREATE TEMPORARY TABLE family (family text, kind text, id text);
	\copy family FROM 'families'
	INSERT INTO pair
		SELECT 'scissors_paste', x.kind, row_number() OVER (ORDER BY a.n, b.n) % 2, a.body, b.body
		FROM family x JOIN family y ON x.family = y.family JOIN document a ON a.id = x.id JOIN document b ON b.id = y.id
		WHERE a.set = 'scissors_paste' AND b.set = 'scissors_paste' AND a.n < b.n;
	CREATE TEMPORARY TABLE alike (a text, b text);
	\copy alike FROM 'alike'
	INSERT INTO pair
		SELECT 'scissors_paste', 'like in form', row_number() OVER (ORDER BY a.n, b.n) % 2, a.body, b.body
		FROM alike JOIN document a ON a.id = alike.a JOIN document b ON b.id = alike.b
		WHERE a.set = 'scissors_paste' AND b.set = 'scissors_paste'
			AND NOT EXISTS (SELECT FROM family x JOIN family y USING (family) WHERE (x.id, y.id) = (alike.a, alike.b) OR (x.id, y.id) = (alike.b, alike.a));

	-- One of many, and one far behind it.
	INSERT INTO pair
		SELECT a.set, 'random', a.n % 2, a.body, b.body
		FROM (SELECT *, row_number() OVER (PARTITION BY set ORDER BY md5(id)) AS k, count(*) OVER (PARTITION BY set) AS many
			  FROM document WHERE set = 'news_scale' OR (set = 'counter_urdu' AND id !~ 'p$')) AS a
		JOIN (SELECT *, row_number() OVER (PARTITION BY set ORDER BY md5(id)) AS k FROM document
			  WHERE set = 'news_scale' OR (set = 'counter_urdu' AND id !~ 'p$')) AS b
			ON b.set = a.set AND b.k = a.k + a.many / 2
		WHERE a.k <= CASE a.set WHEN 'news_scale' THEN 2000 ELSE 300 END;
\endif
\copy pair TO 'pairs'
