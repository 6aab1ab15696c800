# A damaged index file gives the right answer or an error, never a crash, a
# loop or a wrong answer that mih_check() doesn't tell of. What is damaged in
# the structure (page headers, metapage, maps, headers of runs) is found by the
# scans themselves. A changed bit of a code, a key or a row's pointer can't be
# seen in passing, as in any index: for that there are data checksums, which
# this test does without, and mih_check().
#
# SIMHASH_DAMAGES=n damages n times, SIMHASH_SEED=n others.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $damages = $ENV{SIMHASH_DAMAGES} // 40;
my $seed = $ENV{SIMHASH_SEED} // 13;
my $batch = 40;
my $scripts = "$FindBin::RealBin/../mih";

srand $seed;
note "SIMHASH_DAMAGES=$damages SIMHASH_SEED=$seed";

my $node = PostgreSQL::Test::Cluster->new('corruption');
my ($version) = `pg_config --version` =~ /(\d+)/;
$node->init($version >= 18 ? (extra => ['--no-data-checksums']) : ());
$node->append_conf('postgresql.conf', <<CONF);
autovacuum = off
log_statement = none
full_page_writes = off
max_locks_per_transaction = 256
# longer than anything here takes
statement_timeout = ${PostgreSQL::Test::Utils::timeout_default}s
CONF
$node->start;

# Many of the same table, with rows in lists, pending, dead and NULL; each is
# damaged in one place.
$node->safe_psql('postgres', "CREATE EXTENSION simhash;\n" . slurp_file("$scripts/checker.sql") . <<SQL);
CREATE TABLE rows AS
SELECT i AS id, CASE WHEN i % 50 > 0 THEN checker.code(i, 64, 60) END AS fp FROM generate_series(1, 4200) i;
CREATE TABLE center AS SELECT n, checker.code(n * 8, 64, 60) AS fp FROM generate_series(1, 3) n;

-- What the queries of "try" answer.
CREATE FUNCTION answers(rel text) RETURNS SETOF text LANGUAGE plpgsql
SET enable_seqscan = off SET enable_sort = off AS \$\$
DECLARE
	query text;
	answer text;
BEGIN
	FOREACH query IN ARRAY ARRAY[
		'SELECT sum(hashint8(id)) FROM %s t WHERE fp <@ simhash_ball(\$1, 2)',
		'SELECT sum(hashint8(id)) FROM %s t WHERE fp <@ simhash_ball(\$1, 64)',
		'SELECT string_agg((fp <-> \$1)::text, '' '') FROM (SELECT fp FROM %s t ORDER BY fp <-> \$1 LIMIT 10) x',
		'SELECT sum(hashint8(id) * (fp <-> \$1)::bigint) FROM (SELECT id, fp FROM %s t ORDER BY fp <-> \$1) x',
		'SELECT sum(hashint8(id)) FROM %s t WHERE fp IS NULL AND \$1 IS NOT NULL']
	LOOP
		BEGIN
			SELECT string_agg(a, ',') INTO answer
			FROM center c, LATERAL answer(format(query, rel), c.fp) a;
		EXCEPTION WHEN OTHERS THEN
			answer := 'ERROR ' || SQLSTATE || ' ' || SQLERRM;
		END;
		RETURN NEXT coalesce(answer, '-');
	END LOOP;
END \$\$;
CREATE FUNCTION answer(query text, center simhash) RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE
	answer text;
BEGIN
	EXECUTE query INTO answer USING center;
	RETURN answer;
END \$\$;

-- An error as text, or nothing.
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS \$\$
BEGIN
	EXECUTE query;
	RETURN '';
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLSTATE || ' ' || SQLERRM;
END \$\$;
SQL

# The offsets of a page that tell what it is, from its end: mih.h.
my $block_size = $node->safe_psql('postgres', 'SHOW block_size');
my %kinds = (1 => 'META', 2 => 'MAP_ROOT', 3 => 'MAP', 4 => 'ROWS', 5 => 'RUN', 6 => 'INNER', 7 => 'LEAF', 8 => 'FREE');

sub flip_bytes
{
	my ($pages, $block) = @_;
	my ($lower, $upper, $special) = unpack '@12 S S S', $pages->[$block];
	my $kind = $kinds{ unpack "\@@{[ $block_size - 4 ]} S", $pages->[$block] } // 'new';
	# header, special space or the contents
	my ($part, $from, $to) = @{ (
			[ 'header', 0, 24 ],
			[ 'special space', $block_size - 16, $block_size ],
			[ 'contents', 24, $lower ],
			[ 'pointers', $upper, $special ])[ int rand 4 ] };

	($part, $from, $to) = ('special space', $block_size - 16, $block_size) if $from >= $to;
	# Of META only the beginning is in use.
	$to = 24 + 200 if $kind eq 'META' && $part eq 'contents';

	my $length = (1, 1, 4, 8)[ int rand 4 ];
	my $at = $from + int rand($to - $from);
	$length = $to - $at if $at + $length > $to;

	my $how = int rand 3;
	my $bytes = $how == 0 ? join '', map { chr int rand 256 } 1 .. $length
	  : $how == 1 ? "\xFF" x $length
	  : (substr($pages->[$block], $at, $length) ^ chr(1 << int rand 8) x $length);

	substr($pages->[$block], $at, $length) = $bytes;
	# Bits of rows and keys are for mih_check() to see.
	my $payload = $kind =~ /ROWS|LEAF|INNER/ && $part =~ /contents|pointers/;
	return ("$part of $kind page $block at $at: " . unpack('H*', $bytes), $payload);
}

