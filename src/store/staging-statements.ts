import type { Instant } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { Origin } from './event-rows.js';
import type { MappedValue, PlainRow } from './plain-values.js';

/** A column of a foreign table, as the store is told to read it. */
export interface StagedColumn {
  name: string;
  /** A ClickHouse type, such as `String` or `Nullable(Int64)`. */
  type: string;
  /** A ClickHouse expression that makes it of what the format reads; absent when it is read as it is. */
  expression?: string;
}

/** How a file's bytes become a table's rows. */
export interface TableReading {
  /** ClickHouse's name of the format; `LineAsString` reads each line into one column. */
  format: 'CSV' | 'Parquet' | 'LineAsString';
  /** The columns that the format reads, in their order. */
  input: readonly StagedColumn[];
  /** A condition over them; rows for which it is false are none, as blank lines are, but are numbered. Empty: all are. */
  keep: string;
  /** ClickHouse settings that tell how the bytes are to be read. */
  settings: Readonly<Record<string, string | number>>;
}

/** One value that is wanted of every staged row. */
interface StagedValue {
  /** The key under which the row carries it. */
  name: string;
  /** A ClickHouse expression over the staged columns and `_row`. */
  expression: string;
  /** A condition without which it is NULL, and not even evaluated; absent or empty: there is none. */
  where?: string;
}

export interface StagedQuery {
  values: readonly StagedValue[];
  /** A ClickHouse condition; the empty string takes every row. */
  where: string;
  /** IANA name: the time zone in which expressions read and make local times (`session_timezone`). */
  timezone: string;
  /** The first and the last row that are wanted, both included; absent for the whole table. */
  between?: readonly [first: number, last: number];
}

/** Which rows become events while they are loaded, and how. */
export interface Acceptance {
  values: readonly MappedValue[];
  /** A ClickHouse condition; the empty string takes every row. */
  where: string;
  /** A condition that every row meets which is what it seems. */
  intact: string;
  timezone: string;
  origin: Origin;
  /** The latest `occurred_at` that is believed. */
  latest: Instant;
}

/** The column that says of a row whether it becomes an event on its way; no foreign column begins with an underscore. */
const PLAIN = '_plain';

/**
 * Under which a user's expressions are evaluated: a value that is called like a column does not take the column's place
 * in other expressions, and what `guarded` guards is not evaluated where its condition is false.
 */
export const EXPRESSION_SETTINGS =
  "prefer_column_name_to_alias = 1, short_circuit_function_evaluation = 'force_enable'";

/** An expression that is evaluated only where a condition holds; the empty condition always does. */
export const guarded = (expression: string, where: string): string =>
  where === '' ? `(${expression})` : `if((${where}), (${expression}), NULL)`;

export const tableStatement = (name: string, columns: readonly StagedColumn[]): string =>
  `CREATE TABLE ${quoted(name)} (_row UInt64, ${columnList(columns)}) ENGINE = MergeTree ORDER BY _row`;

/** An insert of a file's rows, with the settings that belong to it; with `entrance`, into the table at which acceptance begins. */
export function insertStatement(
  table: string,
  columns: readonly StagedColumn[],
  { format, input, keep, settings }: TableReading,
  entrance: { isPlain: string; timezone: string } | null,
): { text: string; settings: TableReading['settings'] } {
  const names = ['_row', ...columns.map(({ name }) => quoted(name))].join(', ');
  const made = columns.map(({ name, expression }) =>
    expression === undefined ? quoted(name) : `${expression} AS ${quoted(name)}`,
  );
  // Asked once for each row here, not by every view that wants to know it.
  const [target, value] =
    entrance === null ? ['', ''] : [`, ${PLAIN}`, `, ifNull(${entrance.isPlain}, false)`];
  const text = `INSERT INTO ${quoted(table)} (${names}${target})
    SELECT ${names}${value}
    FROM
    (
      SELECT _row, ${made.join(', ')}
      FROM (SELECT rowNumberInAllBlocks() + 1 AS _row, * FROM input(${literal(columnList(input))}))
      ${keep === '' ? '' : `WHERE ${keep}`}
    )
    FORMAT ${format}`;
  return {
    text,
    settings: {
      max_threads: 1,
      max_insert_threads: 1,
      parallelize_output_from_storages: 0,
      input_format_parallel_parsing: 0,
      input_format_parquet_preserve_order: 1,
      prefer_column_name_to_alias: 1,
      ...settings,
      ...(entrance === null ? {} : acceptanceSettings(entrance.timezone)),
    },
  };
}

