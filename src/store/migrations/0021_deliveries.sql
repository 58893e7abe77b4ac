CREATE OR REPLACE VIEW deliveries AS
SELECT
    id AS delivery_id,
    JSONExtractString(current.2, 'alertId') AS alert_id,
    JSONExtractInt(current.2, 'alertVersion') AS alert_version,
    JSONExtractString(current.2, 'followUpId') AS follow_up_id,
    JSONExtractString(current.2, 'target') AS target,
    JSONExtractString(current.2, 'reason') AS reason,
    JSONExtractString(current.2, 'state') AS state,
    JSONExtractInt(current.2, 'attempts') AS attempts,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'createdAt'), 'UTC') AS created_at,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'sentAt', 'Nullable(Int64)'), 'UTC') AS sent_at,
    JSONExtractString(current.2, 'failure') AS failure
FROM
(
    SELECT id, argMax((version, body), version) AS current
    FROM journal
    WHERE stream = 'delivery'
    GROUP BY id
)
