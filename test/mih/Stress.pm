package Stress;

# What the TAP tests of concurrent use share: the table of stress.sql, pgbench
# with the scripts of this folder, and what must hold afterwards.

use strict;
use warnings;

use Exporter 'import';
use File::Basename;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(begin pgbench create_stress sound);

my $scripts = dirname(__FILE__);

# Starts a program of PostgreSQL in the background: {harness}, and {out}, all
# that it prints.
sub begin
{
	my ($node, @command) = @_;
	my %run = (out => '');

	local $ENV{PGHOST} = $node->host;
	local $ENV{PGPORT} = $node->port;
	local $ENV{PGDATABASE} = 'postgres';
	$run{harness} = IPC::Run::start([@command], '<', \undef, '>&', \$run{out});
	return \%run;
}

# Starts pgbench on so many ids for so many seconds; its scripts are name => weight.
sub pgbench
{
	my ($node, $ids, $seconds, $clients, %weights) = @_;

	return begin($node, 'pgbench', '--no-vacuum', "--client=$clients", '--jobs=2', "--time=$seconds",
		'--define', "ids=$ids", '--max-tries=20', map { ('--file', "$scripts/$_.sql\@$weights{$_}") } sort keys %weights);
}

# The extension, what compares (checker.sql), and the table: empty, or with a
# number of ids that many rows, and indexes of which mih's merge often.
sub create_stress
{
	my ($node, $method, $ids) = @_;
	my $with = $method eq 'mih' ? 'WITH (pending_limit = 64)' : '';

	$node->safe_psql('postgres', "CREATE EXTENSION simhash;\n\\set method $method\n"
		  . slurp_file("$scripts/checker.sql") . slurp_file("$scripts/stress.sql"));
	$node->safe_psql('postgres', <<SQL) if $ids;
DROP INDEX stress_fp, stress_wide;
INSERT INTO stress SELECT r.* FROM generate_series(1, $ids) i, stress_row(i) r;
CREATE INDEX stress_fp ON stress USING $method (fp) $with;
CREATE INDEX stress_wide ON stress USING $method (wide) $with;
SQL
	return;
}

# The indexes of the table are sound and answer as a scan does.
sub sound
{
	my ($node, $name) = @_;
	my ($status, $out, $err) = $node->psql('postgres', <<'SQL');
\set ON_ERROR_STOP on
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT FROM checker.sound('stress_fp') a, checker.sound('stress_wide') b;
SELECT checker.all('stress', 'fp', 2) + checker.all('stress', 'wide', 2) > 0;
SQL
	is($err, '', $name);
	return;
}

1;
