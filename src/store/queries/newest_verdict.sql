-- What was last said of a series after a bucket.
SELECT toUnixTimestamp64Milli(bucket_start) AS bucketStart, status, reason
FROM verdicts
WHERE metric = {metric:String} AND slice = {slice:String} AND detector = 'combined'
    AND bucket_start > fromUnixTimestamp64Milli({after:Int64})
ORDER BY bucket_start DESC
LIMIT 1
