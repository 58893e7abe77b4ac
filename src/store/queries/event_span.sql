-- What there is: by type, how many distinct events, and the first and the last.
SELECT
    type,
    count() AS events,
    toUnixTimestamp64Milli(min(occurred_at)) AS first,
    toUnixTimestamp64Milli(max(occurred_at)) AS last
FROM events
GROUP BY type
ORDER BY type
