-- A page that shows two articles side by side, with the passages that they
-- share marked. It needs nothing but itself: no script, no font, no network.
--
--     psql -X -d DATABASE -v html=FILE -v a=0 -v b=1 -f seeds/compare.sql
--
-- The database must hold the newsroom (newsroom.sql). FILE is compare.html and
-- the articles are the two AP copies when they aren't given.

\if :{?html}
\else
	\set html compare.html
\endif
\if :{?a}
\else
	\set a 0
\endif
\if :{?b}
\else
	\set b 1
\endif

\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\o :html

SELECT compare_html(a.body, b.body, a.title, b.title, a.by, b.by)
FROM (SELECT article.*, name || ', ' || to_char(published AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY') AS by
	  FROM article JOIN outlet ON outlet.id = outlet_id) AS a,
	 (SELECT article.*, name || ', ' || to_char(published AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY') AS by
	  FROM article JOIN outlet ON outlet.id = outlet_id) AS b
WHERE a.id = :a AND b.id = :b;

\o
\pset format aligned
\pset tuples_only off
