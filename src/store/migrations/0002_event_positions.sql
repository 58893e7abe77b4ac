-- Where each event has been: finds the events that a correction moved, and the minutes that new arrivals touched.
-- `inserted_at` is when the block of the insert is written and not when its statement began, which of a large file may be
-- long before.
CREATE TABLE IF NOT EXISTS event_positions
(
    event_id String,
    type LowCardinality(String),
    occurred_minute DateTime('UTC'),
    origin_minute Nullable(DateTime('UTC')),
    due_minute Nullable(DateTime('UTC')),
    version UInt128,
    inserted_at DateTime64(3, 'UTC') DEFAULT nowInBlock64(3)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(inserted_at)
ORDER BY (cityHash64(event_id), event_id, type, occurred_minute, origin_minute, due_minute)
SETTINGS allow_nullable_key = 1, min_bytes_for_wide_part = 134217728, min_parts_to_merge_at_once = 10
