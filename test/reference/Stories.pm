# A second implementation of doc/stories.md: the slow and obvious one. It
# compares all articles with all, and looks at all pairs of clusters for each
# merge. Meant to be read beside the page, section by section.
package Stories;

use strict;
use warnings;
no warnings qw(portable);    # hexadecimal numbers of 64 bits

use Exporter qw(import);
use Simhash qw(words word_hash shingle_hash bytes_hash);

our @EXPORT_OK = qw(stories leads text_terms lexeme_terms);

use constant {
	ONE => 2**24,             # similarities
	HOUR => 3_600_000_000,    # microseconds
};

sub mul { use integer; return $_[0] * $_[1]; }
sub add { use integer; return $_[0] + $_[1]; }
sub unsigned { return unpack 'Q', pack 'q', $_[0]; }

# ---------------------------------------------------------------------------
# Terms

# The terms of words in a row, [ hash, letter without spaces? ], as [ hash, times ].
sub part_terms
{
	my ($title, @words) = @_;
	my @hashes = map { $_->[0] } @words;
	my @terms;

	foreach my $i (0 .. $#words)
	{
		my $times = $title || $i < 50 ? 2 : 1;
		my $row = 0;

		$row++ while $row < 3 && $row <= $i && $words[ $i - $row ][1];
		push @terms, [ $hashes[$i] & ~1, $times ] if $row < 2;
		push @terms, [ shingle_hash(@hashes[ $i - 1, $i ]) | 1, $times ] if $row == 0 && $i > 0;
		push @terms, [ shingle_hash(@hashes[ $i - 1, $i ]) & ~1, $times ] if $row >= 2;
		push @terms, [ shingle_hash(@hashes[ $i - 2 .. $i ]) | 1, $times ] if $row == 3;
	}
	return @terms;
}

sub hashed_words
{
	return map { [ word_hash($_), length == 1 && Simhash::class($_) eq 'L' ] } words($_[0] // '');
}

# The terms of an article, undef for one without words.
sub text_terms
{
	my ($title, $body) = @_;
	my @body = hashed_words($body);

	return undef if !@body;
	return [ part_terms(0, @body), part_terms(1, hashed_words($title)) ];
}

# The same of lexemes: [ lexeme, [ position, label ] ... ] ...
sub lexeme_terms
{
	my @lexemes = @_;
	my (@terms, @places, @run);

	return undef if !@lexemes;
	foreach (@lexemes)
	{
		my ($lexeme, @positions) = @$_;
		my $hash = word_hash($lexeme);

		push @terms, [ $hash & ~1, 1 ] if !@positions;
		push @places, map { [ $_->[0], $hash, $_->[1] eq 'A' ? 1 : 0 ] } @positions;
	}
	@places = sort { $a->[0] <=> $b->[0] or $a->[1] <=> $b->[1] } @places;
	while (@places)
	{
		my $title = $places[0][2];
		my @words;

		push @words, [ shift(@places)->[1], 0 ] while @places && $places[0][2] == $title;
		push @terms, part_terms($title, @words);
	}
	return \@terms;
}

sub key
{
	my ($terms) = @_;
	my ($first, $second) = (0, 0);

	foreach (@$terms)
	{
		my ($hash, $times) = @$_;
		my $mixed = unsigned(mul($hash ^ $hash >> 29, 0xD1342543DE82EF95));

		$first = add($first, mul($hash, $times));
		$second = add($second, mul($mixed ^ $mixed >> 32, $times));
	}
	return sprintf '%016x%016x', unsigned($first), unsigned($second);
}

# ---------------------------------------------------------------------------
# Numbers

# log2(x / 2^16) in 2^-16
sub log2
{
	use integer;
	my ($x) = @_;
	my $result = 0;

	($x, $result) = ($x / 2, $result + 65536) while $x >= 131072;
	$x <<= 14;
	for (my $bit = 32768; $bit; $bit >>= 1)
	{
		$x = $x * $x >> 30;
		($x, $result) = ($x >> 1, $result + $bit) if $x >= 1 << 31;
	}
	return $result;
}

sub root
{
	use integer;
	my ($x) = @_;
	my $r = int sqrt $x;

	$r-- while $r * $r > $x;
	$r++ while ($r + 1) * ($r + 1) <= $x;
	return $r;
}

sub decay
{
	use integer;
	my $value = 1 << 48;

	$value -= $value / 168 foreach 1 .. $_[0];
	return $value >> 24;
}

# ---------------------------------------------------------------------------
# The stories of articles { terms, time (microseconds or undef) }, in order of
# rows: the number of each, or undef.
sub stories
{
	my ($threshold, @rows) = @_;
	my @articles = articles(\@rows);

	weigh(@articles);
	my $similarity = scale(similarities(@articles));
	my $cluster = average_link($similarity, sprintf('%.0f', $threshold * ONE), scalar @articles);
	my $next = 0;
	my %number;

	return map { defined $_->{article} ? $number{ $cluster->[ $_->{article} ] } //= $next++ : undef } @rows;
}

# One article of all copies of a text within three days from the first.
sub articles
{
	my ($rows) = @_;
	my (@articles, $first);

	my @with_terms = grep { $_->{terms} } @$rows;
	$_->{key} = key($_->{terms}) foreach @with_terms;
	foreach my $row (sort { $a->{key} cmp $b->{key} or by_time($a, $b) } @with_terms)
	{
		my $copy = $first && $first->{key} eq $row->{key}
		  && (defined $first->{time} && defined $row->{time}
			? $row->{time} - $first->{time} <= 72 * HOUR
			: !defined $first->{time} && !defined $row->{time});

		if (!$copy)
		{
			$first = { key => $row->{key}, time => $row->{time}, terms => $row->{terms} };
			push @articles, $first;
		}
		push @{ $first->{rows} }, $row;
	}

	@articles = sort { by_time($a, $b) or $a->{key} cmp $b->{key} } @articles;
	foreach my $i (0 .. $#articles)
	{
		$_->{article} = $i foreach @{ $articles[$i]{rows} };
	}
	return @articles;
}

# those without a time last
sub by_time
{
	my ($x, $y) = @_;

	return (defined $y->{time}) <=> (defined $x->{time}) || ($x->{time} // 0) <=> ($y->{time} // 0);
}

sub weigh
{
	use integer;
	my @articles = @_;
	my %frequency;

	foreach my $article (@articles)
	{
		my %count;

		$count{ $_->[0] } += $_->[1] foreach @{ $article->{terms} };
		$frequency{$_}++ foreach keys %count;
		$article->{count} = \%count;
	}
	foreach my $article (@articles)
	{
		my %weight;
		my $sum = 0;

		foreach my $term (keys %{ $article->{count} })
		{
			my $f = $frequency{$term};
			my $count = $article->{count}{$term};

			next if $f == 1 || 10 * $f > 3 * @articles;
			my $idf = log2(65536 + (@articles << 16) / $f);

			$idf = $idf * 45875 >> 16 if $term & 1;
			$count = 63 if $count > 63;
			$weight{$term} = (65536 + (log2($count << 16) * 45426 >> 16)) * $idf >> 20;
			$sum += $weight{$term} * $weight{$term};
		}
		my $norm = root($sum);

		$_ = (($_ << 15) + $norm / 2) / $norm foreach values %weight;
		$article->{weight} = \%weight;
	}
	return;
}

# { i => { j => similarity } }, both ways
sub similarities
{
	use integer;
	my @articles = @_;
	my %similarity;

	foreach my $i (0 .. $#articles)
	{
		foreach my $j (0 .. $i - 1)
		{
			my ($x, $y) = @articles[ $j, $i ];
			my $product = 0;

			$product += $x->{weight}{$_} * ($y->{weight}{$_} // 0) foreach keys %{ $x->{weight} };
			my $s = $product >> 6;

			if (defined $x->{time} && defined $y->{time})
			{
				my $apart = $y->{time} - $x->{time};

				next if $apart > 720 * HOUR;
				$s = $s * decay($apart / HOUR) >> 24;
			}
			$similarity{$i}{$j} = $similarity{$j}{$i} = $s if $s >= ONE * 3 / 100;
		}
	}
	return \%similarity;
}

sub scale
{
	use integer;
	my ($similarity) = @_;
	my (%radius, %scaled);

	foreach my $i (keys %$similarity)
	{
		my @largest = sort { $b <=> $a } map { cap($_) } values %{ $similarity->{$i} };

		$radius{$i} = ONE / 10 + ($largest[0] + ($largest[1] // 0)) / 2;
	}
	foreach my $i (keys %$similarity)
	{
		foreach my $j (keys %{ $similarity->{$i} })
		{
			my $c = cap($similarity->{$i}{$j}) << 24;

			$scaled{$i}{$j} = ($c / $radius{$i} + $c / $radius{$j}) * 7 / 40;
		}
	}
	return \%scaled;
}

sub cap
{
	use integer;
	my ($s) = @_;

	return $s < ONE * 3 / 10 ? $s : ONE * 3 / 10;
}

# The leads of stories { story => id }, of rows { id, story, terms, time }.
sub leads
{
	my @rows = @_;
	my @articles = articles(\@rows);
	my (%of_story, %lead);

	weigh(@articles);
	push @{ $of_story{ $_->{story} } }, $_ foreach sort { by_time($a, $b) } @rows;
	foreach my $story (keys %of_story)
	{
		my %distinct = map { $_->{article} => 1 } @{ $of_story{$story} };
		my (%center, $best);

		foreach my $weight (map { $articles[$_]{weight} } keys %distinct)
		{
			$center{$_} += $weight->{$_} foreach keys %$weight;
		}
		foreach my $row (@{ $of_story{$story} })
		{
			my $weight = $articles[ $row->{article} ]{weight};
			my $product = 0;

			$product += $weight->{$_} * $center{$_} foreach keys %$weight;
			($best, $lead{$story}) = ($product, $row->{id}) if !defined $best || $product > $best;
		}
	}
	return \%lead;
}

# The cluster of each article, known by its first member.
sub average_link
{
	use integer;
	my ($sum, $threshold, $n) = @_;
	my @size = (1) x $n;
	my @cluster = 0 .. $n - 1;

	for (;;)
	{
		my ($best, $x, $y) = (0);

		foreach my $i (sort { $a <=> $b } keys %$sum)
		{
			foreach my $j (sort { $a <=> $b } grep { $_ > $i } keys %{ $sum->{$i} })
			{
				my $average = $sum->{$i}{$j} / ($size[$i] * $size[$j]);

				($best, $x, $y) = ($average, $i, $j) if $average > $best;
			}
		}
		last if $best < $threshold || $best == 0;

		my $gone = delete $sum->{$y};

		foreach my $j (keys %$gone)
		{
			delete $sum->{$j}{$y};
			next if $j == $x;
			$sum->{$x}{$j} = $sum->{$j}{$x} = ($sum->{$x}{$j} // 0) + $gone->{$j};
		}
		$size[$x] += $size[$y];
		$_ = $_ == $y ? $x : $_ foreach @cluster;
	}
	return \@cluster;
}

1;
