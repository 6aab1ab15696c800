#!/usr/bin/perl
#
# pairs.pl - pairs of articles that readers labelled, and pairs at random
#
# usage: pairs.pl DATA > PAIRS
#
# DATA has the folders counter_urdu, scissors_paste and news_scale. Lines for COPY
# of set, label, half, a, b.

use strict;
use warnings;

use IO::Uncompress::Gunzip;
use JSON::PP;

my $data = shift // die "usage: pairs.pl DATA\n";
my $state = 7;

sub below
{
	$state = ($state * 1103515245 + 12345) % 2**31;
	return int($state / 256) % $_[0];
}

sub texts
{
	my $file = IO::Uncompress::Gunzip->new("$data/$_[0]/articles.jsonl.gz", MultiStream => 1)
	  or die "no $data/$_[0]/articles.jsonl.gz\n";
	my (%text, @ids);

	while (defined(my $line = $file->getline))
	{
		my $row = decode_json($line);

		push @ids, $row->{id};
		$text{ $row->{id} } = $row->{text};
	}
	return (\%text, \@ids);
}

sub rows
{
	open my $file, '<', "$data/$_[0]" or die "no $data/$_[0]\n";
	my @rows = map { chomp; [ split /\t/ ] } <$file>;

	shift @rows;
	return @rows;
}

my %escape = ("\\" => "\\\\", "\t" => "\\t", "\n" => "\\n", "\r" => "\\r");
my %number;

sub pair
{
	my ($set, $label, @texts) = @_;

	s/([\\\t\n\r])/$escape{$1}/g for @texts;
	print join("\t", $set, $label, $number{$set}++ % 2, @texts), "\n";
}

binmode STDOUT, ':utf8';

my ($text, $ids) = texts('counter_urdu');
my %class = (WD => 'wholly derived', PD => 'partially derived', ND => 'non derived');
pair('counter_urdu', $class{ $_->[2] }, $text->{ $_->[0] }, $text->{ $_->[1] }) foreach rows('counter_urdu/pairs.tsv');
my @agency = grep { !/p$/ } @$ids;
for (1 .. 300)
{
	my ($a, $b) = (below(scalar @agency), below(scalar @agency));
	pair('counter_urdu', 'random', $text->{ $agency[$a] }, $text->{ $agency[$b] }) if $a != $b;
}

($text, $ids) = texts('scissors_paste');
my (%members, %kind, %known);
foreach (rows('scissors_paste/families.tsv'))
{
	$kind{ $_->[0] } = $_->[1];
	push @{ $members{ $_->[0] } }, $_->[2];
}
foreach my $family (sort keys %members)
{
	my @m = @{ $members{$family} };
	for my $j (1 .. $#m)
	{
		for my $i (0 .. $j - 1)
		{
			$known{"$m[$i] $m[$j]"} = $known{"$m[$j] $m[$i]"} = 1;
			pair('scissors_paste', $kind{$family}, $text->{ $m[$i] }, $text->{ $m[$j] });
		}
	}
}
foreach (rows('scissors_paste/exact_pairs.tsv'))
{
	pair('scissors_paste', 'like in form', $text->{ $_->[0] }, $text->{ $_->[1] }) unless $known{"$_->[0] $_->[1]"};
}

($text, $ids) = texts('news_scale');
for (1 .. 2000)
{
	my ($a, $b) = (below(scalar @$ids), below(scalar @$ids));
	pair('news_scale', 'random', $text->{ $ids->[$a] }, $text->{ $ids->[$b] }) if $a != $b;
}
