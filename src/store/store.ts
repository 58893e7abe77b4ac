import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { messageOf, RedressError } from '../model/errors.js';
import { queryText } from './sql-files.js';

export interface StoreAddress {
  url: string;
  username: string;
  password: string;
  database: string;
}

/** A statement's parameters, bound by name as `{name:Type}`. */
export type Parameters = Readonly<Record<string, unknown>>;

const REQUEST_TIMEOUT = 60_000;
/** Below it nothing is written any more: 256 MiB. */
const FREE_DISK_BYTES = '268435456';

/** More rows than anybody sends at once. */
const ANY_NUMBER = '1000000000';

/** Settings by which an insert is one block, so all of it or nothing, also when its sender dies in the middle. */
const ONE_BLOCK = {
  max_insert_block_size: ANY_NUMBER,
  // A large insert is parsed in parallel by default, which cuts it into blocks of its own.
  min_insert_block_size_rows: ANY_NUMBER,
  min_insert_block_size_bytes: '0',
} as const;

/** The server's error codes that mean "not now" rather than "not like this". */
const PASSING = new Set([
  '75', // CANNOT_WRITE_TO_FILE_DESCRIPTOR: a disk that is full, as a server says it
  '76', // CANNOT_OPEN_FILE: too many of them, or a disk that is gone
  '159', // TIMEOUT_EXCEEDED
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '279', // ALL_CONNECTION_TRIES_FAILED
  '394', // QUERY_WAS_CANCELLED
  '425', // SYSTEM_ERROR: what the disk answers when it is full or gone
  '999', // KEEPER_EXCEPTION
  '1001', // STD_EXCEPTION: what the file system's library throws of the same
]);

/**
 * The one way to ClickHouse: named queries from `queries/*.sql`, and inserts. Every failure is a
 * `RedressError`: `store_unavailable` and retryable when the store cannot be reached or is out of breath,
 * `store_rejected` when it understood and refused.
 */
export class Store {
  /** Where its tables are. */
  readonly database: string;
  readonly #client: ClickHouseClient;

