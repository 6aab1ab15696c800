# The extension in the hands of ordinary roles: installed without a superuser,
# out of the way of whoever may create objects, and no way around privileges
# and row-level security. doc/security.md says what is shown here.
#
# What the extension has is read from the catalogs, so that objects added later
# are covered by themselves.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('security');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my $superuser = $node->safe_psql('postgres', 'SELECT CURRENT_USER');

# sql(ROLE, DATABASE, SCRIPT): the output
sub sql
{
	my ($role, $database, $script) = @_;
	return $node->safe_psql($database, $script, extra_params => [ '-U', $role ]);
}

# refused(ROLE, DATABASE, SCRIPT, PATTERN, NAME): the script fails like that
sub refused
{
	my ($role, $database, $script, $pattern, $name) = @_;
	my ($status, $out, $error) = $node->psql($database, $script, extra_params => [ '-U', $role ]);

	ok($status != 0 && $error =~ $pattern, $name) or diag "status $status, output $out, error $error";
}

$node->safe_psql('postgres', <<'SQL');
CREATE ROLE owner LOGIN;
CREATE ROLE reader LOGIN;
CREATE ROLE attacker LOGIN;
SQL

# What the extension consists of, for whoever looks.
my $members = <<'SQL';
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'simhash';
SQL

# ---------------------------------------------------------------------------
# Installed by a role that may create in its database, and nothing else

$node->safe_psql('postgres', 'CREATE DATABASE trusted');
refused('owner', 'trusted', 'CREATE EXTENSION simhash', qr/permission denied to create extension "simhash"/,
	'not installed without a right to create');
$node->safe_psql('trusted', 'GRANT CREATE ON DATABASE trusted TO owner');
sql('owner', 'trusted', 'CREATE SCHEMA lib; CREATE EXTENSION simhash SCHEMA lib');
is(sql('owner', 'trusted', "SELECT extowner::regrole FROM pg_extension WHERE extname = 'simhash'"), 'owner', 'trusted: installed by an ordinary role');
is( sql('owner', 'trusted', <<"SQL"), '', 'all its objects are in the schema that was named');
$members
SELECT name FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid WHERE pronamespace <> 'lib'::regnamespace
UNION ALL
SELECT name FROM member JOIN pg_type t ON classid = 'pg_type'::regclass AND objid = t.oid WHERE typnamespace <> 'lib'::regnamespace
UNION ALL
SELECT name FROM member JOIN pg_operator o ON classid = 'pg_operator'::regclass AND objid = o.oid WHERE oprnamespace <> 'lib'::regnamespace
UNION ALL
SELECT name FROM member JOIN pg_opclass c ON classid = 'pg_opclass'::regclass AND objid = c.oid WHERE opcnamespace <> 'lib'::regnamespace
SQL

# The owner of the extension is not the owner of its objects: what they do
# can't be changed by whoever installed it.
is( sql('owner', 'trusted', <<"SQL"), '', 'no object belongs to the installer');
$members
SELECT name FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid WHERE proowner = 'owner'::regrole
SQL
is( sql('owner', 'trusted', <<"SQL"), '', 'no function runs with another\'s rights');
$members
SELECT name FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid WHERE prosecdef
SQL
# Bodies of SQL that are parsed when called would mean what the caller's
# search_path says, and fail where PostgreSQL restricts it (from 17 on in
# REINDEX, ANALYZE and their like).
is( sql('owner', 'trusted', <<"SQL"), '', 'no function is parsed anew when called');
$members
SELECT name FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid JOIN pg_language l ON l.oid = prolang
WHERE lanname NOT IN ('c', 'internal') AND prosqlbody IS NULL
SQL

# ---------------------------------------------------------------------------
# Objects that wait in the schema before the extension comes
#
# Whoever may create in that schema could have set up functions and operators
# that the install script then takes for PostgreSQL's or its own, as they fit
# better: then everyone who uses the extension would run them.

