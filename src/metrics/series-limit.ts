import { DAY, type Instant } from '../model/clock.js';

/** After so much time a series' weight counts half: what was large last year need not be. */
const HALF_LIFE = 14 * DAY;
/** How many series are weighed for each that is kept, so that memory is bounded whatever the dimensions hold. */
const WEIGHED = 4;

/**
 * Keeps a metric's largest series by denominator, or by what is counted where there is none, and leaves out the
 * others. Weights are of the last weeks, so that a series comes and goes with its business and not with an hour.
 */
export class SeriesLimit {
  readonly #most: number;
  readonly #weights: Map<string, number>;
  /** What weights are in the unit of: a later count weighs more, instead of all earlier ones less. */
  readonly #origin: Instant;
  #kept: ReadonlySet<string> | null = null;

  /** `weights` are those of the series' stored points up to `until`. */
  constructor(most: number, weights: ReadonlyMap<string, number>, until: Instant) {
    this.#most = most;
    this.#weights = new Map(weights);
    this.#origin = until;
    this.#choose();
  }

  /** Takes in what was counted up to `until`, once, and chooses anew. */
  weigh(counted: Iterable<readonly [slice: string, count: number]>, until: Instant): void {
    const unit = 2 ** ((until - this.#origin) / HALF_LIFE);
    for (const [slice, count] of counted)
      this.#weights.set(slice, (this.#weights.get(slice) ?? 0) + count * unit);
    this.#choose();
  }

  /** Whether it has weighed a series, and not found it too small to go on weighing. */
  knows(slice: string): boolean {
    return this.#weights.has(slice);
  }

  keeps(slice: string): boolean {
    return this.#kept?.has(slice) ?? true;
  }

  #choose(): void {
    this.#kept = null;
    if (this.#weights.size <= this.#most) return;
    const largest = [...this.#weights].sort(
      ([sliceA, a], [sliceB, b]) => b - a || (sliceA < sliceB ? -1 : 1),
    );
    this.#kept = new Set(largest.slice(0, this.#most).map(([slice]) => slice));
    for (const [slice] of largest.slice(this.#most * WEIGHED)) this.#weights.delete(slice);
  }
}

/** How long before its first bucket a process weighs the series that it finds. */
export const WEIGHED_BACK = 2 * HALF_LIFE;
