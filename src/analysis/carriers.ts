import type { Carrier } from '../model/alert.js';
import type { Point } from '../model/point.js';
import { isParentSlice, parseSlice } from '../model/slice.js';
import type { Verdict } from '../model/verdict.js';

/** A point with what was expected of it. */
export interface Expectation {
  point: Point;
  combined: Verdict;
}

const MOST = 5;

/**
 * The child slices that carry a parent's excess, greatest first: those with one dimension more, in the same bucket. They
 * are read off the points at hand and cost no query: what an alert says of where it is while its analysis is being
 * made, and where none is, as for the members of a group. A child that could not be judged for itself is held against
 * its parent's expected rate, so that a slice too small to be judged can still be named.
 *
 * Shares may add up to more than 1, because slices by different dimensions overlap.
 */
export function carriers(parent: Expectation, siblings: readonly Expectation[]): Carrier[] {
  const total = excess(parent.point, parent.combined.expected);
  if (total === null || total === 0) return [];
  const labels = parseSlice(parent.point.slice);
  const depth = Object.keys(labels).length;
  return siblings
    .filter(({ point }) => {
      const child = parseSlice(point.slice);
      return (
        point.metric === parent.point.metric &&
        point.bucketStart === parent.point.bucketStart &&
        Object.keys(child).length === depth + 1 &&
        isParentSlice(labels, child)
      );
    })
    .map(({ point, combined }) => {
      const expected = combined.expected ?? (point.denominator === null ? null : parent.combined.expected);
      const own = excess(point, expected) ?? 0;
      return { slice: point.slice, excess: own, share: own / total };
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || (a.slice < b.slice ? -1 : 1))
    .slice(0, MOST);
}

/** Events beyond the expected ones; for a rate, of its denominator. */
function excess(point: Point, expected: number | null): number | null {
  if (expected === null) return null;
  return point.denominator === null ? point.value - expected : (point.value - expected) * point.denominator;
}
