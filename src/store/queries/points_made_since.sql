-- Of the log and not of the points, because a point that was taken away has changed as well.
SELECT slice, toUnixTimestamp64Milli(min(bucket_start)) AS first
FROM points_log
WHERE metric = {metric:String}
    AND bucket_start >= fromUnixTimestamp64Milli({from:Int64}) AND bucket_start < fromUnixTimestamp64Milli({to:Int64})
    AND made_at >= fromUnixTimestamp64Milli({made_at:Int64})
GROUP BY slice
