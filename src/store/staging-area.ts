import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { plainRow } from './plain-values.js';
import {
  type Acceptance,
  acceptanceParts,
  EXPRESSION_SETTINGS,
  failure,
  guarded,
  insertStatement,
  literal,
  quoted,
  type StagedColumn,
  type StagedQuery,
  selectStatement,
  type TableReading,
  tableStatement,
} from './staging-statements.js';
import type { Store } from './store.js';

/**
 * Foreign tables inside the store while they are mapped. A table's columns and a map's expressions are a
 * user's own, so its statements are built (`staging-statements.ts`) and not read from `queries/`; names are quoted,
 * expressions are ClickHouse's by design, run with the rights of the configured user.
 */
export class StagingTables {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes an empty table of these columns, in their order, and `_row`; forgets those of loads long dead. */
  async create(columns: readonly StagedColumn[]): Promise<StagingTable> {
    for (const { name } of await this.#store.query<{ name: string }>('abandoned_staging_tables'))
      await this.#store.statement(`DROP TABLE IF EXISTS ${quoted(name)}`);
    const name = `staging_${randomUUID().replaceAll('-', '')}`;
    await this.#store.statement(tableStatement(name, columns));
    return new StagingTable(this.#store, name, columns);
  }
}

export class StagingTable {
  readonly #store: Store;
  readonly #name: string;
  readonly #columns: readonly StagedColumn[];

  constructor(store: Store, name: string, columns: readonly StagedColumn[]) {
    this.#store = store;
    this.#name = name;
    this.#columns = columns;
  }

  /** The types of expressions, asked for at once; null when one of them cannot be evaluated. */
  async types(expressions: readonly string[], timezone: string): Promise<string[] | null> {
    const values = expressions.map((expression, index) => `(${expression}) AS value_${index}`).join(', ');
    const text = `DESCRIBE TABLE (SELECT ${values} FROM ${quoted(this.#name)}) ${inZone(timezone)}`;
    const types: string[] = [];
    try {
      for await (const rows of this.#store.rows<{ type: string }>(text))
        types.push(...rows.map(({ type }) => type));
      return types;
    } catch (error) {
      failure(error);
      return null;
    }
  }

  async check(
    expression: string,
    where: string,
    timezone: string,
  ): Promise<{ kind: 'unknown_column' | 'invalid'; detail: string; row: number | null } | null> {
    // Asked of every row, because many a function fails only at a value that it cannot read.
    const upTo = async (row: number): Promise<ReturnType<typeof failure> | null> => {
      const values = `SELECT ${guarded(expression, where)} AS value FROM ${quoted(this.#name)} WHERE _row <= ${row}`;
      try {
        await this.#store.statement(`SELECT max(ignore(value)) FROM (${values}) ${inZone(timezone)}`);
        return null;
      } catch (error) {
        return failure(error);
      }
    };
    let [good, bad] = [0, await this.last()];
    const found = await upTo(bad);
    if (found === null) return null;
    if (bad === 0 || (await upTo(0)) !== null) return { ...found, row: null };
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if ((await upTo(middle)) === null) good = middle;
      else bad = middle;
    }
    return { ...((await upTo(bad)) ?? found), row: bad };
  }

  /**
   * Rows are numbered by one reader, so that a number always means the same line. With `accept`, rows that are plain become
   * events on their way, and only the others among those that `where` takes come into the table. Answers how many became
   * events; null when the values' types do not allow it, and then all rows are in the table. Doing it again changes nothing.
   */
  async load(reading: TableReading & { body: Readable; accept: Acceptance | null }): Promise<number | null> {
    const { accept, body } = reading;
    const plain = accept === null ? null : plainRow(accept.values, accept.intact, String(accept.latest));
    if (accept === null || plain === null) {
      const { text, settings } = insertStatement(this.#name, this.#columns, reading, null);
      await this.#store.load(text, body, settings);
      return null;
    }
    const { entrance, tables, views } = acceptanceParts(this.#name, this.#columns, accept, plain);
    for (const statements of [tables, views])
      await Promise.all(statements.map((statement) => this.#store.statement(statement)));
    const isPlain = guarded(guarded(plain.isPlain, accept.intact), accept.where);
    const { text, settings } = insertStatement(entrance, this.#columns, reading, {
      isPlain,
      timezone: accept.timezone,
    });
    await this.#store.load(text, body, settings);
    return this.#accepted();
  }

  async #accepted(): Promise<number> {
    const text = `SELECT sum(accepted) AS accepted FROM ${quoted(`${this.#name}_count`)}`;
    for await (const [row] of this.#store.rows<{ accepted: number }>(text)) return row?.accepted ?? 0;
    return 0;
  }

  async last(): Promise<number> {
    const text = `SELECT max(_row) AS last FROM ${quoted(this.#name)}`;
    for await (const [row] of this.#store.rows<{ last: number }>(text)) return row?.last ?? 0;
    return 0;
  }

  async *rows(query: StagedQuery): AsyncGenerator<readonly Record<string, unknown>[]> {
    const { between } = query;
    yield* this.#store.rows(
      selectStatement(this.#name, query),
      between === undefined ? {} : { first: between[0], last: between[1] },
    );
  }

  async drop(): Promise<void> {
    const parts = ['events', 'counted', 'rest', 'count', 'in'].map((part) => quoted(`${this.#name}_${part}`));
    await this.#store.statement(`DROP TABLE IF EXISTS ${[...parts, quoted(this.#name)].join(', ')}`);
  }
}

const inZone = (timezone: string): string =>
  `SETTINGS session_timezone = ${literal(timezone)}, ${EXPRESSION_SETTINGS}`;
