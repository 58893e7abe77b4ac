SELECT slice, sum(coalesce(denominator, volume, numerator)) AS weight
FROM points
WHERE metric = {metric:String}
    AND bucket_start >= fromUnixTimestamp64Milli({from:Int64})
GROUP BY slice
