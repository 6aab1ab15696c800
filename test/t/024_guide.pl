# doc/guide.md, followed to the letter: its blocks of SQL are run in order on
# the newsroom of seeds/, and what it prints after a block is what psql prints.
#
# With SIMHASH_GUIDE=FILE the guide is written there as it should be, each
# answer being the one that was given; with SIMHASH_STORY=FILE so is doc/story.svg.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = $ENV{TESTDIR};

# Archives and packages have no articles of agencies.
plan skip_all => 'needs all of seeds/' unless -e "$top/seeds/000_6f1f0882893739e4.txt";

my $node = PostgreSQL::Test::Cluster->new('guide');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

$ENV{PGTZ} = 'UTC';
$ENV{PGOPTIONS} = '-c client_min_messages=warning';
chdir $top or die "$top: $!";

# What psql says of a file, or of its further arguments.
sub run_psql
{
	my ($out, $error) = run_command([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-P', 'footer=off',
			'-P', 'pager=off', '-d', $node->connstr('postgres'), @_ ]);

	# Neither trailing blanks nor the empty line behind the last table count.
	$out =~ s/[ \t]+$//mg;
	$out =~ s/\n*\z/\n/;
	return ($out, $error);
}

# As the guide says at its beginning
my $guide = slurp_file("$top/doc/guide.md");
my (undef, $error) = run_psql('-c', 'CREATE EXTENSION simhash', '-f', 'seeds/newsroom.sql',
	'-c', 'ALTER TABLE article DROP COLUMN fp');
is($error, '', 'the newsroom');
my $relfilenode = "SELECT relfilenode FROM pg_class WHERE oid = 'article'::regclass";
my $table_file = $node->safe_psql('postgres', $relfilenode);

# A block of SQL, and the text that follows it without a line in between. Each
# block has a session of its own.
my $file = PostgreSQL::Test::Utils::tempdir . '/block.sql';
my ($blocks, $compared) = (0, 0);

my $run_block = sub {
	my ($place, $sql, $expected) = @_;
	my $line = 1 + (substr($guide, 0, $place) =~ tr/\n//);

	unlink $file;
	append_to_file($file, $sql);
	my ($out, $error) = run_psql('-f', $file);
	is($error, '', "doc/guide.md, line $line: runs");
	$blocks++;
	if (defined $expected)
	{
		is($out, $expected, "doc/guide.md, line $line: answers");
		$compared++;
		$expected = $out;
	}
	return "```sql\n$sql```\n" . (defined $expected ? "```text\n$expected```\n" : '');
};

(my $written = $guide) =~ s{^```sql\n(.*?)^```\n(?:```text\n(.*?)^```\n)?}{$run_block->($-[0], $1, $2)}gems;
append_to_file($ENV{SIMHASH_GUIDE}, $written) if $ENV{SIMHASH_GUIDE};

cmp_ok($blocks, '>', 15, 'the guide has blocks');
cmp_ok($compared, '>', 8, 'and answers');
is(scalar(() = $guide =~ /^```sql/mg), $blocks, 'all blocks were run');

# ---------------------------------------------------------------------------
# What the guide says in words

is($node->safe_psql('postgres', $relfilenode), $table_file, 'the table was never written anew as a whole');
is($node->safe_psql('postgres', "SELECT count(*) FROM known_pair WHERE relation <> 'story' AND (b, a) NOT IN (SELECT article_id, source_id FROM reuse)
		UNION ALL SELECT count(*) FROM reuse WHERE (source_id, article_id) NOT IN (SELECT a, b FROM known_pair WHERE relation <> 'story')"),
	"0\n0", 'all copies are found, and no others');
my $picture = $node->safe_psql('postgres', 'SELECT story_picture(21)') . "\n";
append_to_file($ENV{SIMHASH_STORY}, $picture) if $ENV{SIMHASH_STORY};
is($picture, slurp_file("$top/doc/story.svg"), 'doc/story.svg is that story');
my $archive = $node->safe_psql('postgres', 'TABLE reuse ORDER BY 1');
$node->safe_psql('postgres', "SELECT note_reuse('-infinity')");
is($node->safe_psql('postgres', 'TABLE reuse ORDER BY 1'), $archive, 'the archive by pairs is what note_reuse() notes');
is($node->safe_psql('postgres', "UPDATE article SET fp = repeat('0', 64)::simhash WHERE id = 300; SELECT fp = to_simhash(body) FROM article WHERE id = 300"),
	't', 'nobody can write a wrong fingerprint');
is($node->safe_psql('postgres', "INSERT INTO article SELECT 1000, 1, published + interval '2 days', title, body FROM article WHERE id = 300 RETURNING fp = to_simhash(body) AND sketch = to_textsketch(body)"),
	't', 'a new article has both');

# What has arrived is noted, and what is called again changes nothing.
is($node->safe_psql('postgres', "SELECT note_reuse('2019-01-01')"), 3, 'noted');
is($node->safe_psql('postgres', "SELECT source_id FROM reuse WHERE article_id = 1000"), 300, 'the copy of a copy has the first as its source');
my $noted = $node->safe_psql('postgres', 'SELECT * FROM reuse ORDER BY 1');
$node->safe_psql('postgres', "SELECT note_reuse('-infinity')");
is($node->safe_psql('postgres', 'SELECT * FROM reuse ORDER BY 1'), $noted, 'noted again: the same');
is($node->safe_psql('postgres', "SELECT * FROM assign_stories(now(), '100 years', '100 years')"), '1|0|0', 'the new copy belongs to a story');

# A second call of the batches has nothing to do.
my $versions = 'SELECT sum(xmin::text::bigint) FROM article';
my $before = $node->safe_psql('postgres', $versions);
$node->safe_psql('postgres', 'CALL fill_prints(7)');
is($node->safe_psql('postgres', $versions), $before, 'filled again: no row is written');

$node->stop;
done_testing();
