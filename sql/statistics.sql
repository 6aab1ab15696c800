--
-- Statistics of fingerprints: what ANALYZE finds out, and the row estimates and
-- plans that come of it
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SET jit = off;
SET datestyle = iso;

CREATE FUNCTION estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;

-- a fingerprint with so many bits flipped
CREATE FUNCTION flip(fp simhash, seed int, count int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bytes bytea := fp::bytea;
	place int;
BEGIN
	FOR k IN 1 .. count LOOP
		place := (hashint4(seed * 100 + k) & 1048575) % (8 * length(bytes));
		bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
	END LOOP;
	RETURN bytes::simhash;
END $$;

-- The private kind of slot, with how many radii it tells of; no slot, no row.
CREATE FUNCTION distances(relation regclass, OUT attribute name, OUT bits int, OUT share numeric, OUT radii int)
RETURNS SETOF record LANGUAGE sql AS $$
	SELECT attname, numbers[2]::int, round(numbers[3]::numeric, 2), (array_length(numbers, 1) - 4) / 2
	FROM pg_attribute a, pg_statistic s, LATERAL (VALUES
		(stakind1, stanumbers1), (stakind2, stanumbers2), (stakind3, stanumbers3),
		(stakind4, stanumbers4), (stakind5, stanumbers5)) slot (kind, numbers)
	WHERE attrelid = relation AND (attrelid, attnum) = (starelid, staattnum) AND kind = 27411
	ORDER BY attname
$$;

--
-- Estimates: on average over the queries, within a factor of 4 of the truth
--
CREATE TABLE uniform AS
	SELECT i AS id, hashint8extended(i, 1)::simhash AS fp FROM generate_series(1, 20000) i;
CREATE TABLE clustered AS	-- 4000 originals with 4 copies each
	SELECT i AS id, flip(hashint8extended(i % 4000, 2)::simhash, i, CASE WHEN i < 4000 THEN 0 ELSE i % 9 END) AS fp
	FROM generate_series(0, 19999) i;
CREATE TABLE wide AS		-- of 256 bits, 1000 originals with 1 to 9 copies
	SELECT i AS id, flip(to_simhash((i % (500 + i % 500))::text || ' article'), i, i % 25) AS fp
	FROM generate_series(0, 4999) i;
CREATE TABLE reprint AS		-- a quarter is one value, and another quarter near to it
	SELECT i AS id, CASE i % 4 WHEN 0 THEN '0123456789abcdef' WHEN 1 THEN flip('0123456789abcdef', i, 3)
		ELSE hashint8extended(i, 1)::simhash END AS fp
	FROM generate_series(1, 10000) i;
INSERT INTO reprint SELECT 10000 + i, NULL FROM generate_series(1, 10000) i;
ANALYZE uniform, clustered, wide, reprint;
SELECT t, (distances(t)).attribute, (distances(t)).bits, (distances(t)).share
FROM unnest(ARRAY['uniform', 'clustered', 'wide', 'reprint']::regclass[]) t;

-- The queries are 20 rows of a table: the sums of their rows, estimated for a
-- constant and for a parameter, and found.
CREATE FUNCTION compare(relation regclass, radii int[], OUT radius int, OUT constant boolean,
	OUT parameter boolean, OUT "join" boolean, OUT detail text)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
	found float8;
	estimated float8;
	generic float8;
	joined float8;
BEGIN
	EXECUTE format('CREATE TEMP TABLE query AS SELECT id, fp FROM %s WHERE fp IS NOT NULL AND id %% 97 = 3 LIMIT 20', relation);
	ANALYZE query;
	PERFORM set_config('plan_cache_mode', 'force_generic_plan', true);
	FOREACH radius IN ARRAY radii LOOP
		EXECUTE format('SELECT count(*) FROM query q, %s t WHERE t.fp <-> q.fp <= %s', relation, radius) INTO found;
		EXECUTE format('SELECT sum(estimate(format(''SELECT FROM %s WHERE fp <@ simhash_ball(%%L, %s)'', fp))) FROM query',
			relation, radius) INTO estimated;
		EXECUTE format('PREPARE dwithin(simhash) AS SELECT FROM %s WHERE simhash_dwithin($1, fp, %s)', relation, radius);
		generic := 20 * estimate('EXECUTE dwithin(NULL)');
		DEALLOCATE dwithin;
		joined := estimate(format('SELECT FROM %s t JOIN query q ON simhash_dwithin(t.fp, q.fp, %s)', relation, radius));
		constant := estimated BETWEEN found / 4 AND found * 4;
		parameter := generic BETWEEN found / 4 AND found * 4;
		"join" := joined BETWEEN found / 4 AND found * 4;
		IF NOT (constant AND parameter AND "join") THEN
			detail := format('found %s, estimated %s, %s, %s', found, estimated, generic, joined);
		END IF;
		RETURN NEXT;
	END LOOP;
	DROP TABLE query;
END $$;
SELECT * FROM compare('uniform', ARRAY[0, 1, 3, 6, 10, 14, 16, 18, 20, 24, 28, 32, 40]);
SELECT * FROM compare('clustered', ARRAY[0, 1, 3, 6, 10, 14, 16, 18, 20, 24, 28, 32, 40]);
SELECT * FROM compare('wide', ARRAY[0, 1, 3, 6, 10, 14, 18, 20, 30, 40, 62, 100, 120]);
-- A self-join, counted in full.
SELECT radius, estimated BETWEEN found / 4.0 AND found * 4.0 AS "join"
FROM unnest(ARRAY[0, 3, 10, 20]) radius,
	LATERAL (SELECT count(*) FROM wide a, wide b WHERE a.fp <-> b.fp <= radius) f (found),
	LATERAL estimate(format('SELECT FROM wide a, wide b WHERE simhash_dwithin(a.fp, b.fp, %s)', radius)) estimated;

-- A value of many rows: what is near to it has many, what isn't has few, and
-- half of the rows are NULL.
SELECT round(estimate('SELECT FROM reprint WHERE fp <@ ''<0123456789abcdef,0>''')::numeric, -3) AS common,
	round(estimate('SELECT FROM reprint WHERE fp <@ ''<0123456789abcdee,8>''')::numeric, -3) AS near_common,
	estimate('SELECT FROM reprint WHERE fp <@ ''<fedcba9876543210,3>''') < 10 AS rare,
	round(estimate('SELECT FROM reprint WHERE fp <@ ''<0123456789abcdee,64>''')::numeric, -2) AS everything,
	estimate('SELECT FROM reprint WHERE fp <@ NULL') AS none;
-- An unknown value is as likely to be one of them as a row is.
PREPARE near(simhash) AS SELECT FROM reprint WHERE fp <@ simhash_ball($1, 8);
SET plan_cache_mode = force_generic_plan;
SELECT estimate('EXECUTE near(NULL)') BETWEEN 1500 AND 3500 AS average;
RESET plan_cache_mode;

--
-- Columns of all kinds
--
CREATE DOMAIN print AS simhash(64);
CREATE TABLE kinds (a print, b simhash, c simhash, d simhash, e simhash, f simhash(1024));
INSERT INTO kinds
	SELECT hashint8extended(i, 1)::simhash, 						-- a domain
		CASE WHEN i % 4 = 0 THEN (repeat(lpad(to_hex(i), 16, '0'), 2))::simhash
			ELSE hashint8extended(i, 2)::simhash END, 			-- several widths
		NULL,													-- nothing
		CASE WHEN i = 7 THEN '0123456789abcdef'::simhash END,	-- a single row
		'0123456789abcdef', 									-- one value
		to_simhash('a' || i, 1024)								-- the widest
	FROM generate_series(1, 1000) i;
ANALYZE kinds;
SELECT attribute, bits, share, radii BETWEEN 1 AND bits + 1 AS radii FROM distances('kinds');
SELECT estimate('SELECT FROM kinds WHERE a <@ ''<0123456789abcdef,20>''') < 20 AS domain,
	estimate('SELECT FROM kinds WHERE b <@ ''<0123456789abcdef,64>''') BETWEEN 700 AND 800 AS usual_width,
	estimate('SELECT FROM kinds WHERE c <@ ''<0123456789abcdef,64>''') AS nothing,
	estimate('SELECT FROM kinds WHERE d <@ ''<0123456789abcdef,3>''') AS single,
	estimate('SELECT FROM kinds WHERE e <@ ''<0123456789abcdef,3>''') AS one_value,
	estimate('SELECT FROM kinds WHERE e <@ ''<fedcba9876543210,3>''') AS another_value;
TRUNCATE kinds;
ANALYZE kinds;
CREATE TABLE tiny AS SELECT hashint8extended(i, 1)::simhash AS fp FROM generate_series(1, 3) i;
ANALYZE tiny;
SELECT estimate('SELECT FROM tiny WHERE fp <@ ''<0123456789abcdef,3>''') AS few,
	estimate('SELECT FROM tiny WHERE fp <@ ''<0123456789abcdef,64>''') AS "all";

-- An expression that is indexed has statistics too, and a partitioned table.
CREATE TABLE written (id int, body text);
INSERT INTO written SELECT i, CASE WHEN i % 2 = 0 THEN 'the same words again and again' ELSE 'words of article ' || i * i END
	FROM generate_series(1, 1000) i;
CREATE INDEX written_index ON written USING gist (to_simhash(body, 64));
CREATE TABLE parted (id int, fp simhash) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10000);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10000) TO (20000);
INSERT INTO parted SELECT * FROM clustered;
ANALYZE written, parted;
SELECT t, (distances(t)).bits FROM unnest(ARRAY['written_index', 'parted', 'parted_1']::regclass[]) t;
SELECT round(estimate(format('SELECT FROM written WHERE simhash_dwithin(to_simhash(body, 64), %L, 3)',
	to_simhash('the same words again and again', 64)))::numeric, -2) AS expression;
