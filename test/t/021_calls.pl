# Every function of the extension is called with NULLs, extremes, and forged
# values, and either returns or raises an error of its own: no crash, and no
# error that says the program is wrong (class XX), such as corrupted data.
#
# The functions are those in the catalogs, so that later ones come in by
# themselves. Functions of type internal can't be called by SQL.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $calls = $ENV{SIMHASH_CALLS} // 100;    # of each function
my $seed = $ENV{SIMHASH_SEED} // 0.25;      # -1 to 1

my $node = PostgreSQL::Test::Cluster->new('calls');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE stranger LOGIN;
CREATE EXTENSION simhash;
CREATE EXTENSION simhash_html;
CREATE TABLE article (id bigint, fp simhash(256), sketch textsketch, body text);
INSERT INTO article SELECT i, to_simhash('text ' || i), to_textsketch('text ' || i || ' and more'), 'text ' || i FROM generate_series(1, 20) AS i;
CREATE INDEX article_id ON article (id);
CREATE TABLE state AS SELECT simhash_agg_accum(NULL, 'a', 1.5, 64) AS s UNION ALL SELECT simhash_agg_accum(NULL, 'a', 1, 256);
GRANT ALL ON article, state TO stranger;

-- expressions of each type; "any" for all whose type begins with any
CREATE TABLE value (type text, expression text);
INSERT INTO value VALUES
	('text', ''''''), ('text', ''' '''), ('text', '''a'''), ('text', '''the quick brown fox jumps over the lazy dog'''),
	('text', 'repeat(''word and another '', 3000)'), ('text', 'repeat(''x'', 100000)'), ('text', 'E''\u0301\u0301 \u5916\u52d9\u5927\u81e3 \U0001F600'''),
	('text', '''%s%n%1$s'''), ('text', '''dbscan'''), ('text', '''star'''), ('text', '''resembles'''), ('text', '''shares'''),
	('query', '''SELECT id, fp FROM article'''), ('query', '''SELECT id, sketch FROM article'''), ('query', '''SELECT id, id + 1 FROM article'''),
	('query', '''SELECT id, body FROM article'''), ('query', '''SELECT NULL::bigint, NULL::simhash'''), ('query', '''SELECT'''), ('query', ''''''),
	('query', '''SELECT id, fp FROM article WHERE id / 0 = 1'''), ('query', '''VALUES (1, 2, 3, 4)'''), ('query', '''DELETE FROM article'''),
	('query', '''SELECT id, fp FROM article; SELECT 1'''), ('query', '''BEGIN'''), ('query', '''TABLE article'''), ('query', '''no query'''),
	('query', '''SELECT id, to_simhash(body, 64 * (1 + id::int % 2)) FROM article'''), ('query', '''SELECT 1::bigint, fp FROM article'''),
	('query', '''SELECT id, sketch, NULL::date, NULL, NULL::int FROM article'''),
	('query', '''SELECT id, sketch, CASE WHEN id % 3 > 0 THEN now() END, body, id::int % 5 FROM article'''),
	('query', '''EXPLAIN SELECT 1'''), ('query', '''SELECT id, fp INTO copied FROM article'''),
	('integer', '0'), ('integer', '1'), ('integer', '-1'), ('integer', '2'), ('integer', '3'), ('integer', '16'), ('integer', '17'),
	('integer', '63'), ('integer', '64'), ('integer', '128'), ('integer', '256'), ('integer', '1024'), ('integer', '1088'),
	('integer', '2147483647'), ('integer', '-2147483648'), ('integer', '1073741824'),
	('smallint', '0'), ('smallint', '-32768'), ('smallint', '32767'),
	('bigint', '0'), ('bigint', '1'), ('bigint', '-1'), ('bigint', '9223372036854775807'), ('bigint', '-9223372036854775808'),
	('double precision', '0'), ('double precision', '''-0'''), ('double precision', '0.5'), ('double precision', '0.72'), ('double precision', '1'),
	('double precision', '1.0000001'), ('double precision', '-1'), ('double precision', '''NaN'''), ('double precision', '''Infinity'''),
	('double precision', '''-Infinity'''), ('double precision', '1e308'), ('double precision', '1e-320'), ('double precision', '3'),
	('boolean', 'true'), ('boolean', 'false'), ('oid', '0'), ('oid', '999999'), ('oid', '4294967295'), ('oid', '''simhash''::regtype::oid'),
	('regclass', '0'), ('regclass', '999999'), ('regclass', '''article'''), ('regclass', '''article_id'''), ('regclass', '''pg_class'''),
	('name', '''id'''), ('name', '''id'''), ('name', '''fp'''), ('name', '''sketch'''), ('name', '''body'''), ('name', '''"'''), ('name', '''ctid'''),
	('text[]', '''{}'''), ('text[]', '''{NULL}'''), ('text[]', '''{a,b,a}'''), ('text[]', '''{{a,b},{c,d}}'''), ('text[]', '''[5:6]={a,b}'''), ('text[]', '''{""}'''),
	('text[]', '(SELECT array_agg(i::text) FROM generate_series(1, 3000) AS i)'),
	('double precision[]', '''{}'''), ('double precision[]', '''{1,2}'''), ('double precision[]', '''{1,2,3}'''), ('double precision[]', '''{NULL,1,2}'''),
	('double precision[]', '''{NaN,1}'''), ('double precision[]', '''{1e308,1e308}'''), ('double precision[]', '''{-1,1}'''), ('double precision[]', '''{{1,2},{3,4}}'''),
	('bigint[]', '''{}'''), ('bigint[]', '''{1,2}'''), ('bigint[]', '''{-1,0,9223372036854775807}'''), ('bigint[]', '''{NULL}'''), ('bigint[]', '''{{1},{2}}'''),
	('integer[]', '''{}'''), ('integer[]', '''{1,-1}'''), ('integer[]', '''{NULL}'''),
	('bit', 'B'''''), ('bit', 'B''101'''), ('bit', 'repeat(''10'', 32)::bit(64)'), ('bit', 'repeat(''1'', 1024)::bit(1024)'), ('bit', 'repeat(''1'', 1088)::bit(1088)'),
	('tsvector', ''''''), ('tsvector', '''a:1A b:2 c:3D'''), ('tsvector', 'strip(to_tsvector(''simple'', ''one two three''))'),
	('simhash', 'to_simhash(''a b'', 64)'), ('simhash', 'to_simhash(''a b'', 256)'), ('simhash', 'to_simhash(''a b c'', 256)'), ('simhash', 'to_simhash(''a'', 1024)'),
	('simhash', 'repeat(''0'', 64)::simhash'), ('simhash', 'repeat(''f'', 64)::simhash'), ('simhash', 'repeat(''f'', 16)::simhash'),
	('simhash_ball', 'simhash_ball(to_simhash(''a b''), 3)'), ('simhash_ball', 'simhash_ball(to_simhash(''a b'', 64), 2147483647)'), ('simhash_ball', 'simhash_ball(to_simhash(''a b''), 0)'),
	('textsketch', 'to_textsketch(''a'')'), ('textsketch', 'to_textsketch(''a b c d e f g'')'), ('textsketch', 'to_textsketch(repeat(''a b c d '', 500) || repeat(''x y z '', 300))'),
	('textsketch', '(SELECT to_textsketch(string_agg(md5(i::text), '' '')) FROM generate_series(1, 3000) AS i)'),
	('textsketch', 'to_textsketch(''a b c d e f g'', 1, 1, 1)'), ('textsketch', 'to_textsketch(''a b c d e f g'', 16, 4096, 256)'),
	('textsketch_query', 'textsketch_query(''resembles'', to_textsketch(''a b c d e''), 0.5)'), ('textsketch_query', 'textsketch_query(''shares'', to_textsketch(''a b c d e''), 1)'),
	('textsketch_query', 'textsketch_query(''contained'', to_textsketch(''a b c d e'', 2), 1)'),
	('text', '''<title>a - b</title><h1>a</h1><p>one, two.</p><p>&#x1F600; &notit; <b'''), ('text', 'repeat(''<p>word and another.'', 3000)'),
	('bytea', '''<meta charset=sjis><p>a\203b\377'''), ('bytea', '''\xfffe3c0070003e00610000d8'''),
	('bytea', '''\x'''), ('bytea', '''\x00'''), ('bytea', 'decode(repeat(''00'', 8), ''hex'')'), ('bytea', 'decode(repeat(''ff'', 600), ''hex'')'),
	('bytea', 'decode(repeat(''5a'', 128), ''hex'')'), ('bytea', '(SELECT s FROM state ORDER BY length(s) LIMIT 1)'), ('bytea', '(SELECT s FROM state ORDER BY length(s) DESC LIMIT 1)'),
	('bytea', '(SELECT substr(s, 1, length(s) - 1) FROM state LIMIT 1)'), ('bytea', '(SELECT s || ''\x00'' FROM state LIMIT 1)'),
	('cstring', ''''''), ('cstring', '''0123456789abcdef'''), ('cstring', '''<0123456789abcdef,3>'''), ('cstring', '''nonsense'''), ('cstring', 'repeat(''f'', 256)::cstring'),
	('cstring', '''1/4/12/16/9/6/4294967295:3,70,800'''), ('cstring', 'to_textsketch(''a b c d e'')::text::cstring'),
	('cstring[]', '''{}'''), ('cstring[]', '''{64}'''), ('cstring[]', '''{63}'''), ('cstring[]', '''{a}'''), ('cstring[]', '''{64,64}'''), ('cstring[]', '''{NULL}'''), ('cstring[]', '''{{64}}'''),
	('timestamp with time zone', '''2026-01-01'''), ('timestamp with time zone', '''infinity'''), ('timestamp with time zone', '''-infinity'''), ('timestamp with time zone', '''4714-11-24 BC'''),
	('interval', '''1 day'''), ('interval', '''-1 day'''), ('interval', '''0'''), ('interval', '''170000000 years'''),
	('any', '1::bigint'), ('any', '''a''::text'), ('any', 'NULL::uuid'), ('any', 'NULL::point'), ('any', 'NULL::bigint');
-- states with a byte changed, and bytes at random
SELECT setseed(0.5);
INSERT INTO value SELECT 'bytea', format('set_byte((SELECT s FROM state ORDER BY length(s) LIMIT 1), %s, %s)', (random() * 40)::int, (random() * 255)::int) FROM generate_series(1, 60);
INSERT INTO value SELECT 'bytea', format('set_byte(textsketch_union_accum(NULL, to_textsketch(''a b c d e'')), %s, %s)', (random() * 50)::int, (random() * 255)::int) FROM generate_series(1, 60);
GRANT SELECT ON value TO PUBLIC;
SQL

my $script = <<'SQL';
SET statement_timeout = ':timeout';
SET client_min_messages = warning;
CREATE TEMP TABLE outcome (function text, call text, state text, message text);
DO $$
DECLARE
	f record;
	call text;
	result text;
BEGIN
	PERFORM setseed(:seed);
	FOR f IN
		SELECT p.oid, proname, prokind, proargnames, proargtypes, pronargs, proretset
		FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname IN ('simhash', 'simhash_html')
		WHERE NOT 'internal'::regtype = ANY (proargtypes) AND pronargs > 0 AND prorettype <> 'index_am_handler'::regtype
		ORDER BY proname, p.oid::regprocedure::text
	LOOP
		FOR i IN 1 .. :calls LOOP
			SELECT string_agg(CASE WHEN random() < 0.1 THEN 'NULL' ELSE coalesce(
					(SELECT expression FROM value v
					WHERE v.type = CASE
						WHEN f.proargnames[n] LIKE '%query' AND random() < 0.9 THEN 'query'
						WHEN format_type(t, NULL) LIKE 'any%' THEN 'any'
						ELSE format_type(t, NULL) END
					ORDER BY random() LIMIT 1), 'NULL') END
				|| CASE WHEN format_type(t, NULL) LIKE 'any%' THEN '' ELSE '::' || format_type(t, NULL) END, ', ' ORDER BY n)
			INTO call
			FROM unnest(f.proargtypes) WITH ORDINALITY AS a (t, n);
			call := format('%I(%s)', f.proname, call);
			call := CASE f.prokind
				WHEN 'a' THEN format('SELECT max(r::text) FROM (SELECT %s AS r FROM generate_series(1, 3)) AS s', call)
				WHEN 'w' THEN format('SELECT max(r::text) FROM (SELECT %s OVER () AS r FROM generate_series(1, 3)) AS s', call)
				ELSE format('SELECT max(r::text) FROM (SELECT %s AS r) AS s', call) END;
			BEGIN
				EXECUTE call INTO result;
				INSERT INTO outcome VALUES (f.oid::regprocedure, call, '00000', NULL);
			EXCEPTION WHEN OTHERS THEN
				INSERT INTO outcome VALUES (f.oid::regprocedure, call, SQLSTATE, SQLERRM);
			END;
		END LOOP;
	END LOOP;
END $$;
SQL
$script =~ s/:timeout/${PostgreSQL::Test::Utils::timeout_default}s/;
$script =~ s/:seed/$seed/;
$script =~ s/:calls/$calls/;

my ($status, $out, $error) = $node->psql('postgres', $script . <<'SQL', extra_params => [ '-U', 'stranger' ]);
SELECT count(DISTINCT function), count(*), count(*) FILTER (WHERE state = '00000') FROM outcome;
SELECT state || ' ' || message || ': ' || left(call, 300) FROM outcome
WHERE state LIKE 'XX%' OR state LIKE '42%' OR state IN ('57014', '53200', '54000') ORDER BY 1;
SQL
is($status, 0, 'the server lives') or diag $error;

my ($counts, @suspect) = split /\n/, $out;
my ($functions, $all, $returned) = split /\|/, $counts;

note "$functions functions, $all calls, $returned returned a value";
cmp_ok($functions, '>', 70, 'many functions were called');
cmp_ok($returned, '>', $all / 10, 'not all of the calls were refused');

# 42: the call itself was wrong, or the query (functions over queries), or a
# type has no ... (any); the text of a refused query says which.
my @wrong = grep { !/^42(501|809|883|601|P01|P07|804|846|704|703|P18|P20|725)/ } @suspect;

is(scalar @wrong, 0, 'no error that tells of a wrong program') or diag join "\n", splice @wrong, 0, 20;

# A shortage of memory or time would be as bad.
unlike($node->safe_psql('postgres', 'SELECT 1') . (slurp_file($node->logfile) // ''), qr/terminated by signal|PANIC|TRAP/, 'nothing broke');

$node->stop;
done_testing();
