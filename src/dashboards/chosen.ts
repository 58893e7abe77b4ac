/**
 * What a reader chooses, as the dashboards' SQL sees it.
 *
 * The queries read only the tables that are a contract with dashboards, without naming their database: that is
 * the data source's default one. None has a `SETTINGS` clause: a user who may only read cannot change any.
 *
 * What a reader chooses comes in percent-encoded and is decoded by ClickHouse. Grafana's own `sqlstring`
 * leaves backslashes as they are, which ClickHouse takes for escapes: a value such as `\' OR 1 --` would leave
 * the literal. Percent-encoding leaves nothing but letters, digits and `-_.~%`.
 */
export const chosen = (variable: string): string => `decodeURLComponent('\${${variable}:percentencode}')`;

export const METRIC = chosen('metric');
export const SLICE = chosen('slice');
export const SERIES = `metric = ${METRIC} AND slice = ${SLICE}`;

/** What holds for the whole or for any slice that contains the chosen one. */
export const CALENDAR_MARKS = `SELECT starts_at AS time, ends_at AS timeEnd, title, kind AS text, kind AS tags
FROM annotations
WHERE starts_at <= $__toTime AND ends_at >= $__fromTime
  AND (scope = 'all' OR hasAll(splitByChar(',', ${SLICE}), splitByChar(',', scope)))
ORDER BY time`;
