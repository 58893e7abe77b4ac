-- The due hours of the cases whose answers arrived since a moment: an answer changes the bucket its case was
-- due in, not the one it was given in. Answers are read where they are and, where some were corrected, have been.
SELECT DISTINCT toUnixTimestamp(toStartOfHour(assumeNotNull(due_at))) * 1000 AS hour
FROM events_log FINAL
WHERE type IN {opened_types:Array(String)}
    AND isNotNull(due_at)
    AND case_id IN
    (
        SELECT case_id
        FROM events_log
        WHERE (type, toStartOfHour(occurred_at), event_id) IN
        (
            SELECT toString(type), toStartOfHour(occurred_minute), event_id
            FROM event_positions
            WHERE type IN {answered_types:Array(String)}
                AND (
                    inserted_at >= fromUnixTimestamp64Milli({since:Int64})
                    OR (
                        {moved:Bool} AND event_id IN
                        (
                            SELECT event_id
                            FROM event_positions
                            WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
                        )
                    )
                )
        )
    )
SETTINGS use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1
