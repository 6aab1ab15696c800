--
-- The type simhash: literals, widths, casts, order, indexes, storage
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- What a literal is: the digits of a width from 64 to 1024 bits, in either
-- case; the output is in lower case.
SELECT simhash '0123456789abcdef', simhash 'ABCDEF0123456789', simhash 'AbCdEf0123456789';
SELECT bits, bit_length(repeat('a', bits / 4)::simhash)
FROM generate_series(64, 1024, 64) bits;

-- What isn't: no digits, another width, another digit, space, a sign, a
-- prefix, a text.
SELECT simhash '';
SELECT simhash '0';
SELECT simhash '0123456789abcde';
SELECT simhash '0123456789abcdeg';
SELECT simhash ' 0123456789abcdef';
SELECT simhash '0123456789abcdef ';
SELECT simhash '0x0123456789abcd';
SELECT simhash '-123456789abcdef';
SELECT simhash 'Kerry meets Lavrov';

-- Half a step too wide, one step too wide; a long literal is shown in part.
SELECT repeat('0', 24)::simhash;
SELECT repeat('0', 272)::simhash;
SELECT repeat('9', 100000)::simhash;

-- Soft errors: 16 and later ask with pg_input_is_valid(). Before, every error
-- is a hard one, and a block with an exception handler gives the same answer.
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
CREATE FUNCTION pg_temp.valid(literal text, type text) RETURNS boolean
LANGUAGE sql AS 'SELECT pg_input_is_valid($1, $2)';
\else
CREATE FUNCTION pg_temp.valid(literal text, type text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT %L::%s', literal, type);
	RETURN true;
EXCEPTION WHEN data_exception THEN
	RETURN false;
END $$;
\endif
SELECT type, literal, pg_temp.valid(literal, type)
FROM (VALUES
	('simhash', '0123456789abcdef'),
	('simhash', '0123456789abcde'),
	('simhash', '0123456789abcdex'),
	('simhash', ''),
	('simhash(64)', '0123456789abcdef'),
	('simhash(128)', '0123456789abcdef'),
	('simhash(128)', '0123456789abcdef0123456789abcdef'),
	('simhash_ball', '<0123456789abcdef,3>'),
	('simhash_ball', '<0123456789abcdef,-3>'),
	('simhash_ball', '<0123456789abcde,3>'),
	('simhash_ball', '<0123456789abcdef,2147483648>')
) v (type, literal);

-- The type modifier is a width.
SELECT '0123456789abcdef'::simhash(64);
SELECT format_type('simhash'::regtype, 256) AS type;
SELECT '0123456789abcdef'::simhash(0);
SELECT '0123456789abcdef'::simhash(63);
SELECT '0123456789abcdef'::simhash(65);
SELECT '0123456789abcdef'::simhash(1088);
SELECT '0123456789abcdef'::simhash(-64);
SELECT '0123456789abcdef'::simhash(64, 2);
SELECT '0123456789abcdef'::simhash(x);
SELECT '0123456789abcdef'::simhash(99999999999);

-- Neither a literal nor a cast is cut or filled up to it.
SELECT '0123456789abcdef'::simhash(128);
SELECT '0123456789abcdef'::simhash::simhash(128);
SELECT '0123456789abcdef0123456789abcdef'::simhash::simhash(64);

-- A column of simhash(n) takes no other width, by whatever way it comes.
CREATE TABLE typed (id int, fp simhash(64));
INSERT INTO typed VALUES (1, '0123456789abcdef'), (2, NULL);
INSERT INTO typed VALUES (3, '0123456789abcdef0123456789abcdef');
INSERT INTO typed SELECT 3, to_simhash('a text', 128);
UPDATE typed SET fp = to_simhash('a text', 128);
COPY typed FROM stdin;
3	0123456789abcdef0123456789abcdef
\.
COPY typed FROM stdin;
3	fedcba9876543210
\.
ALTER TABLE typed ALTER fp TYPE simhash(128);
ALTER TABLE typed ALTER fp TYPE simhash;
UPDATE typed SET fp = to_simhash('a text', 128) WHERE id = 3;
ALTER TABLE typed ALTER fp TYPE simhash(64);
SELECT * FROM typed ORDER BY id;
DROP TABLE typed;

-- Casts are explicit, in both directions, and keep every bit.
SELECT (x'8000000000000001'::simhash), simhash(x'8000000000000001'),
	simhash '8000000000000001' :: bit(64);
SELECT '\x8000000000000001'::bytea::simhash, simhash '8000000000000001' :: bytea;
SELECT (-1)::bigint::simhash, 1::bigint::simhash, (-9223372036854775808)::simhash,
	simhash 'ffffffffffffffff' :: bigint, simhash '8000000000000000' :: bigint;
-- As an unsigned number, whole and exact; its lower half is bigint's.
SELECT 15000000000000000001::simhash, 0::numeric::simhash, 18446744073709551615::simhash,
	9223372036854775807::numeric::simhash = 9223372036854775807::bigint::simhash AS same, 17.000::simhash;
SELECT simhash 'd02ab486cedc0001' :: numeric, simhash 'ffffffffffffffff' :: numeric,
	simhash '0000000000000000' :: numeric;
SELECT bool_and(n::simhash::numeric = n) AS same, bool_and(n::simhash = (n - CASE WHEN n < 2 ^ 63::numeric THEN 0 ELSE 2 ^ 64::numeric END)::bigint::simhash) AS by_bigint
FROM generate_series(0, 18446744073709551615, 97530864197530864) n;
SELECT 18446744073709551616::simhash;
SELECT 184467440737095516150::simhash;
SELECT 1e30::numeric::simhash;
SELECT (-1)::numeric::simhash;
SELECT 0.5::simhash;
SELECT 15000000000000000001.0000001::simhash;
SELECT 'NaN'::numeric::simhash;
SELECT 'Infinity'::numeric::simhash;
SELECT to_simhash('one two three', 128)::numeric;
SELECT count(*) AS widths,
	bool_and(fp = fp::bytea::simhash) AS by_bytea,
	bool_and(fp = fp::text::simhash) AS by_text,
	bool_and(fp = simhash("bit"(fp, -1, true))) AS by_bit
FROM generate_series(64, 1024, 64) bits, to_simhash('one two three', bits) fp;
SELECT bit_length(fp::bit(1024)), fp::bit(1024)::simhash = fp AS same
FROM to_simhash('one two three', 1024) fp;

-- Bit 0 is the first digit's highest bit, in bit strings as well.
SELECT get_bit(simhash '8000000000000002' :: bit(64), 0) AS first,
	get_bit(simhash '8000000000000002' :: bit(64), 62) AS last_but_one;

-- A bit string or bytea of another width is refused, and so is a cast that
-- would cut a fingerprint. (bit alone is bit(1).)
SELECT b''::simhash;
SELECT b'1'::simhash;
SELECT b'101'::bit(65)::simhash;
SELECT b'1'::bit(1088)::simhash;
SELECT ''::bytea::simhash;
SELECT '\x00'::bytea::simhash;
SELECT decode(repeat('00', 136), 'hex')::simhash;
SELECT simhash '0123456789abcdef' :: bit(63);
SELECT simhash '0123456789abcdef' :: bit(128);
SELECT simhash '0123456789abcdef' :: bit;
SELECT to_simhash('one two three', 128)::bigint;

-- bit varying goes by bit; there is no way to a number of another type.
SELECT simhash '0123456789abcdef' :: bit(64)::varbit::bit(64)::simhash;
SELECT b'1'::varbit::simhash;
SELECT simhash '0123456789abcdef' :: int;
SELECT 1::int::simhash;

-- No cast happens by itself.
CREATE TABLE plain (fp simhash, b bytea, n bigint);
INSERT INTO plain (fp) VALUES ('\x0123456789abcdef'::bytea);
INSERT INTO plain (fp) VALUES (1::bigint);
INSERT INTO plain (b) VALUES (simhash '0123456789abcdef');
INSERT INTO plain (n) VALUES (simhash '0123456789abcdef');
DROP TABLE plain;

-- The binary form: the bytes, nothing else.
SELECT simhash_send('0123456789abcdef'), simhash_ball_send('<0123456789abcdef,3>');

-- Order: width first, then the bits as they read.
CREATE TABLE mixed (id serial, fp simhash);
INSERT INTO mixed (fp) VALUES
	('ffffffffffffffff'), ('0000000000000000'), (NULL), ('8000000000000000'),
	('7fffffffffffffff'), ('00000000000000000000000000000000'),
	('0000000000000000ffffffffffffffff'), ('0000000000000000'),
	(repeat('0', 256)::simhash), ((repeat('0', 255) || '1')::simhash), (NULL),
	((repeat('0', 240) || '8000000000000000')::simhash);
SELECT id, bit_length(fp) AS bits, right(fp::text, 32) AS fp FROM mixed ORDER BY fp, id;
SELECT id FROM mixed ORDER BY fp DESC NULLS LAST, id;

-- Comparisons agree with each other over every pair, and never fail.
SELECT count(*) AS pairs,
	bool_and((a.fp = b.fp) = (a.fp::text = b.fp::text)) AS eq_is_text_eq,
	bool_and((a.fp = b.fp) = (b.fp = a.fp)) AS eq_commutes,
	bool_and((a.fp <> b.fp) = NOT (a.fp = b.fp)) AS ne,
	bool_and((a.fp < b.fp) = (b.fp > a.fp)) AS lt_gt,
	bool_and((a.fp <= b.fp) = NOT (a.fp > b.fp)) AS le,
	bool_and((a.fp >= b.fp) = NOT (a.fp < b.fp)) AS ge,
	bool_and(sign(simhash_cmp(a.fp, b.fp)) = -sign(simhash_cmp(b.fp, a.fp))) AS cmp_antisymmetric,
	bool_and((simhash_cmp(a.fp, b.fp) < 0) = (a.fp < b.fp)) AS cmp_lt,
	bool_and(a.fp <> b.fp OR simhash_hash(a.fp) = simhash_hash(b.fp)) AS hash,
	bool_and(a.fp <> b.fp OR simhash_hash_extended(a.fp, 7) = simhash_hash_extended(b.fp, 7)) AS hash_extended
FROM mixed a, mixed b
WHERE a.fp IS NOT NULL AND b.fp IS NOT NULL;

-- The extended hash with seed 0 continues the plain one, as the hash access
-- method asks for; another seed gives another hash.
SELECT bool_and((simhash_hash_extended(fp, 0) & 4294967295)::bit(32) = simhash_hash(fp)::bit(32)) AS continues,
	bool_and(simhash_hash_extended(fp, 0) <> simhash_hash_extended(fp, 1)) AS seeded
FROM mixed;

-- DISTINCT, GROUP BY and set operations over mixed widths, by sort and by hash.
SELECT count(DISTINCT fp) FROM mixed;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT fp FROM mixed GROUP BY fp) g;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) FROM (SELECT fp FROM mixed GROUP BY fp) g;
RESET enable_hashagg;
RESET enable_sort;
SELECT count(*) FROM (SELECT fp FROM mixed INTERSECT SELECT fp FROM mixed) i;

