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
 * Keeps two writes on their way while the next batch is being decoded, so that the store need not wait for a
 * batch to be encoded: never more than three batches are in memory. Their order does not matter, because
 * versions decide which content is the later one. A write that failed makes every later call throw.
 */
export class PipelinedWriter {
  readonly #sink: EventSink;
  /** Settled once all batches but the last are. */
  #allButLast: Promise<void> = Promise.resolve();
  #all: Promise<void> = Promise.resolve();

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  /** Resolves when this batch is on its way and all before the one before it are durable. */
  async write(batch: DecodedBatch): Promise<void> {
    await this.#allButLast;
    this.#allButLast = this.#all;
    this.#all = bothSettled(this.#all, this.#sink.write(batch));
    // The failure is thrown by a later await; without a handler until then, Node would end the process.
    this.#all.catch(() => undefined);
  }

  /** Resolves when everything is durable. */
  async finish(): Promise<void> {
    await this.#all;
  }
}

/** Waits for both also when one fails, so that nothing is on its way any more once a failure is known. */
async function bothSettled(before: Promise<void>, last: Promise<void>): Promise<void> {
  last.catch(() => undefined);
  try {
    await before;
  } finally {
    await last;
  }
}
