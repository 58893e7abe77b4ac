CREATE OR REPLACE VIEW alert_log AS
SELECT id AS alert_id, version, at, actor, reason, body
FROM journal FINAL
WHERE stream = 'alert'
