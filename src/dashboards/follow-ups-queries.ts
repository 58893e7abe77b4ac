/** The SQL of the dashboard "Redress follow-ups": who has what to do, what is late, and what it has brought. */
import { chosen } from './chosen.js';
import { asText } from './shown.js';

const OWNER = chosen('owner');
const OWNED = `(${OWNER} IN ('', 'everybody') OR owner = ${OWNER})`;
const IS_OVERDUE = 'closed_at IS NULL AND due_at < now()';
const number = (...path: string[]): string =>
  `JSONExtract(effect, ${path.map((name) => `'${name}'`).join(', ')}, 'Nullable(Float64)')`;

export const OWNERS = `SELECT owner
FROM
(
  SELECT 'everybody' AS owner
  UNION DISTINCT
  SELECT DISTINCT owner FROM follow_ups WHERE owner != ''
)
ORDER BY owner != 'everybody', owner`;

export const HOW_MANY = `SELECT
  countIf(closed_at IS NULL) AS open,
  countIf(${IS_OVERDUE}) AS overdue,
  countIf(state = 'verifying' OR state = 'fix_shipped') AS "being verified"
FROM follow_ups
WHERE ${OWNED}`;

/** Of those that ended in the time shown, and of those that were ever verified. */
export const HOW_WELL = `SELECT
  if(countIf($__timeFilter(closed_at)) = 0, NULL, countIf(state = 'verified' AND $__timeFilter(closed_at)) / countIf($__timeFilter(closed_at))) AS verified,
  if(countIf(state = 'verified' OR times_reopened > 0) = 0, NULL, countIf(times_reopened > 0) / countIf(state = 'verified' OR times_reopened > 0)) AS reopened
FROM follow_ups
WHERE ${OWNED}`;

export const SAVED = `SELECT sum(${number('savedPerWeek')}) AS cases
FROM follow_ups
WHERE state = 'verified' AND $__timeFilter(closed_at) AND ${OWNED}`;

export const BY_STATE = `SELECT replaceAll(state, '_', ' ') AS state, count() AS follow_ups
FROM follow_ups
WHERE ${OWNED}
GROUP BY state
ORDER BY indexOf(['open', 'acknowledged', 'in progress', 'fix shipped', 'verifying', 'verified', 'wont do'], state)`;

export const BY_OWNER = `SELECT
  if(owner = '', 'nobody', owner) AS who,
  count() AS open,
  countIf(${IS_OVERDUE}) AS overdue,
  countIf(priority IN ('high', 'urgent')) AS "high or urgent",
  max(dateDiff('second', opened_at, now())) AS "oldest open for"
FROM follow_ups
WHERE closed_at IS NULL AND ${OWNED}
GROUP BY who
ORDER BY overdue DESC, open DESC, who`;

export const BY_AGE = `SELECT
  multiIf(days < 7, 'under a week', days < 14, 'one to two weeks', days < 28, 'two to four weeks', 'four weeks and more') AS age,
  count() AS follow_ups
FROM
(
  SELECT dateDiff('day', opened_at, now()) AS days
  FROM follow_ups
  WHERE closed_at IS NULL AND ${OWNED}
)
GROUP BY age
ORDER BY indexOf(['under a week', 'one to two weeks', 'two to four weeks', 'four weeks and more'], age)`;

export const FOLLOW_UPS = `SELECT
  title,
  metric,
  slice,
  owner,
  replaceAll(state, '_', ' ') AS state,
  priority,
  opened_at AS opened,
  due_at AS due,
  if(${IS_OVERDUE}, 'overdue', '') AS overdue,
  times_reopened AS reopened,
  alert_id
FROM follow_ups
WHERE closed_at IS NULL AND ${OWNED}
ORDER BY due_at
LIMIT 1000`;

const level = (...path: string[]): string => asText(number(...path), 'is_rate');

/** What the fix changed, as it was measured when the watch ended: levels in percent where the metric is a rate. */
export const EFFECTS = `SELECT
  title,
  metric,
  slice,
  owner,
  closed_at AS verified,
  ${level('before')} AS before,
  ${level('during')} AS during,
  ${level('after')} AS after,
  ${level('evidence', 'difference', 'estimate')} AS changed,
  if(changed = '', '', concat(${level('evidence', 'difference', 'lower')}, ' to ', ${level('evidence', 'difference', 'upper')})) AS "90 % interval",
  ${level('evidence', 'net', 'estimate')} AS "beyond the sisters",
  ${number('savedPerWeek')} AS "saved a week",
  ${number('evidence', 'moneyPerWeek', 'estimate')} AS "money a week"
FROM follow_ups
LEFT JOIN
(
  SELECT metric, slice, max(denominator IS NOT NULL) AS is_rate
  FROM points
  WHERE $__timeFilter(bucket_start)
    AND (metric, slice) IN (SELECT metric, slice FROM follow_ups WHERE state = 'verified' AND $__timeFilter(closed_at))
  GROUP BY metric, slice
) AS kinds USING (metric, slice)
WHERE state = 'verified' AND $__timeFilter(closed_at) AND ${OWNED}
ORDER BY "saved a week" DESC NULLS LAST, closed_at DESC
LIMIT 200`;

/** Opened and closed by week: whether the pile grows. */
export const FLOW = `SELECT time, sum(was_opened) AS opened, sum(was_closed) AS closed
FROM
(
  SELECT toDateTime(toStartOfWeek(opened_at, 1), 'UTC') AS time, 1 AS was_opened, 0 AS was_closed
  FROM follow_ups
  WHERE $__timeFilter(opened_at) AND ${OWNED}
  UNION ALL
  SELECT toDateTime(toStartOfWeek(assumeNotNull(closed_at), 1), 'UTC') AS time, 0, 1
  FROM follow_ups
  WHERE closed_at IS NOT NULL AND $__timeFilter(closed_at) AND ${OWNED}
)
GROUP BY time
ORDER BY time`;
