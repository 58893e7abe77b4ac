CREATE OR REPLACE VIEW delivery_log AS
SELECT id AS delivery_id, version, at, actor, reason, body
FROM journal FINAL
WHERE stream = 'delivery'
