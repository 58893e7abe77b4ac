import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { RedressError } from '../model/errors.js';
import type { Origin } from './event-rows.js';
import { type MappedValue, type PlainRow, plainRow } from './plain-values.js';
import type { Store } from './store.js';

interface Column {
  name: string;
  type: string;
}

type Settings = Readonly<Record<string, string | number>>;

/** The column that says of a row whether it becomes an event on its way; no foreign column begins with an underscore. */
const PLAIN = '_plain';

/** Which rows become events while they are loaded, and how. */
interface Acceptance {
  values: readonly MappedValue[];
  where: string;
  /** A condition that every row meets which is what it seems. */
  intact: string;
  timezone: string;
  origin: Origin;
  /** The latest `occurred_at` that is believed, ms. */
  latest: number;
}

/**
 * Foreign tables inside the store while they are mapped. A table's columns and a map's expressions are a
 * user's own, so its statements are built here and not read from `queries/`; names are quoted, expressions are
 * ClickHouse's by design, run with the rights of the configured user.
 */
export class StagingTables {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes an empty table of these columns, in their order, and `_row`; forgets those of loads long dead. */
  async create(columns: readonly Column[]): Promise<StagingTable> {
    for (const { name } of await this.#store.query<{ name: string }>('abandoned_staging_tables'))
      await this.#store.statement(`DROP TABLE IF EXISTS ${quoted(name)}`);
    const name = `staging_${randomUUID().replaceAll('-', '')}`;
    await this.#store.statement(
      `CREATE TABLE ${quoted(name)} (_row UInt64, ${columnList(columns)}) ENGINE = MergeTree ORDER BY _row`,
    );
    return new StagingTable(this.#store, name, columns);
  }
}

export class StagingTable {
  readonly #store: Store;
  readonly #name: string;
  readonly #columns: readonly Column[];

  constructor(store: Store, name: string, columns: readonly Column[]) {
    this.#store = store;
    this.#name = name;
    this.#columns = columns;
  }

  /** The types of expressions, asked for at once; null when one of them cannot be evaluated. */
  async types(expressions: readonly string[], timezone: string): Promise<string[] | null> {
    const values = expressions.map((expression, index) => `(${expression}) AS value_${index}`).join(', ');
    const text = `DESCRIBE TABLE (SELECT ${values} FROM ${quoted(this.#name)}) SETTINGS session_timezone = ${literal(timezone)}, prefer_column_name_to_alias = 1`;
    const types: string[] = [];
    try {
      for await (const rows of this.#store.rows<{ type: string }>(text))
        types.push(...rows.map(({ type }) => type));
      return types;
    } catch (error) {
      if (!(error instanceof RedressError) || error.code !== 'store_rejected') throw error;
      return null;
    }
  }

  async check(
    expression: string,
    timezone: string,
  ): Promise<{ kind: 'unknown_column' | 'invalid'; detail: string } | null> {
    try {
      // Asked of every row, because many a function fails only at a value that it cannot read.
      await this.#store.statement(
        `SELECT max(ignore(value)) FROM (SELECT (${expression}) AS value FROM ${quoted(this.#name)}) SETTINGS session_timezone = ${literal(timezone)}, prefer_column_name_to_alias = 1`,
      );
      return null;
    } catch (error) {
      if (!(error instanceof RedressError) || error.code !== 'store_rejected') throw error;
      return { kind: serverCode(error) === '47' ? 'unknown_column' : 'invalid', detail: ownWords(error) };
    }
  }

  /**
   * Rows are numbered by one reader, so that a number always means the same line. With `accept`, rows that are plain become
   * events on their way, and only the others among those that `where` takes come into the table. Answers how many became
   * events; null when the values' types do not allow it, and then all rows are in the table. Doing it again changes nothing.
   */
  async load(input: {
    format: 'CSV' | 'Parquet';
    body: Readable;
    settings: Readonly<Record<string, string | number>>;
    accept: Acceptance | null;
  }): Promise<number | null> {
    const { accept } = input;
    const plain = accept === null ? null : plainRow(accept.values, accept.intact, String(accept.latest));
    if (accept === null || plain === null) {
      await this.#pour(this.#name, input);
      return null;
    }
    const { tables, views } = this.#acceptance(accept, plain);
    for (const statements of [tables, views])
      await Promise.all(statements.map((statement) => this.#store.statement(statement)));
    await this.#pour(`${this.#name}_in`, input, {
      // Asked once for each row here, not by every view that wants to know it.
      values: { [PLAIN]: plain.isPlain },
      settings: {
        session_timezone: accept.timezone,
        prefer_column_name_to_alias: 1,
        optimize_on_insert: 0,
        // Each of the three views has a thread of its own to write in; without, the file waits for them one after another.
        parallel_view_processing: 1,
        max_threads: 2,
      },
    });
    const counted = `SELECT sum(accepted) AS accepted FROM ${this.#part('count')}`;
    for await (const [row] of this.#store.rows<{ accepted: number }>(counted)) return row?.accepted ?? 0;
    return 0;
  }

  async #pour(
    table: string,
    { format, body, settings }: { format: string; body: Readable; settings: Settings },
    more: { values: Readonly<Record<string, string>>; settings: Settings } = { values: {}, settings: {} },
  ): Promise<void> {
    const names = ['_row', ...this.#columns.map((column) => quoted(column.name))].join(', ');
    const [targets, values] = [Object.keys(more.values), Object.values(more.values)];
    await this.#store.load(
      `INSERT INTO ${quoted(table)} (${[names, ...targets].join(', ')})
       SELECT ${[names, ...values].join(', ')}
       FROM (SELECT rowNumberInAllBlocks() + 1 AS _row, * FROM input(${literal(columnList(this.#columns))}))
       FORMAT ${format}`,
      body,
      {
        max_threads: 1,
        max_insert_threads: 1,
        parallelize_output_from_storages: 0,
        input_format_parallel_parsing: 0,
        input_format_parquet_preserve_order: 1,
        ...settings,
        ...more.settings,
      },
    );
  }