-- Enough rows for sorts by abbreviated keys, joins and indexes: four widths,
-- fingerprints that share their first 60 bits and more among them.
CREATE TABLE many AS
SELECT i AS id, CASE i % 5
		WHEN 0 THEN to_simhash('w' || i % 700, 64)
		WHEN 1 THEN to_simhash('w' || i % 700, 256)
		WHEN 2 THEN (i % 300)::bigint::simhash
		WHEN 3 THEN (repeat('0', 16) || to_simhash('w' || i % 700, 64)::text)::simhash
		ELSE to_simhash('w' || i, 1024) END AS fp
FROM generate_series(1, 5000) i;
SELECT count(*), bool_and(previous <= fp) AS in_order
FROM (SELECT fp, lag(fp) OVER (ORDER BY fp) AS previous FROM many) o
WHERE previous IS NOT NULL;

-- The three joins give the same.
SET work_mem = '4MB';
SET enable_hashjoin = on; SET enable_mergejoin = off; SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b USING (fp);
SELECT count(*) FROM many a JOIN many b USING (fp);
SET enable_hashjoin = off; SET enable_mergejoin = on;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many a JOIN many b USING (fp);
SELECT count(*) FROM many a JOIN many b USING (fp);
SET enable_mergejoin = off; SET enable_nestloop = on;
SELECT count(*) FROM many a JOIN many b USING (fp);
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_nestloop;

