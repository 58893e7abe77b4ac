import { parseSlice, type SliceLabels } from './slice.js';

/** Who answers for a metric or a slice. */
export interface Owner {
  id: string;
  name: string;
  /** Slack user id, empty when unknown. */
  slack: string;
  /** IANA name. */
  timezone: string;
  /** The owner's lead, another owner's id; empty for none. */
  lead: string;
  /** When the owner works; Monday to Friday from 9 to 17 without holidays where it is absent. */
  work?: WorkTime | undefined;
  /** What the owner answers for, beyond the metrics that name the owner themselves. */
  owns?: readonly Ownership[] | undefined;
}

/** Work days and hours in the owner's time zone. */
export interface WorkTime {
  /** ISO weekdays, 1 for Monday. */
  days: readonly number[];
  /** Minutes after midnight. */
  from: number;
  to: number;
  /** Days off, as `2026-12-25`. */
  holidays: readonly string[];
  /** Days off of a year by law where the owner works, in the same form; absent for none. */
  publicHolidays?: ((year: number) => ReadonlySet<string>) | undefined;
}

/** True for a date, as `2026-12-25`, on which nobody who works so is at work, whatever the weekday. */
export function isDayOff({ holidays, publicHolidays }: WorkTime, date: string): boolean {
  return holidays.includes(date) || publicHolidays?.(Number(date.slice(0, 4))).has(date) === true;
}

/** A metric, or all of them, on the slices that have these labels. */
export interface Ownership {
  /** Empty for every metric. */
  metric: string;
  labels: SliceLabels;
}

/**
 * Who answers for a metric's slice; empty when nobody does. The most specific word wins: an owner's entry with more
 * labels before one with fewer, one that names the metric before one that does not, and the metric's own owner, given
 * as `metricOwner`, before entries that name neither a label nor the metric.
 */
export function ownerOf(
  owners: readonly Owner[],
  metric: string,
  slice: string,
  metricOwner: string,
): string {
  const labels = parseSlice(slice);
  let best = { id: metricOwner, weight: metricOwner === '' ? -1 : 1 };
  for (const { id, owns = [] } of owners) {
    for (const entry of owns) {
      const wanted = Object.entries(entry.labels);
      const matches =
        (entry.metric === '' || entry.metric === metric) &&
        wanted.every(([name, value]) => labels[name] === value);
      const weight = wanted.length * 2 + (entry.metric === '' ? 0 : 1);
      if (matches && weight > best.weight) best = { id, weight };
    }
  }
  return best.id;
}
