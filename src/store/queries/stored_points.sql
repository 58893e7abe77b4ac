-- The newest revision of each point, those included that corrections left without any event: a point that comes
-- back must come with a higher revision, or its removal would outlive it.
SELECT
    {metric:String} AS metric, slice, toUnixTimestamp64Milli(bucket_start) AS bucketStart,
    newest.1 AS bucketSeconds, newest.2 AS value, newest.3 AS numerator, newest.4 AS denominator, newest.5 AS amount,
    newest.6 AS volume, newest.7 AS isDeleted, newest.8 AS revision
FROM
(
    SELECT
        slice,
        bucket_start,
        argMax((bucket_seconds, value, numerator, denominator, amount, volume, is_deleted, revision), revision) AS newest
    FROM points_log
    WHERE metric = {metric:String}
        AND bucket_start >= fromUnixTimestamp64Milli({from:Int64}) AND bucket_start < fromUnixTimestamp64Milli({to:Int64})
    GROUP BY slice, bucket_start
)
