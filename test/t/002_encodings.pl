# The same text gives the same fingerprint in every encoding and locale, and
# a database of fingerprints comes back from a dump as it was.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::RealBin/../reference";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Simhash qw(simhash_text simhash_tsvector simhash_features
  decode_bytes bytes_hash);
use Test::More;

srand 20261;

my $node = PostgreSQL::Test::Cluster->new('encodings');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

sub hex_of { return unpack 'H*', $_[0]; }

sub hex_utf8
{
	my ($s) = @_;

	utf8::encode($s);
	return hex_of($s);
}

sub pick { return $_[ rand @_ ]; }

# ---------------------------------------------------------------------------
# Encodings. A text comes to the server as UTF-8 in hexadecimal, and is
# converted by it to the encoding of the database.

my %texts = (
	ascii => [ "Kerry's U.S. visit cost 958,000 & more.", 'a', '... !', 'x' x 100 ],
	western => [ 'Die Straße, LA CAFÉ, ÅNGSTRÖM ½ ² Ærø', 'Niño l\'été «où»' ],
	russian => [ 'Министр иностранных дел США прибыл в Москву, 12.5 часа.' ],
	japanese => [ '外務大臣はモスクワを訪問した。', 'カタカナ ひらがな ABC１２３', 'Ｆｕｌｌ width' ],
	korean => [ '대한민국의 수도, 서울', '大韓民國 3.14' ],
	chinese => [ '外交部长访问莫斯科。', '中国 U.S.' ],
	any => [ "สวัสดีชาวโลก", "e\x{301}te\x{301} \x{1F600} İI\x{131}i", "Kerry\x{2019}s so\x{AD}ft" ]);

# encoding => texts that can be written in it
my %encodings = (
	UTF8 => [ keys %texts ],
	SQL_ASCII => [ keys %texts ],
	LATIN1 => [ 'ascii', 'western' ],
	WIN1251 => [ 'ascii', 'russian' ],
	EUC_JP => [ 'ascii', 'russian', 'japanese' ],
	EUC_JIS_2004 => [ 'ascii', 'japanese' ],
	EUC_KR => [ 'ascii', 'russian', 'korean' ],
	EUC_CN => [ 'ascii', 'russian', 'chinese' ]);

# Locales: options of CREATE DATABASE that may or may not be to be had here.
my $c = "LOCALE 'C'";
my %locales = map { $_ => [$c] } keys %encodings;
my @system = split /\n/, `locale -a 2>/dev/null`;

push @{ $locales{UTF8} }, map { "LOCALE '$_'" } grep { /\.utf-?8$/i } @system;
push @{ $locales{LATIN1} }, map { "LOCALE '$_'" } grep { /\.iso-?8859-?1$/i } @system;
push @{ $locales{UTF8} }, "$c LOCALE_PROVIDER icu ICU_LOCALE '$_'" foreach 'tr', 'und-u-ks-level1';
push @{ $locales{LATIN1} }, "$c LOCALE_PROVIDER icu ICU_LOCALE 'tr'";
push @{ $locales{UTF8} }, "$c LOCALE_PROVIDER builtin BUILTIN_LOCALE '$_'" foreach 'C.UTF-8', 'PG_UNICODE_FAST';

# Several pieces of 64 KB, as the text is read: words of one to three bytes a
# character lie across the places where it is cut, in every phase of the bytes,
# one of them longer than a piece in any encoding.
sub long_text
{
	my ($phase, @words) = @_;
	my $bytes = length(hex_utf8($words[0])) / 2;
	my $text = 'x' x $phase;

	$text .= pick(@words) . pick(' ', ' ', ', ', '. ', '-') while length $text < 30_000;
	return $text . $words[0] x (140_000 / $bytes) . ' ' . $words[-1];
}

my %long = map {
	my @text = map { split /[^\w]+/ } @{ $texts{$_} };
	my @words = grep { $_ ne '' } @text;
	my $kind = $_;
	$kind => [ map { long_text($_, @words) } 0 .. 3 ]
} qw(ascii western japanese russian korean);

