-- The inserts of events since a moment, by the time that each carries, with a fingerprint of what it brought: an insert
-- that shows up later under the same time changes it. Repetitions count once, so that a merge of them changes nothing.
SELECT
    toUnixTimestamp64Milli(inserted_at) AS at,
    toString(sum(DISTINCT cityHash64(event_id, type, occurred_minute, version))) AS fingerprint
FROM event_positions
WHERE inserted_at >= fromUnixTimestamp64Milli({since:Int64})
GROUP BY at
