-- The log of alerts, deliveries, follow-ups and silences. They share one table because a transition and the
-- deliveries that it asks for must be written together or not at all, and only one insert into one table is.
CREATE TABLE IF NOT EXISTS journal
(
    stream LowCardinality(String),
    id String,
    version UInt32,
    at DateTime64(3, 'UTC'),
    actor String,
    reason LowCardinality(String),
    body String CODEC(ZSTD),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY (stream, id, version)
SETTINGS fsync_after_insert = 1
