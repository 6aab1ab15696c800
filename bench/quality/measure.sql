-- Distances of all pairs, by method: see run.

\pset footer off
SET client_min_messages = warning;
SET work_mem = '256MB';
SET max_parallel_workers_per_gather = 0;

CREATE TABLE fingerprint AS
	SELECT a.id, method, fp
	FROM article a, LATERAL (VALUES
		('64 bits', to_simhash(body, 64)), ('128 bits', to_simhash(body, 128)),
		('256 bits', to_simhash(body, 256)), ('512 bits', to_simhash(body, 512))) v (method, fp)
	UNION ALL
	SELECT id, 'words by frequency, 64', to_simhash(array_agg(word), array_agg(n::float8), 64)
	FROM (SELECT id, lower(m[1]) AS word, count(*) AS n
		  FROM article, regexp_matches(body, '\w+', 'g') m GROUP BY 1, 2) w
	GROUP BY id
	UNION ALL
	SELECT id, 'ClickHouse, 64', simhash(hash) FROM clickhouse;
CREATE INDEX ON fingerprint (method, id);
ANALYZE fingerprint;

-- How many pairs are how far apart: all, then copies by degree.
CREATE TABLE distance AS
	SELECT a.method, (a.fp <-> b.fp)::int AS d, 'all' AS degree, count(*) AS n
	FROM fingerprint a JOIN fingerprint b ON a.method = b.method AND a.id < b.id
	GROUP BY 1, 2;
INSERT INTO distance
	SELECT method, (x.fp <-> y.fp)::int,
		   CASE WHEN jaccard >= .8 THEN 'J >= .8' WHEN jaccard >= .6 THEN 'J .6 to .8'
				WHEN jaccard >= .4 THEN 'J .4 to .6' ELSE 'less' END, count(*)
	FROM truth t JOIN fingerprint x ON x.id = t.a JOIN fingerprint y USING (method)
	WHERE y.id = t.b
	GROUP BY 1, 2, 3;

CREATE VIEW unrelated AS
	SELECT method, d, sum(CASE degree WHEN 'all' THEN n ELSE -n END) AS n FROM distance GROUP BY 1, 2;

-- The share of unrelated pairs within each radius, and of copies (J >= .4).
CREATE VIEW curve AS
	SELECT translate(method, ' ', '_') AS method, d AS radius,
		   sum(u.n) OVER w / sum(u.n) OVER (PARTITION BY method) AS share,
		   sum(coalesce(c.n, 0)) OVER w / sum(c.n) OVER (PARTITION BY method) AS recall
	FROM unrelated u
		 LEFT JOIN (SELECT method, d, sum(n) AS n FROM distance
					WHERE degree LIKE 'J%' GROUP BY 1, 2) c USING (method, d)
	WINDOW w AS (PARTITION BY method ORDER BY d);

SELECT (SELECT count(*) FROM article) AS articles, count(*) FILTER (WHERE jaccard >= .8) AS "J >= .8",
	   count(*) FILTER (WHERE jaccard >= .6 AND jaccard < .8) AS "J .6 to .8",
	   count(*) FILTER (WHERE jaccard >= .4 AND jaccard < .6) AS "J .4 to .6"
FROM truth;

WITH found AS (
	SELECT method, degree, d, sum(n) OVER (PARTITION BY method, degree ORDER BY d) AS upto,
		   sum(n) OVER (PARTITION BY method, degree) AS pairs
	FROM distance WHERE degree LIKE 'J%'
), radius AS (
	SELECT method, degree, min(d) AS radius
	FROM found
	WHERE upto >= pairs * CASE degree WHEN 'J .4 to .6' THEN .9 ELSE .98 END
	GROUP BY 1, 2
), measured AS (
	SELECT r.*, (SELECT sum(n) FILTER (WHERE u.d <= r.radius) / sum(n) FROM unrelated u
				 WHERE u.method = r.method) AS share
	FROM radius r
)
SELECT method, max(radius) FILTER (WHERE degree = 'J >= .8') AS "radius, J >= .8",
	   to_char(max(share) FILTER (WHERE degree = 'J >= .8'), '9.9EEEE') AS "unrelated",
	   max(radius) FILTER (WHERE degree = 'J .6 to .8') AS "J .6 to .8",
	   to_char(max(share) FILTER (WHERE degree = 'J .6 to .8'), '9.9EEEE') AS "unrelated",
	   max(radius) FILTER (WHERE degree = 'J .4 to .6') AS "J .4 to .6",
	   to_char(max(share) FILTER (WHERE degree = 'J .4 to .6'), '9.9EEEE') AS "unrelated"
FROM measured GROUP BY method
ORDER BY max(share) FILTER (WHERE degree = 'J .6 to .8') DESC;
