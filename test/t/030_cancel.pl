# A statement that is cancelled, runs out of time or loses its server process,
# at any moment, leaves nothing behind: no wrong index, no temporary file, no
# lock, no memory; and the session goes on as if nothing had been.
#
# The moments are random within what the statement takes. SIMHASH_CANCELS=n
# interrupts each statement so many times, SIMHASH_SEED=n at other moments.

use strict;
use warnings;

use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep time);

my $cancels = $ENV{SIMHASH_CANCELS} // 3;
my $seed = $ENV{SIMHASH_SEED} // 30;
my $scripts = "$FindBin::RealBin/../mih";

srand $seed;
note "SIMHASH_CANCELS=$cancels SIMHASH_SEED=$seed";

my $node = PostgreSQL::Test::Cluster->new('cancel');
$node->init;
# Little memory, so that whatever can go to disk does.
$node->append_conf('postgresql.conf', <<'CONF');
autovacuum = off
log_statement = none
max_wal_size = 4GB
work_mem = 64kB
maintenance_work_mem = 8MB
max_parallel_workers_per_gather = 0
jit = off
CONF
$node->start;

$node->safe_psql('postgres',
	"CREATE EXTENSION simhash;\n" . slurp_file("$scripts/checker.sql") . <<'SQL');
-- Near and far codes, none for one in a hundred.
CREATE TABLE code AS SELECT i AS id, c AS fp, checker.code(i, 256, 400) AS wide
	FROM generate_series(1, 20000) i, LATERAL (SELECT checker.code(i, 64, 400) WHERE i % 100 > 0) x (c);
CREATE INDEX code_fp ON code USING mih (fp) WITH (pending_limit = 64);
CREATE INDEX code_wide ON code USING mih (wide);

