-- How far each source had got when it was last read.
SELECT
    source,
    toUnixTimestamp64Milli(max(occurred_at)) AS frontier,
    toUnixTimestamp64Milli(max(received_at)) AS lastArrivalAt
FROM events_log
WHERE is_deleted = 0
GROUP BY source
