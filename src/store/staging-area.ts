import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { RedressError } from '../model/errors.js';
import type { Origin } from './event-rows.js';
import { type MappedValue, plainRow } from './plain-values.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

interface Column {
  name: string;
  type: string;
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
    const list = columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');
    await this.#store.statement(
      `CREATE TABLE ${quoted(name)} (_row UInt64, ${list}) ENGINE = MergeTree ORDER BY _row`,
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
      await this.#store.statement(
        `DESCRIBE TABLE (SELECT (${expression}) AS value FROM ${quoted(this.#name)}) SETTINGS session_timezone = ${literal(timezone)}`,
      );
      return null;
    } catch (error) {
      if (!(error instanceof RedressError) || error.code !== 'store_rejected') throw error;
      return { kind: serverCode(error) === '47' ? 'unknown_column' : 'invalid', detail: error.message };
    }
  }

  /** Rows are numbered by one reader, so that a number always means the same line. */
  async load(input: {
    format: 'CSV' | 'Parquet';
    body: Readable;
    settings: Readonly<Record<string, string | number>>;
  }): Promise<void> {
    const names = this.#columns.map((column) => quoted(column.name)).join(', ');
    const structure = this.#columns.map((column) => `${quoted(column.name)} ${column.type}`).join(', ');
    await this.#store.load(
      `INSERT INTO ${quoted(this.#name)} (_row, ${names})
       SELECT rowNumberInAllBlocks() + 1, ${names} FROM input(${literal(structure)})
       FORMAT ${input.format}`,
      input.body,
      {
        ...input.settings,
        max_threads: 1,
        max_insert_threads: 1,
        input_format_parallel_parsing: 0,
        input_format_parquet_preserve_order: 1,
      },
    );
  }

  /**
   * Makes events of the rows that are plain, without their leaving the store. Doing it again changes nothing. Answers how
   * many there are and the condition that the others meet, if there are others; null when the values' types do not allow it.
   */
  async accept(
    query: { values: readonly MappedValue[]; where: string; intact: string; timezone: string },
    origin: Origin,
    latest: number,
  ): Promise<{ accepted: number; others: string | null } | null> {
    const { values, where, intact, timezone } = query;
    const plain = plainRow(values, intact, '{latest:Int64}');
    if (plain === null) return null;
    const parameters = {
      latest,
      received_at: origin.receivedAt,
      source: origin.source,
      place: origin.place,
      version_at: origin.versionAt,
    };
    const rows = `FROM ${quoted(this.#name)} WHERE (${where === '' ? 'true' : where})`;
    const settings = `SETTINGS session_timezone = ${literal(timezone)}, prefer_column_name_to_alias = 1`;
    const columns = plain.columns.join(', ');
    await this.#store.statement(
      `${queryText('insert_events').replace(/SETTINGS[\s\S]*$/, '')}
       SELECT ${columns}, fromUnixTimestamp64Milli({received_at:Int64}, 'UTC'), {source:String},
         concat({place:String}, 'row ', toString(_row)),
         bitOr(bitShiftLeft(toUInt128({version_at:Int64}), 64), toUInt128(_row))
       ${rows} AND ${plain.isPlain} ${settings}, optimize_on_insert = 0`,
      parameters,
    );
    const others = `NOT ${plain.isPlain.replaceAll('{latest:Int64}', String(latest))}`;
    const counts = `SELECT countIf(${plain.isPlain}) AS accepted, count() AS all ${rows} ${settings}`;
    for await (const [row] of this.#store.rows<{ accepted: number; all: number }>(counts, parameters))
      return { accepted: row?.accepted ?? 0, others: row?.accepted === row?.all ? null : others };
    return { accepted: 0, others };
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
    await this.#store.statement(`DROP TABLE IF EXISTS ${quoted(this.#name)}`);
  }
}

const quoted = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function serverCode(error: RedressError): string {
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
