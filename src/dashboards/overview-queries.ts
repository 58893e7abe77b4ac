/**
 * The SQL of the dashboard "Redress overview". It reads only the tables that are a contract with dashboards,
 * without naming their database: that is the data source's default one. No query has a `SETTINGS` clause, so
 * that a user with `readonly = 1` can run all of them.
 *
 * What a reader chooses comes in percent-encoded and is decoded by ClickHouse. Grafana's own `sqlstring`
 * leaves backslashes as they are, which ClickHouse takes for escapes: a value such as `\' OR 1 --` would leave
 * the literal. Percent-encoding leaves nothing but letters, digits and `-_.~%`.
 */
const chosen = (variable: string): string => `decodeURLComponent('\${${variable}:percentencode}')`;

const METRIC = chosen('metric');
const SLICE = chosen('slice');
const SERIES = `metric = ${METRIC} AND slice = ${SLICE}`;

export const METRICS = `SELECT DISTINCT metric FROM points ORDER BY metric`;

/** The whole first, so that it is the default. */
export const SLICES = `SELECT slice
FROM points
WHERE metric = ${METRIC}
GROUP BY slice
ORDER BY slice != 'all', slice`;

/** Rates and plain values apart, because they have different units. */
export const valueAndBand = (kind: 'rate' | 'value'): string => `SELECT
  p.bucket_start AS time,
  p.value AS value,
  v.expected AS expected,
  v.lower AS lower,
  v.upper AS upper,
  if(v.status = 'anomalous', p.value, NULL) AS anomalous
FROM
(
  SELECT bucket_start, value
  FROM points
  WHERE ${SERIES} AND $__timeFilter(bucket_start) AND denominator IS ${kind === 'rate' ? 'NOT NULL' : 'NULL'}
) AS p
LEFT JOIN
(
  SELECT bucket_start, status, expected, lower, upper
  FROM verdicts
  WHERE ${SERIES} AND detector = 'combined' AND $__timeFilter(bucket_start)
) AS v ON p.bucket_start = v.bucket_start
ORDER BY time`;

export const CASES = `SELECT
  bucket_start AS time,
  numerator AS counted,
  denominator AS "out of"
FROM points
WHERE ${SERIES} AND $__timeFilter(bucket_start)
ORDER BY time`;

export const POINTS_MADE = `SELECT $__timeInterval(bucket_start) AS time, metric, count() AS points
FROM points
WHERE $__timeFilter(bucket_start)
GROUP BY time, metric
ORDER BY time, metric`;

export const OPEN_ALERTS = `SELECT
  countIf(severity = 'critical') AS critical,
  countIf(severity = 'warning') AS warning,
  countIf(severity = 'info') AS info
FROM alerts
WHERE state IN ('firing', 'acknowledged')`;

export const FIRING_ALERTS = `SELECT
  countIf(severity = 'critical') AS critical,
  countIf(severity = 'warning') AS warning,
  countIf(severity = 'info') AS info
FROM alerts
WHERE state = 'firing'`;

export const ALERTS = `SELECT
  state,
  severity,
  metric,
  slice,
  direction,
  opened_at AS fired,
  acknowledged_by AS "acknowledged by",
  resolved_at AS resolved,
  impact_count AS "excess cases",
  impact_amount AS "excess money",
  owner
FROM alerts
WHERE state IN ('firing', 'acknowledged') OR (state = 'resolved' AND $__timeFilter(opened_at))
ORDER BY state = 'resolved', opened_at DESC
LIMIT 500`;

const IS_OVERDUE = 'closed_at IS NULL AND due_at < now()';

export const FOLLOW_UPS_OPEN = `SELECT countIf(closed_at IS NULL) AS open, countIf(${IS_OVERDUE}) AS overdue
FROM follow_ups`;

export const FOLLOW_UPS_BY_STATE = `SELECT state, count() AS follow_ups
FROM follow_ups
GROUP BY state
ORDER BY indexOf(['open', 'acknowledged', 'in_progress', 'fix_shipped', 'verifying', 'verified', 'wont_do'], state)`;

export const FOLLOW_UPS = `SELECT
  title,
  slice,
  owner,
  state,
  priority,
  due_at AS due,
  if(${IS_OVERDUE}, 'overdue', '') AS overdue,
  times_reopened AS reopened,
  JSONExtract(effect, 'savedPerWeek', 'Nullable(Float64)') AS "saved a week"
FROM follow_ups
WHERE closed_at IS NULL OR $__timeFilter(closed_at)
ORDER BY closed_at IS NOT NULL, due_at
LIMIT 500`;

export const MESSAGES_FAILED = `SELECT countIf(state = 'failed') AS "given up", countIf(state = 'pending') AS waiting
FROM deliveries
WHERE $__timeFilter(created_at)`;

export const MESSAGES = `SELECT
  target,
  countIf(state = 'sent') AS sent,
  countIf(state = 'pending') AS waiting,
  countIf(state = 'superseded') AS replaced,
  countIf(state = 'failed') AS "given up"
FROM deliveries
WHERE $__timeFilter(created_at)
GROUP BY target
ORDER BY target`;

export const REJECTED = `SELECT reason, field, source, count() AS inputs, max(received_at) AS latest
FROM rejected_events
WHERE $__timeFilter(received_at)
GROUP BY reason, field, source
ORDER BY inputs DESC, reason, field, source
LIMIT 100`;

/**
 * Looks back a fixed time from the end of the range shown, not from its start: a source that went quiet before
 * the range began is the one that must not be missing.
 */
export const FRESHNESS = `SELECT
  source,
  max(occurred_at) AS "last event",
  max(received_at) AS "last arrival",
  dateDiff('second', max(occurred_at), $__toTime) AS behind,
  count() AS events
FROM events
WHERE occurred_at > $__toTime - INTERVAL 90 DAY AND occurred_at <= $__toTime
GROUP BY source
ORDER BY behind DESC, source`;

export const ALERT_MARKS = `SELECT
  assumeNotNull(opened_at) AS time,
  coalesce(resolved_at, $__toTime) AS timeEnd,
  concat('Alert: ', severity) AS title,
  concat(state, ', ', toString(round(impact_count)), ' excess cases') AS text
FROM alerts
WHERE ${SERIES} AND opened_at <= $__toTime AND (resolved_at IS NULL OR resolved_at >= $__fromTime)
ORDER BY time`;

/** What holds for the whole or for any slice that contains the chosen one. */
export const CALENDAR_MARKS = `SELECT starts_at AS time, ends_at AS timeEnd, title, kind AS text
FROM annotations
WHERE starts_at <= $__toTime AND ends_at >= $__fromTime
  AND (scope = 'all' OR hasAll(splitByChar(',', ${SLICE}), splitByChar(',', scope)))
ORDER BY time`;
