#!/usr/bin/perl
#
# Precision, recall and F1 of texts against marked ones, for bench/html/run:
# word 4-grams as multisets, a page's share each, means over pages.

use strict;
use warnings;

use JSON::PP;

my $json = JSON::PP->new->utf8;
my %sum;

sub grams
{
	my @words = ($_[0] // '') =~ /\w+/g;
	my %grams;

	return \%grams unless @words;
	my $last = @words < 4 ? 0 : @words - 4;
	$grams{ join ' ', grep { defined } @words[ $_ .. $_ + 3 ] }++ foreach 0 .. $last;
	return \%grams;
}

sub total
{
	my $sum = 0;

	$sum += $_ foreach values %{ $_[0] };
	return $sum;
}

while (<STDIN>)
{
	my $page = $json->decode($_);
	my ($gold, $text) = map { grams($page->{$_}) } qw(gold text);
	my $common = 0;

	foreach my $gram (grep { $gold->{$_} } keys %$text)
	{
		$common += $text->{$gram} < $gold->{$gram} ? $text->{$gram} : $gold->{$gram};
	}
	foreach my $set ('all', $page->{half} == 0 ? 'one half' : 'the other')
	{
		my $s = $sum{$set} //= { pages => 0, precision => [], recall => [] };

		$s->{pages}++;
		push @{ $s->{precision} }, $common / total($text) if %$text;
		push @{ $s->{recall} }, $common / total($gold) if %$gold;
	}
}
foreach my $set ('all', 'one half', 'the other')
{
	my $s = $sum{$set} or next;
	my ($p, $r) = map { my $sum = 0; $sum += $_ foreach @{ $s->{$_} }; $sum / (@{ $s->{$_} } || 1) } qw(precision recall);

	printf "%-10s %5d pages  precision %.3f  recall %.3f  F1 %.3f\n", $set, $s->{pages}, $p, $r,
	  $p + $r ? 2 * $p * $r / ($p + $r) : 0;
}
