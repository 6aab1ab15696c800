#!/usr/bin/perl
#
# unicode_fold.pl - generate src/text/unicode_fold.h
#
# usage: tools/unicode_fold.pl UCD > src/text/unicode_fold.h
#
# UCD is a directory with the Unicode Character Database, such as Debian's
# package unicode-data installs.  The output is committed and frozen: another
# version of Unicode would change stored fingerprints.  It is run again only
# for a successor of to_simhash().
#
# What the tables say is defined in doc/fingerprint.md, "Folding" and
# "Classes".  What is listed here, as Unicode has no property that says so, are
# facts about letters, looked up in Apache Lucene's ASCIIFoldingFilter,
# ArabicNormalizer and PersianNormalizer; doc/fingerprint.md says where this
# differs from them.

use strict;
use warnings;

my $ucd = shift or die "usage: $0 directory-of-the-UCD\n";

# Classes, as in doc/fingerprint.md.  Their numbers are known to words.c by
# these names only.
my %class = (
	SEPARATOR => 0,
	IGNORED => 1,
	LETTER => 2,
	DIGIT => 3,
	OTHER => 4,
	SOLO => 5,
	APOSTROPHE => 6,
	FULL_STOP => 7,
	COMMA => 8,
	AMPERSAND => 9,
	HANGUL => 10,
	NUMBER_SPACE => 11);
my $first_offset = 16;          # smaller entries are classes

# Punctuation with a part in words.
my %special = (
	0x0026 => 'AMPERSAND',
	0x0027 => 'APOSTROPHE',
	0x2018 => 'APOSTROPHE',
	0x2019 => 'APOSTROPHE',
	0x201B => 'APOSTROPHE',
	(map { $_ => 'APOSTROPHE' } 0x02BB .. 0x02BF, 0x05F3),
	0x002C => 'COMMA',
	0x002E => 'FULL_STOP',
	(map { $_ => 'NUMBER_SPACE' } 0x00A0, 0x2007, 0x2009, 0x202F));

# Letters that stretch others, and mean nothing: tatweel, its like in N'Ko and
# Mongolian, and those that carry marks (Joining_Type=Join_Causing).
my %stretches = map { $_ => 1 } 0x0640, 0x07FA, 0x0883 .. 0x0885, 0x180A;

# What readers take for the same, beside digits and Latin letters with strokes
# and hooks, which are found by their properties and names.
my %alike = (
	0x00E6 => 'ae', 0x0153 => 'oe', 0x00F0 => 'd', 0x00FE => 'th',
	0x0131 => 'i', 0x0237 => 'j', 0x0138 => 'q', 0x014B => 'n',
	0x0261 => 'g', 0x0275 => 'o', 0x0289 => 'u',
	0x066B => '.', 0x066C => ',',
	# alef wasla; teh marbuta and its goal form, heh goal, ae: heh
	0x0671 => "\x{0627}",
	(map { $_ => "\x{0647}" } 0x0629, 0x06C1, 0x06C3, 0x06D5),
	# alef maksura, Farsi yeh, yeh barree: yeh; keheh: kaf
	(map { $_ => "\x{064A}" } 0x0649, 0x06CC, 0x06D2),
	0x06A9 => "\x{0643}",
	# Yiddish digraphs
	0x05F0 => "\x{05D5}\x{05D5}", 0x05F1 => "\x{05D5}\x{05D9}", 0x05F2 => "\x{05D9}\x{05D9}");

