/** The SQL of the dashboard "Redress metric": one series in depth, and the slices around it. */
import { chosen, METRIC, SERIES, SLICE } from './chosen.js';
import { stateNumber } from './shown.js';

const DETECTOR = chosen('detector');
const DIMENSIONS = chosen('dimensions');

/** The names of a slice's dimensions: `category,region` of `category=toys,region=GB`, `all` of the whole. */
const dimensionsOf = (slice: string): string =>
  `if(${slice} = 'all', 'all', arrayStringConcat(arrayMap(part -> splitByChar('=', part)[1], splitByChar(',', ${slice})), ','))`;

/** Those of the time shown: to look through all points that there ever were takes half a minute where they are many. */
export const METRICS = `SELECT DISTINCT metric FROM points WHERE $__timeFilter(bucket_start) ORDER BY metric`;

/** The ways in which the chosen metric is cut, the coarsest first. */
export const SLICINGS = `SELECT ${dimensionsOf('slice')} AS dimensions
FROM points
WHERE metric = ${METRIC} AND $__timeFilter(bucket_start)
GROUP BY dimensions
ORDER BY dimensions != 'all', length(splitByChar(',', dimensions)), dimensions`;

/** The whole first, so that it is the default. */
export const SLICES = `SELECT slice
FROM points
WHERE metric = ${METRIC} AND $__timeFilter(bucket_start)
GROUP BY slice
ORDER BY slice != 'all', ${dimensionsOf('slice')} != ${DIMENSIONS}, slice`;

/** What the detectors agreed on first, so that it is the default. */
export const DETECTORS = `SELECT detector
FROM verdicts
WHERE ${SERIES} AND $__timeFilter(bucket_start)
GROUP BY detector
ORDER BY detector != 'combined', detector`;

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
  WHERE ${SERIES} AND detector = ${DETECTOR} AND $__timeFilter(bucket_start)
) AS v ON p.bucket_start = v.bucket_start
ORDER BY time`;

export const CASES = `SELECT
  bucket_start AS time,
  numerator AS counted,
  denominator AS "out of"
FROM points
WHERE ${SERIES} AND $__timeFilter(bucket_start)
ORDER BY time`;

export const SCORES = `SELECT bucket_start AS time, detector, score
FROM verdicts
WHERE ${SERIES} AND $__timeFilter(bucket_start)
ORDER BY time, detector`;

export const VERDICT_STATES = `SELECT bucket_start AS time, detector, ${stateNumber('status')} AS state
FROM verdicts
WHERE ${SERIES} AND $__timeFilter(bucket_start)
ORDER BY time, detector`;

/** Every verdict says why it is what it is, unless it is plainly normal or anomalous. */
export const REASONS = `SELECT detector, replaceAll(status, '_', ' ') AS status, replaceAll(reason, '_', ' ') AS reason, count() AS buckets
FROM verdicts
WHERE ${SERIES} AND $__timeFilter(bucket_start)
GROUP BY detector, status, reason
ORDER BY detector != 'combined', detector, buckets DESC`;

/**
 * What each slice had beyond what was expected of it, over the buckets in which something was expected. The
 * expectation of a rate is a rate, so it counts for as many cases as there were.
 */
export const SLICES_BY_IMPACT = `SELECT
  slice,
  sum(numerator) AS counted,
  sum(wanted) AS expected,
  counted - expected AS excess,
  countIf(status = 'anomalous') AS "anomalous buckets",
  count() AS buckets
FROM
(
  SELECT slice, bucket_start, numerator, status, expected_value * ifNull(denominator, 1) AS wanted
  FROM
  (
    SELECT slice, bucket_start, numerator, denominator
    FROM points
    WHERE metric = ${METRIC} AND $__timeFilter(bucket_start) AND ${dimensionsOf('slice')} = ${DIMENSIONS}
  ) AS p
  INNER JOIN
  (
    SELECT slice, bucket_start, status, expected AS expected_value
    FROM verdicts
    WHERE metric = ${METRIC} AND detector = 'combined' AND $__timeFilter(bucket_start) AND expected IS NOT NULL
      AND ${dimensionsOf('slice')} = ${DIMENSIONS}
  ) AS v USING (slice, bucket_start)
)
GROUP BY slice
ORDER BY abs(excess) DESC, slice
LIMIT 200`;

/** One step up or down from the chosen slice: those with one dimension more that lie in it, and those it lies in. */
export const NEIGHBOURS = `SELECT
  slice,
  if(length(parts) > length(chosen_parts), 'part of it', 'it is part of') AS relation,
  sum(numerator) AS counted,
  sum(denominator) AS "out of"
FROM
(
  WITH
    if(${SLICE} = 'all', [], splitByChar(',', ${SLICE})) AS chosen_parts,
    if(slice = 'all', [], splitByChar(',', slice)) AS parts
  SELECT slice, numerator, denominator, parts, chosen_parts
  FROM points
  WHERE metric = ${METRIC} AND $__timeFilter(bucket_start)
    AND ((length(parts) = length(chosen_parts) + 1 AND hasAll(parts, chosen_parts))
      OR (length(parts) + 1 = length(chosen_parts) AND hasAll(chosen_parts, parts)))
)
GROUP BY slice, relation
ORDER BY relation, counted DESC, slice
LIMIT 200`;

export const ALERTS = `SELECT
  state,
  severity,
  title,
  direction,
  opened_at AS fired,
  resolved_at AS resolved,
  impact_count AS "excess cases",
  impact_amount AS "excess money",
  owner,
  alert_id
FROM alerts
WHERE ${SERIES} AND opened_at <= $__toTime AND (resolved_at IS NULL OR resolved_at >= $__fromTime)
ORDER BY opened_at DESC
LIMIT 200`;

export const ALERT_MARKS = `SELECT
  assumeNotNull(opened_at) AS time,
  coalesce(resolved_at, $__toTime) AS timeEnd,
  concat('Alert: ', severity) AS title,
  concat(state, ', ', toString(round(impact_count)), ' excess cases') AS text,
  severity AS tags
FROM alerts
WHERE ${SERIES} AND opened_at <= $__toTime AND (resolved_at IS NULL OR resolved_at >= $__fromTime)
ORDER BY time`;

export const FOLLOW_UP_MARKS = `SELECT
  opened_at AS time,
  coalesce(closed_at, $__toTime) AS timeEnd,
  concat('Follow-up: ', title) AS title,
  concat(replaceAll(state, '_', ' '), ', ', owner) AS text,
  replaceAll(state, '_', ' ') AS tags
FROM follow_ups
WHERE ${SERIES} AND opened_at <= $__toTime AND (closed_at IS NULL OR closed_at >= $__fromTime)
ORDER BY time`;
