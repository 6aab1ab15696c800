# The rooms of src/ are those of the table in doc/architecture.md: what a file
# includes is of its own room or of one that the table allows, and raw files
# have no PostgreSQL in them. PostgreSQL's modules aren't needed: test/lint runs
# this as well.

use strict;
use warnings;

use File::Find;
use Test::More;

my $top = $ENV{TESTDIR} // '.';

sub slurp
{
	my ($path) = @_;
	open my $file, '<', $path or die "could not open $path: $!";
	local $/;
	return scalar <$file>;
}

# The table: of a room its patterns of files, and what it may include.
my %room;
my $page = slurp("$top/doc/architecture.md");
my ($table) = $page =~ /^\| room \|.*\n\|[-|]+\n((?:\|.*\n)+)/m;
foreach my $line (split /\n/, $table // '')
{
	my (undef, $name, $raw, $server, $allowed) = split /\s*\|\s*/, $line;
	$name = '.' if $name eq 'the module';
	$room{$name} = {
		raw => [ $raw =~ /`([^`]+)`/g ],
		server => [ $server =~ /`([^`]+)`/g ],
		allowed => { map { $_ => 1 } $allowed =~ /\w+/g } };
}
cmp_ok(scalar(keys %room), '>', 5, 'the table is there');

# Does one of these patterns mean the file?
sub listed
{
	my ($name, @patterns) = @_;
	return grep { my $p = quotemeta; $p =~ s/\\\*/.*/g; $name =~ /^$p$/ } @patterns;
}

# Of a file: its room, whether it is raw, what it includes of src/ and what else
# it has in quotation marks.
my (%file, @unlisted);
find({ no_chdir => 1, wanted => sub {
	return unless m{/src/(?:(.*)/)?([^/]+\.[ch])$};
	my ($dir, $name) = ($1 // '.', $2);
	my $path = $dir eq '.' ? $name : "$dir/$name";
	my $row = $room{$dir} // {};
	my @includes = slurp($_) =~ /^\s*#\s*include\s+"([^"]+)"/mg;

	$file{$path} = {
		room => $dir,
		raw => scalar(listed($name, @{ $row->{raw} // [] })),
		includes => [ grep { -e "$top/src/$_" } @includes ],
		foreign => [ grep { !-e "$top/src/$_" } @includes ] };
	push @unlisted, $path
	  unless listed($name, @{ $row->{raw} // [] }, @{ $row->{server} // [] });
} }, "$top/src");
is("@unlisted", '', 'each file is in the table');

my (@upward, @not_raw);
foreach my $path (sort keys %file)
{
	my $this = $file{$path};
	my $allowed = $room{ $this->{room} }{allowed} // {};

	foreach my $include (@{ $this->{includes} })
	{
		my $other = $file{$include};
		push @upward, "$path -> $include"
		  unless $other->{room} eq $this->{room} || $allowed->{all} || $allowed->{ $other->{room} };
		push @not_raw, "$path -> $include" if $this->{raw} && !$other->{raw};
	}
	push @not_raw, map { "$path -> $_" } @{ $this->{foreign} } if $this->{raw};
}
is(join("\n", @upward), '', 'no include but to rooms that the table allows');
is(join("\n", @not_raw), '', 'raw files include raw ones only');

# A room is above all that it includes, so there are no circles among rooms.
# How it looks: nodes on how many floors, with how many arrows and circles.
sub shape
{
	my ($node_of) = @_;
	my (%to, %floor, %open, $circles);

	foreach my $path (keys %file)
	{
		my $node = $node_of->($path);
		$to{$node} //= {};
		foreach (map { $node_of->($_) } @{ $file{$path}{includes} })
		{
			$to{$node}{$_} = 1 unless $_ eq $node;
		}
	}
	$circles = 0;
	my $visit;
	$visit = sub {
		my ($node) = @_;
		return $floor{$node} if defined $floor{$node};
		if ($open{$node})
		{
			$circles++;
			return 0;
		}
		$open{$node} = 1;
		my $highest = 0;
		foreach (sort keys %{ $to{$node} })
		{
			my $below = $visit->($_);
			$highest = $below if $below > $highest;
		}
		delete $open{$node};
		return $floor{$node} = $highest + 1;
	};
	$visit->($_) foreach sort keys %to;
	my ($floors) = sort { $b <=> $a } values %floor;
	my $arrows = 0;
	$arrows += keys %$_ foreach values %to;
	return (scalar(keys %to), $floors, $arrows, $circles);
}

my @rooms = shape(sub { $file{ $_[0] }{room} });
is($rooms[3], 0, 'no circles among rooms');
diag(sprintf '%d rooms on %d floors, %d arrows, %d circles', @rooms);

# A header and the source of the same name are one.
diag(sprintf '%d files, headers aside, on %d floors, %d arrows, %d circles',
	shape(sub { $_[0] =~ s/\.[ch]$//r }));

done_testing();
