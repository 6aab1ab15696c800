#!/usr/bin/perl
#
# plot.pl - an SVG of recall against false pairs, for each method
#
# usage: plot.pl < CURVES > FILE.svg
#
# CURVES has the method, the share of copies found and the share of unrelated
# pairs within a radius a line, for ascending radii. Shares below 1e-8 are
# drawn at 1e-8.

use strict;
use warnings;

my ($left, $top, $width, $height) = (60, 20, 480, 300);
my ($least, $most) = (-8, 0);
my @colors = ('#1b6ca8', '#c2452d', '#2e8b57', '#8e5ea2', '#b8860b', '#555555');
my (%points, @methods);

while (<STDIN>)
{
	my ($method, $recall, $share) = split;
	push @methods, $method unless $points{$method};
	my $log = $share > 0 ? log($share) / log(10) : $least;
	$log = $least if $log < $least;
	push @{ $points{$method} }, sprintf '%.1f,%.1f',
	  $left + $width * ($log - $least) / ($most - $least), $top + $height * (1 - $recall);
}
@methods = sort {
	my ($x) = $a =~ /^(\d+)_bits/;
	my ($y) = $b =~ /^(\d+)_bits/;
	($y // 0) <=> ($x // 0) || $a cmp $b
} @methods;

printf qq(<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">\n),
  $left + $width + 190, $top + $height + 50;
print qq(<rect width="100%" height="100%" fill="white"/>\n);
for my $i ($least .. $most)
{
	my $x = $left + $width * ($i - $least) / ($most - $least);
	printf qq(<path d="M%.1f %dv%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>\n),
	  $x, $top, $height, $x, $top + $height + 18, $i == 0 ? '1' : "1e$i";
}
for my $i (0 .. 5)
{
	my $y = $top + $height * (1 - $i / 5);
	printf qq(<path d="M%d %.1fh%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>\n),
	  $left, $y, $width, $left - 8, $y + 4, $i / 5;
}
printf qq(<text x="%d" y="%d" text-anchor="middle">share of unrelated pairs within the radius</text>\n),
  $left + $width / 2, $top + $height + 40;
printf qq(<text transform="translate(16 %d) rotate(-90)" text-anchor="middle">share of copies (J &#8805; .4) found</text>\n),
  $top + $height / 2;
for my $i (0 .. $#methods)
{
	my $method = $methods[$i];
	my $color = $colors[ $i % @colors ];
	(my $name = $method) =~ tr/_/ /;
	print qq(<polyline fill="none" stroke="$color" stroke-width="2" points="@{ $points{$method} }"/>\n);
	printf qq(<path d="M%d %dh20" stroke="%s" stroke-width="2"/><text x="%d" y="%d">%s</text>\n),
	  $left + $width + 15, $top + 20 * $i + 10, $color, $left + $width + 40, $top + 20 * $i + 14, $name;
}
print "</svg>\n";