SELECT * FROM compare('parted', ARRAY[0, 3, 10, 20]);

-- Statistics that are not there, or make no sense, are passed over.
UPDATE pg_statistic SET stanumbers3 = '{1,64,1}' WHERE starelid = 'clustered'::regclass AND stakind3 = 27411;
UPDATE pg_statistic SET stanumbers4 = '{1,64,1}' WHERE starelid = 'clustered'::regclass AND stakind4 = 27411;
SELECT estimate('SELECT FROM clustered WHERE fp <@ ''<0123456789abcdef,3>''') BETWEEN 1 AND 2 AS estimate;
UPDATE pg_statistic SET stanumbers3 = '{2,64,1,100,1,1}' WHERE starelid = 'clustered'::regclass AND stakind3 = 27411;
UPDATE pg_statistic SET stanumbers4 = '{2,64,1,100,1,1}' WHERE starelid = 'clustered'::regclass AND stakind4 = 27411;
SELECT estimate('SELECT FROM clustered WHERE fp <@ ''<0123456789abcdef,3>''') BETWEEN 1 AND 2 AS estimate;
ANALYZE clustered;

--
-- Who may not see the rows is told nothing of their values: neither the most
-- common ones nor the histogram are held against the constant.
--
CREATE ROLE regress_simhash_reader;
GRANT SELECT ON reprint TO regress_simhash_reader;
ALTER TABLE reprint ENABLE ROW LEVEL SECURITY;
CREATE POLICY odd ON reprint USING (id % 2 = 1);
SET ROLE regress_simhash_reader;
SELECT estimate('SELECT FROM reprint WHERE fp <@ ''<0123456789abcdef,0>''') =
	estimate('SELECT FROM reprint WHERE fp <@ ''<fedcba9876543210,0>''') AS same;
