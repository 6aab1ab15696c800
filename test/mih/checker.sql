-- What an index answers against what a sequential scan answers, in one
-- snapshot. The TAP tests and test/mih's pgbench scripts are written in these
-- functions; each raises an error on the first difference.
--
-- Call them in a transaction of isolation level REPEATABLE READ when others
-- write: only there do all queries of a function see the same rows. The table
-- must have no index that the planner could take instead of the one on trial;
-- one that can't be read as a whole, such as a hash index, does no harm.

CREATE SCHEMA checker;

CREATE SEQUENCE checker.comparisons;

-- A fingerprint for a number. With clusters = 0 the bits are independent; else
-- each fingerprint is one of so many centers with one bit in 16 flipped, one in
-- eight of them the center itself.
CREATE FUNCTION checker.code(seed bigint, bits int, clusters int DEFAULT 0) RETURNS simhash
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT string_agg(lpad(to_hex(CASE
		WHEN clusters = 0 THEN hashint8extended(seed, w)
		WHEN seed % 8 = 0 THEN hashint8extended(-1 - (hashint8extended(seed, 0) & 1048575) % clusters, w)
		ELSE hashint8extended(-1 - (hashint8extended(seed, 0) & 1048575) % clusters, w)
			# (hashint8extended(seed, 100 + w) & hashint8extended(seed, 200 + w)
				& hashint8extended(seed, 300 + w) & hashint8extended(seed, 400 + w))
		END), 16, '0'), '' ORDER BY w)::simhash
	FROM generate_series(1, bits / 64) w
$$;

-- Leaves the planner one way: 'scan', 'index' or 'bitmap'.
CREATE FUNCTION checker.go_by(way text) RETURNS void
LANGUAGE sql AS $$
	SELECT set_config('enable_seqscan', (way = 'scan')::text, true),
		set_config('enable_indexscan', (way = 'index')::text, true),
		set_config('enable_bitmapscan', (way = 'bitmap')::text, true),
		set_config('max_parallel_workers_per_gather', '0', true),
		set_config('jit', 'off', true)
$$;

