import type { PackedRows } from '../store/event-rows.js';
import type { DecodedBatch } from './contract.js';

/** Takes rows that have been put together; whose they are no longer matters. */
interface RowSink {
  write(batch: { accepted: PackedRows; rejected: DecodedBatch['rejected'] }): Promise<void>;
}

interface Group {
  batches: DecodedBatch[];
  bytes: number;
  /** Settles with the write; who waits for it is told what became of it. */
  written: Promise<void>;
  begin(): void;
}

/** Past so many bytes of rows a group takes nothing more. */
const GROUP_BYTES = 16 << 20;

/**
 * Writes what comes while a write is on its way together, when that one is done: a store takes one large insert for a
 * fraction of what many small ones cost it. Nobody waits for others to come, and nothing is held that callers do
 * not hold. Writing is as `EventSink` says; when a group cannot be written, all its callers are told so.
 */
export class GatheredWrites {
  readonly #sink: RowSink;
  readonly #waiting: Group[] = [];
  #isWriting = false;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  write(batch: DecodedBatch): Promise<void> {
    const group = this.#openGroup();
    group.batches.push(batch);
    group.bytes += batch.accepted.bytes;
    if (!this.#isWriting) void this.#writeAll();
    return group.written;
  }

  #openGroup(): Group {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.bytes < GROUP_BYTES) return last;
    const batches: DecodedBatch[] = [];
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const written = begun.then(() => this.#sink.write(together(batches)));
    const group: Group = { batches, bytes: 0, written, begin: () => begin() };
    this.#waiting.push(group);
    return group;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    for (let group = this.#waiting.shift(); group !== undefined; group = this.#waiting.shift()) {
      group.begin();
      // Its callers are told; what waits behind it is tried all the same.
      await group.written.catch(() => undefined);
    }
    this.#isWriting = false;
  }
}

function together(batches: readonly DecodedBatch[]): Parameters<RowSink['write']>[0] {
  return {
    accepted: {
      rows: batches.flatMap(({ accepted }) => accepted.rows),
      count: batches.reduce((sum, { accepted }) => sum + accepted.count, 0),
    },
    rejected: batches.flatMap(({ rejected }) => rejected),
  };
}
