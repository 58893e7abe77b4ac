import type { Instant } from '../model/clock.js';
import type { DecodedBatch, SourceProgress } from './contract.js';

/** Keeps how far one source has been read. Told only of what is durable, so that nobody runs ahead of the store. */
export class ProgressTracker {
  readonly #source: string;
  #frontier: Instant | null;
  #lastArrivalAt: Instant | null;
  #lag: number;

  /** Goes on from what an earlier run knew, where the store remembers it. */
  constructor(source: string, known?: Pick<SourceProgress, 'frontier' | 'lastArrivalAt'>) {
    this.#source = source;
    this.#frontier = known?.frontier ?? null;
    this.#lastArrivalAt = known?.lastArrivalAt ?? null;
    this.#lag = 0;
  }

  /** Records a batch that has become durable. Rejected inputs are arrivals, but they move no frontier. */
  wrote({ accepted, lastArrivalAt }: DecodedBatch): void {
    this.#frontier = latest(this.#frontier, accepted.latest);
    this.#lastArrivalAt = latest(this.#lastArrivalAt, lastArrivalAt);
  }

  /** Records how many inputs wait unread. */
  lags(inputs: number): void {
    this.#lag = inputs;
  }

  /** Records that nobody can say how many wait: then at least one may, and the source is not read to its end. */
  lagUnknown(): void {
    this.#lag = Math.max(this.#lag, 1);
  }

  progress(): SourceProgress {
    return {
      source: this.#source,
      frontier: this.#frontier,
      lastArrivalAt: this.#lastArrivalAt,
      lag: this.#lag,
    };
  }
}

function latest(known: Instant | null, seen: Instant | null): Instant | null {
  return known === null || seen === null ? (known ?? seen) : Math.max(known, seen);
}
