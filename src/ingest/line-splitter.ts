import type { Arrival } from '../model/event.js';
import { type Decoded, type DecodeLimits, decodeEvent, KEPT_BYTES, tooLarge } from './decode.js';

/** A line without its end; of one that was too long, only the beginning. */
export interface Line {
  /** 1 for the first line of the input. */
  number: number;
  /** What holds the line, between `from` and `to`: usually the chunk that it came in, uncopied. */
  bytes: Buffer;
  from: number;
  to: number;
  /** The size that the line had; greater than what is between `from` and `to` when only its beginning was kept. */
  size: number;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts a stream of bytes into lines. Never holds more than one chunk and one line of the greatest size: of a
 * longer line it keeps the beginning and counts the rest.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Buffer[] = [];
  #kept = 0;
  #size = 0;
  #number = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that end in this chunk, in order. */
  *push(chunk: Buffer): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      if (this.#size === 0 && end - start <= this.#maxLineBytes)
        yield this.#line(chunk, start, end, end - start);
      else {
        this.#keep(chunk.subarray(start, end));
        yield this.#take();
      }
      start = end + 1;
    }
    // A copy, so that a few bytes at the end of a chunk do not hold the whole chunk in memory.
    if (start < chunk.length) this.#keep(Buffer.from(chunk.subarray(start)));
  }

  /** The last line, when the input does not end with a line feed. */
  *end(): Generator<Line> {
    if (this.#size > 0) yield this.#take();
  }

  #keep(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.#maxLineBytes) {
      this.#parts.push(part);
      this.#kept += part.length;
      return;
    }
    const beginning = Buffer.concat([...this.#parts, part.subarray(0, KEPT_BYTES)]).subarray(0, KEPT_BYTES);
    this.#parts = [beginning];
    this.#kept = beginning.length;
  }

  #take(): Line {
    const [first] = this.#parts;
    const whole =
      this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts, this.#kept);
    const line = this.#line(whole, 0, whole.length, this.#size);
    this.#parts = [];
    this.#kept = 0;
    this.#size = 0;
    return line;
  }

  #line(bytes: Buffer, from: number, to: number, size: number): Line {
    this.#number += 1;
    const mark = this.#number === 1 ? to - from - withoutMark(bytes.subarray(from, to)).length : 0;
    return { number: this.#number, bytes, from: from + mark, to, size: size - mark };
  }
}

/** The bytes behind a byte order mark, which some programs put before a text. */
export function withoutMark(bytes: Buffer): Buffer {
  const mark = BYTE_ORDER_MARK.length;
  return bytes.subarray(0, mark).equals(BYTE_ORDER_MARK) ? bytes.subarray(mark) : bytes;
}

/** True for a line of white space only, which is no input at all. */
export function isBlank({ bytes, from, to }: Line): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}

/** Decodes a line that a splitter with the same limit has cut. */
export function decodeLine(line: Line, arrival: Arrival, limits: DecodeLimits): Decoded {
  const { bytes, from, to, size } = line;
  const kept = bytes.subarray(from, to);
  return size > kept.length ? tooLarge(kept, size, arrival, limits) : decodeEvent(kept, arrival, limits);
}
