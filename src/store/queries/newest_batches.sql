SELECT alert_id, argMax(batch, (bucket_start, received_at)) AS batch
FROM alert_batches
WHERE alert_id IN {alert_ids:Array(String)}
GROUP BY alert_id