my $trap = <<'SQL';
CREATE FUNCTION pg_temp.set_traps(functions text[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	types text[] := ARRAY['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'text', 'bool', 'bytea', 'oid', 'bit', 'varchar', '"char"'];
	l text;
	r text;
	o text;
	f text;
	n int := 0;
BEGIN
	-- operators on any two types that PostgreSQL has none for, and so casts
	FOREACH l IN ARRAY types LOOP
		FOREACH r IN ARRAY types LOOP
			EXECUTE format('CREATE FUNCTION trap.value(%s, %s) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS %L',
				l, r, 'BEGIN RAISE ''trapped''; END');
			EXECUTE format('CREATE FUNCTION trap.truth(%s, %s) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS %L',
				l, r, 'BEGIN RAISE ''trapped''; END');
			FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '+', '-', '*', '/', '%', '||', '<->', '@@', '<@', '@>'] LOOP
				IF NOT EXISTS (SELECT FROM pg_operator WHERE oprname = o AND oprleft = l::regtype AND oprright = r::regtype) THEN
					EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.%s)',
						o, l, r, CASE WHEN o ~ '[=<>@]' AND o <> '<->' THEN 'truth' ELSE 'value' END);
					n := n + 1;
				END IF;
			END LOOP;
		END LOOP;
	END LOOP;
	-- functions
	FOREACH f IN ARRAY functions LOOP
		EXECUTE format('CREATE FUNCTION trap.%s RETURNS text LANGUAGE plpgsql IMMUTABLE AS %L', f, 'BEGIN RAISE ''trapped''; END');
		n := n + 1;
	END LOOP;
	RETURN n;
END $$;
SQL

# Calls of the extension's functions that leave arguments to their defaults;
# and functions of PostgreSQL with arguments that need no cast.
my @captures = split /\n/, sql('owner', 'trusted', <<"SQL");
$members
SELECT DISTINCT format('%I(%s)', proname, (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
	FROM unnest(proargtypes) WITH ORDINALITY AS a (t, i) WHERE i <= n))
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid, generate_series(pronargs - pronargdefaults, pronargs - 1) AS n
WHERE pronargdefaults > 0
	AND NOT EXISTS (SELECT FROM unnest(proargtypes) WITH ORDINALITY AS a (t, i), member m
		WHERE i <= n AND m.classid = 'pg_type'::regclass AND m.objid = t)
SQL
cmp_ok(scalar @captures, '>=', 5, 'functions with defaults: ' . @captures);
push @captures, map {; "$_(int4, float8)", "$_(float8, int4)", "$_(numeric, float8)", "$_(varchar)", "$_(bytea, int8)" }
  qw(round power mod div length substr substring position hash similarity count sum min max array_agg unnest);

