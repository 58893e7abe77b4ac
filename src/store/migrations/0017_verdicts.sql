CREATE OR REPLACE VIEW verdicts AS
SELECT metric, slice, bucket_start, detector, status, reason, value, expected, lower, upper, score, direction, judged_at
FROM verdicts_log FINAL
