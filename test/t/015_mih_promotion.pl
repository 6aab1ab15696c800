# Failover in the midst of everything: a standby that answers queries is
# promoted while the primary writes, vacuums and rebuilds, and is written to at
# once; the old primary dies in one way or another, is rewound to follow the new
# one, and takes its place the next time. Each time both are sound and answer
# by index what a scan answers.
#
# SIMHASH_PROMOTIONS=n promotes n times, SIMHASH_SEED=n at other moments.

use strict;
use warnings;

use File::Copy;
use FindBin;
use lib "$FindBin::RealBin/../mih";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stress;
use Test::More;
use Time::HiRes qw(usleep);

my $promotions = $ENV{SIMHASH_PROMOTIONS} // 1;
my $seed = $ENV{SIMHASH_SEED} // 15;
my $method = $ENV{SIMHASH_INDEX} // 'mih';
my $ids = 2000;

srand $seed;
note "SIMHASH_PROMOTIONS=$promotions SIMHASH_SEED=$seed SIMHASH_INDEX=$method";

my $primary = PostgreSQL::Test::Cluster->new('one');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', <<'CONF');
autovacuum = off
log_statement = none
shared_buffers = 64MB
max_connections = 20
max_wal_size = 4GB
wal_keep_size = 1GB
wal_log_hints = on
# queries on the standby hold replay up rather than being cancelled by it
max_standby_streaming_delay = -1
CONF
$primary->start;

create_stress($primary, $method, $ids);
$primary->backup('backup');

my $standby = PostgreSQL::Test::Cluster->new('two');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

my @deaths = (
	[ 'SIGKILL', sub { $_[0]->kill9 } ],
	[ 'immediate shutdown', sub { $_[0]->stop('immediate') } ],
	[ 'fast shutdown', sub { $_[0]->stop('fast') } ]);

foreach my $i (1 .. $promotions)
{
	my ($death, $die) = @{ $deaths[ ($i - 1) % @deaths ] };
	my $name = "promotion $i";
	my $writing = pgbench($primary, $ids, 60, 2, insert => 3, delete => 2, update => 2);
	# No index is rebuilt meanwhile: one that is doesn't have the rows that but
	# older snapshots of a standby see, of any access method, and a query that
	# has such a snapshot and plans behind the rebuild's replay misses them.
	my $upkeep = pgbench($primary, $ids, 60, 1, vacuum => 1);
	my $reading = pgbench($standby, $ids, 4, 2, radius => 3, nearest => 1);

	usleep 1_000_000 * (.3 + rand 1.2);
	$standby->promote;
	my $new_writing = pgbench($standby, $ids, 2, 2, insert => 3, delete => 2, update => 2, vacuum => 1);

	usleep 1_000_000 * rand .5;
	$die->($primary);
	foreach my $run ($writing, $upkeep)
	{
		$run->{harness}->kill_kill;
		$run->{harness}->finish;
		# They know nothing but that the server went.
		unlike($run->{out}, qr/checker|corrupt|XX00/, "$name: nothing wrong on the old primary");
	}
	foreach my $run ($reading, $new_writing)
	{
		ok($run->{harness}->finish && $run->{out} !~ /aborted|ERROR|FATAL|PANIC/, "$name: reading or writing goes on")
		  or diag $run->{out};
	}
	sound($standby, "$name: sound");
	$standby->safe_psql('postgres', "INSERT INTO stress SELECT r.* FROM generate_series(1, $ids) i, stress_row(i) r; VACUUM stress");

	# Back as a standby of the new one; its settings would be overwritten.
	my $data = $primary->data_dir;
	my $conf = PostgreSQL::Test::Utils::tempdir . '/postgresql.conf';

	copy("$data/postgresql.conf", $conf) or die;
	$standby->safe_psql('postgres', 'CHECKPOINT');
	command_ok([ 'pg_rewind', '--target-pgdata', $data, '--source-server', $standby->connstr('postgres') ],
		"$name: the old primary is rewound after $death");
	copy($conf, "$data/postgresql.conf") or die;
	$primary->enable_streaming($standby);
	$primary->start;
	$standby->wait_for_catchup($primary, 'replay', $standby->lsn('insert'));
	sound($primary, "$name: the old primary follows");

	($primary, $standby) = ($standby, $primary);
}

unlike(slurp_file($_->logfile), qr/PANIC|signal (?:6|11)\b/, 'nothing alarming in the log of ' . $_->name)
  foreach $primary, $standby;

$standby->stop;
$primary->stop;
done_testing();