$node->safe_psql('postgres', 'CREATE DATABASE trapped');
$node->safe_psql('trapped', 'CREATE SCHEMA trap AUTHORIZATION attacker; GRANT CREATE ON DATABASE trapped TO owner; GRANT ALL ON SCHEMA trap TO owner');
cmp_ok(sql('attacker', 'trapped', "$trap SELECT pg_temp.set_traps(ARRAY[" . join(', ', map { "'" . s/'/''/gr . "'" } @captures) . '])'),
	'>', 1000, 'traps are set');
sql('owner', 'trapped', 'CREATE EXTENSION simhash SCHEMA trap');

my $strangers = <<"SQL";
$members
SELECT m.name || ' uses ' || pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
FROM member m JOIN pg_depend d ON d.classid = m.classid AND d.objid = m.objid
WHERE d.deptype <> 'e'
	AND NOT EXISTS (SELECT FROM member o WHERE o.classid = d.refclassid AND o.objid = d.refobjid)
	AND pg_describe_object(d.refclassid, d.refobjid, 0) NOT LIKE 'schema %'
	-- what belongs to a member belongs to the extension
	AND NOT EXISTS (SELECT FROM pg_depend i JOIN member o ON o.classid = i.refclassid AND o.objid = i.refobjid
		WHERE i.classid = d.refclassid AND i.objid = d.refobjid AND i.deptype IN ('i', 'a'))
SQL
is(sql('owner', 'trapped', $strangers), '', 'the extension uses PostgreSQL\'s objects and its own, no others');
# with all its arguments: a trap stands for each call that leaves some out
is( sql('owner', 'trapped', "SET search_path = trap; SELECT verdict FROM compare_articles('a few words of text', 'a few words of text', '', '')"),
	'identical', 'and works');

# The same question finds a stranger where there is one.
like(
	sql($superuser, 'trapped', <<"SQL"), qr/stranger.* uses operator trap\.\/\(integer,double precision\)/, 'a stranger would be found');
CREATE FUNCTION trap.stranger() RETURNS float8 LANGUAGE sql BEGIN ATOMIC SELECT 1::int4 OPERATOR(trap./) 2::float8; END;
ALTER EXTENSION simhash ADD FUNCTION trap.stranger();
$strangers
SQL

# ---------------------------------------------------------------------------
# Used by ordinary roles: USAGE on the schema is all that it takes

my $tables = <<'SQL';
CREATE TABLE article (
	id int PRIMARY KEY,
	keeper name DEFAULT CURRENT_USER,
	body text,
	fp lib.simhash(256) GENERATED ALWAYS AS (lib.to_simhash(body)) STORED,
	sketch lib.textsketch GENERATED ALWAYS AS (lib.to_textsketch(body)) STORED
);
INSERT INTO article (id, body)
	SELECT i, string_agg('word' || (i / 3 * 1000 + w), ' ' ORDER BY w) || ' end' || i % 3
	FROM generate_series(1, 600) AS i, generate_series(1, 60) AS w GROUP BY i;
SQL

refused('reader', 'trusted', "SELECT lib.to_simhash('a b')", qr/permission denied for schema lib/, 'nothing without USAGE on the schema');
sql('owner', 'trusted', 'GRANT USAGE ON SCHEMA lib TO reader; CREATE SCHEMA AUTHORIZATION owner; ' . $tables);

# An index of every default class, by a role that only owns its table.
my @classes = split /\n/, sql('owner', 'trusted', <<"SQL");
$members
SELECT amname || '|' || attname
FROM member JOIN pg_opclass c ON classid = 'pg_opclass'::regclass AND objid = c.oid
JOIN pg_am am ON am.oid = c.opcmethod
JOIN pg_attribute a ON attrelid = 'article'::regclass AND atttypid = opcintype
WHERE opcdefault ORDER BY 1
SQL
cmp_ok(scalar @classes, '>=', 6, 'default operator classes: ' . join ', ', @classes);
foreach my $class (@classes)
{
	my ($method, $column) = split /\|/, $class;

	sql('owner', 'trusted', "SET search_path = owner, lib; CREATE INDEX article_${method}_$column ON article USING $method ($column)");
}
sql('owner', 'trusted', 'VACUUM ANALYZE article');
is( sql('owner', 'trusted', <<'SQL'), "3\n3\n3\n1 2 1", 'an ordinary role owns a table with all of it');
SET search_path = lib, owner;
SELECT count(*) FROM article WHERE simhash_dwithin(fp, (SELECT fp FROM article WHERE id = 3), 40);
SELECT count(*) FROM article WHERE textsketch_resembles(sketch, (SELECT sketch FROM article WHERE id = 3), 0.5);
SELECT count(*) FROM (SELECT * FROM article ORDER BY fp <-> (SELECT fp FROM article WHERE id = 3) LIMIT 3) AS n;
SELECT string_agg(n::text, ' ' ORDER BY c) FROM (SELECT c, count(*) AS n FROM
	(SELECT simhash_cluster(fp, 40) OVER () AS c FROM article WHERE id IN (2, 3, 5, 9)) AS s GROUP BY c) AS t;
SQL
refused('reader', 'trusted', 'SET search_path = lib, owner; SELECT * FROM owner.article', qr/permission denied/, 'and keeps it');

# ---------------------------------------------------------------------------
# A search_path that leads astray: better fitting functions, operators and
# types of the same names in front

my $answers = <<'SQL';
SELECT lib.compare_articles(a.body, b.body) FROM owner.article a, owner.article b WHERE a.id = 3 AND b.id = 4;
SELECT id FROM owner.article WHERE lib.simhash_dwithin(fp, (SELECT fp FROM owner.article WHERE id = 3), 40) ORDER BY id;
SELECT id FROM owner.article WHERE lib.textsketch_resembles(sketch, (SELECT sketch FROM owner.article WHERE id = 3), 0.5) ORDER BY id;
SELECT id FROM owner.article ORDER BY fp OPERATOR(lib.<->) (SELECT fp FROM owner.article WHERE id = 3), id LIMIT 3;
SELECT lib.shared_passages(a.body, b.body) FROM owner.article a, owner.article b WHERE a.id = 3 AND b.id = 4;
SELECT max(c) FROM (SELECT lib.simhash_cluster(fp, 40) OVER () AS c FROM owner.article) AS s;
INSERT INTO owner.article (id, body) VALUES (10001, 'a new one that was not there') RETURNING fp, sketch;
DELETE FROM owner.article WHERE id > 10000;
REINDEX TABLE owner.article;
VACUUM ANALYZE owner.article;
SQL
my @evil = split /\n/, sql('owner', 'trusted', <<"SQL");
$members
SELECT command FROM (
SELECT 1 AS step, format('CREATE OR REPLACE FUNCTION evil.%I(%s) RETURNS text LANGUAGE plpgsql IMMUTABLE AS \$\$BEGIN RAISE ''trapped''; END\$\$;',
	proname, (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i) FROM unnest(proargtypes) WITH ORDINALITY AS a (t, i))) AS command
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
WHERE NOT 'internal'::regtype = ANY (proargtypes) AND NOT 'cstring'::regtype = ANY (proargtypes)
UNION ALL
SELECT 2, format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.%I);',
	oprname, oprleft::regtype, oprright::regtype, proname)
FROM member JOIN pg_operator o ON classid = 'pg_operator'::regclass AND objid = o.oid JOIN pg_proc p ON p.oid = oprcode
) AS c ORDER BY step, command
SQL
$node->safe_psql('trusted', 'CREATE SCHEMA evil AUTHORIZATION attacker; GRANT USAGE ON SCHEMA lib TO attacker; GRANT USAGE ON SCHEMA evil TO PUBLIC');
sql('attacker', 'trusted', join "\n", @evil);
my $right = sql('owner', 'trusted', $answers);
is(sql('owner', 'trusted', "SET search_path = evil, pg_catalog; SET enable_seqscan = off; $answers"), $right,
	'the same answers with ' . @evil . ' impostors in front');
