CREATE EXTENSION simhash_html;
SELECT article_text('<p>The first paragraph of the article has a few words, and a comma.</p><p>The second one follows it; &rsquo;tis short.</p>');
