-- The due hours of the cases whose answers arrived since a moment: an answer changes the bucket its case was
-- due in, not the one it was given in.
SELECT DISTINCT toUnixTimestamp(toStartOfHour(assumeNotNull(due_at))) * 1000 AS hour
FROM events_log FINAL
WHERE type IN {opened_types:Array(String)}
    AND isNotNull(due_at)
    AND case_id IN
    (
        SELECT case_id
        FROM events_log
        WHERE type IN {answered_types:Array(String)}
            AND event_id IN
            (
                SELECT event_id
                FROM event_positions
                WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64}) AND type IN {answered_types:Array(String)}
            )
    )