-- The first line of a query's plan that names a table.
CREATE FUNCTION checker.plan(query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		IF line ~ ' (on|using) ' THEN
			RETURN substring(line, '(?:-> *)?(\w.*)');
		END IF;
	END LOOP;
END $$;

-- Raises an error unless the rows are the same.
CREATE FUNCTION checker.same(what text, way text, wanted tid[], got tid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF got IS DISTINCT FROM wanted THEN
		RAISE EXCEPTION '%: wrong rows by %', what, way
			USING DETAIL = format('scan: %s rows, %s: %s rows; missing: %s; too many: %s',
				cardinality(wanted), way, cardinality(got),
				(SELECT array_agg(t) FROM (SELECT unnest(wanted) EXCEPT ALL SELECT unnest(got) LIMIT 5) x (t)),
				(SELECT array_agg(t) FROM (SELECT unnest(got) EXCEPT ALL SELECT unnest(wanted) LIMIT 5) x (t)));
	END IF;
END $$;

-- Rows for which a condition on the column %1$I and the center $1 holds, by
-- index, by bitmap and by sequential scan.
CREATE FUNCTION checker.compare(rel regclass, fp name, condition text, center simhash) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT coalesce(array_agg(ctid ORDER BY ctid), ''{}'') FROM %s WHERE ', rel)
		|| format(condition, fp);
	way text;
	wanted tid[];
	got tid[];
BEGIN
	PERFORM checker.go_by('scan');
	EXECUTE query INTO wanted USING center;
	FOREACH way IN ARRAY '{index,bitmap}'::text[] LOOP
		PERFORM checker.go_by(way);
		EXECUTE query INTO got USING center;
		PERFORM checker.same(format('%s: %s, $1 = %s', rel, format(condition, fp), center), way, wanted, got);
	END LOOP;
	PERFORM nextval('checker.comparisons') WHERE NOT current_setting('transaction_read_only')::bool;
	RETURN cardinality(wanted);
END $$;

-- The pairs within a radius among rows of id 0, which nobody writes: a search
-- for each of them, and hardly anything else, so that a process is nearly
-- always within one. The first call finds by sequential scans what is wanted.
CREATE TABLE checker.unmoved (rel regclass, fp name, radius int, pairs bigint);

CREATE FUNCTION checker.unmoved(rel regclass, fp name, radius int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	wanted bigint;
	got bigint;
BEGIN
	SELECT pairs INTO wanted FROM checker.unmoved u WHERE (u.rel, u.fp, u.radius) = ($1, $2, $3);
	PERFORM checker.go_by(CASE wanted IS NULL WHEN true THEN 'scan' ELSE 'index' END);
	EXECUTE format('SELECT count(*) FROM %s a JOIN %1$s b ON b.%I <@ simhash_ball(a.%2$I, $1) WHERE a.id = 0 AND b.id = 0', rel, fp)
	INTO got USING radius;
	IF wanted IS NULL THEN
		INSERT INTO checker.unmoved VALUES (rel, fp, radius, got);
	ELSIF got <> wanted THEN
		RAISE EXCEPTION '%: % pairs within %, not %', rel, got, radius, wanted;
	ELSE
		PERFORM nextval('checker.comparisons');
	END IF;
END $$;

-- Rows within a radius.
CREATE FUNCTION checker.within(rel regclass, fp name, center simhash, radius int) RETURNS int
LANGUAGE sql AS $$
	SELECT checker.compare(rel, fp, format('%%1$I <@ simhash_ball($1, %s)', radius), center)
$$;

-- The k nearest, read through a cursor that pauses for so many seconds after a
-- third of them. Rows of equal distance may come in any order, so it's the
-- distances that are compared, and that no row comes twice: each distance is
-- of the very row, as the executor computes it.
CREATE FUNCTION checker.nearest(rel regclass, fp name, center simhash, k int, pause float8 DEFAULT 0) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT ctid, %I <-> $1 AS distance FROM %s ORDER BY %1$I <-> $1 LIMIT $2', fp, rel);
	what text := format('%s: %s nearest of %s to %s', rel, k, fp, center);
	wanted float8[];
	got float8[] := '{}';
	rows tid[] := '{}';
	r record;
	c refcursor;
BEGIN
	PERFORM checker.go_by('scan');
	EXECUTE format('SELECT coalesce(array_agg(distance), ''{}'') FROM (%s) x', query) INTO wanted USING center, k;
	PERFORM checker.go_by('index');
	OPEN c FOR EXECUTE query USING center, k;
	LOOP
		FETCH c INTO r;
		EXIT WHEN NOT FOUND;
		got := got || r.distance;
		rows := rows || r.ctid;
		IF pause > 0 AND cardinality(got) = k / 3 THEN
			PERFORM pg_sleep(pause);
		END IF;
	END LOOP;
	CLOSE c;
	IF got IS DISTINCT FROM wanted THEN
		RAISE EXCEPTION '%: wrong distances', what
			USING DETAIL = (SELECT format('first at place %s: %s instead of %s', i, got[i], wanted[i])
				FROM generate_series(1, greatest(cardinality(got), cardinality(wanted))) i
				WHERE got[i] IS DISTINCT FROM wanted[i] OR i > least(cardinality(got), cardinality(wanted)) LIMIT 1);
	END IF;
	IF (SELECT count(DISTINCT t) FROM unnest(rows) t) <> cardinality(rows) THEN
		RAISE EXCEPTION '%: a row comes twice', what;
	END IF;
	PERFORM nextval('checker.comparisons') WHERE NOT current_setting('transaction_read_only')::bool;
	RETURN cardinality(got);
END $$;

-- All of it for so many centers: members of the table and strangers, radii
-- from 0 to the width, the nearest few and all rows, NULLs. Returns the number
-- of comparisons.
CREATE FUNCTION checker.all(rel regclass, fp name, centers int DEFAULT 3) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	center simhash;
	bits int;
	n int := 0;
BEGIN
	PERFORM checker.go_by('scan');
	EXECUTE format('SELECT max(bit_length(%I)) FROM %s', fp, rel) INTO bits;
	FOR center IN EXECUTE format(
		'(SELECT %I FROM %s WHERE %1$I IS NOT NULL ORDER BY hashint8extended(id, 5) LIMIT $1)
		UNION ALL (SELECT checker.code(-s, $2) FROM generate_series(1, $1) s)', fp, rel)
		USING centers, coalesce(bits, 64)
	LOOP
		PERFORM checker.within(rel, fp, center, r)
		FROM unnest(ARRAY[0, 1, 2, 3, 4, 6, 8, 11, 16, 24, 32, 64] || bits * 3 / 8 || bits / 2 || bits) r
		WHERE r <= coalesce(bits, 64);
		PERFORM checker.compare(rel, fp, '%1$I = $1', center),
			checker.compare(rel, fp, '%1$I %% $1', center),
			checker.nearest(rel, fp, center, 10);
		n := n + 18;
	END LOOP;
	IF center IS NOT NULL THEN
		PERFORM checker.nearest(rel, fp, center, 1000000),
			checker.compare(rel, fp, '%1$I IS NULL', center),
			checker.compare(rel, fp, '%1$I IS NOT NULL', center);
	END IF;
	RETURN n;
END $$;

-- An index of method mih is sound; of others nothing is known.
CREATE FUNCTION checker.sound(index regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT amname FROM pg_class c JOIN pg_am a ON a.oid = relam WHERE c.oid = index) = 'mih' THEN
		PERFORM mih_check(index);
	END IF;
END $$;

-- So are all indexes of this database that are valid.
CREATE FUNCTION checker.sound() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM checker.sound(indexrelid) FROM pg_index WHERE indisvalid;
END $$;
