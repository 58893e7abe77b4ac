-- What has happened to alerts and their deliveries since a moment.
SELECT stream, id, version, toUnixTimestamp64Milli(at) AS at, actor, reason, body
FROM journal FINAL
WHERE stream IN ('alert', 'delivery') AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
ORDER BY at, written_at, stream, id, version
