# The server's to_simhash against the second implementation of the definition,
# test/reference/Simhash.pm: on the vectors of doc/fingerprint.md, on random
# texts, tsvectors, features and hashes, and on every code point.
#
# The random values are the same in every run; SIMHASH_SEED=n gives others, and
# SIMHASH_TEXTS=n their number.

use strict;
use warnings;
use utf8;
no warnings qw(portable qw);

use FindBin;
use lib "$FindBin::RealBin/../reference";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Simhash qw(simhash_text simhash_words simhash_tsvector simhash_features
  simhash_hashes words word_hash shingle_hash stable);
use Test::More;
use Unicode::Normalize ();

my $seed = $ENV{SIMHASH_SEED} // 20260;
my $texts = $ENV{SIMHASH_TEXTS} // 2000;

srand $seed;
note "SIMHASH_SEED=$seed SIMHASH_TEXTS=$texts";

my $node = PostgreSQL::Test::Cluster->new('reference');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION simhash');

# ---------------------------------------------------------------------------
# Helpers

# Strings go to the server in hexadecimal, so that no quoting is in the way.
sub hex_utf8
{
	my ($s) = @_;

	utf8::encode($s);
	return unpack 'H*', $s;
}

sub from_hex
{
	my $s = pack 'H*', $_[0];

	utf8::decode($s);
	return $s;
}