  /** @param requestTimeout how long a request may say nothing, ms. */
  constructor(address: StoreAddress, requestTimeout = REQUEST_TIMEOUT) {
    this.database = address.database;
    this.#client = createClient({
      url: address.url,
      username: address.username,
      password: address.password,
      database: address.database,
      request_timeout: requestTimeout,
      max_open_connections: 8,
      // Failures are reported once, by whoever handles them.
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: {
        // Numbers as numbers: every count here is far below 2^53.
        output_format_json_quote_64bit_integers: 0,
        output_format_json_quote_decimals: 0,
        // Batches are made here; the server need not wait to make its own.
        async_insert: 0,
        // Facts come with any date; a batch may touch many months.
        max_partitions_per_insert_block: '0',
        date_time_input_format: 'best_effort',
        // A disk that fills up in the middle of a write can leave a part that was acknowledged and cannot be
        // read; short of space, the engine refuses, and what is refused is tried again.
        min_free_disk_bytes_to_perform_insert: FREE_DISK_BYTES,
      },
    });
  }

  async query<Row>(name: string, parameters: Parameters = {}): Promise<Row[]> {
    return translated(name, async () => {
      const result = await this.#client.query({
        query: queryText(name),
        query_params: { ...parameters },
        format: 'JSONEachRow',
      });
      return result.json<Row>();
    });
  }

  /** Runs a statement that answers nothing, from `queries/NAME.sql`. */
  async execute(name: string, parameters: Parameters = {}): Promise<void> {
    await this.statement(queryText(name), parameters, name);
  }

  /** Runs a statement's text: for migrations and staging, whose texts are not in `queries/`. */
  async statement(text: string, parameters: Parameters = {}, label = 'statement'): Promise<void> {
    await translated(label, () => this.#client.command({ query: text, query_params: { ...parameters } }));
  }

  /** Streams the rows of a statement's text. */
  async *rows<Row>(text: string, parameters: Parameters = {}): AsyncGenerator<Row[]> {
    const result = await translated('rows', () =>
      this.#client.query({ query: text, query_params: { ...parameters }, format: 'JSONEachRow' }),
    );
    for await (const rows of result.stream<Row>()) yield parsed(rows);
  }

  /** As `rows`, each row an array in the order of the statement's columns: names in each row cost both sides time. */
  async *tuples<Tuple extends unknown[]>(text: string, parameters: Parameters = {}): AsyncGenerator<Tuple[]> {
    const result = await translated('tuples', () =>
      this.#client.query({ query: text, query_params: { ...parameters }, format: 'JSONCompactEachRow' }),
    );
    for await (const rows of result.stream<Tuple>()) yield parsed(rows);
  }

  /** The answer of a statement that ends with its own format, in pieces as they come. */
  async *pieces(text: string, parameters: Parameters = {}): AsyncGenerator<Buffer> {
    const { stream } = await translated('pieces', () =>
      this.#client.exec({ query: text, query_params: { ...parameters } }),
    );
    const pieces = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await translated('pieces', () => pieces.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      stream.destroy();
    }
  }

  /** The columns of a statement's whole answer: where there are many rows, a fraction of the cost of reading each. */
  async columns<Columns>(text: string, parameters: Parameters = {}): Promise<Columns> {
    return translated('columns', async () => {
      const result = await this.#client.query({
        query: text,
        query_params: { ...parameters },
        format: 'JSONColumnsWithMetadata',
      });
      return ((await result.json()) as unknown as { data: Columns }).data;
    });
  }

  /** Inserts rows given as arrays in the order of `columns`: one block, so all of them or none. */
  async insert(
    table: string,
    columns: readonly [string, ...string[]],
    rows: readonly unknown[][],
  ): Promise<void> {
    if (rows.length === 0) return;
    await translated(`insert into ${table}`, () =>
      this.#client.insert({
        table,
        columns: [...columns] as [string, ...string[]],
        values: rows as unknown[][],
        format: 'JSONCompactEachRow',
        clickhouse_settings: ONE_BLOCK,
      }),
    );
  }

  /**
   * Inserts rows that are already in the format which `queries/NAME.sql` ends with: one block, as `insert`. The portions
   * are asked for one after another, as fast as they can be sent. `queryId` names the insert in the store; it is made
   * up where none is given.
   */
  async insertRows(name: string, rows: Iterable<Buffer>, queryId?: string): Promise<void> {
    await this.load(queryText(name), Readable.from(rows), ONE_BLOCK, name, queryId);
  }

  /** Sends a body of foreign rows along with an `INSERT … FORMAT …` statement. */
  async load(
    statement: string,
    body: Readable,
    settings: Readonly<Record<string, string | number>> = {},
    label = 'load',
    queryId?: string,
  ): Promise<void> {
    await translated(label, async () => {
      const result = await this.#client.exec({
        query: statement,
        values: body,
        clickhouse_settings: { ...settings },
        ...(queryId === undefined ? {} : { query_id: queryId }),
      });
      result.stream.resume();
    });
  }

  /** True when the store answers. */
  async ping(): Promise<boolean> {
    return (await this.#client.ping()).success;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** One call for a whole portion: as many calls as rows would take several times as long. */
function parsed<Row>(rows: readonly { text: string }[]): Row[] {
  return JSON.parse(`[${rows.map((row) => row.text).join()}]`) as Row[];
}

async function translated<T>(label: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof RedressError) throw cause;
    if (!(cause instanceof ClickHouseError))
      throw new RedressError('store_unavailable', `the store cannot be reached: ${messageOf(cause)}`, {
        cause,
        retryable: true,
      });
    const retryable = PASSING.has(cause.code);
    throw new RedressError(
      retryable ? 'store_unavailable' : 'store_rejected',
      `the store refused ${label}: ${cause.message}`,
      { cause, retryable },
    );
  }
}
