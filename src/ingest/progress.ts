import type { Instant } from '../model/clock.js';
import type { DecodedBatch, SourceProgress } from './contract.js';

/** How far one place of a source has come: a partition, or the whole of a source that has no places. */
export interface PlaceProgress {
  place: string;
  frontier: Instant;
  lastArrivalAt: Instant;
}

/** Nothing is complete up to it: of a place where something waits, and of which nothing has been read. */
const BEGINNING: Instant = 0;

/**
 * Keeps how far one source has been read. Told only of what is durable, so that nobody runs ahead of the store; what
 * other processes have read of it is learned from the store.
 */
export class ProgressTracker {
  readonly #source: string;
  readonly #frontiers = new Map<string, Instant>();
  #lastArrivalAt: Instant | null = null;
  /** How many inputs wait unread, by place; null when nobody can say. */
  #lags: ReadonlyMap<string, number> | null = new Map();

  constructor(source: string) {
    this.#source = source;
  }

  /** Takes up what the store knows: of an earlier run, and of other processes. */
  learn(known: readonly PlaceProgress[]): void {
    for (const { place, frontier, lastArrivalAt } of known) this.#seen(place, frontier, lastArrivalAt);
  }

  /** Records a batch that has become durable. Rejected inputs are arrivals, but they move no frontier. */
  wrote({ accepted, lastArrivalAt }: DecodedBatch, place = ''): void {
    this.#seen(place, accepted.latest, lastArrivalAt);
  }

  /** Records how many inputs wait unread in each place. */
  lags(lags: ReadonlyMap<string, number>): void {
    this.#lags = lags;
  }

  /** Records that nobody can say how many wait: then the source is not read to its end. */
  lagUnknown(): void {
    this.#lags = null;
  }

  /**
   * A place where nothing waits holds nobody: the frontier is the least of those where something does, and the greatest
   * of all when the source has been read to its end.
   */
  progress(): SourceProgress {
    const frontiers = this.#frontiers;
    const lags = this.#lags;
    const behind =
      lags === null ? [...frontiers.keys()] : [...lags.keys()].filter((place) => lags.get(place));
    const frontier =
      behind.length === 0
        ? Math.max(...frontiers.values())
        : Math.min(...behind.map((place) => frontiers.get(place) ?? BEGINNING));
    return {
      source: this.#source,
      frontier: frontiers.size === 0 ? null : frontier,
      lastArrivalAt: this.#lastArrivalAt,
      lag: lags === null ? 1 : [...lags.values()].reduce((sum, lag) => sum + lag, 0),
    };
  }

  #seen(place: string, frontier: Instant | null, lastArrivalAt: Instant | null): void {
    if (frontier !== null)
      this.#frontiers.set(place, Math.max(this.#frontiers.get(place) ?? frontier, frontier));
    if (lastArrivalAt !== null)
      this.#lastArrivalAt = Math.max(this.#lastArrivalAt ?? lastArrivalAt, lastArrivalAt);
  }
}
