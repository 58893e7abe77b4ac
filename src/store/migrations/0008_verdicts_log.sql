-- By month, so that a page that asks for all series of a week does not read the years before.
CREATE TABLE IF NOT EXISTS verdicts_log
(
    metric LowCardinality(String),
    slice LowCardinality(String),
    bucket_start DateTime64(3, 'UTC'),
    detector LowCardinality(String),
    status LowCardinality(String),
    reason LowCardinality(String),
    value Float64,
    expected Nullable(Float64),
    lower Nullable(Float64),
    upper Nullable(Float64),
    score Nullable(Float64),
    direction LowCardinality(String),
    judged_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(judged_at)
PARTITION BY toYYYYMM(bucket_start)
ORDER BY (metric, slice, detector, bucket_start)
