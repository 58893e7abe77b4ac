import type { Alert } from '../../model/alert.js';
import { DAY, type Instant } from '../../model/clock.js';
import { parseSlice, type SliceLabels } from '../../model/slice.js';

/** A time at which something was wrong, as a person wrote it down. */
export interface Label {
  /** Null for every metric. */
  metric: string | null;
  /** The dimensions that it is known to concern; none concerns the whole. */
  slice: SliceLabels;
  from: Instant;
  /** Exclusive. */
  to: Instant;
  title: string;
  /** Where it was written: `labels.csv:3`. */
  place: string;
}

/** An alert of a run, with the moments at which people would have been told that it fires. */
export interface Episode {
  alert: Alert;
  /** Ascending; more than one when it came back within the merge gap, none when a parent's alert held it back. */
  announcedAt: readonly Instant[];
}

/** After an incident its traces are still being counted: an alert that fires so much later still belongs to it. */
export const DEFAULT_GRACE = DAY;

/**
 * True when an incident on one slice can show on the other: no dimension has two different values. That takes in the
 * slice itself, its parents (the whole shows what happens in a part), its children, and slices that cross it.
 */
export function slicesAgree(a: SliceLabels, b: SliceLabels): boolean {
  return Object.entries(a).every(([name, value]) => b[name] === undefined || b[name] === value);
}

/**
 * When the alert first told of the labelled incident; null when it did not. It tells of it when it is on the label's
 * metric, on a slice that agrees, and fires from the label's beginning to its end and the grace after it. One that
 * fired before and was still open tells nobody anything.
 */
export function toldOf(label: Label, { alert, announcedAt }: Episode, grace: number): Instant | null {
  if (label.metric !== null && label.metric !== alert.metric) return null;
  if (!slicesAgree(label.slice, parseSlice(alert.slice))) return null;
  return announcedAt.find((at) => at >= label.from && at < label.to + grace) ?? null;
}
