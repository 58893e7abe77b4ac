import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';
import type { MetricDefinition, TrailingWindow } from '../model/metric.js';
import type { Bucket, CountedSet } from './assemble.js';

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
  counted: readonly CountedSet[],
  buckets: readonly Bucket[],
  windows: readonly Interval[],
): CountedSet[] {
  const bySet = new Map<string, CountedSet[]>();
  for (const set of [...counted].sort((a, b) => a.bucket - b.bucket)) {
    const known = bySet.get(set.dimensions.join());
    if (known === undefined) bySet.set(set.dimensions.join(), [set]);
    else known.push(set);
  }
  return [...bySet.values()].flatMap((cells) => setOverWindows(cells, buckets, windows));
}

/** The same for one set of dimensions, whose cells come in the order of time. */
function setOverWindows(
  cells: readonly CountedSet[],
  buckets: readonly Bucket[],
  windows: readonly Interval[],
): CountedSet[] {
  const inWindow = new Map<string, number>();
  const add = ({ counts }: CountedSet, sign: 1 | -1) => {
    for (const { slice, count } of counts) {
      const sum = (inWindow.get(slice) ?? 0) + sign * count;
      if (sum === 0) inWindow.delete(slice);
      else inWindow.set(slice, sum);
    }
  };
  // Both ends of the windows only go forward, so each cell comes in once and leaves once.
  let [first, next] = [0, 0];
  return windows.map(({ from, to }, i) => {
    for (let cell = cells[next]; cell !== undefined && cell.bucket < to; cell = cells[++next]) add(cell, 1);
    for (let cell = cells[first]; cell !== undefined && cell.bucket < from; cell = cells[++first])
      add(cell, -1);
    return {
      bucket: buckets[i]?.start ?? 0,
      dimensions: cells[0]?.dimensions ?? [],
      counts: [...inWindow].map(([slice, count]) => ({ slice, count, amount: 0, value: count })),
    };
  });
}
