# A second implementation of doc/fingerprint.md, written from that page alone
# and in another language, so that the tests compare two readings of it. It is
# meant to be read beside the page, section by section, not to be fast.
#
# Unicode properties are those of the running Perl, which may be older than the
# page's (Perl 5.36 has Unicode 14.0, 5.40 has 15.0): stable() tells which code
# points fold to the same and have the same class in all of them.
package Simhash;

use strict;
use warnings;
no warnings qw(portable);    # hexadecimal numbers of 64 bits
use feature qw(fc unicode_strings);

use Exporter qw(import);
use Unicode::Normalize ();
use Unicode::UCD ();
use charnames ();

our @EXPORT_OK = qw(simhash_text simhash_words simhash_tsvector simhash_features
  simhash_hashes words decode_bytes bytes_hash word_hash shingle_hash stable parse_tsvector
  textsketch textsketch_measures);

# ---------------------------------------------------------------------------
# Numbers of 64 bits. "use integer" wraps, but shifts with the sign; without
# it shifts are unsigned, but sums leave the integers: so each has its place.

sub mul { use integer; return $_[0] * $_[1]; }
sub add { use integer; return $_[0] + $_[1]; }
sub subtract { use integer; return $_[0] - $_[1]; }

sub hex64 { return unpack 'Q', pack 'Q', $_[0]; }

# low half ^ high half of the product of 128 bits
sub mul_fold
{
	my ($a, $b) = @_;
	my ($a0, $a1) = ($a & 0xFFFFFFFF, $a >> 32);
	my ($b0, $b1) = ($b & 0xFFFFFFFF, $b >> 32);
	my ($p00, $p01, $p10, $p11) = ($a0 * $b0, $a0 * $b1, $a1 * $b0, $a1 * $b1);
	my $middle = ($p00 >> 32) + ($p01 & 0xFFFFFFFF) + ($p10 & 0xFFFFFFFF);
	my $high = $p11 + ($p01 >> 32) + ($p10 >> 32) + ($middle >> 32);
	my $low = ($p00 & 0xFFFFFFFF) | ($middle & 0xFFFFFFFF) << 32;

	return $low ^ $high;
}

# ---------------------------------------------------------------------------
# Which code points can be compared. Of those that Unicode 14.0 has, these are
# the ones whose folding or class differs between the files of 14.0, 15.0 and
# 16.0: four tone marks got Bopomofo among their Script_Extensions, New Tai Lue
# digit one lost Line_Break=SA, and an Ahom sign is Mc, no longer Mn. What 14.0
# has not may be assigned since, and is left out; so are surrogates.

my $changed = qr/[\x{02C7}\x{02C9}-\x{02CB}\x{19DA}\x{1171E}]/;
my $frozen = (Unicode::UCD::UnicodeVersion() =~ /^16\./);

sub stable
{
	my ($code) = @_;

	return 0 if $code >= 0xD800 && $code <= 0xDFFF;
	return 1 if $frozen;
	return chr($code) =~ /\p{Present_In: 14.0}/ && chr($code) !~ $changed;
}

# ---------------------------------------------------------------------------
# Code points of a text of bytes that may not be UTF-8 (SQL_ASCII): well-formed
# sequences as in table 3-7 of The Unicode Standard, and a separator for each
# other byte

my $well_formed = qr/
	  [\x01-\x7F]
	| [\xC2-\xDF][\x80-\xBF]
	| \xE0[\xA0-\xBF][\x80-\xBF]
	| [\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}
	| \xED[\x80-\x9F][\x80-\xBF]
	| \xF0[\x90-\xBF][\x80-\xBF]{2}
	| [\xF1-\xF3][\x80-\xBF]{3}
	| \xF4[\x80-\x8F][\x80-\xBF]{2}
/x;

sub decode_bytes
{
	my ($bytes) = @_;
	my $text = '';

	while ($bytes =~ /\G(?:($well_formed)|.)/gs)
	{
		my $character = $1 // "\xEF\xBF\xBD";

		utf8::decode($character);
		$text .= $character;
	}
	return $text;
}

# ---------------------------------------------------------------------------
# Folding

my %alike = (
	"\x{E6}" => 'ae', "\x{153}" => 'oe', "\x{F0}" => 'd', "\x{FE}" => 'th', "\x{131}" => 'i',
	"\x{237}" => 'j', "\x{138}" => 'q', "\x{14B}" => 'n', "\x{261}" => 'g', "\x{275}" => 'o',
	"\x{289}" => 'u', "\x{66B}" => '.', "\x{66C}" => ',', "\x{671}" => "\x{627}",
	"\x{629}" => "\x{647}", "\x{6C1}" => "\x{647}", "\x{6C3}" => "\x{647}", "\x{6D5}" => "\x{647}",
	"\x{649}" => "\x{64A}", "\x{6CC}" => "\x{64A}", "\x{6D2}" => "\x{64A}", "\x{6A9}" => "\x{643}",
	"\x{5F0}" => "\x{5D5}\x{5D5}", "\x{5F1}" => "\x{5D5}\x{5D9}", "\x{5F2}" => "\x{5D9}\x{5D9}");

