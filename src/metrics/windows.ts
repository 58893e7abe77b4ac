import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';
import type { MetricDefinition, TrailingWindow } from '../model/metric.js';
import type { Bucket, Count } from './assemble.js';

/** A half-open interval of event time. */
export interface Interval {
  from: Instant;
  to: Instant;
}

/**
 * What a bucket that ends at `end` is counted over. Days and months are those of the metric's time zone: a
 * month back from the first of April is all of March, and a day back is a day, however long it was.
 */
export function windowOf(end: Instant, window: TrailingWindow, { timezone }: MetricDefinition): Interval {
  const local = DateTime.fromMillis(end, { zone: timezone });
  const { over, lag } = window;
  const to = lag === null ? local : local.minus({ [`${lag.unit}s`]: lag.count });
  return { from: to.minus({ [`${over.unit}s`]: over.count }).toMillis(), to: to.toMillis() };
}

/** The starts of the cells that windows cut time into, and the end of the last: events are counted once for each. */
export function cells(windows: readonly Interval[]): { edges: Instant[]; end: Instant } {
  const cuts = [...new Set(windows.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  return { edges: cuts.slice(0, -1), end: cuts.at(-1) ?? 0 };
}

/** Adds the cells' counts up to the windows' and gives each bucket its window's. */
export function countsOverWindows(
  counted: readonly Count[],
  buckets: readonly Bucket[],
  windows: readonly Interval[],
): Count[] {
  const bySlice = new Map<string, Count[]>();
  for (const count of counted) {
    const known = bySlice.get(count.slice);
    if (known === undefined) bySlice.set(count.slice, [count]);
    else known.push(count);
  }
  const found: Count[] = [];
  for (const [slice, cells] of bySlice) {
    const { dimensions = [], values = [] } = cells[0] ?? {};
    cells.sort((a, b) => a.bucket - b.bucket);
    // Both ends of the windows only go forward, so each cell comes in once and leaves once.
    let [first, next, count] = [0, 0, 0];
    for (const [i, { from, to }] of windows.entries()) {
      for (let cell = cells[next]; cell !== undefined && cell.bucket < to; cell = cells[++next])
        count += cell.count;
      for (let cell = cells[first]; cell !== undefined && cell.bucket < from; cell = cells[++first])
        count -= cell.count;
      if (count > 0)
        found.push({
          bucket: buckets[i]?.start ?? 0,
          slice,
          dimensions,
          values,
          count,
          amount: 0,
          value: count,
        });
    }
  }
  return found;
}
