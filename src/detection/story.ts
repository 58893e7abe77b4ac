import { isParentSlice, parseSlice, type SliceLabels } from '../model/slice.js';
import type { JudgedPoint } from './settling.js';

/** A point out of band, in events: how many were expected, how many came beyond, and how many may by chance. */
interface Departure {
  slice: string;
  labels: SliceLabels;
  depth: number;
  direction: string;
  expected: number;
  excess: number;
  allowed: number;
}

/** Standard deviations of a count that are never taken for a departure. */
const NOISE = 3;
/** No share of events is so small that it cannot be divided by. */
const LEAST_EXPECTED = 0.5;

/**
 * Which of the slices that are out of band in one bucket are so only for a slice within them, and for which one: a
 * parent without whom all else is as it should be has no story of its own. The narrowest slice that explains it
 * counts. A parent of which all parts have moved is explained by none, and neither is one whose rest is too small to
 * have shown whether it moved.
 */
export function explanations(judged: readonly JudgedPoint[]): ReadonlyMap<string, string> {
  const departures = judged.flatMap((each) => departureOf(each) ?? []);
  const found = new Map<string, string>();
  for (const parent of departures) {
    const best = departures
      .filter((child) => child.direction === parent.direction && isParentSlice(parent.labels, child.labels))
      .filter((child) => explains(child, parent))
      .sort((a, b) => b.depth - a.depth || b.excess - a.excess || (a.slice < b.slice ? -1 : 1))[0];
    if (best !== undefined) found.set(parent.slice, best.slice);
  }
  // What explains may be explained itself by something narrower still.
  for (const [parent, child] of found) {
    let last = child;
    for (let next = found.get(last); next !== undefined; next = found.get(last)) last = next;
    found.set(parent, last);
  }
  return found;
}

/** The same points with those first that explain others, so that their alerts are there to speak for them. */
export function speakersFirst(
  judged: readonly JudgedPoint[],
  explained: ReadonlyMap<string, string>,
): readonly JudgedPoint[] {
  if (explained.size === 0) return judged;
  const speakers = new Set(explained.values());
  const speaks = ({ point }: JudgedPoint): boolean => speakers.has(point.slice);
  return [...judged.filter(speaks), ...judged.filter((each) => !speaks(each))];
}

/** Null for what is not out of band, and for means and quantiles, whose parts do not add up. */
function departureOf({ point, combined }: JudgedPoint): Departure | null {
  const { status, expected, lower, upper, direction } = combined;
  if (status !== 'anomalous' || point.volume !== undefined) return null;
  if (expected === null || lower === null || upper === null || direction === null) return null;
  const size = point.denominator ?? 1;
  const sign = direction === 'up' ? 1 : -1;
  const labels = parseSlice(point.slice);
  return {
    slice: point.slice,
    labels,
    depth: Object.keys(labels).length,
    direction,
    expected: expected * size,
    excess: sign * (point.value - expected) * size,
    allowed: (direction === 'up' ? upper - expected : expected - lower) * size,
  };
}

function explains(child: Departure, parent: Departure): boolean {
  const expected = parent.expected - child.expected;
  if (expected <= 0) return false;
  const share = expected / parent.expected;
  const allowed = Math.max(parent.allowed * Math.sqrt(share), NOISE * Math.sqrt(expected));
  const isCalm = parent.excess - child.excess <= allowed;
  // Had the rest moved as the child did, it would have shown.
  const wouldShow = (expected * child.excess) / Math.max(child.expected, LEAST_EXPECTED) > allowed;
  return isCalm && wouldShow;
}
