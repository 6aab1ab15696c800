# Versions of the extension: every install and upgrade script that src/ has
# leads to the same objects as a fresh install, and what was stored stays.
#
# The scripts are put into a copy of the server's tree, so that a made-up next
# version can be added to them.

use strict;
use warnings;

use File::Basename;
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = $ENV{TESTDIR};

# ---------------------------------------------------------------------------
# A copy of the server's programs, libraries and share folder. PostgreSQL finds
# the others from where its program lies, so the copy stands by itself.

my %folder;
chomp($folder{$_} = `pg_config --$_`) foreach qw(bindir pkglibdir sharedir);
my $tree = PostgreSQL::Test::Utils::tempdir;

make_path("$tree$folder{bindir}");
system_or_bail('cp', '-L', grep({ -x } map { "$folder{bindir}/$_" } qw(postgres initdb psql pg_config pg_ctl pg_dump)), "$tree$folder{bindir}");
foreach my $name ('pkglibdir', 'sharedir')
{
	make_path(dirname("$tree$folder{$name}"));
	system_or_bail('cp', '-R', $folder{$name}, "$tree$folder{$name}");
}

my $scripts = "$tree$folder{sharedir}/extension";
my ($default) = slurp_file("$scripts/simhash.control") =~ /^default_version = '(.*)'/m;
my $next = "$default.next";

# Shared libraries are found by the dynamic linker, here as there.
$ENV{LD_LIBRARY_PATH} = join ':', grep { defined } $ENV{LD_LIBRARY_PATH}, dirname($folder{pkglibdir});

my $node = PostgreSQL::Test::Cluster->new('upgrade', install_path => dirname("$tree$folder{bindir}"));
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my $number = 0;

sub new_database
{
	my $name = 'version' . $number++;

	$node->safe_psql('postgres', "CREATE DATABASE $name");
	return $name;
}

my $objects_query = slurp_file("$top/test/upgrade/objects.sql");

sub objects
{
	my ($database) = @_;
	return $node->safe_psql($database, $objects_query);
}

# ---------------------------------------------------------------------------
# The scripts that there are

is_deeply(
	[ sort map { basename $_ } glob "$top/src/simhash--*.sql" ],
	[ sort map { basename $_ } glob "$scripts/simhash--*.sql" ],
	'all scripts are installed');

my $fresh = new_database();
$node->safe_psql($fresh, 'CREATE EXTENSION simhash');
my $objects = objects($fresh);

cmp_ok(scalar(split /\n/, $objects), '>', 100, 'an extension has objects');

# Updating to the version that is installed changes nothing.
$node->safe_psql($fresh, 'ALTER EXTENSION simhash UPDATE');
is(objects($fresh), $objects, 'an update to the same version');

my @versions = split /\n/, $node->safe_psql('postgres', "SELECT version FROM pg_available_extension_versions WHERE name = 'simhash' ORDER BY 1");

ok(scalar(grep { $_ eq '1.0' } @versions), 'the first version can be installed');
foreach my $version (grep { $_ ne $default } @versions)
{
	my $database = new_database();

	$node->safe_psql($database, "CREATE EXTENSION simhash VERSION '$version'; ALTER EXTENSION simhash UPDATE");
	is(objects($database), $objects, "$version updated to $default: the objects of a fresh install");
}
is($node->safe_psql('postgres', "SELECT count(*) FROM pg_extension_update_paths('simhash') WHERE source = '1.0' AND target = '$default' AND path IS NULL AND source <> target"),
	0, 'there is a way from 1.0');

# ---------------------------------------------------------------------------
# A next version, made up: an object more, one changed, in an update script
# and in an install script

my $change = <<'SQL';
CREATE FUNCTION simhash_next(simhash) RETURNS integer
AS 'MODULE_PATHNAME', 'simhash_bits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION simhash_next(simhash) IS 'next';
ALTER FUNCTION similarity(simhash, simhash) COST 3;
SQL
my $guard = qq(\\echo Use "ALTER EXTENSION simhash UPDATE" to load this file. \\quit\n);

