import { randomUUID } from 'node:crypto';
import type { PackedRows } from '../store/event-rows.js';
import type { DecodedBatch } from './contract.js';

/** Takes rows that have been put together; whose they are no longer matters. */
interface RowSink {
  write(batch: { accepted: PackedRows; rejected: DecodedBatch['rejected'] }, id: string): Promise<void>;
}

type OnWritten = (id: string, batches: readonly DecodedBatch[]) => void;

interface Group {
  batches: DecodedBatch[];
  bytes: number;
  /** Settles with the write; who waits for it is told what became of it. */
  written: Promise<void>;
  begin(): void;
}

/** With so many bytes of rows a group is full, and takes nothing more. */
const GROUP_BYTES = 8 << 20;
/** How many writes are on their way at once, so that the store need not wait for the next while it is being sent. */
const AT_ONCE = 2;

/**
 * Writes what comes while a write is on its way together, when that one is done: a store takes one large insert for a
 * fraction of what many small ones cost it. Beside a write only a full group is begun, and when nothing is being written nobody
 * waits for others to come. Writing is as `EventSink` says; when a group cannot be written, all its callers are told so.
 */
export class GatheredWrites {
  readonly #sink: RowSink;
  readonly #onWritten: OnWritten;
  readonly #waiting: Group[] = [];
  #writing = 0;

  /** @param onWritten told of every insert that is durable, by its id, and of the batches that went in with it. */
  constructor(sink: RowSink, onWritten: OnWritten = () => {}) {
    this.#sink = sink;
    this.#onWritten = onWritten;
  }

  write(batch: DecodedBatch): Promise<void> {
    const group = this.#openGroup();
    group.batches.push(batch);
    group.bytes += batch.bytes;
    this.#begin();
    return group.written;
  }

  #begin(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#writing === AT_ONCE || (this.#writing > 0 && next.bytes < GROUP_BYTES)) return;
      this.#waiting.shift();
      this.#writing += 1;
      next.begin();
      const ended = () => {
        this.#writing -= 1;
        this.#begin();
      };
      next.written.then(ended, ended);
    }
  }

  #openGroup(): Group {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.bytes < GROUP_BYTES) return last;
    const batches: DecodedBatch[] = [];
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const id = randomUUID();
    const written = begun
      .then(() => this.#sink.write(together(batches), id))
      .then(() => this.#onWritten(id, batches));
    const group: Group = { batches, bytes: 0, written, begin: () => begin() };
    this.#waiting.push(group);
    return group;
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
