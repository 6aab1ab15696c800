--
-- Words: what of a text counts, by the rules of doc/fingerprint.md
--
-- Each test is a pair of texts and says whether their fingerprints are equal.
-- The texts are in UTF-8; another expected file stands for databases of
-- another encoding, where this one ends here.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SELECT getdatabaseencoding() <> 'UTF8' AS not_utf8 \gset
\if :not_utf8
\quit
\endif
SET client_encoding = 'UTF8';
\pset format unaligned
\pset fieldsep ' '
\pset tuples_only on

CREATE FUNCTION pg_temp.compared(a text, b text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN to_simhash(a) = to_simhash(b) THEN '='
		WHEN to_simhash(a) <> to_simhash(b) THEN '<>'
		ELSE 'without words' END
$$;

-- Words are runs of letters and digits. What stands between is never looked
-- at; the words and their order are.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('one two three', 'one two three'),
	('one two three', '  one, two; three!  '),
	('one two three', E'one\ttwo\r\n\r\nthree'),
	('one two three', '"one" (two) -- [three]...'),
	('one two three', 'one/two_three'),
	('one two three', '<p>one</p> two three'),
	('one two three', 'one two'),
	('one two three', 'three two one'),
	('one two three', 'onetwo three'),
	('abc1 def', 'abc 1 def'),
	('x²', 'x2')) v (a, b);

-- Case is folded, in every script, as are its special cases: sharp s, final
-- sigma, the ligature fi, the dotted capital I.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('Kerry IN Moscow', 'KERRY in mOSCOW'),
	('Straße', 'STRASSE'),
	('Straße', 'STRAẞE'),
	('ΟΔΥΣΣΕΥΣ', 'οδυσσευς'),
	('Москва', 'МОСКВА'),
	('İstanbul', 'istanbul'),
	('ısı', 'isi'),
	('ﬁne', 'fine'),
	('Ǆ', 'ǆ'),
	('Ა', 'ა')) v (a, b);

-- Accents and other marks that take no space are dropped, and so are strokes,
-- hooks and tails of Latin letters; ligatures and Old Norse letters are two.
-- Letters that merely look alike, and other vowels, stay what they are.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('La Café de São Tomé', 'la cafe de sao tome'),
	('Ångström', 'angstrom'),
	('Ѐлка', 'Елка'),
	('ёлка', 'елка'),
	('שָׁלוֹם', 'שלום'),
	('مُحَمَّد', 'محمد'),
	('Việt Nam', 'Viet Nam'),
	('Łódź, ØRSTED, đakovo', 'lodz orsted dakovo'),
	('ħ ŧ ƀ ɓ ɗ ƙ ƴ ȼ ɇ ꞡ', 'h t b b d k y c e g'),
	('Æsop, œuvre, ǽ', 'aesop oeuvre ae'),
	('Þórður, ÐAKOVO, ŋ, ĸ', 'thordur dakovo n q'),
	('ɵ ʉ ɡ ȷ', 'o u g j'),
	('Häuser', 'Haeuser'),
	('ə', 'a'),
	('ɛ', 'e'),
	('ґ', 'г'),
	('Москва', 'Mockba')) v (a, b);

-- Forms made for compatibility are what they stand for: full width, circled,
-- superscript, mathematical, half-width kana.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('ＫＥＲＲＹ　９５８', 'kerry 958'),
	('①②③', '123'),
	('№ 5', 'no 5'),
	('𝕂𝕖𝕣𝕣𝕪', 'kerry'),
	('ﾓｽｸﾜ', 'モスクワ'),
	('ｶﾞ', 'ガ'),
	('㍿', '株式会社'),
	('™', 'tm'),
	('…', '...'),
	('½ mile', '1 2 mile')) v (a, b);

-- Characters that aren't seen don't count: soft hyphen, joiners, zero width
-- space, variation selectors, marks of direction, the byte order mark.
SELECT a, pg_temp.compared(b, a) FROM (VALUES
	('cooperate', U&'co\00ADoperate'),
	('cooperate', U&'co\200Doperate'),
	('cooperate', U&'co\200Boperate'),
	('cooperate', U&'co\2060operate'),
	('cooperate', U&'\FEFFcooperate'),
	('cooperate', U&'\200Ecooperate\200F'),
	('cooperate', U&'cooperate\FE0F'),
	('cooperate', U&'co\+0E0020operate'),
	('co operate', U&'co\00A0operate'),
	('co operate', U&'co\2003operate'),
	('co operate', U&'co\2028operate'),
	('cooperate', U&'co\2010operate')) v (a, b);

-- All four normal forms of a text are the same, but where a no-break space that
-- groups digits becomes any space.
SELECT a, pg_temp.compared(a, normalize(a, NFC)), pg_temp.compared(a, normalize(a, NFD)),
	pg_temp.compared(a, normalize(a, NFKC)), pg_temp.compared(a, normalize(a, NFKD))
