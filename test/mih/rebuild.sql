-- Not CONCURRENTLY, for tests with a standby: an index that was made so lacks the
-- rows that were deleted before, and on a standby nobody waits for older snapshots,
-- which still see them. So it is with every access method.
\sleep 50 ms
REINDEX INDEX stress_fp;
REINDEX TABLE stress;
