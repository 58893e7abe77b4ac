-- How many rows there are to read of each bucket, those that were made again included.
SELECT toUnixTimestamp64Milli(bucket_start) AS bucketStart, count() AS rows
FROM points_log
WHERE metric = {metric:String}
    AND bucket_start >= fromUnixTimestamp64Milli({from:Int64}) AND bucket_start < fromUnixTimestamp64Milli({to:Int64})
    AND (empty({slices:Array(String)}) OR slice IN {slices:Array(String)})
GROUP BY bucket_start
ORDER BY bucket_start
