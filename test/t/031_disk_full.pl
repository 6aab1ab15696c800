# Where the disk is full statements fail, and nothing else does: what was
# stored stays right, nothing is left behind, and with room again all goes on.
# Also where it is the disk of the write-ahead log, which stops the server.
#
# The disk is a file system in memory, mounted in a namespace of the test's
# own; without the right to make one the test is skipped. It is filled up to a
# random rest before each statement: SIMHASH_FILLS=n does it n times,
# SIMHASH_SEED=n with other rests.

use strict;
use warnings;

use File::Spec;
use File::Temp;
use FindBin;
use Test::More;

my $disk;

# As the root of a namespace one may mount, but not run a server; so that root
# is given another name in a namespace inside, and runs the test.
BEGIN
{
	$disk = $ENV{SIMHASH_SMALL_DISK};
	if (!$disk)
	{
		my $folder = File::Temp->newdir('simhash.XXXXXX', TMPDIR => 1);
		my @enter = qw(unshare --user --map-root-user --mount sh -c);
		my $mount = 'mount -t tmpfs -o size=40m,mode=777 tmpfs "$0" && SIMHASH_SMALL_DISK=$0'
		  . ' exec unshare --user --map-user=1000 --map-group=1000 "$@"';
		my $status;

		{
			open my $out, '>&', \*STDERR or die;
			open STDERR, '>', File::Spec->devnull or die;
			$status = system(@enter, $mount, $folder, 'true');
			open STDERR, '>&', $out or die;
		}
		plan skip_all => 'no namespaces and file systems of our own here' if $status != 0;
		exit system(@enter, $mount, $folder, $^X, (map { "-I$_" } @INC), $0) >> 8;
	}
}

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my $fills = $ENV{SIMHASH_FILLS} // 12;
my $seed = $ENV{SIMHASH_SEED} // 31;

srand $seed;
note "SIMHASH_FILLS=$fills SIMHASH_SEED=$seed";

my $node = PostgreSQL::Test::Cluster->new('disk');
$node->init(extra => [ '--wal-segsize=1', '--waldir', "$disk/wal" ]);
$node->append_conf('postgresql.conf', <<'CONF');
autovacuum = off
log_statement = none
# the log stays small
min_wal_size = 2MB
max_wal_size = 6MB
work_mem = 64kB
maintenance_work_mem = 1MB
max_parallel_workers_per_gather = 0
jit = off
shared_buffers = 16MB
CONF
$node->start;
mkdir "$disk/$_" or die foreach qw(tables temporary);

$node->safe_psql('postgres',
	"CREATE EXTENSION simhash;\n" . slurp_file("$FindBin::RealBin/../mih/checker.sql") . <<SQL);
CREATE TABLESPACE small LOCATION '$disk/tables';
CREATE TABLESPACE temporary LOCATION '$disk/temporary';
CREATE TABLE pool AS SELECT i AS id, checker.code(i, 64, 300) AS fp, checker.code(i, 256, 300) AS wide FROM generate_series(1, 20000) i;
CREATE TABLE article AS SELECT id, to_textsketch(string_agg('w' || hashint8extended(i, id) % 2000, ' ')) AS sketch
	FROM generate_series(1, 400) id, generate_series(1, 200) i GROUP BY id;
CREATE TABLE code (id int, fp simhash(64), wide simhash(256)) TABLESPACE small;
INSERT INTO code SELECT * FROM pool LIMIT 5000;
CREATE INDEX code_fp ON code USING mih (fp) WITH (pending_limit = 64) TABLESPACE small;
CREATE INDEX code_wide ON code USING mih (wide) TABLESPACE small;
CREATE TABLE sketched (id int, sketch textsketch) TABLESPACE small;
INSERT INTO sketched SELECT * FROM article LIMIT 100;
CREATE INDEX sketched_sketch ON sketched USING gin (sketch) TABLESPACE small;
SQL

