CREATE TABLE IF NOT EXISTS judge_states
(
    metric LowCardinality(String),
    slice String,
    detector LowCardinality(String),
    parameters String,
    observed_until DateTime64(3, 'UTC'),
    state String CODEC(ZSTD),
    saved_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(saved_at)
ORDER BY (metric, slice, detector)