FROM (VALUES
	('Ångström & Café № ５ ﬁ ½ …'),
	('Việt Nam, ế ộ ử'),
	('대한민국의 수도는 서울'),
	('がぎぐ パピプ'),
	('外務大臣はモスクワを訪問した。'),
	('क़ ড় हिन्दी'),
	('สวัสดีชาวโลก น้ำ'),
	('ΐ ᾳ Ώ'),
	('שָׁלוֹם لَا ﷲ'),
	('ཀྵ ೊ'),
	('Łódź æ ﻻ ﮑ ٣٫٥ ẚ'),
	(U&'12\00A0345')) v (a);

-- Apostrophes inside a word are dropped, straight or curly; outside they
-- are quotes.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('Kerry''s visit', 'Kerry’s visit'),
	('Kerry''s visit', 'kerrys visit'),
	('Kerry''s visit', 'Kerryʼs visit'),
	('Kerry''s visit', 'Kerry‘s visit'),
	('Kerry''s visit', 'Kerry＇s visit'),
	('Kerry''s visit', 'Kerry s visit'),
	('Hawaiʻi, Oʻzbek', 'Hawai''i O''zbek'),
	('Qurʾān, ʿAlī', 'Qur''an ''Ali'),
	('ג׳ורג׳', 'ג''ורג'''),
	('''Kerry'' visits', 'Kerry visits'),
	('‘Kerry’ visits', 'Kerry visits'),
	('the agencies'' visit', 'the agencies visit'),
	('rock ''n'' roll', 'rock n roll'),
	('O''Neil', 'oneil'),
	('it''''s', 'it s'),
	('`it`s', 'it s')) v (a, b);

-- Single letters with full stops between them are one word, the acronym, with
-- or without the last stop.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('the U.S. and', 'the US and'),
	('the U.S and', 'the us and'),
	('the U.S.A., and', 'the usa and'),
	('И.О. министра', 'ио министра'),
	('J. K. Rowling', 'j k rowling'),
	('J.K. Rowling', 'jk rowling'),
	('U. S.', 'us'),
	('x.yz', 'x yz'),
	('a.b.cd', 'ab cd'),
	('a.b.c.d', 'abcd'),
	('ab.c', 'ab c'),
	('ab.c.d', 'ab cd'),
	('p.m.2', 'pm 2'),
	('U.S.''s', 'us s'),
	('U.S.-led', 'us led'),
	('a..b', 'a b'),
	('a.', 'a'),
	('a.1', 'a 1'),
	('1.a', '1 a'),
	('end.Next', 'end next')) v (a, b);

-- Inside a number, what groups thousands is dropped: a comma, a full stop, an
-- apostrophe or a no-break space between one to three digits that begin with no
-- zero and three digits, three digits ...
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('958,000 miles', '958000 miles'),
	('958.000 miles', '958,000 miles'),
	('958''000 miles', '958’000 miles'),
	('958''000 miles', '958000 miles'),
	(U&'958\00A0000 miles', '958000 miles'),
	(U&'958\202F000 miles', '958000 miles'),
	(U&'958\2009000 miles', '958000 miles'),
	(U&'958\2007000 miles', '958000 miles'),
	('958 000 miles', '958000 miles'),
	(U&'958\2003000 miles', '958 000 miles'),
	('1,234,567', '1234567'),
	('1.234.567.890', '1234567890'),
	('1.234', '1234'),
	('5,000th', '5000th'),
	('$1,234; Rs1,234', '1234 rs1234'),
	('1,234, 567', '1234 567'),
	('1,234,567,890,123,456,789', '1234567890123456789'),
	('1,234,567,890,123,456,789,012', '1234567890123456789.012')) v (a, b);

-- All other separators between two digits are kept, a comma as a full stop; but
-- a space separates.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('1.5', '15'),
	('1.5', '1 5'),
	('1.5', '1,5'),
	('1.5', '1''5'),
	('1.12.2021', '11.2.2021'),
	('10.1.1.2', '101.1.2'),
	('10.100.100.1', '10100100.1'),
	('1,234.56', '1234.56'),
	('1.234,56', '1,234.56'),
	(U&'1\00A0234,56', '1,234.56'),
	('1''234.56', '1,234.56'),
	('12,34,567', '1234567'),
	('12,34,567', '12.34.567'),
	('1,234,56', '1234.56'),
	('1,234,5678', '12345678'),
	('1234,567', '1234567'),
	('0.125', '0125'),
	('0.125', '0,125'),
	('012,345', '012345'),
	('1,234.567', '1234.567'),
	('1,234.567,890', '1234.567.890'),
	('5''10', '5’10'),
	('5''10', '510'),
	('v1.5, 2.0-litre', 'v15 20 litre'),
	('5G, H5N1', '5g h5n1'),
	('1.5a', '15a'),
	('1,2', '1 2'),
	('1, 2', '1 2'),
	('1,,2', '1 2'),
	('1.,2', '1 2'),
	('a2.b', 'a2 b'),
	('5.', '5'),
	('.5', '5'),
	('3:0', '3 0'),
	('24/7', '24 7'),
	('15-16', '15 16'),
	('−5 %', '5'),
	('9，5', '9.5'),
	(U&'12\00A034', '12 34'),
	(U&'12\00A034\00A0567', '12 34567'),
	(U&'1\00A0200\00A0300\00A04', '1 200 300 4'),
	(U&'1\00A0200\00A03000', '1 200 3000'),
	(U&'5\00A012.500', '5 12500'),
	(U&'1.5\00A0000', '1.5 000'),
	(U&'0\00A0200', '0 200'),
	(U&'12\00A0a', '12 a')) v (a, b);

