CREATE OR REPLACE VIEW alerts AS
SELECT
    id AS alert_id,
    current.1 AS version,
    JSONExtractString(current.2, 'kind') AS kind,
    JSONExtractString(current.2, 'fingerprint') AS fingerprint,
    JSONExtractString(current.2, 'metric') AS metric,
    JSONExtractString(current.2, 'slice') AS slice,
    JSONExtractString(current.2, 'title') AS title,
    JSONExtractString(current.2, 'direction') AS direction,
    JSONExtractString(current.2, 'severity') AS severity,
    JSONExtractString(current.2, 'state') AS state,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'startedAt'), 'UTC') AS started_at,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'openedAt', 'Nullable(Int64)'), 'UTC') AS opened_at,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'acknowledgedAt', 'Nullable(Int64)'), 'UTC') AS acknowledged_at,
    JSONExtractString(current.2, 'acknowledgedBy') AS acknowledged_by,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'resolvedAt', 'Nullable(Int64)'), 'UTC') AS resolved_at,
    JSONExtractString(current.2, 'owner') AS owner,
    JSONExtractString(current.2, 'groupId') AS group_id,
    JSONExtractString(current.2, 'silence', 'silenceId') AS silenced_by,
    JSONExtractBool(current.2, 'flapping') AS flapping,
    JSONExtractString(current.2, 'feedback', 'verdict') AS feedback,
    JSONExtractString(current.2, 'feedback', 'by') AS feedback_by,
    JSONExtractFloat(current.2, 'impactCount') AS impact_count,
    JSONExtractFloat(current.2, 'impactAmount') AS impact_amount
FROM
(
    SELECT id, argMax((version, body), version) AS current
    FROM journal
    WHERE stream = 'alert'
    GROUP BY id
)
