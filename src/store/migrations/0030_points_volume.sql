-- The events behind a mean or a quantile, which is not a share of a count but is not worth more than it either.
ALTER TABLE points_log ADD COLUMN IF NOT EXISTS volume Nullable(Float64)
