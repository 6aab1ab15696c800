# An index is sound and answers as before after the server was killed at any
# moment: while rows are written and runs merged, while VACUUM works, while an
# index is built, while others search, and right after; at each level of WAL, each
# page as replayed compared with the page as it was (wal_consistency_checking).
#
# The moments are random. SIMHASH_CRASHES=n kills n times, SIMHASH_SEED=n at
# other moments.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../mih";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Stress;
use Test::More;
use Time::HiRes qw(usleep time);

my $crashes = $ENV{SIMHASH_CRASHES} // 6;
my $seed = $ENV{SIMHASH_SEED} // 11;
my $method = $ENV{SIMHASH_INDEX} // 'mih';
my $ids = 3000;

srand $seed;
note "SIMHASH_CRASHES=$crashes SIMHASH_SEED=$seed SIMHASH_INDEX=$method";

my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
autovacuum = off
log_statement = none
restart_after_crash = on
max_wal_size = 4GB
maintenance_work_mem = 1MB
CONF
$node->start;

create_stress($node, $method, $ids);
$node->safe_psql('postgres', <<SQL);
CREATE TABLE many AS SELECT i AS id, checker.code(i, 256, 100) AS fp FROM generate_series(1, 30000) i;
CREATE UNLOGGED TABLE fleeting (id int, fp simhash);
CREATE INDEX fleeting_fp ON fleeting USING $method (fp);
SQL

# What goes on while the server is killed.
my %activities = (
	writing => sub { (pgbench($node, $ids, 60, 3, insert => 2, delete => 1, update => 1)) },
	vacuum => sub { (pgbench($node, $ids, 60, 3, insert => 2, delete => 2, update => 1), pgbench($node, $ids, 60, 1, vacuum => 1)) },
	build => sub {
		(begin($node, 'psql', '-X', '-c', "CREATE INDEX many_fp ON many USING $method (fp)"),
			pgbench($node, $ids, 60, 1, insert => 1, reindex => 1)) },
	queries => sub { (pgbench($node, $ids, 60, 3, radius => 2, nearest => 1), pgbench($node, $ids, 60, 1, insert => 2, update => 1)) });

# The three ways of dying.
my %deaths = (
	'SIGKILL of the postmaster' => sub {
		$node->kill9;
		# Its processes notice, sooner or later.
		for my $try (1 .. 300)
		{
			last if $node->start(fail_ok => 1);
			usleep 100_000;
			$node->stop('immediate', fail_ok => 1);
		}
	},
	'immediate shutdown' => sub {
		$node->stop('immediate');
		$node->start;
	},
	'SIGKILL of a server process' => sub {
		my ($pid) = $node->safe_psql('postgres', <<'SQL') =~ /(\d+)/;
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
ORDER BY query ~* 'vacuum|create index|reindex' DESC, random() LIMIT 1
SQL
		kill 9, $pid if $pid;
		# The server starts anew by itself.
		usleep 200_000;
		$node->poll_query_until('postgres', 'SELECT true');
	});

sub all_sound
{
	my ($name) = @_;
	my ($status, $out, $err) = $node->psql('postgres', <<'SQL');
\set ON_ERROR_STOP on
BEGIN;
SELECT checker.sound();
SELECT checker.all('stress', 'fp', 1) + checker.all('stress', 'wide', 1) + checker.all('fleeting', 'fp', 1) > 0;
SQL
	is($err, '', $name);
}

my @activities = sort keys %activities;
my @deaths = sort keys %deaths;

foreach my $i (0 .. $crashes - 1)
{
	my $activity = $activities[ $i % @activities ];
	# each way with each activity, after twelve
	my $death = $deaths[ ($i + int($i / @activities)) % @deaths ];
	my $wal_level = rand() < .5 ? 'replica' : 'minimal';
	my $full_page_writes = rand() < .5 ? 'on' : 'off';
	# Without images of full pages, what is replayed for a file that is dropped
	# later has nothing to be compared with.
	my $checked = $full_page_writes eq 'on' ? 'generic,gist' : '';

	$node->append_conf('postgresql.conf', <<CONF);
wal_level = $wal_level
max_wal_senders = 0
full_page_writes = $full_page_writes
wal_consistency_checking = '$checked'
CONF
	$node->restart;
	$node->safe_psql('postgres', <<SQL);
DROP INDEX IF EXISTS many_fp;
INSERT INTO fleeting SELECT s, checker.code(s, 64) FROM generate_series(1, 2000) s;
SQL
	my @runs = $activities{$activity}->();

	usleep 1_000_000 * (.1 + rand .5);
	# Pages on disk are of any age.
	$node->safe_psql('postgres', 'CHECKPOINT') if rand() < .7;
	usleep 1_000_000 * rand .5;
	$deaths{$death}->();
	$_->{harness}->kill_kill, $_->{harness}->finish foreach @runs;

	my $name = "$death during $activity (wal_level $wal_level, full_page_writes $full_page_writes)";
	all_sound($name);
	is($node->safe_psql('postgres', 'SELECT count(*) FROM fleeting'), '0', 'an unlogged table is empty')
	  if $death =~ /SIGKILL|immediate/;

	# It lives on, and what a crash left behind is swept.
	$node->safe_psql('postgres', <<SQL);
INSERT INTO stress SELECT r.* FROM generate_series(1, 1500) i, stress_row(i) r;
DELETE FROM stress WHERE note % 3 = 1;
VACUUM stress;
SQL
	all_sound('and lives on');
	is($node->safe_psql('postgres', q{SELECT mih_check('stress_fp') + mih_check('stress_wide')}), '0', 'no page is lost')
	  if $method eq 'mih';
}

# Right after a build nothing of it is in the data files, perhaps.
foreach my $wal_level (qw(minimal replica))
{
	$node->append_conf('postgresql.conf', "wal_level = $wal_level\nmax_wal_senders = 0\n");
	$node->restart;
	$node->safe_psql('postgres', <<SQL);
DROP INDEX IF EXISTS many_fp;
CREATE INDEX many_fp ON many USING $method (fp);
CREATE TABLE fresh_$wal_level (id int, fp simhash);
BEGIN;
TRUNCATE fresh_$wal_level;
INSERT INTO fresh_$wal_level SELECT * FROM many LIMIT 2000;
CREATE INDEX fresh_${wal_level}_fp ON fresh_$wal_level USING $method (fp);
INSERT INTO fresh_$wal_level SELECT id + 2000, checker.code(-id, 256) FROM fresh_$wal_level;
COMMIT;
SQL
	$deaths{'SIGKILL of the postmaster'}->();
	is($node->safe_psql('postgres', <<SQL), 't', "SIGKILL right after a build, wal_level $wal_level");
BEGIN;
SELECT checker.all('many', 'fp', 1) + checker.all('fresh_$wal_level', 'fp', 1) > 0
FROM checker.sound('many_fp') a, checker.sound('fresh_${wal_level}_fp') b;
SQL
}

unlike(slurp_file($node->logfile), qr/inconsistent page|PANIC|signal (?:6|11)\b/, 'nothing alarming in the log');

$node->stop;
done_testing();
