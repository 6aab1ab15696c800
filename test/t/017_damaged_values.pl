# What is stored may be damaged, by a flipped bit in a length, say. Values of every
# length that a damaged one may have go through every function, operator,
# aggregate, index and statistics of the extension; keys of GiST are changed in
# the file. Each gives an error or an answer; nobody reads beyond a value, and
# no server ends. (make check-sanitize sees reads that do no harm here.)

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $damages = $ENV{SIMHASH_DAMAGES} // 40;
my $seed = $ENV{SIMHASH_SEED} // 17;

srand $seed;
note "SIMHASH_DAMAGES=$damages SIMHASH_SEED=$seed";

my $node = PostgreSQL::Test::Cluster->new('damaged');
my ($version) = `pg_config --version` =~ /(\d+)/;
$node->init(extra => [ '--encoding=UTF8', '--locale=C', $version >= 18 ? '--no-data-checksums' : () ]);
$node->append_conf('postgresql.conf', <<CONF);
autovacuum = off
full_page_writes = off
statement_timeout = ${PostgreSQL::Test::Utils::timeout_default}s
CONF
$node->start;

#
# Values
#

# byteasend() gives back the bytes that it gets; declared otherwise, they are a value.
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION simhash;
CREATE FUNCTION damaged_fp(bytea) RETURNS simhash LANGUAGE internal IMMUTABLE STRICT AS 'byteasend';
CREATE FUNCTION damaged_ball(bytea) RETURNS simhash_ball LANGUAGE internal IMMUTABLE STRICT AS 'byteasend';
CREATE FUNCTION damaged_sketch(bytea) RETURNS textsketch LANGUAGE internal IMMUTABLE STRICT AS 'byteasend';
CREATE FUNCTION damaged_query(bytea) RETURNS textsketch_query LANGUAGE internal IMMUTABLE STRICT AS 'byteasend';

-- Payloads: the bytes of a sound value cut short or gone on with, which is what
-- another length in the header makes of it, and heads that say what isn't so.
CREATE TABLE sound (make text, bytes bytea);
INSERT INTO sound VALUES
	('damaged_fp', simhash_send(to_simhash('the quick brown fox', 256))),
	('damaged_ball', simhash_ball_send(simhash_ball(to_simhash('the quick brown fox'), 3))),
	('damaged_sketch', textsketch_send(to_textsketch('the quick brown fox jumps over the lazy dog'))),
	('damaged_query', textsketch_query_send(textsketch_query('shares', to_textsketch('the quick brown fox jumps over the lazy dog'), 1)));
CREATE TABLE payload AS
SELECT make, substr(bytes || decode(repeat('c3', 4000), 'hex'), 1, n) AS bytes
FROM sound, generate_series(0, 200) n WHERE n < 14 OR n % 8 IN (0, 4) OR n % 16 = 1
UNION ALL
SELECT make, substr(bytes || decode(repeat('c3', 4000), 'hex'), 1, n) FROM sound, unnest(ARRAY[255, 256, 1024, 1028, 4000]) n
UNION ALL
SELECT make, set_byte(bytes, i, b) FROM sound, generate_series(0, 31) i, unnest(ARRAY[0, 128, 255]) b
WHERE make <> 'damaged_fp' AND length(bytes) > i AND get_byte(bytes, i) <> b;

