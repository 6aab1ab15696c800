#!/usr/bin/perl
#
# forms.pl - filled-in forms with different facts, in pairs
#
# usage: forms.pl N > PAIRS
#
# N forms of each of seven kinds, all pairs of a kind: lines for COPY of set, label,
# half, a, b. The same in every run.

use strict;
use warnings;

my $n = shift // 60;

# A generator of its own, as rand()'s is the library's.
my $state = 20240229;

sub below
{
	$state = ($state * 1103515245 + 12345) % 2**31;
	return int($state / 65536) % $_[0];
}

sub pick { return $_[ below(scalar @_) ] }
sub from { return $_[0] + below($_[1] - $_[0] + 1) }

my @towns = qw(Orlby Enfurt Marsten Kelso Dunmere Harrow Lindau Selby Torvik Averley Norrund Brixen);
my @first = qw(Anna Peter Maria Thomas Julia Erik Laura Martin Sofia David Clara Simon);
my @last = qw(Lindqvist Harmon Okafor Bergstrom Castell Dumont Reyes Novak Fischer Marlow Tanaka Weiss);
my @days = qw(Monday Tuesday Wednesday Thursday Friday);
my @months = qw(January March April June August October December);
my @sides = qw(north south east west);
my @firms = ('Halden Foods', 'Merivale', 'Brightwater', 'Norsteel', 'Castor Energy', 'Ostmark Bank', 'Vellum Media');

sub person { return pick(@first) . ' ' . pick(@last) }
sub date { return from(1, 28) . ' ' . pick(@months) }

my %form = (
	court => sub {
		my ($who, $town, $age) = (person(), pick(@towns), from(19, 77));
		my $guilty = below(2);
		my $name = (split / /, $who)[1];
		sprintf 'A jury at %s Crown Court found %s, %d, %s of %s on %s after a trial that lasted %d days. '
		  . 'The prosecution had told the court that %s entered the premises in the early hours and took goods worth %d pounds. '
		  . 'The defence said that the evidence of the only witness could not be relied on. '
		  . 'The jury of seven women and five men took %d hours to reach its verdict. '
		  . 'The judge thanked the jurors for their service and said that %s.',
		  $town, $who, $age, $guilty ? 'guilty' : 'not guilty', pick('burglary', 'theft', 'fraud', 'robbery'), pick(@days), from(2, 19),
		  $name, 100 * from(5, 300), from(2, 30),
		  $guilty ? "$name would be sentenced next month" : "$name was free to leave";
	},
	invoice => sub {
		my $net = from(100, 9999);
		sprintf 'Invoice number %d of %s. Bill to %s, %d Station Road, %s. Service: %s. Net amount %d.%02d, tax %d.%02d. '
		  . 'Please pay the amount within %d days by bank transfer to the account below, quoting the number of this invoice. '
		  . 'Thank you for your order. Questions are answered by our office from nine to five on working days.',
		  from(10000, 99999), date(), person(), from(1, 200), pick(@towns), pick('cleaning', 'repair', 'transport', 'consulting'),
		  $net, below(100), int($net / 5), below(100), pick(10, 14, 21, 30);
	},
	quake => sub {
		my ($town, $mag) = (pick(@towns), sprintf '%d.%d', from(3, 5), below(10));
		sprintf 'A magnitude %s earthquake was reported at %d:%02d on %s, %d kilometres %s of %s, at a depth of %d kilometres. '
		  . 'In the past ten days there have been %d earthquakes of magnitude %d and greater centred nearby. '
		  . 'This information comes from the earthquake notification service, and this post was created by an algorithm written by the author.',
		  $mag, below(24), below(60), pick(@days), from(2, 90), pick(@sides), $town, from(1, 40), below(9), from(2, 4);
	},
	weather => sub {
		sprintf 'Forecast for %s and surroundings for %s: %s in the morning, %s in the afternoon, with highs of %d degrees and lows of %d. '
		  . 'Winds from the %s at %d kilometres an hour. The chance of rain is %d per cent. The sun rises at %d:%02d and sets at %d:%02d.',
		  pick(@towns), pick(@days), pick('sunny', 'cloudy', 'foggy', 'rainy'), pick('showers', 'clear skies', 'thunderstorms', 'light snow'),
		  from(8, 35), from(-4, 7), pick(@sides), from(4, 70), 5 * from(0, 20), from(5, 7), below(60), from(17, 21), below(60);
	},
	earnings => sub {
		my $up = below(2);
		sprintf '%s reported a quarterly net %s of %d.%d million, or %d cents a share, compared with %d.%d million a year earlier. '
		  . 'Revenue %s %d per cent to %d million. Analysts had on average expected earnings of %d cents a share. '
		  . 'The company said that it expects revenue of between %d and %d million for the full year. Its shares %s %d.%d per cent in early trading on %s.',
		  pick(@firms), pick('profit', 'loss'), from(2, 90), below(10), from(3, 99), from(2, 90), below(10),
		  $up ? 'rose' : 'fell', from(1, 30), from(50, 900), from(3, 99), from(200, 500), from(501, 900),
		  $up ? 'gained' : 'lost', from(0, 9), below(10), pick(@days);
	},
	table => sub {
		join ' ', 'Results:', map { sprintf '%s %d %s %d.', pick(@towns), below(6), pick(@towns), below(6) } 1 .. 10;
	},
	accident => sub {
		my $town = pick(@towns);
		sprintf 'Police in %s are asking for witnesses after an accident on the road to %s on %s. The %d-year-old driver of a %s car lost control at about %d:%02d '
		  . 'and hit a tree. %s was taken to hospital with %s injuries. The road was closed for %d hours. The damage is put at %d euros. '
		  . 'Whoever saw the accident is asked to call the police station.',
		  $town, pick(@towns), pick(@days), from(18, 88), pick('red', 'blue', 'white', 'black'), from(0, 23), below(60),
		  pick('He', 'She'), pick('serious', 'slight'), from(1, 6), 500 * from(4, 60);
	});

foreach my $kind (sort keys %form)
{
	my @texts = map { $form{$kind}->() } 1 .. $n;

	for my $i (0 .. $#texts)
	{
		for my $j ($i + 1 .. $#texts)
		{
			print join("\t", 'forms', $kind, ($i + $j) % 2, $texts[$i], $texts[$j]), "\n" if $texts[$i] ne $texts[$j];
		}
	}
}