# Leaves so many kB of the disk, or all of it that there is.
sub fill
{
	my ($rest) = @_;

	$node->safe_psql('postgres', 'CHECKPOINT');
	my ($free) = `df --output=avail "$disk"` =~ /(\d+)/;

	open my $filler, '>', "$disk/filler" or die $!;
	print {$filler} "\0" x (1024 * ($free - $rest)) or die $! if $free > $rest;
	close $filler or die $!;
	return;
}

sub make_room
{
	unlink "$disk/filler";
	return;
}

sub sound
{
	my ($name) = @_;
	my ($status, $out, $err) = $node->psql('postgres', <<'SQL');
\set ON_ERROR_STOP on
BEGIN;
SELECT FROM checker.sound('code_fp') a, checker.sound('code_wide') b;
SELECT checker.all('code', 'fp', 1) + checker.all('code', 'wide', 1);
SET LOCAL enable_seqscan = off;
CREATE TEMP TABLE by_index AS SELECT a.id, b.id AS other FROM article a JOIN sketched b ON textsketch_resembles(a.sketch, b.sketch, 0.05);
SET LOCAL enable_seqscan = on;
SET LOCAL enable_bitmapscan = off;
CREATE TEMP TABLE by_scan AS SELECT a.id, b.id AS other FROM article a JOIN sketched b ON textsketch_resembles(a.sketch, b.sketch, 0.05);
DO $$ BEGIN
	ASSERT NOT EXISTS ((TABLE by_index EXCEPT ALL TABLE by_scan) UNION ALL (TABLE by_scan EXCEPT ALL TABLE by_index)), 'sketches by index';
END $$;
ROLLBACK;
SQL
	is($err, '', $name);
	return;
}

my %failed;

# Runs a statement; true if it failed, and then because of the disk.
sub runs_out
{
	my ($name, $statement) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $statement);

	return 0 if $err eq '';
	$failed{$name}++;
	like($err, qr/No space left on device/, "$name: no room");
	return 1;
}

# ---------------------------------------------------------------------------
# No room for tables and indexes

my %statements = (
	'inserts' => 'INSERT INTO code SELECT * FROM pool ORDER BY random() LIMIT 3000',
	'single inserts' => q{DO $$ BEGIN FOR i IN 1 .. 2000 LOOP INSERT INTO code SELECT * FROM pool WHERE ctid = format('(%s,%s)', i % 100, 1 + i / 100)::tid; END LOOP; END $$},
	'sketches' => 'INSERT INTO sketched SELECT * FROM article',
	'mih' => 'CREATE INDEX code_new ON code USING mih (wide) TABLESPACE small',
	'gist' => 'CREATE INDEX code_new ON code USING gist (wide) TABLESPACE small',
	'gin' => 'CREATE INDEX code_new ON sketched USING gin (sketch) TABLESPACE small',
	'rebuilding' => 'REINDEX TABLE code',
	'vacuum' => 'VACUUM code');

foreach my $i (0 .. $fills - 1)
{
	my $name = (sort keys %statements)[ $i % keys %statements ];

	$node->safe_psql('postgres', 'DELETE FROM code WHERE id % 7 = 3') if $name eq 'vacuum';
	# of what the statement needs at most
	fill(8 * int rand($i % 3 ? 20 : 150));
	runs_out($name, $statements{$name});
	make_room();
	sound("$name, a full disk");
	$node->safe_psql('postgres', 'DROP INDEX IF EXISTS code_new');
	# The tables don't grow for ever.
	$node->safe_psql('postgres', <<'SQL') if $i % 4 == 3;
DELETE FROM code WHERE id % 2 = 1;
DELETE FROM sketched WHERE id % 2 = 1;
VACUUM FULL code, sketched;
SQL
}
$node->safe_psql('postgres', 'INSERT INTO code SELECT * FROM pool LIMIT 1000; VACUUM code');
sound('with room again');
is($node->safe_psql('postgres', q{SELECT mih_check('code_fp') + mih_check('code_wide')}), '0', 'VACUUM sweeps what was left');

