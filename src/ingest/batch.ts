import type { Instant } from '../model/clock.js';
import type { RejectedEvent } from '../model/event.js';
import { EventRows, type Origin, type PackedEvents } from '../store/event-rows.js';
import type { DecodedBatch, EventSink } from './contract.js';
import { type Decoded, type DecodeLimits, decodeEvent } from './decode.js';
import { FUTURE_ALLOWED } from './decode-fields.js';
import { decodeLine, type Line } from './line-splitter.js';
import { arrivalOf } from './origin.js';
import { PlainEvent } from './plain-event.js';
import type { RowMemory } from './row-memory.js';

/** What a builder's first batch is expected to take, when nobody knows better. */
const FIRST_BYTES = 1 << 16;
/** A batch takes about what the one before it did; one that outgrows its room is copied into twice as much. */
const LIKE_THE_LAST = 1.1;
const NO_EVENTS: PackedEvents = { rows: [], count: 0, latest: null };
/** What a rejected input takes in memory beside its text, and a character of the text. */
const REJECTED_BYTES = 512;
const CHARACTER_BYTES = 2;

/**
 * Collects inputs until there are enough of them to be worth a write. A plain event goes from its bytes into a row of
 * the store's at once; only what is not plain is decoded, and judged.
 */
export class BatchBuilder {
  readonly #source: string;
  readonly #limits: DecodeLimits;
  readonly #plain = new PlainEvent();
  /** Made when the first event comes, because many a builder takes only one batch, and some of them nothing. */
  #rows: EventRows | null = null;
  readonly #memory: RowMemory | null;
  #expected: number;
  #rejected: RejectedEvent[] = [];
  #rejectedBytes = 0;
  #lastArrivalAt: Instant | null = null;

  /**
   * All inputs of a builder are of one source.
   *
   * @param room.memory where rows are made, and where whoever has written them gives it back.
   * @param room.expected bytes that the first batch will probably take: what it grows beyond is copied.
   */
  constructor(
    source: string,
    limits: DecodeLimits,
    { memory = null, expected = FIRST_BYTES }: { memory?: RowMemory | null; expected?: number } = {},
  ) {
    this.#source = source;
    this.#limits = limits;
    this.#memory = memory;
    this.#expected = expected;
  }

  /** Takes one message or line as it came, without the end of the line; false when it is rejected. */
  addBytes(raw: Buffer, origin: Origin, sequence: number): boolean {
    return (
      this.#addPlain(raw, 0, raw.length, origin, sequence) ||
      this.add(decodeEvent(raw, arrivalOf(origin, sequence), this.#limits))
    );
  }

  /** Takes a line that a splitter with the same limit has cut; false when it is rejected. */
  addLine(line: Line, origin: Origin): boolean {
    const { bytes, from, to, size, number } = line;
    return (
      (size === to - from && this.#addPlain(bytes, from, to, origin, number)) ||
      this.add(decodeLine(line, arrivalOf(origin, number), this.#limits))
    );
  }

  /** Takes an input that has been decoded; false when it is rejected. */
  add({ accepted, rejected }: Decoded): boolean {
    if (accepted === undefined) {
      this.#rejected.push(rejected);
      this.#rejectedBytes += REJECTED_BYTES + CHARACTER_BYTES * rejected.raw.length;
    } else this.#opened().add(this.#limits.protect?.(accepted.event) ?? accepted.event, accepted.arrival);
    this.#arrivedAt((accepted ?? rejected).arrival.receivedAt);
    return accepted !== undefined;
  }

  get size(): number {
    return (this.#rows?.count ?? 0) + this.#rejected.length;
  }

  /** Everything collected so far; the builder begins anew. */
  take(): DecodedBatch {
    const size = this.#rows?.size ?? 0;
    const batch = {
      source: this.#source,
      lastArrivalAt: this.#lastArrivalAt,
      accepted: this.#rows?.finish() ?? NO_EVENTS,
      rejected: this.#rejected,
      bytes: size + this.#rejectedBytes,
    };
    this.#rows = null;
    this.#expected = Math.max(FIRST_BYTES, Math.ceil(size * LIKE_THE_LAST));
    this.#rejected = [];
    this.#rejectedBytes = 0;
    this.#lastArrivalAt = null;
    return batch;
  }

  #addPlain(bytes: Buffer, from: number, to: number, origin: Origin, sequence: number): boolean {
    if (to - from > this.#limits.maxEventBytes || this.#limits.protect !== undefined) return false;
    if (!this.#plain.read(bytes, from, to, origin.receivedAt + FUTURE_ALLOWED)) return false;
    this.#opened().addPlain(this.#plain, origin, sequence);
    this.#arrivedAt(origin.receivedAt);
    return true;
  }

  #opened(): EventRows {
    this.#rows ??= new EventRows(this.#memory?.take(this.#expected) ?? this.#expected);
    return this.#rows;
  }

  #arrivedAt(instant: Instant): void {
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt ?? instant, instant);
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
