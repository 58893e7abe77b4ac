-- Every arrival of every event; what is current is the view `events`.
-- The key has the hour, so that a bucket is read without touching the rest. An event that a correction moves
-- to another hour or type leaves a deleted row behind at its old place (queries/settle_moved_events.sql). `batch` is the
-- insert that an event came with, which the log names as well: what a message was sent for is found by it.
CREATE TABLE IF NOT EXISTS events_log
(
    event_id String,
    type LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    order_id String,
    case_id String,
    merchant_id LowCardinality(String),
    region LowCardinality(String),
    category LowCardinality(String),
    scenario LowCardinality(String),
    channel LowCardinality(String),
    amount Nullable(Decimal(38, 18)),
    currency LowCardinality(String),
    origin_at Nullable(DateTime64(3, 'UTC')),
    started_at Nullable(DateTime64(3, 'UTC')),
    due_at Nullable(DateTime64(3, 'UTC')),
    outcome LowCardinality(String),
    text String CODEC(ZSTD),
    attributes Map(LowCardinality(String), String),
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    position String,
    version UInt128,
    is_deleted UInt8 DEFAULT 0,
    batch LowCardinality(String) DEFAULT initialQueryID(),
    INDEX by_origin origin_at TYPE minmax,
    INDEX by_due due_at TYPE minmax,
    INDEX by_case case_id TYPE bloom_filter
)
ENGINE = ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (type, toStartOfHour(occurred_at), event_id)
SETTINGS fsync_after_insert = 1, min_bytes_for_wide_part = 134217728
