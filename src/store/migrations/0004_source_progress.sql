-- How far each source has come, by the place that it is read from (of Kafka `topic/partition`) and by event type. Fed
-- with the events themselves, so that it never says more than is durable, and every process reads the same.
CREATE TABLE IF NOT EXISTS source_progress
(
    source LowCardinality(String),
    place String,
    type LowCardinality(String),
    newest_event_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    newest_arrival_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (source, place, type)
