-- Scores of result against the labels of the articles.
WITH cell AS (
	SELECT method, threshold, label, coalesce(cluster::text, 'row ' || row) AS cluster, count(*)::float8 AS n
	FROM result JOIN article USING (row) WHERE label IS NOT NULL
	GROUP BY 1, 2, 3, 4
), cells AS (
	SELECT *, sum(n) OVER (PARTITION BY method, threshold, label) AS in_label,
		   sum(n) OVER (PARTITION BY method, threshold, cluster) AS in_cluster
	FROM cell
), sums AS (
	-- pairs in one label: each of its articles has in_label - 1 others
	SELECT method, threshold, sum(n) AS articles, sum(n * (n - 1) / 2) AS together,
		   sum(n * (in_label - 1) / 2) AS label_pairs,
		   sum(n * (in_cluster - 1) / 2) AS cluster_pairs,
		   sum(n * n / in_cluster) / sum(n) AS b3_precision, sum(n * n / in_label) / sum(n) AS b3_recall,
		   count(DISTINCT cluster) AS clusters, count(DISTINCT label) AS labels
	FROM cells GROUP BY method, threshold
), score AS (
	SELECT *, 2 * together / nullif(label_pairs + cluster_pairs, 0) AS pair_f1,
		   2 * b3_precision * b3_recall / (b3_precision + b3_recall) AS b3_f1,
		   label_pairs * cluster_pairs / (articles * (articles - 1) / 2) AS expected
	FROM sums
), ranked AS (
	SELECT *, (together - expected) / nullif((label_pairs + cluster_pairs) / 2 - expected, 0) AS ari,
		   rank() OVER (PARTITION BY method ORDER BY pair_f1 + b3_f1 DESC) = 1 AS best
	FROM score
)
SELECT format('%-25s %4s  %5s of %5s  %s %s %s%s', method, to_char(threshold, 'FM0.00'), clusters, labels,
	to_char(pair_f1, '0.999'), to_char(b3_f1, '0.999'), to_char(ari, '0.999'), CASE WHEN best THEN '  best' END)
FROM ranked ORDER BY method, threshold;