RESET ROLE;
DROP TABLE reprint;
DROP ROLE regress_simhash_reader;

--
-- The plan chosen
--
CREATE TABLE outlet (id int PRIMARY KEY, name text);
CREATE TABLE article (id int PRIMARY KEY, outlet_id int, published date, fp simhash(64), title text);
INSERT INTO outlet SELECT i, 'outlet ' || i FROM generate_series(1, 100) i;
INSERT INTO article
	SELECT i, 1 + i % 100, date '2024-01-01' + i / 100, flip(hashint8extended(i % 12000, 3)::simhash, i, i % 3),
		'title of the article'
	FROM generate_series(1, 60000) i;
CREATE INDEX article_fp ON article USING gist (fp);
CREATE INDEX article_published ON article (published);
VACUUM ANALYZE outlet, article;
SET enable_bitmapscan = off;

-- a constant, a parameter: the index; a radius that most rows are within: a scan
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 3);
PREPARE copies(simhash) AS SELECT id FROM article WHERE simhash_dwithin(fp, $1, 2);
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE copies('0123456789abcdef');
RESET plan_cache_mode;
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 32);
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE fp <@ '<0123456789abcdef,40>';

-- the copies of one article: a nested loop, by index
EXPLAIN (COSTS OFF)
SELECT b.id FROM article a JOIN article b ON simhash_dwithin(b.fp, a.fp, 2) WHERE a.id = 17;
-- of a day's articles, with their outlets: few rows are expected of each
-- search, so that what comes behind it is a nested loop by key too
EXPLAIN (COSTS OFF)
SELECT a.id, b.id, o.name
FROM article a JOIN article b ON simhash_dwithin(b.fp, a.fp, 1) JOIN outlet o ON o.id = b.outlet_id
WHERE a.published = '2024-03-01' AND a.outlet_id = 7;
-- the most selective condition goes first: a date of 100 rows, or the distance
EXPLAIN (COSTS OFF)
SELECT id FROM article WHERE published = '2024-03-01' AND simhash_dwithin(fp, '0123456789abcdef', 25);
EXPLAIN (COSTS OFF)
SELECT id FROM article WHERE published >= '2024-03-01' AND simhash_dwithin(fp, '0123456789abcdef', 1);
-- one row is enough: of many the first one met, of few by index
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE fp <@ '<0123456789abcdef,40>' LIMIT 1;
EXPLAIN (COSTS OFF) SELECT id FROM article WHERE fp <@ '<0123456789abcdef,2>' LIMIT 1;
-- which is what EXISTS asks for
EXPLAIN (COSTS OFF)
SELECT id FROM article a WHERE published = '2024-03-01' AND outlet_id = 7
	AND EXISTS (SELECT FROM article b WHERE simhash_dwithin(b.fp, a.fp, 2) AND b.id < a.id);


