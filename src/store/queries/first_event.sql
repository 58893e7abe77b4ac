-- When the first of the events before a moment happened.
SELECT toUnixTimestamp64Milli(min(occurred_at)) AS first, count() AS events
FROM events
WHERE occurred_at < fromUnixTimestamp64Milli({before:Int64})
