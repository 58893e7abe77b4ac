import { RowBinaryWriter } from './row-binary.js';

/** One column of a block: its name, its type as the block says it, and how its values follow one another. */
export interface NativeColumn<Row> {
  name: string;
  type: string;
  write(bytes: RowBinaryWriter, rows: readonly Row[]): void;
}

/** The dictionary of a `LowCardinality` column is made for the block alone (`SharedDictionariesWithAdditionalKeys`). */
const DICTIONARY_VERSION = 1;
/** The block brings its own keys, and they replace those of the block before it. */
const OWN_KEYS = 0x600;
/** Low bits beside it: how wide the numbers are by which rows name their keys. */
const BYTE_NUMBERS = 0;
const LONG_NUMBERS = 2;
const BYTE_KEYS = 256;

/**
 * Rows in ClickHouse's `Native` format, column by column as the engine itself holds them: it takes them in several
 * times faster than the same rows in `RowBinary`, because nothing is left to be sorted into columns and every
 * repeated word comes once (docs/benchmarks.md). The engine matches columns by name.
 *
 * @param expectedBytes of a row; more may come.
 */
export function nativeBlock<Row>(
  rows: readonly Row[],
  columns: readonly NativeColumn<Row>[],
  expectedBytes: number,
): Buffer {
  const bytes = new RowBinaryWriter(rows.length * expectedBytes + 1_024);
  bytes.length(columns.length);
  bytes.length(rows.length);
  for (const { name, type, write } of columns) {
    bytes.string(name);
    bytes.string(type);
    write(bytes, rows);
  }
  return bytes.finish();
}

/** `String`. */
export const strings = <Row>(name: string, of: (row: Row) => string): NativeColumn<Row> => ({
  name,
  type: 'String',
  write: (bytes, rows) => {
    for (const row of rows) bytes.string(of(row));
  },
});

/** `LowCardinality(String)`: each word once, and a number for each row. */
export const words = <Row>(name: string, of: (row: Row) => string): NativeColumn<Row> => ({
  name,
  type: 'LowCardinality(String)',
  write: (bytes, rows) => {
    const places = new Map<string, number>();
    const numbers = new Uint32Array(rows.length);
    let last: string | null = null;
    let place = 0;
    for (let index = 0; index < rows.length; index += 1) {
      const word = of(rows[index] as Row);
      if (word !== last) {
        place = places.get(word) ?? places.size;
        if (place === places.size) places.set(word, place);
        last = word;
      }
      numbers[index] = place;
    }
    const isNarrow = places.size <= BYTE_KEYS;
    bytes.uint64(DICTIONARY_VERSION);
    bytes.uint64(OWN_KEYS | (isNarrow ? BYTE_NUMBERS : LONG_NUMBERS));
    bytes.uint64(places.size);
    for (const word of places.keys()) bytes.string(word);
    bytes.uint64(rows.length);
    bytes.numbers(isNarrow ? Uint8Array.from(numbers) : numbers);
  },
});

/** `DateTime64(3, 'UTC')`: milliseconds since the epoch. */
export const instants = <Row>(name: string, of: (row: Row) => number): NativeColumn<Row> => ({
  name,
  type: "DateTime64(3, 'UTC')",
  write: (bytes, rows) => {
    for (const row of rows) bytes.instant(of(row));
  },
});

/** `UInt8`. */
export const uint8s = <Row>(name: string, of: (row: Row) => number): NativeColumn<Row> => ({
  name,
  type: 'UInt8',
  write: (bytes, rows) => {
    for (const row of rows) bytes.uint8(of(row));
  },
});

/** `UInt32`. */
export const uint32s = <Row>(name: string, of: (row: Row) => number): NativeColumn<Row> => ({
  name,
  type: 'UInt32',
  write: (bytes, rows) => {
    const numbers = new Uint32Array(rows.length);
    for (let index = 0; index < rows.length; index += 1) numbers[index] = of(rows[index] as Row);
    bytes.numbers(numbers);
  },
});

/** `Float64`. */
export const float64s = <Row>(name: string, of: (row: Row) => number): NativeColumn<Row> => ({
  name,
  type: 'Float64',
  write: (bytes, rows) => {
    const numbers = new Float64Array(rows.length);
    for (let index = 0; index < rows.length; index += 1) numbers[index] = of(rows[index] as Row);
    bytes.numbers(numbers);
  },
});

/** `Nullable(Float64)`: first which rows have none, then a number for each row, whether it has one or not. */
export const nullableFloat64s = <Row>(name: string, of: (row: Row) => number | null): NativeColumn<Row> => ({
  name,
  type: 'Nullable(Float64)',
  write: (bytes, rows) => {
    const isNull = new Uint8Array(rows.length);
    const numbers = new Float64Array(rows.length);
    for (let index = 0; index < rows.length; index += 1) {
      const value = of(rows[index] as Row);
      if (value === null) isNull[index] = 1;
      else numbers[index] = value;
    }
    bytes.numbers(isNull);
    bytes.numbers(numbers);
  },
});