# ---------------------------------------------------------------------------
# No room for temporary files

my %spills = (
	'nearest neighbours' => 'SELECT count(*), sum(d) FROM (SELECT wide <-> checker.code(1, 256) AS d FROM large ORDER BY 1 LIMIT 19000) x',
	'a wide radius' => 'SELECT count(*), sum(id) FROM large WHERE wide <@ simhash_ball(checker.code(1, 256), 130)',
	'pairs of sketches' => q{SELECT count(*) FROM textsketch_pairs('SELECT a.id + 1000::bigint * g, sketch FROM article a, generate_series(1, 10) g', 0.1)},
	'clusters' => 'SELECT count(DISTINCT c) FROM (SELECT simhash_cluster(wide, 40) OVER (ORDER BY id) AS c FROM large) x');

$node->safe_psql('postgres', <<'SQL');
ALTER SYSTEM SET temp_tablespaces = temporary;
SELECT pg_reload_conf();
CREATE TABLE large AS TABLE pool;
CREATE INDEX large_wide ON large USING mih (wide) WITH (pending_limit = 64);
VACUUM ANALYZE large;
ALTER SYSTEM SET enable_seqscan = off;
ALTER SYSTEM SET enable_bitmapscan = off;
SELECT pg_reload_conf();
SQL
foreach my $name (sort keys %spills)
{
	my $wanted = $node->safe_psql('postgres', $spills{$name});

	fill(8);
	ok(runs_out($name, $spills{$name}), "$name: goes to disk");
	make_room();
	is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_ls_tmpdir((SELECT oid FROM pg_tablespace WHERE spcname = 'temporary'))}),
		'0', "$name: no file is left");
	is($node->safe_psql('postgres', $spills{$name}), $wanted, "$name: with room again");
}
$node->safe_psql('postgres', 'ALTER SYSTEM RESET ALL; SELECT pg_reload_conf()');

# ---------------------------------------------------------------------------
# No room for the write-ahead log

# All is logged, and nothing of it recycled.
$node->append_conf('postgresql.conf', "wal_level = replica\nmax_wal_size = 1GB");
$node->restart;
$node->safe_psql('postgres', 'CREATE INDEX large_fp ON large USING mih (fp)');

my %logged = (
	'inserts' => 'INSERT INTO large TABLE pool',
	'rebuilding' => 'REINDEX TABLE large',
	'mih' => 'DROP INDEX large_fp; CREATE INDEX large_fp ON large USING mih (fp)');

foreach my $name (sort keys %logged)
{
	my $begin = -s $node->logfile;

	fill(0);
	my ($status, $out, $err) = $node->psql('postgres', join '; ', ($logged{$name}) x 40);
	isnt($err, '', "$name: no room for the log");
	make_room();
	# It has ended, or is at work on a recovery that can't succeed.
	$node->stop('immediate', fail_ok => 1);
	$node->start;
	like(slurp_file($node->logfile, $begin), qr/PANIC: .*No space left/, 'the server stopped');
	is($node->safe_psql('postgres', <<'SQL'), 't', "$name, a full log");
BEGIN;
SELECT checker.all('large', 'wide', 1) > 0 FROM checker.sound('large_wide');
SQL
	sound('and the other tables');
}
$node->safe_psql('postgres', 'DELETE FROM large WHERE id % 2 = 0; VACUUM large; INSERT INTO large SELECT * FROM pool LIMIT 5000; VACUUM large');
is($node->safe_psql('postgres', q{SELECT mih_check('large_wide')}), '0', 'with room again');

note join ', ', map { "$_ failed " . ($failed{$_} // 0) . ' times' } sort keys %statements;
cmp_ok(scalar(grep { $failed{$_} } keys %statements), '>', keys(%statements) / 2, 'most kinds of statements met a full disk');

$node->stop;
done_testing();
