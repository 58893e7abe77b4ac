SELECT
    source,
    place,
    type,
    toUnixTimestamp64Milli(max(newest_event_at)) AS frontier,
    toUnixTimestamp64Milli(max(newest_arrival_at)) AS lastArrivalAt
FROM source_progress
GROUP BY source, place, type