is(sql($superuser, 'trusted', "SET search_path = evil, pg_catalog; $answers"), $right, 'for a superuser too');
refused('owner', 'trusted', "SET search_path = evil, lib; SELECT to_simhash('a b'::text, 64, 2)", qr/trapped/, 'unqualified, an impostor would be called');

# ---------------------------------------------------------------------------
# Row-level security

$node->safe_psql('trusted', <<'SQL');
SET search_path = owner, lib;
CREATE ROLE desk;
GRANT desk TO reader;
CREATE TABLE secret (id int PRIMARY KEY, hidden bool, body text, fp simhash(256), sketch textsketch, any_width simhash);
-- the hidden: a thousand rows of one text, and some whose width or
-- parameters no comparison would accept
INSERT INTO secret SELECT i, true, 'the minister resigns tonight' FROM generate_series(1, 1000) AS i;
INSERT INTO secret SELECT 2000 + row_number() OVER (ORDER BY id), false, body FROM article;
UPDATE secret SET fp = to_simhash(body), any_width = to_simhash(body, CASE WHEN hidden THEN 64 ELSE 256 END),
	sketch = to_textsketch(body, CASE WHEN hidden AND id > 990 THEN 3 ELSE 4 END);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY open ON secret TO desk USING (NOT hidden);