-- btree: equality, ranges, order, uniqueness; deduplication is allowed, as
-- equal fingerprints are the same bytes.
CREATE INDEX many_btree ON many (fp);
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT id FROM many WHERE fp = '0000000000000007' ORDER BY fp;
SELECT count(*) FROM many WHERE fp = '0000000000000007';
SELECT count(*) FROM many WHERE fp >= '0000000000000007' AND fp < '000000000000000a';
SELECT count(*) FROM many WHERE fp < '00000000000000000000000000000000';
EXPLAIN (COSTS OFF) SELECT fp FROM many ORDER BY fp DESC LIMIT 3;
SELECT bit_length(fp) FROM many ORDER BY fp DESC LIMIT 3;
SELECT bit_length(fp) FROM many ORDER BY fp LIMIT 1;
DROP INDEX many_btree;
CREATE UNIQUE INDEX ON mixed (fp) WHERE id < 8;
INSERT INTO mixed (id, fp) VALUES (5, '8000000000000000');
CREATE UNIQUE INDEX ON mixed (fp);

-- hash index
CREATE INDEX many_hash ON many USING hash (fp);
EXPLAIN (COSTS OFF) SELECT id FROM many WHERE fp = '0000000000000007';
SELECT count(*) FROM many WHERE fp = '0000000000000007';
SELECT count(*) FROM many WHERE fp = to_simhash('w4', 1024);
RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort;
DROP INDEX many_hash;