# Runs a query over a table "t" of the given rows, whose columns are named in
# $columns ("id int, doc text") and of which the first is the number of the
# row; gives the lines of its result.
sub query_rows
{
	my ($columns, $rows, $query) = @_;
	my $in = PostgreSQL::Test::Utils::tempdir_short . '/in';
	my $out = $in =~ s/in$/out/r;
	my $i = 0;

	append_to_file($in,
		join '', map { join("\t", $i++, map { $_ // '\N' } @$_) . "\n" } @$rows);

	# Through files: psql's output would take longer than the server.
	$node->safe_psql('postgres', <<SQL);
CREATE TEMP TABLE t (id int, $columns);
COPY t FROM '$in';
CREATE FUNCTION pg_temp.string(hexadecimal text) RETURNS text IMMUTABLE STRICT
	RETURN convert_from(decode(hexadecimal, 'hex'), 'UTF8');
COPY ($query) TO '$out';
SQL
	return split /\n/, slurp_file($out);
}

# One test: two lists of values are the same; tells the first that differ.
sub same
{
	my ($name, $got, $expected, $describe) = @_;
	my @differing = grep { ($got->[$_] // 'NULL') ne ($expected->[$_] // 'NULL') } 0 .. $#$expected;

	ok(@$got == @$expected && !@differing, $name . ' (' . scalar(@$expected) . ')')
	  or diag 'values: ' . @$got . ', differing: ' . @differing;
	foreach (splice @differing, 0, 5)
	{
		diag $describe->($_), ': server ', $got->[$_] // 'NULL', ', reference ',
		  $expected->[$_] // 'NULL';
	}
}

sub escape { return join ' ', map { sprintf '%04X', $_ } unpack 'W*', $_[0]; }

sub pick { return $_[ rand @_ ]; }

# ---------------------------------------------------------------------------
# The vectors of the page

my $page = slurp_file("$FindBin::RealBin/../../doc/fingerprint.md");
utf8::decode($page);

# The arguments of a call as the reference wants them: strings, numbers, lists
sub arguments
{
	my ($call) = @_;
	my @stack = ([]);

	while ($call =~ /\G\s*(?:(array\[)|(\])|'((?:[^']|'')*)'|(~?)([0-9.]+)|(NULL)|(,|::tsvector|::bigint\[\]))/gc)
	{
		my ($open, $close, $string, $not, $number, $null) = ($1, $2, $3, $4, $5, $6);

		if ($open)
		{
			push @{ $stack[-1] }, [];
			push @stack, $stack[-1][-1];
		}
		elsif ($close)
		{
			pop @stack;
		}
		elsif (defined $string)
		{
			push @{ $stack[-1] }, $string =~ s/''/'/gr;
		}
		elsif (defined $number)
		{
			push @{ $stack[-1] }, $not ? ~$number : $number;
		}
		elsif ($null)
		{
			push @{ $stack[-1] }, undef;
		}
	}
	die "arguments not understood: $call" if (pos($call) // 0) < length $call;
	return @{ $stack[0] };
}

sub reference_call
{
	my ($call) = @_;
	my @arguments = arguments($call =~ s/^\w+\((.*)\)$/$1/r);

	return simhash_tsvector(@arguments) if $call =~ /::tsvector/;
	return simhash_hashes(@arguments) if $call =~ /^simhash_from_hashes/;
	return simhash_features(@arguments) if ref $arguments[0];
	return simhash_text(@arguments);
}

my $vectors = 0;

while ($page =~ /^\| `((?:to_simhash|simhash_from_hashes)\(.*\))` \| ([0-9a-f ]+|NULL) \|$/mg)
{
	my ($call, $value) = ($1, $2);
	my $sql = "SELECT coalesce($call\::text, 'NULL')";

	$value =~ tr/ //d;
	utf8::encode($sql);
	my $name = $call =~ s/(\P{ASCII})/sprintf '\\%04X', ord $1/egr;
	is($node->safe_psql('postgres', $sql), $value, "server: $name");
	is(reference_call($call) // 'NULL', $value, "reference: $name");
	$vectors++;
}
cmp_ok($vectors, '>=', 20, 'the page has vectors');

my $hashes = 0;

while ($page =~ /(shingle\s+)?(?:`([^`\n]+)`|the empty word)\s+(?:is\s+)?([0-9A-F]{16})\b/g)
{
	my ($shingle, $words, $value) = ($1, $2 // '', $3);
	my $hash =
	  $shingle
	  ? shingle_hash(map { word_hash($_) } split / /, $words)
	  : word_hash($words);

	is(sprintf('%016X', $hash), $value,
		"reference: hash of '$words'");
	$hashes++;
}
cmp_ok($hashes, '>=', 6, 'the page has hashes');

# ---------------------------------------------------------------------------
# Random texts

# An alphabet is a list of strings, one of which is picked at a time.
sub range
{
	return map { chr }
	  grep { stable($_) && chr =~ /\p{Assigned}/ } map { $_->[0] .. $_->[1] } @_;
}

my @ignorable = range([ 0xAD, 0xAD ], [ 0x34F, 0x34F ], [ 0x61C, 0x61C ], [ 0x180B, 0x180E ],
	[ 0x200B, 0x200F ], [ 0x202A, 0x202E ], [ 0x2060, 0x2064 ], [ 0xFE00, 0xFE0F ],
	[ 0xFEFF, 0xFEFF ], [ 0xE0001, 0xE0001 ], [ 0xE0100, 0xE0110 ]);
my @marks = range([ 0x300, 0x36F ], [ 0x1AB0, 0x1AC0 ], [ 0x1DC0, 0x1DFF ], [ 0x20D0, 0x20F0 ]);
my @quotes = map { chr } 0x27, 0x2018, 0x2019, 0x201B, 0x2BB .. 0x2BF, 0x5F3, 0x201A, 0x201C, 0x201D, 0xFF07, 0x60, 0xB4;
my @numbers = range([ 0x30, 0x39 ], [ 0x660, 0x669 ], [ 0x966, 0x96F ], [ 0xB2, 0xB3 ],
	[ 0xBC, 0xBE ], [ 0x2150, 0x2189 ], [ 0x2460, 0x249B ], [ 0xFF10, 0xFF19 ], [ 0x1D7CE, 0x1D7FF ]);
my @salad = (' ', ' ', ' ', qw(' . . . & - / : ! " ( ) _), ',', ',', "\t", "\n");

# name => [letters, what stands between them]
my %alphabet = (
	ascii => [ [ 'a' .. 'z', 'A' .. 'Z' ], \@salad ],
	salad => [ [ qw(a B c 1 23 456 x.y u.s. U.S N.A.T.O. 3.14 1,000 1,2,3. A&B o'clock 'tis rock'n'roll 1'000 v2.0 .a a. 1. .1 ,1 1,, &&) ], \@salad ],
	numbers => [ \@numbers, [ qw(. . x '), ',', ',', ' ', "\x{FF0C}", "\x{FF0E}", "\x{2024}", "\x{2026}" ] ],
	grouped => [ [ qw(1 12 123 456 456 456 456 0 012 7890 a 5a), "\x{661}\x{662}" ], [ (',', '.', "'", "\x{A0}", "\x{202F}", "\x{66C}") x 4, "\x{2019}", "\x{66B}", "\x{2009}", "\x{2007}", "\x{AD}", ' ', '-' ] ],
	quotes => [ [ 'a' .. 'f' ], [ @quotes, ' ', "\x{149}", '.', '&', "\x{FF06}" ] ],
	latin => [ [ range([ 0xC0, 0x24F ], [ 0x1E00, 0x1EFF ]), 'a' .. 'z' ], [ @marks, ' ', ' ', @salad ] ],
	ipa => [ [ range([ 0x250, 0x2FF ], [ 0x1D00, 0x1DBF ], [ 0x2C60, 0x2C7F ], [ 0xA720, 0xA7FF ]) ], \@salad ],
	ligatures => [ [ range([ 0xFB00, 0xFB06 ], [ 0xFB13, 0xFB4F ], [ 0x1C4, 0x1CC ]), 'ß', "\x{1E9E}", 'ſ', 'İ', 'ı' ], \@salad ],
	letterlike => [ [ range([ 0x2100, 0x214F ], [ 0x2474, 0x24FF ], [ 0x1D400, 0x1D7FF ], [ 0x1F100, 0x1F1FF ]) ], \@salad ],
	cyrillic => [ [ range([ 0x400, 0x52F ], [ 0x1C80, 0x1C88 ], [ 0x2DE0, 0x2DFF ], [ 0xA640, 0xA69F ]) ], [ @marks, @salad, @salad ] ],
	greek => [ [ range([ 0x370, 0x3FF ], [ 0x1F00, 0x1FFF ]) ], [ "\x{345}", "\x{313}", "\x{301}", @marks, @salad, @salad ] ],
	caucasian => [ [ range([ 0x531, 0x58F ], [ 0x10A0, 0x10FF ], [ 0x1C90, 0x1CBF ], [ 0x13A0, 0x13FD ], [ 0xAB70, 0xABBF ]) ], \@salad ],
	hebrew => [ [ range([ 0x5D0, 0x5F4 ]) ], [ range([ 0x591, 0x5C7 ]), ' ', ' ', ' ' ] ],
	arabic => [ [ range([ 0x600, 0x6FF ], [ 0x750, 0x77F ], [ 0xFB50, 0xFDFF ], [ 0xFE70, 0xFEFC ]) ], [ ' ', "\x{60C}", "\x{640}", @ignorable ] ],
	indic => [ [ range([ 0x900, 0xDFF ]) ], [ ' ', "\x{964}", "\x{200C}", "\x{200D}" ] ],
	southeast => [ [ range([ 0xE00, 0xEFF ], [ 0x1000, 0x109F ], [ 0x1780, 0x17FF ], [ 0x1900, 0x1AAD ], [ 0xAA60, 0xAADF ], [ 0x11700, 0x1173F ]) ], [ ' ', "\x{200B}", 'a', '1' ] ],
	tibetan => [ [ range([ 0xF00, 0xFDA ], [ 0x1800, 0x18AA ], [ 0x1B00, 0x1C7F ]) ], [ ' ' ] ],
	hangul => [ [ range([ 0xAC00, 0xD7A3 ]) ], \@salad ],
	jamo => [ [ range([ 0x1100, 0x11FF ], [ 0x3131, 0x318E ], [ 0xA960, 0xA97C ], [ 0xD7B0, 0xD7FB ], [ 0xFFA0, 0xFFDC ]) ], [ ' ', "\x{302E}", @marks ] ],
	han => [ [ range([ 0x4E00, 0x9FA5 ], [ 0x3400, 0x3410 ], [ 0xF900, 0xFAD9 ], [ 0x20000, 0x20020 ], [ 0x2F00, 0x2FD5 ]) ], [ range([ 0x3000, 0x303F ]), 'a', '1', "'", '.' ] ],
	kana => [ [ range([ 0x3041, 0x30FF ], [ 0x31F0, 0x31FF ], [ 0x1B000, 0x1B010 ]) ], [ range([ 0x3000, 0x303F ], [ 0x3099, 0x309C ], [ 0x32D0, 0x33FF ]), 'a', '1' ] ],
	bopomofo => [ [ range([ 0x3105, 0x312F ], [ 0x31A0, 0x31BF ], [ 0xA000, 0xA4C6 ], [ 0x17000, 0x17010 ], [ 0x1B170, 0x1B180 ]) ], [ range([ 0x2C0, 0x2DF ]), ' ' ] ],
	fullwidth => [ [ range([ 0xFF01, 0xFFEE ]) ], \@salad ],
	ignorable => [ [ 'a' .. 'e', '0' .. '3', "\x{4E00}" ], [ @ignorable, @ignorable, qw(' . & ,), ' ' ] ],
	punctuation => [ [ 'a' .. 'c', '1' .. '3' ], [ range([ 0x20, 0x2F ], [ 0x3A, 0x40 ], [ 0xA0, 0xBF ], [ 0x2000, 0x206F ], [ 0x2E00, 0x2E5D ], [ 0xFE10, 0xFE6B ]) ] ],
	ancient => [ [ range([ 0x10000, 0x10FFF ], [ 0x12000, 0x123FF ], [ 0x16A00, 0x16B8F ], [ 0x1E900, 0x1E95F ]) ], \@salad ],
	any => [ [ grep { $_ ne "\0" } range([ 1, 0xD7FF ], [ 0xE000, 0x1FFFF ]) ], [ grep { $_ ne "\0" } range([ 1, 0x2FFF ]) ] ]);
my @alphabets = sort keys %alphabet;

# A run of letters now and then, so that words repeat and shingles with them.
sub random_text
{
	my @use = map { $alphabet{ pick(@alphabets) } } 1 .. 1 + rand 3;
	my $length = pick(0, 1, 2, 3, 5, 8, 13, 20, 30, 40, 60);
	my $text = '';
	my $word;

	foreach (1 .. $length)
	{
		my ($letters, $between) = @{ pick(@use) };

		$word = join '', map { pick(@$letters) } 1 .. pick(1, 1, 1, 2, 3)
		  if !defined $word || rand() < 0.8;
		$text .= $word;
		$text .= pick(@$between) if rand() < 0.6;
		$text .= pick(@ignorable) if rand() < 0.02;
	}

	# Now and then a word about as long as some blocks of 16 bytes.
	$text .= pick('', ' ', '.') . pick('x', 'é', '1', "\x{1E900}") x pick(14 .. 18, 30 .. 34, 48, 64, 255, 1000)
	  if rand() < 0.05;
	return $text;
}

sub random_bits { return pick((64) x 12, (128) x 4, 192, 256, 256, 512, 960, 1024); }

{
	my (@rows, @expected, @spaced, @normal);

	foreach (1 .. $texts)
	{
		push @rows, [ random_text(), random_bits(), pick((2) x 8, 1, 1, 3, 3, 4, 5, 8, 16) ];
		push @expected, simhash_text(@{ $rows[-1] });

		# The reference's words, as equal words make equal fingerprints. The forms
		# for compatibility have no number spaces.
		my ($text, @arguments) = @{ $rows[-1] };
		my $spaced = $text =~ tr/\x{A0}\x{2007}\x{2009}\x{202F}/    /r;
		my ($words, $spaced_words) = map { join ' ', words($_) } $text, $spaced;

		push @spaced, $spaced eq $text ? $expected[-1] : simhash_text($spaced, @arguments);
		push @normal, join '',
		  ( map { $words eq join(' ', words($_)) ? 'same' : 'other' }
			  Unicode::Normalize::NFC($text),
			Unicode::Normalize::NFD($text)),
		  ( map { $spaced_words eq join(' ', words($_)) ? 'same' : 'other' }
			  Unicode::Normalize::NFKC($text),
			Unicode::Normalize::NFKD($text));
	}

	my @hex = map { my ($text, @arguments) = @$_; [ hex_utf8($text), @arguments ] } @rows;
	my @got = query_rows('doc text, bits int, shingle int', \@hex, <<'SQL');
SELECT coalesce(to_simhash(pg_temp.string(doc), bits, shingle)::text, 'NULL') FROM t ORDER BY id
SQL
	my $describe = sub {
		my ($text, @arguments) = @{ $rows[ $_[0] ] };
		return "to_simhash(" . join(', ', escape($text), @arguments) . ')';
	};
	same('random texts', \@got, \@expected, $describe);

	cmp_ok(scalar(grep { defined } @expected), '>', 0.8 * $texts, 'most of them have words');
	same('normalization forms, reference', \@normal,
		[ ('same' x 4) x @rows ], $describe);

	@got = query_rows('doc text, bits int, shingle int', \@hex, <<'SQL');
SELECT concat_ws(' ', coalesce(to_simhash(normalize(doc, NFC), bits, shingle)::text, 'NULL'),
				 coalesce(to_simhash(normalize(doc, NFD), bits, shingle)::text, 'NULL'),
				 coalesce(to_simhash(normalize(doc, NFKC), bits, shingle)::text, 'NULL'),
				 coalesce(to_simhash(normalize(doc, NFKD), bits, shingle)::text, 'NULL'))
FROM (SELECT id, pg_temp.string(doc) AS doc, bits, shingle FROM t) AS texts ORDER BY id
SQL
	same('normalization forms, server', \@got,
		[ map { join ' ', ($expected[$_] // 'NULL') x 2, ($spaced[$_] // 'NULL') x 2 } 0 .. $#expected ], $describe);
}

# ---------------------------------------------------------------------------
# Random features and weights: the array, and the aggregate over its elements

sub random_string
{
	return random_text() if rand() < 0.5;
	return join '', map { pick('a' .. 'z', ' ', 'É') } 1 .. pick(0 .. 20, 31 .. 33, 100);
}

sub random_weight
{
	return pick(
		undef, 0, 1, 1, 1, 2, 0.5, 1048576,
		int rand 100, rand, rand 1048576,
		(int(rand 200) + 0.5) / 2**24,    # to the even one of two
		(int(rand 200) + 0.499999) / 2**24);
}

sub array_literal
{
	return '{' . join(',',
		map { defined $_ ? '"' . s/(["\\])/\\$1/gr . '"' : 'NULL' } @_) . '}';
}

{
	my (@rows, @values, @expected);

	foreach (1 .. $texts / 4)
	{
		my @features = map { random_string() } 1 .. pick(0 .. 12);
		my @weights = map { random_weight() } @features;
		my $bits = random_bits();
		my $given = rand() < 0.8 ? \@weights : undef;
		my @with_null = @features;
		my @kept = 0 .. $#features;

		push @features, $features[0] if @features && push @weights, 0.25;
		@kept = 0 .. $#features;
		@with_null = @features;

		# A NULL feature is left out with its weight.
		if (@features && rand() < 0.2)
		{
			my $out = int rand @features;

			$with_null[$out] = undef;
			@kept = grep { $_ != $out } @kept;
		}
		push @values, [ \@with_null, $given, $bits ];
		push @rows, [ hex_utf8(array_literal(@with_null)),
			$given && array_literal(map { defined $_ ? sprintf '%.17g', $_ : undef } @$given), $bits ];
		push @expected,
		  simhash_features([ @features[@kept] ], $given && [ @$given[@kept] ], $bits);
	}

	my $describe = sub {
		my ($features, $weights, $bits) = @{ $values[ $_[0] ] };
		return 'features ' . join(' | ', map { defined $_ ? escape($_) : 'NULL' } @$features)
		  . ', weights ' . join(' | ', map { $_ // 'NULL' } @{ $weights // [] }) . ", $bits bits";
	};
	my @got = query_rows('features text, weights float8[], bits int', \@rows, <<'SQL');
SELECT coalesce(to_simhash(pg_temp.string(features)::text[], weights, bits)::text, 'NULL')
FROM t ORDER BY id
SQL
	same('random features', \@got, \@expected, $describe);

	@got = query_rows('features text, weights float8[], bits int', \@rows, <<'SQL');
SELECT coalesce((SELECT simhash_agg(feature, coalesce(weight, 1), bits ORDER BY random())
				 FROM unnest(pg_temp.string(features)::text[], weights)
					AS u (feature, weight))::text, 'NULL')
FROM t ORDER BY id
SQL
	same('random features, simhash_agg', \@got, \@expected, $describe);
}

# ---------------------------------------------------------------------------
# Random hashes

{
	my (@rows, @values, @expected);

	foreach (1 .. $texts / 4)
	{
		my @hashes = map { pick(int rand 2**32, 0, ~0, 1 << 63, (int(rand 2**32) << 32) | int rand 2**32) } 1 .. pick(0 .. 12);
		my $weights = rand() < 0.7 ? [ map { random_weight() } @hashes ] : undef;

		push @values, [ \@hashes, $weights ];
		push @rows, [ array_literal(map { unpack 'q', pack 'Q', $_ } @hashes),
			$weights && array_literal(map { defined $_ ? sprintf '%.17g', $_ : undef } @$weights) ];
		push @expected, simhash_hashes(\@hashes, $weights);
	}

	my @got = query_rows('hashes bigint[], weights float8[]', \@rows, <<'SQL');
SELECT coalesce(simhash_from_hashes(hashes, weights)::text, 'NULL') FROM t ORDER BY id
SQL
	same('random hashes', \@got, \@expected, sub { "hashes $rows[$_[0]][0], weights " . ($rows[ $_[0] ][1] // 'NULL') });
}

# ---------------------------------------------------------------------------
# Random tsvectors: what the server's own parser makes of random texts, and
# lexemes of ours with random positions and labels

{
	my (@rows, @expected);

	foreach (1 .. $texts / 4)
	{
		my $tsvector = join ' ', map {
			my $lexeme = substr(random_string(), 0, 500) =~ s/(['\\])/$1$1/gr;
			my $positions = join ',',
			  map { 1 + int(rand 20000) . pick('', '', 'A' .. 'D') } 1 .. pick(0, 0, 1, 1, 1, 2, 3, 5, 300);
			$lexeme eq '' ? () : "'$lexeme'" . ($positions ne '' ? ":$positions" : '');
		} 1 .. pick(0 .. 6);

		push @rows, [ hex_utf8(random_text()), pick('A' .. 'D'), hex_utf8($tsvector), random_bits() ];
	}

	my @got;
	my @lines = query_rows('doc text, label "char", vector text, bits int', \@rows, <<'SQL');
SELECT encode(convert_to(vector::text, 'UTF8'), 'hex') || ' ' || bits || ' ' || coalesce(to_simhash(vector, bits)::text, 'NULL')
FROM (SELECT id, setweight(to_tsvector('english', pg_temp.string(doc)), label) AS vector, bits FROM t
	UNION ALL SELECT id, strip(to_tsvector('simple', pg_temp.string(doc))), bits FROM t
	UNION ALL SELECT id, pg_temp.string(vector)::tsvector, bits FROM t) AS vectors
SQL
	is(scalar @lines, 3 * @rows, 'all tsvectors');

	my $describe = sub { "tsvector $lines[$_[0]]" };

	foreach (@lines)
	{
		my ($vector, $bits, $value) = split / /;

		push @got, $value;
		push @expected, simhash_tsvector(from_hex($vector), $bits);
	}
	same('random tsvectors', \@got, \@expected, $describe);
}

# ---------------------------------------------------------------------------
# Every code point. What it folds to and whether it separates shows in the
# first text; where it joins its neighbours the second one tells letters from
# digits, and where it does not, the third one tells kinds of punctuation.

{
	my %value;
	my $simhash = sub {
		return $value{ join ' ', @_ } //= simhash_words(\@_, 64) // 'NULL';
	};
	my (@ranges, @codes, @texts, @expected);

	foreach my $code (1 .. 0x10FFFF)
	{
		next unless stable($code);
		if (@ranges && $ranges[-1][1] == $code - 1)
		{
			$ranges[-1][1] = $code;
		}
		else
		{
			push @ranges, [ $code, $code ];
		}

		my $c = chr $code;
		my @words = words("one${c}two");
		my $text = @words == 1 ? 2 : @words == 2 ? 3 : 1;

		push @codes, $code;
		push @texts, $text;
		push @expected, join ' ', $simhash->(@words),
		  $text == 2 ? $simhash->(words("x.$c 1.$c"))
		  : $text == 3 ? $simhash->(words("1${c}2 1${c}234 x${c}y ab${c}cd ${c}'a"))
		  : ();
	}

	my @got = query_rows('low int, high int', \@ranges, <<'SQL');
SELECT to_simhash('one' || c || 'two', 64) || ' ' || to_simhash('x.' || c || ' 1.' || c, 64) || ' ' ||
	to_simhash('1' || c || '2 1' || c || '234 x' || c || 'y ab' || c || 'cd ' || c || '''a', 64)
FROM t, generate_series(low, high) AS code, chr(code) AS c ORDER BY code
SQL
	foreach (0 .. $#got)
	{
		my @values = split / /, $got[$_];
		$got[$_] = join ' ', @values[ $texts[$_] == 1 ? (0) : (0, $texts[$_] - 1) ];
	}
	cmp_ok(scalar @codes, '>', 280_000, 'code points to compare');
	same('every code point', \@got, \@expected, sub { sprintf 'U+%04X', $codes[ $_[0] ] });
}

$node->stop;
done_testing();
