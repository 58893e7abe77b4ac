-- The inserts that brought the events of the bucket on which an alert fired.
CREATE TABLE IF NOT EXISTS alert_batches
(
    alert_id String,
    metric LowCardinality(String),
    bucket_start DateTime64(3, 'UTC'),
    batch String,
    events UInt64,
    received_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (alert_id, bucket_start, batch)