-- Statistics of mixed widths, and what the planner makes of them: a value
-- that is common is expected to be common.
ANALYZE many;
SELECT null_frac, n_distinct < 0 AS distinct_known, most_common_vals IS NOT NULL AS common_known,
	histogram_bounds IS NOT NULL AS histogram_known
FROM pg_stats WHERE tablename = 'many' AND attname = 'fp';

-- Hash partitioning, with partitionwise aggregates and pruning.
CREATE TABLE parted (id int, fp simhash) PARTITION BY HASH (fp);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT * FROM many;
SELECT count(DISTINCT tableoid) AS partitions, count(*) FROM parted;
SELECT count(*) FROM parted_0 JOIN parted_1 USING (fp);
EXPLAIN (COSTS OFF) SELECT * FROM parted WHERE fp = '0000000000000007';
SELECT count(*) FROM parted WHERE fp = '0000000000000007';
DROP TABLE parted;

-- Range partitioning follows the order: one partition a width.
CREATE TABLE ranged (fp simhash) PARTITION BY RANGE (fp);
CREATE TABLE ranged_64 PARTITION OF ranged FOR VALUES FROM (MINVALUE) TO ('00000000000000000000000000000000');
CREATE TABLE ranged_more PARTITION OF ranged FOR VALUES FROM ('00000000000000000000000000000000') TO (MAXVALUE);
INSERT INTO ranged SELECT fp FROM many;
SELECT tableoid::regclass, min(bit_length(fp)), max(bit_length(fp)) FROM ranged GROUP BY 1 ORDER BY 1;
DROP TABLE ranged;

-- An order, but not a quantity: there is no least fingerprint to ask for.
\set VERBOSITY terse
SELECT min(fp) FROM many;
\set VERBOSITY default

-- Size in a table: the bits and a byte. In memory the header has four.
CREATE TABLE stored (doc text, fp simhash(256) GENERATED ALWAYS AS (to_simhash(doc)) STORED);
INSERT INTO stored VALUES ('The same text'), ('the SAME text!'), (NULL), ('...');
SELECT doc, fp = to_simhash('the same text') AS same, pg_column_size(fp) FROM stored;
SELECT pg_column_size(to_simhash('The same text'));
UPDATE stored SET doc = 'Another text' WHERE doc = '...';
SELECT fp = to_simhash('another text') AS same FROM stored WHERE doc = 'Another text';
INSERT INTO stored (doc, fp) VALUES ('x', '0123456789abcdef');
ALTER TABLE stored ADD short simhash(64) GENERATED ALWAYS AS (to_simhash(doc, 128)) STORED;
DROP TABLE stored;

-- Fingerprints out of line: a row too long for its page keeps working, and
-- comparing or hashing them leaves nothing behind.
DO $$
BEGIN
	EXECUTE 'CREATE TABLE wide ('
		|| (SELECT string_agg('fp' || i || ' simhash', ', ') FROM generate_series(1, 100) i) || ')';
	EXECUTE 'INSERT INTO wide SELECT '
		|| (SELECT string_agg('to_simhash(''w'' || ' || i || ' || r, 1024)', ', ') FROM generate_series(1, 100) i)
		|| ' FROM generate_series(1, 20) r';
END $$;
SELECT pg_relation_size(reltoastrelid) > 0 AS toasted FROM pg_class WHERE relname = 'wide';
SELECT count(*) FROM wide a JOIN wide b ON a.fp1 = b.fp1 AND a.fp99 = b.fp99 AND a.fp100 <-> b.fp100 = 0;
SELECT count(DISTINCT fp100), count(DISTINCT fp1) FROM wide;
CREATE INDEX ON wide (fp1, fp100);
DROP TABLE wide;

-- NULL in, NULL out.
SELECT NULL::simhash IS NULL AS a, (NULL::simhash)::simhash(64) IS NULL AS b,
	bit_length(NULL::simhash) IS NULL AS c, NULL::bigint::simhash IS NULL AS d,
	(NULL::simhash = '0123456789abcdef') IS NULL AS e, NULL::simhash::bytea IS NULL AS f;

-- Arrays, rows and domains of it.
SELECT ARRAY['0123456789abcdef', 'fedcba9876543210']::simhash(64)[] AS fps;
SELECT ARRAY['0123456789abcdef']::simhash(128)[];
SELECT ROW(simhash '0123456789abcdef', 1) = ROW(simhash '0123456789ABCDEF', 1) AS rows_equal;
CREATE DOMAIN fp64 AS simhash(64) NOT NULL;
SELECT '0123456789abcdef'::fp64, fp64 '0123456789abcdef' <-> 'fedcba9876543210' AS distance;
SELECT 'fedcba98765432100123456789abcdef'::fp64;
DROP DOMAIN fp64;

DROP TABLE many, mixed;
