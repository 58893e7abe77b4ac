import { EventEmitter, once } from 'node:events';
import type { DecodedBatch, EventSink } from './contract.js';
import { insist } from './insist.js';
import type { RowMemory } from './row-memory.js';
import { writeUntilDurable } from './write-until-durable.js';

/** Up to where a partition is durable. */
export interface PartitionOffset {
  topic: string;
  partition: number;
  /** The first offset that is not. */
  offset: string;
}

export interface PartitionWritesParts {
  sink: EventSink;
  /** What batches' rows are made in. */
  memory: RowMemory;
  /** Tells Kafka. Called one at a time, so that offsets only rise; a failure is tried again. */
  commit(offsets: PartitionOffset[]): Promise<unknown>;
  /** Told of each batch when it and all before it of its partition are durable, before that is committed. */
  onDurable(batch: DecodedBatch, upTo: PartitionOffset): void;
  /** Told of each failure that is followed by another try. */
  onRetry(error: unknown): void;
}

/** Past so many bytes that are not durable yet, no more is taken. */
export const HELD_BYTES = 16 << 20;

/**
 * Writes the batches of partitions while the next are being read, and commits what is durable. A batch is
 * committed when it and every batch of its partition that was taken before it are durable, however their writes
 * end; so a batch is tried until it is written, or until everything ends.
 */
export class PartitionWrites {
  readonly #parts: PartitionWritesParts;
  /** By partition: settles when all of its batches so far are durable. */
  readonly #written = new Map<string, Promise<void>>();
  /** What is durable and not committed. */
  readonly #durable = new Map<string, PartitionOffset>();
  #heldBytes = 0;
  readonly #releases = new EventEmitter();
  #membership = 0;
  #ended = false;
  #committed: Promise<void> = Promise.resolve();

  constructor(parts: PartitionWritesParts) {
    this.#parts = parts;
  }

  /** Whether another batch may be taken. */
  hasRoom(): boolean {
    return this.#heldBytes < HELD_BYTES;
  }

  /** Resolves when something has become durable, at the latest after so many ms. */
  async released(patience: number): Promise<void> {
    const signal = AbortSignal.timeout(patience);
    await once(this.#releases, 'release', { signal }).catch(() => undefined);
  }

  /** Takes a batch that reaches to an offset. Batches of a partition are taken in their order. */
  take(batch: DecodedBatch, upTo: PartitionOffset): void {
    this.#heldBytes += batch.bytes;
    const own = writeUntilDurable(batch, {
      ...this.#parts,
      again: () => !this.#ended,
    });
    this.#follow(upTo, own, () => this.#parts.onDurable(batch, upTo));
    const release = () => this.#release(batch.bytes);
    own.then(release, release);
  }

  /** Takes note that a partition has nothing to write up to an offset. */
  pass(upTo: PartitionOffset): void {
    this.#follow(upTo, Promise.resolve(), () => {});
  }

  /**
   * The group has given out its partitions anew, and reading begins at what is committed: what is on its way is
   * written all the same, because nothing behind it may be committed before, but it is no longer committed itself.
   */
  rejoined(): void {
    this.#membership += 1;
    this.#durable.clear();
  }

  /** Tries no failed write again; resolves when nothing is on its way any more and what is durable is committed. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.allSettled(this.#written.values());
    await this.#committed;
  }

  /** Commits an offset when what lies before it, and all of the partition that was taken before, is durable. */
  #follow(upTo: PartitionOffset, own: Promise<void>, onDurable: () => void): void {
    const place = `${upTo.topic}/${upTo.partition}`;
    const membership = this.#membership;
    const all = Promise.all([this.#written.get(place), own]).then(() => {
      onDurable();
      if (membership !== this.#membership) return;
      this.#durable.set(place, upTo);
      this.#committed = this.#committed.then(() => this.#commit());
    });
    this.#written.set(place, all);
    // What was not written is not committed, and is read again; nobody has to hear of it.
    all.catch(() => undefined);
  }

  #release(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#releases.emit('release');
  }

  async #commit(): Promise<void> {
    const membership = this.#membership;
    const offsets = [...this.#durable.values()];
    this.#durable.clear();
    if (offsets.length === 0) return;
    await insist(() => this.#parts.commit(offsets), {
      again: () => !this.#ended && membership === this.#membership,
      onRetry: () => undefined,
    }).catch(() => undefined);
  }
}
