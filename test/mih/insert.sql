\set id random(1, :ids)
INSERT INTO stress SELECT r.* FROM generate_series(0, 9) i, stress_row((:id + i * 7919) % :ids + 1) r;
