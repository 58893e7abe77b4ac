-- Notes which inserts the events of one bucket came with, for the alerts that fired on it. A date is one of three columns.
INSERT INTO alert_batches (alert_id, metric, bucket_start, batch, events, received_at)
SELECT alert_id, {metric:String}, fromUnixTimestamp64Milli({from:Int64}), batch, events, received_at
FROM
(
    SELECT batch, count() AS events, max(received_at) AS received_at
    FROM events_log
    WHERE type IN {types:Array(String)}
        AND {date:Identifier} >= fromUnixTimestamp64Milli({from:Int64})
        AND {date:Identifier} < fromUnixTimestamp64Milli({to:Int64})
        AND is_deleted = 0 AND batch != ''
    GROUP BY batch
)
ARRAY JOIN {alert_ids:Array(String)} AS alert_id
