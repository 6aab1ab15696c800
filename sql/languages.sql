--
-- Words of other languages, by the rules of doc/fingerprint.md; what is not to
-- be expected of them is in doc/languages.md
--
-- Each row is a pair of texts and says whether their fingerprints are equal.
-- The texts are in UTF-8, as in words.sql.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS simhash;
RESET client_min_messages;
SELECT getdatabaseencoding() <> 'UTF8' AS not_utf8 \gset
\if :not_utf8
\quit
\endif
SET client_encoding = 'UTF8';
\pset format unaligned
\pset fieldsep ' '
\pset tuples_only on

CREATE FUNCTION pg_temp.compared(a text, b text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN to_simhash(a, 256, 1) = to_simhash(b, 256, 1) THEN '=' ELSE '<>' END
$$;

-- Words are found in every script: how many a sentence has
SELECT textsketch_words(to_textsketch(a)), a FROM (VALUES
	('The minister arrived in the capital today.'),
	('Министр прибыл сегодня в столицу.'),
	('وصل الوزير اليوم إلى العاصمة، وقال إنه متفائل.'),
	('وزیر امروز به پایتخت رسید؛ او می‌گوید خوش‌بین است.'),
	('השר הגיע היום אל עיר הבירה.'),
	('मंत्री आज राजधानी पहुँचे। उन्होंने कहा।'),
	('Hôm nay bộ trưởng đã đến thủ đô.'),
	('장관이 오늘 수도에 도착했다.'),
	('Ο υπουργός έφτασε σήμερα στην πρωτεύουσα.'),
	('Bakan bugün başkente geldi.'),
-- without spaces, letters are words
	('รัฐมนตรีมาถึงเมืองหลวงวันนี้'),
	('部长今天抵达首都。'),
	('大臣は今日、首都に到着した。')) AS v (a);

-- Arabic: vowel points, the forms of alef, tatweel, hamza on its seats, teh
-- marbuta, and alef maksura don't count, nor whose digits they are
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('العَرَبِيَّةُ', 'العربية'),
	('أحمد إلى آخر', 'احمد الى اخر'),
	('قال، ثم', 'قال ثم'),
	('عام ٢٠٢٦', 'عام 2026'),
	('الـعـربـية', 'العربية'),
	('مدرسة', 'مدرسه'),
	('علي', 'على'),
	('مسؤول، شئون', 'مسوول شيون'),
	('ٱلعربية', 'العربية'),
	('٩٥٨٬٠٠٠ كيلومتر', '958,000 كيلومتر')) AS v (a, b);
-- Persian: a zero width non-joiner doesn't divide; its yeh and kaf are those of
-- Arabic, and so are the digits. Urdu: the goal forms of heh, and yeh barree
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('می‌گوید', 'میگوید'),
	('می گوید', 'میگوید'),
	('کتابی', 'كتابي'),
	('سال ۱۴۰۵', 'سال 1405'),
	('خانۀ', 'خانه'),
	('ہے', 'هي')) AS v (a, b);
-- Hebrew: points don't count; geresh is an apostrophe, gershayim divide; Yiddish
-- digraphs are two letters
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('שָׁלוֹם', 'שלום'),
	('צ׳ק', 'צ''ק'),
	('צה״ל', 'צהל'),
	('צה״ל', 'צה"ל'),
	('ייִדיש װאָרט', 'ײִדיש וואָרט')) AS v (a, b);
-- Russian and Ukrainian: capitals, io and short i
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('МОСКВА', 'Москва'),
	('ещё', 'еще'),
	('мой', 'мои'),
	('об''єкт', 'об’єкт')) AS v (a, b);
-- Hindi: the danda divides; nukta and the signs of some vowels don't count
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('गया।वह', 'गया वह'),
	(U&'\0958\0932\092E', U&'\0915\093C\0932\092E'),
	('में', 'मै'),
	('काम', 'कम')) AS v (a, b);
-- Vietnamese: composed or not, with tones and strokes or without
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	(U&'Vi\1EC7t Nam', U&'Vie\0323\0302t Nam'),
	('Việt Nam', 'Viet Nam'),
	('Đà Nẵng', 'Da Nang')) AS v (a, b);
-- Turkish: with a dot or without, an i is an i, and so are their capitals
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('İSTANBUL', 'istanbul'),
	('IĞDIR', 'ığdır'),
	('ışık', 'isik')) AS v (a, b);
-- Thai, Chinese, Japanese: spaces don't count, nor widths, nor tones and marks
-- of voice; but simplified and traditional letters are others
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('วันนี้ เขามา', 'วันนี้เขามา'),
	('ไม้', 'ไม'),
	('外交 部长', '外交部长'),
	('国', '國'),
	('ニュース', 'ﾆｭｰｽ'),
	('が', 'か'),
	('２０２６年', '2026年')) AS v (a, b);
-- Korean: composed or of single letters
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('한국', U&'\1112\1161\11AB\1100\116E\11A8'),
	('韓國', '한국')) AS v (a, b);
-- Greek: capitals, accents, final sigma; German: ss
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('ΟΔΥΣΣΕΥΣ', 'Οδυσσεύς'),
	('Straße', 'STRASSE'),
	('Müller', 'Mueller')) AS v (a, b);
-- Polish, Danish, Icelandic, French, Croatian, Maltese: strokes and ligatures
SELECT a, pg_temp.compared(a, b), b FROM (VALUES
	('Łódź', 'Lodz'),
	('Rødgrød, Ærø', 'Rodgrod Aero'),
	('Þingvellir, Hafnarfjörður', 'Thingvellir Hafnarfjordur'),
	('cœur', 'coeur'),
	('Đurđevac', 'Durdevac'),
	('Ħamrun', 'Hamrun')) AS v (a, b);
