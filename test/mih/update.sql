\set id random(1, :ids)
\set other random(1, :ids)
UPDATE stress SET note = note + 1 WHERE id = :id;
UPDATE stress s SET fp = r.fp, wide = r.wide FROM stress_row(:other) r WHERE s.id = r.id;
BEGIN;
UPDATE stress SET wide = (stress_row(id)).wide WHERE id = :id;
INSERT INTO stress SELECT (stress_row(:other)).*;
ROLLBACK;
