# A snapshot older than old_snapshot_threshold (PostgreSQL 15 and 16) gets the
# error "snapshot too old" by mih where VACUUM has removed rows that it sees, as
# by a sequential scan and by btree: never fewer rows.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($version) = `pg_config --version` =~ /(\d+)/;

plan skip_all => 'old_snapshot_threshold is gone since PostgreSQL 17' if $version >= 17;

my $node = PostgreSQL::Test::Cluster->new('old');
$node->init;
my $minutes = ($ENV{SIMHASH_STRESS} // 0) >= 600 ? 1 : 0;
$node->append_conf('postgresql.conf', "old_snapshot_threshold = $minutes\nautovacuum = off\n");
$node->start;

my @tables = ('mih_few', 'mih_most', 'mih_none', 'btree_few', 'btree_none');

# Rows in lists, NULLs, and pending rows. Of "few" a tenth is removed, of "most"
# so much that the store is written anew.
$node->safe_psql('postgres', <<SQL);
CREATE EXTENSION simhash;
CREATE FUNCTION fill(name text) RETURNS void LANGUAGE plpgsql AS \$\$
BEGIN
	EXECUTE format('CREATE TABLE %1\$I (id int, fp simhash(64));
		INSERT INTO %1\$I SELECT i, hashint8extended(i, 0)::simhash FROM generate_series(1, 6000) i;
		INSERT INTO %1\$I (id) SELECT i FROM generate_series(6001, 6100) i;
		CREATE INDEX ON %1\$I USING %2\$s (fp);
		INSERT INTO %1\$I SELECT i, hashint8extended(i, 0)::simhash FROM generate_series(6101, 6200) i',
		name, split_part(name, '_', 1));
END \$\$;
SELECT fill(name) FROM unnest('{@{[ join ',', @tables ]}}'::text[]) name;
SQL

# By an index; the row of 40 is removed, and so are some that all others find.
my %by_index = (
	equal => q{fp = hashint8extended(40, 0)::simhash},
	'equal, pending' => q{fp = hashint8extended(6110, 0)::simhash},
	null => q{fp IS NULL});
my %by_mih = (
	%by_index,
	'small radius' => q{fp <@ simhash_ball(hashint8extended(40, 0)::simhash, 1)},
	'all' => q{fp <@ simhash_ball('0123456789abcdef', 64)},
	nearest => q{fp IS NOT NULL ORDER BY fp <-> '0123456789abcdef'});
my %ways = (
	index => 'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off',
	bitmap => 'SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off',
	scan => 'SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off');

# What the session answers to all of them.
sub answers
{
	my ($session) = @_;
	my %answer;

	foreach my $table (@tables)
	{
		my $conditions = $table =~ /mih/ ? \%by_mih : \%by_index;

		foreach my $name (sort keys %$conditions)
		{
			foreach my $way (sort keys %ways)
			{
				$session->{stderr} = '';
				my $out = $session->query(<<SQL);
SAVEPOINT s;
$ways{$way};
SELECT count(*) FROM (SELECT fp FROM $table WHERE $conditions->{$name}) x;
ROLLBACK TO s;
SQL
				$answer{"$table, $name, by $way"} = $session->{stderr} =~ /snapshot too old/ ? 'too old' : "$out$session->{stderr}";
			}
		}
	}
	$session->{stderr} = '';
	return %answer;
}

my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->set_query_timer_restart();
$session->query('BEGIN ISOLATION LEVEL REPEATABLE READ');
my %before = answers($session);

my @changed = grep { !/none/ } @tables;
$node->safe_psql('postgres', "DELETE FROM $_ WHERE id % 10 @{[ /few/ ? '= 0' : '<= 8' ]}") foreach @changed;
# Which transactions are how old is noted each minute, when one begins.
foreach (1 .. 15 * $minutes || 1)
{
	sleep($minutes ? 10 : 7);
	$node->safe_psql('postgres', 'SELECT txid_current()');
}
$node->safe_psql('postgres', 'VACUUM ' . join ', ', @changed);

my %after = answers($session);
my @wrong;

foreach my $name (sort keys %before)
{
	# The pages of btree stay as they are where nothing was removed.
	my $wanted = $name =~ /none/ ? $before{$name} : 'too old';
	my $right = $name =~ /btree/ ? $before{$name} : $wanted;

	push @wrong, "$name: $after{$name}, not $wanted" if $after{$name} ne $wanted && $after{$name} ne $right;
	note "$name: $before{$name}, then $after{$name}";
}
ok(!@wrong, 'too old where rows are gone, and nowhere else') or diag join "\n", @wrong;
is(scalar(grep /too old/, values %before), 0, 'not at first');

$session->quit;
$node->stop;
done_testing();
