-- The medians of all rounds: see run.

\pset footer off

-- What two processes do is told by the time elapsed alone.
CREATE VIEW median AS
	SELECT kind, call, percentile_cont(.5) WITHIN GROUP (ORDER BY ms) AS ms,
		   percentile_cont(.5) WITHIN GROUP (ORDER BY CASE WHEN kind LIKE '%, two processes' THEN ms ELSE cpu END) AS cpu
	FROM measured GROUP BY kind, call;

SELECT m.kind AS text, m.call, round(m.ms::numeric, 1) AS elapsed, round(m.cpu::numeric, 1) AS cpu,
	   round((k.bytes / 1e3 / m.cpu)::numeric) AS "MB/s",
	   round((1e6 * m.cpu / k.words)::numeric, 1) AS "ns/word",
	   round((md5.cpu / m.cpu)::numeric, 2) AS "md5 = 1",
	   round((clickhouse.cpu / m.cpu)::numeric, 2) AS "ClickHouse = 1"
FROM median m
	 JOIN kind k ON k.kind = regexp_replace(m.kind, ', (one|two) process.*', '')
	 LEFT JOIN median md5 ON (md5.kind, md5.call) = (m.kind, 'md5(body)')
	 LEFT JOIN median clickhouse ON (clickhouse.kind, clickhouse.call) =
		(m.kind, 'ClickHouse wordShingleSimHashCaseInsensitiveUTF8(text, 2)')
ORDER BY array_position(ARRAY['articles', 'some articles'], m.kind), m.kind, m.cpu;
