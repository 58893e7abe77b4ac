-- One that was taken back before it began never happened. A fix is an annotation from the moment that it is said to be
-- out: it is in the journal already, and only once.
CREATE OR REPLACE VIEW annotations AS
SELECT annotation_id, toString(kind) AS kind, title, scope, starts_at, ends_at
FROM annotations_log FINAL
WHERE withdrawn = 0
UNION ALL
SELECT
    concat(id, '-fix-', toString(version)) AS annotation_id,
    'fix' AS kind,
    concat('Fix: ', JSONExtractString(body, 'title')) AS title,
    JSONExtractString(body, 'slice') AS scope,
    fromUnixTimestamp64Milli(JSONExtractInt(body, 'fixShippedAt'), 'UTC') AS starts_at,
    starts_at AS ends_at
FROM journal FINAL
WHERE stream = 'follow_up' AND reason = 'fix_shipped'
