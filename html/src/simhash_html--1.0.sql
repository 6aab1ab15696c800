/* html/src/simhash_html--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION simhash_html" to load this file. \quit

-- A page takes about a millisecond: hence the cost.

CREATE FUNCTION article_text(html text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION article_text(text) IS 'text of the article of an HTML page';

CREATE FUNCTION article_text(page bytea) RETURNS text
AS 'MODULE_PATHNAME', 'article_text_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION article_text(bytea) IS 'text of the article of an HTML page in the encoding that it declares';

CREATE FUNCTION article_title(html text) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION article_title(text) IS 'title of the article of an HTML page';

CREATE FUNCTION article_title(page bytea) RETURNS text
AS 'MODULE_PATHNAME', 'article_title_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;

COMMENT ON FUNCTION article_title(bytea) IS 'title of the article of an HTML page in the encoding that it declares';
