--
-- Bands: keys by which equality finds what is near
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- The keys are stored, on other servers too: these never change.
SELECT simhash_bands('0123456789abcdef', 0), simhash_bands('0123456789abcdef', 3);
SELECT simhash_bands('0123456789abcdef0123456789abcdeffedcba9876543210ffffffffffffffff', 2);
SELECT simhash_band('0123456789abcdef', 2, 4) = (simhash_bands('0123456789abcdef', 3))[2] AS same,
	to_hex(simhash_band('0123456789abcdef', 1, 4)) AS first, to_hex(simhash_band('0123456789abcdef', 64, 64)) AS last_bit;
-- 64 bits in 5 bands: 13, 13, 13, 13 and 12
SELECT i, simhash_band('ffffffffffffffff', i, 5) & ((1::bigint << 53) - 1) AS value, simhash_band('ffffffffffffffff', i, 5) >> 53 AS number
FROM generate_series(1, 5) i;

-- a fingerprint of so many bits, and one with so many different bits flipped
CREATE FUNCTION fingerprint(seed int, bits int) RETURNS simhash LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(lpad(to_hex(hashint8extended(seed, w)), 16, '0'), '' ORDER BY w)::simhash
	FROM generate_series(1, bits / 64) w
$$;
CREATE FUNCTION flip(fp simhash, seed int, count int) RETURNS simhash LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bytes bytea := fp::bytea;
	place int;
BEGIN
	FOR place IN SELECT i FROM generate_series(0, bit_length(fp) - 1) i ORDER BY hashint8extended(i, seed) LIMIT count LOOP
		bytes := set_bit(bytes, place, 1 - get_bit(bytes, place));
	END LOOP;
	RETURN bytes::simhash;
END $$;

-- At distance r a key of r + 1 bands is shared, and the first band is the first
-- key; at r + 1 it may be none.
CREATE TEMP TABLE pair AS
	SELECT bits, r, a, flip(a, seed, r) AS b
	FROM unnest(ARRAY[64, 128, 256, 1024]) bits, unnest(ARRAY[0, 1, 2, 3, 5, 8, 13, 31, 63]) r,
		generate_series(1, 12) seed, LATERAL fingerprint(seed, bits) a;
SELECT count(*), count(*) FILTER (WHERE simhash_bands(a, r) && simhash_bands(b, r)) AS share,
	count(*) FILTER (WHERE (SELECT min(i) FROM generate_series(1, r + 1) i
		WHERE simhash_band(a, i, r + 1) = simhash_band(b, i, r + 1)) = simhash_first_band(a, b, r + 1)) AS first,
	count(*) FILTER (WHERE simhash_bands(a, r) = ARRAY(SELECT simhash_band(a, i, r + 1) FROM generate_series(1, r + 1) i)) AS bands,
	count(*) FILTER (WHERE r > 0 AND simhash_first_band(a, b, r) IS NULL) > 0 AS fewer_do_not
FROM pair WHERE a <-> b = r;
-- the worst case: one bit in each band but the last
SELECT r, simhash_first_band('0000000000000000', b, r + 1)
FROM unnest(ARRAY[1, 3, 7, 15, 31]) r,
	LATERAL (SELECT string_agg(CASE WHEN i % (64 / (r + 1)) = 0 AND i < 64 - 64 / (r + 1) THEN '1' ELSE '0' END, '' ORDER BY i)::bit(64)::simhash
		FROM generate_series(0, 63) i) worst (b)
WHERE simhash_dwithin('0000000000000000', b, r);

-- All pairs by a join on equality, each once, as by distance: copies of copies,
-- and equal fingerprints.
CREATE TABLE archive AS
	SELECT i AS id, flip(fingerprint(i % 300, 64), i, i % 7) AS fp FROM generate_series(1, 1500) i;
CREATE TABLE band AS
	SELECT id, unnest(simhash_bands(fp, 3)) AS band, fp FROM archive;
CREATE TEMP TABLE by_band AS
	SELECT a.id AS a, b.id AS b, a.fp <-> b.fp AS distance
	FROM band a JOIN band b ON a.band = b.band AND a.id < b.id
	WHERE simhash_dwithin(a.fp, b.fp, 3)
		AND a.band = simhash_band(a.fp, simhash_first_band(a.fp, b.fp, 4), 4);
CREATE TEMP TABLE by_distance AS
	SELECT a.id AS a, b.id AS b, a.fp <-> b.fp AS distance
	FROM archive a JOIN archive b ON a.fp <-> b.fp <= 3 AND a.id < b.id;
SELECT count(*), (SELECT count(*) FROM by_distance) = count(*) AS as_many,
	NOT EXISTS (TABLE by_band EXCEPT TABLE by_distance) AND NOT EXISTS (TABLE by_distance EXCEPT TABLE by_band) AS same
FROM by_band;

-- An array of keys is a column too, and GIN finds it.
ALTER TABLE archive ADD bands bigint[] GENERATED ALWAYS AS (simhash_bands(fp, 3)) STORED;
CREATE INDEX archive_bands ON archive USING gin (bands);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF)
SELECT id FROM archive WHERE bands && simhash_bands('0123456789abcdef', 3) AND simhash_dwithin(fp, '0123456789abcdef', 3);
SELECT count(*), sum((SELECT count(*) FROM archive a WHERE a.fp <-> q.fp <= 3) - found) AS missing
FROM (SELECT * FROM archive LIMIT 50) q,
	LATERAL (SELECT count(*) FROM archive a WHERE a.bands && q.bands AND simhash_dwithin(a.fp, q.fp, 3)) f (found);
RESET enable_seqscan;

-- NULL, and what makes no sense
SELECT simhash_bands(NULL, 3), simhash_band(NULL, 1, 4), simhash_first_band('0123456789abcdef', NULL, 4);
SELECT simhash_first_band('0000000000000000', 'ffffffffffffffff', 64);
SELECT simhash_bands('0123456789abcdef', -1);
SELECT simhash_bands('0123456789abcdef', 64);
SELECT simhash_band('0123456789abcdef', 1, 0);
SELECT simhash_band('0123456789abcdef', 1, 65);
SELECT simhash_band('0123456789abcdef', 0, 4);
SELECT simhash_band('0123456789abcdef', 5, 4);
SELECT simhash_first_band('0123456789abcdef', '0123456789abcdef0123456789abcdef', 4);
SELECT simhash_first_band('0123456789abcdef', '0123456789abcdef', 65);

DROP TABLE archive, band, pair, by_band, by_distance;
DROP FUNCTION fingerprint, flip;
