# One archive on three servers, by postgres_fdw: searches, joins, aggregates and
# clusters give what one server gives, and what can be is done where the rows
# are.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $hub = PostgreSQL::Test::Cluster->new('hub');
$hub->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$hub->append_conf('postgresql.conf', "jit = off\nmax_parallel_workers_per_gather = 0\n");
$hub->start;

if ($hub->safe_psql('postgres', "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'") eq '0')
{
	plan skip_all => 'postgres_fdw is not installed';
}

# The hub has a part of the archive itself, the others one each.
my @shards;
foreach my $name ('east', 'west')
{
	my $shard = PostgreSQL::Test::Cluster->new($name);

	$shard->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$shard->start;
	push @shards, $shard;
}

# The same rows, whole and in parts: clusters of near copies, spread over outlets
# and servers, and texts.
$hub->safe_psql('postgres', <<'SQL');
CREATE EXTENSION simhash;
CREATE EXTENSION postgres_fdw;
CREATE TABLE whole (id int, outlet int, fp simhash(64), body text);
INSERT INTO whole
	SELECT i, (i % 800 + i / 1600) % 9, simhash(hashint8extended(i % 800, 1) # (1::bigint << i % 31)),
		'the text of article ' || i % 800 || ' is about ' || hashint4(i % 800) || ' and more of it'
	FROM generate_series(1, 4000) i;
CREATE TABLE article (id int, outlet int, fp simhash(64), body text) PARTITION BY HASH (outlet);
CREATE TABLE article_hub PARTITION OF article FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE tag (outlet int, tag text, weight float8) PARTITION BY HASH (outlet);
CREATE TABLE tag_hub PARTITION OF tag FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE band (id int, band bigint, fp simhash(64)) PARTITION BY HASH (band);
CREATE TABLE band_hub PARTITION OF band FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE INDEX ON article_hub USING gist (fp);
SQL

foreach my $i (0 .. $#shards)
{
	my $shard = $shards[$i];
	my ($name, $host, $port, $remainder) = ($shard->name, $shard->host, $shard->port, $i + 1);

	$shard->safe_psql('postgres', <<'SQL');
CREATE EXTENSION simhash;
CREATE TABLE article (id int, outlet int, fp simhash(64), body text);
CREATE INDEX ON article USING gist (fp);
CREATE TABLE tag (outlet int, tag text, weight float8);
CREATE TABLE band (id int, band bigint, fp simhash(64));
CREATE INDEX ON band (band);
SQL
	$hub->safe_psql('postgres', <<SQL);
CREATE SERVER $name FOREIGN DATA WRAPPER postgres_fdw
	OPTIONS (host '$host', port '$port', dbname 'postgres', extensions 'simhash', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER $name;
CREATE FOREIGN TABLE article_$name PARTITION OF article FOR VALUES WITH (MODULUS 3, REMAINDER $remainder)
	SERVER $name OPTIONS (table_name 'article');
CREATE FOREIGN TABLE tag_$name PARTITION OF tag FOR VALUES WITH (MODULUS 3, REMAINDER $remainder)
	SERVER $name OPTIONS (table_name 'tag');
CREATE FOREIGN TABLE band_$name PARTITION OF band FOR VALUES WITH (MODULUS 3, REMAINDER $remainder)
	SERVER $name OPTIONS (table_name 'band');
SQL
}
$hub->safe_psql('postgres', <<'SQL');
INSERT INTO article TABLE whole;
INSERT INTO tag SELECT outlet, 'tag ' || i % 4, i FROM generate_series(0, 8) outlet, generate_series(1, 20) i;
INSERT INTO band SELECT id, unnest(simhash_bands(fp, 3)), fp FROM whole;
SQL
$_->safe_psql('postgres', 'ANALYZE') foreach (@shards, $hub);

# How many rows are where?
is($hub->safe_psql('postgres', "SELECT count(DISTINCT tableoid), count(*) FROM article"), '3|4000', 'the archive is on three servers');
foreach my $shard (@shards)
{
	cmp_ok($shard->safe_psql('postgres', 'SELECT count(*) FROM article'), '>', 0, $shard->name . ' has a part of it');
}

# The plan, as text; what the other servers are asked for is in it.
sub plan_of
{
	my ($query, $settings) = @_;

	return $hub->safe_psql('postgres', ($settings // '') . "EXPLAIN (VERBOSE, COSTS OFF) $query");
}

# The statements that are sent to other servers.
sub sent
{
	return join "\n", plan_of(@_) =~ /Remote SQL: (.*)/g;
}

# Do both queries have the same rows?
sub same_rows
{
	my ($a, $b, $name, $settings) = @_;

	$settings //= '';
	is( $hub->safe_psql('postgres', <<SQL), 't|t', $name);
$settings
WITH a AS MATERIALIZED ($a), b AS MATERIALIZED ($b)
SELECT (SELECT count(*) FROM a) > 0, NOT EXISTS (TABLE a EXCEPT ALL TABLE b) AND NOT EXISTS (TABLE b EXCEPT ALL TABLE a)
SQL
	return;
}

#
# Searches
#
my $q = $hub->safe_psql('postgres', 'SELECT fp FROM whole WHERE id = 17');
my $sent = sent("SELECT id FROM article WHERE simhash_dwithin(fp, '$q', 3)");
is(() = $sent =~ /simhash_dwithin\(fp, '$q'::public\.simhash, 3\)/g, 2, 'simhash_dwithin is sent');
$sent = sent("SELECT id FROM article WHERE fp <@ '<$q,3>'");
is(() = $sent =~ /OPERATOR\(public\.<\@\)/g, 2, '<@ is sent');
$sent = sent("SELECT id FROM article WHERE fp % '$q'");
unlike($sent, qr/WHERE/, '%, which reads a setting, is not sent');
like($hub->safe_psql('postgres', "EXPLAIN (COSTS OFF) SELECT id FROM article_hub WHERE simhash_dwithin(fp, '$q', 1)"),
	qr/article_hub_fp_idx/, 'the hub uses its index');
like($shards[0]->safe_psql('postgres', "EXPLAIN (COSTS OFF) SELECT id FROM article WHERE simhash_dwithin(fp, '$q', 1)"),
	qr/article_fp_idx/, 'and so does another server');

foreach my $radius (0, 3, 10)
{
	same_rows("SELECT id, outlet, fp FROM article WHERE simhash_dwithin(fp, '$q', $radius)",
		"SELECT id, outlet, fp FROM whole WHERE fp <-> '$q' <= $radius", "within $radius");
}
same_rows("SELECT id FROM article WHERE fp % '$q'", "SELECT id FROM whole WHERE fp % '$q'", "by % under this session's setting",
	'SET simhash.similarity_threshold = 0.9;');
same_rows("SELECT fp <-> '$q' AS d FROM article ORDER BY d LIMIT 50", "SELECT fp <-> '$q' AS d FROM whole ORDER BY d LIMIT 50",
	'nearest neighbours');
like(sent("SELECT id FROM article ORDER BY fp <-> '$q' LIMIT 5"), qr/ORDER BY \(fp OPERATOR\(public\.<->\) '$q'/,
	'each server sorts by distance');
same_rows(
	'SELECT a.id AS a, b.id AS b FROM whole a JOIN article b ON simhash_dwithin(a.fp, b.fp, 2) WHERE a.id <= 30',
	'SELECT a.id AS a, b.id AS b FROM whole a JOIN whole b ON a.fp <-> b.fp <= 2 WHERE a.id <= 30',
	'a join with a local table');

#
# Joins and aggregates of parts that are together
#
my $wise = 'SET enable_partitionwise_join = on; SET enable_partitionwise_aggregate = on;';
my $copies = 'SELECT a.id AS a, b.id AS b FROM article a JOIN article b ON a.outlet = b.outlet AND a.id < b.id AND simhash_dwithin(a.fp, b.fp, 3)';
# Costs decide; here that it can be.
$sent = sent($copies, "$wise SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_nestloop = off;");
is(() = $sent =~ /INNER JOIN.*simhash_dwithin/g, 2, 'a join within outlets can be sent');
same_rows($copies, 'SELECT a.id, b.id FROM whole a JOIN whole b ON a.outlet = b.outlet AND a.id < b.id AND a.fp <-> b.fp <= 3',
	'a join within outlets', $wise);

my $profile = 'SELECT outlet, simhash_agg(tag, weight) FROM tag GROUP BY outlet';
$sent = sent($profile, $wise);
is(() = $sent =~ /simhash_agg\(tag, weight\).*GROUP BY/g, 2, 'an aggregate of whole groups is sent');
same_rows($profile, "SELECT outlet, simhash_agg('tag ' || i % 4, i) FROM generate_series(0, 8) outlet, generate_series(1, 20) i GROUP BY outlet",
	'an aggregate of whole groups', $wise);
same_rows('SELECT simhash_agg(tag, weight) FROM tag',
	"SELECT simhash_agg('tag ' || i % 4, i) FROM generate_series(0, 8) outlet, generate_series(1, 20) i", 'an aggregate over all servers', $wise);
same_rows('SELECT id, to_simhash(body, 64) AS fp FROM article', 'SELECT id, to_simhash(body, 64) FROM whole', 'fingerprints of texts from everywhere');

#
# All pairs, by bands: each server joins its own
#
my $pairs = 'SELECT a.id AS a, b.id AS b FROM band a JOIN band b ON a.band = b.band AND a.id < b.id '
  . 'WHERE simhash_dwithin(a.fp, b.fp, 3) AND a.band = simhash_band(a.fp, simhash_first_band(a.fp, b.fp, 4), 4)';
$sent = sent($pairs, $wise);
is(() = $sent =~ /INNER JOIN.*simhash_first_band/g, 2, 'the join by bands is sent');
same_rows($pairs, 'SELECT a.id, b.id FROM whole a JOIN whole b ON a.id < b.id AND a.fp <-> b.fp <= 3',
	'all pairs, each once', $wise);

#
# Clusters across servers
#
my $members = 'SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT id, simhash_cluster(fp, 3, 2) OVER () AS cluster FROM %s) c '
  . 'WHERE cluster IS NOT NULL GROUP BY cluster';
same_rows(sprintf($members, 'article'), sprintf($members, 'whole'), 'clusters');

# Functions over a query read what it yields, from everywhere.
same_rows(q{SELECT a::int, b::int FROM simhash_pairs('SELECT id, fp FROM article', 3)},
	'SELECT a.id, b.id FROM whole a JOIN whole b ON a.id < b.id AND a.fp <-> b.fp <= 3', 'simhash_pairs');
same_rows(q{SELECT array_agg(id::int ORDER BY id) AS ids FROM simhash_components('SELECT id, fp FROM article', 3) GROUP BY cluster},
	'SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT id, simhash_cluster(fp, 3) OVER () AS cluster FROM whole) c GROUP BY cluster',
	'simhash_components');

# A server that is not told of the extension is asked for rows only; the answer
# is the same.
$hub->safe_psql('postgres', 'ALTER SERVER east OPTIONS (DROP extensions); ALTER SERVER west OPTIONS (DROP extensions)');
unlike(sent("SELECT id FROM article WHERE simhash_dwithin(fp, '$q', 3)"), qr/WHERE/, 'nothing is sent to a server whose extensions are not listed');
same_rows("SELECT id FROM article WHERE simhash_dwithin(fp, '$q', 3)", "SELECT id FROM whole WHERE fp <-> '$q' <= 3", 'the same rows without');

$_->stop foreach ($hub, @shards);
done_testing();
