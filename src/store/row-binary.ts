const TWO_POW_32 = 2 ** 32;
const LOW_64 = (1n << 64n) - 1n;
/** What a length of up to 2^32 takes as a varint. */
const LONGEST_LENGTH = 5;
/** A UTF-16 code unit becomes at most three bytes of UTF-8. */
const BYTES_PER_UNIT = 3;
/** Below this length a string's bytes are quicker written one by one than by a call into the runtime. */
const SHORT = 64;
const GREATEST_SCALE = 18;
const POWERS_OF_TEN = Array.from({ length: GREATEST_SCALE + 1 }, (_, power) => 10n ** BigInt(power));

/**
 * Writes rows in ClickHouse's `RowBinary`: values one after another, little-endian, without names or separators,
 * so the calls must follow the statement's columns in order and in type. It takes both sides a fraction of the
 * work of JSON, which a table of every event there is repays (docs/benchmarks.md).
 */
export class RowBinaryWriter {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;

  /** @param expected bytes that will probably be written; more may be. */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(expected);
    this.#view = viewOf(this.#bytes);
  }

  /** `String`, also inside `LowCardinality`. */
  string(text: string): void {
    this.#reserve(LONGEST_LENGTH + text.length * BYTES_PER_UNIT);
    if (text.length < SHORT && this.#ascii(text)) return;
    this.#length(Buffer.byteLength(text));
    this.#at += this.#bytes.write(text, this.#at);
  }

  /** `DateTime64(3)`: milliseconds since the epoch. */
  instant(instant: number): void {
    this.#reserve(8);
    // By halves, because a BigInt for each date would cost more than the rest of the row.
    this.#view.setUint32(this.#at, instant >>> 0, true);
    this.#view.setInt32(this.#at + 4, Math.floor(instant / TWO_POW_32), true);
    this.#at += 8;
  }

  /** `Nullable(DateTime64(3))`. */
  nullableInstant(instant: number | null): void {
    this.#isNull(instant === null);
    if (instant !== null) this.instant(instant);
  }

  /** `Nullable(Decimal(38, 18))`, from plain decimal notation with at most 18 digits behind the point. */
  nullableDecimal(text: string | null): void {
    this.#isNull(text === null);
    if (text === null) return;
    const point = text.indexOf('.');
    const places = point < 0 ? 0 : text.length - point - 1;
    const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
    this.#wide(BigInt.asUintN(128, BigInt(digits) * (POWERS_OF_TEN[GREATEST_SCALE - places] as bigint)));
  }

  /** `UInt128`. */
  uint128(value: bigint): void {
    this.#wide(value);
  }

  /** `Map(String, String)`. */
  map(entries: Readonly<Record<string, string>>): void {
    const keys = Object.keys(entries);
    this.#reserve(LONGEST_LENGTH);
    this.#length(keys.length);
    for (const key of keys) {
      this.string(key);
      this.string(entries[key] as string);
    }
  }

  /** Everything that was written. The writer is not used after it. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Writes a short string if every character is a single byte; otherwise nothing. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[start + index] = code;
    }
    bytes[this.#at] = text.length;
    this.#at = start + text.length;
    return true;
  }

  /** A length, as a varint (LEB128): seven bits a byte, the lowest first. */
  #length(length: number): void {
    let rest = length;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  #isNull(isNull: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = isNull ? 1 : 0;
  }

  #wide(value: bigint): void {
    this.#reserve(16);
    this.#view.setBigUint64(this.#at, value & LOW_64, true);
    this.#view.setBigUint64(this.#at + 8, value >> 64n, true);
    this.#at += 16;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
