-- The stories of the articles, by story_cluster, at several thresholds.
INSERT INTO result
	SELECT method, threshold, row, story_cluster(title, body, published, threshold) OVER (PARTITION BY method, threshold)
	FROM (SELECT 'story_cluster' AS method, row, title, body, published FROM article
		  UNION ALL
		  SELECT 'story_cluster, no dates', row, title, body, NULL FROM article
		  WHERE EXISTS (SELECT FROM article WHERE published IS NOT NULL)) a,
		 (SELECT unnest('{.09,.11,.13,.15,.17,.19,.21}'::float8[]) AS threshold) t;

INSERT INTO result
	SELECT 'story_cluster, tsvector', threshold, row,
		   story_cluster(setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body), published, threshold)
		   OVER (PARTITION BY threshold)
	FROM article, (SELECT unnest('{.13,.15,.17}'::float8[]) AS threshold) t;
