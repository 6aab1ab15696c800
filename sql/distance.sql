--
-- Distance, similarity, the threshold of %, and balls
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- The Hamming distance: the bits that differ, over every width.
SELECT simhash '0000000000000000' <-> '0000000000000000' AS none,
	simhash '0000000000000000' <-> '0000000000000001' AS one,
	simhash '0123456789abcdef' <-> 'fedcba9876543210' AS all;
SELECT bits, repeat('0', bits / 4)::simhash <-> repeat('f', bits / 4)::simhash AS all,
	repeat('0', bits / 4)::simhash <-> repeat('1', bits / 4)::simhash AS a_quarter
FROM generate_series(64, 1024, 64) bits;

-- It is what bit strings say, and a metric: symmetric, 0 for equals only, no
-- detour shorter.
CREATE TABLE fps AS
SELECT i AS id, to_simhash('w' || i % 40 || ' w' || i % 7, 256, 1) AS fp FROM generate_series(1, 60) i;
SELECT count(*) AS pairs,
	bool_and(a.fp <-> b.fp = length(replace((a.fp::bit(256) # b.fp::bit(256))::text, '0', ''))) AS by_bits,
	bool_and(a.fp <-> b.fp = b.fp <-> a.fp) AS symmetric,
	bool_and((a.fp <-> b.fp = 0) = (a.fp = b.fp)) AS zero_is_equal
FROM fps a, fps b;
SELECT bool_and(a.fp <-> c.fp <= (a.fp <-> b.fp) + (b.fp <-> c.fp)) AS triangle
FROM fps a, fps b, fps c WHERE a.id < 20 AND b.id < 20 AND c.id < 20;

-- The widest value that can be is stored short or long, aligned or not.
CREATE TABLE shifted AS
SELECT pad, repeat('f', 256)::simhash AS f, repeat('0', 256)::simhash AS o
FROM (SELECT repeat('p', i) AS pad FROM generate_series(0, 8) i) p;
SELECT count(*), min(f <-> o), max(f <-> o) FROM shifted;
DROP TABLE shifted;

-- Widths that differ have no distance; the error names both.
SELECT simhash '0123456789abcdef' <-> repeat('0', 64)::simhash;
SELECT similarity(repeat('0', 32)::simhash, '0123456789abcdef');
-- But they meet no condition, at whatever radius; and the negation of all.
SET simhash.similarity_threshold = 0;
SELECT bool_or(a % b) AS similar, bool_or(simhash_dwithin(a, b, 2000)) AS dwithin, bool_or(a <@ simhash_ball(b, 2000)) AS in_ball,
	bool_or(simhash_ball(b, 2000) @> a) AS has, bool_or(a = b) AS equal, bool_and(NOT a % b AND a <> b) AS "not", count(*) AS pairs
FROM (SELECT repeat('0', bits / 4)::simhash FROM generate_series(64, 1024, 64) bits) x (a),
	(SELECT repeat('0', bits / 4)::simhash FROM generate_series(64, 1024, 64) bits) y (b)
WHERE bit_length(a) <> bit_length(b);
RESET simhash.similarity_threshold;
\set VERBOSITY sqlstate
SELECT simhash '0123456789abcdef' <-> repeat('0', 64)::simhash;
\set VERBOSITY default

-- Similarity: the cosine of the angle that the distance stands for, rounded
-- here as machines may differ in the last digit; 0 from a right angle on.
SELECT bits, round(similarity(repeat('0', 64)::simhash, (repeat('f', bits / 4) || repeat('0', 64 - bits / 4))::simhash)::numeric, 10)
FROM (VALUES (0), (4), (64), (124), (128), (132), (256)) v (bits);

-- The radius at a similarity is the largest distance that has it.
SELECT bits, simhash_radius(bits, 1) AS same, simhash_radius(bits, 0.9) AS "0.9",
	simhash_radius(bits, 0.72) AS "0.72", simhash_radius(bits, 0.6) AS "0.6",
	simhash_radius(bits, 1e-300) AS "almost 0", simhash_radius(bits, 0) AS all
FROM (VALUES (64), (128), (192), (256), (512), (1024)) v (bits);

-- So it is for every width and a thousand similarities, and where the
-- similarity is exactly that of a distance: at the radius the pair is
-- similar, one bit further it isn't.
CREATE TABLE similarity_of (bits int, distance int, similarity float8, PRIMARY KEY (bits, distance));
DO $$
DECLARE
	bits int;
	d int;
	near bytea;
BEGIN
	FOREACH bits IN ARRAY ARRAY[64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024] LOOP
		near := decode(repeat('00', bits / 8), 'hex');
		FOR d IN 0 .. bits LOOP
			INSERT INTO similarity_of VALUES (bits, d, similarity(repeat('0', bits / 4)::simhash, near::simhash));
			IF d < bits THEN
				near := set_bit(near, d, 1);
			END IF;
		END LOOP;
	END LOOP;
END $$;
SELECT count(*) AS distances, min(similarity), max(similarity) FROM similarity_of;
SELECT count(*) AS asked,
	count(*) FILTER (WHERE at.similarity >= asked.s) AS at_radius,
	count(*) FILTER (WHERE beyond.similarity IS NULL OR beyond.similarity < asked.s) AS beyond
FROM (
	SELECT bits, i / 1000.0::float8 AS s FROM generate_series(64, 1024, 64) bits, generate_series(0, 1000) i
	UNION ALL
	SELECT bits, similarity FROM similarity_of
) asked
JOIN similarity_of at ON at.bits = asked.bits AND at.distance = simhash_radius(asked.bits, asked.s)
LEFT JOIN similarity_of beyond ON beyond.bits = asked.bits AND beyond.distance = at.distance + 1;
DROP TABLE similarity_of;

-- What is no similarity, what is no width.
SELECT simhash_radius(256, 1.0000001);
SELECT simhash_radius(256, -0.1);
SELECT simhash_radius(256, 'NaN');
SELECT simhash_radius(256, 'infinity');
SELECT simhash_radius(0, 0.5);
SELECT simhash_radius(100, 0.5);
SELECT simhash_radius(-256, 0.5);
SELECT simhash_radius(NULL, 0.5) IS NULL AS a, simhash_radius(256, NULL) IS NULL AS b;

-- The setting behind %. It takes a number from 0 to 1.
SHOW simhash.similarity_threshold;
SET simhash.similarity_threshold = 1.1;
SET simhash.similarity_threshold = -0.5;
SET simhash.similarity_threshold = 'NaN';
SET simhash.similarity_threshold = 'high';
SET simhash.no_such_setting = 1;
BEGIN;
SET LOCAL simhash.similarity_threshold = 0.5;
SELECT simhash_radius(64, 0.5), simhash '0000000000000000' % '00000000001fffff' AS at_21, simhash '0000000000000000' % '00000000003fffff' AS at_22;
COMMIT;
SHOW simhash.similarity_threshold;
SELECT name, vartype, context, min_val, max_val, boot_val, short_desc
FROM pg_settings WHERE name LIKE 'simhash.%' ORDER BY name;

-- a % b is a distance up to the radius of the threshold, at any threshold.
CREATE FUNCTION pg_temp.agrees(float8) RETURNS TABLE (threshold float8, radius int, similar_pairs bigint, agree boolean)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('simhash.similarity_threshold', $1::text, true);
	RETURN QUERY
	SELECT $1, simhash_radius(256, $1), count(*) FILTER (WHERE a.fp % b.fp),
		bool_and((a.fp % b.fp) = (a.fp <-> b.fp <= simhash_radius(256, $1)))
	FROM fps a, fps b;
END $$;
SELECT agrees.* FROM (VALUES (0), (0.001), (0.3), (0.5), (0.72), (0.9), (1)) v (threshold), pg_temp.agrees(v.threshold::float8) agrees;
RESET simhash.similarity_threshold;

-- A prepared statement follows the setting, as % is not folded away.
PREPARE alike AS SELECT simhash '0000000000000000' % '00000000003fffff' AS alike;
EXECUTE alike;
SET simhash.similarity_threshold = 0.4;
EXECUTE alike;
RESET simhash.similarity_threshold;
EXECUTE alike;
DEALLOCATE alike;

-- A ball is a center and a radius.
SELECT simhash_ball '<0123456789ABCDEF,3>', simhash_ball('0123456789abcdef', 3),
	simhash_ball '<0123456789abcdef,007>', simhash_ball '<0123456789abcdef,2147483647>';
SELECT bool_and(simhash_ball(fp, r)::text = format('<%s,%s>', fp, r)) AS texts
FROM generate_series(64, 1024, 64) bits, to_simhash('one two', bits) fp, unnest(ARRAY[0, 1, 1024, 2147483647]) r;
SELECT simhash_ball '';
SELECT simhash_ball '0123456789abcdef';
SELECT simhash_ball '<0123456789abcdef>';
SELECT simhash_ball '<0123456789abcdef,>';
SELECT simhash_ball '<0123456789abcdef,-1>';
SELECT simhash_ball '<0123456789abcdef,+1>';
SELECT simhash_ball '<0123456789abcdef, 1>';
SELECT simhash_ball '<0123456789abcdef,1.5>';
SELECT simhash_ball '<0123456789abcdef,1';
SELECT simhash_ball '<0123456789abcdef,1> ';
SELECT simhash_ball '<0123456789abcde,1>';
SELECT simhash_ball '<,1>';
SELECT simhash_ball '<0123456789abcdef,2147483648>';
SELECT simhash_ball '<0123456789abcdef,99999999999999999999999999>';
SELECT ('<' || repeat('9', 100000))::simhash_ball;

-- What lies in it: all up to the radius; with a radius of the width or more,
-- everything.
SELECT r, simhash '0000000000000007' <@ simhash_ball('0000000000000000', r) AS in_ball,
	simhash_ball('0000000000000000', r) @> '0000000000000007' AS has,
	simhash_dwithin('0000000000000000', '0000000000000007', r) AS dwithin,
	simhash_dwithin('0000000000000000', 'ffffffffffffffff', r) AS opposite
FROM (VALUES (0), (2), (3), (4), (63), (64), (65), (2147483647)) v (r);
SELECT count(*) AS tests,
	bool_and((a.fp <@ simhash_ball(b.fp, r)) = (a.fp <-> b.fp <= r)) AS in_ball,
	bool_and((simhash_ball(b.fp, r) @> a.fp) = (a.fp <-> b.fp <= r)) AS has,
	bool_and(simhash_dwithin(a.fp, b.fp, r) = (a.fp <-> b.fp <= r)) AS dwithin
FROM fps a, fps b, generate_series(0, 256, 16) r;
SELECT simhash_ball('0123456789abcdef', -1);
SELECT simhash_dwithin('0123456789abcdef', '0123456789abcdef', -1);
SELECT simhash_dwithin('0123456789abcdef', '0123456789abcdef', -2147483648);

-- Stored balls: subscriptions, say, each with a radius of its own.
CREATE TABLE watch (id int, ball simhash_ball);
INSERT INTO watch SELECT id, simhash_ball(fp, 20 * id) FROM fps WHERE id <= 5;
SELECT id, pg_column_size(ball) FROM watch ORDER BY id LIMIT 1;
SELECT w.id, count(*) FROM watch w JOIN fps ON fp <@ ball GROUP BY 1 ORDER BY 1;
DROP TABLE watch;

-- NULL in, NULL out.
SELECT (NULL <-> simhash '0123456789abcdef') IS NULL AS a,
	(NULL % simhash '0123456789abcdef') IS NULL AS b,
	similarity(NULL, simhash '0123456789abcdef') IS NULL AS c,
	simhash_ball(NULL, 3) IS NULL AS d, simhash_ball('0123456789abcdef', NULL) IS NULL AS e,
	(NULL::simhash <@ simhash_ball '<0123456789abcdef,3>') IS NULL AS f,
	simhash_dwithin('0123456789abcdef', '0123456789abcdef', NULL) IS NULL AS g;

DROP TABLE fps;
