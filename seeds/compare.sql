-- A page that shows pairs of articles side by side, with the passages that
-- they share marked. It needs nothing but itself: no script, no font, no
-- network.
--
--     psql -X -d DATABASE -v html=FILE -v pairs='0-1 2-3' -f seeds/compare.sql
--
-- The database must hold the newsroom (newsroom.sql). FILE is compare.html
-- when it isn't given, and pairs are those of the five articles that share
-- anything.

\if :{?html}
\else
	\set html compare.html
\endif
\if :{?pairs}
\else
	\set pairs '0-1 2-3 2-4 3-4 0-4'
\endif

\set QUIET on
\set ON_ERROR_STOP on

BEGIN;

-- Text as HTML shows it.
CREATE FUNCTION pg_temp.escaped(string text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
	RETURN replace(replace(replace(replace(string, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;');

-- Lines are broken at empty ones and kept as they are between; but where an
-- article has no empty ones, those that end no sentence are joined. Character
-- stays for character, as passages are known by their places.
CREATE FUNCTION pg_temp.unbroken(body text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
	RETURN CASE
		WHEN body ~ '\n\s*\n' THEN translate(body, E'\r', ' ')
		ELSE regexp_replace(translate(body, E'\r', ' '), '([^.!?"”’»])\n', '\1 ', 'g')
	END;

-- What differs within a passage, as HTML, but for the punctuation around it.
CREATE FUNCTION pg_temp.differing(string text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
	RETURN coalesce((SELECT pg_temp.escaped(part[1]) || '<span class="d">' || pg_temp.escaped(part[2]) || '</span>' || pg_temp.escaped(part[3])
		FROM regexp_match(string, '^([-\s.,:;!?"''()<>–—‘’“”«»…]*)([^-\s.,:;!?"''()<>–—‘’“”«»…](?:.*[^-\s.,:;!?"''()<>–—‘’“”«»…])?)(.*)$') AS part),
		pg_temp.escaped(string));

CREATE TEMPORARY TABLE pair ON COMMIT DROP AS
	SELECT number, a.id AS a, b.id AS b, a.body AS body_a, b.body AS body_b, compared.*,
		   CASE verdict
				WHEN 'a is cut from b' THEN format('%s is cut from %s', a.id, b.id)
				WHEN 'b is cut from a' THEN format('%s is cut from %s', b.id, a.id)
				ELSE verdict
		   END AS told
	FROM regexp_split_to_table(btrim(:'pairs'), '\s+') WITH ORDINALITY AS named (ids, number)
	JOIN article a ON a.id = split_part(ids, '-', 1)::int
	JOIN article b ON b.id = split_part(ids, '-', 2)::int,
	LATERAL compare_articles(a.body, b.body) AS compared;

-- The passages, edited ones too: up to three words may differ at a place.
-- Colours follow the order in the left article.
CREATE TEMPORARY TABLE passage ON COMMIT DROP AS
	SELECT number, row_number() OVER (PARTITION BY number ORDER BY a_start, b_start) AS passage,
		   found.*
	FROM pair, shared_passages(body_a, body_b, 8, 3) AS found;

-- The same for each of the two articles of a pair.
CREATE TEMPORARY TABLE side ON COMMIT DROP AS
	SELECT number, side, id, pg_temp.unbroken(body) AS body,
		   CASE WHEN body ~ '\n\s*\n' THEN E'\n' ELSE E'\n\n' END AS line_end
	FROM pair, LATERAL (VALUES ('a', a, body_a), ('b', b, body_b)) AS v (side, id, body);

CREATE TEMPORARY VIEW place AS
	SELECT number, 'a' AS side, passage, words, a_start AS start, a_start + a_length AS "end" FROM passage
	UNION ALL
	SELECT number, 'b', passage, words, b_start, b_start + b_length FROM passage;

-- Within a passage, what the two have in common word for word: runs of two
-- words or more.
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
	SELECT number, passage, side, start, start + length AS "end"
	FROM pair JOIN passage USING (number),
		 shared_passages(substr(body_a, passage.a_start, passage.a_length),
						 substr(body_b, passage.b_start, passage.b_length), 2) AS run,
		 LATERAL (VALUES
			('a', passage.a_start + run.a_start - 1, run.a_length),
			('b', passage.b_start + run.b_start - 1, run.b_length)) AS v (side, start, length);

-- Each article in pieces, cut wherever a passage or a run begins or ends. A
-- piece belongs to the longest passage that it is in.
CREATE TEMPORARY VIEW piece AS
	WITH cut AS (
		SELECT number, side, 1 AS place FROM side
		UNION SELECT number, side, length(body) + 1 FROM side
		UNION SELECT number, side, start FROM place
		UNION SELECT number, side, "end" FROM place
		UNION SELECT number, side, start FROM kept
		UNION SELECT number, side, "end" FROM kept
	), between_cuts AS (
		SELECT number, side, place AS start,
			   lead(place) OVER (PARTITION BY number, side ORDER BY place) AS "end"
		FROM cut
	)
	SELECT p.number, p.side, p.start, p."end",
		   (SELECT passage FROM place
			WHERE place.number = p.number AND place.side = p.side
				AND place.start <= p.start AND place."end" >= p."end"
			ORDER BY words DESC, passage LIMIT 1) AS passage,
		   EXISTS (SELECT FROM kept
			WHERE kept.number = p.number AND kept.side = p.side
				AND kept.start <= p.start AND kept."end" >= p."end") AS kept
	FROM between_cuts p
	WHERE "end" IS NOT NULL;

-- Pieces as HTML. A passage is a link to its other half; the first of its
-- pieces is what the other half's link leads to.
CREATE TEMPORARY VIEW marked AS
	SELECT number, side, string_agg(
		CASE
			WHEN passage IS NULL THEN pg_temp.escaped(shown)
			ELSE format('<a %sclass="p c%s" href="#n%s%sp%s">%s</a>',
				CASE WHEN first THEN format('id="n%s%sp%s" ', number, side, passage) ELSE '' END,
				(passage - 1) % 8, number, CASE side WHEN 'a' THEN 'b' ELSE 'a' END, passage,
				CASE WHEN kept THEN pg_temp.escaped(shown) ELSE pg_temp.differing(shown) END)
		END, '' ORDER BY start) AS html
	FROM (SELECT piece.*, start = min(start) OVER (PARTITION BY number, side, passage) AS first,
			replace(substr(body, start, "end" - start), E'\n', line_end) AS shown
		FROM piece JOIN side USING (number, side)) AS piece
	GROUP BY number, side;

\pset format unaligned
\pset tuples_only on
\pset pager off
\o :html

SELECT $html$<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Shared passages</title>
<style>
:root {
	--paper: #fbfaf7; --sheet: #fff; --ink: #22211e; --soft: #6b675e; --line: #e3dfd5; --lost: #b3471d;
	--h0: #fbe3a1; --h1: #c5e3f6; --h2: #cdeac0; --h3: #f6cfd9; --h4: #ddd2f3; --h5: #ffd6b0; --h6: #bfe9e2; --h7: #e3dcc2;
}
@media (prefers-color-scheme: dark) {
	:root {
		--paper: #171614; --sheet: #1f1e1b; --ink: #e5e1d8; --soft: #9d978a; --line: #35322c; --lost: #ff9d70;
		--h0: #5c4a12; --h1: #1d4a63; --h2: #2c5423; --h3: #642f3f; --h4: #453769; --h5: #683f17; --h6: #16534b; --h7: #4d4729;
	}
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0 auto; max-width: 84rem; padding: 2.5rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
	font: 1rem/1.6 Charter, "Bitstream Charter", "Source Serif 4", Georgia, "DejaVu Serif", serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 0; }
.lead { max-width: 46rem; margin: 0 0 1.25rem; color: var(--soft); }
nav, .facts, .key, th, .by, .n { font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
nav { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 2.5rem; font-size: .85rem; }
nav a { border: 1px solid var(--line); border-radius: 2rem; padding: .2rem .8rem; background: var(--sheet); color: inherit; text-decoration: none; }
nav a:hover { border-color: var(--soft); }
section { border-top: 2px solid var(--ink); padding: 1rem 0 3rem; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.6rem; margin: .6rem 0 1rem; padding: 0; list-style: none; font-size: .85rem; color: var(--soft); }
.facts b { color: var(--ink); font-weight: 600; }
.key { margin: 0 0 1.25rem; padding: 0; list-style: none; font-size: .85rem; line-height: 1.45; }
.key li { display: flex; gap: .7rem; align-items: baseline; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.key .p { flex: none; min-width: 2rem; text-align: center; border-radius: .25rem; font-weight: 600; }
.key .q { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.key .n { flex: none; color: var(--soft); }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.25rem; }
article { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
article header { padding: .9rem 1.4rem .8rem; border-bottom: 1px solid var(--line); }
.by { margin: .15rem 0 0; font-size: .8rem; color: var(--soft); }
.body { position: relative; max-height: 44rem; overflow: auto; padding: 1.1rem 1.4rem 1.4rem; white-space: pre-line; overflow-wrap: break-word; hyphens: auto; }
.p { color: inherit; text-decoration: none; border-radius: .15rem; padding: .08em 0; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.c0 { background: var(--h0); } .c1 { background: var(--h1); } .c2 { background: var(--h2); } .c3 { background: var(--h3); }
.c4 { background: var(--h4); } .c5 { background: var(--h5); } .c6 { background: var(--h6); } .c7 { background: var(--h7); }
.d { color: var(--lost); text-decoration: underline dotted; text-underline-offset: .2em; }
.body .p:target, .p:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; scroll-margin: 8rem; }
@media (max-width: 46rem) { .pair { grid-template-columns: minmax(0, 1fr); } .key .q { white-space: normal; } }
@media print { .body { max-height: none; } }
</style>
</head>
<body>
<h1>Shared passages</h1>
<p class="lead">What two articles have in common, word for word: passages of eight words and more, each in a colour of its own.
A passage leads to its other half. <span class="d">Marked so</span> is what differs within: a word that was changed, added or left out.</p>$html$;

SELECT '<nav>' || string_agg(format('<a href="#n%s">%s – %s: %s</a>', number, a, b, told), '' ORDER BY number) || '</nav>'
FROM pair;

SELECT format(E'<section id="n%s">\n<h2>%s – %s: %s</h2>\n<ul class="facts">%s</ul>\n<ul class="key">%s</ul>\n<div class="pair">%s</div>\n</section>',
	number, a, b, told, facts, key, articles)
FROM pair,
	LATERAL (SELECT string_agg(format('<li>%s <b>%s</b></li>', name, value), '') AS facts
		FROM (VALUES
			('words shared', shared_words::text),
			('longest passage unchanged', longest_passage || ' words'),
			(format('of %s in %s', a, b), round(containment_a_in_b * 100) || ' %'),
			(format('of %s in %s', b, a), round(containment_b_in_a * 100) || ' %'),
			('resemblance', round(resemblance::numeric, 2)::text),
			('bits that differ', distance || ' of 256')) AS fact (name, value)) AS facts,
	LATERAL (SELECT coalesce(string_agg(
			format('<li><a class="p c%s" href="#n%sap%s">%s</a><span class="q">%s</span><span class="n">%s</span></li>',
				(passage - 1) % 8, pair.number, passage, passage,
				pg_temp.escaped(regexp_replace(
					CASE WHEN a_length <= 200 THEN substr(body_a, a_start, a_length)
						ELSE regexp_replace(substr(body_a, a_start, 200), '\s+\S*$', ' …') END, '\s+', ' ', 'g')),
				words || ' words' || CASE WHEN passage.similarity < 1
					THEN ', ' || floor(passage.similarity * 100) || ' % unchanged' ELSE '' END),
			'' ORDER BY passage), '<li>No passage of eight words.</li>') AS key
		FROM passage WHERE passage.number = pair.number) AS keys,
	LATERAL (SELECT string_agg(
			format(E'<article><header><h3>%s</h3><p class="by">%s · %s, %s</p></header><div class="body" tabindex="0">%s</div></article>',
				pg_temp.escaped(title), article.id, pg_temp.escaped(outlet.name),
				to_char(published AT TIME ZONE 'UTC', 'FMDD FMMonth YYYY'), btrim(html, E' \n')),
			E'\n' ORDER BY side) AS articles
		FROM marked JOIN side USING (number, side) JOIN article USING (id) JOIN outlet ON outlet.id = outlet_id
		WHERE marked.number = pair.number) AS articles
ORDER BY number;

SELECT E'</body>\n</html>';

\o
\pset format aligned
\pset tuples_only off
COMMIT;
