-- Everything that happened to an alert: its own entries, its deliveries' and its follow-ups'.
SELECT stream, id, version, toUnixTimestamp64Milli(at) AS at, actor, reason, body
FROM journal FINAL
WHERE id = {alert_id:String} OR JSONExtractString(body, 'alertId') = {alert_id:String}
ORDER BY at, written_at, stream, id, version