my %expected;    # by text

sub expected
{
	my ($text, @arguments) = @_;
	return $expected{ join '/', $text, @arguments } //= simhash_text($text, @arguments) // 'NULL';
}

my $number = 0;

foreach my $encoding (sort keys %encodings)
{
	foreach my $locale (@{ $locales{$encoding} })
	{
		my $database = 'encoding' . $number++;
		my $name = "$encoding, $locale";
		my ($status, undef, $error) = $node->psql('postgres',
			"CREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' $locale");

		if ($status != 0)
		{
			ok($error =~ /syntax error|unrecognized|not recognized|invalid|not supported|conflicting/, "$name: not here");
			note $error;
			next;
		}
		$node->safe_psql($database, 'CREATE EXTENSION simhash');

		my (@calls, @values);
		my $call = sub {
			my ($sql, $value) = @_;
			push @calls, "SELECT coalesce(($sql)::text, 'NULL');\n";
			push @values, $value // 'NULL';
		};

		foreach my $kind (sort @{ $encodings{$encoding} })
		{
			foreach my $text (@{ $texts{$kind} })
			{
				my $sql = "convert_from('\\x" . hex_utf8($text) . "', 'UTF8')";
				my @lexemes = map { "'" . s/'/''/gr . "'" } split ' ', $text;
				my $tsvector = join ' ', map { "$_:1A,2" } @lexemes;
				my %seen;

				$tsvector = join ' ', grep { !$seen{$_}++ } split / (?=')/, $tsvector;
				$call->("to_simhash($sql, 128)", expected($text, 128));
				$call->("to_simhash($sql, 64, 1)", expected($text, 64, 1));
				$call->("to_simhash(ARRAY[$sql, 'b', $sql], ARRAY[1.5, 3, 2], 128)",
					simhash_features([ $text, 'b', $text ], [ 1.5, 3, 2 ], 128));
				$call->("SELECT simhash_agg(f, 2, 64) FROM unnest(ARRAY[$sql, 'b', 'c']) AS f",
					simhash_features([ $text, 'b', 'c' ], undef, 64));
				$call->("to_simhash(convert_from('\\x" . hex_utf8($tsvector) . "', 'UTF8')::tsvector, 128)",
					simhash_tsvector($tsvector, 128));
			}
			foreach my $text (@{ $long{$kind} // [] })
			{
				$call->("to_simhash(convert_from('\\x" . hex_utf8($text) . "', 'UTF8'), 64)",
					expected($text, 64));
			}
		}

		my @got = split /\n/, $node->safe_psql($database, join '', @calls);
		my @differing = grep { ($got[$_] // '') ne $values[$_] } 0 .. $#values;

		ok(!@differing, "$name: " . @calls . ' values');
		diag substr($calls[$_], 0, 200), ": got $got[$_], expected $values[$_]"
		  foreach splice @differing, 0, 5;
	}
}

# Every other encoding that a server may have: random texts of characters that
# it knows, with what joins and separates words between them, long ones too,
# that are cut between two pieces in any phase. The same bytes, converted to
# UTF8 by the server, must give the same. SIMHASH_ENCODINGS is how many texts
# each encoding gets.

my $amount = $ENV{SIMHASH_ENCODINGS} || 60;

# Bytes that may be a character in an encoding; most are none.
sub candidate
{
	my ($encoding) = @_;
	my $trail = sub { join '', map { chr(0xA1 + int rand 0x5E) } 1 .. $_[0] };

	return chr(0x80 + int rand 0x80) if $encoding !~ /^EUC/;
	return pick($trail->(2), $trail->(2), $trail->(2), "\x8E" . $trail->(1), "\x8E" . $trail->(3), "\x8F" . $trail->(2));
}

sub random_text
{
	my ($n, @characters) = @_;

	return join '', map { pick(pick(@characters), pick(@characters), pick(' ', '.', ',', "'", '&', '-', '1', 'a', 'B')) } 1 .. $n;
}

$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION simhash;
CREATE FUNCTION known(bytes bytea, encoding name) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	RETURN convert_from(bytes, encoding) <> '';
EXCEPTION WHEN OTHERS THEN
	RETURN false;
END $$;
SQL

# Those of PG_VALID_BE_ENCODING; later ones are for clients only.
foreach my $encoding (split /\n/, $node->safe_psql('postgres', 'SELECT pg_encoding_to_char(i) FROM generate_series(0, 34) AS i'))
{
	next if $encoding eq '' || $encoding eq 'UTF8' || $encoding eq 'SQL_ASCII';

	my $database = lc "any_$encoding";

	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' LOCALE 'C'");
	$node->safe_psql($database, 'CREATE EXTENSION simhash');

	# The only one that PostgreSQL can't convert to UTF8.
	if ($encoding eq 'MULE_INTERNAL')
	{
		my ($status, $out, $error) = $node->psql($database, q{SELECT to_simhash('a')});
		like($error, qr/conversion function for encoding "MULE_INTERNAL" to "UTF8" does not exist/, 'MULE_INTERNAL: an error');
		next;
	}

	my %candidates = map { hex_of(candidate($encoding)) => 1 } 1 .. ($encoding =~ /^EUC/ ? 600 : 400);
	my @characters = map { pack 'H*', $_ } split /\n/, $node->safe_psql('postgres',
		"SELECT c FROM unnest('{" . join(',', sort keys %candidates) . "}'::text[]) AS c WHERE known(decode(c, 'hex'), '$encoding')");
	my @calls;

	foreach (1 .. $amount)
	{
		my $text = "convert_from('\\x" . hex_of(random_text(pick(1 .. 60), @characters)) . "', '$encoding')";

		# Its characters lie across the first border, then across others.
		$text = "repeat('x', " . (65536 - int rand 80) . ") || repeat($text, " . pick(1, 1, 1000) . ')' if rand() < 0.1;
		push @calls, "SELECT md5(concat_ws('/', to_simhash(t, 128), to_simhash(ARRAY[t, 'b'], NULL, 64), to_textsketch(t, 2, 3, 4))) FROM (VALUES ($text)) AS v (t);\n";
	}
	my @expected = split /\n/, $node->safe_psql('postgres', join '', @calls);
	my @got = split /\n/, $node->safe_psql($database, join '', @calls);
	my @differing = grep { ($got[$_] // '') ne ($expected[$_] // '') } 0 .. $#calls;

	ok(@characters > 20 && @got == $amount && !@differing, "$encoding: $amount texts of " . @characters . ' characters');
	diag substr($calls[$_], 0, 400) foreach splice @differing, 0, 3;
}

# Places are in characters of the database. A few of EUC_JIS_2004 are two code
# points, as KA with a mark for NGA: by themselves, many in a row, and across
# what is read at a time. What is cut out must be what the database in UTF8
# cuts out; there, a mark at the end of a passage isn't a part of it.
{
	my @pairs = map { $_ . "\x{309A}" } "\x{304B}", "\x{304D}", "\x{30AB}", "\x{30C8}";
	my $some = sub { join '', map { pick(@pairs, (map { chr } 0x3042 .. 0x304F), '、', ' ', 'News', '外', '務') } 1 .. $_[0] };
	my $shared = $some->(40) . '。';
	my @pieces = ('', $some->(30000), 'あ' x 40000 . $pairs[0] . 'word', join('', map { pick(@pairs) } 1 .. 5000), 'いろは、 ' x 9000 . $pairs[1] . 'word ' x 9000);
	my $passages = sub {
		my ($a, $b) = map { my $hex = hex_utf8($_); "convert_from(decode('$hex', 'hex'), 'UTF8')" } @_;
		return <<"SQL";
SELECT coalesce(string_agg(concat_ws('|', substr(a, a_start, a_length), substr(b, b_start, b_length)), '#' ORDER BY words DESC, a_start, b_start), 'none')
FROM (SELECT $a AS a, $b AS b OFFSET 0) AS texts, shared_passages(a, b, 12);
SQL
	};
	my $setup = "SET client_encoding = 'UTF8';\n";
	my @calls = map { my $piece = $_; map { $passages->($piece . $some->($_) . $shared . $some->($_), $some->(3 + $_) . $shared . $piece) } 0 .. 2 } @pieces;
	my @expected = split /\n/, $node->safe_psql('postgres', $setup . join '', @calls);
	my @got = split /\n/, $node->safe_psql('any_euc_jis_2004', $setup . join '', @calls);

	# The mark, in the bytes that psql writes.
	s/\xE3\x82\x9A(?=[|#]|$)//g foreach @expected, @got;
	is(scalar @got, scalar @calls, 'EUC_JIS_2004: passages of ' . @calls . ' pairs of texts');
	diag substr($got[$_], 0, 300), "\n", substr($expected[$_], 0, 300) foreach grep { $got[$_] ne $expected[$_] } 0 .. $#calls;
	is(scalar(grep { $got[$_] ne $expected[$_] || $got[$_] !~ /\|/ } 0 .. $#calls), 0, 'EUC_JIS_2004: passages are cut out where they are');

	# A story's terms are cut out of its lead.
	my $body = join ' ', map { "$pairs[0]$pairs[1] $_" } 'Tokyo harbour fire', 'harbour fire spreads', 'Tokyo harbour closed', 'fire and harbour';
	my $other = 'markets weather football election budget school ';
	my $query = join ' UNION ALL ',
		(map {; "SELECT 1::bigint, ${_}::bigint, NULL::text, convert_from(decode('" . hex_utf8($body . " n$_") . "', 'hex'), 'UTF8'), 's', NULL::timestamptz" } 1 .. 3),
		(map {; "SELECT 2::bigint, ${_}::bigint, NULL::text, 'w$_ ' || '$other' || 'x$_', 's', NULL::timestamptz" } 4 .. 13);
	my $terms = "SELECT convert_to(array_to_string(terms, '/'), 'UTF8') FROM story_summary(\$\$$query\$\$) WHERE story = 1";
	my ($summary, $plain) = map { $node->safe_psql($_, $setup . $terms) =~ s/e3829a(?=2f|$)//gr } 'any_euc_jis_2004', 'postgres';

	is($summary, $plain, 'EUC_JIS_2004: the terms of a story are cut out where they are');
	like($summary, qr/686172626f7572/, 'EUC_JIS_2004: a story has terms');
}

# A database in SQL_ASCII may hold any bytes.
{
	my @bytes = ("\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xED\xA0\x80", "\xC0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
		"\xFF", "\x80", "\xBF", "\xE0\x9F\x80", "\xF0\x8F\x80\x80", "\xC3\xA9", "\xE5\xA4\x96", "\xF0\x9F\x98\x80",
		"\xED\x9F\xBF", "\xEF\xBF\xBD", "\xC2\xAD", "\xE2\x80\x99", qw(a B c . ' 1 &), ' ', ',');
	my (@calls, @values);

	foreach (1 .. 8 * $amount)
	{
		my $string = join '', map { pick(@bytes, map { chr rand 256 } 1 .. 5) } 1 .. pick(1 .. 60);

		$string =~ tr/\0//d;
		# The reading of a piece ends in the midst of it.
		$string = pick('x' x 65535, "a\x80" x 32767, "\xF0\x9F\x98\x80" x 16383 . 'a') . $string if rand() < 0.02;
		push @calls, "SELECT coalesce(to_simhash(convert_from('\\x" . hex_of($string) . "', 'SQL_ASCII'), 64)::text, 'NULL');\n";
		push @values, simhash_text(decode_bytes($string), 64) // 'NULL';

		push @calls, "SELECT to_simhash(ARRAY[convert_from('\\x" . hex_of($string) . "', 'SQL_ASCII')], NULL, 64);\n";
		push @values, Simhash::sum(64, [ 1, Simhash::feature_words(bytes_hash($string), 64) ]);
	}
	$node->safe_psql('postgres', "CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
	$node->safe_psql('bytes', 'CREATE EXTENSION simhash');
	my @got = split /\n/, $node->safe_psql('bytes', join '', @calls);
	is(scalar(grep { $got[$_] ne $values[$_] } 0 .. $#values), 0, 'SQL_ASCII: any bytes, ' . @values . ' values');
	is(scalar @got, scalar @values, 'SQL_ASCII: as many');
}

# ---------------------------------------------------------------------------
# Dump and restore

my $database = 'origin';
my $tables = <<'SQL';
SELECT md5(string_agg(article::text, E'\n' ORDER BY id)) FROM article;
SELECT md5(string_agg(types::text, E'\n' ORDER BY id)) FROM types;
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname;
SELECT count(*) FROM article a JOIN article b ON a.fp = b.fp;
SET enable_seqscan = off;
SELECT count(*), sum(id) FROM article WHERE fp = (SELECT fp FROM article WHERE id = 7);
SELECT count(*), sum(id) FROM article WHERE fp <@ (SELECT simhash_ball(fp, 100) FROM article WHERE id = 7);
SELECT string_agg(id::text, ' ' ORDER BY fp <-> (SELECT fp FROM article WHERE id = 7), id) FROM article;
SQL

$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
$node->safe_psql($database, <<'SQL');
CREATE EXTENSION simhash;
CREATE TABLE article (
	id int PRIMARY KEY,
	body text,
	fp simhash(256) GENERATED ALWAYS AS (to_simhash(body)) STORED,
	near simhash_ball
);
INSERT INTO article (id, body)
	SELECT i, 'article ' || i % 150 || ' of ' || i % 7 || repeat(' word ' || i % 5, i % 9) FROM generate_series(1, 300) AS i;
INSERT INTO article (id, body) VALUES (1000, '...'), (1001, NULL);
UPDATE article SET near = simhash_ball(fp, id % 20) WHERE id % 3 = 0;
CREATE INDEX article_fp_btree ON article (fp);
CREATE INDEX article_fp_hash ON article USING hash (fp);
CREATE INDEX article_fp_gist ON article USING gist (fp);
CREATE INDEX article_expression ON article (to_simhash(body, 64, 3));
CREATE TABLE types (
	id int,
	any_width simhash,
	narrow simhash(64) DEFAULT '0123456789abcdef',
	wide simhash(1024) CHECK (bit_length(wide) = 1024),
	many simhash[],
	ball simhash_ball,
	balls simhash_ball[]
);
INSERT INTO types
	SELECT i, to_simhash(i::text, i * 64), to_simhash(i::text, 64), to_simhash(i::text, 1024),
		ARRAY[to_simhash('a'), NULL, to_simhash('b', 64)], simhash_ball(to_simhash(i::text, i * 64), i * i),
		ARRAY[simhash_ball(to_simhash('a'), 2147483647)]
	FROM generate_series(1, 16) AS i;
CREATE STATISTICS article_statistics ON fp, body FROM article;
CREATE VIEW close AS SELECT a.id, b.id AS other FROM article a JOIN article b ON simhash_dwithin(a.fp, b.fp, 8);
ANALYZE;
SQL

sub dump_of
{
	my ($name) = @_;
	my ($out, $error) = run_command([ 'pg_dump', '-d', $node->connstr($name) ]);

	# The key of \restrict is random.
	return join "\n", grep { !/^\\(un)?restrict / } split /\n/, $out;
}

my $rows = $node->safe_psql($database, $tables);
my $dump = dump_of($database);
my $directory = PostgreSQL::Test::Utils::tempdir;

like($dump, qr/fp public\.simhash\(256\) GENERATED ALWAYS AS \(public\.to_simhash\(body\)\) STORED/, 'dump of a generated column');

foreach my $format ('plain', 'custom')
{
	my $file = "$directory/$format.dump";
	my $restored = "restored_$format";

	$node->command_ok([ 'pg_dump', "--format=$format", "--file=$file", '-d', $node->connstr($database) ], "pg_dump, $format");
	$node->safe_psql('postgres', "CREATE DATABASE $restored TEMPLATE template0");
	$node->command_ok(
		$format eq 'plain'
		? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', "$directory/out", '-f', $file, '-d', $node->connstr($restored) ]
		: [ 'pg_restore', '--exit-on-error', '-d', $node->connstr($restored), $file ],
		"restore, $format");
	$node->safe_psql($restored, 'ANALYZE');
	is($node->safe_psql($restored, $tables), $rows, "$format: the same rows and answers");
	is(dump_of($restored), $dump, "$format: the same dump");
	is( $node->safe_psql($restored, "SELECT count(*) FROM pg_stats_ext WHERE statistics_name = 'article_statistics'"), 1,
		"$format: statistics");
}

# ---------------------------------------------------------------------------
# Binary form

$node->safe_psql($database, <<SQL);
CREATE TABLE copied (LIKE types);
COPY types TO '$directory/types.binary' (FORMAT binary);
COPY copied FROM '$directory/types.binary' (FORMAT binary);
SQL
is($node->safe_psql($database, 'SELECT count(*) FROM copied JOIN types USING (id) WHERE copied::text = types::text'), 16, 'binary COPY');
is( $node->safe_psql($database, 'SELECT count(*) FROM copied c JOIN types t USING (id) WHERE simhash_send(c.any_width) = simhash_send(t.any_width) AND simhash_ball_send(c.ball) = simhash_ball_send(t.ball)'),
	16, 'binary forms');

# A file of binary COPY with one row of two columns: a number and the bytes.
sub binary_file
{
	my ($file, $id, $bytes) = @_;

	append_to_file($file, "PGCOPY\n\xFF\r\n\0" . pack('NNnNNN/a*n', 0, 0, 2, 4, $id, $bytes, 65535));
}

$node->safe_psql($database, <<'SQL');
CREATE TABLE received_simhash (id int, value simhash);
CREATE TABLE received_simhash_256 (id int, value simhash(256));
CREATE TABLE received_simhash_ball (id int, value simhash_ball);
SQL

foreach my $table ('simhash', 'simhash_256', 'simhash_ball')
{
	my $script = '';
	my @good;
	my $sent = 0;
	my $type = $table =~ s/_256//r;

	foreach my $length (0 .. 140)
	{
		foreach my $try (0 .. 1)
		{
			my $bytes = join '', map { chr rand 256 } 1 .. $length;
			my $id = 2 * $length + $try;
			my $file = "$directory/$table.$id";
			my $fingerprint = $length - ($type eq 'simhash_ball' ? 4 : 0);
			my $right = $fingerprint >= 8 && $fingerprint <= 128 && $fingerprint % 8 == 0;

			# A radius of 31 bits is right, one below 0 is not.
			if ($type eq 'simhash_ball' && $length >= 4)
			{
				substr($bytes, 0, 1) = chr($try ? 0x80 + rand 128 : rand 128);
				$right &&= !$try;
			}
			$right = $length == 32 if $table eq 'simhash_256';
			push @good, $id . '|' . hex_of($bytes) if $right;
			binary_file($file, $id, $bytes);
			$script .= "COPY received_$table FROM '$file' (FORMAT binary);\n";
			$sent++;
		}
	}

	my ($status, $out, $error) = $node->psql($database, $script, on_error_stop => 0);
	my @errors = $error =~ /ERROR:  (.*)/g;

	is( $node->safe_psql($database, "SELECT id, encode(${type}_send(value), 'hex') FROM received_$table ORDER BY id"),
		join("\n", @good), "received as $table: " . @good . ' of ' . $sent);
	is(scalar @errors, $sent - @good, "received as $table: an error for each of the others");
	is( scalar(grep { !/^invalid (length of )?external simhash|does not fit type simhash|^insufficient data left in message/ } @errors),
		0, "received as $table: errors of the type's own")
	  or diag explain \@errors;
}

# ---------------------------------------------------------------------------
# Literals: whatever comes, it is refused or comes back. A literal is right by
# a grammar of its own here; letters are folded to small ones.

{
	my (@rows, @expected);
	my $digits = sub { join '', map { pick(0 .. 9, 'a' .. 'f', 'A' .. 'F') } 1 .. $_[0] };

	foreach (1 .. 3000)
	{
		my $hex = $digits->(rand() < 0.8 ? 16 * int rand 18 : int rand 300);
		my $literal = pick($hex, "<$hex," . pick(0 .. 20, int rand 2**32, 2147483647, 2147483648, '-1', '007', '', '99999999999999999999') . '>');

		# Most are then damaged.
		foreach (1 .. pick(0, 0, 1, 1, 2, 5))
		{
			my $place = int rand(1 + length $literal);
			my $junk = pick(' ', 'g', 'é', '外', "\n", '<', '>', ',', '-', '+', '0x', 'NaN', 'a' x 16, map { chr(1 + rand 127) } 1 .. 5);

			substr($literal, $place, pick(0, 1, 1, 3)) = $junk if $place <= length $literal;
		}
		$literal = join '', map { chr(1 + rand 1000) } 1 .. rand 100 if rand() < 0.1;
		push @rows, $literal;

		my ($type, $fp, $radius) =
		    $literal =~ /^([0-9a-fA-F]+)\z/ ? ('simhash', $1)
		  : $literal =~ /^<([0-9a-fA-F]+),([0-9]+)>\z/ ? ('simhash_ball', $1, $2)
		  : ();
		my $right = $type && length($fp) % 16 == 0 && length($fp) <= 256;

		$right &&= $radius =~ s/^0+(?=.)//r <= 2147483647 if defined $radius;
		push @expected, !$right ? 'refused' : $type eq 'simhash' ? lc $fp : '<' . lc($fp) . ',' . (0 + $radius) . '>';
	}

	my $result = $node->safe_psql($database, <<'SQL' . join('', map { 'INSERT INTO literal (hexadecimal) VALUES (\'' . hex_utf8($_) . "');\n" } @rows) . <<'SQL');
SET client_min_messages = warning;
BEGIN;
CREATE TEMP TABLE literal (id serial, hexadecimal text);
SQL
CREATE FUNCTION pg_temp.read_literal(literal text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text := 'refused';
BEGIN
	BEGIN
		result := literal::simhash::text;
	EXCEPTION WHEN invalid_text_representation THEN NULL;
	END;
	BEGIN
		result := literal::simhash_ball::text;
	EXCEPTION WHEN invalid_text_representation THEN NULL;
	END;
	RETURN result;
END $$;
SELECT pg_temp.read_literal(convert_from(decode(hexadecimal, 'hex'), 'UTF8')) FROM literal ORDER BY id;
COMMIT;
SQL
	my @got = split /\n/, $result;
	my @differing = grep { ($got[$_] // '') ne $expected[$_] } 0 .. $#expected;

	is(scalar @got, scalar @expected, 'literals: as many');
	is(scalar @differing, 0, 'literals: refused, or read as they are');
	diag 'literal ', hex_utf8($rows[$_]), ": got $got[$_], expected $expected[$_]" foreach splice @differing, 0, 5;
	cmp_ok(scalar(grep { $_ ne 'refused' } @expected), '>', 300, 'literals: many are right');
}

$node->stop;
done_testing();
