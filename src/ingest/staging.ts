import type { Readable } from 'node:stream';
import type { Acceptance, StagedColumn, StagedQuery, TableReading } from '../store/staging-statements.js';

/**
 * One row's values by name, as JSON has them. Decimals and 64-bit integers are strings, so that no digit is
 * lost; dates with a time are ISO 8601 in UTC (`date_time_output_format = 'iso'`); NULL is null.
 */
export type StagedRow = Readonly<Record<string, unknown>>;

/** Why an expression cannot be evaluated over a staged table. */
interface ExpressionProblem {
  kind: 'unknown_column' | 'invalid';
  /** The store's own words. */
  detail: string;
  /** The first row at which it fails; null when it would fail at any. */
  row: number | null;
}

/** A foreign table's bytes, inside the store, until they have been turned into events. */
export interface StagedTable {
  /** Asks the store of what types expressions over the columns are, without reading a row; null when one does not fit. */
  types(expressions: readonly string[], timezone: string): Promise<string[] | null>;
  /**
   * Asks the store what is wrong with an expression, over those of the rows that are there which meet a condition; null
   * when nothing is.
   */
  check(expression: string, where: string, timezone: string): Promise<ExpressionProblem | null>;
  /**
   * Streams a file's bytes into the table and numbers its rows from 1 in the order of the file, in the column
   * `_row` (UInt64). With `accept`, rows that the decoder would accept with these very values become events on their way, each
   * at the position `row N` and with N as the version's sequence, and only the others among those that `where` takes come
   * into the table. Answers how many became events; null when the values' types do not allow it, and then all rows are in
   * the table. Throws `store_rejected` when the bytes are not of the format; what came before a break may have been
   * accepted. Doing it again changes nothing.
   */
  load(reading: TableReading & { body: Readable; accept: Acceptance | null }): Promise<number | null>;
  /** The number of the last row in the table; 0 when there is none. */
  last(): Promise<number>;
  /** The rows in the order of `_row`, in portions; a portion is asked for when the one before is done with. */
  rows(query: StagedQuery): AsyncIterable<readonly StagedRow[]>;
  /** Forgets the table. Never throws for a table that is gone. */
  drop(): Promise<void>;
}

/**
 * Where the store keeps foreign tables while they are mapped. It is the store that reads CSV and Parquet and
 * evaluates a map's expressions, so that a map can use all of ClickHouse's functions, on a remote server too.
 */
export interface StagingArea {
  /** Makes an empty table of these columns, in their order, and `_row`. */
  create(columns: readonly StagedColumn[]): Promise<StagedTable>;
}
