import type { SeriesContext, SeriesPoint } from '../../src/detection/contract.js';

/** A point as the baselines take it: `cases` out of `size`, so that `value` = cases / size. */
export interface Quantity {
  value: number;
  cases: number;
  /** The denominator of a rate; 1 for anything else. */
  size: number;
}

/** Squares of anything up to here, and their sums, are still numbers. */
const GREATEST = 1e140;

/** Reads a point for its kind of series. */
export function quantityOf(point: SeriesPoint, kind: SeriesContext['kind']): Quantity {
  if (kind === 'rate') {
    const size = point.denominator ?? 1;
    return { value: point.numerator / size, cases: point.numerator, size };
  }
  const value = Math.min(Math.max(point.value, -GREATEST), GREATEST);
  return { value, cases: value, size: 1 };
}

/**
 * The length of a week in points, within bounds: what the detectors' spans default to. It is 168 for hours; 28
 * for days, because seven points tell too little; and never above 336, because a span in points is also state.
 */
export function weekOfPoints(bucketSeconds: number): number {
  return Math.min(336, Math.max(28, Math.round((7 * 86_400) / bucketSeconds)));
}

/**
 * How many points out of band in a row become the new normal unless configuration says otherwise: a week, and
 * no fewer than 14 points.
 */
export function defaultAcceptAfter(bucketSeconds: number): number {
  return Math.min(336, Math.max(14, Math.round((7 * 86_400) / bucketSeconds)));
}
