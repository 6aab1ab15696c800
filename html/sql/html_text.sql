-- article_text() and article_title(): kinds of pages
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash_html;
RESET client_min_messages;
\pset format unaligned
\pset tuples_only on

-- Sentences to make articles of: n of them, from number i on.
CREATE FUNCTION prose(i int, n int DEFAULT 2) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('Sentence %s says, in plain words, what happened on day %s of the voyage.', k, k), ' ' ORDER BY k)
	FROM generate_series(i, i + n - 1) AS k
$$;

-- The usual page: everything but the article is left out.
SELECT article_text($$<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>The voyage - Daily Example</title>
<meta property="og:title" content="The voyage"><style>p { color: red }</style>
<script>var s = "<p>This is a script, not a paragraph of the article, says the page.</p>";</script></head>
<body><header><a href="/">Daily Example</a><nav><ul><li><a href="/n">News</a><li><a href="/s">Sport</a></ul></nav></header>
<div class="cookie-notice"><p>We use cookies to improve your experience, and you agree to this if you read on.</p></div>
<main><article><h1>The voyage</h1><p class="byline">By A. Writer, who has been at sea for many years, and is at home again.</p>
<p>$$ || prose(1) || $$</p>
<figure><img src="a.jpg"><figcaption>The ship, on the day on which it left the harbour of its home town.</figcaption></figure>
<div class="share-buttons"><p>Share this article with all of your friends, and with their friends, please.</p></div>
<p>$$ || prose(3) || $$</p>
<h2>How it ended</h2><p>$$ || prose(5) || $$</p><ul><li>First, a storm.</li><li>Second, a calm that lasted for a week.</li></ul>
<blockquote><p>We have never been so glad to see a harbour, said the captain.</p></blockquote>
<div class="related"><h3>Related articles</h3><ul><li><a href="/1">Another voyage that ended badly</a></li></ul></div>
</article>
<section id="comments"><h2>3 comments</h2><p>I was on that ship, and nothing of all this is true, I can tell you.</p></section></main>
<aside><p>The most read articles of the week, chosen by our editors, for our readers.</p></aside>
<footer><p>Copyright of the Daily Example. All rights reserved, now and in all time to come.</p></footer></body></html>$$);

-- A whole page in a form, with a header around the article.
SELECT article_text('<body><form action="/"><header><div id="content"><p>' || prose(1) || '</p><p>' || prose(3) || '</p></div></header></form>');

-- Paragraphs parted by line breaks; a line break by itself; tables as layout.
SELECT article_text('<div>' || prose(1) || '<br><br>' || prose(3) || '<br>next line<br /> <br/>' || prose(5) || '</div>');
SELECT article_text('<table><tr><td><a href="/">Home</a><br><a href="/n">News</a></td><td><p>' || prose(1) || '</p><p>' || prose(3) || '</p></td></tr></table>');

-- An article cut into sections by its site, and one without any hints.
SELECT article_text('<div><div class="x"><p>' || prose(1, 3) || '</p></div><div class="x"><p>' || prose(4, 3) || '</p></div><div class="y"><a href="/">An advertiser</a></div><div class="x"><p>' || prose(7, 3) || '</p></div></div>');
SELECT article_text('<div>' || prose(1) || '</div><div>' || prose(3) || '</div>');
SELECT article_text(prose(1) || ' plain text & no tags at all: 1 < 2.');

-- What stands between title and body is part of it; what stands elsewhere is not.
SELECT article_text('<p>' || prose(90) || '</p><div><div><h1>The voyage</h1><p>' || prose(20) || '</p></div><div><ul><li><a href="/">Share</a></ul></div></div><div class="article-body"><p>' || prose(1, 4) || '</p><p>' || prose(5, 4) || '</p></div>');

-- Inline elements don't part words, blocks and cells do; breaks in preformatted text stay.
SELECT article_text('<p>Wash<b>ing</b>ton<span>ian</span>s and <a href="/">link</a>ed<wbr>words, ' || prose(1) || '</p><table><tr><td>one<td>two</table><pre>' || E'to be\n  or not' || '</pre><p>' || prose(3) || '</p>');

-- Characters: named, without semicolon, of HTML 5, by number, of windows-1252, of none, none at all.
SELECT article_text('<p>&eacute; &Eacute &AMP; &amp;lt; &lt;b&gt; &rsquo; &ccaron; &notit; &notin; &hellip; &nGt; &copy2020 &apos; &nbsp; &shy;|</p>');
SELECT article_text('<p>&#233; &#xE9; &#X1F600; &#146; &#0; &#xD800; &#x110000; &#99999999999; &#12 &# &#x; & &; &unknown; &a AT&T?a=1&b=2.</p>');