my @damage = (
	(\&flip_bytes) x 17,
	sub {
		my ($pages, $block) = @_;

		$pages->[$block] = "\0" x $block_size;
		return ("page $block zero", 0);
	},
	sub {
		my ($pages, $block) = @_;
		my $other = int rand @$pages;

		$pages->[$block] = $pages->[$other];
		return ("page $block a copy of page $other", 0);
	},
	sub {
		my ($pages, $block) = @_;

		splice @$pages, $block || 1;
		return ('cut off at page ' . @$pages, 0);
	});

my (%count, @wrong);

foreach my $round (1 .. ($damages + $batch - 1) / $batch)
{
	# Lists are made by the inserts, and dead rows and free pages are left.
	$node->safe_psql('postgres', join '', map { <<SQL } 1 .. $batch);
DROP TABLE IF EXISTS t$_;
CREATE TABLE t$_ AS SELECT * FROM rows LIMIT 2500;
CREATE INDEX t${_}_fp ON t$_ USING mih (fp) WITH (pending_limit = 64);
INSERT INTO t$_ SELECT * FROM rows OFFSET 2500;
DELETE FROM t$_ WHERE id % 9 = 0;
VACUUM t$_;
INSERT INTO t$_ SELECT -id, fp FROM rows LIMIT 200;
SQL
	my @wanted = split /\n/, $node->safe_psql('postgres', q{SELECT answers('t1')});
	my @files = split /\n/, $node->safe_psql('postgres',
		join ' UNION ALL ', map { "SELECT $_, pg_relation_filepath('t${_}_fp')" } 1 .. $batch);
	my %file = map { split /\|/ } @files;
	my %what;
	my %payload;

	if ($round == 1)
	{
		note $node->safe_psql('postgres', q{SELECT mih_stats('t1_fp')});
		ok(!grep(/ERROR/, @wanted), 'answers');
		is_deeply([ split /\n/, $node->safe_psql('postgres', q{SELECT answers('(SELECT * FROM t1 OFFSET 0)')}) ], \@wanted, 'as without an index');
	}
	$node->stop;
	foreach my $i (1 .. $batch)
	{
		my $path = $node->data_dir . "/$file{$i}";
		my @pages = unpack "(a$block_size)*", slurp_file($path);
		my $block = int rand @pages;

		# The few pages that all hangs on are met as often as all others together.
		if (rand() < .5)
		{
			my @few = grep { my $kind = unpack "\@@{[ $block_size - 4 ]} S", $pages[$_]; $kind < 4 || $kind == 5 || $kind == 6 } 0 .. $#pages;

			$block = $few[ rand @few ];
		}
		($what{$i}, $payload{$i}) = $damage[ rand @damage ]->(\@pages, $block);
		open my $out, '>:raw', $path or die "$path: $!";
		print $out @pages;
		close $out;
	}
	$node->start;

	foreach my $i (1 .. $batch)
	{
		my ($status, $out, $err) = $node->psql('postgres', <<SQL);
SELECT answers('t$i');
SELECT error_of('SELECT mih_check(''t${i}_fp'')');
-- Writing may fail, but not crash either.
SELECT error_of('INSERT INTO t$i SELECT id + 100000, fp FROM rows LIMIT 500');
DELETE FROM t$i WHERE id % 2 = 0;
SELECT '---';
VACUUM t$i;
SQL
		my ($answers, $vacuum) = split /^---$/m, $out;
		my @got = split /\n/, $answers // '';
		my ($checked, $inserted) = splice @got, @wanted, 2, ();
		my $differ = grep { $got[$_] ne $wanted[$_] && $got[$_] !~ /^ERROR XX/ } 0 .. $#wanted;
		my $down = $err =~ /server closed|could not connect|No such file|terminat|statement timeout|PANIC/;

		$checked //= '';
		my $fate = $down || @got != @wanted ? 'no answer' : $differ ? ($checked =~ /^ERROR/ && $payload{$i} ? 'only mih_check tells' : 'wrong')
		  : grep(/^ERROR/, @got) ? 'error' : $checked =~ /^ERROR/ ? 'right, mih_check tells' : 'right';

		$count{$fate}++;
		push @wrong, "$fate: $what{$i}\n  @got\n  wanted @wanted\n  mih_check: $checked\n  $err\n"
		  if $fate =~ /^no answer|wrong/;
		note "$fate: $what{$i}" . join '', map { "\n  $_" } grep { /^ERROR/ && !/ERROR XX00[12]/ } @got, $checked, $inserted // '';
		if ($down)
		{
			# It went down: that's reported above.
			$node->stop('immediate', fail_ok => 1);
			$node->start;
		}
	}
}

note "$_: $count{$_}" foreach sort keys %count;
ok(!@wrong, 'no crash, no loop, no wrong answer') or diag @wrong;
cmp_ok($count{error} // 0, '>', $damages / 10, 'errors were met');
unlike(slurp_file($node->logfile), qr/PANIC|signal (?:6|11)\b/, 'nothing alarming in the log');

$node->stop('immediate');
done_testing();
