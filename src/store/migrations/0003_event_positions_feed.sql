CREATE MATERIALIZED VIEW IF NOT EXISTS event_positions_feed TO event_positions AS
SELECT
    event_id,
    type,
    toStartOfMinute(occurred_at) AS occurred_minute,
    toStartOfMinute(origin_at) AS origin_minute,
    toStartOfMinute(due_at) AS due_minute,
    version
FROM events_log
WHERE is_deleted = 0
