import type { AnnotationKind, CalendarEffect } from './annotation.js';
import type { EventDate } from './event.js';
import type { Json } from './json.js';

/** Which events a metric counts. */
export interface EventSelector {
  /** The event types; an event of any of them counts. */
  event: readonly string[];
  /** Field or attribute to the values that it may have; all entries must hold. */
  where: Readonly<Record<string, readonly string[]>>;
  /** Field or attribute to the values that it must not have. */
  except?: Readonly<Record<string, readonly string[]>>;
  /** Number to its bounds; an event without the number does not count. */
  bounds?: Readonly<Record<NumberField, Bounds>>;
  /** Dimensions that these events do not have: their counts are shared by all values of them. */
  ignore: readonly string[];
}

/**
 * A number of an event: `amount`; `duration`, the seconds from `started_at` to `occurred_at`; any other name
 * is an attribute that is read as a decimal number.
 */
export type NumberField = string;

/** `atLeast <= number < below`. */
export interface Bounds {
  atLeast?: number;
  below?: number;
}

/** What is measured, by kind. */
export type Measure =
  | { kind: 'count'; of: EventSelector }
  /** Of the events' amounts. */
  | { kind: 'sum'; of: EventSelector }
  /** Of the events that have the number. */
  | { kind: 'mean'; of: EventSelector; value: NumberField }
  /** The same, at a level between 0 and 1; exact, without an error but a double's rounding. */
  | { kind: 'quantile'; of: EventSelector; value: NumberField; level: number }
  /** How many different values of a field or attribute; events without it do not count. */
  | { kind: 'distinct'; of: EventSelector; by: string }
  /** Over the events of the same bucket, or of a window that ends with it or before. */
  | { kind: 'ratio'; numerator: EventSelector; denominator: EventSelector; window?: TrailingWindow }
  /** Cases whose `due_at` falls into the bucket and that had no answer by then, over all cases due in it. */
  | { kind: 'breach'; opened: EventSelector; answered: EventSelector };

export type MetricKind = Measure['kind'];

/** One detector as a metric uses it. */
export interface DetectorUse {
  use: string;
  params: Readonly<Record<string, Json>>;
}

export type Combination = 'any' | 'all' | { atLeast: number };
export type BadDirection = 'up' | 'down' | 'both';
export type Severity = 'info' | 'warning' | 'critical';

export interface BucketWidth {
  count: number;
  unit: 'minute' | 'hour' | 'day' | 'week' | 'month';
}

/** The time that a bucket's denominator is counted over: `over` long, its end `lag` before the bucket's. */
export interface TrailingWindow {
  over: BucketWidth;
  lag: BucketWidth | null;
}

/** A metric's definition, complete: defaults are filled in when the configuration is read. */
export interface MetricDefinition {
  id: string;
  title: string;
  measure: Measure;
  date: EventDate;
  bucket: BucketWidth;
  /** IANA name; buckets are aligned in it. */
  timezone: string;
  bad: BadDirection;
  /**
   * Below it a point is not evaluable: `low_volume`. For a mean or quantile it bounds the events that it is over,
   * for counts and sums the expected value.
   */
  minDenominator: number;
  /** How long after a bucket's end its events may still arrive, in ms. */
  allowedLateness: number;
  /** Sets of dimensions; the empty set is the whole. */
  slices: readonly (readonly string[])[];
  /** The metric's largest series, so many, are kept and the others left out; absent for no bound. */
  maxSeries?: number;
  /** What a known series without events in a closed bucket is: a zero, or no point at all. Only for kinds that count. */
  empty: 'zero' | 'absent';
  /** ISO weekdays, 1 for Monday, on which the shop is open; absent for all. Buckets of other days have no point. */
  tradingDays?: readonly number[];
  detect: readonly DetectorUse[];
  combine: Combination;
  /** What annotations of a kind do to what is expected, where they do not say so themselves; absent for nothing. */
  calendar?: Readonly<Partial<Record<AnnotationKind, CalendarEffect>>>;
  /** The smallest deviation from expected that matters, in the metric's unit; 0 takes any. */
  minDeviation: number;
  /** The same in parts of what is expected: 0.2 is a fifth; absent takes any. */
  minRelativeDeviation?: number;
  /** The alerts a week that chance alone may give over all of its series together; absent for any number. */
  falseAlertsPerWeek?: number;
  /** Points out of band in a row that become the new normal; absent for never. */
  newNormalAfter?: number;
  alert: AlertRule;
  /** An owner's id; empty when nobody owns the metric. */
  owner: string;
  runbook: string;
}

/** When a run of anomalous points becomes an alert, and when it ends. */
export interface AlertRule {
  /** Anomalous points before it fires: in a row, or of the last {@link forOf}. */
  for: number;
  /** Points among which they are looked for; absent for in a row. */
  forOf?: number;
  /** Normal points in a row before it resolves. */
  recover: number;
  /** The score below which a point counts as one of them; absent for any within the band. */
  recoverBelow?: number;
  /** A recurrence within this time of the resolution is the same episode, in ms. */
  mergeGap: number;
  /** Deviation in band half-widths (the verdict's score) from which the alert is critical. */
  criticalScore: number;
  /** Events beyond the expected ones, since the start, without which no score is critical; absent for none. */
  criticalMinEvents?: number;
  /** So many, or so much money in the marketplace's currency, are critical whatever the score; absent for never. */
  criticalEvents?: number;
  criticalAmount?: number;
}

/** True when the metric has a denominator: its points are shares of a count and are judged as such. */
export function isRate(kind: MetricKind): boolean {
  return kind === 'ratio' || kind === 'breach';
}

/** True when the metric's points are values of its events rather than counts of them: without events there is none. */
export function isLevel(kind: MetricKind): boolean {
  return kind === 'mean' || kind === 'quantile';
}

const UNIT_SECONDS = { minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_629_746 } as const;

/** A bucket's usual length: a day with a change of the clocks and a month of 28 days are what they are. */
export function nominalSeconds(width: BucketWidth): number {
  return width.count * UNIT_SECONDS[width.unit];
}
