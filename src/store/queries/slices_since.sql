SELECT DISTINCT slice
FROM points
WHERE metric = {metric:String} AND bucket_start >= fromUnixTimestamp64Milli({from:Int64})
ORDER BY slice
