#!/usr/bin/perl
#
# texts.pl - texts of no meaning for measuring speed
#
# usage: texts.pl MIX MEGABYTES > FILE.jsonl
#
# One JSON object with "text" a line, articles of 100 to 2,000 words. MIX is
# ascii, latin (with accents and typographic quotes), cyrillic, arabic or
# chinese. Words are made of syllables; the k-th of 30,000 occurs in proportion
# to 1 / (k + 2.7), which is Zipf's law as Mandelbrot corrected it, and frequent
# words are short. The same arguments give the same texts.

use strict;
use warnings;
use utf8;
use Digest::MD5 'md5';
binmode STDOUT, ':encoding(UTF-8)';

my ($mix, $megabytes) = @ARGV;
my %alphabet = (
	ascii => [ [qw(b c d f g h l m n p r s t th st v w)], [qw(a e e i o u ea ou)] ],
	latin => [ [qw(b c d f g j l m n ñ p r s t tr v b c d l m n r s t)], [qw(a a a e e e é i i i o o o ö u u à e i o)] ],
	cyrillic => [ [qw(б в г д ж з к л м н п р с т ст ч ш)], [qw(а е и о у я ы ё ю)] ],
	arabic => [ [qw(ب ت ج ح د ر س ش ع ف ق ك ل م ن ه)], [ qw(ا و ي), '' ] ],
	chinese => []);
die "usage: texts.pl ascii|latin|cyrillic|arabic|chinese MEGABYTES\n"
  unless $alphabet{ $mix // '' } && ($megabytes // '') =~ /^[\d.]+$/;

# A generator of our own, so that every version of Perl makes the same.
my ($counter, @drawn) = 0;
sub draw
{
	@drawn = unpack 'N4', md5("$mix " . $counter++) unless @drawn;
	return (shift @drawn) % shift;
}
sub pick { my $from = shift; return $from->[ draw(scalar @$from) ] }

my @words = map {
	my $rank = $_;
	if ($mix eq 'chinese')
	{
		join '', map { chr(0x4E00 + draw(3000)) } 1 .. 1 + ($rank > 100) + ($rank > 10000);
	}
	else
	{
		my ($consonants, $vowels) = @{ $alphabet{$mix} };
		my $syllables = 1 + ($rank > 60) + ($rank > 1000 && draw(2)) + ($rank > 5000 && draw(2));
		my $word = join('', map { pick($consonants) . pick($vowels) } 1 .. $syllables)
		  . (draw(2) ? pick($consonants) : '');
		$rank > 500 && !draw(8) ? ucfirst $word : $word;
	}
} 1 .. 30000;

# A table in which each word stands in proportion to how often it occurs.
my $sum = 0;
$sum += 1 / ($_ + 2.7) for 1 .. @words;
my @table = map { ($words[ $_ - 1 ]) x (0.5 + 65536 / $sum / ($_ + 2.7) || 1) } 1 .. @words;

my $space = $mix eq 'chinese' ? '' : ' ';
my ($comma, $stop) = $mix eq 'chinese' ? ('，', '。') : $mix eq 'arabic' ? ('، ', '. ') : (', ', '. ');
my ($open, $close, $apostrophe) = $mix eq 'ascii' ? ('"', '"', "'") : ('“', '”', '’');

sub sentence
{
	my $n = 5 + draw(25);
	my $sentence = ucfirst pick(\@table);
	for my $i (2 .. $n)
	{
		my $chance = draw(200);
		my $word = $chance < 3 ? 1900 + draw(130)
		  : $chance < 4 ? (1 + draw(99)) . ',' . (100 + draw(900))
		  : $chance < 5 && $mix ne 'chinese' ? 'U.S.'
		  : pick(\@table);
		$word .= "${apostrophe}s" if $chance > 195 && $mix =~ /ascii|latin/;
		$word = "$open$word$close" if $chance > 5 && $chance < 9;
		$sentence .= ($chance > 180 && $chance < 192 ? $comma : $space) . $word;
	}
	return $sentence . $stop;
}

my $bytes = 0;
while ($bytes < $megabytes * 1e6)
{
	my ($text, $n) = ('', 100 + draw(1900));
	$text .= sentence() . (draw(6) ? '' : "\n") while ($n -= 17) > 0;
	my $line = $text =~ s/"/\\"/gr =~ s/\n/\\n/gr;
	print qq({"text": "$line"}\n);
	utf8::encode($text);
	$bytes += length $text;
}
