/** The SQL of the dashboard "Redress alerts": what is open, how fast people are, and how much noise they get. */
import { chosen } from './chosen.js';

const ALERT = chosen('alert');
const OWNER = chosen('owner');

/** Of one owner, or of everybody. */
const OWNED = `(${OWNER} IN ('', 'everybody') OR owner = ${OWNER})`;
const FIRED_IN_TIME = `opened_at IS NOT NULL AND $__timeFilter(opened_at)`;
const IS_OPEN = `state IN ('firing', 'acknowledged')`;

export const OWNERS = `SELECT owner
FROM
(
  SELECT 'everybody' AS owner
  UNION DISTINCT
  SELECT DISTINCT owner FROM alerts WHERE owner != ''
)
ORDER BY owner != 'everybody', owner`;

/** The id is the variable's value, and what is beside it what a reader picks by. */
export const ALERT_IDS = `SELECT alert_id, concat(title, ', ', formatDateTime(assumeNotNull(opened_at), '%e %b %H:%i'), ' UTC') AS shown
FROM alerts
WHERE opened_at IS NOT NULL
ORDER BY ${IS_OPEN} DESC, opened_at DESC
LIMIT 500`;

export const OPEN_BY_SEVERITY = `SELECT
  countIf(severity = 'critical') AS critical,
  countIf(severity = 'warning') AS warning,
  countIf(severity = 'info') AS info
FROM alerts
WHERE ${IS_OPEN} AND ${OWNED}`;

export const OPEN_BY_OWNER = `SELECT if(owner = '', 'nobody', owner) AS who, count() AS alerts
FROM alerts
WHERE ${IS_OPEN}
GROUP BY who
ORDER BY alerts DESC, who`;

/** When each alert was first acknowledged: the alert itself forgets it when the acknowledgement runs out. */
const FIRST_ACKNOWLEDGED = `SELECT alert_id, min(at) AS first_acknowledged
FROM alert_log
WHERE reason = 'acknowledged'
GROUP BY alert_id`;

const seconds = (from: string, to: string): string => `dateDiff('second', ${from}, ${to})`;

export const HOW_FAST = `SELECT
  quantileExact(0.5)(${seconds('started_at', 'opened_at')}) AS "to detect",
  quantileExactIf(0.5)(${seconds('opened_at', 'first_acknowledged')}, first_acknowledged IS NOT NULL) AS "to acknowledge",
  quantileExactIf(0.5)(${seconds('opened_at', 'resolved_at')}, resolved_at IS NOT NULL) AS "to resolve"
FROM alerts
LEFT JOIN
(
  SELECT alert_id, toNullable(first_acknowledged) AS first_acknowledged
  FROM (${FIRST_ACKNOWLEDGED})
) AS taken USING (alert_id)
WHERE ${FIRED_IN_TIME} AND ${OWNED}`;

export const FIRED_BY_DAY = `SELECT toDateTime(toStartOfDay(assumeNotNull(opened_at)), 'UTC') AS time, severity, count() AS alerts
FROM alerts
WHERE ${FIRED_IN_TIME} AND ${OWNED}
GROUP BY time, severity
ORDER BY time, severity`;

/** Messages that reached people, not edits of them: what makes a phone ring. */
export const MESSAGES_BY_WEEK = `SELECT toDateTime(toStartOfWeek(assumeNotNull(sent_at), 1), 'UTC') AS time, target, count() AS messages
FROM deliveries
WHERE state = 'sent' AND sent_at IS NOT NULL AND reason NOT IN ('resolved', 'acknowledged')
  AND sent_at >= toStartOfWeek($__fromTime, 1) AND sent_at <= $__toTime
GROUP BY time, target
ORDER BY time, target`;

export const ALERTS = `SELECT
  state,
  severity,
  title,
  metric,
  slice,
  direction,
  opened_at AS fired,
  acknowledged_by AS "acknowledged by",
  resolved_at AS resolved,
  impact_count AS "excess cases",
  impact_amount AS "excess money",
  owner,
  alert_id
FROM alerts
WHERE ${OWNED} AND (${IS_OPEN} OR (state = 'resolved' AND $__timeFilter(opened_at)))
ORDER BY state = 'resolved', opened_at DESC
LIMIT 1000`;

/**
 * What people said of a metric's alerts. Precision is the share of real ones (true, or expected to happen) among
 * those that somebody has judged.
 */
export const NOISE = `SELECT
  metric,
  count() AS fired,
  round(fired / greatest(1, dateDiff('day', $__fromTime, $__toTime) / 7), 1) AS "a week",
  countIf(said = 'true') AS "true",
  countIf(said = 'false_alarm') AS "false alarm",
  countIf(said = 'expected') AS expected,
  countIf(said = 'new_normal') AS "new normal",
  if("true" + expected + "new normal" + "false alarm" = 0, NULL, ("true" + expected + "new normal") / ("true" + expected + "new normal" + "false alarm")) AS precision,
  uniqExact(slice) AS slices
FROM
(
  SELECT metric, slice, JSONExtractString(argMax(body, log.version), 'feedback', 'verdict') AS said
  FROM alerts
  INNER JOIN alert_log AS log USING (alert_id)
  WHERE ${FIRED_IN_TIME} AND ${OWNED}
  GROUP BY alert_id, metric, slice
)
GROUP BY metric
ORDER BY fired DESC, metric
LIMIT 200`;

export const NOISIEST_SERIES = `SELECT
  metric,
  slice,
  count() AS fired,
  countIf(resolved_at IS NOT NULL AND acknowledged_by = '') AS "ended by themselves",
  sum(impact_count) AS "excess cases"
FROM alerts
WHERE ${FIRED_IN_TIME} AND ${OWNED}
GROUP BY metric, slice
HAVING fired > 1
ORDER BY fired DESC, metric, slice
LIMIT 50`;

export const STORY = `SELECT
  at,
  replaceAll(reason, '_', ' ') AS "what happened",
  JSONExtractString(body, 'state') AS state,
  actor,
  JSONExtractFloat(body, 'last', 'value') AS value,
  JSONExtractFloat(body, 'last', 'expected') AS expected,
  JSONExtractFloat(body, 'impactCount') AS "excess cases",
  version
FROM alert_log
WHERE alert_id = ${ALERT}
ORDER BY version`;

export const STORY_MESSAGES = `SELECT
  created_at AS asked,
  target,
  replaceAll(reason, '_', ' ') AS why,
  state,
  attempts,
  sent_at AS sent,
  failure
FROM deliveries
WHERE alert_id = ${ALERT}
ORDER BY created_at, target`;

/** The alert as it is, for the links to its series. */
export const CHOSEN_ALERT = `SELECT title, metric, slice, severity, state, opened_at AS fired, resolved_at AS resolved, owner
FROM alerts
WHERE alert_id = ${ALERT}`;
