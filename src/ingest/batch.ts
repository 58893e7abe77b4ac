import type { Instant } from '../model/clock.js';
import type { RejectedEvent } from '../model/event.js';
import { EventRows, type Origin } from '../store/event-rows.js';
import type { DecodedBatch, EventSink } from './contract.js';
import { type Decoded, type DecodeLimits, decodeEvent } from './decode.js';
import { FUTURE_ALLOWED } from './decode-fields.js';
import { decodeLine, type Line } from './line-splitter.js';
import { arrivalOf } from './origin.js';
import { PlainEvent } from './plain-event.js';

/** What a builder's first batch is expected to take, when nobody knows better. */
const FIRST_BYTES = 1 << 16;
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
  #rows: EventRows;
  #rejected: RejectedEvent[] = [];
  #rejectedBytes = 0;
  #lastArrivalAt: Instant | null = null;

  /**
   * All inputs of a builder are of one source.
   *
   * @param expected bytes that its first batch will probably take: what it grows beyond is copied.
   */
  constructor(source: string, limits: DecodeLimits, expected = FIRST_BYTES) {
    this.#source = source;
    this.#limits = limits;
    this.#rows = new EventRows(expected);
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
    } else this.#rows.add(this.#limits.protect?.(accepted.event) ?? accepted.event, accepted.arrival);
    this.#arrivedAt((accepted ?? rejected).arrival.receivedAt);
    return accepted !== undefined;
  }

  get size(): number {
    return this.#rows.count + this.#rejected.length;
  }

  /** Everything collected so far; the builder begins anew. */
  take(): DecodedBatch {
    const batch = {
      source: this.#source,
      lastArrivalAt: this.#lastArrivalAt,
      accepted: this.#rows.finish(),
      rejected: this.#rejected,
      bytes: this.#rows.size + this.#rejectedBytes,
    };
    this.#rows = new EventRows(Math.max(FIRST_BYTES, this.#rows.size));
    this.#rejected = [];
    this.#rejectedBytes = 0;
    this.#lastArrivalAt = null;
    return batch;
  }

  #addPlain(bytes: Buffer, from: number, to: number, origin: Origin, sequence: number): boolean {
    if (to - from > this.#limits.maxEventBytes || this.#limits.protect !== undefined) return false;
    if (!this.#plain.read(bytes, from, to, origin.receivedAt + FUTURE_ALLOWED)) return false;
    this.#rows.addPlain(this.#plain, origin, sequence);
    this.#arrivedAt(origin.receivedAt);
    return true;
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
