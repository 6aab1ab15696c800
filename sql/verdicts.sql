--
-- What two articles are to each other: the rules of doc/passages.md
--

-- Quotation marks and letters of other encodings.
SELECT getdatabaseencoding() <> 'UTF8' AS skip_test \gset
\if :skip_test
\quit
\endif

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;

\set tweet 'I have served this city for twelve years with all my heart and I leave it with a clear conscience and many friends'
\set report 'A jury at Orlby Crown Court found Peter Harmon guilty of fraud on Friday after a trial of nine days. The jury took six hours to reach its verdict. The judge thanked the jurors for their service.'
\set storm 'A storm with heavy rain has flooded streets and cellars in the old harbour of Orlby, and the fire brigade was called out more than a hundred times during the night. Nobody was hurt. The railway line to the coast remains closed until further notice, as trees lie on the tracks, and the ferries stay in port. The mayor asked people to stay at home and to keep away from the quays.'

CREATE TEMP TABLE pair AS SELECT * FROM (VALUES
	-- Short texts, by their share.
	('headline, updated', 'Mayor of Orlby resigns over ferry contract', 'UPDATE 2-Mayor of Orlby resigns over ferry contract'),
	('headline, edited', 'Mayor of Orlby resigns over ferry contract', 'Mayor of Orlby resigns over ferry deal'),
	('headline, another town', 'Mayor of Orlby resigns over ferry contract', 'Mayor of Enfurt resigns over ferry contract'),
	('headline, another story', 'Mayor of Orlby resigns over ferry contract', 'Storm closes the port of Orlby for two days'),
	('headline, another word or two', 'Mayor of Orlby resigns over ferry contract', 'Council of Orlby votes on school contract'),
	('headline, German', 'Bürgermeister von Orlby tritt wegen Fährvertrag zurück', 'EILMELDUNG - Bürgermeister von Orlby tritt wegen Fährvertrag zurück'),
	('headline, Japanese', 'オルビー市長がフェリー契約をめぐり辞任', '速報:オルビー市長がフェリー契約をめぐり辞任'),
	('headline in an article', 'Mayor of Orlby resigns', 'The report says: mayor of Orlby resigns. ' || :'storm'),
	-- The same form, other facts.
	('number of dead', 'The fire in Orlby killed 12 people on Monday', 'The fire in Orlby killed 47 people on Monday'),
	('number of dead, Japanese', 'オルビーの火災で12人死亡', 'オルビーの火災で47人死亡'),
	('number of dead, Arabic digits', 'قتل ٤٧ شخصا في حريق في وسط المدينة', 'قتل ١٢ شخصا في حريق في وسط المدينة'),
	('opposite verdict', :'report', replace(:'report', 'guilty', 'not guilty')),
	('acquitted', replace(:'report', 'found', 'convicted'), replace(:'report', 'found', 'acquitted')),
	('opposite verdict, German', 'Das Gericht hat den Angeklagten am Freitag schuldig gesprochen, teilte es mit', 'Das Gericht hat den Angeklagten am Freitag nicht schuldig gesprochen, teilte es mit'),
	('opposite verdict, French', 'Le tribunal a jugé le maire coupable vendredi après un procès de neuf jours', 'Le tribunal n’a pas jugé le maire coupable vendredi après un procès de neuf jours'),
	('opposite verdict, Russian', 'Суд признал бывшего мэра виновным после процесса, который длился девять дней', 'Суд не признал бывшего мэра виновным после процесса, который длился девять дней'),
	('quake notes', 'A magnitude 4.1 earthquake was reported at 5:24 on Monday, 11 kilometres north of Orlby, at a depth of 9 kilometres. This post was created by an algorithm.', 'A magnitude 3.2 earthquake was reported at 23:01 on Friday, 54 kilometres west of Enfurt, at a depth of 17 kilometres. This post was created by an algorithm.'),
	('long, one number', :'storm' || ' It fell 15 times.', :'storm' || ' It fell 51 times.'),
	-- One source.
	('tweet', 'The mayor resigned late on Tuesday. He wrote: "' || :'tweet' || '." The opposition called for new elections.', 'After the ferry affair the head of the town hall steps down. “' || :'tweet' || ',” he said on social media.'),
	('tweet, in briefs', 'Mayor quits. He posted: "' || :'tweet' || '."', '"' || :'tweet' || '," the mayor wrote on Tuesday.'),
	('tweet, German', 'Der Bürgermeister geht. „Ich habe dieser Stadt zwölf Jahre lang mit ganzem Herzen gedient“, schrieb er.', 'Nach der Affäre: »Ich habe dieser Stadt zwölf Jahre lang mit ganzem Herzen gedient.« So verabschiedet er sich.'),
	('tweet, Japanese', '市長は辞任した。「私は十二年間この街に心から仕えてきた」と書いた。', 'フェリー問題で揺れる市役所。「私は十二年間この街に心から仕えてきた」と投稿。'),
	('tweet without marks', 'The mayor resigned late on Tuesday. He wrote: ' || :'tweet', 'After the ferry affair the head of the town hall steps down. ' || :'tweet'),
	('an interview, reprinted', 'He was asked. "' || :'tweet' || '," he said, and then: "That was all."', 'He was asked. "' || :'tweet' || '," he said, and then he left.'),
	-- Versions, cuts, and the like.
	('edited', :'storm', replace(:'storm', 'more than a hundred times', 'often')),
	('continued', :'storm', 'Update: ' || :'storm' || ' On Tuesday morning the line was open again and the first ferries left the port, but several quays were still under water, as the harbour office said.'),
	('continued, exchanged', 'Update: ' || :'storm' || ' On Tuesday morning the line was open again and the first ferries left the port, but several quays were still under water, as the harbour office said.', :'storm'),
	('cut', substr(:'storm', 1, 150), :'storm'),
	('every fourth word another', :'storm', (SELECT string_agg(CASE WHEN n % 4 = 0 THEN 'w' || chr(96 + n::int % 26) ELSE word END, ' ' ORDER BY n) FROM regexp_split_to_table(:'storm', ' ') WITH ORDINALITY AS t (word, n))),
	('every second and third', :'storm', (SELECT string_agg(CASE WHEN n % 5 IN (1, 3) THEN 'w' || chr(96 + n::int % 26) ELSE word END, ' ' ORDER BY n) FROM regexp_split_to_table(:'storm', ' ') WITH ORDINALITY AS t (word, n))),
	('another article', :'storm', :'report')) AS v (name, a, b);

