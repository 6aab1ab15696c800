#!/usr/bin/perl
#
# obfuscate.pl - a passage of one article, rewritten by a script, in another
#
# usage: obfuscate.pl < PAIRS > CASES
#
# Of each pair of unrelated articles with 500 words and more, 200 to 300 words of b
# go into a: as they are, with every tenth to second word replaced by one of a's, or
# with the words of each six shuffled. Lines for COPY of kind, a, b, and where the
# passage stands in both, in words: texts are words with a space between.

use strict;
use warnings;

my $state = 11;

sub below
{
	$state = ($state * 1103515245 + 12345) % 2**31;
	return int($state / 256) % $_[0];
}

my %kinds = (
	'as it is' => sub { @_ },
	'1 in 10 replaced' => sub { replaced(10, @_) },
	'1 in 5 replaced' => sub { replaced(5, @_) },
	'1 in 3 replaced' => sub { replaced(3, @_) },
	'1 in 2 replaced' => sub { replaced(2, @_) },
	'sentences shuffled' => sub { shuffled(20, @_) },
	'words of six shuffled' => sub {
		my @words = @_;
		my @new;
		while (my @six = splice @words, 0, 6) { push @new, shuffled(1, @six) }
		@new;
	});
my @other;

sub replaced
{
	my ($n, @words) = @_;
	return map { below($n) == 0 ? $other[ below(scalar @other) ] : $_ } @words;
}

# In pieces of n words, in another order.
sub shuffled
{
	my ($n, @words) = @_;
	my (@pieces, @new);
	while (my @piece = splice @words, 0, $n) { push @pieces, [@piece] }
	push @new, @{ splice @pieces, below(scalar @pieces), 1 } while @pieces;
	return @new;
}

binmode STDIN, ':utf8';
binmode STDOUT, ':utf8';
my $n = 0;
while (<STDIN>)
{
	chomp;
	my ($set, $label, $half, $a, $b) = split /\t/;
	s/\\[tnr]|[^\w']+/ /g foreach $a, $b;
	my @a = split ' ', $a;
	my @b = split ' ', $b;

	next if $set ne 'news_scale' || @a < 500 || @b < 500 || $n++ >= 100;
	@other = @a;
	foreach my $kind (sort keys %kinds)
	{
		my $length = 200 + below(101);
		my ($from, $at) = (below(@b - $length), below(scalar @a));
		my @new = $kinds{$kind}->(@b[ $from .. $from + $length - 1 ]);

		print join("\t", $kind, join(' ', @a[ 0 .. $at - 1 ], @new, @a[ $at .. $#a ]), join(' ', @b), $at, $from, $length), "\n";
	}
}