CREATE TABLE outcome (call text, bytes bytea, state text, message text);
CREATE FUNCTION try(call text, value bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE call USING value;
	INSERT INTO outcome VALUES (call, value, '00000');
EXCEPTION WHEN OTHERS THEN
	INSERT INTO outcome VALUES (call, value, SQLSTATE, SQLERRM);
END $$;
SQL

# Every function with an argument of one of the types; the others are sound.
my $calls = <<'SQL';
DO $$
DECLARE
	f record;
	call text;
	of_type text[] := ARRAY['simhash', 'damaged_fp($1)', 'simhash_ball', 'damaged_ball($1)',
		'textsketch', 'damaged_sketch($1)', 'textsketch_query', 'damaged_query($1)'];
	sound text[] := ARRAY['simhash', 'to_simhash(''the lazy dog'')', 'simhash_ball', 'simhash_ball(to_simhash(''the lazy dog''), 3)',
		'textsketch', 'to_textsketch(''the lazy dog jumps over the fox'')',
		'textsketch_query', 'textsketch_query(''contains'', to_textsketch(''the lazy dog jumps over the fox''), 0.5)',
		'text', '''dbscan''', 'integer', '3', 'bigint', '3', 'double precision', '0.5', 'boolean', 'true'];
BEGIN
	FOR f IN
		SELECT p.oid, p.oid::regproc AS name, p.prokind, a.n AS damaged, array_agg(format_type(b.t, NULL) ORDER BY b.n) AS types
		FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'simhash',
			unnest(p.proargtypes) WITH ORDINALITY a (t, n), unnest(p.proargtypes) WITH ORDINALITY b (t, n)
		WHERE NOT 'internal'::regtype = ANY (proargtypes) AND format_type(a.t, NULL) = ANY (of_type)
		GROUP BY p.oid, a.n
	LOOP
		SELECT string_agg(CASE WHEN n = f.damaged THEN of_type[array_position(of_type, t) + 1]
				ELSE coalesce(sound[array_position(sound, t) + 1], 'NULL::' || t) END, ', ' ORDER BY n)
		INTO call FROM unnest(f.types) WITH ORDINALITY a (t, n);
		call := format(CASE WHEN f.prokind = 'w' THEN 'SELECT %s(%s) OVER ()' ELSE 'SELECT %s(%s)' END, f.name, call);
		PERFORM try(call, bytes) FROM payload WHERE position(make IN call) > 0;
		-- both arguments damaged alike, as when a row is held against itself
		IF cardinality(f.types) >= 2 AND f.damaged = 1 AND f.types[1] = f.types[2] THEN
			call := replace(call, sound[array_position(sound, f.types[2]) + 1], of_type[array_position(of_type, f.types[2]) + 1]);
			PERFORM try(call, bytes) FROM payload WHERE position(make IN call) > 0;
		END IF;
	END LOOP;
END $$;
SQL

# A statement for each payload of its kind, in which $1 is the payload, or %L.
sub each_of
{
	my ($make, $condition, @calls) = @_;

	return join '', map {
		my $call = s/VALUE/$make(\$1)/gr =~ s/LITERAL/$make(%1\$L)/gr =~ s/'/''/gr;
		my $text = /LITERAL/ ? "format('$call', bytes)" : "'$call'";

		"SELECT count(try($text, bytes)) FROM payload WHERE make = '$make' AND $condition;\n"
	} @calls;
}

# Of what takes its time.
my $few = q{(length(bytes) IN (0, 1, 4, 8, 12, 20, 24, 32, 60, 128, 132, 136, 140, 1024) OR ascii(md5(bytes)) < 50)};

# Every way to write one out, sort, hash, index and count it.
sub uses
{
	my ($make, $type, $other, @methods) = @_;
	my $rows = "(SELECT VALUE AS v UNION ALL SELECT $other)";
	my $kept = 'DO $do$ BEGIN DROP TABLE IF EXISTS kept; CREATE TABLE kept';
	my $many = "$kept AS SELECT LITERAL AS v FROM generate_series(1, 3) UNION ALL SELECT $other FROM generate_series(1, 20)";

	return each_of($make, 'true', "SELECT v::text FROM $rows x", "SELECT v FROM $rows x ORDER BY v", "SELECT DISTINCT v FROM $rows x",
		"SELECT count(*) FROM $rows x JOIN $rows y USING (v)") .
	  each_of($make, $few, "$many; ANALYZE kept; END \$do\$",
		"$kept AS SELECT LITERAL AS v FROM generate_series(1, 3); ANALYZE kept; END \$do\$",
		map { ("$many; CREATE INDEX ON kept USING $_ (v); END \$do\$",
			"$kept (v $type); CREATE INDEX ON kept USING $_ (v); INSERT INTO kept SELECT $other FROM generate_series(1, 10); INSERT INTO kept SELECT LITERAL; END \$do\$") } @methods);
}

my $uses = uses('damaged_fp', 'simhash', "to_simhash('the lazy dog')", 'btree', 'hash', 'gist', 'mih') .
  uses('damaged_ball', 'simhash_ball', "simhash_ball(to_simhash('the lazy dog'), 3)", 'btree', 'hash') .
  uses('damaged_sketch', 'textsketch', "to_textsketch('the lazy dog jumps over the fox')", 'btree', 'hash', 'gin') .
  uses('damaged_query', 'textsketch_query', "textsketch_query('contains', to_textsketch('the lazy dog jumps over the fox'), 0.5)", 'btree', 'hash');

# Searches for one, and functions over a query.
my $searches = each_of('damaged_fp', 'true', 'SELECT count(*) FROM article WHERE fp % VALUE', 'SELECT count(*) FROM article WHERE fp = VALUE',
	'SELECT 1 FROM article ORDER BY fp <-> VALUE LIMIT 1', 'SELECT count(*) FROM article WHERE simhash_dwithin(fp, VALUE, 3)') .
  each_of('damaged_ball', 'true', 'SELECT count(*) FROM article WHERE fp <@ VALUE') .
  each_of('damaged_sketch', 'true', 'SELECT count(*) FROM article WHERE sketch % VALUE', 'SELECT count(*) FROM article WHERE sketch <% VALUE',
	'SELECT count(*) FROM article WHERE textsketch_shares(sketch, VALUE, 2)') .
  each_of('damaged_query', 'true', 'SELECT count(*) FROM article WHERE sketch @@ VALUE');
my $over = each_of('damaged_fp', $few,
	'SELECT count(*) FROM simhash_pairs($q$SELECT 1000::bigint, LITERAL UNION ALL SELECT id, fp FROM article$q$, 3)',
	'SELECT count(*) FROM simhash_pairs($q$SELECT i, LITERAL FROM generate_series(1::bigint, 3) i$q$, 3)',
	'SELECT count(*) FROM simhash_components($q$SELECT i, LITERAL FROM generate_series(1::bigint, 3) i$q$, 3)') .
  each_of('damaged_sketch', $few,
	'SELECT count(*) FROM textsketch_pairs($q$SELECT i, LITERAL FROM generate_series(1::bigint, 3) i$q$, 0.3)',
	'SELECT count(*) FROM textsketch_pairs($q$SELECT 1000, LITERAL UNION ALL SELECT id, sketch FROM article$q$, 0.3)');

my $article = <<'SQL';
CREATE TABLE article AS SELECT i::bigint AS id, to_simhash('text ' || i % 30) AS fp, to_textsketch('text ' || i || ' and more') AS sketch FROM generate_series(1, 300) i;
ANALYZE article;
SET enable_seqscan = off;
SET enable_sort = off;
SET client_min_messages = warning;
SQL
my ($status, $out, $error) = $node->psql('postgres', $article . $calls . $uses . $over . $searches .
	"CREATE INDEX ON article USING mih (fp); CREATE INDEX ON article USING gin (sketch);\n$searches" .
	"DROP INDEX article_fp_idx; CREATE INDEX ON article USING gist (fp);\n$searches");
is($status, 0, 'the server lives') or diag substr $error, 0, 3000;

my ($functions, $all, $refused) = split /\|/, $node->safe_psql('postgres', <<'SQL');
SELECT count(DISTINCT call), count(*), count(*) FILTER (WHERE state = 'XX001') FROM outcome;
SQL
note "$functions calls with $all values, $refused refused as damaged";
cmp_ok($functions, '>', 150, 'many calls');
cmp_ok($refused, '>', $all / 4, 'many values are damaged');

# What knows no length but its own can compare, sort and hash any bytes; all else
# tells what is wrong. The sizes that a value can have are no damage to see.
is($node->safe_psql('postgres', <<'SQL'), '', 'only what compares bytes takes all of them');
SELECT DISTINCT regexp_replace(call, '\\x[0-9a-f]*', '', 'g'), length(bytes) FROM outcome
WHERE state = '00000' AND call ~ 'damaged_fp' AND length(bytes) NOT IN (SELECT generate_series(8, 128, 8))
	AND call !~ '_(eq|ne|lt|le|gt|ge|cmp|hash|hash_extended)\(|ORDER BY v|DISTINCT|fp = damaged|USING \(v\)|USING (btree|hash)'
LIMIT 20;
SQL
is($node->safe_psql('postgres', <<'SQL'), '', 'no error that tells of a wrong program');
SELECT DISTINCT state, message, left(call, 200) FROM outcome
WHERE state NOT IN ('00000', 'XX001', '22000', '22023', '22026', '22P03', '54000', '53400', '0A000', '22003', '22004') LIMIT 20;
SQL

#
# Keys of GiST, in the file
#

$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION answers(rel text) RETURNS text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
	query text;
	result text;
	all_results text := '';
BEGIN
	FOREACH query IN ARRAY ARRAY[
		'SELECT count(*) FROM %1$s WHERE fp <@ simhash_ball((SELECT fp FROM %1$s LIMIT 1), 20)',
		'SELECT count(*) FROM (SELECT FROM %1$s ORDER BY fp <-> to_simhash(''a'', 1024)) x',
		'SELECT count(*) FROM %1$s WHERE fp %% to_simhash(''a'', 1024)',
		'SELECT count(*) FROM %1$s WHERE fp = (SELECT fp FROM %1$s LIMIT 1)',
		'INSERT INTO %1$s SELECT to_simhash(i::text, 1024) FROM generate_series(1, 300) i RETURNING 1',
		'DELETE FROM %1$s WHERE fp = to_simhash(''17'', 1024)']
	LOOP
		BEGIN
			EXECUTE format(query, rel) INTO result;
		EXCEPTION WHEN OTHERS THEN
			result := SQLSTATE || ' ' || SQLERRM;
		END;
		all_results := all_results || coalesce(result, '-') || E'\n';
	END LOOP;
	RETURN all_results;
END $$;
SQL
$node->safe_psql('postgres', join '', map { <<SQL } 1 .. $damages);
CREATE TABLE g$_ (fp simhash(1024));
INSERT INTO g$_ SELECT to_simhash(i::text, 1024) FROM generate_series(301, 900) i;
CREATE INDEX g${_}_fp ON g$_ USING gist (fp);
SQL
my $block_size = $node->safe_psql('postgres', 'SHOW block_size');
my %file = map { split /\|/ } split /\n/, $node->safe_psql('postgres',
	join ' UNION ALL ', map { "SELECT $_, pg_relation_filepath('g${_}_fp')" } 1 .. $damages);
$node->stop;

# The head of a key, which is 12 bytes behind the tuple's line pointer: the
# length of its varlena, or its form.
my %what;
foreach my $i (1 .. $damages)
{
	my $path = $node->data_dir . "/$file{$i}";
	my @pages = unpack "(a$block_size)*", slurp_file($path);

	# The root is met by all; half of the time it is another page.
	my $block = $i % 2 ? 0 : int rand @pages;
	my ($lower) = unpack '@12 S', $pages[$block];
	my @lines = unpack "\@24 L@{[ ($lower - 24) / 4 ]}", $pages[$block];

	foreach my $line ($i % 3 ? @lines : $lines[ rand @lines ])
	{
		my $at = ($line & 0x7FFF) + 8;
		my ($byte, $bit) = $i % 4 == 3 ? (4, int rand 8) : (int rand 2, int rand 8);

		substr($pages[$block], $at + $byte, 1) ^= chr(1 << $bit);
		$what{$i} = "page $block, byte $byte of keys, bit $bit";
	}
	open my $file, '>:raw', $path or die "$path: $!";
	print $file @pages;
	close $file;
}
$node->start;

my %fate;
foreach my $i (1 .. $damages)
{
	my ($status, $out, $error) = $node->psql('postgres', "SELECT answers('g$i'); VACUUM g$i; REINDEX INDEX g${i}_fp; SELECT answers('g$i')");
	my $down = $error =~ /server closed|could not connect|terminat|statement timeout|PANIC/;

	$fate{ $down ? 'down' : $out =~ /^XX002/m ? 'error' : 'answer' }++;
	if ($down)
	{
		fail("the server lives: $what{$i}");
		$node->stop('immediate', fail_ok => 1);
		$node->start;
	}
}
note join ', ', map { "$_: $fate{$_}" } sort keys %fate;
is($fate{down} // 0, 0, 'no damaged key ends the server');
cmp_ok($fate{error} // 0, '>', $damages / 4, 'errors were met');
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|TRAP|AddressSanitizer|runtime error/, 'nothing alarming in the log');

$node->stop('immediate');
done_testing();
