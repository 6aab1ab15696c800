# What the pages in doc/ name is there: the pages and headings that they link
# to, and the files that doc/architecture.md leads to.

use strict;
use warnings;

use PostgreSQL::Test::Utils;
use Test::More;

my $top = $ENV{TESTDIR};
my %page = map { m{([^/]+)$} => slurp_file($_) } glob "$top/doc/*.md";

cmp_ok(scalar(keys %page), '>', 10, 'there are pages');

# The anchors of a page, made of its headings as GitHub and others do.
sub anchors
{
	my ($text) = @_;
	my %anchor;

	$text =~ s/^```.*?^```$//gms;
	foreach my $heading ($text =~ /^#+ (.*)/mg)
	{
		my $name = lc $heading;
		$name =~ s/[^\w\- ]//g;
		$name =~ s/ /-/g;
		$anchor{$name} = 1;
	}
	return \%anchor;
}

foreach my $name (sort keys %page)
{
	my @broken;

	# Other folders than doc/ aren't here.
	foreach my $link ($page{$name} =~ /\]\(([^)]+)\)/g)
	{
		my ($file, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
		next if $file =~ m{^(?:\.\./|https?:)};
		$file = $name if $file eq '';
		push @broken, $link
		  unless -e "$top/doc/$file" && (!defined $anchor || anchors($page{$file})->{$anchor});
	}
	is("@broken", '', "doc/$name: links");
}

# In the table of rooms, files are those of src/.
my @missing;
foreach my $path ($page{'architecture.md'} =~ /`([\w.\/*-]+)`/g)
{
	my @places = map { "$top/$_$path" } '', 'src/', 'src/*/', 'html/src/', 'test/t/';

	next unless $path =~ m{/|\.(?:[ch]|pl|md|\*)$};
	next if $path =~ m{^(?:bench|debian|expected|seeds|sql)/|NAME|^postgres\.h$};
	push @missing, $path unless grep { -e } map { glob } @places;
}
is("@missing", '', 'doc/architecture.md: files');

done_testing();
