CREATE OR REPLACE VIEW silences AS
SELECT
    id AS silence_id,
    current.1 AS version,
    JSONExtractString(current.2, 'origin') AS origin,
    JSONExtractString(current.2, 'state') AS state,
    JSONExtractRaw(current.2, 'match') AS match,
    JSONExtractString(current.2, 'author') AS author,
    JSONExtractString(current.2, 'reason') AS reason,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'startsAt'), 'UTC') AS starts_at,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'endsAt'), 'UTC') AS ends_at,
    JSONExtractBool(current.2, 'untilResolved') AS until_resolved,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'nextAt', 'Nullable(Int64)'), 'UTC') AS next_at,
    JSONExtractBool(current.2, 'matched') AS matched,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'createdAt'), 'UTC') AS created_at
FROM
(
    SELECT id, argMax((version, body), version) AS current
    FROM journal
    WHERE stream = 'silence'
    GROUP BY id
)