-- Comments, CDATA, processing instructions, what isn't HTML.
SELECT article_text('<p>a<!-- <p> -- > no -->b<!-->c<!--->d<![CDATA[ no ]]>e<?php no ?>f</ >g<!no>h <3 i</p><!-- never closed <p>' || prose(1) || '</p>');
SELECT article_text('<p>a<script>if (a < b) "</p>"; <!-- </script>b<style>p { }</style >c<noscript><p>no</p></noscript>d<iframe src=x>no</iframe>e<textarea><p>no</textarea>f<svg><title>no</title><path d="M"/></svg>g<svg/>h.</p>');
SELECT article_text('<noscript><p>' || prose(1) || '</p><script>never closed <p>' || prose(3) || '</p>');

SELECT article_text('</meta></p><p>' || prose(1));

-- Tags: upper case, quotes, unclosed, closed twice, after the end of the page, of no HTML.
SELECT article_text('<P TITLE="a > b" ALT=''"'' data-x=a"b>' || prose(1) || '</P></P></DIV></body></html><p>' || prose(3) || '<div><p>' || prose(5));
SELECT article_text('<p title="never closed>' || prose(1) || '</p><p>' || prose(3) || '</p>');
SELECT article_text('<o:p>' || prose(1) || '</o:p><p>' || prose(3) || '</p><p title="' || repeat('long ', 2000) || '">' || prose(5) || '</p>');
SELECT article_text('<html amp><body><amp-sidebar id="s"><p>' || prose(20) || '</p></amp-sidebar><article><p>' || prose(1, 4) || '</p><amp-img src="x"></amp-img><x-box>one</x-box><x-box>two, or more than two.</x-box><p>' || prose(3) || '</p></article><amp-social-share>' || prose(30) || '</amp-social-share></body>');

-- Hidden, and hinted at: by words, not by parts of words; not where most of the page is inside.
SELECT article_text('<p>' || prose(1, 4) || '</p><div style="color: red; display : none"><p>' || prose(20) || '</p></div><div hidden><p>' || prose(22) || '</p></div><div aria-hidden="true"><p>' || prose(24) || '</p></div><div class="MainHeader reader download shadow"><p>' || prose(5) || '</p></div>');
SELECT article_text('<div class="sidebar-wrap has-comments content"><div class="widget"><p>' || prose(1, 4) || '</p><p>' || prose(5, 4) || '</p></div></div>');
SELECT article_text('<div class="post category-ads tags"><p>' || prose(1, 4) || '</p></div><div class="postComments"><p>' || prose(20) || '</p></div><div id="comments-list"><p>' || prose(22, 20) || '</p></div>');

-- In other scripts: the same without words parted by blanks, commas of another kind, from right to left.
SELECT article_text('<ul><li><a href="/">ニュース</a></li><li><a href="/">スポーツ</a></li></ul><div><p>船は朝早くに港を出て、風の強い海を南へ向かった。船長によると、天候は三日目に急に変わったという。</p><p>乗組員は全員無事で、来週には帰国する予定だ。</p></div><div class="related"><p>関連記事：船の歴史について、専門家が詳しく解説する。</p></div>');
SELECT article_text('<div dir="rtl"><p>غادرت السفينة الميناء في الصباح الباكر، واتجهت نحو الجنوب في بحر عاصف، كما قال القبطان.</p><p>وصل جميع البحارة سالمين، وسيعودون إلى بلادهم في الأسبوع المقبل.</p></div><nav><a href="/">أخبار</a></nav>');

-- A text with many links; a list of links; a quotation from elsewhere.
SELECT article_text('<div><p>See <a href="/">the whole report of the journey</a>, which <a href="/">the captain wrote</a> by hand.</p><p>' || prose(1) || '</p><ul><li><a href="/1">The first of the other articles</a></li><li><a href="/2">The second of the others</a></li></ul><blockquote class="social-embed"><p>Glad to be home again, after all these weeks at sea!</p></blockquote><p>' || prose(3) || '</p></div>');

-- Little left: what only words hint at is taken back, and then what tags say; a short article is none.
SELECT article_text('<div class="widget"><p>' || prose(1) || '</p></div><div class="comments"><p>Short.</p></div>');
SELECT article_text('<aside><p>' || prose(1) || '</p></aside><footer><p>Imprint.</p></footer>');
SELECT article_text('<p>' || prose(1, 4) || '</p><div class="comments"><p>' || prose(20, 8) || '</p></div>');