GRANT SELECT ON secret TO desk;
GRANT USAGE ON SCHEMA owner TO desk;
CREATE INDEX ON secret (any_width);
SQL
foreach my $class (@classes)
{
	my ($method, $column) = split /\|/, $class;

	$node->safe_psql('trusted', "SET search_path = owner, lib; CREATE INDEX ON secret USING $method ($column)");
}
$node->safe_psql('trusted', 'VACUUM ANALYZE owner.secret');

my $wanted = "to_simhash('the minister resigns tonight')";
my $sketch = "to_textsketch('the minister resigns tonight')";
my %questions = (
	'distance' => "SELECT min(id + 0) FROM secret WHERE fp <-> $wanted <= 256",
	'distance, any width' => "SELECT min(id + 0) FROM secret WHERE any_width <-> $wanted <= 256",
	'nearest' => "SELECT min(id) FROM (SELECT id FROM secret ORDER BY fp <-> $wanted LIMIT 1000) AS s",
	'nearest, any width' => "SELECT min(id) FROM (SELECT id FROM secret ORDER BY any_width <-> $wanted LIMIT 1000) AS s",
	'radius' => "SELECT min(id + 0) FROM secret WHERE simhash_dwithin(fp, $wanted, 256)",
	'radius, any width' => "SELECT min(id + 0) FROM secret WHERE simhash_dwithin(any_width, $wanted, 256)",
	'ball' => "SELECT min(id + 0) FROM secret WHERE fp <@ simhash_ball($wanted, 256)",
	'similar' => "SET simhash.similarity_threshold = 0; SELECT min(id + 0) FROM secret WHERE fp % $wanted",
	'sketches' => "SELECT min(id + 0) FROM secret WHERE resemblance(sketch, $sketch) >= 0",
	'sketch operators' => "SELECT coalesce(min(id + 0), 2001) FROM secret WHERE sketch % $sketch",
	'equality' => "SELECT coalesce(min(id + 0), 2001) FROM secret WHERE fp = $wanted",
	'pairs' => "SELECT min(least(a, b)) FROM simhash_pairs('SELECT id::bigint, fp FROM secret', 256)",
	'clusters' => "SELECT min(id) FROM (SELECT id, simhash_cluster(fp, 256) OVER () AS c FROM secret) AS s WHERE c = 0");

foreach my $scan ('seqscan', 'index')
{
	my $settings = 'SET search_path = owner, lib;' . ($scan eq 'index' ? 'SET enable_seqscan = off;' : '');

	# An error about a width, or another's row, would tell of hidden rows.
	is(sql('reader', 'trusted', "$settings $questions{$_}"), 2001, "row-level security, $scan: $_") foreach sort keys %questions;
}
refused($superuser, 'trusted', "SET search_path = owner, lib; $questions{$_}", qr/different/, "whoever sees all rows meets what differs: $_")
  foreach 'distance, any width', 'sketches';

# The estimates in EXPLAIN don't depend on what is hidden: a text that makes
# up most of the table is estimated like one that isn't there.
sub estimate
{
	my ($condition, $text) = @_;
	my $plan = sql('reader', 'trusted', "SET search_path = owner, lib; EXPLAIN (FORMAT json) SELECT FROM secret WHERE " . $condition =~ s/TEXT/'$text'/r);

	return ($plan =~ /"Plan Rows": (\d+)/)[0];
}

my @conditions = (
	"fp <@ simhash_ball(to_simhash(TEXT), 3)", "simhash_ball(to_simhash(TEXT), 3) @> fp",
	"simhash_dwithin(fp, to_simhash(TEXT), 3)", "fp % to_simhash(TEXT)",
	"sketch % to_textsketch(TEXT)", "sketch <% to_textsketch(TEXT)",
	"textsketch_resembles(sketch, to_textsketch(TEXT), 0.5)", "textsketch_shares(sketch, to_textsketch(TEXT), 1)",
	"sketch @@ textsketch_query('resembles', to_textsketch(TEXT), 0.5)");

foreach my $condition (@conditions)
{
	is(estimate($condition, 'the minister resigns tonight'), estimate($condition, 'nobody has written this'),
		"estimates tell nothing: $condition");
}

