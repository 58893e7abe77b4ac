CREATE MATERIALIZED VIEW IF NOT EXISTS event_positions_feed TO event_positions AS
SELECT
    event_id,
    type,
    toStartOfHour(occurred_at) AS occurred_hour,
    toStartOfHour(origin_at) AS origin_hour,
    toStartOfHour(due_at) AS due_hour,
    version
FROM events_log
WHERE is_deleted = 0
