--
-- An archive that has all there is of the extension, for the tests that carry
-- it to another server: by dump, by replication, by pg_upgrade
--
-- Types and operator classes are those in the catalogs. The extension is in a
-- schema of its own, and nothing of it is in the search_path.
--
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE SCHEMA lib;
CREATE EXTENSION simhash SCHEMA lib;

CREATE TABLE article (
	id integer PRIMARY KEY,
	published date,
	body text,
	fp lib.simhash(256) GENERATED ALWAYS AS (lib.to_simhash(body)) STORED,
	narrow lib.simhash(64) GENERATED ALWAYS AS (lib.to_simhash(body, 64, 3)) STORED,
	sketch lib.textsketch GENERATED ALWAYS AS (lib.to_textsketch(body)) STORED
);

-- In groups of five that have most of their words in common; texts without a
-- word, and none.
INSERT INTO article (id, published, body)
SELECT i, date '2026-01-01' + i % 30, string_agg('w' || CASE WHEN w % 17 = i % 5 THEN i * 31 ELSE i / 5 * 977 + w END, ' ' ORDER BY w)
FROM generate_series(1, 1000) AS i, generate_series(1, 80) AS w GROUP BY i;
INSERT INTO article (id, published, body) VALUES (2001, '2026-02-01', '...'), (2002, '2026-02-01', NULL),
	(2003, '2026-02-01', U&'Le caf\00E9 \00E0 Orl\00E9ans; \5916\52D9\5927\81E3, \043C\0438\043D\0438\0441\0442\0440');
DELETE FROM article WHERE id % 50 = 0;

-- One column of each type, with and without TOAST
CREATE TABLE value AS
SELECT id, lib.to_simhash(body, 64 * (1 + id % 16)) AS any_width, lib.simhash_ball(fp, id % 300) AS ball, sketch,
	lib.textsketch_query('contained', lib.to_textsketch(repeat(body, 1 + id % 7), 1 + id % 5), 0.25) AS query,
	ARRAY[fp, NULL, narrow] AS many, (fp, narrow)::text AS written
FROM article WHERE id % 3 = 0;
INSERT INTO value (id, sketch) SELECT 9999, lib.to_textsketch(string_agg(md5(i::text), ' ' ORDER BY i)) FROM generate_series(1, 100000) AS i;

-- Indexes of every default class, expressions and statistics
SELECT format('CREATE INDEX article_%s_%s ON article USING %I (%I)', amname, attname, amname, attname)
FROM pg_opclass c JOIN pg_am am ON am.oid = opcmethod JOIN pg_depend d ON d.classid = 'pg_opclass'::regclass AND d.objid = c.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND extname = 'simhash'
JOIN pg_attribute a ON attrelid = 'article'::regclass AND atttypid = opcintype
WHERE opcdefault ORDER BY 1
\gexec
CREATE INDEX article_expression ON article (lib.to_simhash(lower(body), 128)) WHERE id > 10;
CREATE STATISTICS article_statistics ON fp, published FROM article;

-- Uses in other objects
CREATE DOMAIN fingerprint AS lib.simhash(256) CHECK (lib.bit_length(VALUE) = 256);
CREATE TABLE checked (id integer, fp fingerprint DEFAULT lib.to_simhash('nothing'::text),
	CHECK (lib.simhash_dwithin(fp, lib.to_simhash('nothing'::text), 256)));
INSERT INTO checked SELECT id, fp FROM article;
INSERT INTO checked DEFAULT VALUES;
CREATE TABLE part (id integer, fp lib.simhash(64)) PARTITION BY HASH (fp);
CREATE TABLE part0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT id, narrow FROM article WHERE narrow IS NOT NULL;
CREATE VIEW copy AS SELECT a.id, b.id AS other, a.fp OPERATOR(lib.<->) b.fp AS bits FROM article a JOIN article b ON lib.simhash_dwithin(a.fp, b.fp, 60) AND a.id < b.id;
CREATE MATERIALIZED VIEW cluster AS SELECT id, lib.simhash_cluster(fp, 60) OVER (ORDER BY id) AS c FROM article;
CREATE FUNCTION nearest(n integer) RETURNS SETOF integer LANGUAGE sql STABLE
BEGIN ATOMIC SELECT id FROM article ORDER BY fp OPERATOR(lib.<->) (SELECT fp FROM article WHERE id = 7), id LIMIT n; END;
ALTER DATABASE :"DBNAME" SET simhash.similarity_threshold = 0.7;
ANALYZE;