-- A page that shows the beginning only.
SELECT article_text('<article><h1>The voyage</h1><p>' || prose(1) || '</p><div class="paywall"><p>Subscribe now to read on, from one euro a month, for as long as you like.</p></div></article>');

-- Pages without an article.
SELECT article_text(page) IS NULL FROM (VALUES (''), (' '), ('<'), ('<!--'), ('<script>alert("no words for readers here, are there?")</script>'),
	('<html><head><title>No body</title></head></html>'), ('<p>&nbsp;</p><p>***</p>'),
	('<frameset cols="20%,80%"><frame src="a"><frame src="b"></frameset>'), ('<ul><li><a href="/">Home</a></li></ul>')) AS p (page);
SELECT article_text(NULL::text) IS NULL, article_text(NULL::bytea) IS NULL, article_title(NULL::text) IS NULL, article_title(NULL::bytea) IS NULL;

-- Titles: the heading that the page's title has too; else what is named for others; else the page's without the site.
SELECT article_title('<title>The voyage &ndash; Daily Example</title><meta property="og:title" content="The voyage | DE"><h1>Daily Example</h1><h1> The  voyage </h1><p>' || prose(1) || '</p>');
SELECT article_title('<title>Voyage of the year - Daily Example</title><meta content="A &quot;voyage&quot;&rsquo;s end" property="og:title"><h1>Daily</h1>');
SELECT article_title('<title>' || E'\n  The long voyage -\n north | Daily Example' || '</title><p>' || prose(1) || '</p>');
SELECT article_title('<title>The long voyage of the year - Daily Example</title><h1>Daily Example</h1><h1>The long voyage of the year</h1><h1>Daily Example of the day</h1>');
SELECT article_title('<title>DE: News | The long voyage north, told by all who came home</title>');
SELECT article_title('<h1>Only a heading</h1><svg><title>no</title></svg><p>' || prose(1) || '</p>');
SELECT article_title('<p>' || prose(1) || '</p>') IS NULL, article_title('') IS NULL;

-- A title that is repeated in the text is left out.
SELECT article_text('<title>The voyage of the year</title><div><h2>The voyage of the year</h2><p>' || prose(1) || '</p></div>');

-- Depth: libxml2 has no bound of its own; what is deeper than ours isn't read.
SELECT article_text(repeat('<div>', 500) || '<p>' || prose(1) || '</p>') = prose(1);
SELECT article_text('<p>' || prose(1) || '</p>' || repeat('<div>', 100000) || '<p>' || prose(3) || '</p>') = prose(1);
SELECT article_text('<p>' || prose(1) || '</p>' || repeat('<b><i>', 100000) || repeat('</u>', 100000)) = prose(1);

-- Large and malicious ones: each is linear.
SET statement_timeout = '300s';
SELECT length(article_text(repeat('<p>' || prose(1) || '</p>', 20000)));
SELECT article_text(p || repeat(bad, 300000)) IS NOT NULL AS done, bad
FROM (VALUES ('<p>' || prose(1) || '</p>')) AS a (p),
	unnest('{<,&,&#,&#x,</,<!,<!--,<a,"<a href=\"","<a b=\">\" ","<a b=''>\" ",<noscript>,<textarea>,<script>,<svg>,<iframe>,"</p>",<p>,<br>,<li>,<table>,<td>,<a>,<h1>,"<title>",&notit;,&nGt;,<![CDATA[,<?,-->}'::text[]) AS bad;
RESET statement_timeout;

-- The limit on pages, by itself and in a column.
SELECT article_text(repeat('a', 64 * 1024 * 1024 + 1));
SELECT article_title(convert_to(repeat('a', 64 * 1024 * 1024 + 1), 'UTF8'));
SELECT article_text('<p>' || prose(1) || '</p>' || repeat(' ', 64 * 1024 * 1024 - 1000)) = prose(1);

-- PostgreSQL's own use of the library goes on around ours, and its errors are still told.
SELECT x.n, article_text('<p>' || prose(x.n) || '</p><nosuchtag></b>') = prose(x.n) AS same
FROM xmltable('/r/i' PASSING '<r><i>1</i><i>2</i></r>' COLUMNS n int PATH '.') AS x;
SELECT xml_is_well_formed('<p>'), article_text('<p>' || prose(1)) IS NOT NULL, xml_is_well_formed('<p/>');
\set VERBOSITY terse
SELECT '<p>'::xml;
\set VERBOSITY default

-- Every object says what it is, and functions are what the reference says.
SELECT p.oid::regprocedure, provolatile, proisstrict, proparallel, obj_description(p.oid, 'pg_proc')
FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND extname = 'simhash_html' ORDER BY 1::text;
