SELECT stream, id, version, toUnixTimestamp64Milli(at) AS at, actor, reason, body
FROM journal FINAL
ORDER BY at, written_at, stream, id, version