-- Articles of 150 words out of 3000, a third of which have another's beginning.
CREATE FUNCTION words(seed int, n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg('w' || ((hashint8extended(i, seed) & 1048575) ^ 2 / 366503875)::int % 3000, ' ' ORDER BY i) FROM generate_series(1, n) i
$$;
CREATE TABLE article AS SELECT i AS id, words(i % 1000, 50) || ' ' || words(i, 100) AS body,
		'2026-01-01'::timestamptz + i * interval '1 hour' AS published
	FROM generate_series(1, 1500) i;
ALTER TABLE article ADD fp simhash(256) GENERATED ALWAYS AS (to_simhash(body)) STORED,
	ADD sketch textsketch GENERATED ALWAYS AS (to_textsketch(body)) STORED;
CREATE INDEX article_fp ON article USING gist (fp);
CREATE INDEX article_sketch ON article USING gin (sketch);
CREATE TABLE long AS SELECT words(-i, 30000) AS body FROM generate_series(1, 2) i;
UPDATE long SET body = body || (SELECT string_agg(body, ' ') FROM long);
CREATE TABLE pair AS SELECT * FROM simhash_pairs('SELECT id::bigint, fp FROM code', 8);
VACUUM ANALYZE;
SQL

# name => statement; what a write leaves is undone by what stands behind it.
# What a statement reads is told by its last line.
my %reads = (
	'mih, joined within a radius' => q{SELECT count(*), sum(a.id + b.id) FROM code a JOIN code b ON simhash_dwithin(a.fp, b.fp, 9) WHERE a.id < 3000},
	'mih, a wide radius' => q{SELECT count(*), sum(id) FROM generate_series(1, 5) g, LATERAL checker.code(g, 64, 400) q, code WHERE fp <@ simhash_ball(q, 30)},
	'mih, nearest neighbours' => q{SELECT count(*), sum(d) FROM generate_series(1, 3) g, LATERAL (SELECT wide <-> checker.code(g, 256, 400) AS d FROM code ORDER BY 1 LIMIT 5000) n},
	'gist, joined' => q{SELECT count(*), sum(a.id + b.id) FROM article a JOIN article b ON simhash_dwithin(a.fp, b.fp, 60) WHERE a.id < 100},
	'gist, nearest neighbours' => q{SELECT count(*), sum(d) FROM generate_series(1, 5) g, LATERAL (SELECT fp <-> checker.code(g, 256) AS d FROM article ORDER BY 1 LIMIT 2000) n},
	'gin' => q{SELECT count(*), sum(a.id * b.id) FROM article a JOIN article b ON textsketch_contained(a.sketch, b.sketch, 0.2) WHERE b.id < 300},
	'simhash_cluster' => q{SELECT count(DISTINCT c), count(c), sum(c) FROM (SELECT simhash_cluster(wide, 70, 3) OVER (ORDER BY id) AS c FROM code) x},
	'simhash_cluster, stars' => q{SELECT count(DISTINCT c), count(c), sum(c) FROM (SELECT simhash_cluster(fp, 10, 2, 'star') OVER (ORDER BY id) AS c FROM code) x},
	'simhash_pairs' => q{SELECT count(*), sum(a + b), sum(distance) FROM simhash_pairs('SELECT id::bigint, wide FROM code', 60)},
	'simhash_components' => q{SELECT count(*), count(DISTINCT cluster) FROM simhash_components('SELECT id::bigint, fp FROM code', 8)},
	'pairs_components' => q{SELECT count(*), count(DISTINCT cluster) FROM pairs_components('SELECT a, b FROM pair')},
	'textsketch_pairs' => q{SELECT count(*), sum(a + b) FROM textsketch_pairs('SELECT id::bigint, sketch FROM article', 0.2)},
	'story_cluster' => q{SELECT count(*), max(s), sum(s) FROM (SELECT story_cluster('', body, published) OVER (ORDER BY id) AS s FROM article) x},
	'shared_passages' => q{SELECT count(*), sum(words) FROM long a, long b, shared_passages(a.body, b.body)},
	'to_simhash' => q{SELECT count(to_simhash(body, b)), count(to_textsketch(body)) FROM long, unnest('{64,256,1024}'::int[]) b},
	'simhash_agg' => q{SELECT simhash_agg(body, id::float8, 256) FROM article, generate_series(1, 40)},
	'mih_check' => q{SELECT mih_check('code_fp') + mih_check('code_wide')});
my %writes = (
	'CREATE INDEX, mih' => [ 'CREATE INDEX code_new ON code USING mih (wide)', 'DROP INDEX IF EXISTS code_new' ],
	'CREATE INDEX, gist' => [ 'CREATE INDEX code_new ON code USING gist (fp)', 'DROP INDEX IF EXISTS code_new' ],
	'CREATE INDEX, gin' => [ 'CREATE INDEX article_new ON article USING gin (sketch)', 'DROP INDEX IF EXISTS article_new' ],
	'CREATE INDEX CONCURRENTLY' => [ 'CREATE INDEX CONCURRENTLY code_new ON code USING mih (fp)', 'DROP INDEX IF EXISTS code_new' ],
	'REINDEX CONCURRENTLY' => [ 'REINDEX INDEX CONCURRENTLY code_fp', 'DROP INDEX IF EXISTS code_fp_ccnew, code_fp_ccold' ],
	'INSERT' => [ 'INSERT INTO code SELECT id + 20000, wide_fp, wide FROM (SELECT id, checker.code(-id, 64, 400) AS wide_fp, wide FROM code WHERE id <= 4000) x',
		'DELETE FROM code WHERE id > 20000' ],
	'UPDATE' => [ 'UPDATE article SET body = lower(body) WHERE id <= 500', 'SELECT' ],
	'VACUUM' => [ 'VACUUM code', 'INSERT INTO code SELECT id + 30000, fp, wide FROM code WHERE id <= 2000; DELETE FROM code WHERE id > 20000' ],
	'ANALYZE' => [ 'ANALYZE code, article', 'SELECT' ],
	'generated columns' => [ 'ALTER TABLE article ADD another simhash(128) GENERATED ALWAYS AS (to_simhash(body, 128)) STORED', 'ALTER TABLE article DROP COLUMN IF EXISTS another' ]);

my $session;

sub fresh_session
{
	$session = $node->background_psql('postgres', on_error_stop => 0);
	# Its time limit is for each query, not for all that a slow machine takes.
	$session->set_query_timer_restart();
	$session->query_safe('SET enable_seqscan = off; SET client_min_messages = warning');
	return;
}

# Seconds that a statement takes, and what it returns.
sub measure
{
	my ($statement) = @_;
	my $begin = time;
	my $out = $session->query_safe($statement);

	return (time - $begin, $out);
}

sub memory
{
	return $session->query_safe('SELECT sum(used_bytes) FROM pg_backend_memory_contexts');
}

my ($interrupted, $finished) = (0, 0);

# Runs a statement with a limit of time.
sub time_out
{
	my ($statement, $seconds) = @_;

	$session->query(sprintf "SET statement_timeout = %d;\n%s", 1 + 1000 * $seconds, $statement);
	my $error = $session->{stderr};

	# This, too, may be out of time.
	do
	{
		$session->{stderr} = '';
		$session->query('RESET statement_timeout');
	} while $session->{stderr} ne '';
	$error =~ /canceling statement due to statement timeout/ ? $interrupted++ : $finished++;
	return $error =~ s/^.*(?:ERROR: +canceling statement due to statement timeout|CONTEXT: .*|SQL (?:state|function|statement).*|PL\/pgSQL .*)$//mgr =~ s/\s+$//r;
}

# Ends the server process in the midst of a statement; a new session follows.
sub terminate
{
	my ($statement, $seconds) = @_;
	my $pid = $session->query_safe('SELECT pg_backend_pid()');
	my $out = '';
	my $run = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', 'SET enable_seqscan = off', '-c', $statement ],
		'<', \undef, '>&', \$out);

	usleep 1_000_000 * (.03 + $seconds);
	# A process that has just ended is warned of.
	my $ended = $node->safe_psql('postgres', <<SQL);
SET log_min_messages = error;
SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), $pid)
SQL
	$run->finish;
	$ended ? $interrupted++ : $finished++;
	return;
}

