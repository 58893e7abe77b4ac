/** The SQL of the dashboard "Redress pipeline": whether the data flows, from event to message. */

/** Arrivals of the time shown; an event that is older than this when it arrives is not counted. */
const ARRIVED = `$__timeFilter(received_at) AND occurred_at > $__fromTime - INTERVAL 90 DAY AND occurred_at < $__toTime + INTERVAL 1 DAY`;

export const THROUGHPUT = `SELECT $__timeInterval(received_at) AS time, source, count() AS events
FROM events
WHERE ${ARRIVED}
GROUP BY time, source
ORDER BY time, source`;

export const LAG = `SELECT
  $__timeInterval(received_at) AS time,
  quantile(0.5)(greatest(0, dateDiff('second', occurred_at, received_at))) AS "the middle event",
  quantile(0.99)(greatest(0, dateDiff('second', occurred_at, received_at))) AS "99 of 100"
FROM events
WHERE ${ARRIVED}
GROUP BY time
ORDER BY time`;

export const REJECTED_OVER_TIME = `SELECT $__timeInterval(received_at) AS time, reason, count() AS inputs
FROM rejected_events
WHERE $__timeFilter(received_at)
GROUP BY time, reason
ORDER BY time, reason`;

export const REJECTED = `SELECT reason, field, source, count() AS inputs, max(received_at) AS latest
FROM rejected_events
WHERE $__timeFilter(received_at)
GROUP BY reason, field, source
ORDER BY inputs DESC, reason, field, source
LIMIT 100`;

export const POINTS_MADE = `SELECT $__timeInterval(bucket_start) AS time, metric, count() AS points
FROM points
WHERE $__timeFilter(bucket_start)
GROUP BY time, metric
ORDER BY time, metric`;

/** From the end of a bucket until its first point was there: lateness that is waited for is part of it. */
export const BUCKET_DELAY = `SELECT
  $__timeInterval(bucket_start) AS time,
  quantile(0.5)(delay) AS "the middle point",
  quantile(0.99)(delay) AS "99 of 100"
FROM
(
  SELECT bucket_start, dateDiff('second', bucket_start + toIntervalSecond(bucket_seconds), made_at) AS delay
  FROM points
  WHERE $__timeFilter(bucket_start) AND revision = 1
)
GROUP BY time
ORDER BY time`;

/** From a point until the detectors' common verdict on it was there. */
export const DETECTION_TIME = `SELECT
  $__timeInterval(bucket_start) AS time,
  quantile(0.5)(delay) AS "the middle point",
  quantile(0.99)(delay) AS "99 of 100"
FROM
(
  SELECT bucket_start, greatest(0, dateDiff('millisecond', made_at, judged_at)) AS delay
  FROM
  (
    SELECT metric, slice, bucket_start, made_at
    FROM points
    WHERE slice = 'all' AND $__timeFilter(bucket_start) AND revision = 1
  ) AS p
  INNER JOIN
  (
    SELECT metric, slice, bucket_start, judged_at
    FROM verdicts
    WHERE slice = 'all' AND detector = 'combined' AND $__timeFilter(bucket_start)
  ) AS v USING (metric, slice, bucket_start)
)
GROUP BY time
ORDER BY time`;

export const VERDICTS = `SELECT replaceAll(status, '_', ' ') AS status, replaceAll(reason, '_', ' ') AS reason, count() AS points
FROM verdicts
WHERE detector = 'combined' AND $__timeFilter(bucket_start)
GROUP BY status, reason
ORDER BY points DESC`;

/** Detectors that failed on a point: it is contained, and the others go on. */
export const ERRORS = `SELECT detector, metric, count() AS points, uniqExact(slice) AS slices, max(bucket_start) AS latest
FROM verdicts
WHERE reason = 'error' AND $__timeFilter(bucket_start)
GROUP BY detector, metric
ORDER BY points DESC, detector, metric
LIMIT 100`;

export const MESSAGES_OVER_TIME = `SELECT $__timeInterval(created_at) AS time, state, count() AS messages
FROM deliveries
WHERE $__timeFilter(created_at)
GROUP BY time, state
ORDER BY time, state`;

export const MESSAGES = `SELECT
  target,
  countIf(state = 'sent') AS sent,
  countIf(state = 'pending') AS waiting,
  countIf(state = 'superseded') AS replaced,
  countIf(state = 'failed') AS "given up",
  quantileIf(0.99)(dateDiff('millisecond', created_at, sent_at), state = 'sent') AS "99 of 100 sent within",
  anyLastIf(failure, failure != '') AS "last failure"
FROM deliveries
WHERE $__timeFilter(created_at)
GROUP BY target
ORDER BY target`;

export const TABLES = `SELECT 'points' AS what, uniqExact(metric) AS metrics, uniqExact(metric, slice) AS series, count() AS "rows"
FROM points
WHERE $__timeFilter(bucket_start)
UNION ALL
SELECT 'verdicts', uniqExact(metric), uniqExact(metric, slice), count()
FROM verdicts
WHERE detector = 'combined' AND $__timeFilter(bucket_start)`;
