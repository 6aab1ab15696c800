# The server's story_cluster against the slow implementation of doc/stories.md,
# test/reference/Stories.pm, on random newsrooms; permutations of rows; other
# encodings; what can't be done in one transaction of pg_regress.
#
# The random values are the same in every run; SIMHASH_SEED=n gives others, and
# SIMHASH_NEWSROOMS=n their number.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::RealBin/../reference";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Simhash qw(parse_tsvector);
use Stories qw(stories leads text_terms lexeme_terms);
use Test::More;
use Time::HiRes qw(time);

my $seed = $ENV{SIMHASH_SEED} // 20265;
my $newsrooms = $ENV{SIMHASH_NEWSROOMS} // 40;

srand $seed;
note "SIMHASH_SEED=$seed SIMHASH_NEWSROOMS=$newsrooms";

my $node = PostgreSQL::Test::Cluster->new('stories');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "jit = off\nmax_parallel_workers_per_gather = 0");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION simhash;
CREATE TABLE article (room int, id int, title text, body text, published timestamptz, threshold float8);
SQL

sub pick { return $_[ rand @_ ]; }

# ---------------------------------------------------------------------------
# Newsrooms: each event has words of its own, which its articles use among
# those that all use. Some articles are copies, some lack a title, a time, or
# words.

