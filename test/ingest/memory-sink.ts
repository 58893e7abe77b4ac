import type { DecodedBatch, EventSink } from '../../src/ingest/contract.js';
import { RedressError } from '../../src/model/errors.js';
import type { ArrivedEvent, RejectedEvent } from '../../src/model/event.js';
import { unpacked } from '../support/packed-events.js';

/** A sink as the store is one: an event is known by its id, a rejected input by its place; it can be away. */
export class MemorySink implements EventSink {
  readonly events = new Map<string, ArrivedEvent>();
  readonly rejected = new Map<string, RejectedEvent>();
  /** Batches that were written, and tries that failed. */
  writes = 0;
  failures = 0;
  largest = 0;
  away = false;

  async write(batch: DecodedBatch): Promise<void> {
    await new Promise((done) => setImmediate(done));
    if (this.away) {
      this.failures += 1;
      throw new RedressError('store_unavailable', 'the store is away', { retryable: true });
    }
    this.writes += 1;
    this.largest = Math.max(this.largest, batch.accepted.count + batch.rejected.length);
    for (const arrived of unpacked(Buffer.concat(batch.accepted.rows))) {
      const known = this.events.get(arrived.event.eventId);
      if (known === undefined || known.arrival.version <= arrived.arrival.version)
        this.events.set(arrived.event.eventId, arrived);
    }
    for (const rejected of batch.rejected) this.rejected.set(rejected.arrival.position, rejected);
  }
}
