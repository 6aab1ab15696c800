# Views over the functions of pairs: what pg_dump writes restores, for the
# forms with a relation, whose names are constants that PostgreSQL knows of; a
# query in a text means what search_path says, when it runs.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
my $version = $node->safe_psql('postgres', 'SHOW server_version_num');

# A view of each form; ids of another type have a name that ends so. Views on
# views come last.
my @views = (
	pairs => "simhash_pairs('article', 'id', 'fp', 20)",
	pairs_uuid => "simhash_pairs('article', 'Uuid', 'fp', 20, NULL::uuid)",
	components => "simhash_components('article', 'id', 'fp', 20, 1, 'dbscan')",
	components_uuid => "simhash_components('article', 'Uuid', 'fp', 20, NULL::uuid, 2, 'star')",
	sketches => "textsketch_pairs('article', 'id', 'sketch', .3, 'containment')",
	sketches_uuid => "textsketch_pairs('article', 'Uuid', 'sketch', .3, 'containment', NULL::uuid)",
	across => "simhash_pairs('article', 'id', 'fp', 'article', 'id', 'fp', 20)",
	across_uuid => "textsketch_pairs('article', 'Uuid', 'sketch', 'article', 'Uuid', 'sketch', .3, 'containment', NULL::uuid)",
	edges => "copy_edges('article', 'id', 'sketch', 'published', 'outlet', 'rank', .3, NULL, '0')",
	edges_uuid => "copy_edges('article', 'Uuid', 'sketch', 'published', 'outlet', 'rank', .3, '1 day', NULL, NULL::uuid)",
	summary => "story_summary('article', 'story', 'id', 'title', 'body', 'outlet', 'published')",
	summary_uuid => "story_summary('article', 'story', 'Uuid', 'title', 'body', 'outlet', 'published', NULL::uuid)",
	connected => "pairs_components('pairs', 'a', 'b')",
	connected_uuid => "pairs_components('materialized_pairs_uuid', 'a', 'b', NULL::uuid)");
my $script = '';
my @names;

$node->safe_psql('postgres', <<'SQL');
CREATE SCHEMA lib;
CREATE EXTENSION simhash SCHEMA lib;
CREATE SCHEMA "News";
SET search_path = "News", lib;
CREATE TABLE article (id int PRIMARY KEY, "Uuid" uuid, story int, title text, body text, outlet text, published timestamp, rank int,
	fp simhash(64), sketch textsketch);
INSERT INTO article
	SELECT i, md5(i::text)::uuid, i / 3, 'title ' || i, b, 'outlet ' || i % 2, '2026-01-01', i % 3, to_simhash(b, 64), to_textsketch(b)
	FROM generate_series(1, 30) i, LATERAL (SELECT string_agg('word' || i / 3 || w, ' ') || ' end' || i % 3 FROM generate_series(1, 50) w) x (b);
SQL
for (my $i = 0; $i < @views; $i += 2)
{
	my ($name, $call) = @views[ $i, $i + 1 ];

	$script .= "CREATE VIEW $name AS SELECT * FROM $call;\n"
	  . "CREATE MATERIALIZED VIEW materialized_$name AS SELECT * FROM $call;\n";
	push @names, $name, "materialized_$name";
}
$node->safe_psql('postgres', "SET search_path = \"News\", lib;\n$script");

# What a view has.
sub rows
{
	my ($database, $name) = @_;
	return $node->safe_psql($database, "SELECT count(*), md5(string_agg(v::text, ' ' ORDER BY v::text)) FROM \"News\".$name v");
}

# Restores the dump, stopping at the first error.
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump.sql';

sub dump_and_restore
{
	my ($database) = @_;
	my ($out, $error);

	unlink $dump;
	command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], "$database: dumped");
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	($out, $error) = run_command([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', $dump ]);
	return $error;
}

is(dump_and_restore('restored'), '', 'restored without an error');
foreach my $name (@names)
{
	my $rows = rows('postgres', $name);

	like($rows, qr/^[1-9]/, "$name: there are rows");
	is(rows('restored', $name), $rows, "$name: the same rows in the restored one");
}

# Where nothing is found by search_path.
$node->safe_psql('restored', "SET search_path = ''; REFRESH MATERIALIZED VIEW \"News\".materialized_$views[$_ * 2]") foreach 0 .. @views / 2 - 1;
is(rows('restored', $_), rows('postgres', $_), "$_: refreshed") foreach @names;

# What a view reads stays.
foreach my $name (@names)
{
	my $relation = $name =~ /connected_uuid/ ? 'MATERIALIZED VIEW "News".materialized_pairs_uuid'
	  : $name =~ /connected/ ? 'VIEW "News".pairs' : 'TABLE "News".article';
	my ($status, $out, $error) = $node->psql('restored', "DROP $relation");

	ok($status != 0 && $error =~ /view "News"\.$name depends on|view $name depends on/, "$name keeps what it reads")
	  or diag $error;
}

# As doc/security.md says: a text has no dependency, and its names are looked up
# when it runs, in 17 and later with nothing in search_path but PostgreSQL's own.
my $text = q{SELECT * FROM simhash_pairs('SELECT id, fp FROM article', 20)};
my ($status, $out, $error) = $node->psql('postgres', "SET search_path = \"News\", lib; CREATE MATERIALIZED VIEW by_text AS $text");

if ($version >= 170000)
{
	like($error, qr/relation "article" does not exist/, 'a text with unqualified names makes no materialized view');
}
else
{
	is($status, 0, 'a text with unqualified names makes a materialized view');
	like(dump_and_restore('unrestored'), qr/relation "article" does not exist/, 'which does not restore');
	$node->safe_psql('postgres', 'DROP MATERIALIZED VIEW "News".by_text');
}
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE "News".other AS TABLE "News".article;
CREATE VIEW "News".qualified AS SELECT * FROM lib.simhash_pairs('SELECT id, fp FROM "News".other', 20);
DROP TABLE "News".other;
SQL
($status, $out, $error) = $node->psql('postgres', 'TABLE "News".qualified');
like($error, qr/relation "News.other" does not exist/, 'nothing keeps what a text names');

$node->stop;
done_testing();
