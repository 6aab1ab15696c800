-- Where bench/html/run puts pages.
CREATE EXTENSION simhash;
CREATE EXTENSION simhash_html;
CREATE TABLE line (line text);