# A condition that isn't leakproof is no index condition here; with what
# doc/security.md offers, it is.
my $explain = "SET search_path = owner, lib; SET enable_seqscan = off; EXPLAIN (COSTS off) SELECT FROM secret WHERE simhash_dwithin(fp, $wanted, 3)";

unlike(sql('reader', 'trusted', $explain), qr/Index Cond/, 'policies come before conditions that are not leakproof');
$node->safe_psql('trusted', <<'SQL');
ALTER FUNCTION lib.simhash_dwithin(lib.simhash, lib.simhash, int) LEAKPROOF;
ALTER FUNCTION lib.simhash_contained(lib.simhash, lib.simhash_ball) LEAKPROOF;
SQL
like(sql('reader', 'trusted', $explain), qr/Index Cond/, 'an index serves again where a superuser says that no error tells of rows');
is(sql('reader', 'trusted', "SET search_path = owner, lib; SET enable_seqscan = off; $questions{$_}"), 2001, "and no hidden row comes: $_")
  foreach 'radius', 'ball', 'nearest', 'clusters';

# ---------------------------------------------------------------------------
# Functions over a query: with the rights of the caller, and reading only

my @over_queries = split /\n/, sql('owner', 'trusted', <<"SQL");
$members
SELECT proname || '|' || string_agg(CASE
	WHEN proargnames[i] IN ('query', 'other_query') THEN 'QUERY'
	WHEN format_type(t, NULL) = 'anyelement' THEN 'NULL::bigint'
	WHEN format_type(t, NULL) IN ('integer', 'bigint') THEN '3'
	WHEN format_type(t, NULL) = 'double precision' THEN '0.5'
	WHEN proargnames[i] = 'method' THEN '''star'''
	WHEN proargnames[i] = 'measure' THEN '''resemblance'''
	ELSE format('NULL::%s', format_type(t, NULL)) END, ', ' ORDER BY i)
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid, unnest(proargtypes) WITH ORDINALITY AS a (t, i)
WHERE proargnames[1] = 'query' AND proargtypes[0] = 'text'::regtype AND i <= greatest(pronargs - pronargdefaults, 1)
GROUP BY p.oid, proname ORDER BY 1
SQL
note 'functions over a query: ', scalar @over_queries;
$node->safe_psql('trusted', 'CREATE TABLE owner.log (id bigint)');
foreach my $function (@over_queries)
{
	my ($name, $arguments) = split /\|/, $function;
	my $call = sub {
		my ($query) = @_;

		return "SET search_path = owner, lib; SELECT count(*) FROM $name(" . $arguments =~ s/QUERY/\$query\$$query\$query\$/gr . ')';
	};
	my $denied = 0;

	# In one of these forms a query is what the function asks for.
	foreach my $columns ('id::bigint, fp', 'id::bigint, sketch', 'id::bigint, id::bigint',
		'id::bigint, id::bigint, body, body, body, now()', 'id::bigint, sketch, now(), body, 3',
		'body, body, now(), body', 'body, body, now(), body, body, 0.5::float8', 'body, body, 0.5::float8')
	{
		my ($status, $out, $error) = $node->psql('trusted', $call->("SELECT $columns FROM article"), extra_params => [ '-U', 'reader' ]);

		isnt($status, 0, "$name of $columns: not another's table");
		$denied ||= $error =~ /permission denied for table article/;
	}
	ok($denied, "$name($arguments): denied for want of privileges");
	refused('owner', 'trusted', $call->($_), qr/ERROR/, "$name: refuses $_")
	  foreach 'DELETE FROM article RETURNING id::bigint, fp', 'WITH d AS (DELETE FROM article RETURNING id::bigint, fp) SELECT * FROM d',
	  'INSERT INTO log VALUES (1) RETURNING id, id', 'DROP TABLE article', 'COMMIT', '', 'SELECT 1; DROP TABLE article';
	is(sql('owner', 'trusted', 'SELECT count(*) FROM owner.article'), 600, "$name: nothing was changed");
}