append_to_file("$scripts/simhash--$default--$next.sql", $guard . $change);
append_to_file("$scripts/simhash--$next.sql", slurp_file("$scripts/simhash--1.0.sql") . $change)
  if $default eq '1.0';

# With data: an archive that uses all of it.
my $archive = new_database();
system_or_bail('psql', '-X', '-q', '-d', $node->connstr($archive), '-f', "$top/test/upgrade/archive.sql");

sub answers
{
	my ($database) = @_;
	my ($out, $error) = run_command([ 'psql', '-X', '-q', '-d', $node->connstr($database), '-f', "$top/test/upgrade/answers.sql" ]);

	is($error, '', 'answers');
	return $out;
}

my $answers = answers($archive);
unlike($answers, qr/DIFFERS/, 'indexes answer like scans');
$node->safe_psql($archive, "ALTER EXTENSION simhash UPDATE TO '$next'");
is(answers($archive), $answers, 'after an update the same values and answers');
is($node->safe_psql($archive, "SELECT extversion FROM pg_extension WHERE extname = 'simhash'"), $next, 'of the next version');

my $updated = new_database();
my $installed = new_database();
$node->safe_psql($updated, "CREATE EXTENSION simhash VERSION '$default'; ALTER EXTENSION simhash UPDATE TO '$next'");
$node->safe_psql($installed, "CREATE EXTENSION simhash VERSION '$next'");
is(objects($updated), objects($installed), 'updated and installed: the same objects');
isnt(objects($updated), $objects, 'which are others than before');
unlink "$scripts/simhash--$next.sql";
$node->safe_psql($installed, "DROP EXTENSION simhash; CREATE EXTENSION simhash VERSION '$next'");
is(objects($updated), objects($installed), 'without an install script, PostgreSQL takes the way over the one before');

# An update that leaves something out would be noticed.
append_to_file("$scripts/simhash--$next--less.sql", $guard . "ALTER EXTENSION simhash DROP FUNCTION simhash_next(simhash); DROP FUNCTION simhash_next(simhash);\n");
$node->safe_psql($updated, "ALTER EXTENSION simhash UPDATE TO 'less'");
isnt(objects($updated), $objects, 'what an update forgets is noticed');

# ---------------------------------------------------------------------------
# Dump and restore, of the extension in a schema of its own and all that uses it

my $dump = "$tree/archive.dump";
my $restored = new_database();

$node->command_ok([ 'pg_dump', '--format=plain', "--file=$dump", '-d', $node->connstr($archive) ], 'dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', "$tree/out", '-f', $dump, '-d', $node->connstr($restored) ], 'restore');
$node->safe_psql($restored, "ALTER DATABASE $restored SET simhash.similarity_threshold = 0.7; ANALYZE");
is(answers($restored), $answers, 'restored: the same values and answers');
like(slurp_file($dump), qr/CREATE EXTENSION IF NOT EXISTS simhash WITH SCHEMA lib/, 'the dump has the extension');
unlike(slurp_file($dump), qr/CREATE FUNCTION lib\./, 'and not its objects');

# Dropped with what depends on it, the extension leaves nothing behind, and
# isn't dropped without.
my ($status, undef, $error) = $node->psql($restored, 'DROP EXTENSION simhash');
like($error, qr/cannot drop extension simhash because other objects depend on it/, 'not dropped from under a table');
$node->safe_psql($restored, "SET client_min_messages = warning; DROP EXTENSION simhash CASCADE");
is($node->safe_psql($restored, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'lib'::regnamespace"), 0, 'dropped, nothing stays');
is($node->safe_psql($restored, "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'article'::regclass AND attnum > 0 AND NOT attisdropped"),
	'id published body', 'but the texts');

$node->stop;
done_testing();
