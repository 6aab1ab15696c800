# Logical replication of all types, in text and in binary form; and of tables
# whose rows are found by their fingerprints.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical', extra => [ '--encoding=UTF8', '--locale=C' ]);
$publisher->start;

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$subscriber->start;

# A table with a column of each type that the extension has for users, found in
# the catalogs, and one with generated columns. The subscriber has the
# extension in another schema, under a name of its own.
my $types = <<'SQL';
SELECT string_agg(format('%s %s', replace(typname, 'simhash', 'sh'), t.oid::regtype), ', ' ORDER BY typname)
FROM pg_type t JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND extname = 'simhash'
WHERE typtype = 'b' AND typreceive <> 0 AND typcategory <> 'A'
SQL
my $columns;

foreach my $node ($publisher, $subscriber)
{
	my $schema = $node == $publisher ? 'public' : 'lib';

	$node->safe_psql('postgres', "CREATE SCHEMA IF NOT EXISTS $schema; CREATE EXTENSION simhash SCHEMA $schema; ALTER DATABASE postgres SET search_path = public, $schema");
	$columns = $node->safe_psql('postgres', $types);
	$node->safe_psql('postgres', <<"SQL");
CREATE TABLE value (id int PRIMARY KEY, many simhash[], $columns);
CREATE TABLE article (id int PRIMARY KEY, body text,
	fp simhash(256) GENERATED ALWAYS AS (to_simhash(body)) STORED,
	sketch textsketch GENERATED ALWAYS AS (to_textsketch(body)) STORED);
CREATE INDEX ON article USING gist (fp);
CREATE TABLE by_key (fp simhash(64) NOT NULL, n int);
CREATE UNIQUE INDEX by_key_fp ON by_key (fp);
ALTER TABLE by_key REPLICA IDENTITY USING INDEX by_key_fp;
CREATE TABLE by_row (fp simhash, sketch textsketch, n int);
ALTER TABLE by_row REPLICA IDENTITY FULL;
-- stored searches: a column of every type, and no key
CREATE TABLE search ($columns, n int);
ALTER TABLE search REPLICA IDENTITY FULL;
SQL
}
like($columns, qr/sh simhash, .*textsketch textsketch/, "types: $columns");

my $fill = <<'SQL';
INSERT INTO value (id, many, sh, textsketch, sh_ball, textsketch_query)
	SELECT i, ARRAY[to_simhash(t), NULL, to_simhash(t, 64)], to_simhash(t, 64 * (1 + i % 16)), to_textsketch(repeat(t, i)),
		simhash_ball(to_simhash(t), i), textsketch_query('contained', to_textsketch(repeat(t, i)), 0.5)
	FROM generate_series(:from, :to) AS i, LATERAL (SELECT string_agg(md5((i + w)::text), ' ') AS t FROM generate_series(1, 50) AS w) AS s;
INSERT INTO value (id) VALUES (-:to);
INSERT INTO article (id, body) SELECT i, 'the text of article number ' || i FROM generate_series(:from, :to) AS i;
INSERT INTO by_key SELECT to_simhash(i::text, 64), i FROM generate_series(:from, :to) AS i;
INSERT INTO by_row SELECT to_simhash(i::text, 128), to_textsketch('the text ' || i), i FROM generate_series(:from, :to) AS i;
INSERT INTO search (sh, sh_ball, textsketch, textsketch_query, n)
	SELECT sh, sh_ball, textsketch, textsketch_query, id FROM value WHERE id BETWEEN :from AND :to;
SQL

sub fill
{
	my ($from, $to) = @_;
	$publisher->safe_psql('postgres', $fill =~ s/:from/$from/gr =~ s/:to/$to/gr);
}

my $contents = <<'SQL';
SELECT count(*), md5(string_agg(value::text, ' ' ORDER BY id)) FROM value;
SELECT count(*), md5(string_agg(article::text, ' ' ORDER BY id)) FROM article;
SELECT count(*), sum(n), md5(string_agg(by_key::text, ' ' ORDER BY fp)) FROM by_key;
SELECT count(*), sum(n), md5(string_agg(by_row::text, ' ' ORDER BY fp)) FROM by_row;
SELECT count(*), sum(n), md5(string_agg(search::text, ' ' ORDER BY search::text)) FROM search;
SET enable_seqscan = off;
SELECT id FROM article ORDER BY fp <-> to_simhash('the text of article number 7'), id LIMIT 5;
SQL

sub same
{
	my ($name) = @_;
	$publisher->wait_for_catchup('subscription');
	is($subscriber->safe_psql('postgres', $contents), $publisher->safe_psql('postgres', $contents), $name);
}

$publisher->safe_psql('postgres', 'CREATE PUBLICATION publication FOR ALL TABLES');
fill(1, 100);
foreach my $binary ('false', 'true')
{
	my $connection = $publisher->connstr . ' dbname=postgres';

	$subscriber->safe_psql('postgres', 'TRUNCATE value, article, by_key, by_row, search');
	$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION subscription CONNECTION '$connection' PUBLICATION publication WITH (binary = $binary)");
	$subscriber->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')")
	  or die 'the tables were not copied';
	same("binary $binary: copied at first");

	my $from = $binary eq 'true' ? 301 : 101;
	fill($from, $from + 100);
	same("binary $binary: inserted");

	$publisher->safe_psql('postgres', <<'SQL');
UPDATE article SET body = body || ' and more of it' WHERE id % 3 = 0;
UPDATE value SET sh = to_simhash('another', 1024), textsketch = to_textsketch('another', 2), sh_ball = NULL WHERE id % 5 = 0;
UPDATE by_key SET n = n + 1 WHERE n % 2 = 0;
UPDATE by_key SET fp = to_simhash(n || ' moved', 64) WHERE n % 10 = 0 ;
UPDATE by_row SET n = n + 1 WHERE n % 2 = 0;
UPDATE by_row SET sketch = to_textsketch('another ' || n) WHERE n % 7 = 0;
UPDATE search SET sh_ball = simhash_ball(sh, 5) WHERE n % 7 = 0;
UPDATE search SET textsketch_query = NULL WHERE n % 5 = 0;
DELETE FROM search WHERE n % 11 = 0;
DELETE FROM value WHERE id % 11 = 0;
DELETE FROM article WHERE id % 11 = 0;
DELETE FROM by_key WHERE n % 11 = 0;
DELETE FROM by_row WHERE n % 11 = 0;
SQL
	same("binary $binary: changed and deleted");
	$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION subscription');
}

$subscriber->stop;
$publisher->stop;
done_testing();
