CREATE TABLE IF NOT EXISTS annotations_log
(
    annotation_id String,
    kind LowCardinality(String),
    title String,
    scope String,
    starts_at DateTime64(3, 'UTC'),
    ends_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY annotation_id
