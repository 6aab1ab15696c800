-- The table of the stress test: 64 and 256 bits, with an index each of the
-- access method :method.
--
-- id has some rows for each value from 1 to :ids: rows are inserted one at a
-- time and deleted all of an id, so that their number settles at :ids times
-- the ratio of the two. A hash index finds them; it can't serve the compared
-- queries.

CREATE TABLE stress (id int, fp simhash(64), wide simhash(256), note int) WITH (fillfactor = 80);
CREATE INDEX stress_id ON stress USING hash (id);
CREATE INDEX stress_fp ON stress USING :method (fp);
CREATE INDEX stress_wide ON stress USING :method (wide);

-- A row of a random fingerprint: one in 50 has none.
CREATE FUNCTION stress_row(INOUT id int, OUT fp simhash, OUT wide simhash, OUT note int)
LANGUAGE plpgsql AS $$
DECLARE
	seed int := random() * 1000000;
BEGIN
	note := 0;
	IF seed % 50 > 0 THEN
		fp := checker.code(seed, 64, 300);
		wide := checker.code(seed, 256, 300);
	END IF;
END $$;

-- Fingerprints to insert many at once.
CREATE TABLE pool AS SELECT n, r.fp, r.wide FROM generate_series(1, 4000) n, stress_row(n) r;
CREATE INDEX ON pool (n);
