-- What gave no event, kept as it came. The same input read again is the same row.
CREATE TABLE IF NOT EXISTS rejected_events_log
(
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    position String,
    raw String CODEC(ZSTD),
    reason LowCardinality(String),
    field LowCardinality(String),
    detail String,
    version UInt128
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (source, position, cityHash64(raw))
SETTINGS fsync_after_insert = 1
