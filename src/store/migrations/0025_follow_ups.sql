CREATE OR REPLACE VIEW follow_ups AS
SELECT
    id AS follow_up_id,
    current.1 AS version,
    JSONExtractString(current.2, 'alertId') AS alert_id,
    JSONExtractString(current.2, 'metric') AS metric,
    JSONExtractString(current.2, 'slice') AS slice,
    JSONExtractString(current.2, 'title') AS title,
    JSONExtractString(current.2, 'owner') AS owner,
    JSONExtractString(current.2, 'state') AS state,
    JSONExtractString(current.2, 'priority') AS priority,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'dueAt'), 'UTC') AS due_at,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'openedAt'), 'UTC') AS opened_at,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'closedAt', 'Nullable(Int64)'), 'UTC') AS closed_at,
    JSONExtractInt(current.2, 'timesReopened') AS times_reopened,
    JSONExtractRaw(current.2, 'effect') AS effect
FROM
(
    SELECT id, argMax((version, body), version) AS current
    FROM journal
    WHERE stream = 'follow_up'
    GROUP BY id
)
