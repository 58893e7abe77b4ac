import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import type { PointTable } from '../store/point-table.js';
import { type FirstSeen, seriesThatGoOn } from './assemble.js';

/** The start of a series' first bucket that never comes. */
export const NEVER: Instant = Number.POSITIVE_INFINITY;

/**
 * Remembers which series each metric has had, and from which bucket on: a series that was seen may be zero later. Only of
 * series of which it matters (see {@link seriesThatGoOn}).
 */
export class KnownSeries {
  readonly #table: Pick<PointTable, 'firstSeenSlices'>;
  /** What each metric that was asked about has had in buckets before `until`. */
  readonly #metrics = new Map<string, { slices: Map<string, Instant>; until: Instant }>();

  constructor(table: Pick<PointTable, 'firstSeenSlices'>) {
    this.#table = table;
  }

  /** The series before an instant, and maybe later ones; asks the store where what is remembered ends before it. */
  async before(metric: MetricDefinition, instant: Instant): Promise<FirstSeen> {
    const known = this.#metrics.get(metric.id);
    if (known !== undefined && known.until >= instant) return known.slices;
    const goesOn = seriesThatGoOn(metric) ?? (() => false);
    const stored = await this.#table.firstSeenSlices(metric.id, instant);
    const slices = new Map([...stored].filter(([slice]) => goesOn(slice)));
    this.#metrics.set(metric.id, { slices, until: instant });
    return slices;
  }

  /**
   * Takes in which series begin in the buckets from `from` to `to`, of a metric that has been asked about. Answers of those
   * that begin elsewhere than was known where that was.
   */
  settle(metric: string, from: Instant, to: Instant, begun: FirstSeen): Map<string, Instant> {
    const moved = new Map<string, Instant>();
    const known = this.#metrics.get(metric);
    if (known === undefined) return moved;
    for (const [slice, first] of known.slices)
      if (first >= from && first < to && !begun.has(slice)) {
        known.slices.delete(slice);
        moved.set(slice, first);
      }
    for (const [slice, first] of begun) {
      const before = known.slices.get(slice) ?? NEVER;
      known.slices.set(slice, first);
      if (before !== first) moved.set(slice, before);
    }
    known.until = Math.max(known.until, to);
    return moved;
  }

  /** Whether series that have moved from where `moved` says are known before an instant that were not, or the other way round. */
  differsAt(metric: string, instant: Instant, moved: FirstSeen): boolean {
    const slices = this.#metrics.get(metric)?.slices;
    return [...moved].some(([slice, before]) => before < instant !== (slices?.get(slice) ?? NEVER) < instant);
  }
}
