# An index answers what a sequential scan answers while others insert, delete,
# update, vacuum and rebuild: pgbench with the scripts of test/mih, of which
# those that compare raise an error on the first difference. Server processes
# are stopped for moments, wherever they are, so that pages which a scan is
# about to read are freed and used again.
#
# SIMHASH_STRESS=seconds, 6 unless told; from 600 on (make check-stress) until
# a million operations are done too: rows written and queries compared.
# SIMHASH_INDEX=gist tries another access method.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../mih";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stress;
use Test::More;
use Time::HiRes qw(time usleep);

my $seconds = $ENV{SIMHASH_STRESS} // 6;
my $method = $ENV{SIMHASH_INDEX} // 'mih';
my $million = $seconds >= 600;

note "SIMHASH_STRESS=$seconds SIMHASH_INDEX=$method";

my $node = PostgreSQL::Test::Cluster->new('stress');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
autovacuum = off
log_statement = none
shared_buffers = 64MB
max_wal_size = 4GB
# a scan must make do with little
work_mem = 1MB
CONF
$node->start;
create_stress($node, $method, 0);

# Options of the two indexes for each round, and the ids: few rows, many
# merges; more rows, fewer.
my @rounds = $method ne 'mih' ? ([ '', '', 3000 ]) : (
	[ '(pending_limit = 32)', '(pending_limit = 32)', 4000 ],
	[ '(bands = 8, pending_limit = 8)', '(bands = 0)', 2000 ],
	[ '', '', 20000 ]);

# Stops a process that serves pgbench for a moment, again and again until then,
# every other time one that does nothing but search.
sub stop_and_go
{
	my ($until) = @_;
	my @pids = map { [ split /\n/, $node->safe_psql('postgres', <<SQL) ] } 'checker.unmoved', '';
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND query ~ '$_'
SQL

	while (time < $until)
	{
		my $of = $pids[ rand @pids ];
		my $pid = $of->[ rand @$of ] or next;

		usleep 5_000;
		kill 'STOP', $pid;
		usleep 10_000 + rand 50_000;
		kill 'CONT', $pid;
	}
}

sub finish
{
	my ($run, $name) = @_;
	my $ok = $run->{harness}->finish;

	# A client that met an error stops; the others go on.
	ok($ok && $run->{out} !~ /aborted|ERROR|FATAL|PANIC/, $name)
	  or diag $run->{out};
}

sub round
{
	my ($time, $options_fp, $options_wide, $ids) = @_;
	my $name = "$method, $ids ids, $options_fp $options_wide";

	$node->safe_psql('postgres', <<SQL);
TRUNCATE stress;
DROP INDEX stress_fp, stress_wide;
INSERT INTO stress SELECT r.* FROM generate_series(1, $ids) i, stress_row(i) r;
INSERT INTO stress SELECT 0, checker.code(i, 64, 1), checker.code(i, 256, 1) FROM generate_series(1, 500) i;
TRUNCATE checker.unmoved;
BEGIN;
SELECT checker.unmoved('stress', 'fp', radius), checker.unmoved('stress', 'wide', 4 * radius)
FROM generate_series(0, 3) radius;
COMMIT;
CREATE INDEX stress_fp ON stress USING $method (fp) @{[ $options_fp && "WITH $options_fp" ]};
CREATE INDEX stress_wide ON stress USING $method (wide) @{[ $options_wide && "WITH $options_wide" ]};
ANALYZE stress;
SQL
	my @plans = split /\n/, $node->safe_psql('postgres', <<'SQL');
BEGIN;
SELECT FROM checker.go_by('index');
SELECT checker.plan('SELECT FROM stress WHERE fp <@ ''<0000000000000000,5>''');
SELECT checker.plan('SELECT FROM stress ORDER BY wide <-> repeat(''00'', 32)::simhash LIMIT 10');
SELECT FROM checker.go_by('bitmap');
SELECT checker.plan('SELECT FROM stress WHERE fp <@ ''<0000000000000000,5>''');
SQL
	@plans = grep /./, @plans;
	like("@plans", qr/Index.*stress_fp.*Index.*stress_wide.*Bitmap Heap Scan/, "$name: plans");

	my $end = time + $time;
	my $others = pgbench($node, $ids, $time, 5, insert => 20, delete => 12, update => 8, radius => 8, nearest => 5);
	my $unmoved = pgbench($node, $ids, $time, 3, unmoved => 1);
	my $upkeep = pgbench($node, $ids, $time, 1, vacuum => 20, reindex => 1);

	# Once all of them are connected.
	usleep 300_000;
	stop_and_go($end);
	finish($unmoved, "$name: reading what doesn't change");
	finish($others, "$name: reading and writing");
	finish($upkeep, "$name: vacuum, checks, rebuilding");
	is($node->safe_psql('postgres', <<'SQL'), 't', "$name: afterwards");
VACUUM stress;
BEGIN;
SELECT checker.all('stress', 'fp', 2) + checker.all('stress', 'wide', 2) > 0
FROM checker.sound('stress_fp') a, checker.sound('stress_wide') b;
SQL
}

sub operations
{
	return $node->safe_psql('postgres', <<'SQL');
SELECT pg_stat_force_next_flush();
SELECT n_tup_ins + n_tup_upd + n_tup_del + (SELECT last_value FROM checker.comparisons)
FROM pg_stat_user_tables WHERE relname = 'stress';
SQL
}

my $start = time;
my $i = 0;

do
{
	my $left = $seconds - (time - $start);
	my $slice = $million ? 60 : $seconds / @rounds;

	round(int($slice + .5) || 1, @{ $rounds[ $i++ % @rounds ] });
} while time - $start < $seconds || $million && operations() =~ /(\d+)\s*$/ && $1 < 1_000_000;

my ($operations) = operations() =~ /(\d+)\s*$/;
note sprintf '%d operations in %.0f s', $operations, time - $start;
cmp_ok($operations, '>', $million ? 1_000_000 : 100, 'operations');

my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC|terminated by signal|could not read|index .* corrupt/, 'nothing alarming in the log');

$node->stop;
done_testing();
