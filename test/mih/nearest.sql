\set seed random(1, 1000000)
\set k random_exponential(3, 2000, 8)
\set pause random(0, 4) / 4 * 0.2
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT checker.nearest('stress', 'fp', checker.code(:seed, 64, 300), :k, :pause);
SELECT checker.nearest('stress', 'wide', checker.code(:seed, 256, 300), :k);
COMMIT;
