SELECT
    metric, slice, toUnixTimestamp64Milli(bucket_start) AS bucketStart, bucket_seconds AS bucketSeconds, value,
    numerator, denominator, amount, revision, volume
FROM points
WHERE metric = {metric:String}
    AND bucket_start >= fromUnixTimestamp64Milli({from:Int64}) AND bucket_start < fromUnixTimestamp64Milli({to:Int64})
    -- All of them where none are named.
    AND (empty({slices:Array(String)}) OR slice IN {slices:Array(String)})
ORDER BY bucketStart, slice
