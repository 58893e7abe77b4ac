import type { ArrivedEvent, RejectedEvent } from '../model/event.js';
import type { DecodedBatch, EventSink } from './contract.js';
import type { Decoded } from './decode.js';

/** Collects decoded inputs until there are enough of them to be worth a write. */
export class BatchBuilder {
  #accepted: ArrivedEvent[] = [];
  #rejected: RejectedEvent[] = [];

  add(decoded: Decoded): void {
    if (decoded.accepted !== undefined) this.#accepted.push(decoded.accepted);
    else this.#rejected.push(decoded.rejected);
  }

  get size(): number {
    return this.#accepted.length + this.#rejected.length;
  }

  /** Everything collected so far; the builder begins anew. */
  take(): DecodedBatch {
    const batch = { accepted: this.#accepted, rejected: this.#rejected };
    this.#accepted = [];
    this.#rejected = [];
    return batch;
  }
}

/**
 * Writes batches one after the other, the current one while the next is being decoded: never more than two
 * batches are in memory. A write that failed makes the next call throw, and every call after it.
 */
export class PipelinedWriter {
  readonly #sink: EventSink;
  #inFlight: Promise<void> = Promise.resolve();

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** Resolves when the batch before this one is durable and this one is on its way. */
  async write(batch: DecodedBatch): Promise<void> {
    await this.#inFlight;
    this.#inFlight = this.#sink.write(batch);
    // The failure is thrown by the next await; without a handler until then, Node would end the process.
    this.#inFlight.catch(() => undefined);
  }

  /** Resolves when everything is durable. */
  async finish(): Promise<void> {
    await this.#inFlight;
  }
}
