-- Counts the events of one selector by bucket and by the values of all dimensions in use. Buckets come as their
-- starts (ms), so that time zones and day-light saving are decided in one place. What stands in double braces names
-- columns and is put in by measure-query.ts, because a column that is looked up by its name for each row costs more
-- than the count itself.
SELECT
    {{bucket}} AS bucket,
    {{dimensions}}
    {{state}} AS state,
    {{events}} AS part_events,
    {{amount}} AS part_amount
FROM events_log FINAL
WHERE type IN {types:Array(String)}
    AND {{date}} >= fromUnixTimestamp64Milli({from:Int64}) AND {{date}} < fromUnixTimestamp64Milli({to:Int64})
    AND {{conditions}}
GROUP BY {{groups}}
