CREATE OR REPLACE VIEW verdicts AS
SELECT metric, slice, bucket_start, detector, status, reason, value, expected, lower, upper, score, direction
FROM verdicts_log FINAL