-- Digits of all scripts are their values.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('١٢٣', '123'),
	('۱۲۳ १२३ ১২৩ ๑๒๓ ១២៣ ၁၂၃', '123 123 123 123 123 123'),
	('１２３ 𝟏𝟐𝟑 ①②③', '123 123 123'),
	('١٬٢٣٤٬٥٦٧', '1234567'),
	('١٢٫٥', '12.5'),
	('一二三', '123')) v (a, b);

-- An ampersand is the word "and".
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('Marks & Spencer', 'marks and spencer'),
	('AT&T', 'at and t'),
	('AT＆T', 'at and t'),
	('R.&.B', 'r and b'),
	('&', 'and'),
	('&&', 'and and'),
	('fish + chips', 'fish and chips')) v (a, b);

-- A hyphen or dash of any kind separates.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('cease-fire', 'cease fire'),
	('cease‑fire', 'cease fire'),
	('cease–fire', 'cease — fire'),
	('cease-fire', 'ceasefire')) v (a, b);

-- In scripts written without spaces each letter is a word, whatever stands
-- between, and so is each mark that takes space; other marks are dropped.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('外務大臣', '外 務 大 臣'),
	('外務大臣', '外務、大臣。'),
	('外務大臣', '大臣外務'),
	('モスクワを訪問', 'モ ス ク ワ を 訪 問'),
	('สวัสดี', 'ส ว ส ด'),
	('ພາສາລາວ', 'ພ າ ສ າ ລ າ ວ'),
	('ភាសា', 'ភ ា ស ា'),
	('မြန်မာ', 'မ ြ န မ ာ'),
	('COVID対策2020年', 'covid 対 策 2020 年'),
	('東京23区', '東京 23 区')) v (a, b);

-- Hangul has spaces, and words; a syllable is its letters.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('대한민국', '대 한 민 국'),
	('대한민국', U&'\1103\1162\1112\1161\11AB\1106\1175\11AB\1100\116E\11A8'),
	('가', U&'\1100\1161'),
	('각', U&'\1100\1161\11A8'),
	('각', U&'\AC00\11A8'),
	('가', '각')) v (a, b);

-- Marks that take space and letters that are numbers are in words.
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('हिन्दी में', 'हिनदी में'),
	('हिन्दी', 'हन्द'),
	('Louis Ⅻ', 'louis xii')) v (a, b);

-- Only a text without a word has no fingerprint, and is equal to nothing.
SELECT a, pg_temp.compared(a, a) FROM (VALUES
	(''), (' '), ('... !'), ('-- '' "'), (E'\n\t'), ('😀'), ('+ = €'), ('。、'), (U&'\00AD\200B\FEFF'), (U&'\0301'),
	('&'), ('1'), ('a'), ('外'), (U&'\0378'), (U&'\+10FFFD')) v (a);

-- The end of a text ends a word, whatever might have gone on.
SELECT a, pg_temp.compared(a, a || ' ') FROM (VALUES
	('it'), ('it'''), ('5'), ('5.'), ('5,'), ('1,234'), ('1,23'), (U&'1\00A0234'), (U&'1\00A023'), (U&'1\00A0'), ('U.'), ('U.S'), ('U.S.'), ('x.y.'), ('AT&'), ('外'), (U&'e\0301'), (U&'co\00AD')) v (a);

-- Long texts are read in pieces. Where a piece ends must not show: words,
-- numbers, acronyms and characters of several bytes at each place around the
-- border of 64 kB, after fillers of one and of three bytes.
SELECT count(*) AS tests, count(*) FILTER (WHERE NOT (
	to_simhash(filler || tail || ' the end', 64) = to_simhash(tail || ' the end ' || filler, 64)
	OR length(filler) = 0)) AS wrong
FROM generate_series(65470, 65540) bytes,
	unnest(ARRAY['.', '。']) separator,
	unnest(ARRAY['Kerry’s 958,000 U.S. Ångström & 外務大臣', U&'1\00A0234\00A0567,5 12\00A034 1.234.567.8']) tail,
	LATERAL (SELECT repeat(separator, bytes / octet_length(separator)) || repeat(' ', bytes % octet_length(separator)) AS filler) f;

-- Long texts of many repeats, and of many different words.
SELECT pg_temp.compared(t || t, t || upper(t)) FROM repeat('same ', 100000) t;
SELECT pg_temp.compared(string_agg('w' || i, ' ' ORDER BY i), string_agg('W' || i, '! ' ORDER BY i))
FROM generate_series(1, 100000) i;

-- A long literal is cut for an error message between characters.
\set VERBOSITY terse
SELECT (repeat('x', 63) || 'é' || repeat('x', 63))::simhash;
SELECT ('<' || repeat('é', 100) || ',3>')::simhash_ball;
\set VERBOSITY default
