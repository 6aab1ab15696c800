# While VACUUM is at work on an index no lists are made or merged (else a merge
# could bring rows back that VACUUM has just marked dead), and nobody waits for
# it: rows are inserted and found.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('vacuum');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\n");
$node->start;
$node->safe_psql('postgres', "CREATE EXTENSION simhash;\n" . slurp_file("$FindBin::RealBin/../mih/checker.sql") . <<'SQL');
CREATE TABLE t (id int, fp simhash(64));
CREATE INDEX t_fp ON t USING mih (fp) WITH (pending_limit = 64);
INSERT INTO t SELECT i, checker.code(i, 64, 100) FROM generate_series(1, 60000) i;
DELETE FROM t WHERE id % 2 = 0;
-- So that the next VACUUM is soon done with the table.
VACUUM (INDEX_CLEANUP off) t;
-- Pages that are written already cost nothing to write.
CHECKPOINT;
SQL

my $lock = q{SELECT count(*) > 0 FROM pg_locks WHERE relation = 't_fp'::regclass AND locktype = 'page' AND mode = 'ExclusiveLock' AND granted};
my $stats = 'SELECT runs, pending FROM mih_stats(\'t_fp\')';
my ($runs, $pending) = split /\|/, $node->safe_psql('postgres', $stats);

cmp_ok($runs, '>=', 1, 'inserts have made lists');
is($node->safe_psql('postgres', $lock), 'f', 'no lock is held');

# So slow with pages it changes that it takes most of a minute for the index.
my $vacuum = $node->background_psql('postgres', on_error_stop => 0);
$vacuum->query_until(qr/begun/, <<'SQL');
SET vacuum_cost_delay = 100;
SET vacuum_cost_limit = 4;
SET vacuum_cost_page_hit = 0;
SET vacuum_cost_page_miss = 0;
\echo begun
VACUUM (INDEX_CLEANUP on) t;
\echo ended
SQL
$node->poll_query_until('postgres', $lock) or die 'VACUUM does not lock the index';

$node->safe_psql('postgres', 'INSERT INTO t SELECT -i, checker.code(i, 64, 100) FROM generate_series(1, 10000) i');
my ($runs_then, $pending_then) = split /\|/, $node->safe_psql('postgres', $stats);
is($node->safe_psql('postgres', <<'SQL'), 't', 'rows are found meanwhile');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT checker.within('t', 'fp', checker.code(8, 64, 100), 4) > 0 AND checker.nearest('t', 'fp', checker.code(16, 64, 100), 50) = 50;
SQL
is($node->safe_psql('postgres', $lock), 't', 'all of that while VACUUM was at work');
is($runs_then, $runs, 'no lists were made meanwhile');
cmp_ok($pending_then, '>=', $pending + 9000, 'the rows are pending');

# It may be cancelled in the midst of it.
$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_locks WHERE relation = 't_fp'::regclass AND locktype = 'page' AND granted});
$vacuum->query_until(qr/ended/, '');
$vacuum->quit;
is($node->safe_psql('postgres', $lock), 'f', 'the lock is released');
is($node->safe_psql('postgres', 'BEGIN; SELECT checker.all(\'t\', \'fp\', 1) > 0 FROM checker.sound(\'t_fp\')'), 't', 'sound after VACUUM was cancelled');

$node->safe_psql('postgres', 'VACUUM t');
is($node->safe_psql('postgres', 'BEGIN; SELECT checker.all(\'t\', \'fp\', 1) > 0 FROM checker.sound(\'t_fp\')'), 't', 'sound after VACUUM');
is($node->safe_psql('postgres', 'SELECT dead FROM mih_stats(\'t_fp\')'), '0', 'no dead rows are left');

# Lists are made of rows that are rolled back, and no lock outlives them.
$node->safe_psql('postgres', <<'SQL');
BEGIN;
INSERT INTO t SELECT -i, checker.code(i, 64, 100) FROM generate_series(1, 20000) i;
ROLLBACK;
SQL
is($node->safe_psql('postgres', $lock), 'f', 'no lock is left by a transaction rolled back');
$node->safe_psql('postgres', "SET statement_timeout = '60s'; VACUUM t");
is($node->safe_psql('postgres', 'SELECT mih_check(\'t_fp\')'), '0', 'sound');

$node->stop;
done_testing();