# Call $code for every code point and value in a file of "first..last ; value".
sub each_range
{
	my ($file, $code) = @_;
	open my $fh, '<:encoding(UTF-8)', "$ucd/$file" or die "$ucd/$file: $!\n";
	while (<$fh>)
	{
		next unless /^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*([^#]*?)\s*(?:#|$)/;
		my ($first, $last, $value) = (hex $1, hex($2 // $1), $3);
		$code->($_, $value) for $first .. $last;
	}
	close $fh;
}

my (%category, %combining, %decomposition, %compatibility, %casefold, %ignorable, %solo, %digit, %stroked);

open my $data, '<', "$ucd/UnicodeData.txt" or die "$ucd/UnicodeData.txt: $!\n";
my $range_first;
while (<$data>)
{
	my ($hex, $name, $gc, $ccc, undef, $mapping, $digit) = split /;/;
	my $cp = hex $hex;
	if ($name =~ /, First>$/) { $range_first = $cp; next; }
	if ($name =~ /, Last>$/) { $category{$_} = $gc for $range_first .. $cp; next; }
	$category{$cp} = $gc;
	$combining{$cp} = 1 if $ccc != 0;
	$digit{$cp} = $digit if $gc eq 'Nd';
	$stroked{$cp} = lc $1 if $name =~ /^LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]) WITH /;
	next if $mapping eq '';
	$compatibility{$cp} = 1 if $mapping =~ s/^<\w+> //;
	$decomposition{$cp} = [ map { hex } split / /, $mapping ];
}
close $data;

open my $folding, '<:encoding(UTF-8)', "$ucd/CaseFolding.txt" or die "$ucd/CaseFolding.txt: $!\n";
my $version;
while (<$folding>)
{
	$version //= $1 if /^# CaseFolding-([\d.]+)\.txt/;
	# C (common) and F (full): the language-independent folding
	$casefold{ hex $1 } = [ map { hex } split / /, $2 ] if /^([0-9A-F]+); [CF]; ([0-9A-F ]+);/;
}
close $folding;

each_range('DerivedCoreProperties.txt', sub { $ignorable{ $_[0] } = 1 if $_[1] eq 'Default_Ignorable_Code_Point' });
each_range('PropList.txt', sub { $solo{ $_[0] } = 1 if $_[1] eq 'Ideographic' });
each_range('LineBreak.txt', sub { $solo{ $_[0] } = 1 if $_[1] eq 'SA' });
each_range('Scripts.txt', sub { $solo{ $_[0] } = 1 if $_[1] =~ /^(Han|Hiragana|Katakana|Bopomofo|Yi)$/ });
each_range('ScriptExtensions.txt', sub { $solo{ $_[0] } = 1 if $_[1] =~ /\b(Hani|Hira|Kana|Bopo|Yiii)\b/ });

# Decompose a list of code points: canonically, or also by compatibility.
# Marks need no reordering: all that could move are dropped.
sub decompose
{
	my ($compat, @cps) = @_;
	return map {
		my $cp = $_;
		my $d = $decomposition{$cp};
		  $cp >= 0xAC00 && $cp <= 0xD7A3 ? hangul($cp)
		: !$d || ($compatibility{$cp} && !$compat) ? $cp
		:   decompose($compat, @$d)
	} @cps;
}

# Hangul syllables decompose by arithmetic (Unicode, section 3.12).
sub hangul
{
	my $s = shift() - 0xAC00;
	my @jamo = (0x1100 + int($s / 588), 0x1161 + int($s % 588 / 28));
	push @jamo, 0x11A7 + $s % 28 if $s % 28;
	return @jamo;
}

sub casefold { return map { @{ $casefold{$_} // [$_] } } @_ }

sub dropped
{
	my $cp = shift;
	return $ignorable{$cp} || $combining{$cp} || $stretches{$cp} || ($category{$cp} // 'Cn') =~ /^M[ne]$/;
}

sub alike
{
	my $cp = shift;
	my $same = $alike{$cp} // $digit{$cp} // $stroked{$cp} // return $cp;
	return map { ord } split //, $same;
}

# Compatibility caseless matching (Unicode, D146), without the dropped ones,
# and letters for those that are taken for the same.
sub fold
{
	return map { ($special{$_} // '') eq 'NUMBER_SPACE' ? $_ : fold_one($_) } @_;
}

sub fold_one
{
	return map { alike($_) } grep { !dropped($_) }
	  decompose(1, casefold(decompose(1, casefold(decompose(0, @_)))));
}

sub class_of
{
	my $cp = shift;
	my $gc = $category{$cp} // 'Cn';
	return $special{$cp} if $special{$cp};
	return 'SEPARATOR' unless $gc =~ /^(?:L|N|Mc)/;
	return 'SOLO' if $solo{$cp};
	return 'LETTER' if $gc =~ /^L/;
	return $gc eq 'Nd' ? 'DIGIT' : 'OTHER';
}

# One entry a code point: a class, or the offset of a folded sequence in
# @map, where the first element is the length and the others are code points
# with their class in the top byte.
my @map = (0) x $first_offset;
my %offset;
my @entry;
for my $cp (0 .. 0x10FFFF)
{
	if ($cp >= 0xAC00 && $cp <= 0xD7A3) { $entry[$cp] = $class{HANGUL}; next; }
	my @folded = fold($cp);
	die sprintf "folding U+%04X is not idempotent\n", $cp if "@{[fold(@folded)]}" ne "@folded";
	die sprintf "folding U+%04X depends on its form\n", $cp
	  if ("@{[fold(decompose(1, $cp))]}" ne "@folded" || "@{[fold(decompose(0, $cp))]}" ne "@folded") &&
	  ($special{$cp} // '') ne 'NUMBER_SPACE';

	if (!@folded) { $entry[$cp] = $class{IGNORED}; next; }
	if (@folded == 1 && $folded[0] == $cp) { $entry[$cp] = $class{ class_of($cp) }; next; }
	$entry[$cp] = $offset{"@folded"} //= do
	{
		push @map, scalar @folded, map { $class{ class_of($_) } << 24 | $_ } @folded;
		@map - @folded - 1;
	};
}
die "too many folded sequences\n" if @map > 0xFFFF;

# Equal blocks of entries are stored once.
my $shift = 7;
my (@block, %block_number, @entries);
for (my $cp = 0; $cp <= 0x10FFFF; $cp += 1 << $shift)
{
	my @b = @entry[ $cp .. $cp + (1 << $shift) - 1 ];
	push @block, $block_number{"@b"} //= do { push @entries, @b; @entries / (1 << $shift) - 1 };
}

sub table
{
	my ($type, $name, $format, @values) = @_;
	my $text = "static const $type ${name}[" . @values . "] = {\n";
	while (my @line = splice @values, 0, $format eq '%d' ? 16 : 8)
	{
		$text .= "\t" . join(', ', map { sprintf $format, $_ } @line) . ",\n";
	}
	return $text . "};\n";
}

print <<"HEADER";
/*-------------------------------------------------------------------------
 *
 * unicode_fold.h
 *	  Folding and word classes of every code point.
 *
 * Generated by tools/unicode_fold.pl from the Unicode Character Database,
 * version $version.  Frozen: stored fingerprints depend on it.
 *
 * unicode_fold_entry[] holds a number for each code point, found through
 * unicode_fold_block[]: below UNICODE_FOLD_MAPPED, the class of a code point
 * that folds to itself; else where in unicode_fold_map[] its folded sequence
 * lies: the length, then the code points, each with its class in the top
 * byte.
 *
 *-------------------------------------------------------------------------
 */
#ifndef UNICODE_FOLD_H
#define UNICODE_FOLD_H

#include <stdint.h>

#define UNICODE_FOLD_VERSION "$version"
#define UNICODE_FOLD_SHIFT $shift
#define UNICODE_FOLD_MAPPED $first_offset

typedef enum CharClass
{
HEADER
print join(",\n", map { "\tCHAR_$_ = $class{$_}" } sort { $class{$a} <=> $class{$b} } keys %class), "\n";
print "} CharClass;\n\n";
print table('uint16_t', 'unicode_fold_block', '%d', @block), "\n";
print table('uint16_t', 'unicode_fold_entry', '%d', @entries), "\n";
print table('uint32_t', 'unicode_fold_map', '0x%08X', @map), "\n";
print "#endif\t\t\t\t\t\t\t/* UNICODE_FOLD_H */\n";
