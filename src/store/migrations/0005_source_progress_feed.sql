CREATE MATERIALIZED VIEW IF NOT EXISTS source_progress_feed TO source_progress AS
SELECT
    source,
    if(source = 'kafka', substringIndex(position, '/', 2), '') AS place,
    type,
    max(occurred_at) AS newest_event_at,
    max(received_at) AS newest_arrival_at
FROM events_log
WHERE is_deleted = 0
GROUP BY source, place, type
