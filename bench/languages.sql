--
-- The figures of bench/languages, which writes what is copied here:
--
--	bench/languages FILE... | psql -X -q -f bench/languages.sql
--
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET jit = off;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE TEMP TABLE copy (lang text, article int, kind text, body text);
\copy copy FROM pstdin
CREATE TEMP TABLE signature AS
SELECT lang, article, kind, to_simhash(body) AS fp, to_simhash(body, 256, 4) AS fp4, to_textsketch(body) AS sketch
FROM copy;
ANALYZE signature;

\echo Copies found, per cent: by fingerprint at the default similarity (0.72), halves at 0.55; by sketch, halves contained at 0.35
SELECT o.lang, count(*) FILTER (WHERE c.kind = '5') AS articles,
	round(avg((o.fp <-> c.fp <= 62)::int * 100) FILTER (WHERE c.kind = 'marks')) AS marks,
	round(avg((o.fp <-> c.fp <= 62)::int * 100) FILTER (WHERE c.kind = '5')) AS "5 %",
	round(avg((o.fp <-> c.fp <= 62)::int * 100) FILTER (WHERE c.kind = '10')) AS "10 %",
	round(avg((o.fp <-> c.fp <= 62)::int * 100) FILTER (WHERE c.kind = '20')) AS "20 %",
	round(avg((o.fp <-> c.fp <= 62)::int * 100) FILTER (WHERE c.kind = '30')) AS "30 %",
	round(avg((o.fp <-> c.fp <= simhash_radius(256, 0.55))::int * 100) FILTER (WHERE c.kind = 'half')) AS half,
	round(avg((containment(c.sketch, o.sketch) >= 0.35)::int * 100) FILTER (WHERE c.kind = 'half')) AS "half, sketch",
	round(avg((resemblance(c.sketch, o.sketch) >= 0.3)::int * 100) FILTER (WHERE c.kind = '10')) AS "10 %, sketch"
FROM signature o JOIN signature c USING (lang, article)
WHERE o.kind = 'original' AND c.kind <> 'original'
GROUP BY o.lang ORDER BY o.lang;

\echo Unrelated articles: their similarity, and how many pairs meet at 0.72 and 0.55; the same for shingles of 4; sketches with containment of 0.35
SELECT a.lang, count(*) AS pairs,
	round(avg(similarity(a.fp, b.fp))::numeric, 2) AS mean,
	round((percentile_cont(0.999) WITHIN GROUP (ORDER BY similarity(a.fp, b.fp)))::numeric, 2) AS "1 in 1000",
	count(*) FILTER (WHERE a.fp <-> b.fp <= 62) AS "0.72",
	count(*) FILTER (WHERE a.fp <-> b.fp <= simhash_radius(256, 0.55)) AS "0.55",
	round(avg(similarity(a.fp4, b.fp4))::numeric, 2) AS "mean, 4",
	round((percentile_cont(0.999) WITHIN GROUP (ORDER BY similarity(a.fp4, b.fp4)))::numeric, 2) AS "1 in 1000, 4",
	count(*) FILTER (WHERE a.fp4 <-> b.fp4 <= 62) AS "0.72, 4",
	count(*) FILTER (WHERE overlap(a.sketch, b.sketch) >= 0.35) AS sketch
FROM signature a JOIN signature b ON a.lang = b.lang AND a.article < b.article
WHERE a.kind = 'original' AND b.kind = 'original'
GROUP BY a.lang ORDER BY a.lang;

\echo Copies found by shingles of 4, at 0.55
SELECT o.lang,
	round(avg((o.fp4 <-> c.fp4 <= simhash_radius(256, 0.55))::int * 100) FILTER (WHERE c.kind = '5')) AS "5 %",
	round(avg((o.fp4 <-> c.fp4 <= simhash_radius(256, 0.55))::int * 100) FILTER (WHERE c.kind = '10')) AS "10 %",
	round(avg((o.fp4 <-> c.fp4 <= simhash_radius(256, 0.55))::int * 100) FILTER (WHERE c.kind = '20')) AS "20 %"
FROM signature o JOIN signature c USING (lang, article)
WHERE o.kind = 'original' AND c.kind <> 'original'
GROUP BY o.lang ORDER BY o.lang;
