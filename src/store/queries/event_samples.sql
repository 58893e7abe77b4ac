-- The cases behind the newest events of one selector in a span, each once. A case goes by its own id, without one by its
-- order's, and else by the event's. Cases that one of the other types has answered are left out.
SELECT
    multiIf(case_id != '', case_id, order_id != '', order_id, event_id) AS sample,
    max({{date}}) AS newest
FROM events_log FINAL
WHERE type IN {types:Array(String)}
    AND {{date}} >= fromUnixTimestamp64Milli({from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({to:Int64})
    AND {{conditions}}
    AND (empty({answers:Array(String)}) OR case_id NOT IN (
        SELECT case_id
        FROM events_log
        WHERE type IN {answers:Array(String)} AND occurred_at >= fromUnixTimestamp64Milli({answers_from:Int64})
    ))
GROUP BY sample
ORDER BY newest DESC, sample
LIMIT {most:UInt32}
