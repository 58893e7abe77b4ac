-- What people wrote in the events of one selector, at most so many texts of each side, the same ones each time.
SELECT text, {{date}} >= fromUnixTimestamp64Milli({span_from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({span_to:Int64}) AS isNow
FROM events_log FINAL
WHERE type IN {types:Array(String)}
    AND (
        ({{date}} >= fromUnixTimestamp64Milli({from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({to:Int64}))
        OR ({{date}} >= fromUnixTimestamp64Milli({span_from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({span_to:Int64}))
    )
    AND cityHash64(event_id) % {every:UInt32} = 0
    AND text != ''
    AND {{conditions}}
ORDER BY cityHash64(event_id)
LIMIT {most:UInt32} BY isNow
SETTINGS do_not_merge_across_partitions_select_final = 1
