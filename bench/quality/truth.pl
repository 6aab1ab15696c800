#!/usr/bin/perl
#
# truth.pl - all pairs of texts that share a fifth of their word triples
#
# usage: truth.pl FILE
#
# FILE has an id, a tab and a text in lower case a line. Prints id, id and the
# Jaccard coefficient of the two sets of triples, for those of .2 and more. No
# part of the extension is used: a word is what \w+ matches.
#
# The coefficient is exact. Pairs are sought by the triples that at most 5
# texts have, all of them, and by one in 16 of those that at most 50 have, for
# texts that ran often.

use strict;
use warnings;
use utf8;
use Digest::MD5 'md5';

my ($rare, $common, $sampling) = (5, 50, 16);
my (@id, @triples, %number);

open my $file, '<:encoding(UTF-8)', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$file>)
{
	chomp;
	my ($id, $text) = split /\t/, $_, 2;
	utf8::encode(my $bytes = join ' ', $text =~ /\w+/g);
	my @words = split / /, $bytes;
	my %seen;

	# a triple is known by 64 bits of its MD5
	$seen{ substr md5("$words[$_] $words[$_ + 1] $words[$_ + 2]"), 0, 8 } = 1 for 0 .. $#words - 2;
	push @id, $id;
	$triples[$#id] = join '', sort keys %seen;
}

# Texts by triple, as strings of numbers.
for my $i (0 .. $#id)
{
	my $n = pack 'N', $i;
	$number{$_} .= $n for unpack '(a8)*', $triples[$i];
}

my (%candidate, %sampled);
while (my ($triple, $list) = each %number)
{
	my @texts = unpack 'N*', $list;
	next if @texts < 2 || @texts > $common;
	my $in = @texts <= $rare ? \%candidate : \%sampled;
	next if $in == \%sampled && unpack('C', $triple) % $sampling;
	for my $i (1 .. $#texts)
	{
		$in->{ $texts[$_] << 24 | $texts[$i] }++ for 0 .. $i - 1;
	}
}
%number = ();

# Those that share less than a tenth of the smaller set are no candidates.
my %pairs;
for my $by ([ \%candidate, 1 ], [ \%sampled, $sampling ])
{
	my ($shared, $of) = @$by;
	while (my ($pair, $n) = each %$shared)
	{
		my ($x, $y) = (length $triples[ $pair >> 24 ], length $triples[ $pair & 0xFFFFFF ]);
		$pairs{$pair} = 1 if $n > 1 && $n * $of * 10 >= ($x < $y ? $x : $y) / 8;
	}
}

for my $pair (sort { $a <=> $b } keys %pairs)
{
	my ($a, $b) = ($pair >> 24, $pair & 0xFFFFFF);
	my %in = map { $_ => 1 } unpack '(a8)*', $triples[$a];
	my $shared = grep { $in{$_} } unpack '(a8)*', $triples[$b];
	my $jaccard = $shared / ((length($triples[$a]) + length $triples[$b]) / 8 - $shared);
	printf "%s\t%s\t%.4f\n", $id[$a], $id[$b], $jaccard if $jaccard >= 0.2;
}
