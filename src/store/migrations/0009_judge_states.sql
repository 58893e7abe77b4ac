-- Beside the newest state (slot 0) two earlier ones, from which points that late events changed are judged again.
CREATE TABLE IF NOT EXISTS judge_states
(
    metric LowCardinality(String),
    slice String,
    detector LowCardinality(String),
    slot UInt8,
    parameters String,
    observed_until DateTime64(3, 'UTC'),
    state String CODEC(ZSTD),
    saved_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(saved_at)
ORDER BY (metric, slice, detector, slot)
