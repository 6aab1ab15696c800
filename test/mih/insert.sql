\set id random(1, :ids)
\set n random(1, 3950)
INSERT INTO stress SELECT (:id + n * 7919) % :ids + 1, fp, wide, 0 FROM pool WHERE n BETWEEN :n AND :n + 49;
