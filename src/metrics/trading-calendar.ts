import { DateTime } from 'luxon';
import type { Annotation } from '../model/annotation.js';
import { DAY, type Instant, SECOND } from '../model/clock.js';
import { type MetricDefinition, nominalSeconds } from '../model/metric.js';
import { isParentSlice, parseSlice, type SliceLabels } from '../model/slice.js';
import type { Bucket } from './assemble.js';

/** Says whether a slice is open in the bucket that begins at an instant; null where all always are. */
export type IsOpen = ((start: Instant, slice: string) => boolean) | null;

/**
 * When a metric's shop is open. A bucket is closed when it lies on a weekday that is not traded on, or as a
 * whole in a closure of the calendar that concerns the slice. A closed bucket has no point at all: what few
 * events it has would be judged as a collapse, and a zero would be too. Buckets longer than a day take their
 * closed days as they come.
 */
export function openBuckets(
  metric: MetricDefinition,
  buckets: readonly Bucket[],
  annotations: readonly Annotation[],
): IsOpen {
  const { tradingDays, timezone } = metric;
  const byDay = tradingDays !== undefined && nominalSeconds(metric.bucket) * SECOND <= DAY;
  const closed = new Map<Instant, readonly SliceLabels[]>();
  for (const { start, seconds } of buckets) {
    const weekday = byDay ? DateTime.fromMillis(start, { zone: timezone }).weekday : 0;
    if (byDay && !tradingDays.includes(weekday)) {
      closed.set(start, [{}]);
      continue;
    }
    const scopes = annotations
      .filter(
        ({ kind, startsAt, endsAt }) =>
          kind === 'closure' && startsAt <= start && endsAt >= start + seconds * SECOND,
      )
      .map(({ scope }) => parseSlice(scope));
    if (scopes.length > 0) closed.set(start, scopes);
  }
  if (closed.size === 0) return null;
  return (start, slice) => {
    const scopes = closed.get(start);
    if (scopes === undefined) return true;
    const labels = parseSlice(slice);
    return !scopes.some((scope) => covers(scope, labels));
  };
}

function covers(scope: SliceLabels, labels: SliceLabels): boolean {
  const same = Object.keys(scope).length === Object.keys(labels).length;
  return same
    ? Object.entries(scope).every(([name, value]) => labels[name] === value)
    : isParentSlice(scope, labels);
}
