--
-- quotations, travelling_quotes
--
-- The texts are in UTF-8; another expected file stands for databases of
-- another encoding, where this one ends here.
--
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SELECT getdatabaseencoding() <> 'UTF8' AS not_utf8 \gset
\if :not_utf8
\quit
\endif
CREATE SCHEMA quotes_test;
SET search_path = quotes_test, public;
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
SET jit = off;

-- marks of many languages
SELECT n, q.* FROM (VALUES
	(1, 'He said: "We never sold the ferry," and left.'),
	(2, 'He said: “We never sold the ferry”, and left.'),
	(3, 'Er sagte: „Wir haben die Fähre nie verkauft.“ Dann ging er.'),
	(4, 'Il a dit : « Nous n’avons jamais vendu le bac », puis partit.'),
	(5, 'Er sagte: »Wir haben die Fähre nie verkauft« und ging.'),
	(6, 'Hän sanoi: ”Emme koskaan myyneet lauttaa pois”, ja lähti.'),
	(7, 'Han sa: »Vi sålde aldrig den färjan» och gick.'),
	(8, 'Powiedział: „Nigdy nie sprzedaliśmy tego promu” i wyszedł.'),
	(9, '他说：“我们从未出售渡轮”，然后离开。'),
	(10, '彼は「フェリーは売っていない」と述べた。『二重の引用符もある』と。'),
	(11, 'He said: ‘We didn’t sell the players’ ferry at all’, and left.'),
	(12, 'A 5" pipe and a 6" pipe were not sold at all that day.'),
	(13, 'Within “we said that ‘all of it’ went by sea” others stand.'),
	(14, '“'), (15, ''), (16, '""'), (17, 'He "left'), (18, 'no marks at all')) v (n, body), quotations(body) q ORDER BY n, start;

-- several paragraphs of one; a mark that nothing closes
SELECT * FROM quotations(E'“We sold nothing to anybody.\n\n“And we never will do so,” he said.');
SELECT * FROM quotations(E'He took a 3" "pipe and went away.\n \nThen he said "that was all I did" to them.');
SELECT * FROM quotations('“We sold the ferry. He left');

-- places are those of substr(), from the first word to the last
SELECT bool_and(substr(body, start, length) = quote) AS cut, count(*)
FROM (VALUES ('ärger “ … Ünd das ist älles hier! … ” ende „noch eins ist hier drin“')) v (body), quotations(body);
SELECT words, quote FROM quotations('"one" "one two" "one two three"', 2);
SELECT count(*) FROM quotations(NULL);
SELECT * FROM quotations('a', 0);

-- many of them, and one that never ends
SELECT count(*), min(words), max(words) FROM quotations(repeat('“one two three four” ', 20000));
SELECT words FROM quotations('“' || repeat('word ', 300000));

CREATE TABLE article (id bigint, outlet text, published timestamptz, body text);
INSERT INTO article VALUES
	(5, 'Agency', '2020-01-01 08:00', 'The mayor of Orlby was angry. “We never sold the ferry to anyone from the mainland,” she told reporters.'),
	(4, 'Bugle', '2020-01-01 09:00', 'In Orlby, nobody knows more. «We never sold that ferry to anyone from the mainland», the mayor said.'),
	(3, 'Courier', '2020-01-02 08:00', 'Ferry affair: "WE NEVER SOLD THE FERRY to anyone from the mainland" - the mayor.'),
	(2, 'Daily', NULL, 'Who owns it? “We never sold the ferry to anyone from the mainland”, they say.'),
	-- one outlet; a tie; a quotation of few words
	(10, 'Bugle', '2020-02-01', '“There is no plan for another bridge this year,” he said.'),
	(11, 'Bugle', '2020-02-02', '“There is no plan for another bridge this year,” he repeated.'),
	(20, 'Bugle', '2020-03-01', '“Nine goats were seen upon the runway at dawn,” police said.'),
	(21, 'Agency', '2020-03-01', 'Police: “Nine goats were seen upon the runway at dawn.”'),
	(22, NULL, 'infinity', 'Police: “Nine goats were seen upon the runway at dawn.”'),
	(30, 'Bugle', '2020-04-01', 'It was “good enough”, he said.'),
	(31, 'Agency', '2020-04-02', 'Was it “good enough”?'),
	-- a passage without marks, of which one has them
	(40, 'Bugle', '2020-05-02', 'Much was said that evening in the town hall. The new lighthouse will stand on the northern cliff by the end of the coming summer, and the old one goes to the museum. Nobody objected, and the council went on to the budget of the harbour.'),
	(41, 'Agency', '2020-05-01', 'A statement came at noon, an hour late. “The new lighthouse will stand on the northern cliff by the end of the coming summer, and the old one goes to the museum,” it read. There was rain all day long, with gales from the west.'),
	(50, 'Agency', '2020-06-01', NULL);
UPDATE article SET body = body || (SELECT string_agg(format(' %s%s', outlet, i), '') FROM generate_series(1, 80) i) WHERE id IN (40, 41);
SELECT quote, words, quoted, outlets, articles, variants, first_outlet, first_published, span, ids
FROM travelling_quotes('SELECT id::text, body, published, outlet FROM article');
SELECT quote, outlets, ids FROM travelling_quotes('SELECT id::text, body, published, outlet FROM article', 2, 3);
SELECT quote, quoted, ids FROM travelling_quotes('SELECT id::text, body, published, outlet FROM article WHERE id < 50', 6, 1, false) WHERE outlets = 1;
SELECT * FROM travelling_quotes('SELECT id::text, body, published, outlet FROM article WHERE false');
SELECT * FROM travelling_quotes('SELECT id, body FROM article');
SELECT * FROM travelling_quotes('SELECT id::text, body, published, outlet FROM article', 0);
SELECT * FROM travelling_quotes(NULL);
SELECT * FROM travelling_quotes('DELETE FROM article');

SET client_min_messages = warning;
DROP SCHEMA quotes_test CASCADE;
