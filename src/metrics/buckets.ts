import { DateTime } from 'luxon';
import { HOUR, type Instant, MINUTE } from '../model/clock.js';
import type { BucketWidth } from '../model/metric.js';

/** Of a metric only so many buckets are made in one go: the points of all of them are in memory together. */
export const MOST_MADE_AT_ONCE = 168;

/** How a metric cuts time: the width of its buckets and the zone they are aligned in. */
export interface Calendar {
  bucket: BucketWidth;
  timezone: string;
}

/**
 * The start of the bucket that holds `instant`. Widths of several units are counted from the start of the
 * next greater unit (hours and minutes from the local midnight, days from the month's first, weeks from the
 * year's first Monday, months from January), so that a bucket's start does not depend on where counting began.
 */
export function bucketStart(instant: Instant, { bucket, timezone }: Calendar): Instant {
  const local = DateTime.fromMillis(instant, { zone: timezone });
  const { count, unit } = bucket;
  if (count === 1) return local.startOf(unit).toMillis();
  const origin = local.startOf(GREATER[unit]);
  if (unit === 'minute' || unit === 'hour') {
    // Elapsed time, not the wall clock's: a day of 25 hours has one more bucket, none of double width.
    const width = count * (unit === 'minute' ? 60_000 : 3_600_000);
    return origin.toMillis() + Math.floor((instant - origin.toMillis()) / width) * width;
  }
  const passed = Math.floor(local.diff(origin, `${unit}s`).as(`${unit}s`) / count) * count;
  return origin.plus({ [`${unit}s`]: passed }).toMillis();
}

const GREATER = { minute: 'day', hour: 'day', day: 'month', week: 'year', month: 'year' } as const;

/** The end of the bucket that begins at `start`: the start of the next one. */
export function bucketEnd(start: Instant, calendar: Calendar): Instant {
  const { count, unit } = calendar.bucket;
  // Hours and minutes are elapsed time whatever the clocks do, so that no calendar has to be asked.
  if (count === 1 && unit === 'hour') return start + HOUR;
  if (count === 1 && unit === 'minute') return start + MINUTE;
  const next = DateTime.fromMillis(start, { zone: calendar.timezone })
    .plus({ [`${unit}s`]: count })
    .toMillis();
  if (count === 1) return next;
  // The last bucket of a greater unit may be shorter.
  const last = bucketStart(next - 1, calendar);
  return last > start ? last : next;
}

/** The start of the first bucket that begins at `instant` or after it. */
export function nextBucketStart(instant: Instant, calendar: Calendar): Instant {
  const start = bucketStart(instant, calendar);
  return start === instant ? instant : bucketEnd(start, calendar);
}

/** The starts of all buckets that begin in `[from, to)`; `from` must be a bucket's start. */
export function bucketStarts(from: Instant, to: Instant, calendar: Calendar): Instant[] {
  const starts: Instant[] = [];
  for (let start = from; start < to; start = bucketEnd(start, calendar)) starts.push(start);
  return starts;
}

/** The first of ascending buckets up to the first gap between them, no more than are made in one go. */
export function firstRun(starts: readonly Instant[], calendar: Calendar): Instant[] {
  const run: Instant[] = [];
  for (const start of starts) {
    const last = run.at(-1);
    const goesOn = last === undefined || bucketEnd(last, calendar) === start;
    if (!goesOn || run.length === MOST_MADE_AT_ONCE) break;
    run.push(start);
  }
  return run;
}

/** The buckets behind a run that end by `until`: twice as many, because it is not known how many it will take. */
export function runBehind(run: readonly Instant[], until: Instant, calendar: Calendar): Instant[] {
  const most = Math.min(2 * run.length, MOST_MADE_AT_ONCE);
  const behind: Instant[] = [];
  for (
    let start = bucketEnd(run.at(-1) ?? until, calendar);
    behind.length < most && start < until;
    start = bucketEnd(start, calendar)
  )
    behind.push(start);
  return behind;
}
