SELECT toUnixTimestamp64Milli(max(bucket_start)) AS newest
FROM points_log
WHERE metric = {metric:String}
