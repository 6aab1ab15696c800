# Passages are cut out exactly by substr() in every encoding, and long texts
# can be interrupted.

use strict;
use warnings;
use utf8;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('passages');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

sub hex_utf8
{
	my ($s) = @_;

	utf8::encode($s);
	return unpack 'H*', $s;
}

# encoding => [ a, b, passage in a, passage in b ]; characters of one byte and
# of several before, in and behind the passage
my %texts = (
	LATIN1 => [ 'Été à Orléans: «Où est le café de l\'Âme?» dit-il.', 'Ça, ça; ÑÑÑ où est LE CAFÉ de l\'âme... ñ',
		'Où est le café de l\'Âme', 'où est LE CAFÉ de l\'âme' ],
	WIN1251 => [ 'Министр: «Прибыл в Москву, чтобы вести переговоры», сказал он', 'Он прибыл в МОСКВУ чтобы вести переговоры и уехал',
		'Прибыл в Москву, чтобы вести переговоры', 'прибыл в МОСКВУ чтобы вести переговоры' ],
	EUC_JP => [ '昨日、外務大臣はモスクワを訪問した。', '「外務大臣は、モスクワを訪問」',
		'外務大臣はモスクワを訪問', '外務大臣は、モスクワを訪問' ]);

$texts{UTF8} = [ map { "\x{1F600} é $_ \x{1F600}" } @{ $texts{LATIN1} }[ 0, 1 ] ];
push @{ $texts{UTF8} }, @{ $texts{LATIN1} }[ 2, 3 ];
$texts{SQL_ASCII} = $texts{UTF8};

foreach my $encoding (sort keys %texts)
{
	my ($a, $b, $in_a, $in_b) = @{ $texts{$encoding} };

	$node->safe_psql('postgres', "CREATE DATABASE d_$encoding ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql(lc("d_$encoding"), 'CREATE EXTENSION simhash');

	# in SQL_ASCII strings are what bytes they are
	my $string = sub {
		my $hex = hex_utf8($_[0]);

		return $encoding eq 'SQL_ASCII'
		  ? "convert_from('\\x$hex', 'SQL_ASCII')" : "convert_from('\\x$hex', 'UTF8')";
	};
	my $bytes = $encoding eq 'SQL_ASCII' ? "convert_to(%s, 'SQL_ASCII')" : "convert_to(%s, 'UTF8')";
	my $cut = sub { sprintf "encode($bytes, 'hex')", $_[0] };
	my $got = $node->safe_psql(lc("d_$encoding"), sprintf <<'SQL', $cut->('substr(a, a_start, a_length)'), $cut->('substr(b, b_start, b_length)'), $string->($a), $string->($b));
SELECT %s, %s
FROM (SELECT %s AS a, %s AS b) AS t, shared_passages(a, b, 5)
SQL
	is($got, hex_utf8($in_a) . '|' . hex_utf8($in_b), "$encoding: cut out as written");

	# the same far behind in a long text, across the pieces that are read
	$got = $node->safe_psql(lc("d_$encoding"), sprintf <<'SQL', $cut->('substr(a, a_start, a_length)'), $string->($a), $string->($a), $string->($b));
SELECT %s
FROM (SELECT (SELECT string_agg(%s || i, '. ') FROM generate_series(1, 6000) AS i) || '. z z z ' || %s AS a,
	'y y ' || %s AS b) AS t, shared_passages(a, b, 5) WHERE a_start > 100000 ORDER BY a_start DESC LIMIT 1
SQL
	is($got, hex_utf8($in_a), "$encoding: far behind");
}

# Bytes that are no UTF-8 are between words.
is( $node->safe_psql('d_sql_ascii', <<'SQL'), '3|6|4|7', 'SQL_ASCII: other bytes');
SELECT a_start, a_length, b_start, b_length
FROM shared_passages(E'\xff\xe9a b\xff\xffc\xe9', E'\xc3\xa9 a b - c', 3)
SQL

# A gigabyte: too many words, or few.
my ($ret, $out, $err) = $node->psql('d_utf8', <<'SQL');
SELECT count(*) FROM shared_passages(repeat('word ', 20000000), 'word');
SQL
like($err, qr/text has more than 16777216 words/, 'too many words');
is($node->safe_psql('d_utf8', "SELECT words FROM shared_passages('a b ' || repeat('-', 100000000), repeat('-', 1000) || 'a b', 2)"),
	2, 'a long text of few words');

# Interrupted: while words are read, runs found, and gaps crossed.
my %slow = (
	reading => "SELECT count(*) FROM shared_passages(repeat('-', 1000000000), 'a', 8)",
	finding => "SELECT count(*) FROM shared_passages(repeat('a b c d e f g h i ', 1500000), repeat('a b c d e f g h i ', 1500000), 8)",
	repeated => "SELECT count(*) FROM shared_passages(repeat('x ', 10000000), repeat('x ', 5000000), 8)",
	gaps => "SELECT count(*) FROM shared_passages(repeat('x y x y x y x y z ', 500000), repeat('x y x y y x x y x w ', 400000), 8, 32)");

foreach my $kind (sort keys %slow)
{
	my $start = time;

	($ret, $out, $err) = $node->psql('d_utf8', "SET statement_timeout = '1s'; $slow{$kind}");
	my $took = time - $start;

	# a fast machine may be done before
	ok($ret == 0 || $err =~ /canceling statement due to statement timeout/, "$kind: interrupted") or diag($err);
	cmp_ok($took, '<', 4, sprintf '%s: after %.1f s', $kind, $took);
}

$node->stop;
done_testing();
