--
-- to_simhash() in its three forms, simhash_from_hashes(), and the aggregate
-- simhash_agg()
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- The vectors of doc/fingerprint.md that any encoding can hold.
SELECT call, value FROM (VALUES
	('Hello, world; 64', to_simhash('Hello, world', 64)::text),
	('hello; 64', to_simhash('hello', 64)::text),
	('one two three two one two; 128', to_simhash('one two three two one two', 128)::text),
	('one two three two one two; 64, 1', to_simhash('one two three two one two', 64, 1)::text),
	('one two three two one two; 64, 3', to_simhash('one two three two one two', 64, 3)::text),
	('a, b, empty; 1, .5, 3', to_simhash(array['a', 'b', ''], array[1, 0.5, 3], 64)::text),
	('16 and 17 bytes', to_simhash(array['sixteen bytes ok', 'seventeen bytes !'], NULL, 64)::text),
	('tsvector', to_simhash('''cat'':2A,5 ''sat'':3 ''mat'':6B'::tsvector, 64)::text),
	('tsvector, stripped', to_simhash('''cat'' ''sat'' ''mat'''::tsvector, 64)::text),
	('weights 1, 1, 3', simhash_from_hashes(array[1, 2, 4]::bigint[], array[1, 1, 3])::text)
) v (call, value);

-- Values known elsewhere: the majority of each bit of three hashes; a hash
-- and its complement, which leave each bit a tie.
SELECT simhash_from_hashes(array[x'ABCD'::bigint, x'BCDE'::bigint, x'CDEF'::bigint])::bigint = x'ADCF'::bigint AS majority,
	simhash_from_hashes(array[x'ABCD'::bigint, ~x'ABCD'::bigint]) AS tie;

-- No other array of numbers is taken for hashes; they are features as texts.
SELECT to_simhash(array[101, 102, 103]);
SELECT to_simhash(array[101, 102, 103]::bigint[]);
SELECT to_simhash(array[1.5, 2]);
SELECT similarity(to_simhash(array[101, 102, 103]::text[]), to_simhash(array[104, 105, 106]::text[])) < 0.3 AS far;

-- The width is 256 unless given, and a narrow fingerprint is the beginning of
-- a wide one.
SELECT bit_length(to_simhash('one two')), bit_length(to_simhash(array['one'])),
	bit_length(to_simhash('one'::tsvector)), bit_length(simhash_from_hashes(array[1::bigint]));
SELECT bool_and(starts_with(to_simhash('one two three', 1024)::text, to_simhash('one two three', bits)::text)) AS text,
	bool_and(starts_with(to_simhash('one:1 two:2,3', 1024)::text, to_simhash('one:1 two:2,3', bits)::text)) AS tsvector,
	bool_and(starts_with(to_simhash(array['a', 'b'], array[1, 2], 1024)::text, to_simhash(array['a', 'b'], array[1, 2], bits)::text)) AS features
FROM generate_series(64, 1024, 64) bits;
SELECT to_simhash('one two', 0);
SELECT to_simhash('one two', 63);
SELECT to_simhash('one two', 65);
SELECT to_simhash('one two', 1088);
SELECT to_simhash('one two', -64);
SELECT to_simhash('one'::tsvector, 100);
SELECT to_simhash(array['one'], NULL, 2147483647);

-- A literal that may be of any type is a text; the arguments have names.
SELECT to_simhash('{a,b}') = to_simhash('a b'::text) AS text,
	to_simhash(array['a', 'b'], bits => 64) = to_simhash(array['a', 'b'], NULL, 64) AS bits,
	to_simhash('one two three', shingle => 1) = to_simhash(document => 'one two three', bits => 256, shingle => 1) AS shingle;

-- Shingles: of 1 to 16 words. A text that is shorter has its words.
SELECT to_simhash('a b c d e f g h i j k l m n o p q', 64, 16) <> to_simhash('a b c d e f g h i j k l m n o p q', 64, 15) AS sixteen;
SELECT to_simhash('one two', 64, 3) = to_simhash('one two', 64, 1) AS shorter,
	to_simhash('one two', 64, 2) = to_simhash('one two', 64, 1) AS as_long,
	to_simhash('one two', 64, 3) = to_simhash('two one', 64, 3) AS shorter_in_no_order;
SELECT to_simhash('one two', 64, 0);
SELECT to_simhash('one two', 64, 17);
SELECT to_simhash('one two', 64, -1);

-- Shingles of one word are the words as features. Of a word that repeats, the
-- first eight occurrences are one each.
SELECT to_simhash('one two three', 128, 1) = to_simhash(array['one', 'two', 'three'], bits => 128) AS once,
	to_simhash('one two three' || repeat(' two', 6), 512, 1) <> to_simhash('one two three' || repeat(' two', 7), 512, 1) AS seven,
	to_simhash('one two three' || repeat(' two', 7), 512, 1) = to_simhash('one two three' || repeat(' two', 70), 512, 1) AS eight;

-- So one word doesn't drown a text: of 40 and 160 times the same word and a
-- dozen others, 8 of 20 features are the same, and the similarity says so.
SELECT times, abs(avg(similarity(to_simhash(repeat('[Music] ', times) || a, 1024), to_simhash(repeat('[Music] ', times) || b, 1024)))
	- 8.0 / 20) < 0.05 AS estimated
FROM unnest(ARRAY[40, 160]) times, generate_series(1, 200) i,
	LATERAL (SELECT string_agg('a' || i || 'x' || j, ' ') AS a, string_agg('b' || i || 'x' || j, ' ') AS b
			 FROM generate_series(1, 12) j) t
GROUP BY times ORDER BY times;

-- No text, no words, no features, no weights: no fingerprint.
SELECT to_simhash(NULL::text) IS NULL AS a, to_simhash('one', NULL::int) IS NULL AS b, to_simhash('one', 64, NULL) IS NULL AS c,
	to_simhash('') IS NULL AS d, to_simhash(' ... ') IS NULL AS e,
	to_simhash(NULL::tsvector) IS NULL AS f, to_simhash(''::tsvector) IS NULL AS g,
	to_simhash(NULL::text[]) IS NULL AS h, to_simhash('{}'::text[]) IS NULL AS i, to_simhash('{}'::text[], '{}') IS NULL AS j,
	to_simhash(array['a'], NULL, NULL) IS NULL AS k, to_simhash(array[NULL]::text[]) IS NULL AS l,
	to_simhash(array['a', 'b'], array[0, 0]) IS NULL AS m,
	simhash_from_hashes(NULL::bigint[]) IS NULL AS n, simhash_from_hashes('{}'::bigint[]) IS NULL AS o,
	simhash_from_hashes(array[1::bigint], array[0]) IS NULL AS p;

-- Features are taken as they stand: no folding, and the empty one counts.
SELECT to_simhash(array['a']) <> to_simhash(array['A']) AS cased, to_simhash(array['a b']) <> to_simhash('a b') AS whole,
	to_simhash(array['']) IS NOT NULL AS empty;

-- A NULL feature is none, whatever its weight; a NULL weight is 1; the bounds
-- of an array don't matter.
SELECT to_simhash(array['a', NULL, 'b'], array[1, 9, 2]) = to_simhash(array['a', 'b'], array[1, 2]) AS null_feature,
	to_simhash(array['a', 'b'], array[NULL, 2]::float8[]) = to_simhash(array['a', 'b'], array[1, 2]) AS null_weight,
	to_simhash('[5:6]={a,b}'::text[], '[-1:0]={1,2}') = to_simhash(array['a', 'b'], array[1, 2]) AS bounds,
	simhash_from_hashes(array[1, NULL, 2]::bigint[], array[1, 9, 2]) = simhash_from_hashes(array[1, 2]::bigint[], array[1, 2]) AS null_hash;

-- One dimension, equal lengths.
SELECT to_simhash(array[['a', 'b'], ['c', 'd']]);
SELECT to_simhash(array['a', 'b'], array[[1, 2]]);
SELECT to_simhash(array['a', 'b'], array[1]);
SELECT to_simhash(array['a'], '{}');
SELECT to_simhash('{}'::text[], array[1]);
SELECT simhash_from_hashes(array[1, 2]::bigint[], array[1, 2, 3]);
SELECT simhash_from_hashes(array[[1, 2]]::bigint[]);

-- A weight is a number from 0 to 2^20; of a NULL feature too.
SELECT to_simhash(array['a'], array['NaN'::float8]);
SELECT to_simhash(array['a'], array['infinity'::float8]);
SELECT to_simhash(array['a'], array['-infinity'::float8]);
SELECT to_simhash(array['a'], array[-1]);
SELECT to_simhash(array['a'], array[-1e-300]);
SELECT to_simhash(array['a'], array[1048577]);
SELECT to_simhash(array['a'], array[1e308]);
SELECT to_simhash(array[NULL, 'a'], array['NaN', 1]::float8[]);
SELECT simhash_from_hashes(array[1::bigint], array['NaN'::float8]);
SELECT to_simhash(array['a'], array[1048576]) = to_simhash(array['a']) AS largest,
	to_simhash(array['a'], array['-0'::float8]) IS NULL AS minus_zero,
	to_simhash(array['a'], array[1e-9]) IS NULL AS rounds_to_zero,
	to_simhash(array['a'], array[2.0 ^ -24]) = to_simhash(array['a']) AS smallest;

-- The sum of all stays below 2^39.
SELECT simhash_from_hashes(array_fill(1::bigint, array[524287]), array_fill(1048576::float8, array[524287]));
SELECT simhash_from_hashes(array_fill(1::bigint, array[524288]), array_fill(1048576::float8, array[524288]));
SELECT to_simhash(array_fill('a'::text, array[524288]), array_fill(1048576::float8, array[524288]), 64);

-- Linear in the weights: a feature twice is a feature of twice the weight, in
-- any order, and only proportions count.
SELECT to_simhash(array['a', 'b', 'c'], array[2, 1, 3], 512) = to_simhash(array['c', 'a', 'c', 'b', 'a', 'c'], bits => 512) AS repeats,
	to_simhash(array['a', 'b', 'c'], array[2, 1, 3], 512) = to_simhash(array['a', 'b', 'c'], array[0.5, 0.25, 0.75], 512) AS proportions,
	to_simhash(array['a', 'b', 'c'], array[2, 1, 0], 512) = to_simhash(array['a', 'b'], array[2, 1], 512) AS zero_is_absent,
	to_simhash(array['a', 'b'], array[1000, 1], 512) = to_simhash(array['a'], bits => 512) AS outweighed;

-- What it is for: the more two sets of features share, the nearer their
-- fingerprints. (Of 1024 bits; 512 is chance.)
SELECT shared, to_simhash(a, bits => 1024) <-> to_simhash(b, bits => 1024) AS distance
FROM (VALUES (200), (180), (100), (20), (0)) v (shared),
	LATERAL (SELECT array_agg('w' || i) AS a FROM generate_series(1, 200) i) a,
	LATERAL (SELECT array_agg('w' || i) AS b FROM generate_series(201 - shared, 400 - shared) i) b;

-- tsvector: positions count by their label, D, C, B and A as 1, 2, 4 and 10
-- do; a lexeme without positions once.
SELECT to_simhash('cat:1A dog:2'::tsvector) = to_simhash('cat:1,2,3,4,5,6,7,8,9,10 dog:11'::tsvector) AS a,
	to_simhash('cat:1B dog:2'::tsvector) = to_simhash('cat:1,2,3,4 dog:11'::tsvector) AS b,
	to_simhash('cat:1C,2 dog:2'::tsvector) = to_simhash('cat:1,2,3 dog:11'::tsvector) AS c,
	to_simhash('cat:1D dog:2'::tsvector) = to_simhash('cat dog'::tsvector) AS d;
SELECT to_simhash(strip(to_tsvector('simple', 'one two two'))) = to_simhash(array['one', 'two']) AS stripped,
	to_simhash(to_tsvector('simple', 'one two two three two two')) = to_simhash('one two two three two two', 256, 1) AS as_text,
	to_simhash(to_tsvector('english', 'The cats sat')) = to_simhash(to_tsvector('english', 'A cat, sat!')) AS stemmed;

-- A lexeme is taken as it stands, as a feature is.
SELECT to_simhash('Cat'::tsvector) = to_simhash(array['Cat']) AS lexeme;

-- The aggregate is the array form over rows.
CREATE TABLE feature (id int, g int, f text, w float8);
INSERT INTO feature
SELECT i, i % 7, CASE WHEN i % 11 = 0 THEN NULL ELSE 'w' || i % 97 END, CASE WHEN i % 13 = 0 THEN NULL ELSE i % 5 END
FROM generate_series(1, 3000) i;
SELECT simhash_agg(f) = to_simhash(array_agg(f)) AS features,
	simhash_agg(f, w) = to_simhash(array_agg(f), array_agg(w)) AS weighted,
	simhash_agg(f, w, 64) = to_simhash(array_agg(f), array_agg(w), 64) AS narrow,
	simhash_agg(f, w, 1024) = to_simhash(array_agg(f), array_agg(w), 1024) AS wide
FROM feature;
SELECT g, simhash_agg(f, w, 128) = to_simhash(array_agg(f), array_agg(w), 128) AS by_group
FROM feature GROUP BY g ORDER BY g;
SELECT simhash_agg(DISTINCT f) = to_simhash(array_agg(DISTINCT f)) AS "distinct",
	simhash_agg(f, w ORDER BY id DESC) = simhash_agg(f, w) AS ordered,
	simhash_agg(f) FILTER (WHERE g = 3) = to_simhash(array_agg(f) FILTER (WHERE g = 3)) AS filtered
FROM feature;

-- Of no row, of no feature, of no weight: NULL. A weight that is NULL is 1.
SELECT simhash_agg(f) IS NULL AS no_row FROM feature WHERE false;
SELECT simhash_agg(NULL) IS NULL AS no_feature, simhash_agg(NULL, 1, 64) IS NULL AS none_weighted,
	simhash_agg('a', 0) IS NULL AS no_weight, simhash_agg('a', NULL) = to_simhash(array['a']) AS null_weight;

-- Its errors are those of the array form, and of a width that isn't one.
SELECT simhash_agg(f, -1) FROM feature;
SELECT simhash_agg(f, 'NaN') FROM feature;
SELECT simhash_agg(f, 1, 65) FROM feature;
SELECT simhash_agg(f, 1, NULL) FROM feature;
SELECT simhash_agg(f, 1, CASE WHEN id < 100 THEN 64 ELSE 128 END ORDER BY id) FROM feature;
SELECT simhash_agg('a', 1048576) FROM generate_series(1, 524288);

-- As a window function, over a frame that moves, beside the array form.
SELECT count(*) AS rows, bool_and(moving = to_simhash(arr, bits => 256)) AS moving, bool_and(growing = to_simhash(all_before, bits => 256)) AS growing
FROM (SELECT simhash_agg(f) OVER frame AS moving, array_agg(f) OVER frame AS arr,
		simhash_agg(f) OVER before AS growing, array_agg(f) OVER before AS all_before
	FROM feature WHERE id <= 300
	WINDOW frame AS (PARTITION BY g ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING),
		before AS (PARTITION BY g ORDER BY id)) w;

-- By rollup and grouping sets, each group has its own state.
SELECT count(*) AS groups, bool_and(a = b) AS same
FROM (SELECT simhash_agg(f, w) AS a, to_simhash(array_agg(f), array_agg(w)) AS b
	FROM feature GROUP BY GROUPING SETS ((g), (id % 3), (g, id % 2), ())) s;

-- In parallel: states are made by workers and combined.
CREATE TABLE expected AS
SELECT g, simhash_agg(f) AS plain, simhash_agg(f, w, 512) AS weighted FROM feature GROUP BY g;
ALTER TABLE feature SET (parallel_workers = 2);
ANALYZE feature;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT simhash_agg(f), simhash_agg(f, w, 512) FROM feature;
SELECT simhash_agg(f) = to_simhash(array_agg(f)) AS same FROM feature;
CREATE TABLE parallel AS SELECT simhash_agg(f) AS plain, simhash_agg(f, w, 512) AS weighted FROM feature;
SELECT plain = (SELECT to_simhash(array_agg(f)) FROM feature) AS plain,
	weighted = (SELECT to_simhash(array_agg(f), array_agg(w), 512) FROM feature) AS weighted
FROM parallel;
DROP TABLE parallel;
SELECT count(*) AS groups, bool_and(a.plain = e.plain AND a.weighted = e.weighted) AS same
FROM (SELECT g, simhash_agg(f) AS plain, simhash_agg(f, w, 512) AS weighted FROM feature GROUP BY g) a
JOIN expected e USING (g);

-- Workers that see no row, or no feature, have no state to combine.
SELECT simhash_agg(f) = to_simhash(array['w1']) AS one_row FROM feature WHERE id = 1;
SELECT simhash_agg(f) IS NULL AS no_row FROM feature WHERE id < 0;
SELECT simhash_agg(f) IS NULL AS no_feature FROM feature WHERE f IS NULL;

-- An error in a worker is the query's: widths that change, wherever they meet.
\set VERBOSITY sqlstate
SELECT simhash_agg(f, 1, CASE WHEN id < 1500 THEN 64 ELSE 128 END) FROM feature;
\set VERBOSITY default
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- Partitions each have their part of a group.
CREATE TABLE parted (LIKE feature) PARTITION BY LIST (g);
CREATE TABLE parted_even PARTITION OF parted FOR VALUES IN (0, 2, 4, 6);
CREATE TABLE parted_odd PARTITION OF parted FOR VALUES IN (1, 3, 5);
INSERT INTO parted SELECT * FROM feature;
ANALYZE parted;
SET enable_partitionwise_aggregate = on;
SET cpu_tuple_cost = 1;
CREATE FUNCTION pg_temp.plan_has(query text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line LIKE '%' || node || '%' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$;
SELECT pg_temp.plan_has('SELECT coalesce(w, -1), simhash_agg(f, 1, 512) FROM parted GROUP BY 1', 'Partial') AS partial;
SELECT count(*) AS groups, bool_and(a.fp = b.fp) AS same
FROM (SELECT coalesce(w, -1) AS k, simhash_agg(f, 1, 512) AS fp FROM parted GROUP BY 1) a
JOIN (SELECT coalesce(w, -1) AS k, to_simhash(array_agg(f), NULL, 512) AS fp FROM feature GROUP BY 1) b USING (k);
RESET enable_partitionwise_aggregate;
RESET cpu_tuple_cost;
DROP TABLE parted, feature, expected;

-- The support functions by hand. States combine with NULL and with each
-- other, and what was combined is not changed.
CREATE TEMP TABLE state AS
SELECT simhash_agg_accum(simhash_agg_accum(NULL, 'a', 2, 64), 'b', 1, 64) AS ab,
	simhash_agg_accum(NULL, 'c', 4, 64) AS c,
	simhash_agg_accum(NULL, 'a', 1, 128) AS wide,
	simhash_agg_accum(NULL, 'a') AS standard;
SELECT simhash_agg_final(simhash_agg_combine(ab, c)) = to_simhash(array['a', 'b', 'c'], array[2, 1, 4], 64) AS combined,
	simhash_agg_combine(ab, c) = simhash_agg_combine(c, ab) AS commutes,
	simhash_agg_combine(NULL, c) = c AS null_left, simhash_agg_combine(c, NULL) = c AS null_right,
	simhash_agg_combine(NULL, NULL) IS NULL AS null_both, simhash_agg_final(NULL) IS NULL AS final_null,
	simhash_agg_accum(ab, NULL, 1, 64) = ab AS null_feature, simhash_agg_accum(NULL, NULL) IS NULL AS nothing,
	simhash_agg_final(ab) = to_simhash(array['a', 'b'], array[2, 1], 64) AS unchanged
FROM state;
SELECT simhash_agg_combine(ab, wide) FROM state;
SELECT simhash_agg_accum(ab, 'd', 1, 128) FROM state;
SELECT simhash_agg_accum(ab, 'd') FROM state;
SELECT bit_length(simhash_agg_final(simhash_agg_accum(standard, 'd', 1))) FROM state;

-- Sums that overflow only when they are put together.
CREATE AGGREGATE pg_temp.state_of(text, float8, int) (SFUNC = simhash_agg_accum, STYPE = bytea);
SELECT simhash_agg_final(simhash_agg_combine(s, s)) IS NOT NULL AS below FROM (SELECT pg_temp.state_of('a', 1048576, 64) AS s FROM generate_series(1, 262143)) t;
SELECT simhash_agg_combine(s, s) FROM (SELECT pg_temp.state_of('a', 1048576, 64) AS s FROM generate_series(1, 262144)) t;

-- Anything else that is called a state is an error, never a crash: every
-- length, zeros and noise, and states with a byte of their head changed.
SELECT simhash_agg_final('');
SELECT simhash_agg_combine(NULL, '\x00');
SELECT simhash_agg_accum('\x0102030405060708090a0b0c0d0e0f10', 'a');
CREATE FUNCTION pg_temp.refused(state bytea) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM simhash_agg_final(state);
	RETURN false;
EXCEPTION WHEN invalid_parameter_value THEN
	BEGIN
		PERFORM simhash_agg_combine(state, state);
		RETURN false;
	EXCEPTION WHEN invalid_parameter_value THEN
		BEGIN
			PERFORM simhash_agg_accum(state, 'a', 1, 64);
			RETURN false;
		EXCEPTION WHEN invalid_parameter_value THEN
			RETURN true;
		END;
	END;
END $$;
SELECT count(*) AS lengths,
	bool_and(pg_temp.refused(decode(repeat('00', bytes), 'hex'))) AS zeros,
	bool_and(pg_temp.refused(substr(noise, 1, bytes))) AS noise,
	bool_and(bytes = octet_length(c) OR pg_temp.refused(substr(c || noise, 1, bytes))) AS cut_or_long
FROM state, generate_series(0, 700) bytes,
	(SELECT decode(string_agg(md5(i::text), ''), 'hex') AS noise FROM generate_series(1, 50) i) n;
SELECT count(*) AS bytes, bool_and(pg_temp.refused(set_byte(ab, i, get_byte(ab, i) # change))) AS refused
FROM state, generate_series(0, 11) i, unnest(array[1, 128, 255]) change;

-- A sum that no features can have: more of a bit than there is in total.
SELECT pg_temp.refused(substr(ab, 1, 12) || decode(repeat('00', 8) || repeat('01', 512), 'hex')) AS more_than_total,
	pg_temp.refused(substr(ab, 1, 12) || decode(repeat('ff', 8) || repeat('00', 512), 'hex')) AS total_too_large
FROM state;
DROP TABLE state;
