-- Dated facts that began in a stretch of time: what people wrote into the calendar, fixes that went out, and changes of rules.
SELECT toUnixTimestamp64Milli(starts_at) AS at, kind, title, scope, CAST(map(), 'Map(String, String)') AS labels
FROM annotations
WHERE starts_at >= fromUnixTimestamp64Milli({from:Int64}) AND starts_at < fromUnixTimestamp64Milli({to:Int64})
UNION ALL
SELECT
    toUnixTimestamp64Milli(occurred_at) AS at, toString(type) AS kind, text AS title, '' AS scope,
    mapConcat(CAST(attributes, 'Map(String, String)'), CAST(mapFilter((name, value) -> value != '', map(
        'region', toString(region), 'category', toString(category), 'scenario', toString(scenario),
        'channel', toString(channel), 'merchant_id', toString(merchant_id)
    )), 'Map(String, String)')) AS labels
FROM events_log FINAL
WHERE type = 'rule.changed'
    AND occurred_at >= fromUnixTimestamp64Milli({from:Int64}) AND occurred_at < fromUnixTimestamp64Milli({to:Int64})
ORDER BY at, title
LIMIT 100
