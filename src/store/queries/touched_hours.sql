-- The hours, by event type and date, that arrivals since a moment have touched: where the arrived events are,
-- and where those of them that were corrected have been before.
SELECT
    type,
    position.1 AS date,
    toUnixTimestamp(assumeNotNull(position.2)) * 1000 AS hour
FROM event_positions
ARRAY JOIN [
    ('occurred_at', toNullable(occurred_hour)), ('origin_at', origin_hour), ('due_at', due_hour)
] AS position
WHERE isNotNull(position.2)
    AND (
        inserted_at >= fromUnixTimestamp64Milli({since:Int64})
        OR event_id IN
        (
            SELECT event_id FROM event_positions WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
        )
    )
GROUP BY type, date, hour
