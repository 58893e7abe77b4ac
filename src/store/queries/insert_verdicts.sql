-- Takes the blocks that src/store/verdict-table.ts writes.
INSERT INTO verdicts_log
    (metric, slice, bucket_start, detector, status, reason, value, expected, lower, upper, score, direction)
FORMAT Native
