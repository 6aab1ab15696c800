# The server's to_textsketch and its measures against the second
# implementation of doc/sketch.md, test/reference/Simhash.pm: on the vectors of
# the page and on random texts, and the guarantee of the page on random pairs.
#
# The random values are the same in every run; SIMHASH_SEED=n gives others, and
# SIMHASH_TEXTS=n their number.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::RealBin/../reference";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Simhash qw(textsketch textsketch_measures);
use Test::More;

my $seed = $ENV{SIMHASH_SEED} // 20261;
my $texts = $ENV{SIMHASH_TEXTS} // 400;

srand $seed;
note "SIMHASH_SEED=$seed SIMHASH_TEXTS=$texts";

my $node = PostgreSQL::Test::Cluster->new('sketch');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION simhash');

sub pick { return $_[ rand @_ ]; }

# Runs a query over a table "t" of the rows, numbered from 0 in column "id";
# gives the lines of its result. Through files, as texts are long.
sub query_rows
{
	my ($columns, $rows, $query) = @_;
	my $in = PostgreSQL::Test::Utils::tempdir_short . '/in';
	my $out = $in =~ s/in$/out/r;
	my $i = 0;
	my $lines = join '', map { join("\t", $i++, @$_) . "\n" } @$rows;

	utf8::encode($lines);
	append_to_file($in, $lines);
	$node->safe_psql('postgres', <<SQL);
CREATE TEMP TABLE t (id int, $columns);
COPY t FROM '$in' (ENCODING 'UTF8');
COPY ($query) TO '$out';
SQL
	return split /\n/, slurp_file($out);
}

