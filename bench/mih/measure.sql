-- What bench/mih/run measures with: data, queries, a clock. Variables: rows,
-- bits, data.

CREATE SCHEMA IF NOT EXISTS bench;

-- A word of a code. Of "clustered" four rows in five belong to one of rows/10
-- centers, and have one bit in 8, 16 or 32 of it flipped, or none.
CREATE OR REPLACE FUNCTION bench.word(g bigint, w int, clusters bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN clusters = 0 OR g % 5 = 0 THEN hashint8extended(g, w)
		ELSE hashint8extended(-1 - (hashint8extended(g, 0) & 1073741823) % clusters, w)
			# (CASE g % 4 WHEN 0 THEN 0
				ELSE hashint8extended(g, 100 + w) & hashint8extended(g, 200 + w) & hashint8extended(g, 300 + w)
					& CASE WHEN g % 4 > 1 THEN hashint8extended(g, 400 + w) ELSE -1 END
					& CASE WHEN g % 4 > 2 THEN hashint8extended(g, 500 + w) ELSE -1 END END)
		END
$$;

-- The expression of a code of number g.
SELECT CASE :'data' WHEN 'clustered' THEN :rows / 10 ELSE 0 END AS clusters \gset
SELECT format(CASE WHEN :bits = 64 THEN '(%s)::simhash' ELSE '(%s)::simhash' END,
	CASE WHEN :bits = 64 THEN format('bench.word(g, 1, %s)', :clusters)
	ELSE (SELECT string_agg(format('int8send(bench.word(g, %s, %s))', w, :clusters), ' || ')
		FROM generate_series(1, :bits / 64) w) END) AS code \gset

DROP TABLE IF EXISTS bench.t, bench.more, bench.query, bench.b, bench.k, bench.v;
CREATE TABLE bench.t (fp simhash);
INSERT INTO bench.t SELECT :code FROM generate_series(1, :rows) g;
CREATE TABLE bench.more AS SELECT :code AS fp FROM generate_series(:rows + 1, :rows + 100000) g;
-- Queries are members, from all over the table.
CREATE TABLE bench.query AS
SELECT n, :code AS fp, NULL::float8 AS tenth FROM (SELECT n, 1 + n * (:rows / 20) AS g FROM generate_series(0, 19) n) x;
VACUUM (FREEZE, ANALYZE) bench.t;
VACUUM ANALYZE bench.more;
CHECKPOINT;

-- The seconds that this process has run on a processor, where Linux tells: what
-- else goes on on the machine then matters less. Not precise to some ms.
CREATE OR REPLACE FUNCTION bench.busy() RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e9;
EXCEPTION WHEN OTHERS THEN
	RETURN extract(epoch FROM clock_timestamp());
END $$;

-- The median time in ms of a function of query and parameter; or the mean time
-- on a processor, if less: then there were interruptions. As many of the
-- queries are taken as 2 seconds allow, but three at least. first_three is the
-- sum of the results of the first three, to compare; mean that of all.
CREATE OR REPLACE FUNCTION bench.times(f regproc, parameter int,
	OUT ms numeric, OUT first_three float8, OUT mean float8)
LANGUAGE plpgsql AS $$
DECLARE
	q record;
	started timestamptz;
	busy float8;
	taken float8;
	runs int := 0;
	all_times float8[];
	results float8[];
	result float8;
	until timestamptz := clock_timestamp() + '2 s';
BEGIN
	busy := bench.busy();
	FOR q IN SELECT * FROM bench.query ORDER BY n LOOP
		FOR run IN 1 .. 4 LOOP
			started := clock_timestamp();
			EXECUTE format('SELECT %s($1, $2)', f) INTO result USING q.fp, parameter;
			taken := extract(epoch FROM clock_timestamp() - started)::float8 * 1000;
			runs := runs + 1;
			-- the first run warms up, if it was short
			IF run > 1 OR taken > 100 THEN
				all_times := all_times || taken;
			END IF;
			EXIT WHEN taken > 100;
		END LOOP;
		results := results || result;
		EXIT WHEN q.n >= 2 AND clock_timestamp() > until;
	END LOOP;
	ms := percentile_cont(0.5) WITHIN GROUP (ORDER BY u) FROM unnest(all_times) u;
	ms := least(ms, (bench.busy() - busy)::numeric * 1000 / runs);
	first_three := results[1] + results[2] + results[3];
	mean := avg(u) FROM unnest(results) u;
END $$;
