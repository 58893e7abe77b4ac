CREATE OR REPLACE VIEW silence_log AS
SELECT id AS silence_id, version, at, actor, reason, body
FROM journal FINAL
WHERE stream = 'silence'
