-- The points of some series, each a metric with its slice.
SELECT
    metric, slice, toUnixTimestamp64Milli(bucket_start) AS bucketStart, bucket_seconds AS bucketSeconds, value,
    numerator, denominator, amount, revision, volume
FROM points
WHERE metric IN {metrics:Array(String)} AND slice IN {slices:Array(String)}
    AND has(arrayZip({metrics:Array(String)}, {slices:Array(String)}), (metric, slice))
    AND bucket_start >= fromUnixTimestamp64Milli({from:Int64}) AND bucket_start < fromUnixTimestamp64Milli({to:Int64})
ORDER BY metric, bucketStart