# What a query's columns are cast by is called with the caller's rights, too.
$node->safe_psql('trusted', <<'SQL');
SET search_path = owner, lib;
CREATE TYPE sealed AS ENUM ('one');
CREATE FUNCTION unseal(sealed) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 4711';
CREATE CAST (sealed AS bigint) WITH FUNCTION unseal(sealed) AS IMPLICIT;
REVOKE ALL ON FUNCTION unseal(sealed) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unseal(sealed) TO owner;
GRANT USAGE ON SCHEMA owner TO attacker;
SQL
foreach my $function (@over_queries)
{
	my ($name, $arguments) = split /\|/, $function;
	my $sealed = "'one'::owner.sealed";
	# Ids of these are texts, which no cast makes of an enum.
	next if $name =~ /^(?:story_svg|outlet_svg|travelling)/;
	my $columns = $name =~ /^pairs/ ? "$sealed, $sealed"
	  : $name =~ /^copy/ ? "$sealed, lib.to_textsketch('a'), now(), 'a', 1"
	  : $name =~ /^story/ ? "$sealed, $sealed, 'a', 'b', 'c', now()"
	  : $name =~ /sketch/ ? "$sealed, lib.to_textsketch('a')" : "$sealed, lib.to_simhash('a')";

	$arguments =~ s/QUERY/\$query\$SELECT $columns\$query\$/g;
	refused('attacker', 'trusted', "SELECT * FROM lib.$name($arguments)", qr/permission denied for function unseal/, "$name: casts aren't called without a right to");
	isnt(sql('owner', 'trusted', "SELECT count(*) FROM lib.$name($arguments)"), '', "$name: and are with it");
}

# ---------------------------------------------------------------------------
# Functions that read a relation, or look into it, ask whether the caller may

my @inspectors = split /\n/, sql('owner', 'trusted', <<"SQL");
$members
SELECT p.oid::regproc || '(' || string_agg(CASE
	WHEN format_type(t, NULL) = 'regclass' THEN 'RELATION'
	WHEN proargnames[i] = 'method' THEN '''star'''
	WHEN proargnames[i] = 'measure' THEN '''resemblance'''
	WHEN proargnames[i] IN ('fp_column', 'sketch_column', 'published_column') THEN quote_literal(replace(proargnames[i], '_column', ''))
	WHEN proargnames[i] IN ('other_fp_column', 'other_sketch_column') THEN quote_literal(split_part(proargnames[i], '_', 2))
	WHEN proargnames[i] IN ('title_column', 'body_column', 'source_column', 'outlet_column') THEN '''body'''
	WHEN format_type(t, NULL) = 'name' THEN '''id'''
	WHEN format_type(t, NULL) = 'double precision' THEN '0.5'
	WHEN format_type(t, NULL) = 'integer' THEN '3'
	WHEN format_type(t, NULL) = 'interval' THEN 'NULL::interval'
	ELSE 'NULL::int' END, ', ' ORDER BY i) || ')'
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid, unnest(proargtypes) WITH ORDINALITY AS a (t, i)
WHERE proargtypes[0] = 'regclass'::regtype GROUP BY p.oid ORDER BY 1
SQL
my $some_index = sql('owner', 'trusted', "SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = relam WHERE amname = 'mih' AND relname LIKE 'article%'")
  || 0;
sql('owner', 'trusted', 'CREATE VIEW dated AS SELECT *, now() AS published FROM article');
cmp_ok(scalar @inspectors, '>=', 12, 'functions of a relation: ' . @inspectors);
foreach my $call (@inspectors)
{
	my $relation = $call =~ /mih/ ? $some_index : 'owner.dated';

	$call =~ s/RELATION/'$relation'/g;
	refused('attacker', 'trusted', "SELECT * FROM $call", qr/permission denied for (?:index|view)|must be owner/, "$call: not another's");
	isnt(sql('owner', 'trusted', "SELECT count(*) FROM $call"), '', "$call: the owner may");
}

# ---------------------------------------------------------------------------
# Settings: any role may set them for itself, but the limit of memory; nobody
# can make one up, and what was set before the library was loaded is checked then

