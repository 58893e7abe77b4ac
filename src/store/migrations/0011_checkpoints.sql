-- How far the program has got, by name: ms since the epoch, or a word.
CREATE TABLE IF NOT EXISTS checkpoints
(
    name String,
    value String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY name