-- The same by mih, whose own model of cost is told the radius: it serves wider
-- ones too.
DROP INDEX article_fp;
CREATE INDEX article_fp ON article USING mih (fp);
CREATE FUNCTION scans(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	result text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line ~ 'Scan|Join|Loop' THEN
			result := concat_ws(', ', result, trim(line, ' ->'));
		END IF;
	END LOOP;
	RETURN result;
END $$;
PREPARE near_parameter(simhash) AS SELECT id FROM article WHERE simhash_dwithin(fp, $1, 3);
SET plan_cache_mode = force_generic_plan;
SELECT query, scans(query) FROM unnest(ARRAY[
	$$SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 3)$$,
	$$SELECT id FROM article WHERE simhash_dwithin(fp, '0123456789abcdef', 12)$$,
	$$SELECT id FROM article WHERE fp <@ '<0123456789abcdef,12>'$$,
	$$SELECT id FROM article WHERE fp <@ '<0123456789abcdef,40>'$$,
	$$EXECUTE near_parameter(NULL)$$,
	$$SELECT b.id FROM article a JOIN article b ON simhash_dwithin(b.fp, a.fp, 10) WHERE a.id = 17$$,
	$$SELECT o.name FROM article a JOIN article b ON simhash_dwithin(b.fp, a.fp, 3) JOIN outlet o ON o.id = b.outlet_id WHERE a.published = '2024-03-01' AND a.outlet_id = 7$$,
	$$SELECT id FROM article WHERE published = '2024-03-01' AND simhash_dwithin(fp, '0123456789abcdef', 25)$$,
	$$SELECT id FROM article WHERE published >= '2024-03-01' AND simhash_dwithin(fp, '0123456789abcdef', 3)$$,
	$$SELECT id FROM article WHERE fp <@ '<0123456789abcdef,40>' LIMIT 1$$,
	$$SELECT id FROM article WHERE fp <@ '<0123456789abcdef,3>' LIMIT 1$$
]) query;
RESET plan_cache_mode;
RESET enable_bitmapscan;

DROP TABLE uniform, clustered, wide, kinds, tiny, written, parted, outlet, article;
DROP DOMAIN print;
DROP FUNCTION compare, estimate, flip, distances, scans;
