CREATE OR REPLACE VIEW follow_up_log AS
SELECT id AS follow_up_id, version, at, actor, reason, body
FROM journal FINAL
WHERE stream = 'follow_up'
