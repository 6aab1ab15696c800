-- The fingerprints of articles as they are found, and as they are marked.
CREATE TABLE page AS
SELECT row_number() OVER () AS id, site, get_byte(decode(md5(site), 'hex'), 0) % 2 AS half, html, gold,
	article_text(html) AS article, to_simhash(gold) AS gold_fp, to_simhash(article_text(html)) AS fp
FROM (SELECT j ->> 'html' AS html, coalesce(j ->> 'text', '') AS gold, split_part(j ->> 'url', '/', 3) AS site
	FROM (SELECT replace(line, '\u0000', ' ')::json AS j FROM line) AS l) AS p;

\pset footer off
SELECT CASE half WHEN 0 THEN 'one half' WHEN 1 THEN 'the other' ELSE 'all' END AS sites, count(*) AS pages,
	percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY fp <-> gold_fp) AS "bits p10/50/90",
	round(100.0 * count(*) FILTER (WHERE fp <-> gold_fp <= 62) / count(*), 1) AS "within 62, %",
	round(100.0 * count(*) FILTER (WHERE fp <-> gold_fp <= 80) / count(*), 1) AS "within 80, %",
	count(*) FILTER (WHERE article IS NULL) AS "no article"
FROM page WHERE gold_fp IS NOT NULL
GROUP BY GROUPING SETS ((), (half)) ORDER BY half NULLS FIRST;

SELECT count(*) AS "pairs of one site", count(*) FILTER (WHERE a.fp <-> b.fp <= 62) AS "within 62",
	count(*) FILTER (WHERE a.gold_fp <-> b.gold_fp <= 62) AS "by marked texts"
FROM page a JOIN page b ON a.site = b.site AND a.id < b.id;