# One test: two lists are the same; tells the first that differ.
sub same
{
	my ($name, $got, $expected, $rows) = @_;
	my @differing = grep { ($got->[$_] // '') ne $expected->[$_] } 0 .. $#$expected;

	ok(@$got == @$expected && !@differing, "$name (" . scalar(@$expected) . ')')
	  or diag 'values: ' . @$got . ', differing: ' . @differing;
	foreach (splice @differing, 0, 3)
	{
		diag "row $_: @{[ map { substr $_, 0, 200 } @{ $rows->[$_] } ]}\nserver    ",
		  $got->[$_] // '', "\nreference ", $expected->[$_];
	}
}

# ---------------------------------------------------------------------------
# The vectors of the page

my $page = slurp_file("$FindBin::RealBin/../../doc/sketch.md");
utf8::decode($page);
my $vectors = 0;

while ($page =~ /^\| `to_textsketch\('([^']*)'((?:, \d+)*)\)` \| (?:`([^`]*)`|(NULL)) \|$/mg)
{
	my ($text, $params, $value) = ($1, $2, $3 // 'NULL');
	my $sql = "SELECT coalesce(to_textsketch('$text'$params)::text, 'NULL')";

	utf8::encode($sql);
	$vectors++;
	is($node->safe_psql('postgres', $sql), $value, "server: vector $vectors");
	is(textsketch($text, $params =~ /\d+/g) // 'NULL', $value, "reference: vector $vectors");
}
cmp_ok($vectors, '>=', 8, 'the page has vectors');

# ---------------------------------------------------------------------------
# Random texts, on both sides of every bound: shorter than a shingle, than a
# window, than the floor; few distinct shingles and many; letters without
# spaces, alone and mixed with words

my @syllables = qw(ba be di do fa ku la mi no pe ra so ti vu za);

sub random_words
{
	my ($n, $vocabulary) = @_;

	return map {
		my $i = int rand $vocabulary;
		join '', map { my $s = $syllables[ $i % 15 ]; $i = int($i / 15); $s } 1 .. 3
	} 1 .. $n;
}

sub random_letters
{
	my ($n) = @_;

	return join '', map { pick(map { chr } 0x4E00 .. 0x4E40, 0x3042, 0x30A2, 0xE01) } 1 .. $n;
}

sub random_text
{
	my $n = pick(0 .. 8, 15 .. 25, 50, 90 .. 130, 200, 400, 700, 1300, 1900);
	my @words = random_words($n, pick(1, 3, 20, 3000, 3000, 3000));
	my $kind = rand;

	return random_letters($n) if $kind < 0.15;
	@words = map { rand() < 0.3 ? random_letters(pick(1 .. 9)) : $_ } @words if $kind < 0.35;
	return join ' ', @words;
}

sub random_params
{
	return rand() < 0.6
	  ? (4, 12, 16)
	  : (pick(1 .. 16), pick(1, 1, 2, 3, 6, 12, 50, 1000, 65535), pick(1 .. 20, 255, 256));
}

{
	my @rows = map { [ random_text(), random_params() ] } 1 .. $texts;
	my @expected = map { textsketch(@$_) // 'NULL' } @rows;
	my @got = query_rows('doc text, k int, s int, w int', \@rows, <<'SQL');
SELECT coalesce(to_textsketch(doc, k, s, w)::text, 'NULL') FROM t ORDER BY id
SQL

	same('random texts', \@got, \@expected, \@rows);
	@got = query_rows('doc text, k int, s int, w int', \@rows, <<'SQL');
SELECT coalesce((to_textsketch(doc, k, s, w)::text::textsketch = to_textsketch(doc, k, s, w))::text, 'NULL')
FROM t ORDER BY id
SQL
	same('text form', \@got, [ map { $_ eq 'NULL' ? $_ : 'true' } @expected ], \@rows);
}

# ---------------------------------------------------------------------------
# Pairs: the second text has a part of the first, at random

{
	my (@rows, @expected);

	foreach (1 .. $texts)
	{
		my @a = random_words(pick(1 .. 30, 100, 300, 900, 2000), 3000);
		my $from = int rand @a;
		my @part = @a[ $from .. $from + int rand(@a - $from) ];
		my @b = (random_words(pick(0, 3, 100, 600), 3000), @part, random_words(pick(0, 3, 100, 600), 3000));

		push @rows, [ "@a", "@b" ];
	}

	my @sketches = query_rows('a text, b text', \@rows, <<'SQL');
SELECT to_textsketch(a)::text || '|' || to_textsketch(b)::text FROM t ORDER BY id
SQL
	my @got = query_rows('a text, b text', \@rows, <<'SQL');
SELECT concat_ws(' ', resemblance(a, b)::numeric(12, 10), containment(a, b)::numeric(12, 10),
	overlap(a, b)::numeric(12, 10), shared_elements(a, b),
	resemblance(a, b) = resemblance(b, a) AND overlap(a, b) = overlap(b, a) AND
	a <-> b = 1 - resemblance(b, a) AND resemblance(a, a) = 1 AND containment(b, b) = 1 AND
	overlap(a, b) = greatest(containment(a, b), containment(b, a)))
FROM (SELECT id, to_textsketch(a) AS a, to_textsketch(b) AS b FROM t) s ORDER BY id
SQL
	@expected = map { sprintf '%.10f %.10f %.10f %d t', textsketch_measures(split /\|/) } @sketches;
	same('measures', \@got, \@expected, \@rows);
}

# ---------------------------------------------------------------------------
# The guarantee: texts that share a passage of w shingles in a row, with the
# default parameters of 19 words, share an element. One word fewer, and some
# don't: or the test could not fail.

sub missed
{
	my ($n, $words, @params) = @_;
	my @rows = map {
		my @passage = random_words($words, 3000);
		my @texts = map {
			join ' ', random_words(pick(0, 5, 200, 1500), 3000), @passage, random_words(pick(0, 5, 200, 1500), 3000)
		} 1 .. 2;
		\@texts;
	} 1 .. $n;
	my ($missed) = query_rows('a text, b text', \@rows, <<SQL);
SELECT count(*) FILTER (WHERE NOT textsketch_shares(to_textsketch(a, @{[ join ', ', @params ]}),
													to_textsketch(b, @{[ join ', ', @params ]}), 1))
FROM t
SQL
	return $missed;
}

is(missed(3000, 19, 4, 12, 16), 0, 'every shared passage of 19 words is found');
is(missed(500, 15, 4, 12, 12), 0, 'of 15 words with windows of 12');
is(missed(500, 11, 4, 6, 8), 0, 'of 11 words with windows of 8');
cmp_ok(missed(1000, 12, 4, 12, 16), '>', 0, 'of shorter ones some are not');

# ---------------------------------------------------------------------------
# Binary input: what no text can have is refused, and whatever is taken can be
# written again

my $dir = PostgreSQL::Test::Utils::tempdir_short;
my $files = 0;

sub received
{
	my ($type, @payloads) = @_;
	my $first = $files;

	append_to_file("$dir/" . $files++,
		"PGCOPY\n\xFF\r\n\0" . pack('N N n N a* n', 0, 0, 1, length, $_, 0xFFFF))
	  foreach @payloads;
	return split /\n/, $node->safe_psql('postgres', <<SQL);
CREATE TEMP TABLE received (value $type);
CREATE TEMP TABLE verdict (id int, value text);
DO \$\$
BEGIN
	FOR i IN $first .. $files - 1 LOOP
		BEGIN
			DELETE FROM received;
			EXECUTE format('COPY received FROM %L (FORMAT binary)', '$dir/' || i);
			INSERT INTO verdict
				SELECT i, encode(${type}_send(value), 'hex') || ' ' || (${type}_send(value) = ${type}_send(value::text::$type)) FROM received;
		EXCEPTION WHEN invalid_binary_representation OR protocol_violation THEN
			INSERT INTO verdict VALUES (i, 'refused');
		END;
	END LOOP;
END \$\$;
SELECT value FROM verdict ORDER BY id;
SQL
}

sub sketch_payload
{
	my ($version, $k, $sampling, $window, $zero, $words, $shingles, $last, @elements) = @_;

	return pack 'C C n n n N N N N*', $version, $k, $sampling, $window, $zero, $words, $shingles, $last, @elements;
}

my @sound = (1, 4, 12, 16, 0, 9, 6, 0xFFFFFFFF);
my @elements = (3, 70, 800, 0xFFFFFFFF);
my %bad = (
	'version 0' => [ 0, @sound[ 1 .. 7 ], @elements ],
	'version 2' => [ 2, @sound[ 1 .. 7 ], @elements ],
	'shingle 0' => [ 1, 0, @sound[ 2 .. 7 ], @elements ],
	'shingle 17' => [ 1, 17, @sound[ 2 .. 7 ], @elements ],
	'sampling 0' => [ 1, 4, 0, @sound[ 3 .. 7 ], @elements ],
	'window 0' => [ 1, 4, 12, 0, @sound[ 4 .. 7 ], @elements ],
	'window 257' => [ 1, 4, 12, 257, @sound[ 4 .. 7 ], @elements ],
	'zero bytes' => [ 1, 4, 12, 16, 1, @sound[ 5 .. 7 ], @elements ],
	'no words' => [ @sound[ 0 .. 4 ], 0, 6, 0xFFFFFFFF, @elements ],
	'no shingles' => [ @sound[ 0 .. 4 ], 9, 0, 0xFFFFFFFF, @elements ],
	'more elements' => [ @sound[ 0 .. 4 ], 9, 3, 0xFFFFFFFF, @elements ],
	'theta too low' => [ @sound[ 0 .. 6 ], 100, @elements ],
	'theta of the sampling' => [ @sound[ 0 .. 6 ], 0x15555554, @elements ],
	'theta in between' => [ @sound[ 0 .. 6 ], 0x20000000, @elements ],
	'97 below 2^32' => [ @sound[ 0 .. 4 ], 200, 190, 0xFFFFFFFF, 1 .. 97 ],
	'order' => [ @sound, 70, 3 ],
	'repeats' => [ @sound, 3, 3 ],
	'no elements' => [ @sound ]);
my $payload = sketch_payload(@sound, @elements);
my @names = sort keys %bad;

is_deeply(
	[ received('textsketch', $payload) ],
	[ unpack('H*', $payload) . ' true' ], 'a sound sketch is received');
is_deeply(
	[ received('textsketch', map { sketch_payload(@{ $bad{$_} }) } @names) ],
	[ map { 'refused' } @names ], 'not what no text can have: ' . join ', ', @names);
is_deeply(
	[ received('textsketch', map { substr $payload, 0, $_ } 0 .. 23, 25 .. 27) ],
	[ ('refused') x 27 ], 'nor a part of a sketch');

my $query = pack('C x3 d> a*', 2, 0.35, $payload);

is_deeply(
	[ received('textsketch_query', $query) ],
	[ unpack('H*', $query) . ' true' ], 'a sound query is received');
is_deeply(
	[ received('textsketch_query',
		pack('C x3 d> a*', 5, 0.35, $payload), pack('C x3 d> a*', 255, 0.35, $payload),
		pack('N d> a*', 1, 0.35, $payload), pack('C x3 d> a*', 2, 0, $payload),
		pack('C x3 d> a*', 2, 1.5, $payload), pack('C x3 d> a*', 2, 'NaN', $payload),
		pack('C x3 d> a*', 4, 1.5, $payload), pack('C x3 d> a*', 4, 3e9, $payload),
		pack('C x3 d>', 2, 0.35), pack('C x3', 2), '',
		pack('C x3 d> a*', 2, 0.35, sketch_payload(@{ $bad{order} }))) ],
	[ ('refused') x 12 ], 'but no other mode, threshold or sketch');

# Bytes changed at random: refused, or the same as sent.
{
	my @payloads = map {
		my $p = $payload;
		substr($p, rand length $p, 1) = chr int rand 256 foreach 1 .. pick(1 .. 3);
		$p
	} 1 .. 300;
	my @verdicts = received('textsketch', @payloads);
	my @wrong = grep { $verdicts[$_] ne 'refused' && $verdicts[$_] ne unpack('H*', $payloads[$_]) . ' true' } 0 .. $#payloads;

	is(scalar @verdicts, 300, 'all changed sketches have a verdict');
	is("@wrong", '', 'and what is taken is kept');
}

# ---------------------------------------------------------------------------
# The type modifier by pg_dump and back

{
	my $dump = "$dir/dump";
	my $types = "SELECT string_agg(format_type(atttypid, atttypmod), ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'typed'::regclass AND attnum > 0";

	$node->safe_psql('postgres', <<'SQL');
CREATE DOMAIN quotes AS textsketch(4, 6, 8);
CREATE TABLE typed (body text, sketch textsketch(4, 12, 16) GENERATED ALWAYS AS (to_textsketch(body)) STORED,
	many textsketch(16, 65535, 256)[], quotes quotes);
INSERT INTO typed (body, many, quotes) SELECT b, ARRAY[to_textsketch(b, 16, 65535, 256)], to_textsketch(b, 4, 6, 8) FROM unnest(ARRAY['one two', NULL]) b;
SQL
	$node->command_ok([ 'pg_dump', '-d', $node->connstr('postgres'), '-f', $dump ], 'pg_dump');
	$node->safe_psql('postgres', 'CREATE DATABASE restored');
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], 'restore');
	is($node->safe_psql('restored', $types), 'text textsketch(4,12,16) textsketch(16,65535,256)[] quotes', 'type modifiers are restored');
	is($node->safe_psql('restored', 'SELECT count(*), count(sketch), count(many[1]), count(quotes) FROM typed'), '2|1|1|1', 'and the values');
}

$node->stop;
done_testing();