  /** What stands around the table while it is loaded: a table that keeps nothing, and views that take from it. */
  #acceptance({ where, origin }: Acceptance, { columns }: PlainRow): { tables: string[]; views: string[] } {
    const { source, place, receivedAt, versionAt } = origin;
    const values = Object.entries({
      ...columns,
      received_at: `fromUnixTimestamp64Milli(${receivedAt}, 'UTC')`,
      source: literal(source),
      position: `concat(${literal(place)}, 'row ', toString(_row))`,
      version: `bitOr(bitShiftLeft(toUInt128(${versionAt}), 64), toUInt128(_row))`,
    });
    const from = `FROM ${this.#part('in')} WHERE (${where === '' ? 'true' : where}) AND`;
    const own = `_row UInt64, ${columnList(this.#columns)}`;
    const view = (name: string, target: string) =>
      `CREATE MATERIALIZED VIEW ${this.#part(name)} TO ${target} AS SELECT`;
    const tables = [
      `CREATE TABLE ${this.#part('in')} (${own}, ${PLAIN} UInt8) ENGINE = Null`,
      `CREATE TABLE ${this.#part('count')} (accepted UInt64) ENGINE = Memory`,
    ];
    const views = [
      `${view('rest', quoted(this.#name))} * EXCEPT ${PLAIN} ${from} NOT ${PLAIN}`,
      `${view('counted', this.#part('count'))} count() AS accepted ${from} ${PLAIN}`,
      // Inside by numbers, so that an event's field does not take the place of a column of the same name.
      `${view('events', 'events_log')} ${values.map(([name], index) => `_${index} AS ${name}`).join(', ')}
       FROM (SELECT ${values.map(([, value], index) => `${value} AS _${index}`).join(', ')} ${from} ${PLAIN})`,
    ];
    return { tables, views };
  }

  #part(name: string): string {
    return quoted(`${this.#name}_${name}`);
  }

  async last(): Promise<number> {
    for await (const [row] of this.#store.rows<{ last: number }>(
      `SELECT max(_row) AS last FROM ${quoted(this.#name)}`,
    ))
      return row?.last ?? 0;
    return 0;
  }

  async *rows(query: {
    values: readonly { name: string; expression: string }[];
    where: string;
    timezone: string;
    between?: readonly [first: number, last: number];
  }): AsyncGenerator<readonly Record<string, unknown>[]> {
    const values = query.values.map((value) => `(${value.expression}) AS ${quoted(value.name)}`).join(', ');
    const conditions = [
      ...(query.where === '' ? [] : [`(${query.where})`]),
      ...(query.between === undefined ? [] : ['_row BETWEEN {first:UInt64} AND {last:UInt64}']),
    ];
    // Inside, so that a value called like a column does not take the column's place in other expressions.
    const text = `SELECT ${values} FROM ${quoted(this.#name)}
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY _row
      SETTINGS session_timezone = ${literal(query.timezone)}, prefer_column_name_to_alias = 1,
        date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 1,
        output_format_json_quote_decimals = 1`;
    yield* this.#store.rows(
      text,
      query.between === undefined ? {} : { first: query.between[0], last: query.between[1] },
    );
  }

  async drop(): Promise<void> {
    const parts = ['events', 'counted', 'rest', 'count', 'in'].map((part) => this.#part(part));
    await this.#store.statement(`DROP TABLE IF EXISTS ${[...parts, quoted(this.#name)].join(', ')}`);
  }
}

const quoted = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
const columnList = (columns: readonly Column[]): string =>
  columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What the server says of an expression, without the statement that stood around it, which is not the user's. */
function ownWords({ cause, message }: RedressError): string {
  const said = cause instanceof Error ? cause.message : message;
  return said
    .replace(/ in scope SELECT .*$/s, '')
    .replace(/: failed at position \d+ .* SETTINGS [^.]*/s, '')
    .replace(/: while executing '(FUNCTION \w+).*$/s, ', in $1')
    .trim();
}

function serverCode(error: RedressError): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
