/** The SQL of the dashboard "Redress overview". */
import { asText, stateNumber } from './shown.js';

/** Looks back far enough for metrics with monthly buckets. */
const LATELY = `bucket_start <= $__toTime AND bucket_start > $__toTime - INTERVAL 62 DAY`;

/**
 * What a page about all metrics reads: of each metric its whole, or every slice of a metric that is only measured in
 * slices. The set is made first and a table's order begins with the metric, so that no other slices are read.
 */
const representing = (table: string): string =>
  `(slice = 'all' OR metric NOT IN (SELECT DISTINCT metric FROM ${table} WHERE slice = 'all' AND ${LATELY}))`;

/**
 * Each metric in its newest judged bucket: its whole, or the slice that is furthest from what was expected where the
 * whole is not measured. A metric that lost its data stays in the list, with the age of its newest bucket.
 */
export const METRICS_NOW = `SELECT
  metric,
  newest.8 AS slice,
  ${asText('newest.2', 'is_rate')} AS value,
  ${asText('newest.3', 'is_rate')} AS expected,
  if(newest.4 IS NULL, '', concat(${asText('newest.4', 'is_rate')}, ' to ', ${asText('newest.5', 'is_rate')})) AS "expected band",
  newest.6 AS score,
  newest.1 AS status,
  newest.7 AS why,
  bucket AS bucket,
  dateDiff('second', bucket, $__toTime) AS age,
  open_alerts AS "open alerts"
FROM
(
  SELECT
    metric,
    max(bucket_start) AS bucket,
    argMax((replaceAll(status, '_', ' '), value, expected, lower, upper, score, replaceAll(reason, '_', ' '), slice), (bucket_start, ifNull(score, -1))) AS newest
  FROM verdicts
  WHERE ${representing('verdicts')} AND detector = 'combined' AND ${LATELY}
  GROUP BY metric
) AS judged
LEFT JOIN
(
  SELECT metric, argMax(denominator, bucket_start) IS NOT NULL AS is_rate
  FROM points
  WHERE ${representing('points')} AND ${LATELY}
  GROUP BY metric
) AS kinds USING (metric)
LEFT JOIN
(
  SELECT metric, count() AS open_alerts
  FROM alerts
  WHERE state IN ('firing', 'acknowledged')
  GROUP BY metric
) AS open USING (metric)
ORDER BY "open alerts" DESC, score DESC NULLS LAST, metric`;

/** Bucket by bucket the state of the whole, or of the slice with the worst score. */
export const METRIC_STATES = `SELECT bucket_start AS time, metric, argMax(${stateNumber('status')}, ifNull(score, -1)) AS state
FROM verdicts
WHERE ${representing('verdicts')} AND detector = 'combined' AND $__timeFilter(bucket_start)
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
  title,
  slice,
  opened_at AS fired,
  acknowledged_by AS "acknowledged by",
  resolved_at AS resolved,
  impact_count AS "excess cases",
  impact_amount AS "excess money",
  owner,
  alert_id
FROM alerts
WHERE state IN ('firing', 'acknowledged') OR (state = 'resolved' AND $__timeFilter(opened_at))
ORDER BY state = 'resolved', opened_at DESC
LIMIT 500`;

/** Where alerts come from, as their analyses found it: the causes alone, best first. */
export const CAUSES = `SELECT
  a.title AS title,
  a.slice AS "alert's slice",
  c.slice AS cause,
  c.explained AS "of the change",
  c.excess AS "excess cases",
  c.confidence AS confidence,
  a.opened_at AS fired,
  a.alert_id AS alert_id
FROM alert_causes AS c
INNER JOIN alerts AS a ON a.alert_id = c.alert_id
WHERE c.is_cause
  AND (a.state IN ('firing', 'acknowledged') OR (a.state = 'resolved' AND $__timeFilter(a.opened_at)))
ORDER BY a.state = 'resolved', fired DESC, c.rank
LIMIT 200`;

const IS_OVERDUE = 'closed_at IS NULL AND due_at < now()';

export const FOLLOW_UPS_OPEN = `SELECT countIf(closed_at IS NULL) AS open, countIf(${IS_OVERDUE}) AS overdue
FROM follow_ups`;

export const FOLLOW_UPS_OVERDUE = `SELECT
  title,
  slice,
  owner,
  state,
  priority,
  due_at AS due,
  dateDiff('second', due_at, now()) AS late
FROM follow_ups
WHERE ${IS_OVERDUE}
ORDER BY due_at
LIMIT 100`;

export const MESSAGES_FAILED = `SELECT countIf(state = 'failed') AS "given up", countIf(state = 'pending') AS waiting
FROM deliveries
WHERE $__timeFilter(created_at)`;

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
