import type { Point } from '../model/point.js';
import type { StoredPoint } from '../store/point-table.js';

export interface Restatement {
  /** All points as they are now, in the order in which they were made, with their revisions. */
  current: Point[];
  /** Points that are new, or that differ from what was stored: these carry the next revision. */
  written: Point[];
  /** Stored points that have no events any more, at their next revision. */
  removed: Point[];
}

/** Compares points as they are now with points as they were stored. Making a point again unchanged is nothing. */
export function restate(made: readonly Point[], stored: readonly StoredPoint[]): Restatement {
  if (stored.length === 0) return { current: [...made], written: [...made], removed: [] };
  const key = (point: Point) => `${point.bucketStart} ${point.slice}`;
  const before = new Map(stored.map((it) => [key(it.point), it]));
  const written: Point[] = [];
  const current = made.map((point) => {
    const old = before.get(key(point));
    before.delete(key(point));
    if (old !== undefined && !old.isDeleted && sameMeasure(old.point, point)) return old.point;
    const next = old === undefined ? point : { ...point, revision: old.point.revision + 1 };
    written.push(next);
    return next;
  });
  const removed = [...before.values()]
    .filter(({ isDeleted }) => !isDeleted)
    .map(({ point }) => ({ ...point, revision: point.revision + 1 }));
  return { current, written, removed };
}

function sameMeasure(a: Point, b: Point): boolean {
  return (
    a.value === b.value &&
    a.numerator === b.numerator &&
    a.denominator === b.denominator &&
    a.amount === b.amount &&
    a.volume === b.volume
  );
}
