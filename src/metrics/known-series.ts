import type { Instant } from '../model/clock.js';
import type { Point } from '../model/point.js';
import type { PointTable } from '../store/point-table.js';
import type { FirstSeen } from './assemble.js';

/** Remembers which series each metric has had, and from which bucket on: a series that was seen may be zero later. */
export class KnownSeries {
  readonly #table: Pick<PointTable, 'firstSeenSlices'>;
  /** What each metric that was asked about has had in buckets before `until`. */
  readonly #metrics = new Map<string, { slices: Map<string, Instant>; until: Instant }>();

  constructor(table: Pick<PointTable, 'firstSeenSlices'>) {
    this.#table = table;
  }

  /** The series before an instant, and maybe later ones; asks the store where what is remembered ends before it. */
  async before(metric: string, instant: Instant): Promise<FirstSeen> {
    const known = this.#metrics.get(metric);
    if (known !== undefined && known.until >= instant) return known.slices;
    const slices = await this.#table.firstSeenSlices(metric, instant);
    this.#metrics.set(metric, { slices, until: instant });
    return slices;
  }

  /** Takes in the points of buckets up to `until`, of a metric that has been asked about. */
  add(metric: string, points: readonly Point[], until: Instant): void {
    const known = this.#metrics.get(metric);
    if (known === undefined) return;
    for (const { slice, bucketStart } of points)
      if ((known.slices.get(slice) ?? Number.POSITIVE_INFINITY) > bucketStart)
        known.slices.set(slice, bucketStart);
    known.until = Math.max(known.until, until);
  }
}
