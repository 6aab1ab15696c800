-- Area under the ROC curve: how probable it is that a pair of one story is more
-- similar than one of different stories (Mann-Whitney; a tie counts one half).
WITH scored AS (
	SELECT m.method, g.language, g.same, coalesce(s.similarity, 0) AS similarity
	FROM gold g CROSS JOIN (VALUES ('plain'), ('full')) m (method)
	LEFT JOIN similarity s ON s.method = m.method AND s.a = least(g.a, g.b) AND s.b = greatest(g.a, g.b)
), area AS (
	SELECT x.method, x.language, count(*) FILTER (WHERE x.similarity > y.similarity) AS above,
		   count(*) FILTER (WHERE x.similarity = y.similarity) AS ties, count(*) AS n
	FROM scored x JOIN scored y ON x.method = y.method AND x.language = y.language AND x.same AND NOT y.same
	GROUP BY 1, 2
), size AS (
	SELECT language, count(*) AS pairs FROM gold GROUP BY language HAVING count(*) >= 25
), auc AS (
	SELECT language, pairs, max((above + ties / 2.0) / n) FILTER (WHERE method = 'plain') AS plain,
		   max((above + ties / 2.0) / n) FILTER (WHERE method = 'full') AS full
	FROM area JOIN size USING (language) GROUP BY 1, 2
)
SELECT format('%-5s %5s pairs  TF-IDF %s  story_cluster %s', language, pairs, round(plain, 3), round(auc.full, 3)) FROM auc
UNION ALL
SELECT format('mean                TF-IDF %s  story_cluster %s', round(avg(plain), 3), round(avg(auc.full), 3)) FROM auc;