SELECT name, verdict, a_words AS wa, b_words AS wb, part_a::numeric(3, 2), part_b::numeric(3, 2), longest_passage AS longest,
	words_in_order AS in_order, words_changed AS changed, negations_changed AS neg
FROM pair, article_verdict(a, b);

-- The facts, with both values.
SELECT name, numbers_changed, names_changed, negations_changed
FROM pair, article_verdict(a, b)
WHERE verdict = 'same form, other facts';

-- Exchanged, all is exchanged.
SELECT name, x.verdict, y.verdict
FROM pair, article_verdict(a, b) AS x, article_verdict(b, a) AS y
WHERE translate(x.verdict, 'ab', 'ba') NOT IN (y.verdict, translate(y.verdict, 'ab', 'ba'))
	OR (x.verdict ~ 'cut|version' AND x.verdict = y.verdict)
	OR (x.a_words, x.b_words, x.part_a, x.part_b, x.shared_words, x.longest_passage, x.negations_changed)
		IS DISTINCT FROM (y.b_words, y.a_words, y.part_b, y.part_a, y.shared_words, y.longest_passage, y.negations_changed);

-- A source that both quote, with marks or without; and what is ignored.
SELECT name, x.verdict AS with_source, y.verdict AS ignored, y.a_words
FROM pair, article_verdict(a, b, 'x ' || :'tweet') AS x, article_verdict(a, b, ignored => :'tweet') AS y
WHERE name LIKE 'tweet%';
SELECT verdict, a_words, b_words FROM (VALUES (:'storm' || ' Read more on our site, follow us and subscribe to the letter that we send')) AS f (a),
	LATERAL (VALUES ('Read more on our site, follow us and subscribe to the letter that we send')) AS g (furniture),
	LATERAL (VALUES (''), (furniture)) AS i (ignored), article_verdict(a, :'report' || ' ' || furniture, ignored => i.ignored);
SELECT * FROM article_verdict('a', 'a', ignored => 'a');
SELECT * FROM article_verdict('a', NULL);

-- compare_articles() says the same.
SELECT count(*) AS different
FROM pair, article_verdict(a, b) AS v, compare_articles(a, b) AS c
WHERE (v.verdict, v.part_a, v.numbers_changed) IS DISTINCT FROM (c.verdict, c.part_a, c.numbers_changed);