sub alike
{
	my ($c) = @_;

	return $alike{$c} if exists $alike{$c};
	return Unicode::UCD::num($c) if $c =~ /\p{Nd}/;
	return lc $1
	  if (charnames::viacode(ord $c) // '') =~ /^LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH /;
	return $c;
}

my $number_space = qr/[\x{A0}\x{2007}\x{2009}\x{202F}]/;
my $stretch = qr/[\x{640}\x{7FA}\x{883}-\x{885}\x{180A}]/;

sub fold
{
	my $s = Unicode::Normalize::NFD(chr $_[0]);

	return $s if $s =~ /^$number_space$/;
	$s = Unicode::Normalize::NFKD(fc $s);
	$s = Unicode::Normalize::NFKD(fc $s);
	$s =~ s/[\p{Mn}\p{Me}\P{Canonical_Combining_Class=0}\p{Default_Ignorable_Code_Point}]//g;
	$s =~ s/$stretch//g;
	return join '', map { alike($_) } split //, $s;
}

# ---------------------------------------------------------------------------
# Classes, as one letter each: ampersand &, apostrophe ', comma, full stop,
# Number space, Separator, soLo, letter A, digit 9, or 0 for a zero, Other

my $apostrophe = qr/['\x{2018}\x{2019}\x{201B}\x{02BB}-\x{02BF}\x{05F3}]/;

sub class
{
	my ($c) = @_;

	return '&' if $c eq '&';
	return "'" if $c =~ $apostrophe;
	return ',' if $c eq ',';
	return '.' if $c eq '.';
	return 'N' if $c =~ $number_space;
	return 'S' if $c !~ /[\p{L}\p{N}\p{Mc}]/;
	return 'L'
	  if $c =~ /\p{Ideographic}|\p{Line_Break=SA}/
	  or $c =~ /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Yi}]/
	  or $c =~ /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Yi}]/;
	return 'A' if $c =~ /\p{L}/;
	return $c eq '0' ? '0' : '9' if $c =~ /\p{Nd}/;
	return 'O';
}

# ---------------------------------------------------------------------------
# Words of a text, as strings of characters. The rules are regular expressions
# over the string of classes, which has one letter for each folded code point.

my %known;    # code point => [[folded], classes]

