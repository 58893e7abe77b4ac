import type { RejectionReason } from '../../src/model/event.js';
import type { Store } from '../../src/store/store.js';
import type { ChaosMessage } from './stream.js';

/** Ids to a query; they travel in the statement's body. */
const CHUNK = 5_000;

/** What was sent, and where it went: the truth that the store is held against. */
export class Ledger {
  readonly #topic: string;
  /** By partition and offset: the event's id, or minus one for what must be rejected. */
  readonly #sent: number[][];
  /** The content that was sent last, by the event's id; what was not sent has none. */
  readonly latest: Int8Array;
  /** By `topic/partition/offset`. */
  readonly rejected = new Map<string, RejectionReason>();
  readonly #checked: number[];
  sent = 0;

  constructor(topic: string, partitions: number, events: number) {
    this.#topic = topic;
    this.#sent = Array.from({ length: partitions }, () => []);
    this.#checked = this.#sent.map(() => 0);
    this.latest = new Int8Array(events).fill(-1);
  }

  /** Records that a message lies in the partition, behind those that were recorded before. */
  record(partition: number, { event, reason }: ChaosMessage): void {
    const messages = this.#sent[partition] ?? [];
    if (reason !== null) this.rejected.set(`${this.#topic}/${partition}/${messages.length}`, reason);
    if (event !== null) this.latest[event.id] = event.content;
    messages.push(event?.id ?? -1);
    this.sent += 1;
  }

  /** How many messages each partition has. */
  ends(): number[] {
    return this.#sent.map((messages) => messages.length);
  }

  /**
   * Holds committed offsets against the store, while nobody writes to it: what lies before them has to be
   * there. Answers what is missing; what was checked once is not looked at again.
   */
  async missing(
    store: Store,
    committed: readonly number[],
    nameOf: (id: number) => string,
  ): Promise<string[]> {
    const ids = new Set<number>();
    const places: string[] = [];
    for (const [partition, offset] of committed.entries()) {
      for (let at = this.#checked[partition] ?? 0; at < offset; at++) {
        const id = this.#sent[partition]?.[at] ?? -1;
        if (id >= 0) ids.add(id);
        else places.push(`${this.#topic}/${partition}/${at}`);
      }
      this.#checked[partition] = Math.max(this.#checked[partition] ?? 0, offset);
    }
    const names = [...ids].map(nameOf);
    return [
      ...(await absent(store, 'events_log', 'event_id', names)),
      ...(await absent(store, 'rejected_events_log', 'position', places)),
    ];
  }
}

async function absent(
  store: Store,
  table: string,
  column: string,
  names: readonly string[],
): Promise<string[]> {
  const missing: string[] = [];
  for (let at = 0; at < names.length; at += CHUNK) {
    const chunk = names.slice(at, at + CHUNK);
    const list = chunk.map((name) => `'${name}'`).join();
    const found = new Set<string>();
    const text = `SELECT DISTINCT ${column} AS name FROM ${table} WHERE ${column} IN (${list})`;
    for await (const rows of store.rows<{ name: string }>(text)) for (const { name } of rows) found.add(name);
    missing.push(...chunk.filter((name) => !found.has(name)));
  }
  return missing;
}
