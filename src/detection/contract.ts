import type { ZodType } from 'zod';
import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { Json } from '../model/json.js';
import type { NotEvaluableReason } from '../model/verdict.js';

/**
 * What a detector is told of the series that it judges. It is not told the metric's name or the slice: a
 * detector knows how to judge a kind of series, not which one it has before it.
 */
export interface SeriesContext {
  /** A rate's points carry a denominator, and 3 of 4 weighs less than 30 of 4,000. */
  kind: 'rate' | 'value';
  bucketSeconds: number;
  /** IANA name, for rhythms of the day and the week. */
  timezone: string;
  /**
   * Points out of band in a row before which a detector is not to take a level for normal by itself: later than the
   * metric's `new_normal_after`, so that nobody is told of a recovery that was none; infinite where that is `never`. Absent
   * where nothing is stated.
   */
  acceptAfter?: number;
}

/** A point as a detector sees it: complete, and evaluable by volume. */
export interface SeriesPoint {
  bucketStart: Instant;
  value: number;
  numerator: number;
  /** A number above 0 for rates, null otherwise. */
  denominator: number | null;
  /** What was going on then. What configuration wants done about it has been done: see `calendar.ts`. */
  annotations: readonly Annotation[];
  /**
   * The same bucket of the slice that holds this one, `region=GB` for `category=toys,region=GB`; absent for the whole,
   * and where that slice has no point. Parents are judged before their children.
   */
  parent?: ParentPoint;
}

/** A parent slice's point, as the same detector has just judged it there. */
export interface ParentPoint {
  value: number;
  numerator: number;
  denominator: number | null;
  /** What was expected of it, in the series' unit; null where it could not be judged. */
  expected: number | null;
}

/**
 * A detector's opinion of one point. `expected`, `lower` and `upper` are in the series' unit, `score` is 0 as
 * expected, 1 on the edge of the band and above 1 outside; all are finite.
 */
export type Judgement =
  | {
      status: 'judged';
      expected: number;
      lower: number;
      upper: number;
      score: number;
      direction: 'up' | 'down';
    }
  | { status: 'not_evaluable'; reason: Extract<NotEvaluableReason, 'cold_start' | 'calendar'> };

/** Judges one series. Deterministic: the same points in the same order give the same judgements. */
export interface Judge {
  /**
   * Judges a point and learns from it, in that order: the point is never in its own baseline. Points come
   * once each, in the order of their buckets; absent buckets are simply not there.
   */
  observe(point: SeriesPoint): Judgement;
  /** The state as plain data; `create(params, series, saved)` goes on from it as if nothing had happened. */
  save(): Json;
}

/** A plug-in. `Params` is what the schema gives after its defaults. */
export interface Detector<Params = unknown> {
  /** As configuration names it: `z-score`. */
  name: string;
  /** One line for people who choose. */
  description: string;
  /**
   * Parameters with defaults; each `.describe()`d with its unit. One that decides how readily the detector speaks
   * also says which values `redress tune` may try for it: `.meta({ tune: [2.5, 3, 4] })`, last in its chain.
   */
  parameters: ZodType<Params>;
  /**
   * True for a detector that holds a series against what configuration says, or against something other than its
   * level: that a level stays is no reason for it to expect it.
   */
  fixed?: boolean;
  /** Throws only when `saved` is not something that `save()` of the same parameters gave. */
  create(params: Params, series: SeriesContext, saved?: Json): Judge;
}

/** Keeps the parameters' type from the schema to `create`. */
export function defineDetector<Params>(detector: Detector<Params>): Detector<Params> {
  return detector;
}
