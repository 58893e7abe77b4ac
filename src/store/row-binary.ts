const TWO_POW_32 = 2 ** 32;
const LOW_64 = (1n << 64n) - 1n;
/** What a length of up to 2^32 takes as a varint. */
const LONGEST_LENGTH = 5;
/** A UTF-16 code unit becomes at most three bytes of UTF-8. */
const BYTES_PER_UNIT = 3;
/** Below this length a string's bytes are quicker written one by one than by a call into the runtime. */
const SHORT = 64;
const ZERO = 0x30;
const GREATEST_SCALE = 18;
/** So many places at once: 32 bits times a million stay below 2^53. */
const FACTOR_PLACES = 6;
const FACTORS = Float64Array.from({ length: FACTOR_PLACES + 1 }, (_, places) => 10 ** places);
const POWERS_OF_TEN = Array.from({ length: GREATEST_SCALE + 1 }, (_, power) => 10n ** BigInt(power));

/**
 * Writes rows in ClickHouse's `RowBinary`: values one after another, little-endian, without names or separators,
 * so the calls must follow the statement's columns in order and in type. It takes both sides a fraction of the
 * work of JSON, which tables of every event and every point repay (docs/benchmarks.md).
 */
export class RowBinaryWriter {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;

  /** @param room how many bytes will probably be written, or memory to write them into; more may be. */
  constructor(room: number | Buffer) {
    this.#bytes = typeof room === 'number' ? Buffer.allocUnsafeSlow(room) : room;
    this.#view = viewOf(this.#bytes);
  }

  /** `String`, also inside `LowCardinality`. */
  string(text: string): void {
    this.#reserve(LONGEST_LENGTH + text.length * BYTES_PER_UNIT);
    if (text.length < SHORT && this.#ascii(text)) return;
    this.#length(Buffer.byteLength(text));
    this.#at += this.#bytes.write(text, this.#at);
  }

  /** `String`: a beginning that is UTF-8 already, and a whole number that is not negative behind it. */
  numbered(beginning: Uint8Array, number: number): void {
    let digits = 1;
    for (let limit = 10; limit <= number; limit *= 10) digits += 1;
    this.#reserve(LONGEST_LENGTH + beginning.length + digits);
    this.#length(beginning.length + digits);
    this.#bytes.set(beginning, this.#at);
    this.#at += beginning.length + digits;
    let rest = number;
    for (let at = this.#at - 1; digits > 0; at -= 1, digits -= 1) {
      this.#bytes[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }

  /** `String`, from text that is UTF-8 already. */
  bytes(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(LONGEST_LENGTH + length);
    this.#length(length);
    const bytes = this.#bytes;
    const shift = this.#at - start;
    if (length < SHORT) for (let at = start; at < end; at += 1) bytes[at + shift] = source[at] as number;
    else bytes.set(source.subarray(start, end), this.#at);
    this.#at += length;
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

  /**
   * `Nullable(Decimal(38, 18))`: a whole number below 2^53 divided by a power of ten, up to the 18th; NaN is NULL. In
   * parts of 32 bits, because a BigInt would cost more than the rest of the row.
   */
  nullableScaled(units: number, places: number): void {
    this.#isNull(Number.isNaN(units));
    if (Number.isNaN(units)) return;
    this.#reserve(16);
    const magnitude = Math.abs(units);
    let a = magnitude >>> 0;
    let b = Math.floor(magnitude / TWO_POW_32);
    let c = 0;
    let d = 0;
    for (let left = GREATEST_SCALE - places; left > 0; left -= FACTOR_PLACES) {
      const factor = FACTORS[Math.min(left, FACTOR_PLACES)] as number;
      a *= factor;
      b = b * factor + Math.floor(a / TWO_POW_32);
      c = c * factor + Math.floor(b / TWO_POW_32);
      d = d * factor + Math.floor(c / TWO_POW_32);
      // Not `%`, which is a call into the runtime for numbers so large.
      a -= Math.floor(a / TWO_POW_32) * TWO_POW_32;
      b -= Math.floor(b / TWO_POW_32) * TWO_POW_32;
      c -= Math.floor(c / TWO_POW_32) * TWO_POW_32;
    }
    if (units < 0) {
      // Two's complement: all bits turned over, plus one.
      a = TWO_POW_32 - a;
      b = TWO_POW_32 - 1 - b + Math.floor(a / TWO_POW_32);
      c = TWO_POW_32 - 1 - c + Math.floor(b / TWO_POW_32);
      d = TWO_POW_32 - 1 - d + Math.floor(c / TWO_POW_32);
    }
    this.#quarters(a, b, c, d);
  }

  /** Numbers as they lie in memory: little-endian, on every processor that Node runs on. */
  numbers(values: Uint8Array | Uint32Array | Float64Array): void {
    this.#reserve(values.byteLength);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#at);
    this.#at += values.byteLength;
  }

  /** A number of things that follow, below 2^32. */
  length(length: number): void {
    this.#reserve(LONGEST_LENGTH);
    this.#length(length);
  }

  /** `UInt8`. */
  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  /** `UInt32`. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** `UInt64`, from a whole number below 2^53. */
  uint64(value: number): void {
    this.instant(value);
  }

  /** `Float64`. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** `Nullable(Float64)`. */
  nullableFloat64(value: number | null): void {
    this.#isNull(value === null);
    if (value !== null) this.float64(value);
  }

  /** `UInt128`. */
  uint128(value: bigint): void {
    this.#wide(value);
  }

  /** `UInt128`: an instant in the high half; in the low one a turn above a sequence below 2^53. */
  version(instant: number, turn: number, sequence: number): void {
    this.#reserve(16);
    this.#quarters(
      sequence,
      turn + Math.floor(sequence / TWO_POW_32),
      instant,
      Math.floor(instant / TWO_POW_32),
    );
  }

  /** `Map(String, String)`, from the places of keys and values in text that is UTF-8 already, four for each entry. */
  mapOfBytes(source: Uint8Array, places: Int32Array, entries: number): void {
    this.#reserve(LONGEST_LENGTH);
    this.#length(entries);
    for (let at = 0; at < 2 * entries; at += 1)
      this.bytes(source, places[2 * at] as number, places[2 * at + 1] as number);
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

  /** Bytes that were written. */
  get size(): number {
    return this.#at;
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

  /** As a varint (LEB128): seven bits a byte, the lowest first. */
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

  /** Four parts of 32 bits, the lowest first; of each, what lies above 32 bits is left out. */
  #quarters(a: number, b: number, c: number, d: number): void {
    this.#view.setUint32(this.#at, a, true);
    this.#view.setUint32(this.#at + 4, b, true);
    this.#view.setUint32(this.#at + 8, c, true);
    this.#view.setUint32(this.#at + 12, d, true);
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
