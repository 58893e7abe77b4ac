-- A message is about an alert, a group of them, a follow-up, somebody's reminders or a digest.
CREATE OR REPLACE VIEW deliveries AS
SELECT
    id AS delivery_id,
    JSONExtractString(current.2, 'alertId') AS alert_id,
    if(subject_kind IN ('alert', 'group'), JSONExtractInt(current.2, 'subject', 'version'), 0) AS alert_version,
    if(subject_kind = 'follow_up', subject_id, '') AS follow_up_id,
    JSONExtractString(current.2, 'target') AS target,
    JSONExtractString(current.2, 'reason') AS reason,
    JSONExtractString(current.2, 'state') AS state,
    JSONExtractInt(current.2, 'attempts') AS attempts,
    fromUnixTimestamp64Milli(JSONExtractInt(current.2, 'createdAt'), 'UTC') AS created_at,
    fromUnixTimestamp64Milli(JSONExtract(current.2, 'sentAt', 'Nullable(Int64)'), 'UTC') AS sent_at,
    JSONExtractString(current.2, 'failure') AS failure,
    JSONExtractString(current.2, 'subject', 'kind') AS subject_kind,
    JSONExtractString(current.2, 'subject', 'id') AS subject_id
FROM
(
    SELECT id, argMax((version, body), version) AS current
    FROM journal
    WHERE stream = 'delivery'
    GROUP BY id
)
