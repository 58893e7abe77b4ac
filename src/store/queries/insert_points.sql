-- Takes the blocks that src/store/point-rows.ts writes.
INSERT INTO points_log
    (metric, slice, bucket_start, bucket_seconds, value, numerator, denominator, amount, revision, volume, is_deleted)
FORMAT Native
