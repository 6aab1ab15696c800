\set seed random(1, 1000000)
\set radius random_exponential(0, 64, 4)
\set wide random_exponential(0, 256, 4)
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT checker.within('stress', 'fp', checker.code(:seed, 64, 300), :radius);
SELECT checker.within('stress', 'wide', checker.code(:seed, 256, 300), :wide);
COMMIT;
