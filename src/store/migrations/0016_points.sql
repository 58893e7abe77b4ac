CREATE OR REPLACE VIEW points AS
SELECT metric, slice, bucket_start, bucket_seconds, value, numerator, denominator, amount, revision, volume, made_at
FROM points_log FINAL
