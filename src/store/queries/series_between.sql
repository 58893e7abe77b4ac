-- One series with its combined verdict, for charts.
SELECT
    p.metric AS metric, p.slice AS slice, toUnixTimestamp64Milli(p.bucket_start) AS bucketStart,
    p.bucket_seconds AS bucketSeconds, p.value AS value, p.numerator AS numerator, p.denominator AS denominator,
    p.amount AS amount, p.revision AS revision, p.volume AS volume,
    v.status AS status, v.reason AS reason, v.expected AS expected, v.lower AS lower, v.upper AS upper, v.score AS score,
    v.direction AS direction
FROM points AS p
LEFT JOIN
(
    SELECT * FROM verdicts
    WHERE metric = {metric:String} AND slice = {slice:String} AND detector = 'combined'
) AS v ON p.bucket_start = v.bucket_start
WHERE p.metric = {metric:String} AND p.slice = {slice:String}
    AND p.bucket_start >= fromUnixTimestamp64Milli({from:Int64}) AND p.bucket_start < fromUnixTimestamp64Milli({to:Int64})
ORDER BY bucketStart
SETTINGS join_use_nulls = 1