const acceptanceSettings = (timezone: string): TableReading['settings'] => ({
  session_timezone: timezone,
  short_circuit_function_evaluation: 'force_enable',
  optimize_on_insert: 0,
  // Each of the three views has a thread of its own to write in; without, the file waits for them one after another.
  parallel_view_processing: 1,
  max_threads: 2,
  // Rows of one insert are written while those of the next are read; by default a million are gathered first.
  min_insert_block_size_rows: 262_144,
  max_insert_block_size: 65_536,
});

/** What stands around the table while it is loaded: a table that keeps nothing, and views that take from it. */
export function acceptanceParts(
  name: string,
  columns: readonly StagedColumn[],
  { where, origin }: Acceptance,
  plain: PlainRow,
): { entrance: string; tables: string[]; views: string[] } {
  const part = (suffix: string): string => quoted(`${name}_${suffix}`);
  const { source, place, receivedAt, versionAt } = origin;
  const values = Object.entries({
    ...plain.columns,
    received_at: `fromUnixTimestamp64Milli(${receivedAt}, 'UTC')`,
    source: literal(source),
    position: `concat(${literal(place)}, 'row ', toString(_row))`,
    version: `bitOr(bitShiftLeft(toUInt128(${versionAt}), 64), toUInt128(_row))`,
  });
  const from = `FROM ${part('in')} WHERE`;
  const view = (suffix: string, target: string) =>
    `CREATE MATERIALIZED VIEW ${part(suffix)} TO ${target} AS SELECT`;
  return {
    entrance: `${name}_in`,
    tables: [
      `CREATE TABLE ${part('in')} (_row UInt64, ${columnList(columns)}, ${PLAIN} UInt8) ENGINE = Null`,
      `CREATE TABLE ${part('count')} (accepted UInt64) ENGINE = Memory`,
    ],
    views: [
      `${view('rest', quoted(name))} * EXCEPT ${PLAIN} ${from} NOT ${PLAIN}${where === '' ? '' : ` AND (${where})`}`,
      `${view('counted', part('count'))} count() AS accepted ${from} ${PLAIN}`,
      // Inside by numbers, so that an event's field does not take the place of a column of the same name.
      `${view('events', 'events_log')} ${values.map(([column], index) => `_${index} AS ${column}`).join(', ')}
       FROM (SELECT ${values.map(([, value], index) => `${value} AS _${index}`).join(', ')} ${from} ${PLAIN})`,
    ],
  };
}

export function selectStatement(table: string, { values, where, timezone, between }: StagedQuery): string {
  const conditions = [
    ...(where === '' ? [] : [`(${where})`]),
    ...(between === undefined ? [] : ['_row BETWEEN {first:UInt64} AND {last:UInt64}']),
  ];
  const selected = values.map(
    (value) => `${guarded(value.expression, value.where ?? '')} AS ${quoted(value.name)}`,
  );
  return `SELECT ${selected.join(', ')} FROM ${quoted(table)}
    ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
    ORDER BY _row
    SETTINGS session_timezone = ${literal(timezone)}, ${EXPRESSION_SETTINGS},
      date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 1,
      output_format_json_quote_decimals = 1`;
}

export const quoted = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const columnList = (columns: readonly StagedColumn[]): string =>
  columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');

/** What the server found wrong with an expression, in its own words; throws on every other failure. */
export function failure(error: unknown): { kind: 'unknown_column' | 'invalid'; detail: string } {
  if (!(error instanceof RedressError) || error.code !== 'store_rejected') throw error;
  const { cause, message } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const said = cause instanceof Error ? cause.message : message;
  // Without the statement that stood around it, which is not the user's.
  const detail = said
    .replace(/ in scope SELECT .*$/s, '')
    .replace(/: failed at position \d+ .* SETTINGS [^.]*/s, '')
    // What guards an expression is not the user's either.
    .replace(/: while executing 'FUNCTION if\b.*$/s, '')
    .replace(/: while executing '(FUNCTION \w+).*$/s, ', in $1')
    .trim();
  return { kind: code === '47' ? 'unknown_column' : 'invalid', detail };
}
