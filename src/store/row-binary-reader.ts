import { RedressError } from '../model/errors.js';

const TWO_POW_32 = 2 ** 32;

/** Text that is left as the bytes it came in, until somebody wants to read it. */
export interface UnreadText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a row in ClickHouse's `RowBinary`, the calls in the order and of the types of the statement's columns: the other
 * way round of {@link RowBinaryWriter}. Where the bytes end before the row does, what it gives has no meaning.
 */
export class RowBinaryReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** How many bytes were read; more than there are where the last row has not come to its end. */
  get position(): number {
    return this.#at;
  }

  /** `String`, also inside `LowCardinality`. */
  string(): string {
    const { bytes, start, end } = this.unread();
    return bytes.toString('utf8', start, end);
  }

  /** The same, without reading it. */
  unread(): UnreadText {
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return { bytes: this.#bytes, start, end: this.#at };
  }

  /** `Int64`, of a whole number between -2^53 and 2^53. */
  int64(): number {
    const at = this.#at;
    this.#at += 8;
    if (this.#at > this.#bytes.length) return 0;
    return this.#bytes.readInt32LE(at + 4) * TWO_POW_32 + this.#bytes.readUInt32LE(at);
  }

  /** `UInt8`. */
  uint8(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** A varint (LEB128): seven bits a byte, the lowest first. */
  #length(): number {
    let length = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return 0;
      length += (byte & 0x7f) * factor;
      if (byte < 0x80) return length;
    }
  }
}

/** The rows of an answer that comes in pieces, as each piece completes them. Throws when it breaks off within a row. */
export async function* rowsOf<Row>(
  pieces: AsyncIterable<Buffer>,
  read: (row: RowBinaryReader) => Row,
): AsyncGenerator<Row[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const reader = new RowBinaryReader(bytes);
    const rows: Row[] = [];
    let complete = 0;
    while (complete < bytes.length) {
      const row = read(reader);
      if (reader.position > bytes.length) break;
      rows.push(row);
      complete = reader.position;
    }
    rest = bytes.subarray(complete);
    yield rows;
  }
  if (rest.length > 0)
    throw new RedressError('store_unavailable', 'the store broke off in the middle of an answer', {
      retryable: true,
    });
}
