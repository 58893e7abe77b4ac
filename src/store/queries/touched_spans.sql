-- The spans by event type and date that arrivals since a moment have touched: where the arrived events are and, where some
-- of them were corrected, where those have been before. Dates that are not asked for are left out.
SELECT type, date, intDiv(toUnixTimestamp(assumeNotNull(minute)), seconds) * seconds * 1000 AS start
FROM
(
    SELECT
        type,
        position.1 AS date,
        position.2 AS minute,
        transform(date, {dates:Array(String)}, {seconds:Array(UInt32)}, toUInt32(0)) AS seconds
    FROM event_positions
    ARRAY JOIN [
        ('occurred_at', toNullable(occurred_minute)), ('origin_at', origin_minute), ('due_at', due_minute)
    ] AS position
    WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
        OR (
            {moved:Bool} AND event_id IN
            (
                SELECT event_id FROM event_positions WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
            )
        )
)
WHERE isNotNull(minute) AND seconds > 0
GROUP BY type, date, start
