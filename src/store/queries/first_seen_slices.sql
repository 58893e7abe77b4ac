SELECT slice, toUnixTimestamp64Milli(min(bucket_start)) AS first
FROM points
WHERE metric = {metric:String} AND bucket_start < fromUnixTimestamp64Milli({before:Int64})
GROUP BY slice
