import type { SeriesContext, SeriesPoint } from '../../src/detection/contract.js';

/** A point as the baselines take it: `cases` out of `size`, so that `value` = cases / size. */
export interface Quantity {
  value: number;
  cases: number;
  /** The denominator of a rate; 1 for anything else. */
  size: number;
}

/** Fourth powers of anything up to here are still numbers, with room for every factor of the formulas. */
const GREATEST = 1e60;

/** Reads a point for its kind of series. */
export function quantityOf(point: SeriesPoint, kind: SeriesContext['kind']): Quantity {
  if (kind === 'rate') {
    const size = point.denominator ?? 1;
    return { value: point.numerator / size, cases: point.numerator, size };
  }
  const value = boundedValue(point);
  return { value, cases: value, size: 1 };
}

/** The value of a point that is no rate. */
export const boundedValue = (point: SeriesPoint): number =>
  Math.min(Math.max(point.value, -GREATEST), GREATEST);
