-- `body` is what people announced while Redress ran (JSON), empty for what stands in the configuration.
CREATE TABLE IF NOT EXISTS annotations_log
(
    annotation_id String,
    kind LowCardinality(String),
    title String,
    scope String,
    starts_at DateTime64(3, 'UTC'),
    ends_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3),
    body String DEFAULT '',
    withdrawn UInt8 DEFAULT 0
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY annotation_id
