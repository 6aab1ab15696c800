--
-- What changed between two texts, and what is a text's own: doc/passages.md
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

-- What is returned, as text.
CREATE FUNCTION pg_temp.changes(old text, new text)
RETURNS TABLE (change text, in_old text, in_new text, words int, marks text) LANGUAGE sql AS $$
	SELECT change, substr(old, old_start, old_length), substr(new, new_start, new_length), words,
		   concat_ws(' ', CASE WHEN numbers THEN 'numbers' END, CASE WHEN names THEN 'names' END,
					 CASE WHEN negation THEN 'negation' END)
	FROM article_changes(old, new);
$$;

SELECT * FROM article_changes('The fire in Orlby killed 12 people, police said.',
							  'The fire in Enfurt killed 47 people, police said on Monday.');
SELECT * FROM pg_temp.changes('The fire in Orlby killed 12 people, police said.',
							  'The fire in Enfurt has killed 47 people, police said on Monday.');
-- Case and punctuation are no change.
SELECT * FROM pg_temp.changes('It rose by 15 per cent - "a lot".', 'IT ROSE by 51 per cent, a lot');
-- Negations, in several languages.
SELECT * FROM pg_temp.changes('The court found him guilty of it', 'The court didn''t find him guilty of it');
SELECT * FROM pg_temp.changes('Er wurde schuldig gesprochen, hiess es am Abend', 'Er wurde nicht schuldig gesprochen, hiess es am Abend');
SELECT * FROM pg_temp.changes('Le maire est coupable, dit le tribunal', 'Le maire n''est pas coupable, dit le tribunal');
-- A name is no name for being first in a sentence, unless it is one elsewhere.
SELECT * FROM pg_temp.changes('It rained. Yesterday they left town again. Then Orlby slept', 'It rained. Today they left town again. Then Orlby slept');
SELECT * FROM pg_temp.changes('It rained. Harmon left the town again. They saw Harmon go', 'It rained. Marlow left the town again. They saw Marlow go');
-- Words between changes that are as long aren't kept.
SELECT * FROM pg_temp.changes('a b c d e f g h', 'a b X d Y f g h');
-- Moved: eight words at least.
SELECT * FROM pg_temp.changes('a b c d e f g h i j k l m n o p q r s t 1 2 3 4 5 6 7 8', '1 2 3 4 5 6 7 8 a b c d e f g h i j k l m n o p q r s t');
SELECT * FROM pg_temp.changes('a b c d e f g h i j k l m n o p q r s t 1 2 3 4 5 6 7', '1 2 3 4 5 6 7 a b c d e f g h i j k l m n o p q r s t');
-- All, and nothing.
SELECT * FROM article_changes('a b', '...');
SELECT * FROM article_changes('', 'a b');
SELECT * FROM article_changes('', '');
SELECT * FROM article_changes('a b', 'A, b');
SELECT * FROM article_changes(NULL, 'a b');

-- Each word of both texts is in one row, and put together again the rows are the
-- texts, whatever was edited.
CREATE TEMP TABLE edited AS
	SELECT i, string_agg('w' || k % 60, ' ' ORDER BY k) AS old,
		   coalesce(string_agg(CASE WHEN r < 20 THEN 'x' || r || ' w' || k % 60 ELSE 'w' || k % 60 END, ' '
				ORDER BY CASE WHEN k BETWEEN i AND i + 12 THEN k + 500 ELSE k END) FILTER (WHERE r >= 10), '') AS new
	FROM generate_series(1, 60) AS i, generate_series(1, 150) AS k,
		LATERAL (SELECT abs(hashint4(i * 1000 + k)) % 100 AS r) AS random
	GROUP BY i;
SELECT count(DISTINCT i) AS texts, count(DISTINCT change) AS kinds,
	bool_and(change NOT IN ('kept', 'moved') OR substr(old, old_start, old_length) = substr(new, new_start, new_length)) AS same
FROM edited, article_changes(old, new);
SELECT count(*) AS different
FROM edited, LATERAL (SELECT string_agg(substr(old, old_start, old_length), ' ' ORDER BY old_start) FILTER (WHERE old_length > 0) AS old_again,
		string_agg(substr(new, new_start, new_length), ' ' ORDER BY new_start) FILTER (WHERE new_length > 0) AS new_again
		FROM article_changes(old, new)) AS again
WHERE (old_again, new_again) IS DISTINCT FROM (old, new);

-- The complement of shared passages: what is in none of others.
CREATE FUNCTION pg_temp.original(body text, others text[], min_words int DEFAULT 8)
RETURNS TABLE (passage text, words int) LANGUAGE sql AS $$
	SELECT substr(body, start, length), words FROM original_passages(body, others, min_words);
$$;
SELECT * FROM pg_temp.original('a b c d e. Mine, all mine! f g h i j, and mine', ARRAY['x. a b c d e', NULL, 'f g h i j. y'], 5);
SELECT originality('a b c d e. Mine, all mine! f g h i j, and mine', ARRAY['x. a b c d e', NULL, 'f g h i j. y'], 5);
SELECT * FROM pg_temp.original('a b c', '{}');
SELECT * FROM pg_temp.original('a b c', ARRAY['a b c'], 3);
SELECT originality('a b c', '{}'), originality('a b c', ARRAY['a b c'], 3), originality('...', '{}'), originality('a', NULL);
SELECT originality('a', '{}', 0);
SELECT * FROM original_passages('a', '{}', 0);

-- Passages joined: what lies near each other in both texts is one.
SELECT substr(a, a_start, a_length) AS in_a, substr(b, b_start, b_length) AS in_b, words, similarity::numeric(4, 3)
FROM (VALUES ('1 2 3 4 x 5 6 7 8 y y y 9 10 11 12', '5 6 7 8 z 1 2 3 4 z z z z z z z 9 10 11 12')) AS t (a, b),
	generate_series(0, 8, 4) AS within, shared_passages(a, b, 4, 0, within)
ORDER BY within, a_start;
SELECT * FROM shared_passages('a', 'a', 1, 0, -1);
SELECT * FROM shared_passages('a', 'a', 1, 0, 10001);
