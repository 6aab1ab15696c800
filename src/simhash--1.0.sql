/* src/simhash--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION simhash" to load this file. \quit

--
-- The type: src/simhash/simhash_io.c
--

CREATE TYPE simhash;

CREATE FUNCTION simhash_in(cstring, oid, integer) RETURNS simhash
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_out(simhash) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_recv(internal, oid, integer) RETURNS simhash
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_send(simhash) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_typmod_in(cstring[]) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_typmod_out(integer) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_typanalyze(internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

-- Random bits don't compress, and a row of one fingerprint needs no TOAST:
-- hence external, which also allows the one-byte header.
CREATE TYPE simhash (
	INPUT = simhash_in,
	OUTPUT = simhash_out,
	RECEIVE = simhash_recv,
	SEND = simhash_send,
	TYPMOD_IN = simhash_typmod_in,
	TYPMOD_OUT = simhash_typmod_out,
	ANALYZE = simhash_typanalyze,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);

COMMENT ON TYPE simhash IS 'fingerprint of 64 to 1024 bits; similar features give a small Hamming distance';

CREATE FUNCTION simhash(simhash, integer, boolean) RETURNS simhash
AS 'MODULE_PATHNAME', 'simhash_enforce_typmod' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash(simhash, integer, boolean) IS 'check the width of a simhash(n)';

CREATE CAST (simhash AS simhash)
	WITH FUNCTION simhash(simhash, integer, boolean) AS IMPLICIT;

COMMENT ON CAST (simhash AS simhash) IS 'check the width of a simhash(n)';

CREATE FUNCTION bit_length(simhash) RETURNS integer
AS 'MODULE_PATHNAME', 'simhash_bits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION bit_length(simhash) IS 'width in bits';

-- Casts are explicit: no other value becomes a fingerprint by mistake.

CREATE FUNCTION simhash(bit) RETURNS simhash
AS 'MODULE_PATHNAME', 'simhash_from_bit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash(bit) IS 'convert bit(n) to simhash';

CREATE FUNCTION "bit"(simhash, integer, boolean) RETURNS bit
AS 'MODULE_PATHNAME', 'simhash_to_bit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION "bit"(simhash, integer, boolean) IS 'convert simhash to bit(n)';

CREATE FUNCTION simhash(bytea) RETURNS simhash
AS 'MODULE_PATHNAME', 'simhash_from_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash(bytea) IS 'convert bytea to simhash';

CREATE FUNCTION bytea(simhash) RETURNS bytea
AS 'MODULE_PATHNAME', 'simhash_to_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION bytea(simhash) IS 'convert simhash to bytea';

CREATE FUNCTION simhash(bigint) RETURNS simhash
AS 'MODULE_PATHNAME', 'simhash_from_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash(bigint) IS 'convert bigint to simhash(64)';

CREATE FUNCTION int8(simhash) RETURNS bigint
AS 'MODULE_PATHNAME', 'simhash_to_int8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION int8(simhash) IS 'convert simhash(64) to bigint';

-- Not an overload of simhash(): simhash(5) would fit two functions then.
CREATE FUNCTION simhash_from_numeric(numeric) RETURNS simhash
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash_from_numeric(numeric) IS 'convert a whole number below 2^64 to simhash(64)';

CREATE FUNCTION "numeric"(simhash) RETURNS numeric
AS 'MODULE_PATHNAME', 'simhash_to_numeric' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION "numeric"(simhash) IS 'convert simhash(64) to a whole number below 2^64';

CREATE CAST (bit AS simhash) WITH FUNCTION simhash(bit);
CREATE CAST (simhash AS bit) WITH FUNCTION "bit"(simhash, integer, boolean);
CREATE CAST (bytea AS simhash) WITH FUNCTION simhash(bytea);
CREATE CAST (simhash AS bytea) WITH FUNCTION bytea(simhash);
CREATE CAST (bigint AS simhash) WITH FUNCTION simhash(bigint);
CREATE CAST (simhash AS bigint) WITH FUNCTION int8(simhash);
CREATE CAST (numeric AS simhash) WITH FUNCTION simhash_from_numeric(numeric);
CREATE CAST (simhash AS numeric) WITH FUNCTION "numeric"(simhash);

COMMENT ON CAST (bit AS simhash) IS 'same bits';
COMMENT ON CAST (simhash AS bit) IS 'same bits';
COMMENT ON CAST (bytea AS simhash) IS 'same bytes';
COMMENT ON CAST (simhash AS bytea) IS 'same bytes';
COMMENT ON CAST (bigint AS simhash) IS 'same 64 bits, highest first';
COMMENT ON CAST (simhash AS bigint) IS 'same 64 bits, highest first';
COMMENT ON CAST (numeric AS simhash) IS 'the 64 bits of an unsigned number, highest first';
COMMENT ON CAST (simhash AS numeric) IS 'the 64 bits as an unsigned number, highest first';

--
-- Comparison, of all types alike: src/base/payload.c. The planner knows = of
-- simhash by its function.
--

CREATE FUNCTION simhash_eq(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ne(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_lt(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_le(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_gt(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ge(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_cmp(simhash, simhash) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_sortsupport(internal) RETURNS void
AS 'MODULE_PATHNAME', 'payload_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_hash(simhash) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_hash_extended(simhash, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'payload_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE OPERATOR = (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

CREATE OPERATOR <> (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR > (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR >= (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (simhash, simhash) IS 'equal';
COMMENT ON OPERATOR <> (simhash, simhash) IS 'not equal';
COMMENT ON OPERATOR < (simhash, simhash) IS 'less than: width first, then bits';
COMMENT ON OPERATOR <= (simhash, simhash) IS 'less than or equal: width first, then bits';
COMMENT ON OPERATOR > (simhash, simhash) IS 'greater than: width first, then bits';
COMMENT ON OPERATOR >= (simhash, simhash) IS 'greater than or equal: width first, then bits';

CREATE OPERATOR CLASS simhash_ops DEFAULT FOR TYPE simhash USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 simhash_cmp(simhash, simhash),
	FUNCTION 2 simhash_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS simhash_ops USING btree IS 'order: width first, then bits';

CREATE OPERATOR CLASS simhash_ops DEFAULT FOR TYPE simhash USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 simhash_hash(simhash),
	FUNCTION 2 simhash_hash_extended(simhash, bigint);

COMMENT ON OPERATOR CLASS simhash_ops USING hash IS 'equality';

--
-- For the planner: src/simhash/simhash_planner.c
--

CREATE FUNCTION simhash_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_dwithin_support(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

--
-- Distance and similarity: src/simhash/simhash_ops.c
--

CREATE FUNCTION simhash_distance(simhash, simhash) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR <-> (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_distance,
	COMMUTATOR = <->
);

COMMENT ON OPERATOR <-> (simhash, simhash) IS 'Hamming distance in bits';

CREATE FUNCTION similarity(a simhash, b simhash) RETURNS double precision
AS 'MODULE_PATHNAME', 'simhash_similarity' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION similarity(simhash, simhash) IS 'estimated cosine of the features, 0 to 1';

CREATE FUNCTION simhash_radius(bits integer, similarity double precision) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash_radius(integer, double precision) IS 'largest Hamming distance at a similarity';

CREATE FUNCTION simhash_similar(simhash, simhash) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

CREATE OPERATOR % (
	LEFTARG = simhash, RIGHTARG = simhash, FUNCTION = simhash_similar,
	COMMUTATOR = %,
	RESTRICT = simhash_sel, JOIN = simhash_joinsel
);

COMMENT ON OPERATOR % (simhash, simhash) IS 'similarity at or above simhash.similarity_threshold';

--
-- Within a radius: src/simhash/simhash_ball.c
--

CREATE TYPE simhash_ball;

CREATE FUNCTION simhash_ball_in(cstring) RETURNS simhash_ball
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_ball_out(simhash_ball) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_ball_recv(internal) RETURNS simhash_ball
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_ball_send(simhash_ball) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE simhash_ball (
	INPUT = simhash_ball_in,
	OUTPUT = simhash_ball_out,
	RECEIVE = simhash_ball_recv,
	SEND = simhash_ball_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);

COMMENT ON TYPE simhash_ball IS 'all fingerprints within a Hamming distance of a center';

CREATE FUNCTION simhash_ball(center simhash, radius integer) RETURNS simhash_ball
AS 'MODULE_PATHNAME', 'simhash_ball_construct' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash_ball(simhash, integer) IS 'all fingerprints within a radius of a center';

CREATE FUNCTION simhash_contained(simhash, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_contains(simhash_ball, simhash) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR <@ (
	LEFTARG = simhash, RIGHTARG = simhash_ball, FUNCTION = simhash_contained,
	COMMUTATOR = @>,
	RESTRICT = simhash_sel, JOIN = simhash_joinsel
);

CREATE OPERATOR @> (
	LEFTARG = simhash_ball, RIGHTARG = simhash, FUNCTION = simhash_contains,
	COMMUTATOR = <@,
	RESTRICT = simhash_sel, JOIN = simhash_joinsel
);

COMMENT ON OPERATOR <@ (simhash, simhash_ball) IS 'within the radius of the center';
COMMENT ON OPERATOR @> (simhash_ball, simhash) IS 'has within its radius';

CREATE FUNCTION simhash_dwithin(a simhash, b simhash, radius integer) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT simhash_dwithin_support;

COMMENT ON FUNCTION simhash_dwithin(simhash, simhash, integer) IS 'Hamming distance at most radius; can use an index';

-- Of stored searches: of columns, for DISTINCT, joins and replication.

CREATE FUNCTION simhash_ball_eq(simhash_ball, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_ne(simhash_ball, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_lt(simhash_ball, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_le(simhash_ball, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_gt(simhash_ball, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_ge(simhash_ball, simhash_ball) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_cmp(simhash_ball, simhash_ball) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_hash(simhash_ball) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION simhash_ball_hash_extended(simhash_ball, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'payload_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE OPERATOR = (
	LEFTARG = simhash_ball, RIGHTARG = simhash_ball, FUNCTION = simhash_ball_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

CREATE OPERATOR <> (
	LEFTARG = simhash_ball, RIGHTARG = simhash_ball, FUNCTION = simhash_ball_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
	LEFTARG = simhash_ball, RIGHTARG = simhash_ball, FUNCTION = simhash_ball_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
	LEFTARG = simhash_ball, RIGHTARG = simhash_ball, FUNCTION = simhash_ball_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR > (
	LEFTARG = simhash_ball, RIGHTARG = simhash_ball, FUNCTION = simhash_ball_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR >= (
	LEFTARG = simhash_ball, RIGHTARG = simhash_ball, FUNCTION = simhash_ball_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (simhash_ball, simhash_ball) IS 'equal';
COMMENT ON OPERATOR <> (simhash_ball, simhash_ball) IS 'not equal';
COMMENT ON OPERATOR < (simhash_ball, simhash_ball) IS 'less than: width first, then radius, then bits';
COMMENT ON OPERATOR <= (simhash_ball, simhash_ball) IS 'less than or equal: width first, then radius, then bits';
COMMENT ON OPERATOR > (simhash_ball, simhash_ball) IS 'greater than: width first, then radius, then bits';
COMMENT ON OPERATOR >= (simhash_ball, simhash_ball) IS 'greater than or equal: width first, then radius, then bits';

CREATE OPERATOR CLASS simhash_ball_ops DEFAULT FOR TYPE simhash_ball USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 simhash_ball_cmp(simhash_ball, simhash_ball),
	FUNCTION 2 simhash_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS simhash_ball_ops USING btree IS 'order: width first, then radius, then bits';

CREATE OPERATOR CLASS simhash_ball_ops DEFAULT FOR TYPE simhash_ball USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 simhash_ball_hash(simhash_ball),
	FUNCTION 2 simhash_ball_hash_extended(simhash_ball, bigint);

COMMENT ON OPERATOR CLASS simhash_ball_ops USING hash IS 'equality';

--
-- Bands: src/simhash/simhash_bands.c, doc/scaling.md
--

CREATE FUNCTION simhash_bands(fp simhash, radius integer) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash_bands(simhash, integer) IS 'keys of which any two fingerprints within the radius share one';

CREATE FUNCTION simhash_band(fp simhash, i integer, bands integer) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash_band(simhash, integer, integer) IS 'key of one band, counted from 1';

CREATE FUNCTION simhash_first_band(a simhash, b simhash, bands integer) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION simhash_first_band(simhash, simhash, integer) IS 'number of the first band whose keys are equal, counted from 1; NULL if none is';

--
-- Fingerprints of documents and features: src/simhash/to_simhash.c, src/simhash/simhash_agg.c
--

CREATE FUNCTION to_simhash(document text, bits integer DEFAULT 256, shingle integer DEFAULT 2)
RETURNS simhash
AS 'MODULE_PATHNAME', 'to_simhash_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION to_simhash(text, integer, integer) IS 'fingerprint of a text: shingles of words';

CREATE FUNCTION to_simhash(document tsvector, bits integer DEFAULT 256)
RETURNS simhash
AS 'MODULE_PATHNAME', 'to_simhash_tsvector' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;

COMMENT ON FUNCTION to_simhash(tsvector, integer) IS 'fingerprint of lexemes';

CREATE FUNCTION to_simhash(features text[], weights double precision[] DEFAULT NULL, bits integer DEFAULT 256)
RETURNS simhash
AS 'MODULE_PATHNAME', 'to_simhash_features' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION to_simhash(text[], double precision[], integer) IS 'fingerprint of weighted features';

-- No overload of to_simhash: it would take any array of numbers for hashes.
CREATE FUNCTION simhash_from_hashes(hashes bigint[], weights double precision[] DEFAULT NULL)
RETURNS simhash
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;

COMMENT ON FUNCTION simhash_from_hashes(bigint[], double precision[]) IS 'fingerprint of weighted features that are hashes of 64 bits already';

CREATE FUNCTION simhash_agg_accum(bytea, text) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION simhash_agg_accum(bytea, text, double precision) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION simhash_agg_accum(bytea, text, double precision, integer) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION simhash_agg_combine(bytea, bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION simhash_agg_final(bytea) RETURNS simhash
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

-- A state takes 8 bytes a bit and a head; of the usual 256 bits that is more
-- than 2 kB, for which the executor's memory contexts take 4.

CREATE AGGREGATE simhash_agg(feature text) (
	SFUNC = simhash_agg_accum, STYPE = bytea, SSPACE = 4096,
	COMBINEFUNC = simhash_agg_combine, FINALFUNC = simhash_agg_final,
	PARALLEL = SAFE
);

CREATE AGGREGATE simhash_agg(feature text, weight double precision) (
	SFUNC = simhash_agg_accum, STYPE = bytea, SSPACE = 4096,
	COMBINEFUNC = simhash_agg_combine, FINALFUNC = simhash_agg_final,
	PARALLEL = SAFE
);

CREATE AGGREGATE simhash_agg(feature text, weight double precision, bits integer) (
	SFUNC = simhash_agg_accum, STYPE = bytea, SSPACE = 4096,
	COMBINEFUNC = simhash_agg_combine, FINALFUNC = simhash_agg_final,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE simhash_agg(text) IS 'fingerprint of features, one a row';
COMMENT ON AGGREGATE simhash_agg(text, double precision) IS 'fingerprint of weighted features, one a row';
COMMENT ON AGGREGATE simhash_agg(text, double precision, integer) IS 'fingerprint of weighted features, one a row, of a given width';

--
-- Clusters: src/clusters/cluster_window.c
--

-- Not strict: a NULL radius, minpoints or method is an error.
CREATE FUNCTION simhash_cluster(fp simhash, radius integer, minpoints integer DEFAULT 1, method text DEFAULT 'dbscan')
RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION simhash_cluster(simhash, integer, integer, text) IS 'number of the cluster of each row in its partition, from 0; NULL for noise';

--
-- All pairs of the rows of a query: src/pairs/simhash_pairs.c
--

-- The query may call anything, hence volatile and unsafe in parallel; it runs
-- read-only. Not strict: a NULL argument is an error, but that of id_type,
-- which gives its type only.
--
-- The rows of a query are also those of a relation, with the names of its
-- columns: a constant of type regclass is a dependency, and means the same
-- under any search_path. No such form has as many arguments as one with a
-- text, since PostgreSQL would take 'article' for a text.
CREATE FUNCTION simhash_pairs(query text, radius integer, OUT a bigint, OUT b bigint, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_pairs(query text, radius integer, id_type anyelement,
							  OUT a anyelement, OUT b anyelement, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_pairs(relation regclass, id_column name, fp_column name, radius integer,
							  OUT a bigint, OUT b bigint, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_pairs(relation regclass, id_column name, fp_column name, radius integer, id_type anyelement,
							  OUT a anyelement, OUT b anyelement, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

-- Of two queries, or two relations: pairs of a row of each.
CREATE FUNCTION simhash_pairs(query text, other_query text, radius integer,
							  OUT a bigint, OUT b bigint, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_pairs(query text, other_query text, radius integer, id_type anyelement,
							  OUT a anyelement, OUT b anyelement, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_pairs(relation regclass, id_column name, fp_column name,
							  other_relation regclass, other_id_column name, other_fp_column name,
							  radius integer,
							  OUT a bigint, OUT b bigint, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_pairs(relation regclass, id_column name, fp_column name,
							  other_relation regclass, other_id_column name, other_fp_column name,
							  radius integer, id_type anyelement,
							  OUT a anyelement, OUT b anyelement, OUT distance integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

-- Named before there were methods: connected components they are only by
-- DBSCAN with minpoints 1, the default; else other clusters, or stars.
CREATE FUNCTION simhash_components(query text, radius integer, OUT id bigint, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_components(query text, radius integer, id_type anyelement,
								   minpoints integer DEFAULT 1, method text DEFAULT 'dbscan',
								   OUT id anyelement, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_components(relation regclass, id_column name, fp_column name, radius integer,
								   minpoints integer, method text,
								   OUT id bigint, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION simhash_components(relation regclass, id_column name, fp_column name, radius integer,
								   id_type anyelement, minpoints integer, method text,
								   OUT id anyelement, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

COMMENT ON FUNCTION simhash_pairs(text, integer) IS 'all pairs within a radius among the rows (id, fingerprint) of a query';
COMMENT ON FUNCTION simhash_pairs(text, integer, anyelement) IS 'all pairs within a radius among the rows (id, fingerprint) of a query, with ids of any type';
COMMENT ON FUNCTION simhash_pairs(regclass, name, name, integer) IS 'all pairs within a radius among the rows of a relation, by two of its columns';
COMMENT ON FUNCTION simhash_pairs(regclass, name, name, integer, anyelement) IS 'all pairs within a radius among the rows of a relation, by two of its columns, with ids of any type';
COMMENT ON FUNCTION simhash_pairs(text, text, integer) IS 'all pairs within a radius of a row (id, fingerprint) of one query and one of another';
COMMENT ON FUNCTION simhash_pairs(text, text, integer, anyelement) IS 'all pairs within a radius of a row (id, fingerprint) of one query and one of another, with ids of any type';
COMMENT ON FUNCTION simhash_pairs(regclass, name, name, regclass, name, name, integer) IS 'all pairs within a radius of a row of one relation and one of another, by two columns of each';
COMMENT ON FUNCTION simhash_pairs(regclass, name, name, regclass, name, name, integer, anyelement) IS 'all pairs within a radius of a row of one relation and one of another, by two columns of each, with ids of any type';
COMMENT ON FUNCTION simhash_components(text, integer) IS 'clusters of the rows (id, fingerprint) of a query';
COMMENT ON FUNCTION simhash_components(text, integer, anyelement, integer, text) IS 'clusters of the rows (id, fingerprint) of a query, with ids of any type; NULL for noise';
COMMENT ON FUNCTION simhash_components(regclass, name, name, integer, integer, text) IS 'clusters of the rows of a relation, by two of its columns; NULL for noise';
COMMENT ON FUNCTION simhash_components(regclass, name, name, integer, anyelement, integer, text) IS 'clusters of the rows of a relation, by two of its columns, with ids of any type; NULL for noise';

--
-- Stories: src/stories/story_cluster.c, doc/stories.md
--

-- Not strict: articles may lack a title or a time, and a NULL threshold is an
-- error.
CREATE FUNCTION story_cluster(title text, body text, published timestamptz, threshold double precision DEFAULT 0.15)
RETURNS integer
AS 'MODULE_PATHNAME', 'story_cluster_text' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION story_cluster(document tsvector, published timestamptz, threshold double precision DEFAULT 0.15)
RETURNS integer
AS 'MODULE_PATHNAME', 'story_cluster_lexemes' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION story_cluster(text, text, timestamptz, double precision) IS 'number of the story of each article in its partition, from 0; NULL without a body';
COMMENT ON FUNCTION story_cluster(tsvector, timestamptz, double precision) IS 'number of the story of each document in its partition, from 0; NULL without lexemes';

-- As the functions above: the query may call anything, and runs read-only.
CREATE FUNCTION story_summary(query text,
	OUT lead bigint, OUT story bigint, OUT articles integer, OUT sources text[],
	OUT first_published timestamptz, OUT last_published timestamptz,
	OUT title text, OUT terms text[])
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000;

CREATE FUNCTION story_summary(query text, id_type anyelement,
	OUT lead anyelement, OUT story bigint, OUT articles integer, OUT sources text[],
	OUT first_published timestamptz, OUT last_published timestamptz,
	OUT title text, OUT terms text[])
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000;

CREATE FUNCTION story_summary(relation regclass, story_column name, id_column name, title_column name,
	body_column name, source_column name, published_column name,
	OUT lead bigint, OUT story bigint, OUT articles integer, OUT sources text[],
	OUT first_published timestamptz, OUT last_published timestamptz,
	OUT title text, OUT terms text[])
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000;

CREATE FUNCTION story_summary(relation regclass, story_column name, id_column name, title_column name,
	body_column name, source_column name, published_column name, id_type anyelement,
	OUT lead anyelement, OUT story bigint, OUT articles integer, OUT sources text[],
	OUT first_published timestamptz, OUT last_published timestamptz,
	OUT title text, OUT terms text[])
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000;

COMMENT ON FUNCTION story_summary(text) IS 'the stories of the rows (story, id, title, body, source, published) of a query: central article and distinctive terms';
COMMENT ON FUNCTION story_summary(text, anyelement) IS 'the stories of the rows (story, id, title, body, source, published) of a query, with ids of any type';
COMMENT ON FUNCTION story_summary(regclass, name, name, name, name, name, name) IS 'the stories of the rows of a relation, by six of its columns';
COMMENT ON FUNCTION story_summary(regclass, name, name, name, name, name, name, anyelement) IS 'the stories of the rows of a relation, by six of its columns, with ids of any type';

--
-- GiST: src/simhash/simhash_gist.c, doc/gist.md
--

CREATE TYPE simhash_gist_key;

CREATE FUNCTION simhash_gist_key_in(cstring) RETURNS simhash_gist_key
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_key_out(simhash_gist_key) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE simhash_gist_key (
	INPUT = simhash_gist_key_in,
	OUTPUT = simhash_gist_key_out,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);

COMMENT ON TYPE simhash_gist_key IS 'key of a GiST index on simhash';

CREATE FUNCTION simhash_gist_consistent(internal, simhash, smallint, oid, internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_union(internal, internal) RETURNS simhash_gist_key
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_compress(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_penalty(internal, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_picksplit(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_same(simhash_gist_key, simhash_gist_key, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_distance(internal, simhash, smallint, oid, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION simhash_gist_sortsupport(internal) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- Without a fetch function, so without index-only scans: they would return
-- rows that VACUUM has just removed (doc/gist.md).
CREATE OPERATOR CLASS simhash_ops DEFAULT FOR TYPE simhash USING gist AS
	OPERATOR 1 %,
	OPERATOR 2 <@ (simhash, simhash_ball),
	OPERATOR 3 =,
	OPERATOR 4 <-> FOR ORDER BY float_ops,
	FUNCTION 1 simhash_gist_consistent(internal, simhash, smallint, oid, internal),
	FUNCTION 2 simhash_gist_union(internal, internal),
	FUNCTION 3 simhash_gist_compress(internal),
	FUNCTION 5 simhash_gist_penalty(internal, internal, internal),
	FUNCTION 6 simhash_gist_picksplit(internal, internal),
	FUNCTION 7 simhash_gist_same(simhash_gist_key, simhash_gist_key, internal),
	FUNCTION 8 simhash_gist_distance(internal, simhash, smallint, oid, internal),
	FUNCTION 11 simhash_gist_sortsupport(internal),
	STORAGE simhash_gist_key;

COMMENT ON OPERATOR CLASS simhash_ops USING gist IS 'nearest neighbours, similarity, radius, equality';

--
-- mih: src/mih/, doc/mih.md
--

CREATE FUNCTION mih_handler(internal) RETURNS index_am_handler
AS 'MODULE_PATHNAME' LANGUAGE C;

COMMENT ON FUNCTION mih_handler(internal) IS 'mih index access method handler';

CREATE ACCESS METHOD mih TYPE INDEX HANDLER mih_handler;

COMMENT ON ACCESS METHOD mih IS 'multi-index hashing: fingerprints at any radius, nearest neighbours';

CREATE OPERATOR CLASS simhash_mih_ops DEFAULT FOR TYPE simhash USING mih AS
	OPERATOR 1 %,
	OPERATOR 2 <@ (simhash, simhash_ball),
	OPERATOR 3 =,
	OPERATOR 4 <-> FOR ORDER BY float_ops;

COMMENT ON OPERATOR CLASS simhash_mih_ops USING mih IS 'nearest neighbours, similarity, radius, equality';

CREATE FUNCTION mih_stats(index regclass,
	OUT bits integer, OUT bands integer, OUT runs integer,
	OUT rows bigint, OUT nulls bigint, OUT dead bigint, OUT pending bigint,
	OUT pages bigint, OUT store_pages bigint, OUT map_pages bigint, OUT run_pages bigint, OUT free_pages bigint,
	OUT bytes_per_row double precision)
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION mih_stats(regclass) IS 'what a mih index consists of';

CREATE FUNCTION mih_check(index regclass) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;

COMMENT ON FUNCTION mih_check(regclass) IS 'error if a mih index is corrupted; pages to be freed by VACUUM';

--
-- Text reuse, the type: src/textsketch/textsketch_io.c, doc/sketch.md
--

CREATE TYPE textsketch;

CREATE FUNCTION textsketch_in(cstring, oid, integer) RETURNS textsketch
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_out(textsketch) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_recv(internal, oid, integer) RETURNS textsketch
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_send(textsketch) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_typmod_in(cstring[]) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_typmod_out(integer) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_typanalyze(internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

-- A sample of hashes doesn't compress: hence external.
CREATE TYPE textsketch (
	INPUT = textsketch_in,
	OUTPUT = textsketch_out,
	RECEIVE = textsketch_recv,
	SEND = textsketch_send,
	TYPMOD_IN = textsketch_typmod_in,
	TYPMOD_OUT = textsketch_typmod_out,
	ANALYZE = textsketch_typanalyze,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);

COMMENT ON TYPE textsketch IS 'sampled word shingles of a text; tells what texts have in common';

CREATE FUNCTION textsketch(textsketch, integer, boolean) RETURNS textsketch
AS 'MODULE_PATHNAME', 'textsketch_enforce_typmod' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch(textsketch, integer, boolean) IS 'check the parameters of a textsketch(shingle, sampling, window)';

CREATE CAST (textsketch AS textsketch)
	WITH FUNCTION textsketch(textsketch, integer, boolean) AS IMPLICIT;

COMMENT ON CAST (textsketch AS textsketch) IS 'check the parameters of a textsketch(shingle, sampling, window)';

CREATE FUNCTION to_textsketch(document text, shingle integer DEFAULT 4, sampling integer DEFAULT 12, "window" integer DEFAULT 16)
RETURNS textsketch
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION to_textsketch(text, integer, integer, integer) IS 'sketch of a text: sampled word shingles';

CREATE FUNCTION textsketch_words(textsketch) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_words(textsketch) IS 'words of the text';

CREATE FUNCTION textsketch_shingles(textsketch) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_shingles(textsketch) IS 'shingles of the text';

CREATE FUNCTION textsketch_elements(textsketch) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_elements(textsketch) IS 'elements kept of the shingles'' hashes';

CREATE FUNCTION textsketch_theta(textsketch) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_theta(textsketch) IS 'all hashes below it are elements';

CREATE FUNCTION textsketch_hashes(textsketch) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_hashes(textsketch) IS 'elements, ascending';

CREATE FUNCTION textsketch_shingle(textsketch) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_shingle(textsketch) IS 'parameter: words a shingle';

CREATE FUNCTION textsketch_sampling(textsketch) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_sampling(textsketch) IS 'parameter: one shingle of so many is sampled';

CREATE FUNCTION textsketch_window(textsketch) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_window(textsketch) IS 'parameter: of so many shingles in a row one at least is kept';

--
-- Comparison: src/base/payload.c
--

CREATE FUNCTION textsketch_eq(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_ne(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_lt(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_le(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_gt(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_ge(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_cmp(textsketch, textsketch) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_hash(textsketch) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_hash_extended(textsketch, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'payload_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE OPERATOR = (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

CREATE OPERATOR <> (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR > (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR >= (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (textsketch, textsketch) IS 'equal';
COMMENT ON OPERATOR <> (textsketch, textsketch) IS 'not equal';
COMMENT ON OPERATOR < (textsketch, textsketch) IS 'less than: length first, then bytes';
COMMENT ON OPERATOR <= (textsketch, textsketch) IS 'less than or equal: length first, then bytes';
COMMENT ON OPERATOR > (textsketch, textsketch) IS 'greater than: length first, then bytes';
COMMENT ON OPERATOR >= (textsketch, textsketch) IS 'greater than or equal: length first, then bytes';

CREATE OPERATOR CLASS textsketch_ops DEFAULT FOR TYPE textsketch USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 textsketch_cmp(textsketch, textsketch),
	FUNCTION 2 simhash_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS textsketch_ops USING btree IS 'order: length first, then bytes';

CREATE OPERATOR CLASS textsketch_ops DEFAULT FOR TYPE textsketch USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 textsketch_hash(textsketch),
	FUNCTION 2 textsketch_hash_extended(textsketch, bigint);

COMMENT ON OPERATOR CLASS textsketch_ops USING hash IS 'equality';

--
-- For the planner: src/textsketch/textsketch_planner.c
--

CREATE FUNCTION textsketch_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_support(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

--
-- Measures: src/textsketch/textsketch_ops.c
--

CREATE FUNCTION resemblance(a textsketch, b textsketch) RETURNS double precision
AS 'MODULE_PATHNAME', 'textsketch_resemblance' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION resemblance(textsketch, textsketch) IS 'shared part of all shingles of both texts, 0 to 1';

CREATE FUNCTION containment(a textsketch, b textsketch) RETURNS double precision
AS 'MODULE_PATHNAME', 'textsketch_containment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION containment(textsketch, textsketch) IS 'part of the shingles of the first text that the second has, 0 to 1';

CREATE FUNCTION overlap(a textsketch, b textsketch) RETURNS double precision
AS 'MODULE_PATHNAME', 'textsketch_overlap' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION overlap(textsketch, textsketch) IS 'larger containment of the two, 0 to 1';

CREATE FUNCTION shared_elements(a textsketch, b textsketch) RETURNS integer
AS 'MODULE_PATHNAME', 'textsketch_shared_elements' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

COMMENT ON FUNCTION shared_elements(textsketch, textsketch) IS 'number of common elements';

CREATE FUNCTION textsketch_distance(textsketch, textsketch) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

CREATE OPERATOR <-> (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_distance,
	COMMUTATOR = <->
);

COMMENT ON OPERATOR <-> (textsketch, textsketch) IS '1 - resemblance';

CREATE FUNCTION textsketch_similar(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;

CREATE FUNCTION textsketch_contained_op(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;

CREATE FUNCTION textsketch_contains_op(textsketch, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;

CREATE OPERATOR % (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_similar,
	COMMUTATOR = %,
	RESTRICT = textsketch_sel, JOIN = textsketch_joinsel
);

CREATE OPERATOR <% (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_contained_op,
	COMMUTATOR = %>,
	RESTRICT = textsketch_sel, JOIN = textsketch_joinsel
);

CREATE OPERATOR %> (
	LEFTARG = textsketch, RIGHTARG = textsketch, FUNCTION = textsketch_contains_op,
	COMMUTATOR = <%,
	RESTRICT = textsketch_sel, JOIN = textsketch_joinsel
);

COMMENT ON OPERATOR % (textsketch, textsketch) IS 'resemblance at or above simhash.resemblance_threshold';
COMMENT ON OPERATOR <% (textsketch, textsketch) IS 'left contained in right at or above simhash.containment_threshold';
COMMENT ON OPERATOR %> (textsketch, textsketch) IS 'right contained in left at or above simhash.containment_threshold';

CREATE FUNCTION textsketch_resembles(a textsketch, b textsketch, threshold double precision) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100
SUPPORT textsketch_support;

COMMENT ON FUNCTION textsketch_resembles(textsketch, textsketch, double precision) IS 'resemblance at or above threshold; can use an index';

CREATE FUNCTION textsketch_contained(a textsketch, b textsketch, threshold double precision) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100
SUPPORT textsketch_support;

COMMENT ON FUNCTION textsketch_contained(textsketch, textsketch, double precision) IS 'containment of the first in the second at or above threshold; can use an index';

CREATE FUNCTION textsketch_overlaps(a textsketch, b textsketch, threshold double precision) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100
SUPPORT textsketch_support;

COMMENT ON FUNCTION textsketch_overlaps(textsketch, textsketch, double precision) IS 'overlap at or above threshold; can use an index';

CREATE FUNCTION textsketch_shares(a textsketch, b textsketch, n integer) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100
SUPPORT textsketch_support;

COMMENT ON FUNCTION textsketch_shares(textsketch, textsketch, integer) IS 'at least n common elements; can use an index';

--
-- Union: src/textsketch/textsketch_union.c
--

CREATE FUNCTION textsketch_union_accum(bytea, textsketch) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION textsketch_union_combine(bytea, bytea) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION textsketch_union_final(bytea) RETURNS textsketch
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE AGGREGATE textsketch_union_agg(sketch textsketch) (
	SFUNC = textsketch_union_accum, STYPE = bytea, SSPACE = 8192,
	COMBINEFUNC = textsketch_union_combine, FINALFUNC = textsketch_union_final,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE textsketch_union_agg(textsketch) IS 'sketch of several texts taken together';

--
-- Conditions: src/textsketch/textsketch_query.c
--

CREATE TYPE textsketch_query;

CREATE FUNCTION textsketch_query_in(cstring) RETURNS textsketch_query
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_query_out(textsketch_query) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_query_recv(internal) RETURNS textsketch_query
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_query_send(textsketch_query) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE textsketch_query (
	INPUT = textsketch_query_in,
	OUTPUT = textsketch_query_out,
	RECEIVE = textsketch_query_recv,
	SEND = textsketch_query_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);

COMMENT ON TYPE textsketch_query IS 'condition on a textsketch: mode, threshold and another sketch';

CREATE FUNCTION textsketch_query(mode text, sketch textsketch, threshold double precision) RETURNS textsketch_query
AS 'MODULE_PATHNAME', 'textsketch_query_construct' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION textsketch_query(text, textsketch, double precision) IS 'condition that a sketch resembles, contained, contains, overlaps or shares';

CREATE FUNCTION textsketch_matches(textsketch, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

CREATE FUNCTION textsketch_matched_by(textsketch_query, textsketch) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;

CREATE OPERATOR @@ (
	LEFTARG = textsketch, RIGHTARG = textsketch_query, FUNCTION = textsketch_matches,
	COMMUTATOR = @@,
	RESTRICT = textsketch_sel, JOIN = textsketch_joinsel
);

CREATE OPERATOR @@ (
	LEFTARG = textsketch_query, RIGHTARG = textsketch, FUNCTION = textsketch_matched_by,
	COMMUTATOR = @@,
	RESTRICT = textsketch_sel, JOIN = textsketch_joinsel
);

COMMENT ON OPERATOR @@ (textsketch, textsketch_query) IS 'sketch meets the condition';
COMMENT ON OPERATOR @@ (textsketch_query, textsketch) IS 'condition is met by the sketch';

-- Of stored searches: of columns, for DISTINCT, joins and replication.

CREATE FUNCTION textsketch_query_eq(textsketch_query, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_ne(textsketch_query, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_lt(textsketch_query, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_le(textsketch_query, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_gt(textsketch_query, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_ge(textsketch_query, textsketch_query) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_cmp(textsketch_query, textsketch_query) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_hash(textsketch_query) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION textsketch_query_hash_extended(textsketch_query, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'payload_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE OPERATOR = (
	LEFTARG = textsketch_query, RIGHTARG = textsketch_query, FUNCTION = textsketch_query_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

CREATE OPERATOR <> (
	LEFTARG = textsketch_query, RIGHTARG = textsketch_query, FUNCTION = textsketch_query_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
	LEFTARG = textsketch_query, RIGHTARG = textsketch_query, FUNCTION = textsketch_query_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
	LEFTARG = textsketch_query, RIGHTARG = textsketch_query, FUNCTION = textsketch_query_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR > (
	LEFTARG = textsketch_query, RIGHTARG = textsketch_query, FUNCTION = textsketch_query_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR >= (
	LEFTARG = textsketch_query, RIGHTARG = textsketch_query, FUNCTION = textsketch_query_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (textsketch_query, textsketch_query) IS 'equal';
COMMENT ON OPERATOR <> (textsketch_query, textsketch_query) IS 'not equal';
COMMENT ON OPERATOR < (textsketch_query, textsketch_query) IS 'less than: length first, then mode, threshold, sketch';
COMMENT ON OPERATOR <= (textsketch_query, textsketch_query) IS 'less than or equal: length first, then mode, threshold, sketch';
COMMENT ON OPERATOR > (textsketch_query, textsketch_query) IS 'greater than: length first, then mode, threshold, sketch';
COMMENT ON OPERATOR >= (textsketch_query, textsketch_query) IS 'greater than or equal: length first, then mode, threshold, sketch';

CREATE OPERATOR CLASS textsketch_query_ops DEFAULT FOR TYPE textsketch_query USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 textsketch_query_cmp(textsketch_query, textsketch_query),
	FUNCTION 2 simhash_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS textsketch_query_ops USING btree IS 'order: length first, then mode, threshold, sketch';

CREATE OPERATOR CLASS textsketch_query_ops DEFAULT FOR TYPE textsketch_query USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 textsketch_query_hash(textsketch_query),
	FUNCTION 2 textsketch_query_hash_extended(textsketch_query, bigint);

COMMENT ON OPERATOR CLASS textsketch_query_ops USING hash IS 'equality';

--
-- GIN: src/textsketch/textsketch_gin.c
--

CREATE FUNCTION textsketch_gin_options(internal) RETURNS void
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_gin_extract_value(textsketch, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_gin_extract_query(textsketch, internal, smallint, internal, internal, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION textsketch_gin_consistent(internal, smallint, textsketch, integer, internal, internal, internal) RETURNS "char"
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR CLASS textsketch_ops DEFAULT FOR TYPE textsketch USING gin AS
	OPERATOR 1 %,
	OPERATOR 2 <%,
	OPERATOR 3 %>,
	OPERATOR 4 @@ (textsketch, textsketch_query),
	FUNCTION 2 textsketch_gin_extract_value(textsketch, internal),
	FUNCTION 3 textsketch_gin_extract_query(textsketch, internal, smallint, internal, internal, internal, internal),
	FUNCTION 6 textsketch_gin_consistent(internal, smallint, textsketch, integer, internal, internal, internal),
	FUNCTION 7 textsketch_gin_options(internal),
	STORAGE integer;

COMMENT ON OPERATOR CLASS textsketch_ops USING gin IS 'resemblance, containment, shared elements';

--
-- Passages, changes and verdicts: src/passages, doc/passages.md
--

CREATE FUNCTION shared_passages(a text, b text, min_words integer DEFAULT 8, gap integer DEFAULT 0,
	joined_within integer DEFAULT 0)
RETURNS TABLE (
	a_start integer, a_length integer,
	b_start integer, b_length integer,
	words integer, similarity double precision
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000 ROWS 5;

COMMENT ON FUNCTION shared_passages(text, text, integer, integer, integer) IS 'runs of words that both texts have, longest first';

CREATE FUNCTION passage_coverage(a text, b text, min_words integer DEFAULT 8,
	OUT a_words integer, OUT b_words integer,
	OUT a_shared integer, OUT b_shared integer,
	OUT longest integer)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;

COMMENT ON FUNCTION passage_coverage(text, text, integer) IS 'how many words of each text are in shared passages';

CREATE FUNCTION original_passages(body text, others text[], min_words integer DEFAULT 8)
RETURNS TABLE (start integer, length integer, words integer)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20000 ROWS 10;

COMMENT ON FUNCTION original_passages(text, text[], integer) IS 'what of a text is in none of others';

CREATE FUNCTION originality(body text, others text[], min_words integer DEFAULT 8)
RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20000;

COMMENT ON FUNCTION originality(text, text[], integer) IS 'the share of a text''s words that are in none of others';

CREATE FUNCTION article_changes(old text, new text)
RETURNS TABLE (
	change text,
	old_start integer, old_length integer,
	new_start integer, new_length integer,
	words integer, numbers boolean, names boolean, negation boolean
)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000 ROWS 20;

COMMENT ON FUNCTION article_changes(text, text) IS 'what was kept, removed, added, replaced and moved between two versions';

-- The rules of the verdict are in doc/passages.md.
CREATE FUNCTION article_verdict(a text, b text, source text DEFAULT '', ignored text DEFAULT '',
	OUT a_words integer, OUT b_words integer,
	OUT part_a double precision, OUT part_b double precision,
	OUT shared_words integer, OUT longest_passage integer,
	OUT words_in_order integer, OUT words_changed integer,
	OUT numbers_changed text[], OUT names_changed text[], OUT negations_changed integer,
	OUT verdict text)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION article_verdict(text, text, text, text) IS 'what two articles are to each other, and the words it rests on';

-- The same with the estimates of fingerprints and sketches.
--
-- Arguments are of the very types that functions and operators take, and none
-- is left to its default: of objects that someone has put into the extension's
-- schema before, none fits better (doc/security.md).
CREATE FUNCTION compare_articles(a text, b text, source text DEFAULT '', ignored text DEFAULT '',
	OUT distance integer, OUT similarity double precision,
	OUT resemblance double precision,
	OUT containment_a_in_b double precision, OUT containment_b_in_a double precision,
	OUT a_words integer, OUT b_words integer,
	OUT part_a double precision, OUT part_b double precision,
	OUT shared_words integer, OUT longest_passage integer,
	OUT words_in_order integer, OUT words_changed integer,
	OUT numbers_changed text[], OUT names_changed text[], OUT negations_changed integer,
	OUT verdict text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 20000
BEGIN ATOMIC
	SELECT (fp_a <-> fp_b)::integer,
		similarity(fp_a, fp_b),
		resemblance(sketch_a, sketch_b),
		containment(sketch_a, sketch_b),
		containment(sketch_b, sketch_a),
		v.a_words, v.b_words, v.part_a, v.part_b, v.shared_words, v.longest_passage,
		v.words_in_order, v.words_changed, v.numbers_changed, v.names_changed, v.negations_changed,
		v.verdict
	FROM (SELECT to_simhash(a, 256, 2) AS fp_a, to_simhash(b, 256, 2) AS fp_b,
			to_textsketch(a, 4, 12, 16) AS sketch_a, to_textsketch(b, 4, 12, 16) AS sketch_b) AS signatures,
		article_verdict(a, b, source, ignored) AS v;
END;

COMMENT ON FUNCTION compare_articles(text, text, text, text) IS 'what two articles have in common: measures and a verdict';

--
-- Boilerplate: src/boilerplate/, doc/boilerplate.md
--

CREATE TYPE boilerplate;

CREATE FUNCTION boilerplate_in(cstring) RETURNS boilerplate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION boilerplate_out(boilerplate) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION boilerplate_recv(internal) RETURNS boilerplate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION boilerplate_send(boilerplate) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE boilerplate (
	INPUT = boilerplate_in, OUTPUT = boilerplate_out,
	RECEIVE = boilerplate_recv, SEND = boilerplate_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);

COMMENT ON TYPE boilerplate IS 'what an outlet repeats under its articles';

CREATE FUNCTION boilerplate_eq(boilerplate, boilerplate) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_ne(boilerplate, boilerplate) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_lt(boilerplate, boilerplate) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_le(boilerplate, boilerplate) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_gt(boilerplate, boilerplate) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_ge(boilerplate, boilerplate) RETURNS boolean
AS 'MODULE_PATHNAME', 'payload_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_cmp(boilerplate, boilerplate) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_hash(boilerplate) RETURNS integer
AS 'MODULE_PATHNAME', 'payload_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE FUNCTION boilerplate_hash_extended(boilerplate, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'payload_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;

CREATE OPERATOR = (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_eq,
	COMMUTATOR = =, NEGATOR = <>,
	RESTRICT = eqsel, JOIN = eqjoinsel,
	HASHES, MERGES
);

CREATE OPERATOR <> (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_ne,
	COMMUTATOR = <>, NEGATOR = =,
	RESTRICT = neqsel, JOIN = neqjoinsel
);

CREATE OPERATOR < (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_lt,
	COMMUTATOR = >, NEGATOR = >=,
	RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);

CREATE OPERATOR <= (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_le,
	COMMUTATOR = >=, NEGATOR = >,
	RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);

CREATE OPERATOR > (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_gt,
	COMMUTATOR = <, NEGATOR = <=,
	RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);

CREATE OPERATOR >= (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_ge,
	COMMUTATOR = <=, NEGATOR = <,
	RESTRICT = scalargesel, JOIN = scalargejoinsel
);

COMMENT ON OPERATOR = (boilerplate, boilerplate) IS 'equal';
COMMENT ON OPERATOR <> (boilerplate, boilerplate) IS 'not equal';
COMMENT ON OPERATOR < (boilerplate, boilerplate) IS 'less than: number of features first, then articles, then features';
COMMENT ON OPERATOR <= (boilerplate, boilerplate) IS 'less than or equal: number of features first, then articles, then features';
COMMENT ON OPERATOR > (boilerplate, boilerplate) IS 'greater than: number of features first, then articles, then features';
COMMENT ON OPERATOR >= (boilerplate, boilerplate) IS 'greater than or equal: number of features first, then articles, then features';

CREATE OPERATOR CLASS boilerplate_ops DEFAULT FOR TYPE boilerplate USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 boilerplate_cmp(boilerplate, boilerplate),
	FUNCTION 2 simhash_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);

COMMENT ON OPERATOR CLASS boilerplate_ops USING btree IS 'order: number of features first';

CREATE OPERATOR CLASS boilerplate_ops DEFAULT FOR TYPE boilerplate USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 boilerplate_hash(boilerplate),
	FUNCTION 2 boilerplate_hash_extended(boilerplate, bigint);

COMMENT ON OPERATOR CLASS boilerplate_ops USING hash IS 'equality';

CREATE FUNCTION boilerplate_agg_accum(internal, text) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

CREATE FUNCTION boilerplate_agg_accum(internal, text, integer) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

CREATE FUNCTION boilerplate_agg_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION boilerplate_agg_serial(internal) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION boilerplate_agg_deserial(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE FUNCTION boilerplate_agg_final(internal) RETURNS boilerplate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE AGGREGATE boilerplate_agg(body text) (
	SFUNC = boilerplate_agg_accum, STYPE = internal, SSPACE = 1000000,
	COMBINEFUNC = boilerplate_agg_combine, FINALFUNC = boilerplate_agg_final,
	SERIALFUNC = boilerplate_agg_serial, DESERIALFUNC = boilerplate_agg_deserial,
	PARALLEL = SAFE
);

CREATE AGGREGATE boilerplate_agg(body text, min_articles integer) (
	SFUNC = boilerplate_agg_accum, STYPE = internal, SSPACE = 1000000,
	COMBINEFUNC = boilerplate_agg_combine, FINALFUNC = boilerplate_agg_final,
	SERIALFUNC = boilerplate_agg_serial, DESERIALFUNC = boilerplate_agg_deserial,
	PARALLEL = SAFE
);

COMMENT ON AGGREGATE boilerplate_agg(text) IS 'what at least four different articles of an outlet have in common';
COMMENT ON AGGREGATE boilerplate_agg(text, integer) IS 'what at least so many different articles of an outlet have in common';

CREATE FUNCTION without_boilerplate(body text, boilerplate boilerplate) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;

COMMENT ON FUNCTION without_boilerplate(text, boilerplate) IS 'a text as written, but for what its outlet repeats';

CREATE FUNCTION boilerplate_passages(body text, boilerplate boilerplate)
RETURNS TABLE (start integer, length integer)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;

COMMENT ON FUNCTION boilerplate_passages(text, boilerplate) IS 'where a text has what its outlet repeats';

CREATE FUNCTION boilerplate_union(boilerplate, boilerplate) RETURNS boilerplate
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

COMMENT ON FUNCTION boilerplate_union(boilerplate, boilerplate) IS 'what either has';

CREATE OPERATOR || (
	LEFTARG = boilerplate, RIGHTARG = boilerplate, FUNCTION = boilerplate_union, COMMUTATOR = ||
);

COMMENT ON OPERATOR || (boilerplate, boilerplate) IS 'what either has';

--
-- All pairs of sketches of the rows of a query: src/pairs/textsketch_pairs.c
--

CREATE FUNCTION textsketch_pairs(query text, threshold double precision, measure text DEFAULT 'resemblance',
								 OUT a bigint, OUT b bigint, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(query text, threshold double precision, measure text, id_type anyelement,
								 OUT a anyelement, OUT b anyelement, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(relation regclass, id_column name, sketch_column name, threshold double precision, measure text,
								 OUT a bigint, OUT b bigint, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(relation regclass, id_column name, sketch_column name, threshold double precision, measure text,
								 id_type anyelement,
								 OUT a anyelement, OUT b anyelement, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(query text, other_query text, threshold double precision, measure text DEFAULT 'resemblance',
								 OUT a bigint, OUT b bigint, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(query text, other_query text, threshold double precision, measure text,
								 id_type anyelement,
								 OUT a anyelement, OUT b anyelement, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(relation regclass, id_column name, sketch_column name,
								 other_relation regclass, other_id_column name, other_sketch_column name,
								 threshold double precision, measure text,
								 OUT a bigint, OUT b bigint, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION textsketch_pairs(relation regclass, id_column name, sketch_column name,
								 other_relation regclass, other_id_column name, other_sketch_column name,
								 threshold double precision, measure text, id_type anyelement,
								 OUT a anyelement, OUT b anyelement, OUT resemblance double precision,
								 OUT containment_ab double precision, OUT containment_ba double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

COMMENT ON FUNCTION textsketch_pairs(text, double precision, text) IS 'all pairs at or above a threshold among the rows (id, sketch) of a query';
COMMENT ON FUNCTION textsketch_pairs(text, double precision, text, anyelement) IS 'all pairs at or above a threshold among the rows (id, sketch) of a query, with ids of any type';
COMMENT ON FUNCTION textsketch_pairs(regclass, name, name, double precision, text) IS 'all pairs at or above a threshold among the rows of a relation, by two of its columns';
COMMENT ON FUNCTION textsketch_pairs(regclass, name, name, double precision, text, anyelement) IS 'all pairs at or above a threshold among the rows of a relation, by two of its columns, with ids of any type';
COMMENT ON FUNCTION textsketch_pairs(text, text, double precision, text) IS 'all pairs at or above a threshold of a row (id, sketch) of one query and one of another';
COMMENT ON FUNCTION textsketch_pairs(text, text, double precision, text, anyelement) IS 'all pairs at or above a threshold of a row (id, sketch) of one query and one of another, with ids of any type';
COMMENT ON FUNCTION textsketch_pairs(regclass, name, name, regclass, name, name, double precision, text) IS 'all pairs at or above a threshold of a row of one relation and one of another, by two columns of each';
COMMENT ON FUNCTION textsketch_pairs(regclass, name, name, regclass, name, name, double precision, text, anyelement) IS 'all pairs at or above a threshold of a row of one relation and one of another, by two columns of each, with ids of any type';

--
-- Quotations: src/passages/quotations.c, doc/passages.md
--

CREATE FUNCTION quotations(body text, min_words integer DEFAULT 4,
	OUT start integer, OUT length integer, OUT words integer, OUT quote text)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000 ROWS 10;

COMMENT ON FUNCTION quotations(text, integer) IS 'what stands within quotation marks';

CREATE FUNCTION travelling_quotes_rows(query text, OUT id text, OUT body text, OUT published timestamp with time zone, OUT outlet text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'query_rows' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100;

-- Arguments are of the very types that functions and operators take, and none
-- is left to its default, as in compare_articles(); what takes any type is
-- named with its schema.
CREATE FUNCTION travelling_quotes(query text, min_words integer DEFAULT 6, min_outlets integer DEFAULT 2, passages boolean DEFAULT true,
	OUT quote text, OUT words integer, OUT quoted boolean, OUT outlets bigint, OUT articles bigint, OUT variants bigint,
	OUT first_outlet text, OUT first_published timestamp with time zone, OUT span interval, OUT ids text[])
RETURNS SETOF record
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100
BEGIN ATOMIC
	WITH article AS MATERIALIZED (
		SELECT row_number() OVER () AS place, r.id, r.body, r.outlet,
			CASE WHEN isfinite(r.published) THEN r.published END AS published,
			CASE WHEN passages THEN to_textsketch(r.body, 4, 6, 8) END AS sketch
		FROM travelling_quotes_rows(query) AS r
	), pair AS MATERIALIZED (
		SELECT a.place AS a, b.place AS b, found.a_start, found.a_length, found.b_start, found.b_length, found.words
		FROM article AS a
		JOIN article AS b ON a.place < b.place AND a.outlet <> b.outlet
			AND textsketch_shares(a.sketch, b.sketch, 1)
			AND NOT textsketch_overlaps(a.sketch, b.sketch, 0.35::double precision),
			LATERAL shared_passages(a.body, b.body, greatest(min_words, 8), 0, 0) AS found
	), printed AS MATERIALIZED (
		SELECT a.place, q.words, q.quote, true AS quoted
		FROM article AS a, LATERAL quotations(a.body, min_words) AS q
		UNION
		SELECT a.place, p.words, substr(a.body, p.a_start, p.a_length), false
		FROM pair AS p JOIN article AS a ON a.place = p.a
		UNION
		SELECT a.place, p.words, substr(a.body, p.b_start, p.b_length), false
		FROM pair AS p JOIN article AS a ON a.place = p.b
	), merged AS MATERIALIZED (
		SELECT p.place, p.words, p.quote, p.quoted, p.fp,
			simhash_cluster(p.fp, 62, 1, 'dbscan'::text) OVER () AS cluster
		FROM (SELECT printed.place, printed.words, printed.quote, printed.quoted,
				to_simhash(printed.quote, 256, 1) AS fp
			FROM printed) AS p
	), travelled AS (
		SELECT m.cluster, max(m.words) AS words, bool_or(m.quoted) AS quoted,
			pg_catalog.count(DISTINCT a.outlet) AS outlets, pg_catalog.count(DISTINCT m.place) AS articles, pg_catalog.count(DISTINCT m.fp) AS variants,
			min(a.published) AS first_published, max(a.published) - min(a.published) AS span
		FROM merged AS m JOIN article AS a ON a.place = m.place
		GROUP BY m.cluster
		HAVING pg_catalog.count(DISTINCT a.outlet) >= min_outlets
	)
	SELECT (SELECT m.quote FROM merged AS m JOIN article AS a ON a.place = m.place WHERE m.cluster = t.cluster
			ORDER BY m.quoted DESC, m.words DESC, a.published, m.quote COLLATE "C" LIMIT 1),
		t.words, t.quoted, t.outlets, t.articles, t.variants,
		(SELECT CASE WHEN pg_catalog.count(DISTINCT a.outlet) = 1 AND pg_catalog.count(*) = pg_catalog.count(a.outlet) THEN min(a.outlet COLLATE "C") END
			FROM merged AS m JOIN article AS a ON a.place = m.place
			WHERE m.cluster = t.cluster AND a.published = t.first_published),
		t.first_published, t.span,
		(SELECT pg_catalog.array_agg(i.id ORDER BY i.published, i.id COLLATE "C")
			FROM (SELECT DISTINCT a.id, a.published FROM merged AS m JOIN article AS a ON a.place = m.place
				WHERE m.cluster = t.cluster) AS i)
	FROM travelled AS t
	ORDER BY t.outlets DESC, t.articles DESC, t.words DESC, t.cluster;
END;

COMMENT ON FUNCTION travelling_quotes(text, integer, integer, boolean) IS 'quotations and passages that several outlets among the rows (id, body, published, outlet) of a query have';

--
-- Who took it from whom: src/pairs/copy_edges.c
--

CREATE FUNCTION copy_edges(query text, threshold double precision DEFAULT 0.35, within interval DEFAULT NULL, tolerance interval DEFAULT '0',
						   OUT source bigint, OUT copy bigint, OUT share double precision, OUT delay interval, OUT known boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10000;

CREATE FUNCTION copy_edges(query text, threshold double precision, within interval, tolerance interval, id_type anyelement,
						   OUT source anyelement, OUT copy anyelement, OUT share double precision, OUT delay interval, OUT known boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10000;

CREATE FUNCTION copy_edges(relation regclass, id_column name, sketch_column name, published_column name, outlet_column name, rank_column name,
						   threshold double precision, within interval, tolerance interval,
						   OUT source bigint, OUT copy bigint, OUT share double precision, OUT delay interval, OUT known boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10000;

CREATE FUNCTION copy_edges(relation regclass, id_column name, sketch_column name, published_column name, outlet_column name, rank_column name,
						   threshold double precision, within interval, tolerance interval, id_type anyelement,
						   OUT source anyelement, OUT copy anyelement, OUT share double precision, OUT delay interval, OUT known boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10000;

COMMENT ON FUNCTION copy_edges(text, double precision, interval, interval) IS 'from which earlier one each copy among the rows (id, sketch, published, outlet, rank) of a query was taken';
COMMENT ON FUNCTION copy_edges(text, double precision, interval, interval, anyelement) IS 'from which earlier one each copy among the rows (id, sketch, published, outlet, rank) of a query was taken, with ids of any type';
COMMENT ON FUNCTION copy_edges(regclass, name, name, name, name, name, double precision, interval, interval) IS 'from which earlier one each copy among the rows of a relation was taken';
COMMENT ON FUNCTION copy_edges(regclass, name, name, name, name, name, double precision, interval, interval, anyelement) IS 'from which earlier one each copy among the rows of a relation was taken, with ids of any type';

--
-- Components of the pairs of a query: src/pairs/pairs_components.c
--

CREATE FUNCTION pairs_components(query text, OUT id bigint, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION pairs_components(query text, id_type anyelement, OUT id anyelement, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION pairs_components(relation regclass, a_column name, b_column name, OUT id bigint, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

CREATE FUNCTION pairs_components(relation regclass, a_column name, b_column name, id_type anyelement,
								 OUT id anyelement, OUT cluster integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100000;

COMMENT ON FUNCTION pairs_components(text) IS 'what the pairs (a, b) of a query connect';
COMMENT ON FUNCTION pairs_components(text, anyelement) IS 'what the pairs (a, b) of a query connect, with ids of any type';
COMMENT ON FUNCTION pairs_components(regclass, name, name) IS 'what the pairs of a relation connect, by two of its columns';
COMMENT ON FUNCTION pairs_components(regclass, name, name, anyelement) IS 'what the pairs of a relation connect, by two of its columns, with ids of any type';

--
-- Pictures as text: HTML and SVG, with all that comes from outside escaped
--

-- Text as HTML and XML show it, attributes too, without what XML can't hold.
CREATE FUNCTION picture_escaped(string text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(
	regexp_replace(string, '[\x01-\x08\x0B\x0C\x0E-\x1F]'::text, ''::text, 'g'::text),
	'&'::text, '&amp;'::text), '<'::text, '&lt;'::text), '>'::text, '&gt;'::text), '"'::text, '&quot;'::text), ''''::text, '&#39;'::text);

COMMENT ON FUNCTION picture_escaped(text) IS 'text as HTML and SVG show it';

-- Lines are broken at empty ones and kept as they are between; but where an
-- article has no empty ones, those that end no sentence are joined.  Character
-- stays for character, as passages are known by their places.
CREATE FUNCTION compare_html(a text, b text, title_a text DEFAULT 'A', title_b text DEFAULT 'B',
	outlet_a text DEFAULT '', outlet_b text DEFAULT '', min_words integer DEFAULT 8) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100000
BEGIN ATOMIC
	WITH passage AS MATERIALIZED (
		SELECT row_number() OVER (ORDER BY f.a_start, f.b_start) AS number, f.a_start, f.a_length,
			f.b_start, f.b_length, f.words, f.similarity
		FROM shared_passages(a, b, min_words, 3, 0) AS f
	), side AS MATERIALIZED (
		SELECT v.side, v.other, picture_escaped(v.title) AS title, picture_escaped(v.outlet) AS outlet, v.body,
			CASE WHEN v.body ~ '\n\s*\n'::text THEN translate(v.body, E'\r'::text, ' '::text)
				ELSE regexp_replace(translate(v.body, E'\r'::text, ' '::text), '([^.!?\n][^.!?\n])\n'::text, '\1 '::text, 'g'::text) END AS shown,
			CASE WHEN v.body ~ '\n\s*\n'::text THEN E'\n'::text ELSE E'\n\n'::text END AS line_end
		FROM (VALUES ('a'::text, 'b'::text, title_a, outlet_a, a), ('b'::text, 'a'::text, title_b, outlet_b, b)) AS v (side, other, title, outlet, body)
	), place AS MATERIALIZED (
		SELECT 'a'::text AS side, p.number, p.words, p.a_start AS start, p.a_start + p.a_length AS upto FROM passage AS p
		UNION ALL
		SELECT 'b'::text, p.number, p.words, p.b_start, p.b_start + p.b_length FROM passage AS p
	), kept AS MATERIALIZED (	-- within a passage, what is the same word for word
		SELECT v.side, p.number, v.start, v.start + v.length AS upto
		FROM passage AS p,
			LATERAL shared_passages(substr(a, p.a_start, p.a_length), substr(b, p.b_start, p.b_length), 2, 0, 0) AS run,
			LATERAL (VALUES ('a'::text, p.a_start + run.a_start - 1, run.a_length),
				('b'::text, p.b_start + run.b_start - 1, run.b_length)) AS v (side, start, length)
	), cut AS (
		SELECT s.side, 1 AS place FROM side AS s
		UNION SELECT s.side, length(s.body) + 1 FROM side AS s
		UNION SELECT p.side, p.start FROM place AS p
		UNION SELECT p.side, p.upto FROM place AS p
		UNION SELECT k.side, k.start FROM kept AS k
		UNION SELECT k.side, k.upto FROM kept AS k
	), piece AS (	-- of the longest passage that it is in
		SELECT c.side, c.start, c.upto,
			(SELECT p.number FROM place AS p WHERE p.side = c.side AND p.start <= c.start AND p.upto >= c.upto
				ORDER BY p.words DESC, p.number LIMIT 1) AS number,
			EXISTS (SELECT FROM kept AS k WHERE k.side = c.side AND k.start <= c.start AND k.upto >= c.upto) AS kept
		FROM (SELECT cut.side, cut.place AS start, pg_catalog.lead(cut.place) OVER (PARTITION BY cut.side ORDER BY cut.place) AS upto FROM cut) AS c
		WHERE c.upto IS NOT NULL
	), marked AS (
		SELECT t.side, string_agg(CASE
			WHEN t.number IS NULL THEN
				CASE WHEN t.start > 1 THEN picture_escaped(substr(t.text, 1, t.near)) ELSE ''::text END
				|| CASE WHEN t.far > 0 THEN '<span class="gap"> [&#8230;] </span><span class="far">'::text
					|| picture_escaped(substr(t.text, CASE WHEN t.start > 1 THEN t.near + 1 ELSE 1 END, t.far)) || '</span>'::text ELSE ''::text END
				|| picture_escaped(substr(t.text, CASE WHEN t.start > 1 THEN t.near + 1 ELSE 1 END + t.far))
			ELSE pg_catalog.format('<a %sclass="p c%s" href="#%s%s">%s</a>',
				CASE WHEN t.start = t.first THEN pg_catalog.format('id="%s%s" ', t.side, t.number) ELSE ''::text END,
				(t.number - 1) % 8::bigint, t.other, t.number,
				CASE WHEN t.kept OR t.parts IS NULL THEN picture_escaped(t.text)
					ELSE picture_escaped(t.parts[1]) || '<span class="d">'::text || picture_escaped(t.parts[2]) || '</span>'::text || picture_escaped(t.parts[3]) END)
			END, ''::text ORDER BY t.start) AS html
		FROM (
			SELECT p.side, s.other, p.start, p.number, p.kept, x.text,
				-- What differs, without the punctuation around it.
				regexp_match(x.text, '^([-\s.,:;!?"''()<>]*)([^-\s.,:;!?"''()<>](?:.*[^-\s.,:;!?"''()<>])?)(.*)$'::text) AS parts,
				min(p.start) OVER (PARTITION BY p.side, p.number) AS first,
				least(length(x.text), 200) AS near,
				-- What print leaves out: all but 200 characters beside a passage.
				greatest(length(x.text) - CASE WHEN p.start > 1 THEN 200 ELSE 0 END
					- CASE WHEN p.upto <= length(s.body) THEN 200 ELSE 0 END, 0) AS far
			FROM piece AS p JOIN side AS s ON s.side = p.side,
				LATERAL (SELECT replace(substr(s.shown, p.start, p.upto - p.start), E'\n'::text, s.line_end)) AS x (text)
		) AS t
		GROUP BY t.side
	), facts AS (
		SELECT v.verdict, c.a_words, c.b_words, c.a_shared, c.b_shared, c.longest
		FROM compare_articles(a, b, ''::text, ''::text) AS v, passage_coverage(a, b, min_words) AS c
	)
	SELECT $html$<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Shared passages</title>
<style>
:root {
	--paper: #fbfaf7; --sheet: #fff; --ink: #22211e; --soft: #6b675e; --line: #e3dfd5; --lost: #b3471d;
	--h0: #fbe3a1; --h1: #c5e3f6; --h2: #cdeac0; --h3: #f6cfd9; --h4: #ddd2f3; --h5: #ffd6b0; --h6: #bfe9e2; --h7: #e3dcc2;
}
@media (prefers-color-scheme: dark) {
	:root {
		--paper: #171614; --sheet: #1f1e1b; --ink: #e5e1d8; --soft: #9d978a; --line: #35322c; --lost: #ff9d70;
		--h0: #5c4a12; --h1: #1d4a63; --h2: #2c5423; --h3: #642f3f; --h4: #453769; --h5: #683f17; --h6: #16534b; --h7: #4d4729;
	}
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 2rem 1.25rem 3rem; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
	font: 1rem/1.6 Charter, "Bitstream Charter", "Source Serif 4", Georgia, "DejaVu Serif", serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.15rem; line-height: 1.35; margin: 0; }
.facts, .key, .by { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; font-size: .85rem; font-variant-numeric: tabular-nums; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1rem; padding: 0; list-style: none; color: var(--soft); }
.facts b { color: var(--ink); font-weight: 600; }
.key { margin: 0 0 1.5rem; padding: 0; list-style: none; line-height: 1.45; }
.key li { display: flex; gap: .7rem; align-items: baseline; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.key .p { flex: none; min-width: 2rem; text-align: center; border-radius: .25rem; font-weight: 600; }
.key .q { flex: 1; min-width: 0; }
.key .n { flex: none; color: var(--soft); }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.25rem; align-items: start; }
article { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
article header { padding: .8rem 1.2rem; border-bottom: 1px solid var(--line); }
.by { margin: .1rem 0 0; color: var(--soft); }
.body { padding: 1rem 1.2rem 1.2rem; white-space: pre-line; }
.p { color: inherit; text-decoration: none; border-radius: .15rem; padding: .08em 0; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.c0 { background: var(--h0); } .c1 { background: var(--h1); } .c2 { background: var(--h2); } .c3 { background: var(--h3); }
.c4 { background: var(--h4); } .c5 { background: var(--h5); } .c6 { background: var(--h6); } .c7 { background: var(--h7); }
.d { color: var(--lost); text-decoration: underline dotted; text-underline-offset: .2em; }
.p:target, .p:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; }
.gap { display: none; color: var(--soft); }
@media (max-width: 46rem) {
	body { padding: 1rem .75rem 2rem; } h1 { font-size: 1.3rem; }
	.pair { grid-template-columns: minmax(0, 1fr); }
	.key li { flex-wrap: wrap; } .key .q { flex: 1 1 70%; } .key .n { margin-left: 2.7rem; }
}
@media print {
	:root { --paper: #fff; --sheet: #fff; --ink: #000; --soft: #555; --line: #bbb; --lost: #b3471d;
		--h0: #fbe3a1; --h1: #c5e3f6; --h2: #cdeac0; --h3: #f6cfd9; --h4: #ddd2f3; --h5: #ffd6b0; --h6: #bfe9e2; --h7: #e3dcc2; }
	body { padding: 0; font-size: 10pt; } .p { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
	.far { display: none; } .gap { display: inline; }
}
</style>
</head>
<body>
$html$::text
		|| pg_catalog.format(E'<h1>%s &#8211; %s: %s</h1>\n<ul class="facts"><li>words shared <b>%s</b> of %s and <b>%s</b> of %s</li><li>longest passage unchanged <b>%s words</b></li></ul>\n',
			left_side.title, right_side.title, picture_escaped(CASE facts.verdict
				WHEN 'a is cut from b'::text THEN 'the first is cut from the second'::text
				WHEN 'b is cut from a'::text THEN 'the second is cut from the first'::text
				WHEN 'new version of a'::text THEN 'the second is a new version of the first'::text
				WHEN 'new version of b'::text THEN 'the first is a new version of the second'::text
				ELSE facts.verdict END),
			facts.a_shared, facts.a_words, facts.b_shared, facts.b_words, facts.longest)
		|| '<ul class="key">'::text || coalesce((SELECT string_agg(
				pg_catalog.format('<li><a class="p c%s" href="#a%s">%s</a><span class="q">%s</span><span class="n">%s words%s</span></li>',
					(p.number - 1) % 8::bigint, p.number, p.number,
					picture_escaped(regexp_replace(CASE WHEN p.a_length <= 120 THEN substr(a, p.a_start, p.a_length)
						ELSE regexp_replace(substr(a, p.a_start, 120), '\s+\S*$'::text, ''::text) END, '\s+'::text, ' '::text, 'g'::text))
						|| CASE WHEN p.a_length > 120 THEN ' &#8230;'::text ELSE ''::text END,
					p.words, CASE WHEN p.similarity < 1::double precision
						THEN pg_catalog.format(', %s %% unchanged', floor(p.similarity * 100::double precision)) ELSE ''::text END),
				''::text ORDER BY p.number) FROM passage AS p),
			pg_catalog.format('<li>No passage of %s words.</li>', min_words))
		|| E'</ul>\n<div class="pair">'::text
		|| (SELECT string_agg(pg_catalog.format(E'<article><header><h2>%s</h2>%s</header><div class="body">%s</div></article>',
				s.title, CASE WHEN s.outlet <> ''::text THEN pg_catalog.format('<p class="by">%s</p>', s.outlet) ELSE ''::text END,
				btrim(coalesce(m.html, ''::text), E' \n'::text)), E'\n'::text ORDER BY s.side)
			FROM side AS s LEFT JOIN marked AS m ON m.side = s.side)
		|| E'</div>\n</body>\n</html>\n'::text
	FROM facts, side AS left_side, side AS right_side
	WHERE left_side.side = 'a'::text AND right_side.side = 'b'::text;
END;

COMMENT ON FUNCTION compare_html(text, text, text, text, text, text, integer) IS 'page of HTML: two articles side by side, with the passages that they share';

-- What both drawings look like.
CREATE FUNCTION picture_svg(width integer, height integer, label text, content text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN pg_catalog.format($svg$<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" style="max-width:%spx" width="100%%" role="img" aria-label="%s">
<style>
text { font: 12px system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; fill: #22211e; }
.s { font-size: 10px; fill: #6b675e; } .e { text-anchor: end; } .m { text-anchor: middle; }
.paper { fill: #fbfaf7; } .row { stroke: #e3dfd5; } .link { fill: none; stroke: #c2410c; stroke-opacity: .55; }
.tie { stroke-dasharray: 4 3; } .dot { fill: #1d5f8a; stroke: #fbfaf7; } .none { fill: #fbfaf7; stroke: #1d5f8a; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
text { fill: #e5e1d8; } .s { fill: #9d978a; } .paper { fill: #171614; } .row { stroke: #35322c; }
.link { stroke: #ff9d70; } .dot { fill: #7fc3ee; stroke: #171614; } .none { fill: #171614; stroke: #7fc3ee; }
}
</style>
<rect class="paper" width="%s" height="%s"/>
%s</svg>
$svg$, width, height, width + width / 2, picture_escaped(label), width, height, content);

CREATE FUNCTION story_svg_rows(query text, OUT id text, OUT outlet text, OUT published timestamp with time zone, OUT title text,
	OUT source text, OUT share double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'query_rows' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000;

CREATE FUNCTION story_svg(query text) RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000
BEGIN ATOMIC
	WITH article AS MATERIALIZED (
		SELECT r.id, coalesce(r.outlet, '?'::text) AS outlet, coalesce(r.title, ''::text) AS title, r.source, r.share,
			CASE WHEN isfinite(r.published) THEN r.published END AS published
		FROM story_svg_rows(query) AS r
	), outlet AS MATERIALIZED (
		SELECT a.outlet AS name, row_number() OVER (ORDER BY min(a.published), a.outlet COLLATE "C") AS number
		FROM article AS a GROUP BY a.outlet
	), range AS MATERIALIZED (
		SELECT min(a.published) AS first, max(a.published) AS last, pg_catalog.count(*) > pg_catalog.count(a.published) AS undated,
			40 + 26 * (SELECT pg_catalog.count(*) FROM outlet)::integer AS bottom
		FROM article AS a
	), dot AS MATERIALIZED (
		SELECT a.id, a.outlet, a.title, a.source, a.share, a.published, 26 + 26 * o.number AS y,
			CASE WHEN a.published IS NULL THEN 176::numeric
				WHEN r.first = r.last THEN 335::numeric
				ELSE round(200::numeric + 270::numeric * date_part('epoch'::text, a.published - r.first)::numeric
					/ date_part('epoch'::text, r.last - r.first)::numeric, 1) END AS x
		FROM article AS a JOIN outlet AS o ON o.name = a.outlet, range AS r
	)
	SELECT picture_svg(480, r.bottom + 28, 'Timeline of a story'::text,
		coalesce((SELECT string_agg(pg_catalog.format(E'<text x="8" y="%s">%s</text><path class="row" d="M166 %sH472"/>\n', 30 + 26 * o.number,
				picture_escaped("left"(o.name, 21)) || CASE WHEN length(o.name) > 21 THEN '&#8230;'::text ELSE ''::text END, 26 + 26 * o.number), ''::text ORDER BY o.number)
			FROM outlet AS o), ''::text)
		|| CASE WHEN r.undated THEN E'<text class="s m" x="176" y="26">no date</text>\n'::text ELSE ''::text END
		|| coalesce((SELECT string_agg(pg_catalog.format(E'<text class="s %s" x="%s" y="%s">%s</text>\n', v.anchor, v.x, r.bottom + 16,
				to_char(v.at AT TIME ZONE 'UTC'::text, CASE WHEN r.last - r.first > '4 days'::interval THEN 'FMDD Mon YYYY'::text ELSE 'FMDD Mon HH24:MI'::text END)), ''::text ORDER BY v.x)
			FROM (VALUES ('b'::text, 200, r.first), ('m'::text, 335, r.first + (r.last - r.first) / 2::double precision), ('e'::text, 472, r.last)) AS v (anchor, x, at)
			WHERE r.first < r.last OR v.x = 335), ''::text)
		|| coalesce((SELECT string_agg(pg_catalog.format(E'<path class="link%s" stroke-width="%s" d="M%s %sC%s %s %s %s %s %s"><title>%s</title></path>\n',
				CASE WHEN s.published < c.published THEN ''::text ELSE ' tie'::text END,
				round((1::double precision + 5::double precision * greatest(least(c.share, 1::double precision), 0::double precision))::numeric, 1),
				s.x, s.y, round((s.x + c.x) / 2::numeric, 1), s.y - CASE WHEN s.y = c.y THEN 14 ELSE 0 END,
				round((s.x + c.x) / 2::numeric, 1), c.y - CASE WHEN s.y = c.y THEN 14 ELSE 0 END, c.x, c.y,
				pg_catalog.format('%s %s %s: %s %%', picture_escaped(s.outlet), CASE WHEN s.published < c.published THEN '&#8594;'::text ELSE '&#8211;'::text END,
					picture_escaped(c.outlet), round((100::double precision * c.share)::numeric))), ''::text
				ORDER BY s.x, s.y, c.x, c.y, s.id COLLATE "C", c.id COLLATE "C")
			FROM dot AS c JOIN dot AS s ON s.id = c.source
			WHERE c.share IS NOT NULL), ''::text)
		|| coalesce((SELECT string_agg(pg_catalog.format(E'<circle class="%s" cx="%s" cy="%s" r="5"><title>%s</title></circle>\n',
				CASE WHEN d.published IS NULL THEN 'none'::text ELSE 'dot'::text END, d.x, d.y,
				picture_escaped(d.outlet || coalesce(to_char(d.published AT TIME ZONE 'UTC'::text, ', FMDD Mon YYYY HH24:MI'::text), ''::text) || ': '::text || d.title)), ''::text
				ORDER BY d.x, d.y, d.id COLLATE "C")
			FROM dot AS d), ''::text))
	FROM range AS r;
END;

COMMENT ON FUNCTION story_svg(text) IS 'drawing of the rows (id, outlet, published, title, source, share) of a query: outlets, times, and what was copied from what';

CREATE FUNCTION outlet_svg_rows(query text, OUT source text, OUT copy text, OUT value double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'query_rows' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000;

CREATE FUNCTION outlet_svg(query text) RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000
BEGIN ATOMIC
	WITH link AS MATERIALIZED (
		SELECT r.source, r.copy, sum(r.value) AS value
		FROM outlet_svg_rows(query) AS r
		WHERE r.source IS NOT NULL AND r.copy IS NOT NULL AND r.value > 0::double precision AND r.value < 'Infinity'::double precision
		GROUP BY r.source, r.copy
	), node AS MATERIALIZED (
		SELECT n.side, n.name, n.value, row_number() OVER (PARTITION BY n.side ORDER BY n.value DESC, n.name COLLATE "C") AS number
		FROM (SELECT 'source'::text AS side, l.source AS name, sum(l.value) AS value FROM link AS l GROUP BY l.source
			UNION ALL SELECT 'copy'::text, l.copy, sum(l.value) FROM link AS l GROUP BY l.copy) AS n
	), size AS (
		SELECT coalesce(max(n.number), 0)::integer AS rows, coalesce((SELECT max(l.value) FROM link AS l), 1::double precision) AS most FROM node AS n
	)
	SELECT picture_svg(480, 52 + 26 * z.rows, 'Who copies whom'::text,
		E'<text class="s" x="8" y="20">written by</text><text class="s e" x="472" y="20">copied by</text>\n'::text
		|| coalesce((SELECT string_agg(pg_catalog.format(E'<path class="link" stroke-width="%s" d="M182 %sC240 %s 240 %s 298 %s"><title>%s</title></path>\n',
				round((1::double precision + 9::double precision * l.value / z.most)::numeric, 1), 20 + 26 * s.number, 20 + 26 * s.number, 20 + 26 * c.number, 20 + 26 * c.number,
				pg_catalog.format('%s &#8594; %s: %s', picture_escaped(l.source), picture_escaped(l.copy), l.value)), ''::text ORDER BY s.number, c.number)
			FROM link AS l
			JOIN node AS s ON s.side = 'source'::text AND s.name = l.source
			JOIN node AS c ON c.side = 'copy'::text AND c.name = l.copy), ''::text)
		|| coalesce((SELECT string_agg(pg_catalog.format(E'<text%s x="%s" y="%s">%s</text>\n',
				CASE WHEN n.side = 'copy'::text THEN ' class="e"'::text ELSE ''::text END, CASE WHEN n.side = 'copy'::text THEN 472 ELSE 8 END, 24 + 26 * n.number,
				picture_escaped("left"(n.name, 21)) || CASE WHEN length(n.name) > 21 THEN '&#8230;'::text ELSE ''::text END), ''::text ORDER BY n.side DESC, n.number)
			FROM node AS n), ''::text))
	FROM size AS z;
END;

COMMENT ON FUNCTION outlet_svg(text) IS 'drawing of the rows (source, copy, value) of a query: who copies whom, and how much';
