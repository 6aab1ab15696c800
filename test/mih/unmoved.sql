\set radius random_exponential(0, 3, 3)
BEGIN;
SELECT checker.unmoved('stress', 'fp', :radius);
SELECT checker.unmoved('stress', 'wide', 4 * :radius);
COMMIT;