sub words
{
	my ($text) = @_;
	my ($classes, @folded, @words) = ('');

	foreach my $code (unpack 'W*', $text)
	{
		my $k = $known{$code} //= do
		{
			my $f = fold($code);
			[ [ split //, $f ], join '', map { class($_) } split //, $f ];
		};
		push @folded, @{ $k->[0] };
		$classes .= $k->[1];
	}

	# Separators of thousands become "g".
	$classes =~ s{
		(?<![09]) (?<![09][.,']) ( 9[09]{0,2} ([.,'N]) [09]{3}
			(?: (?:\2[09]{3}){5} | (?:\2[09]{3}){0,4} (?!\2[09]) ) ) (?![09])
	}{ $1 =~ s/[.,'N]/g/gr }gex;

	pos($classes) = 0;
	while (pos($classes) < length $classes)
	{
		my $start = pos $classes;

		if ($classes =~ /\GL/gc)
		{
			push @words, $folded[$start];
		}
		elsif ($classes =~ /\G&/gc)
		{
			push @words, 'and';
		}
		elsif ($classes =~ /\GA(?:\.A)+(?![A09O])/gc)
		{
			push @words, join('', @folded[ $start .. pos($classes) - 1 ]) =~ s/\.//gr;
		}
		elsif ($classes =~ /\G[A09O](?:[A09O]+|g|'[A09O]|(?<=[09])[.,](?=[09]))*/gc)
		{
			my $word = '';

			foreach my $i ($start .. pos($classes) - 1)
			{
				my ($before, $c, $after) = map { substr $classes, $_, 1 } $i - 1 .. $i + 1;

				$word .=
				    $c =~ /[A09O]/ ? $folded[$i]
				  : $c =~ /[.,]/   ? '.'
				  : $c eq "'" && "$before$after" =~ /^[09]{2}$/ ? "'"
				  :                  '';
			}
			push @words, $word;
		}
		else
		{
			pos($classes) = $start + 1;
		}
	}
	return @words;
}

# ---------------------------------------------------------------------------
# Hash of a word: of its bytes, or of a string of characters

sub xxh3_16
{
	my ($block, $seed) = @_;
	my ($lo, $hi) = unpack 'Q<Q<', $block;

	$lo ^= add(0x1F67B3B7A4A44072 ^ 0x78E5C0CC4EE679CB, $seed);
	$hi ^= subtract(0x2172FFCC7DD05A82 ^ 0x8E2443F7744608B8, $seed);

	my $x = add(add(16, unpack 'Q<', pack 'Q>', $lo),
		add($hi, mul_fold($lo, $hi)));

	$x = mul(hex64($x) ^ hex64($x) >> 37, 0x165667919E3779F9);
	return hex64($x) ^ hex64($x) >> 32;
}

sub bytes_hash
{
	my ($bytes) = @_;
	my $h = 0;

	$bytes .= "\0" while $bytes eq '' or length($bytes) % 16;
	$h = xxh3_16($_, $h) foreach unpack '(a16)*', $bytes;
	return $h;
}

sub word_hash
{
	my ($word) = @_;

	utf8::encode($word);
	return bytes_hash($word);
}

my %word_hash;    # words repeat

# ---------------------------------------------------------------------------
# Shingles

sub shingle_hash
{
	my $s = 0;

	$s = hex64(add(mul($s ^ $s >> 32, 0xD1342543DE82EF95), $_)) foreach @_;
	return $s;
}

# ---------------------------------------------------------------------------
# The features of something that occurs so often: one for each occurrence up to
# the eighth

sub occurrences
{
	my ($f, $times) = @_;
	my @features;

	foreach (1 .. ($times < 8 ? $times : 8))
	{
		push @features, $f;
		$f = hex64(mul($f ^ $f >> 32, 0xD1342543DE82EF95));
	}
	return @features;
}

# ---------------------------------------------------------------------------
# Bits of a feature, and their sum. Features are [value, weight]; the value of
# the fingerprint is its text form, or undef for NULL.

my @M = (
	0xE220A8397B1DCDAF, 0x6E789E6AA1B965F5, 0x06C45D188009454F, 0xF88BB8A8724C81ED,
	0x1B39896A51A8749B, 0x53CB9F0C747EA2EB, 0x2C829ABE1F4532E1, 0xC584133AC916AB3D,
	0x3EE5789041C98AC3, 0xF3B8488C368CB0A7, 0x657EECDD3CB13D09, 0xC2D326E0055BDEF7,
	0x8621A03FE0BBDB7B, 0x8E1F7555983AA92F, 0xB54E0F1600CC4D19, 0x84BB3F97971D80AB);

sub feature_words
{
	my ($f, $bits) = @_;

	$f ^= $f >> 32;
	return map { my $p = hex64(mul($f, $_)); $p ^ $p >> 32 } @M[ 0 .. $bits / 64 - 1 ];
}

sub sum
{
	my ($bits, @features) = @_;    # each [weight, word, word ...]
	my @sum = (0) x $bits;

	@features = grep { $_->[0] > 0 } @features;
	return undef unless @features;

	foreach (@features)
	{
		my ($weight, @words) = @$_;
		my $i = 0;

		$sum[ $i++ ] += $_ ? $weight : -$weight
		  foreach split //, unpack 'B*', pack 'Q>*', @words;
	}
	return unpack 'H*', pack 'B*', join '', map { $_ > 0 ? 1 : 0 } @sum;
}

# ---------------------------------------------------------------------------
# Features and weights: the four forms

# the nearest integer to weight * 2^24, the even one of two: what the C library
# does for %.0f
sub given_weight { return 0 + sprintf '%.0f', ($_[0] // 1) * 2**24; }

sub simhash_text
{
	my ($text, $bits, $shingle) = @_;

	return simhash_words([ words($text) ], $bits, $shingle);
}

sub simhash_words
{
	my ($words, $bits, $shingle) = @_;
	my @hashes = map { $word_hash{$_} //= word_hash($_) } @$words;
	my $k = $shingle // 2;
	my %tf;

	$bits //= 256;
	$k = 1 if @hashes < $k;
	$tf{ shingle_hash(@hashes[ $_ .. $_ + $k - 1 ]) }++ foreach 0 .. @hashes - $k;
	return sum($bits,
		map { [ 1, feature_words($_, $bits) ] } map { occurrences($_, $tf{$_}) } keys %tf);
}

# The lexemes of a tsvector in its text form: [lexeme, [position, label] ...]
sub parse_tsvector
{
	my ($text) = @_;
	my @lexemes;

	while ($text =~ /\G ?'((?:[^'\\]|''|\\\\)*)'(?::([0-9ABCD,]+))?/gc)
	{
		my ($lexeme, $positions) = ($1, $2 // '');

		$lexeme =~ s/(['\\])\1/$1/g;
		push @lexemes,
		  [ $lexeme, map { /^(\d+)([ABC]?)$/; [ $1, $2 || 'D' ] } split /,/, $positions ];
	}
	die "not a tsvector: $text" if (pos($text) // 0) < length $text;
	return @lexemes;
}

my %count = (D => 1, C => 2, B => 4, A => 10);

sub simhash_tsvector
{
	my ($tsvector, $bits) = @_;
	my @features;

	$bits //= 256;
	foreach (parse_tsvector($tsvector))
	{
		my ($lexeme, @positions) = @$_;
		my $f = 0;

		$f += $count{ $_->[1] } foreach @positions;
		$f = 1 unless @positions;
		push @features,
		  map { [ 1, feature_words($_, $bits) ] } occurrences(word_hash($lexeme), $f);
	}
	return sum($bits, @features);
}

# $weights may be undef
sub simhash_features
{
	my ($features, $weights, $bits) = @_;

	$bits //= 256;
	return sum($bits,
		map { [ given_weight($weights->[$_]), feature_words(word_hash($features->[$_]), $bits) ] }
		  0 .. $#$features);
}

sub simhash_hashes
{
	my ($hashes, $weights) = @_;

	return sum(64, map { [ given_weight($weights->[$_]), $hashes->[$_] ] } 0 .. $#$hashes);
}

# ---------------------------------------------------------------------------
# doc/sketch.md: the sketch of a text, as its text form, or undef for NULL

sub textsketch
{
	my ($text, $k, $sampling, $window) = @_;
	my ($sketch, @words) = ('', words($text));

	$k //= 4;
	$sampling //= 12;
	$window //= 16;
	return undef unless @words;

	my @units = map { length == 1 && class($_) eq 'L' ? 1 : 2 } @words;
	my @hashes = map { $word_hash{$_} //= word_hash($_) } @words;
	my @shingles;

  START: foreach my $i (0 .. $#words)
	{
		my ($units, $j) = (0, $i);

		while ($units < 2 * $k)
		{
			last START if $j > $#words;
			$units += $units[ $j++ ];
		}
		push @shingles, shingle_hash(@hashes[ $i .. $j - 1 ]) >> 32;
	}
	@shingles = (shingle_hash(@hashes) >> 32) unless @shingles;

	my %distinct = map { $_ => 1 } @shingles;
	my @distinct = sort { $a <=> $b } keys %distinct;
	my $theta = int(2**32 / $sampling);

	$theta = $distinct[96] // 2**32 if grep({ $_ < $theta } @distinct) < 96;

	my %elements = map { $_ => 1 } grep { $_ < $theta } @distinct;

	foreach my $i (0 .. @shingles - $window)
	{
		my ($least) = sort { $a <=> $b } @shingles[ $i .. $i + $window - 1 ];
		$elements{$least} = 1;
	}
	return sprintf 'shingle=%d sampling=%d window=%d words=%d shingles=%d theta=%x {%s}',
	  $k, $sampling, $window, scalar @words, scalar @shingles, $theta,
	  join ',', map { sprintf '%08x', $_ } sort { $a <=> $b } keys %elements;
}

# Resemblance, containment of A in B, overlap and shared elements
sub textsketch_measures
{
	my @theta = map { hex((/theta=(\w+)/)[0]) } @_;
	my @elements = map { +{ map { hex($_) => 1 } split /,/, (/\{(.*)\}/)[0] } } @_;
	my $t = $theta[0] < $theta[1] ? $theta[0] : $theta[1];
	my ($a, $b) = map { scalar grep { $_ < $t } keys %$_ } @elements;
	my @shared = grep { $elements[1]{$_} } keys %{ $elements[0] };
	my $x = grep { $_ < $t } @shared;
	my $most = $a < $b ? $b : $a;
	my @contained = map {
		my ($below, $all) = @$_;

		$x > 0 && $x >= ($below < 4 ? $below : 4) && @shared >= ($all < 2 ? $all : 2) ? $x / $below : 0
	} [ $a, scalar keys %{ $elements[0] } ], [ $b, scalar keys %{ $elements[1] } ];

	return ($x > 0 && $x >= ($most < 4 ? $most : 4) ? $x / ($a + $b - $x) : 0,
		$contained[0], $contained[0] > $contained[1] ? $contained[0] : $contained[1], scalar @shared);
}

1;
