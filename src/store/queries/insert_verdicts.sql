-- Takes the blocks that src/store/verdict-table.ts writes. Nothing is looked for that comes twice in one block
-- (optimize_on_insert), which would cost as much again: whoever reads says FINAL.
INSERT INTO verdicts_log
    (metric, slice, bucket_start, detector, status, reason, value, expected, lower, upper, score, direction)
SETTINGS optimize_on_insert = 0
FORMAT Native
