-- By month, so that a page that asks for all series of a week does not read the years before. `volume` is the events behind
-- a mean or a quantile, which is not a share of a count but is not worth more than it either.
CREATE TABLE IF NOT EXISTS points_log
(
    metric LowCardinality(String),
    slice LowCardinality(String),
    bucket_start DateTime64(3, 'UTC'),
    bucket_seconds UInt32,
    value Float64,
    numerator Float64,
    denominator Nullable(Float64),
    amount Float64,
    revision UInt32,
    is_deleted UInt8 DEFAULT 0,
    made_at DateTime64(3, 'UTC') DEFAULT now64(3),
    volume Nullable(Float64)
)
ENGINE = ReplacingMergeTree(revision, is_deleted)
PARTITION BY toYYYYMM(bucket_start)
ORDER BY (metric, slice, bucket_start)
