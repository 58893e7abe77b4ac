-- Between which moments there are events, those included that have since moved elsewhere. It reads what the engine knows of
-- its parts, and no event.
SELECT
    toUnixTimestamp64Milli(min(occurred_at)) AS first,
    toUnixTimestamp64Milli(max(occurred_at)) AS last,
    count() AS events
FROM events_log