is(sql('reader', 'trusted', 'SET simhash.similarity_threshold = 0.9; SELECT lib.simhash_radius(64, 0.9); SHOW simhash.similarity_threshold'), "9\n0.9", 'settings are the role\'s own');
refused('reader', 'trusted', "SELECT lib.to_simhash('a'); SET simhash.made_up = 1", qr/invalid configuration parameter name/, 'no other in the extension\'s name');
my (undef, undef, $warning) = $node->psql('trusted', "SET simhash.similarity_threshold = 'high'; SELECT lib.to_simhash('a')", extra_params => [ '-U', 'reader' ]);
like($warning, qr/invalid value for parameter "simhash.similarity_threshold"/, 'a wrong value is told when the library comes');

# The limit is an administrator's, by whatever way, before the library is
# loaded (when PostgreSQL doesn't know what the setting is) and afterwards.
my $load = "SELECT lib.to_simhash('a') IS NULL;";
my $large = "SELECT count(*) FROM lib.shared_passages(repeat('a b c ', 2000), repeat('b c a ', 2000))";
my %raises = (
	'SET' => "SET simhash.memory_limit = '2GB'",
	'RESET' => 'RESET simhash.memory_limit',
	'set_config' => "SELECT set_config('simhash.memory_limit', '2GB', true)",
	'ALTER ROLE' => "ALTER ROLE owner SET simhash.memory_limit = '2GB'",
	'CREATE FUNCTION' => "CREATE FUNCTION owner.raised() RETURNS int SET simhash.memory_limit = '2GB' LANGUAGE sql AS 'SELECT 1'");

$node->safe_psql('trusted', 'ALTER ROLE owner SET simhash.memory_limit = 100');
is(sql('owner', 'trusted', "$load SHOW simhash.memory_limit"), "f\n100kB", 'memory: lowered for a role');
refused('owner', 'trusted', $large, qr/memory of shared_passages exceeds "simhash.memory_limit" \(100 kB\)/, 'memory: it is kept to');
is(sql('reader', 'trusted', "$load $large"), "f\n2", 'memory: and not for another');
refused('owner', 'trusted', "$load $raises{$_}", qr/permission denied to set parameter/, "memory: not raised by $_") foreach sort keys %raises;
refused('owner', 'trusted', $raises{$_}, qr/permission denied to set parameter/, "memory: not raised by $_ before") foreach 'ALTER ROLE', 'CREATE FUNCTION';
foreach my $raise ('SET', 'set_config')
{
	my (undef, $out, $error) = $node->psql('trusted', "BEGIN; $raises{$raise}; $load SHOW simhash.memory_limit; $large", extra_params => [ '-U', 'owner' ]);

	like($out, qr/^100kB$/m, "memory: $raise before is undone");
	like($error, qr/permission denied to set parameter "simhash.memory_limit"/, "memory: $raise before is told");
}
$node->safe_psql('trusted', 'GRANT SET ON PARAMETER simhash.memory_limit TO owner');
is(sql('owner', 'trusted', "$load SET simhash.memory_limit = '2GB'; SHOW simhash.memory_limit"), "f\n2GB", 'memory: raised by whom it was granted to');
$node->safe_psql('trusted', 'REVOKE SET ON PARAMETER simhash.memory_limit FROM owner');

# What a connection begins with comes before what its role has. It can lead
# back to the default, unless the library is there from the start.
{
	local $ENV{PGOPTIONS} = '-c simhash.memory_limit=2GB';

	is(sql('owner', 'trusted', "$load SHOW simhash.memory_limit"), "f\n1GB", 'memory: not raised beyond the default by a connection\'s options');
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'simhash'");
	$node->restart;
	refused('owner', 'trusted', 'SELECT 1', qr/permission denied to set parameter "simhash.memory_limit"/, 'memory: nor set by them, where the library is preloaded');
}
is(sql('owner', 'trusted', 'SHOW simhash.memory_limit'), '100kB', 'memory: preloaded, lowered for a role');

$node->stop;
done_testing();
