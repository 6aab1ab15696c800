-- The recipes of README and doc/html.md: pages to fingerprints
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
CREATE EXTENSION IF NOT EXISTS simhash_html;
RESET client_min_messages;

CREATE TABLE page (id bigint PRIMARY KEY, html text);
INSERT INTO page
SELECT 2 * i + k, format('<title>T</title><nav>%s</nav><div id="main"><p>%s</p></div><div class="footer">%s</div>',
	(SELECT string_agg(format('<a href="/">Site %s-%s</a>', k, w), ' ') FROM generate_series(1, 300) AS w),
	(SELECT string_agg(format('Article %s, word %s-%s', i, i, w * w % (97 + i)), ' ') FROM generate_series(1, 60) AS w) || '.',
	'Copyright ' || k || '. All rights reserved.')
FROM generate_series(1, 5) AS i, generate_series(0, 1) AS k;

-- One expression, or one column for each.
ALTER TABLE page ADD clean text GENERATED ALWAYS AS (article_text(html)) STORED;
ALTER TABLE page ADD fp simhash(256) GENERATED ALWAYS AS (to_simhash(article_text(html))) STORED;
SELECT id, left(clean, 30) AS clean, fp = to_simhash(clean) AS same FROM page ORDER BY id;

-- A generated column can't be made of another one.
ALTER TABLE page ADD fp2 simhash(256) GENERATED ALWAYS AS (to_simhash(clean)) STORED;

-- A trigger makes the text once, and all columns of it.
CREATE TABLE article (id bigint PRIMARY KEY, html text, title text, clean text, fp simhash(256));
CREATE FUNCTION article_clean() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.title := article_title(NEW.html);
	NEW.clean := article_text(NEW.html);
	NEW.fp := to_simhash(NEW.clean);
	RETURN NEW;
END
$$;
CREATE TRIGGER article_clean BEFORE INSERT OR UPDATE OF html ON article
FOR EACH ROW EXECUTE FUNCTION article_clean();
INSERT INTO article (id, html) SELECT id, html FROM page;
SELECT count(*) FROM article JOIN page USING (id, clean, fp);

-- Both sites have each article; of whole pages, all of one site are alike.
SELECT count(*) FROM article a JOIN article b ON a.id < b.id AND a.fp <-> b.fp <= 62;
SELECT count(*) FROM page a JOIN page b ON a.id < b.id AND a.id % 2 = b.id % 2 AND to_simhash(a.html) <-> to_simhash(b.html) <= 62;

DROP TABLE page, article;
DROP FUNCTION article_clean;
DROP EXTENSION simhash;
