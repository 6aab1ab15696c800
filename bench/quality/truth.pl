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
# Two texts with such a coefficient share a triple that few texts have, unless
# all that they share is common to many: pairs are sought by triples of up to
# 200 texts, and counted by all.

use strict;
use warnings;
use utf8;

my $common = 200;
my (@id, @set, %texts);

open my $file, '<:encoding(UTF-8)', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$file>)
{
	chomp;
	my ($id, $text) = split /\t/, $_, 2;
	my @words = $text =~ /\w+/g;
	my %triples;
	$triples{"$words[$_] $words[$_ + 1] $words[$_ + 2]"} = 1 for 0 .. $#words - 2;
	push @id, $id;
	push @set, scalar keys %triples;
	push @{ $texts{$_} }, $#id for keys %triples;
}

my (%rare, %shared);
my @seeking = grep { @$_ > 1 } values %texts;
%texts = ();
for my $list (grep { @$_ <= $common } @seeking)
{
	for my $i (1 .. $#$list)
	{
		$rare{ $list->[$_] * 0x1000000 + $list->[$i] }++ for 0 .. $i - 1;
	}
}
# Those that share next to nothing of what is rare are no candidates.
for my $pair (keys %rare)
{
	my ($a, $b) = (int($pair / 0x1000000), $pair % 0x1000000);
	my $least = $set[$a] < $set[$b] ? $set[$a] : $set[$b];
	$shared{$pair} = $rare{$pair} if $rare{$pair} >= 0.05 * $least;
}
for my $list (grep { @$_ > $common } @seeking)
{
	my %in = map { $_ => 1 } @$list;
	for my $pair (keys %shared)
	{
		$shared{$pair}++ if $in{ int($pair / 0x1000000) } && $in{ $pair % 0x1000000 };
	}
}
for my $pair (sort { $a <=> $b } keys %shared)
{
	my ($a, $b) = (int($pair / 0x1000000), $pair % 0x1000000);
	my $jaccard = $shared{$pair} / ($set[$a] + $set[$b] - $shared{$pair});
	printf "%s\t%s\t%.4f\n", $id[$a], $id[$b], $jaccard if $jaccard >= 0.2;
}
