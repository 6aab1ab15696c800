-- Verdicts by label, and passages joined: see run.

\pset footer off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;

\echo Verdicts by label: on the half that the rules were made with, and on the other.
SELECT set, label, verdict, count(*) FILTER (WHERE half = 1) AS half, count(*) FILTER (WHERE half = 0) AS other
FROM pair, article_verdict(a, b)
GROUP BY set, label, verdict
ORDER BY set, label, 4 DESC, verdict;

-- Where a passage is, in words: its characters' number of spaces before.
CREATE TEMPORARY TABLE obfuscated (kind text, a text, b text, a_at int, b_at int, length int);
\copy obfuscated FROM 'cases'
ALTER TABLE obfuscated ADD id int GENERATED ALWAYS AS IDENTITY;

CREATE TEMPORARY TABLE found AS
	SELECT id, kind, way.name, way.number, a_at, b_at, length, row_number() OVER (PARTITION BY id, way.number) AS passage,
		   length(substr(a, 1, a_start - 1)) - length(replace(substr(a, 1, a_start - 1), ' ', '')) AS a_begin,
		   length(substr(a, 1, a_start + a_length - 1)) - length(replace(substr(a, 1, a_start + a_length - 1), ' ', '')) + 1 AS a_end,
		   length(substr(b, 1, b_start - 1)) - length(replace(substr(b, 1, b_start - 1), ' ', '')) AS b_begin,
		   length(substr(b, 1, b_start + b_length - 1)) - length(replace(substr(b, 1, b_start + b_length - 1), ' ', '')) + 1 AS b_end
	FROM obfuscated,
		 (VALUES (1, '8 words', 8, 0, 0, 8), (2, '4 words', 4, 0, 0, 4), (3, '8 words, gap 3', 8, 3, 0, 8),
				 (4, '4 words, joined within 50', 4, 0, 50, 12), (5, '4 words, joined within 100', 4, 0, 100, 12),
				 (6, '3 words, joined within 30', 3, 0, 30, 12), (7, '3 words, joined within 50', 3, 0, 50, 12),
				 (8, '3 words, joined within 50, 20 words', 3, 0, 50, 20))
			AS way (number, name, min_words, gap, within, least),
		 LATERAL (SELECT * FROM shared_passages(a, b, min_words, gap, within) WHERE words >= least) AS passages;

-- Precision and recall of words, in both texts, and how many passages a true one is
-- in: F1 divided by the binary logarithm of one more is plagdet.
\echo Passages of texts that a script rewrote
WITH scored AS (
	SELECT name, number, kind, id,
		   sum(greatest(0, least(a_end, a_at + length) - greatest(a_begin, a_at)) + greatest(0, least(b_end, b_at + length) - greatest(b_begin, b_at))) AS hit,
		   sum(a_end - a_begin + b_end - b_begin) AS told,
		   count(*) FILTER (WHERE a_end > a_at AND a_begin < a_at + length AND b_end > b_at AND b_begin < b_at + length) AS parts
	FROM found
	GROUP BY name, number, kind, id
), by_kind AS (
	SELECT name, number, kind, coalesce(avg(hit::float / told), 0) AS precision,
		   coalesce(sum(least(1, hit / (2.0 * length))), 0) / (SELECT count(*) FROM obfuscated o WHERE o.kind = scored.kind) AS recall,
		   avg(nullif(parts, 0)) AS granularity
	FROM scored JOIN obfuscated USING (id, kind)
	GROUP BY name, number, kind
)
SELECT name, kind, precision::numeric(4, 3), recall::numeric(4, 3), granularity::numeric(5, 2),
	   (2 * precision * recall / nullif(precision + recall, 0) / (ln(1 + granularity) / ln(2)))::numeric(4, 3) AS plagdet
FROM by_kind
ORDER BY number, kind;

\echo Passages of pairs that readers labelled: how many a pair has, and the part of the shorter text that they are
SELECT set, label, way.name, count(*) AS pairs, avg((n > 0)::int)::numeric(4, 3) AS with_any, avg(nullif(n, 0))::numeric(5, 2) AS granularity,
	   avg(part)::numeric(4, 3) AS part
FROM pair, (VALUES (1, '8 words', 8, 0, 8), (2, '4 words', 4, 0, 4), (3, '3 words, joined within 50', 3, 50, 12), (4, '3 words, joined within 50, 20 words', 3, 50, 20)) AS way (number, name, min_words, within, least),
	 LATERAL (SELECT count(*) AS n, least(1, coalesce(sum(a_length), 0)::float / greatest(length(a), 1), coalesce(sum(b_length), 0)::float / greatest(length(b), 1)) AS part
			  FROM shared_passages(a, b, min_words, 0, within) WHERE words >= least) AS passages
WHERE set <> 'forms'
GROUP BY set, label, way.number, way.name
ORDER BY set, label, way.number;
