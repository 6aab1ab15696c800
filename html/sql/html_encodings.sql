-- Pages as bytes, in the encoding that they declare
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash_html;
RESET client_min_messages;
\pset format unaligned
\pset tuples_only on
CREATE FUNCTION page(head text, body text, encoding name) RETURNS bytea LANGUAGE sql AS $$
	SELECT convert_to('<head>' || head || '<title>' || body || '</title></head><p>' || body || ', and so on, to the end of a sentence.</p>', encoding)
$$;

SELECT encoding, article_text(page(format('<meta charset="%s">', name), body, encoding)), article_title(page(format('<meta charset="%s">', name), body, encoding)) = body AS title
FROM (VALUES ('UTF8', 'utf-8', 'Zażółć gęślą “jaźń” 🦆'),
	('LATIN2', 'ISO-8859-2', 'Zażółć gęślą jaźń'),
	('WIN1250', 'windows-1250', 'Zażółć „gęślą” jaźń'),
	('WIN1252', 'iso-8859-1', 'naïve “café”, €'),
	('WIN1251', 'cp1251', 'Съешь же ещё'),
	('KOI8R', 'koi8-r', 'Съешь же ещё'),
	('SJIS', 'Shift_JIS', '船は港を出た'),
	('EUC_JP', 'euc-jp', '船は港を出た'),
	('GBK', 'gb2312', '船离开了港口'),
	('GB18030', 'gb18030', '船离开了港口🦆'),
	('BIG5', 'big5', '船離開了港口'),
	('UHC', 'euc-kr', '배가 항구를 떠났다'),
	('WIN1256', 'windows-1256', 'غادرت السفينة'),
	('WIN874', 'tis-620', 'เรือออกจากท่า')) AS t (encoding, name, body);

-- Other ways to say it; what is said in comments, too late, or of no encoding, or nothing.
SELECT article_text(page(head, 'Съешь же ещё', 'WIN1251'))
FROM (VALUES ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'), ('<?xml version="1.0" encoding=''windows-1251''?>'),
	('<META CONTENT="text/html;charset=Windows-1251" HTTP-EQUIV=x>'), ('<!-- <meta charset=utf-8> --><meta charset = "windows-1251" />')) AS h (head);
SELECT article_text(page(head, 'naïve “café”', 'WIN1252')), article_text(page(head, 'naïve “café”', 'UTF8'))
FROM (VALUES (''), ('<meta charset=nonsense>'), ('<meta charset="sql_ascii">'), ('<meta charset="">'), ('<meta charset="mule_internal">'), ('<meta charset')) AS h (head);

-- A byte order mark is stronger; UTF-16 has no other.
SELECT article_text('\xEFBBBF'::bytea || page('<meta charset="windows-1251">', 'naïve “café”', 'UTF8'));
SELECT article_text(E'\\xFFFE'::bytea || (SELECT string_agg(set_byte(set_byte('\x0000', 0, ascii(c) % 256), 1, ascii(c) / 256), '' ORDER BY n)
	FROM regexp_split_to_table('<p>naïve “café”, as UTF-16 has it, and no zeros.</p>', '') WITH ORDINALITY AS t (c, n)));
SELECT article_text('\xFEFF003C0070003ED83EDD86002000D800D8D83E003C002F0070003E00'::bytea), article_text('\xFFFE'::bytea) IS NULL, article_text('\xFF'::bytea);

-- Text has the database's encoding, whatever it says of itself; a mark before it is none of its text.
SELECT article_text(E'\uFEFF<meta charset="windows-1251"><p>naïve “café” 🦆, and so on, to the end.</p>');

-- What is broken stands for itself, also at the ends of pieces; zero bytes are blanks.
SELECT article_text('<meta charset=utf-8><p>one '::bytea || '\x80FFC3'::bytea || ' two'::bytea || '\x00'::bytea || 'three '::bytea || '\xE280'::bytea || '.</p>'::bytea || '\xF0'::bytea);
SELECT article_text('<meta charset=euc-jp><p>one '::bytea || '\xFF8F'::bytea || ' two'::bytea || '\x00'::bytea || 'three '::bytea || '\xA4'::bytea);
SELECT count(*), sum((text LIKE '%' || repeat('é', 20000) || '.')::int)
FROM generate_series(1, 4) AS i, LATERAL (SELECT article_text(convert_to(repeat('<', i) || '<p>' || repeat('é', 20000) || '.', 'UTF8')) AS text) AS a;
SELECT article_text('\x'::bytea) IS NULL, article_text('\x00'::bytea) IS NULL;
DROP FUNCTION page;

-- Other encodings of the database: entities for what they lack become what they have.
CREATE DATABASE html_latin1 ENCODING LATIN1 LOCALE 'C' TEMPLATE template0;
CREATE DATABASE html_sjis ENCODING EUC_JP LOCALE 'C' TEMPLATE template0;
CREATE DATABASE html_ascii ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0;
\set database :DBNAME
\c html_latin1
SET client_encoding = UTF8;
CREATE EXTENSION simhash_html;
SELECT article_text('<meta charset=utf-8><p>café &eacute; &rsquo;&ldquo;&hellip;&ndash;&euro; &#x8239;&nbsp;| &shy;|, and so on.</p>');
SELECT article_text(convert_from('\x3c703e636166c3a9', 'UTF8')::text), article_text('\x3c703e636166c3a9'::bytea), article_title('<title>café &rsquo;</title>');
\c html_sjis
SET client_encoding = UTF8;
CREATE EXTENSION simhash_html;
SELECT article_text('<meta charset=utf-8><p>船は港を&#x51fa;&#x305f;。&eacute; &#x1F986; |</p>');
\c html_ascii
CREATE EXTENSION simhash_html;
SELECT article_text('<meta charset=latin1><p>café &eacute; ' || chr(233) || '.</p>') = 'café é ' || convert_from('\xEFBFBD', 'SQL_ASCII') || '.';
\c :database
DROP DATABASE html_latin1;
DROP DATABASE html_sjis;
DROP DATABASE html_ascii;
