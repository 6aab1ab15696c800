# A streaming standby answers what the primary answers, page for page the same
# (wal_consistency_checking): while the primary writes, vacuums and rebuilds;
# from scans held open while the primary frees and reuses the pages that they
# read; after promotion; and a dump restores the index.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../mih";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stress;
use Test::More;

my $method = $ENV{SIMHASH_INDEX} // 'mih';
my $seconds = $ENV{SIMHASH_STRESS} // 4;
my $ids = 3000;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', <<'CONF');
autovacuum = off
log_statement = none
shared_buffers = 64MB
max_connections = 20
max_wal_size = 4GB
# not all: the image of a hash index's bucket, which is not locked for it,
# may change while the record is written
wal_consistency_checking = 'generic,gist'
# queries on the standby hold replay up rather than being cancelled by it
max_standby_streaming_delay = -1
work_mem = 1MB
CONF
$primary->start;

create_stress($primary, $method, $ids);
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

sub catch_up
{
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
}

# ---------------------------------------------------------------------------
# While the primary writes

my %runs = (
	'the primary writes' => pgbench($primary, $ids, $seconds, 2, insert => 3, delete => 2, update => 2),
	'the primary vacuums and rebuilds' => pgbench($primary, $ids, $seconds, 1, vacuum => 20, rebuild => 1),
	'the standby answers' => pgbench($standby, $ids, $seconds, 2, radius => 2, nearest => 1));

foreach my $name (sort keys %runs)
{
	my $run = $runs{$name};

	ok($run->{harness}->finish && $run->{out} !~ /aborted|ERROR|FATAL|PANIC/, $name)
	  or diag $run->{out};
}

catch_up();
sound($standby, 'the standby is sound');

my $digest = <<'SQL';
SELECT count(*), sum(hashtextextended(ctid::text || fp::text, 0)) FROM stress
WHERE fp <@ simhash_ball(checker.code(8, 64, 300), 24)
SQL
is($standby->safe_psql('postgres', $digest), $primary->safe_psql('postgres', $digest), 'the same as on the primary');

# ---------------------------------------------------------------------------
# Scans held open. What the primary removes was deleted before they began, and
# is pruned from the table's pages already, of which they may hold one: else
# replay would wait for them.

$primary->safe_psql('postgres', <<SQL);
INSERT INTO stress SELECT r.* FROM generate_series(1, 4 * $ids) i, stress_row(i % $ids) r;
DELETE FROM stress WHERE id % 2 = 0;
VACUUM (INDEX_CLEANUP off, TRUNCATE off) stress;
SQL
catch_up();

# Nor do rows written from now on become visible to all while this snapshot
# lives: for that, too, replay would wait for the scans.
my $holder = $primary->background_psql('postgres');
$holder->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM stress');

my %scans = (
	nearest => q{fp <-> checker.code(8, 64, 300), ctid FROM stress ORDER BY 1},
	nearest_wide => q{wide <-> checker.code(16, 256, 300), ctid FROM stress ORDER BY 1},
	within => q{fp <-> checker.code(8, 64, 300), ctid FROM stress WHERE fp <@ simhash_ball(checker.code(8, 64, 300), 30)},
	within_wide => q{wide <-> checker.code(16, 256, 300), ctid FROM stress WHERE wide <@ simhash_ball(checker.code(16, 256, 300), 110)});

my $session = $standby->background_psql('postgres');
my (%wanted, %got);

# The lines of a query's result, through a file, as they are many.
my $file = PostgreSQL::Test::Utils::tempdir_short . '/out';

sub lines
{
	my ($query) = @_;

	$session->query_safe("\\o $file\n$query;\n\\o");
	return split /\n/, slurp_file($file);
}

$session->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL work_mem = 64');
# The distance to a row without a fingerprint.
$session->query_safe('\pset null -');
foreach my $scan (sort keys %scans)
{
	$session->query_safe(q{SELECT FROM checker.go_by('scan')});
	$wanted{$scan} = [ lines("SELECT $scans{$scan}") ];
	$session->query_safe(q{SELECT FROM checker.go_by('index')});
	like($session->query_safe("SELECT checker.plan(\$\$SELECT $scans{$scan}\$\$)"), qr/^Index.*stress/, "plan of $scan");
	$session->query_safe("DECLARE $scan CURSOR FOR SELECT $scans{$scan}");
	$got{$scan} = [ lines("FETCH 5 FROM $scan") ];
}

foreach my $activity (
	'VACUUM (INDEX_CLEANUP on, TRUNCATE off) stress',
	"INSERT INTO stress SELECT r.* FROM generate_series(1, $ids) i, stress_row(i) r",
	'VACUUM (INDEX_CLEANUP on, TRUNCATE off) stress',
	"INSERT INTO stress SELECT r.* FROM generate_series(1, 5 * $ids) i, stress_row(i % $ids) r",
	'VACUUM (INDEX_CLEANUP on, TRUNCATE off) stress',
	'CHECKPOINT')
{
	$primary->safe_psql('postgres', $activity);
	catch_up();
	push @{ $got{$_} }, lines("FETCH 300 FROM $_") foreach sort keys %scans;
}
foreach my $scan (sort keys %scans)
{
	push @{ $got{$scan} }, lines("FETCH ALL FROM $scan");
	cmp_ok(scalar @{ $wanted{$scan} }, '>', 50, "$scan: rows");

	my ($wanted, $got) = map { join "\n", sort @$_ } $wanted{$scan}, $got{$scan};
	ok($wanted eq $got, "$scan: the rows of when it began")
	  or diag scalar(@{ $wanted{$scan} }) . ' rows wanted, ' . @{ $got{$scan} } . ' got';

	# Rows of one distance come in any order.
	($wanted, $got) = map { join "\n", map { s/\|.*//r } @$_ } $wanted{$scan}, $got{$scan};
	ok($wanted eq $got, "$scan: in order") if $scan =~ /nearest/;
}
$_->query_safe('COMMIT'), $_->quit foreach $session, $holder;

sound($standby, 'the standby is sound after that');

# ---------------------------------------------------------------------------
# Promotion

$standby->promote;
$standby->safe_psql('postgres', <<SQL);
INSERT INTO stress SELECT r.* FROM generate_series(1, $ids) i, stress_row(i) r;
DELETE FROM stress WHERE id % 3 = 0;
VACUUM stress;
INSERT INTO stress SELECT r.* FROM generate_series(1, 100) i, stress_row(i) r;
SQL
sound($standby, 'promoted');

unlike(slurp_file($standby->logfile), qr/inconsistent page|PANIC|signal (?:6|11)\b/, 'nothing alarming in its log');

# ---------------------------------------------------------------------------
# Dump and restore

$standby->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump';
$standby->command_ok([ 'pg_dump', '--format=custom', '--file', $dump, $standby->connstr('postgres') ], 'dump');
$standby->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $standby->connstr('restored'), $dump ], 'restore');

my $definition = q{SELECT indexdef FROM pg_indexes WHERE indexname ~ 'stress' ORDER BY 1};
is($standby->safe_psql('restored', $definition), $standby->safe_psql('postgres', $definition), 'the same definitions');
is($standby->safe_psql('restored', <<'SQL'), 't', 'restored');
SELECT checker.all('stress', 'fp', 1) + checker.all('stress', 'wide', 1) > 0
FROM checker.sound('stress_fp') a, checker.sound('stress_wide') b;
SQL

$standby->stop;
$primary->stop;
done_testing();
