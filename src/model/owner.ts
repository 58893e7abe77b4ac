import type { SliceLabels } from './slice.js';

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
}

/** A metric, or all of them, on the slices that have these labels. */
export interface Ownership {
  /** Empty for every metric. */
  metric: string;
  labels: SliceLabels;
}