# What must hold after each interruption.
sub clean
{
	my ($name) = @_;

	is($node->safe_psql('postgres', <<'SQL'), '0|0', "$name: no file, no lock is left");
SELECT (SELECT count(*) FROM pg_ls_tmpdir()),
	(SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND locktype <> 'virtualxid')
SQL
}

sub sound
{
	my ($name) = @_;
	my ($status, $out, $err) = $node->psql('postgres', <<'SQL');
\set ON_ERROR_STOP on
BEGIN;
SELECT checker.sound();
SELECT checker.all('code', 'fp', 1) + checker.all('code', 'wide', 1) + checker.all('article', 'fp', 1);
SQL
	is($err, '', "$name: the indexes are sound");
}

fresh_session();
foreach my $name (sort keys %reads)
{
	my ($seconds, $wanted) = measure($reads{$name});
	my @errors = grep { $_ ne '' } map { time_out($reads{$name}, rand $seconds) } 1 .. 2;
	my $before = memory();

	push @errors, grep { $_ ne '' } map { time_out($reads{$name}, rand $seconds) } 1 .. $cancels;
	is("@errors", '', sprintf '%s (%.0f ms): no other error', $name, 1000 * $seconds);
	cmp_ok(memory() - $before, '<', 100_000, "$name: no memory is left");
	terminate($reads{$name}, rand $seconds);
	clean($name);
	is((measure($reads{$name}))[1], $wanted, "$name: the same answer as before");
}
sound('reading');
foreach my $name (sort keys %writes)
{
	my ($statement, $undo) = @{ $writes{$name} };
	my @errors;

	$session->query_safe($undo);
	my ($seconds) = measure($statement);

	$session->query_safe($undo);
	foreach my $i (1 .. $cancels)
	{
		push @errors, grep { $_ ne '' } time_out($statement, rand $seconds);
		$session->query_safe($undo);
	}
	is("@errors", '', sprintf '%s (%.0f ms): no other error', $name, 1000 * $seconds);
	terminate($statement, rand $seconds);
	$session->query_safe($undo);
	clean($name);
	sound($name);
}
$session->query_safe('VACUUM');
# Older modules leave the line's end.
cmp_ok($session->query_safe($reads{mih_check}), '==', 0, 'VACUUM sweeps what was left in the indexes');
$session->quit;

note "$interrupted statements were interrupted, $finished were done before";
cmp_ok($interrupted, '>', $finished, 'most statements were interrupted');

# A buffer, a file or a lock that is held at a transaction's end is warned of.
unlike(slurp_file($node->logfile), qr/WARNING|PANIC|TRAP|terminated by signal/, 'nothing alarming in the log');

$node->stop;
done_testing();
