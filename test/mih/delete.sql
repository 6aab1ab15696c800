\set id random(1, :ids)
DELETE FROM stress WHERE ctid = ANY (ARRAY(
	SELECT ctid FROM stress WHERE id = ANY (ARRAY(SELECT (:id + i * 104729) % :ids + 1 FROM generate_series(0, 49) i))
	FOR UPDATE SKIP LOCKED));
