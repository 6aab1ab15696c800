-- A small newsroom: outlets, articles with their fingerprints, and the pairs
-- of articles that are known to be copies.
--
--     psql -d DATABASE -v seeds=FOLDER -f FOLDER/newsroom.sql
--
-- FOLDER is the one that holds this file ("seeds" when it isn't given). The
-- extension must be on the search path; the tables go to the current schema.
-- The database's encoding must be able to hold curly quotes: UTF8, in short.

\if :{?seeds}
\else
	\set seeds seeds
\endif

-- All or nothing.
\set ON_ERROR_STOP on

BEGIN;

CREATE TABLE outlet (
	id			int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name		text NOT NULL UNIQUE
);

CREATE TABLE article (
	id			int PRIMARY KEY,
	outlet_id	int NOT NULL REFERENCES outlet,
	published	timestamptz NOT NULL,
	title		text NOT NULL,
	body		text NOT NULL,
	fp			simhash(256) GENERATED ALWAYS AS (to_simhash(body)) STORED
);

-- What a reader knows of the articles, to hold the machine's answers against.
CREATE TABLE known_pair (
	a			int NOT NULL REFERENCES article,
	b			int NOT NULL REFERENCES article,
	relation	text NOT NULL CHECK (relation IN ('retyped', 'reprint', 'cut', 'story')),
	PRIMARY KEY (a, b),
	CHECK (a < b)
);

-- The server can't read the caller's files, so psql sends them. \copy expands
-- no variables of psql; its program sees those of the environment.
\setenv SIMHASH_SEEDS :seeds

CREATE TEMPORARY TABLE listed (
	file		text,
	outlet		text,
	published	timestamptz,
	title		text
) ON COMMIT DROP;

\copy listed FROM PROGRAM 'cat "$SIMHASH_SEEDS/newsroom.csv"' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

-- In hexadecimal a file passes byte for byte: nothing to quote or to escape,
-- and no client encoding has a say.
CREATE TEMPORARY TABLE sent (
	file		text,
	hex			text
) ON COMMIT DROP;

\copy sent FROM PROGRAM 'cd "$SIMHASH_SEEDS" && for f in [0-9]*.txt control/[0-9]*.txt; do printf "%s\t" "$f"; od -An -v -tx1 "$f" | tr -d " \n"; echo; done'

INSERT INTO outlet (name)
	SELECT DISTINCT outlet COLLATE "C" AS name FROM listed ORDER BY name;

-- The number that a file's name begins with is the article's. A file that is
-- listed but wasn't sent leaves body null, which is an error.
INSERT INTO article (id, outlet_id, published, title, body)
	SELECT substring(file FROM '([0-9]+)_[^/]*$')::int,
		   outlet.id, published, title,
		   convert_from(decode(hex, 'hex'), 'UTF8')
	FROM listed
	JOIN outlet ON outlet.name = listed.outlet
	LEFT JOIN sent USING (file);

\copy known_pair FROM PROGRAM 'cat "$SIMHASH_SEEDS/pairs.csv"' WITH (FORMAT csv, HEADER)

COMMIT;

ANALYZE outlet, article, known_pair;
