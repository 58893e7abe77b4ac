-- The spans of so many seconds, by event type and date, that arrivals since a moment have touched: where the arrived
-- events are, and where those of them that were corrected have been before.
SELECT
    type,
    position.1 AS date,
    intDiv(toUnixTimestamp(assumeNotNull(position.2)), {seconds:UInt32}) * {seconds:UInt32} * 1000 AS start
FROM event_positions
ARRAY JOIN [
    ('occurred_at', toNullable(occurred_minute)), ('origin_at', origin_minute), ('due_at', due_minute)
] AS position
WHERE isNotNull(position.2)
    AND (
        inserted_at >= fromUnixTimestamp64Milli({since:Int64})
        OR event_id IN
        (
            SELECT event_id FROM event_positions WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
        )
    )
GROUP BY type, date, start