my $syllables = [qw(ka lo mi ré tu ßa po ni wé 京 ди ка 5 0.5 x')];

sub word { return join '', map { pick(@$syllables) } 1 .. 1 + rand 4; }

sub newsroom
{
	my @common = map { word() } 1 .. 60;
	my $span = pick(0, 2, 20, 90) * 86_400_000_000;
	my $missing = pick(0, 0.1, 1);
	my $grade = pick(0.15, 0.4, 0.7);
	my @rows;

	foreach my $event (1 .. 1 + rand 12)
	{
		my @own = map { word() } 1 .. 25;
		my $time = int rand($span + 1);

		foreach (1 .. 1 + rand 6)
		{
			my $words = pick(3, 20, 60, 150);
			my $text = join pick(' ', ', '), map { pick(rand() < $grade ? @own : @common) } 1 .. $words;
			my $title = rand() < 0.1 ? undef : join ' ', map { pick(@own, @common) } 1 .. 1 + rand 6;
			my $article = { title => $title, body => $text,
				time => rand() < $missing ? undef : $time + int rand(pick(1, 1e9, 3e11)) };

			push @rows, $article;
			if (rand() < 0.15)
			{
				my %copy = %$article;

				$copy{time} += pick(0, 72 * 3_600_000_000, 72 * 3_600_000_001) if defined $copy{time};
				push @rows, \%copy;
			}
		}
	}
	push @rows, { title => 'x', body => pick(undef, '', ' - '), time => 0 } if rand() < 0.5;
	return sort { rand() <=> 0.5 } @rows;
}

sub copy_text
{
	my ($value) = @_;

	return '\N' if !defined $value;
	utf8::encode($value);
	return $value;
}

my @rooms;
my $file = PostgreSQL::Test::Utils::tempdir_short . '/in';
my $lines = '';

foreach my $room (0 .. $newsrooms - 1)
{
	my @rows = newsroom();
	my $threshold = pick(0.15, 0.05, 0.1, 0.25);
	my $id = 0;

	push @rooms, { threshold => $threshold, rows => \@rows };
	$lines .= join("\t", $room, $id++, copy_text($_->{title}), copy_text($_->{body}),
		defined $_->{time} ? '@' . $_->{time} : '\N', $threshold) . "\n" foreach @rows;
}
append_to_file($file, $lines);
$node->safe_psql('postgres', <<SQL);
CREATE TEMP TABLE line (room int, id int, title text, body text, published text, threshold float8);
COPY line FROM '$file' (ENCODING 'UTF8');
INSERT INTO article SELECT room, id, title, body,
	timestamptz '2020-01-01 00:00+00' + substr(published, 2)::float8 * interval '1 microsecond', threshold
FROM line;
SQL

sub server
{
	my ($call, $order) = @_;

	return [ split /\n/, $node->safe_psql('postgres', <<SQL) ];
SELECT string_agg(coalesce(story::text, '-'), ' ' ORDER BY id)
FROM (SELECT room, id, $call OVER (PARTITION BY room ORDER BY $order) AS story FROM article) AS s
GROUP BY room ORDER BY room
SQL
}

# Stories as the server numbers them, a newsroom a line.
sub reference
{
	my ($terms) = @_;

	return [ map {
		my $room = $_;
		join ' ', map { $_ // '-' } stories($room->{threshold},
			map { { terms => $terms->($_), time => $_->{time} } } @{ $room->{rows} });
	} @rooms ];
}

my $expected = reference(sub { text_terms($_[0]{title}, $_[0]{body}) });
my $call = 'story_cluster(title, body, published, threshold)';

is_deeply(server($call, 'id'), $expected, "texts: as the reference ($newsrooms newsrooms)");

# The comparison means something: there are stories of several articles, and
# articles that stay by themselves.
my ($several, $single) = (0, 0);

foreach (@$expected)
{
	my %count;

	$count{$_}++ foreach grep { $_ ne '-' } split / /;
	$_ > 1 ? $several++ : $single++ foreach values %count;
}
cmp_ok($several, '>', 2 * $newsrooms, "stories of several articles: $several");
cmp_ok($single, '>', $newsrooms, "single articles: $single");

# story_summary: the leads of these stories, all in one query.
$node->safe_psql('postgres', <<SQL);
CREATE TABLE told AS
	SELECT room * 1000 + story AS story, room * 1000 + id AS id, title, body, published
	FROM (SELECT *, $call OVER (PARTITION BY room ORDER BY id) AS story FROM article) AS a ORDER BY room, id;
SQL
my %lead = map { split /\|/ } split /\n/, $node->safe_psql('postgres',
	"SELECT story, lead FROM story_summary('SELECT story, id, title, body, NULL, published FROM told WHERE story IS NOT NULL ORDER BY id')");
my @told;

foreach my $room (0 .. $#rooms)
{
	my @numbers = split / /, $expected->[$room];
	my $id = 0;

	foreach (@{ $rooms[$room]{rows} })
	{
		my $number = $numbers[$id];

		push @told, { id => $room * 1000 + $id, story => $room * 1000 + $number, time => $_->{time},
			terms => text_terms($_->{title}, $_->{body}) } if $number ne '-';
		$id++;
	}
}
is_deeply(\%lead, leads(@told), 'leads: as the reference (' . keys(%lead) . ')');

# The same of lexemes, with titles of label A.
my $document = "setweight(to_tsvector('simple', coalesce(title, '')), 'A') || to_tsvector('simple', coalesce(body, ''))";
my @documents = split /\n/,
  $node->safe_psql('postgres', "SELECT $document FROM article ORDER BY room, id");

foreach my $room (@rooms)
{
	$_->{lexemes} = shift @documents foreach @{ $room->{rows} };
}
$expected = reference(sub {
	my $text = $_[0]{lexemes};

	utf8::decode($text);
	lexeme_terms(parse_tsvector($text));
});
is_deeply(server("story_cluster($document, published, threshold)", 'id'), $expected, 'lexemes: as the reference');

# ---------------------------------------------------------------------------
# The order of rows numbers the stories, and does nothing else.

my $members = <<'SQL';
SELECT count(DISTINCT stories) FROM (
	SELECT room, seed, array_agg(ids ORDER BY ids) AS stories FROM (
		SELECT room, seed, array_agg(id ORDER BY id)::text AS ids FROM (
			SELECT room, seed, id, story_cluster(title, body, published, threshold)
				OVER (PARTITION BY room, seed ORDER BY hashint8extended(id, seed)) AS story
			FROM article, generate_series(1, 5) AS seed) AS numbered
		GROUP BY room, seed, story) AS grouped
	GROUP BY room, seed) AS shuffled
GROUP BY room HAVING count(DISTINCT stories) > 1
SQL
is($node->safe_psql('postgres', $members), '', 'permutations');

# ---------------------------------------------------------------------------
# The encoding of the database has no influence.

foreach my $encoding (qw(EUC_JP SQL_ASCII))
{
	$node->safe_psql('postgres', "CREATE DATABASE d_$encoding ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	my $query = <<'SQL';
SELECT string_agg(story::text, ' ' ORDER BY id) FROM (
	SELECT id, story_cluster(title, body, NULL, 0.05) OVER (ORDER BY id) AS story
	FROM (VALUES (1, '首相がモスクワを訪問', '首相は十五日、モスクワでラブロフ外相と会談した。'),
		(2, 'モスクワで会談', '外相会談は十五日、モスクワで開かれた。ラブロフ外相は'),
		(3, '桜が開花', '東京で桜が開花した。平年より五日早い。'),
		(4, '東京で桜が開花', '気象庁は、東京で桜が開花したと発表した。'),
		(5, '株価', '株価は三日続けて下がった。'), (6, '野球', '野球の決勝は九回に逆転した。'),
		(7, '地震', '昨夜の地震で列車が止まった。'), (8, '新薬', '新薬の承認が遅れている。')) AS v (id, title, body)) AS s
SQL
	utf8::encode(my $bytes = $query);
	$node->safe_psql(lc("d_$encoding"), 'CREATE EXTENSION simhash');
	my $got = $node->safe_psql(lc("d_$encoding"), ($encoding eq 'SQL_ASCII' ? '' : "SET client_encoding = 'UTF8';") . $bytes);
	is($got, $node->safe_psql('postgres', $bytes), "$encoding: the same stories ($got)");
	like($got, qr/^0 0 1 1 /, "$encoding: as a reader would say");
}

# ---------------------------------------------------------------------------
# doc/keep_stories.sql: of two runs at a time, the second one waits for the
# first, and then finds its work done.

my $recipe = slurp_file("$FindBin::RealBin/../../doc/keep_stories.sql");

$node->safe_psql('postgres', 'CREATE DATABASE live');
$node->safe_psql('live', <<SQL);
CREATE EXTENSION simhash;
CREATE TABLE article (id int PRIMARY KEY, title text, body text, published timestamptz);
INSERT INTO article
	SELECT i, 'Title', (SELECT string_agg(format('word%s', i / 3 * 50 + (i * 7 + w * 11) % 20), ' ') FROM generate_series(1, 30) AS w), '2020-01-01'
	FROM generate_series(1, 90) AS i;
$recipe
SQL
my $first = IPC::Run::start(
	[ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('live'), '-c',
		"BEGIN; SELECT begun FROM assign_stories('2020-01-02'); SELECT pg_sleep(2); COMMIT" ],
	'>', \my $first_out, '2>', \my $first_err);
$node->poll_query_until('live', "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")
  or die 'the first run takes no lock';
is($node->safe_psql('live', "SELECT * FROM assign_stories('2020-01-02')"), '0|0|0', 'the second run finds nothing to do');
$first->finish;
is($node->safe_psql('live', 'SELECT count(*) = count(story) AND count(DISTINCT story) = (SELECT count(*) FROM story) AND count(DISTINCT story) > 10 FROM article'),
	't', 'every article has a story, and every story articles');

# ---------------------------------------------------------------------------
# Long articles, copies and near copies by the thousand: done soon, or
# interrupted soon.

is($node->safe_psql('postgres', <<'SQL'), '1|5000', 'copies cost next to nothing');
SET statement_timeout = '20s';
SELECT count(DISTINCT story), count(*) FROM (
	SELECT story_cluster('The same', repeat('word by word the same ' || 'article ', 200), published) OVER () AS story
	FROM (SELECT timestamptz '2020-01-01' + i * interval '1 second' AS published FROM generate_series(1, 5000) AS i) AS a) AS s
SQL

my $start = time;
my ($ret, $out, $err) = $node->psql('postgres', <<'SQL');
SET statement_timeout = '1s';
SELECT count(story) FROM (
	SELECT story_cluster('Near', (SELECT string_agg('word' || (i + j) % 50000, ' ') FROM generate_series(1, 400) AS j), NULL) OVER () AS story
	FROM generate_series(1, 60000) AS i) AS s
SQL
my $took = time - $start;
like($err, qr/canceling statement due to statement timeout/, 'interrupted');
cmp_ok($took, '<', 4, sprintf 'after %.1f s', $took);

$node->stop;
done_testing();
