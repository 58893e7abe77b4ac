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
  wrote(batch: DecodedBatch): void {
    for (const { event, arrival } of batch.accepted) {
      this.#frontier = Math.max(this.#frontier ?? event.occurredAt, event.occurredAt);
      this.#lastArrivalAt = Math.max(this.#lastArrivalAt ?? arrival.receivedAt, arrival.receivedAt);
    }
    for (const { arrival } of batch.rejected)
      this.#lastArrivalAt = Math.max(this.#lastArrivalAt ?? arrival.receivedAt, arrival.receivedAt);
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
